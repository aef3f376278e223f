"""Each line once where nothing collides, each own line late, and WRITEs that are read back."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from emulator.explore.account import unnumbered
from emulator.explore.calm import Order
from emulator.explore.ground import Ground
from emulator.explore.lines import Printed
from emulator.explore.placement import PAUSE_S, SLOW_S, WRITERSP, Placement, name_of
from emulator.explore.sheet import Exchange, Sheet
from emulator.explore.values import is_in_hex, read, written

CALM_LIMIT: Final = 24
"""Lines at most of which is looked how the host answers them where nothing collides."""

HELD_S: Final = 1.5
"""Seconds by which a line is late, to see what waits for it: longer than any that is placed."""

ORDERS_LIMIT: Final = 12  # lines that are late, at most, the last


def calm_lines(ground: Ground, placements: Iterable[Placement]) -> list[Placement]:
    """Of each request of these placements one, in a write of its own, where the host has nothing
    else to do; behind a WRITE comes a READ. And once a WRITE and a READ in one write."""
    lines: dict[str, Printed] = {}
    asked = ground.sheet.asked.get("write", "")
    for placed in placements:
        for line in placed.lines:
            is_late = is_in_hex(line.text) and not is_in_hex(asked)  # it comes before a report
            if line.mid is not None and not is_late and len(lines) < CALM_LIMIT:
                lines.setdefault(unnumbered(line.text), line)
    return [*_piled(ground), *(placed for line in lines.values() for placed in _calm(ground, line))]


def _piled(ground: Ground) -> Iterator[Placement]:
    """Whether a READ gives the value of the WRITE right before it."""
    if {"write", "read"} <= {*ground.requests}:
        for exchange in ground.possible("write")[:1]:
            yield ground.place(exchange, "apart-after", ("write", "read"), pause=SLOW_S)


def _calm(ground: Ground, line: Printed) -> Iterator[Placement]:
    for exchange in ground.possible(line.kind)[:1]:
        back = reread(ground, exchange, "reread-apart", line, pause=SLOW_S)
        usual = ground.place(exchange, "apart-after", (line,), pause=SLOW_S)
        yield usual if back is None else back


def reread(
    ground: Ground,
    exchange: Exchange,
    position: str,
    line: Printed,
    at: int = 0,
    pause: float = PAUSE_S,
) -> Placement | None:
    """A WRITE behind this answer, and behind the answer to it a READ; None if the host answers no
    READ of the same path."""
    write = written(line.text)
    if write is None or "read" not in ground.requests:
        return None
    back = next(each for each in ground.lines(("read", "read")) if each.mid != line.mid)
    if read(back.text) != write[0]:
        return None
    before = ground.sheet.exchanges[: exchange.number + 1]
    again = 1 + sum(name_of(each.text) == WRITERSP for each in before)
    placed = ground.place(exchange, position, (line, back), at, pause)
    return replace(placed, again=again)


def rereads(ground: Ground) -> Iterator[Placement]:
    """At each command a WRITE that is read back: whole, and cut in its value."""
    if "write" not in ground.kinds:
        return
    line = ground.lines(("write",))[0]
    write = written(line.text)
    for exchange in ground.possible("write"):
        if write is None:
            return
        begins = line.text.rfind(write[1]) + (2 if exchange.is_framed else 0)
        cuts = sorted({begins + 1, begins + len(write[1]) // 2, begins + len(write[1]) - 1})
        places = [("reread-after", 0), *(("reread-cut", at) for at in cuts)]
        for position, at in places:
            placed = reread(ground, exchange, position, line, at)
            if placed is not None:
                yield placed


def late_lines(sheet: Sheet, orders: Iterable[Order]) -> list[tuple[Order, Placement]]:
    """Of each command that in both lives came behind a line of the module's own for which it may
    have waited, that line, late: what waits for it comes later, too."""
    found: list[tuple[int, Order, Placement]] = []
    for order in orders:
        numbers = [n for n, own in enumerate(sheet.own) if unnumbered(own.text) == order.line]
        if len(numbers) >= order.times:
            own = sheet.own[numbers[order.times - 1]]
            exchange = sheet.exchanges[max(own.replies - 1, 0)]
            lines = (Printed(own.kind, own.text),)
            placed = Placement(exchange, "withheld", lines, own.name, own.nth(), pause=HELD_S)
            found.append((numbers[order.times - 1], order, placed))
    found.sort(key=lambda each: (each[0], each[1].command))
    return [(order, placed) for _, order, placed in found[-ORDERS_LIMIT:]]
