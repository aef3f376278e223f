"""Placements of two WRITEs of one resource at once, and a READ behind the answer to the second."""

from collections.abc import Iterator
from dataclasses import replace

from emulator.explore.ground import Ground
from emulator.explore.lines import Printed
from emulator.explore.placement import WRITERSP, Placement, name_of
from emulator.explore.sheet import Exchange
from emulator.explore.values import read, written


def rewritten(ground: Ground) -> Iterator[Placement]:
    """At each command, before and behind its answer, and one before and one behind."""
    lines = _lines(ground)
    if lines is None:
        return
    for exchange in ground.possible("write"):
        for place in ("before", "after", "around"):
            placed = ground.place(exchange, f"rewritten-{place}", lines)
            yield replace(placed, again=_second(ground, exchange))


def _lines(ground: Ground) -> tuple[Printed, ...] | None:
    """None if the host answers no READ of what is written, or both values are the same."""
    if not {"read", "write"} <= set(ground.requests):
        return None
    lines = ground.lines(("write", "write", "read"))
    first, second = (written(line.text) for line in lines[:2])
    if first is None or second is None or first == second or read(lines[2].text) != second[0]:
        return None
    return lines


def _second(ground: Ground, exchange: Exchange) -> int:
    """Which of the host's answers to WRITEs is that to the second of these."""
    before = ground.sheet.exchanges[: exchange.number + 1]
    return 2 + sum(name_of(each.text) == WRITERSP for each in before)
