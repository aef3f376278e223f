"""Placements of many lines at once, of long ones, of empty ones, and of values that mislead."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import cycle, islice

from emulator.explore.ground import Ground
from emulator.explore.lines import LONG, LONG_VALUES, LONGER, TELLING, Printed
from emulator.explore.placement import Placement
from emulator.explore.sheet import Exchange

BURST = (8, 3, 5)
"""Lines of a burst: as many as a platform asks for at once, and for the simplest that breaks a host
what a queue of 2 or 4 does not hold (chosen)."""

BULK = 8
"""Long lines at once: with 60 letters or 200 characters each they are more than a buffer of 512 or
1024 bytes takes (chosen)."""

FLOOD = (12, 9)  # what a queue of 8 does not hold (chosen)


def crowds(ground: Ground) -> Iterator[Placement]:
    """All of them."""
    yield from _misleading(ground)
    for position, length in (("long", LONG), ("longer", LONGER)):
        yield from _long(ground, position, length)
    yield from _long_values(ground)
    yield from _strategies(ground)
    yield from _bulk(ground)
    for position, sizes in (("burst", BURST), ("flood", FLOOD)):
        yield from _many(ground, position, sizes)
    for each in ground.sheet.exchanges:
        for place in ("before", "between", "after"):
            if each.is_framed and (place != "between" or each.has_data):
                yield ground.place(each, f"empty-{place}", ())


def _misleading(ground: Ground) -> Iterator[Placement]:
    """A WRITE of a text like a final result, and, at each command at one place, of one like an
    unsolicited line."""
    if "write" not in ground.kinds:
        return
    exchanges = ground.possible("write")
    for exchange in exchanges:
        for value in TELLING:
            yield from _telling(ground, exchange, value)
    yield from ground.turns(
        [[*_telling(ground, exchange, ground.printer.left)] for exchange in exchanges]
    )


def _telling(ground: Ground, exchange: Exchange, value: str) -> Iterator[Placement]:
    found = ground.printer.telling(ground.lines(("write",))[0], value)
    if found is not None:
        line, begins = found
        start = 2 if exchange.is_framed else 0
        for position, at in (("before", 0), ("after", 0), ("tail-before", start + begins)):
            if f"telling-{position}" in ground.positions:
                yield ground.place(exchange, f"telling-{position}", (line,), at)


def _long(ground: Ground, name: str, length: int) -> Iterator[Placement]:
    """An EXECUTE with long arguments."""
    if "execute" not in ground.kinds:
        return
    for exchange in ground.possible("execute"):
        line = ground.printer.long(ground.lines(("execute",))[0], length)
        for place in ("before", "after"):
            yield ground.place(exchange, f"{name}-{place}", (line,))


def _long_values(ground: Ground) -> Iterator[Placement]:
    """A WRITE of a text that is long, at each command; of the longer ones each at one."""
    if "write" not in ground.kinds:
        return
    exchanges = ground.possible("write")
    for turn, length in enumerate(LONG_VALUES):
        for place in ("before", "after"):
            line = ground.printer.long_value(ground.lines(("write",))[0], length)
            if line is not None:
                row = [ground.place(each, f"long-{place}", (line,)) for each in exchanges]
                yield from row if turn == 0 else ground.turns([row], turn)


def _bulk(ground: Ground) -> Iterator[Placement]:
    """Long WRITEs, or long EXECUTEs, before or behind the answer: one of the four at each command,
    in its turn."""
    rows = []
    for exchange in ground.sheet.exchanges:
        row = [
            _apiece(ground, exchange, place, lines)
            for kind in ground.kinds_at(exchange)
            for lines in (_long_ones(ground, kind),)
            for place in ("before", "after")
            if lines and f"bulk-{place}" in ground.positions
        ]
        rows.append(row)
    yield from ground.turns([row for row in rows if row])


def _apiece(ground: Ground, exchange: Exchange, place: str, lines: Sequence[Printed]) -> Placement:
    """Each line by a fault of its own, as one takes no more than 1000 characters."""
    placed = ground.place(exchange, f"bulk-{place}", lines)
    made = [fault for line in lines for fault in ground.place(exchange, place, (line,)).faults]
    return replace(placed, made=tuple(made))


def _long_ones(ground: Ground, kind: str) -> list[Printed]:
    """None where a line of this kind cannot be long."""
    lines = ground.lines([kind] * BULK)
    if kind == "execute":
        return [ground.printer.long(line, LONG) for line in lines]
    values = (ground.printer.long_value(line, LONG_VALUES[0]) for line in lines)
    return [line for line in values if line is not None]


def _strategies(ground: Ground) -> Iterator[Placement]:
    """What a platform wants to have reported, where a host may still need the line before: one that
    is longer than a READ or a WRITE, and needs no answer."""
    for kind in ground.few:
        for exchange in ground.possible(kind):
            yield ground.place(exchange, "before", (kind,))


def _many(ground: Ground, name: str, sizes: tuple[int, ...]) -> Iterator[Placement]:
    """Of each kind that the host answers, at each command; of all kinds one after the other, and of
    one of the others, in their turn."""
    for turn, exchange in enumerate(ground.sheet.exchanges):
        kinds = ground.kinds_at(exchange)
        requests = [kind for kind in kinds if kind in ground.requests]
        others = [kind for kind in kinds if kind not in requests]
        for number, place in enumerate(("before", "after")):
            position = f"{name}-{place}"
            made: list[tuple[str, ...]] = [(kind,) for kind in requests if name == "burst"]
            if len(requests) > (1 if name == "burst" else 0):
                made.append(tuple(requests))
            if others:
                made.append((others[(turn + number) % len(others)],))
            for each in made:
                yield from _sized(ground, exchange, position, each, sizes)


def _sized(
    ground: Ground,
    exchange: Exchange,
    position: str,
    kinds: tuple[str, ...],
    sizes: tuple[int, ...],
) -> Iterator[Placement]:
    for size in sizes if ground.every else sizes[:1]:
        lines: tuple[Printed, ...] = ground.lines(islice(cycle(kinds), size))
        yield ground.place(exchange, position, lines)
