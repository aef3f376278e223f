"""What became of confirmable datagrams: rows wait until that is known, within bounds."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from emulator.diagram.row import Row

WAITING_LIMIT: Final = 2048  # rows that wait; then the first goes, its fate unknown
DUPLICATE_S: Final = 1.0  # what comes again sooner was doubled on the way, and not sent again
WAITING_S: Final = 247.0  # EXCHANGE_LIFETIME of RFC 7252 4.8.2: what comes later is no answer


def settled(rows: Iterable[Row]) -> Iterator[Row]:
    """The same rows in the same order, with `lost` at those that nobody acknowledged."""
    waiting: deque[Row] = deque()
    confirmed: set[int] = set()
    for row in rows:
        if row.confirms:
            confirmed.add(row.confirms)
        if row.repeats:
            _lose(waiting, row, confirmed)
        waiting.append(row)
        while waiting and _is_due(waiting, confirmed, row.time):
            yield _settle(waiting.popleft(), confirmed, row.time)
        if len(confirmed) > WAITING_LIMIT:
            confirmed &= {each.number for each in waiting}
    for row in waiting:
        yield _settle(row, confirmed, row.time + WAITING_S)


def _lose(waiting: deque[Row], again: Row, confirmed: set[int]) -> None:
    """A datagram was sent again: the one before it had no answer in time."""
    for at in range(len(waiting) - 1, -1, -1):
        row = waiting[at]
        if row.number == again.repeats:
            if row.awaits and row.number not in confirmed:
                is_lost = again.time - row.time >= DUPLICATE_S
                waiting[at] = replace(row, awaits=False, fate="lost" if is_lost else "")
            return


def _is_due(waiting: deque[Row], confirmed: set[int], now: float) -> bool:
    first = waiting[0]
    known = not first.awaits or first.number in confirmed
    return known or len(waiting) > WAITING_LIMIT or now - first.time >= WAITING_S


def _settle(row: Row, confirmed: set[int], now: float) -> Row:
    is_lost = row.awaits and row.number not in confirmed and now - row.time >= WAITING_S
    return replace(row, fate="lost") if is_lost else row
