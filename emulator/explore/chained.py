"""Placements of one request after the other, each at the host's answer to the one before: what goes
wrong only when many have come."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Final

from emulator.explore.ground import Ground
from emulator.explore.lines import KINDS, LONG, LONG_VALUES, Printed
from emulator.explore.placement import Placement, name_of
from emulator.explore.sheet import Exchange, answer_of
from emulator.faults.fault import Fault
from emulator.faults.whats import Insert

CHAIN: Final = 32
"""Requests one after the other: more than a queue of 16 holds in all, and with 200 characters each
more than a pool of 4096 bytes (chosen)."""


def chained(ground: Ground) -> Iterator[Placement]:
    """Of each kind one chain before, and one behind the answers; where texts are long, they are.
    The first comes with a command of the host's own: behind a request others may follow, and with
    the last of them a host may leave."""
    for kind in ground.requests:
        lines = [_long(ground, line) for line in ground.lines([kind] * CHAIN)]
        own = (each for each in ground.possible(kind) if answer_of(each.text) is None)
        for exchange in islice(own, 1):
            for place in ("before", "after"):
                yield _chain(ground, exchange, place, lines)


def _long(ground: Ground, line: Printed) -> Printed:
    if line.kind == "execute":
        return ground.printer.long(line, LONG)
    return ground.printer.long_value(line, LONG_VALUES[0]) or line


def _chain(ground: Ground, exchange: Exchange, place: str, lines: list[Printed]) -> Placement:
    first, *rest = lines
    name = f"{KINDS[first.kind].answer}="
    before = ground.sheet.exchanges[: exchange.number + 1]
    answered = sum(name_of(each.text) == name for each in before)
    later = tuple(
        Fault("reply", Insert((line.text,), place=place), name=name, nth=answered + number)
        for number, line in enumerate(rest, 1)
    )
    placed = ground.place(exchange, place, (first,))
    position = f"chained-{place}"
    return replace(placed, position=position, lines=tuple(lines), made=placed.faults, beside=later)
