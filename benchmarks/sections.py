"""All that is measured, in the order in which it is told, with what is asked of it."""

from functools import partial
from itertools import chain

from benchmarks import (
    chains,
    crowds,
    days,
    dtls,
    gets,
    latencies,
    many,
    notifications,
    registrations,
    where,
)
from benchmarks.section import MEMORY, TIME, Goal, Section

# Why goals are missed, as the accounts on the page and looks into single functions have shown.
WHY_AT = (
    "the bare asyncio echo itself takes 1.23 × C; the rest is what the module does with the line, "
    "the journal, and two looks at the pty: for a hang-up (inotify) and for the settings of the "
    "line (TCGETS2)"
)
WHY_NOTIFY = (
    "the floor's own Python is some 30 µs (NON) of a report, and to parse and check the AT line "
    "alone takes that again; the rest is the module's books (journal, message ids, observation, "
    "queue of notifications), some 300 small Python calls without a large item"
)
WHY_GET = "the server takes 32–39 µs of CPU for one, the echo 20"
WHY_MEMORY = (
    "live objects are about 10 KiB (the two descriptors in asyncio 0.7, the journal 0.8, …); the "
    "rest is what all logins at once had under way, which the process keeps"
)


def _get_goals(language: str, window: int) -> tuple[Goal, ...]:
    if window == 1:
        return ()
    why, account = (WHY_GET if language == "Python" else ""), TIME.format(where.GETS)
    return (Goal(gets.SILENT, gets.ECHO, at_least=0.6, why=why, account=account),)


SECTIONS = (
    Section(
        "at",
        "AT → OK on a pty, C client",
        latencies.exchanges,
        (latencies.C_LOOP, latencies.BARE),
        (
            Goal(
                latencies.MINE,
                latencies.C_LOOP,
                at_most=1.5,
                why=WHY_AT,
                account=TIME.format(where.COMMANDS),
            ),
        ),
    ),
    Section(
        "many",
        f"AT → OK with one of {many.MODEMS} modems in one process",
        many.latencies,
        (many.ALONE,),
        (Goal(many.BESIDE, many.ALONE, at_most=1.2),),
    ),
    Section(
        "many",
        f"AT → OK a second, {many.MODEMS} modems in one process at the same time",
        many.throughputs,
        (many.ONE,),
        (Goal(many.ALL, many.ONE, at_least=0.8),),
        repeats=True,
    ),
    Section(
        "notify",
        "AT+MIPLNOTIFY on a pty → the server, and OK, one at a time",
        chains.notifications,
        (chains.FLOOR, chains.FLOOR_CON),
        (
            Goal(
                chains.NON,
                chains.FLOOR,
                at_least=0.75,
                why=WHY_NOTIFY,
                account=TIME.format(where.NON),
            ),
            Goal(
                chains.CON,
                chains.FLOOR_CON,
                at_least=0.75,
                why=WHY_NOTIFY,
                account=TIME.format(where.CON),
            ),
        ),
    ),
    Section(
        "read",
        "READ of a server through the host's script, one at a time",
        chains.reads,
        (chains.FLOOR_READ,),
    ),
    *(
        Section(
            "get",
            f"GET /3/0/0 over UDP, {language} client, {window} at a time",
            partial(gets.rates, language, window),
            (gets.ECHO, gets.AIOCOAP, gets.LIBCOAP),
            _get_goals(language, window),
            repeats=(language, window) != gets.WAYS[1],
        )
        for language, window in gets.WAYS
    ),
    Section(
        "register",
        f"{registrations.DEVICES} devices register at a platform, C client, 32 at a time",
        registrations.rates,
        (registrations.ECHO, registrations.AIOCOAP),
    ),
    Section(
        "login",
        "{crowd} modems of one process log in at the same time",
        crowds.logins,
        (crowds.FLOOR, crowds.AIOCOAP),
        (
            Goal(crowds.RAW_PTY, at_most=0.25),
            Goal(crowds.CLOUD_PTY, at_most=1.0),
        ),
    ),
    Section(
        "dtls",
        "DTLS handshakes in memory, both ends in one process",
        dtls.handshakes,
        (dtls.CBC,),
    ),
    Section(
        "dtls",
        "DTLS round trips of 40 bytes over loopback, both ends in one process",
        dtls.records,
        (dtls.PLAIN,),
    ),
    Section(
        "dtls",
        "AT+MIPLNOTIFY → the platform, plain and over DTLS, all in one process",
        notifications.rates,
        (notifications.PLAIN,),
        tuple(
            Goal(name, notifications.PLAIN, at_least=0.85) for name in notifications.SECURE.values()
        ),
    ),
    Section(
        "start",
        "from start to device path, and to the first OK",
        latencies.start_up,
        (latencies.EMPTY,),
        (Goal(latencies.PATH, at_most=250),),
    ),
    Section(
        "memory",
        "memory per modem ({crowd} of them, {dtls_crowd} with DTLS)",
        crowds.memory,
        (),
        (Goal(f"{crowds.PTY}, registered", at_most=12, why=WHY_MEMORY, account=MEMORY),),
    ),
    Section("memory", "memory per DTLS session", dtls.sessions, (dtls.CBC_BOTH,)),
    Section(
        "memory",
        f"memory per device at a platform ({registrations.DEVICES})",
        registrations.memory,
        (registrations.ECHO, registrations.AIOCOAP),
        repeats=True,
    ),
    Section("days", "24 h of virtual time", days.lasting, (days.TIMERS,)),
    Section(
        "cost",
        "cost of one modem, as there are more of them in one process, without ptys",
        crowds.costs,
        (),
        (Goal(crowds.MOST_LATE, at_most=1.0), Goal(crowds.LOST, at_most=0)),
    ),
)

NAMES = tuple(dict.fromkeys(chain((section.name for section in SECTIONS), ("where",))))
"""What --only takes; `where` looks into where the time goes."""
