"""Placements of a line at every command of one life: what goes wrong only when a buffer has gone
round, or a slot is never free again."""

from collections.abc import Iterator, Sequence
from typing import Final

from emulator.explore.account import REQUEST
from emulator.explore.ground import Ground
from emulator.explore.judging import ANSWER_S
from emulator.explore.lines import KINDS
from emulator.explore.placement import Placement
from emulator.explore.sheet import Exchange, answer_of
from emulator.faults.fault import Fault, State
from emulator.faults.whats import Insert

REPEATED_LIMIT: Final = 16  # commands with a numbered line in one life, the first (chosen)

TOGETHER: Final = ("event", "update", "event", "update")
"""So many at each answer: those of five commands go round in a queue of 16 (chosen)."""

HELD_LIMIT: Final = 8
"""Lines that a host has to hold while it writes one command behind the other: as many as in a
burst, as it may not have looked at all when a line of the module's own has come (chosen)."""


def repeated(ground: Ground) -> Iterator[Placement]:
    """All of them."""
    numbered = [kind for kind in ground.kinds if REQUEST.match(ground.print(kind).text)]
    others = [kind for kind in ground.kinds if kind not in numbered]
    events = [("update",), TOGETHER[: _fair(ground)]] if "event" in others else []
    alone = [(kind,) for kind in others]
    for place in ("before", "after"):
        for kinds in dict.fromkeys([*alone, *events]):
            yield from _always(ground, place, kinds)
        for kind in numbered:
            yield from _each(ground, place, kind)


def _always(ground: Ground, place: str, kinds: Sequence[str]) -> Iterator[Placement]:
    """Lines without a message id: at whatever the host writes, as long as they may come."""
    exchanges = ground.possible(kinds[0]) if kinds else []
    if len(exchanges) > 1 and _in_a_row(ground, exchanges) * len(kinds) <= HELD_LIMIT:
        lines = ground.lines(kinds)
        state: State | None = "registered" if KINDS[kinds[0]].phase == "registered" else None
        what = Insert(tuple(line.text for line in lines), place=place)
        made = Fault("reply", what, state=state, times=None)
        yield Placement(exchanges[0], f"repeated-{place}", lines, "", 1, made=(made,))


def _each(ground: Ground, place: str, kind: str) -> Iterator[Placement]:
    """Lines with message ids of their own. Requests only in a life that is over within the time in
    which hosts have to answer: that is counted from the first of them on."""
    exchanges = [*_numbered(ground, kind)][:REPEATED_LIMIT]
    is_short = ground.sheet.seconds <= ANSWER_S or not KINDS[kind].answer
    if len(exchanges) > 1 and is_short and _in_a_row(ground, exchanges) <= HELD_LIMIT:
        lines = ground.lines([kind] * len(exchanges))
        pairs = zip(exchanges, lines, strict=True)
        made = [fault for e, line in pairs for fault in ground.place(e, place, (line,)).faults]
        yield Placement(exchanges[0], f"repeated-{place}", lines, "", 1, made=tuple(made))


def _numbered(ground: Ground, kind: str) -> Iterator[Exchange]:
    """For a request all commands but the answers to requests, as of those there are more then."""
    for exchange in ground.possible(kind):
        if not KINDS[kind].answer or answer_of(exchange.text) is None:
            yield exchange


def _fair(ground: Ground) -> int:
    """How many lines at each answer a host can hold."""
    return HELD_LIMIT // max(_in_a_row(ground, ground.possible("event")), 1)


def _in_a_row(ground: Ground, exchanges: Sequence[Exchange]) -> int:
    """How many of these commands at most the host writes without a line of the module's own in
    between."""
    heard = {own.replies for own in ground.sheet.own}
    row = most = 0
    for each in exchanges:
        row = 1 if each.number in heard else row + 1
        most = max(most, row)
    return most
