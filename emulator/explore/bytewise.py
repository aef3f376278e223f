"""Placements of what comes byte by byte, as on a slow line."""

from collections.abc import Iterator
from typing import Final

from emulator.explore.account import unnumbered
from emulator.explore.ground import Ground
from emulator.explore.lines import KINDS, LONG, LONG_VALUES, Printed
from emulator.explore.placement import Placement
from emulator.explore.sheet import Exchange, Own
from emulator.faults.fault import Fault
from emulator.faults.whats import Insert, Split, What

BYTE_S: Final = 0.005
"""Seconds between two bytes: a host that reads as soon as there is something finds each alone
(chosen; at 9600 baud it is 1 ms)."""

OWN_LIMIT: Final = 12  # of the module's own lines, the first that are not alike (chosen)

_SINGLY: Final = Split((), each="each", pause=BYTE_S)


def bytewise(ground: Ground) -> Iterator[Placement]:
    """Each answer and each line of the module's own; at each command one line more, in its turn."""
    for exchange in ground.sheet.exchanges:
        yield _placed(ground, exchange, "bytes-answer", ())
    yield from _own(ground)
    for turn, place in enumerate(("before", "after")):
        rows = []
        for exchange in ground.sheet.exchanges:
            kinds = ground.kinds_at(exchange)
            kinds = [kind for kind in kinds if KINDS[kind].answer] or kinds
            lines = [ground.lines((kind,)) for kind in kinds]
            rows.append([_placed(ground, exchange, f"bytes-{place}", line) for line in lines])
        if f"bytes-{place}" in ground.positions:
            yield from ground.turns([row for row in rows if row], turn)
        for line in _long(ground):
            found = ground.possible(line.kind)
            row = [_placed(ground, each, f"bytes-{place}", (line,)) for each in found]
            yield from row if line.kind == "write" else ground.turns([row], turn)


def _long(ground: Ground) -> Iterator[Printed]:
    """A WRITE of 60 letters, and an EXECUTE with long arguments: more bytes than drivers count."""
    if "write" in ground.kinds:
        line = ground.printer.long_value(ground.lines(("write",))[0], LONG_VALUES[0])
        yield from () if line is None else (line,)
    if "execute" in ground.kinds:
        yield ground.printer.long(ground.lines(("execute",))[0], LONG)


def _placed(
    ground: Ground, exchange: Exchange, position: str, lines: tuple[Printed, ...]
) -> Placement:
    placed = ground.place(exchange, position, lines)
    whats: list[What] = [_SINGLY]
    if lines:
        place = position.rpartition("-")[2]
        whats.insert(0, Insert(tuple(line.text for line in lines), place=place))
    made = tuple(Fault("reply", what, name=placed.name, nth=placed.nth) for what in whats)
    return Placement(exchange, position, lines, placed.name, placed.nth, made=made)


def _own(ground: Ground) -> Iterator[Placement]:
    alike: dict[str, Own] = {}
    for own in ground.sheet.own:
        alike.setdefault(unnumbered(own.text), own)
    for own in [*alike.values()][:OWN_LIMIT] if ground.sheet.exchanges else ():
        exchange = ground.sheet.exchanges[max(own.replies - 1, 0)]
        made = (Fault("urc", _SINGLY, name=own.name, nth=own.nth()),)
        lines = (Printed(own.kind, own.text),)
        yield Placement(exchange, "bytes-own", lines, own.name, own.nth(), made=made)
