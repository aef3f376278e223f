"""Bugs that only a host's own calm lives give away, planted in the C host: a collision each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from emulator.explore.calming import late_lines
from emulator.explore.document import document_of, text_of
from emulator.explore.enumeration import Enumerator
from emulator.explore.expecting import expected
from emulator.explore.judging import Verdict, judged
from emulator.explore.lines import Printer
from emulator.explore.measuring import Measured
from emulator.explore.placement import Placement
from emulator.explore.searching import baseline
from emulator.explore.sheet import Sheet
from emulator.explore.trial import Bounds, Plan, live
from emulator.explore.usual import Usual
from emulator.faults.fault import Fault
from emulator.faults.whats import Delay
from emulator.quirks import resolve
from emulator.scenario.platform_words import parse_deed
from emulator.scenario.reading import read_scenario
from lwm2m_core.paths import Path
from tests.emulator.explore.conftest import ASKS, PATIENCE, Build

AROUND = {"model": "MN316", "timing": "fast", "quirks": {"late_rsp": "ok"}}
BOUNDS = Bounds(PATIENCE)
KINDS = ("event", "read", "write")

SHOWS = '            if (at->show)\n                printf("< %s\\n", line);\n'
STALE = (
    SHOWS,
    """            if (strncmp(line, "+MIPLWRITE", 10) == 0 && at->taken > 3 && at->taken < 7)
                memcpy((char *)line + strlen(line) - at->taken + 1, "076", at->taken - 3);
"""
    + SHOWS,
)
"""The end of a value that came in a read of its own is that of another buffer."""

CLOSES = '    command(host, "AT+MIPLCLOSE=0");\n'
ANY_EVENT = (
    ("    case LEFT:\n", "    default:\n"),
    (CLOSES, f"    host->left = false;\n{CLOSES}"),
)
"""Whatever event comes behind CLOSE is taken for 15."""

ASKED = "    *which = !host->wrong;\n"
HEARD = (ASKED, f"{ASKED}    host->delivered = true;\n")
"""Whoever asks has heard of the report: a request ends the wait for event 26."""

PASSES_OVER = (
    "        if (at_final(line, &result, &at->error))\n            return result;\n",
    """        if (at_final(line, &result, &at->error)) {
            if (!others || strstr(command, "DELETE") == NULL)
                return result;
        }
        others++;
""",
)
COUNTS = (
    "    const char *line, *fields;\n\n    if (at->show)",
    "    const char *line, *fields;\n    int others = 0;\n\n    if (at->show)",
)
"""A final result behind another line is passed over: it goes on when its time is up."""


STACK = (
    "        const char *next = at->queue[at->first];\n",
    "        const char *next = at->queue[(at->first + at->queued + 15) % 16];\n",
)
KEEPS_THE_FIRST = ("            at->first = (at->first + 1) % AT_QUEUE_LIMIT;\n", "")
"""What came last of what waits is handled first."""


@dataclass(frozen=True)
class Known:
    """What a search knows of a host."""

    plan: Plan
    sheet: Sheet
    usual: Usual
    enumerator: Enumerator

    def verdict(self, placed: Placement, *faults: Fault) -> Verdict:
        plan = around(self.plan.host[0], *faults)
        return judged(live(plan, BOUNDS, placed).observed, self.sheet, placed, self.usual)

    def placed(self, wanted: Callable[[Placement], bool]) -> Placement:
        return next(filter(wanted, self.enumerator.placements()))


def around(host: object, *faults: Fault) -> Plan:
    document = document_of(AROUND, list(map(parse_deed, ASKS)), list(map(str, faults)))
    reading = read_scenario(text_of(document).encode())
    assert reading.scenario is not None
    return Plan((str(host), "{port}"), reading.scenario, 1)


def known(host: object, *positions: str, kinds: Sequence[str] = KINDS, waits: str = "") -> Known:
    """`waits`: for which commands it is looked what they wait for."""
    plan = around(host)
    sheet, usual, _ = baseline(plan, PATIENCE)
    printer = Printer(resolve("manual"), Path(3200, 0, 5750))
    enumerator = Enumerator(sheet, printer, kinds, positions)
    placements = enumerator.placements()
    lines, late = enumerator.calm(placements), late_lines(sheet, usual.orders)
    late = [(order, placed) for order, placed in late if order.command == waits]
    measured = Measured(plan, BOUNDS, sheet, 4, lines, late, usual.witnesses)
    calm = measured.calm()
    measured.close()
    return Known(plan, sheet, replace(usual, calm=calm), enumerator)


def cut_in_its_value(placed: Placement) -> bool:
    return placed.position == "reread-cut" and placed.exchange.text.startswith("AT+MIPLNOTIFY")


def test_a_wrong_value_out_of_a_write_in_two_reads_manual_3_12(build: Build) -> None:
    right, wrong = (known(host, "reread-cut") for host in (build(), build(STALE)))
    placed = right.placed(cut_in_its_value)
    assert [line.text for line in placed.lines] == [
        "+MIPLWRITE: 0,64000,3200,0,5750,1,4,stuv,0",
        "+MIPLREAD: 0,64001,3200,0,5750",
    ]
    assert placed.at == 2 + len("+MIPLWRITE: 0,64000,3200,0,5750,1,4,s")
    assert right.verdict(placed) == Verdict("passed")
    found = wrong.verdict(placed)
    assert (found.outcome, found.why) == (
        "broken",
        "the host has taken 'stuv', and answers a READ with 's076': "
        'AT+MIPLREADRSP=0,64001,1,3200,0,5750,1,4,"s076",0,0',
    )


def test_the_first_of_two_writes_stays_manual_3_12(build: Build) -> None:
    """Who writes twice reads what was written last."""
    right = known(build(), "rewritten-before", kinds=("read", "write"))
    wrong = replace(right, plan=around(build(STACK, KEEPS_THE_FIRST)))
    placed = right.placed(lambda each: each.exchange.text.startswith("AT+MIPLNOTIFY"))
    assert right.verdict(placed) == Verdict("passed")
    found = wrong.verdict(placed)
    assert found.why.startswith("the host has taken 'tuvw', and answers a READ with 'stuv': ")


def test_a_command_before_the_event_that_it_waits_for_manual_3_20(build: Build) -> None:
    """Event 15: the instance has logged out. 33 says nothing of that."""
    right, wrong = (
        known(host, "after", waits="AT+MIPLDELETE=0")
        for host in (build(), build(*ANY_EVENT, file="host.c"))
    )
    placed = right.placed(
        lambda each: each.exchange.text == "AT+MIPLCLOSE=0" and each.lines[0].kind == "event"
    )
    assert [line.text for line in placed.lines] == ["+MIPLEVENT: 0,33"]
    last = next(own for own in right.sheet.own if own.text == "+MIPLEVENT: 0,15")
    late = Fault("urc", Delay(0.3), name=last.name, nth=last.nth())
    assert right.verdict(placed, late) == Verdict("passed")
    found = wrong.verdict(placed, late)
    assert (found.outcome, found.why) == (
        "broken",
        "the host wrote AT+MIPLDELETE=0 before +MIPLEVENT: 0,15, for which it waits undisturbed",
    )
    entries = expected(placed, wrong.sheet, wrong.usual, found.sign, 0.0).entries
    assert entries[0] == {
        "never": {"host": "AT+MIPLDELETE=0"},
        "after": {"host": "AT+MIPLCLOSE=0"},
        "until": "+MIPLEVENT: 0,15",
    }


def test_a_request_does_not_end_the_wait_for_an_event_manual_3_20(build: Build) -> None:
    """Event 26: the platform has the report. That it asks for something says nothing of that; what
    is asked without a collision comes between, so the host is measured while nobody asks."""
    hosts = build(), build(HEARD, file="host.c")
    right, wrong = (known(host, "withheld", "held-after", waits="AT+MIPLCLOSE=0") for host in hosts)
    lines = {order.line for order in right.usual.calm.orders if order.command == "AT+MIPLCLOSE=0"}
    assert "+MIPLEVENT: 0,26,147" in lines
    for position in ("withheld", "held-after"):
        placed = right.placed(_at_the_report(position))
        assert right.verdict(placed) == Verdict("passed")
        found = wrong.verdict(placed)
        assert (found.outcome, found.why) == (
            "broken",
            "the host wrote AT+MIPLCLOSE=0 before +MIPLEVENT: 0,26,147, for which it waits "
            "undisturbed",
        )


def _at_the_report(position: str) -> Callable[[Placement], bool]:
    def wanted(placed: Placement) -> bool:
        is_there = placed.exchange.text.startswith("AT+MIPLNOTIFY") and placed.pause > 1
        return is_there and placed.position == position

    return wanted


def test_a_host_that_stands_still_and_goes_on_chosen_1_5_s(build: Build) -> None:
    """Nobody hears of the second that it loses, but for whoever waits for it."""
    wrong = known(build(PASSES_OVER, COUNTS, reply_ms=2500), "before", kinds=("cereg",))
    placed = wrong.placed(
        lambda each: each.exchange.text == "AT+MIPLDELETE=0" and each.exchange.number < 5
    )
    found = wrong.verdict(placed)
    assert found.why.startswith("the host stands still for 2.5 s between ")
    assert " and AT+MIPLCREATEEX=" in found.why
    right = known(build(reply_ms=2500), "before", kinds=("cereg",))
    assert right.verdict(placed) == Verdict("passed")
    entries = expected(placed, wrong.sheet, wrong.usual, found.sign, 0.0).entries
    created = next(e for e in entries if str(e.get("host", "")).startswith("AT+MIPLCREATEEX"))
    assert created["within"] == "2s"


UPDATES = (
    "host.c: " + CLOSES,
    f'    command(host, "AT+CSQ");\n{CLOSES}',
)
ONLINE = (
    'host.c:     puts("online");\n',
    '    command(&host, "AT+MIPLUPDATE=0,3000,0");\n    puts("online");\n',
)


def test_a_host_that_waits_for_requests_does_not_wait_for_an_event_beside_manual_3_8(
    build: Build,
) -> None:
    """Event 11 comes between UPDATE and the next command, which waits for requests alone."""
    right = known(build(UPDATES, ONLINE), "withheld", waits="AT+CSQ")
    lines = {(order.line, order.command) for order in right.usual.orders}
    assert ("+MIPLEVENT: 0,11", "AT+CSQ") in lines
    assert "+MIPLEVENT: 0,11" not in {order.line for order in right.usual.calm.orders}
