"""Placements of two lines at one command."""

from collections.abc import Iterator
from itertools import permutations
from typing import Final

from emulator.explore.ground import Ground
from emulator.explore.lines import KINDS
from emulator.explore.placement import Placement
from emulator.explore.sheet import Exchange

TWINS: Final = ("before", "after")
APART: Final = 256
"""Between the message ids of two requests: a host may keep a byte of them, or fewer bits (chosen; a
platform counts them up, and asks for more than 256 things a day)."""

PAIRED: Final = ("before", "after", "apart-after", "around")


def pairs(ground: Ground) -> Iterator[Placement]:
    """At each command each kind twice, the simplest and each other one, and any two requests in
    both orders; of the others, with one request, one pair, in its turn."""
    for turn, position in enumerate(PAIRED):
        rows = []
        for exchange in ground.sheet.exchanges:
            for two in _always(ground, exchange):
                yield ground.place(exchange, position, two)
            mixed = _mixed(ground, exchange)
            rows.append([ground.place(exchange, position, two) for two in mixed])
        if position in ground.positions:
            yield from ground.turns([row for row in rows if row], turn)
    for turn, position in enumerate(TWINS):
        if position in ground.positions:
            rows = [[*_twins(ground, each, position)] for each in ground.sheet.exchanges]
            yield from ground.turns([row for row in rows if row], turn)


def _twins(ground: Ground, exchange: Exchange, position: str) -> Iterator[Placement]:
    """Two requests of which the message ids are alike in one byte."""
    for kind in ground.requests:
        if exchange in ground.possible(kind):
            first, *_ = ground.lines((kind,))
            mid = (first.mid or 0) + APART
            if mid not in ground.sheet.mids:
                yield ground.place(exchange, position, (first, ground.print(kind, mid)))


def _always(ground: Ground, exchange: Exchange) -> Iterator[tuple[str, str]]:
    kinds = ground.kinds_at(exchange)
    for kind in kinds:
        yield kind, kind
        if kind != kinds[0]:
            yield kinds[0], kind
    for first, second in permutations(kinds, 2):
        if KINDS[first].answer and KINDS[second].answer and first != kinds[0]:
            yield first, second


def _mixed(ground: Ground, exchange: Exchange) -> Iterator[tuple[str, str]]:
    """A request and a line that needs no answer, in both orders."""
    kinds = ground.kinds_at(exchange)
    for first, second in permutations(kinds, 2):
        is_mixed = bool(KINDS[first].answer) != bool(KINDS[second].answer)
        if is_mixed and first != kinds[0]:
            yield first, second
