"""Placements at which the module holds something back beside: a line of its own that the host waits
for, or the answer to the host's own response."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

from emulator.explore.account import is_answer, is_poll, unnumbered
from emulator.explore.ground import Ground
from emulator.explore.judging import Observed
from emulator.explore.lines import KINDS, Printed
from emulator.explore.lived import LATE
from emulator.explore.placement import PAUSE_S, SLOW_S, SLOWER_S, Placement, name_of
from emulator.explore.sheet import Exchange, Own, Sheet
from emulator.faults.fault import Fault
from emulator.faults.whats import Delay

APART_S: Final = 0.1
"""Seconds behind an answer: the host has read that, and waits (chosen)."""

LONG_S: Final = 8.0
"""Longer than the five seconds within which hosts want an answer, shorter than a login or a report
may take (chosen)."""

WAITED: Final = ("event", "observe")  # kinds of the module's own lines that hosts wait for
OWN_LIMIT: Final = 16  # of these, the first, at which another line comes first
LONG_LIMIT: Final = 6  # that are late for long
LATE_LIMIT: Final = 4  # commands of which the answer is late for long
BEHIND_LIMIT: Final = 2  # of which that to the response is
ANSWERED_S: Final = 3.5
"""Longer than anything that expires within two or three seconds, shorter than the five that hosts
wait for a final result (chosen)."""
FOLLOWERS: Final = 8  # lines that stay behind one that is late, at most

EARLY_S: Final = 0.05  # by which a late line may come sooner than it should (chosen)

WAITING_S: Final = 1.0
"""Seconds that a life without anybody who asks goes on behind the late line (chosen)."""

LATE_ANSWERS: Final = ("late-before", "late-after")
"""The positions of lines beside an answer that is late for long."""

OTHERS: Final = ("event", "update")
"""Lines of the name that most waits are for, and with another number."""

BEHIND: Final = ("event", "observe", "discover", "parameter")
"""Kinds of lines that are as late as the one before them, so that they stay behind it: what they
tell follows from it. Requests come when they like."""


def held(ground: Ground) -> Iterator[Placement]:
    """All of them."""
    waited = [*_waited(ground)][:OWN_LIMIT]
    for own in waited:
        yield from _instead(ground, own)
        yield from _asked(ground, own)
        yield _withheld(ground, own)
    yield from _guarded(ground)
    long = [placed for own in waited for placed in _meanwhile(ground, own)]
    yield from long[:LONG_LIMIT]
    yield from _before_late(ground)
    yield from _behind_late(ground)


def _waited(ground: Ground) -> Iterator[Own]:
    """Each line of these kinds once, the first of those that are alike but for the message id."""
    seen: set[str] = set()
    for own in ground.sheet.own:
        text = unnumbered(own.text)
        if own.kind in WAITED and text not in seen and ground.sheet.exchanges:
            seen.add(text)
            yield own


def _exchange(ground: Ground, own: Own) -> Exchange:
    """The last before it."""
    return ground.sheet.exchanges[max(own.replies - 1, 0)]


def _late(ground: Ground, own: Own, seconds: float) -> tuple[Fault, ...]:
    """It, and what stays behind it."""
    return (_delayed(own, seconds), *_followers(ground, own, seconds))


def _followers(ground: Ground, own: Own, seconds: float) -> tuple[Fault, ...]:
    """Those that came before the host wrote anything."""
    place = ground.sheet.own.index(own)
    behind = ground.sheet.own[place + 1 :]
    there = (e for e in behind if e.replies == own.replies and e.kind in BEHIND)
    return tuple(_delayed(each, seconds) for each in islice(there, FOLLOWERS))


def _delayed(own: Own, seconds: float) -> Fault:
    """An event is known by its number; another line has a message id, and is counted."""
    if own.kind == "event":
        return Fault("urc", Delay(seconds), name=own.name, match=own.text)
    return Fault("urc", Delay(seconds), name=own.name, nth=own.nth())


def _instead(ground: Ground, own: Own) -> Iterator[Placement]:
    """Another event right behind the answer, or a moment later, and then what is waited for."""
    if "event" not in ground.kinds:
        return
    exchange, late = _exchange(ground, own), _late(ground, own, SLOW_S)
    pairs: Sequence[tuple[str, str, float]] = (
        ("held-after", OTHERS[0], PAUSE_S),
        ("held-apart-after", OTHERS[1], APART_S),
        ("held-after", OTHERS[1], PAUSE_S),
        ("held-apart-after", OTHERS[0], APART_S),
    )
    for position, kind, pause in pairs if ground.every else pairs[:2]:
        placed = ground.place(exchange, position, (kind,), pause=pause)
        yield replace(placed, beside=late)


def _asked(ground: Ground, own: Own) -> Iterator[Placement]:
    """A request behind the answer, answered long before what is waited for comes."""
    exchange = _exchange(ground, own)
    for kind in ground.requests:
        if exchange in ground.possible(kind):
            placed = ground.place(exchange, "held-after", (kind,), pause=SLOWER_S)
            yield replace(placed, beside=_late(ground, own, SLOWER_S))


def _withheld(ground: Ground, own: Own) -> Placement:
    """What is waited for late, whatever platforms ask meanwhile."""
    exchange, lines = _exchange(ground, own), (Printed(own.kind, own.text),)
    placed = Placement(exchange, LATE, lines, own.name, own.nth(), pause=SLOWER_S)
    return replace(placed, beside=_followers(ground, own, SLOWER_S))


def _guarded(ground: Ground) -> Iterator[Placement]:
    """A request behind an answer, and the answer to the host's response so late that the module's
    next line of its own stands before it."""
    rows = []
    for exchange in ground.sheet.exchanges:
        row = []
        for kind in ground.requests if exchange.follows else ():
            if exchange in ground.possible(kind):
                row.append(_answered_late(ground, exchange, "guarded-after", kind, SLOW_S))
        rows.append(row)
    yield from ground.turns([row for row in rows if row])


def _answered_late(
    ground: Ground, exchange: Exchange, position: str, kind: str, seconds: float
) -> Placement:
    """A request, and the answer to the host's response so late."""
    placed = ground.place(exchange, position, (kind,))
    late = replace(_response(ground, exchange, kind), what=Delay(seconds))
    return replace(placed, beside=(late,))


def _response(ground: Ground, exchange: Exchange, kind: str) -> Fault:
    """The answer to the next response of this kind, late."""
    name = f"{KINDS[kind].answer}="
    before = ground.sheet.exchanges[: exchange.number + 1]
    nth = 1 + sum(name_of(each.text) == name for each in before)
    return Fault("reply", Delay(SLOW_S), name=name, nth=nth)


def _meanwhile(ground: Ground, own: Own) -> Iterator[Placement]:
    """A request while the host waits, and for long not what it waits for."""
    exchange = _exchange(ground, own)
    for kind in ground.requests[:1]:
        if exchange in ground.possible(kind):
            placed = ground.place(exchange, "meanwhile-after", (kind,), pause=LONG_S)
            yield replace(placed, beside=_late(ground, own, LONG_S))


def _before_late(ground: Ground) -> Iterator[Placement]:
    """A line before an answer that stays away: a request if it may be one, in their turn."""
    rows = []
    for exchange in ground.sheet.exchanges:
        kinds = [kind for kind in ground.requests if exchange in ground.possible(kind)]
        rows.append([ground.place(exchange, "late-before", (k,), pause=ANSWERED_S) for k in kinds])
    yield from [*ground.turns([row for row in rows if row])][:LATE_LIMIT]


def _behind_late(ground: Ground) -> Iterator[Placement]:
    """A request where the module has more to print, and the answer to its response away for long:
    what comes meanwhile waits."""
    rows = []
    for exchange in ground.sheet.exchanges:
        kinds = ground.requests if exchange.follows else []
        there = [kind for kind in kinds if exchange in ground.possible(kind)]
        placed = (_answered_late(ground, exchange, "late-after", k, ANSWERED_S) for k in there)
        rows.append([replace(each, pause=ANSWERED_S) for each in placed])
    yield from [*ground.turns([row for row in rows if row])][:BEHIND_LIMIT]


def control(placed: Placement) -> Placement:
    """The same without the request: what is waited for, or the answer, is late, nothing else."""
    return replace(placed, lines=())


def has_waited_long(placed: Placement, observed: Observed, sheet: Sheet) -> bool:
    """Whether the late line came while the host still waited: it had not ended, and had written
    nothing more often than undisturbed. `observed`: of the control."""
    if observed.struck_at is None:
        return False
    due = observed.struck_at + placed.held - EARLY_S
    name = placed.beside[0].name
    came = [e for e in observed.account.module if e.at >= due and e.text.startswith(name)]
    own = {e: n for e, n in observed.sent.items() if not is_poll(e) and not is_answer(e)}
    more = (n > sheet.sent.get(text, 0) for text, n in own.items())
    return bool(came) and not any(more)


def impatience(placed: Placement) -> str:
    """That a host does not wait so long, in words."""
    late = ", ".join(map(str, control(placed).faults))
    what = "an answer" if placed.position in LATE_ANSWERS else "a line"
    return f"the host does not wait so long for {what}: it gives up with {late} alone"
