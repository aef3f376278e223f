"""A log with a look at what comes next in it."""

from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import Final

from emulator.replay.entry import Entry
from emulator.replay.log_facts import ENTRIES_LIMIT

AHEAD: Final = 200  # lines of the log that are looked at in advance


class Ahead:
    """Entries in their order, with a look at those to come."""

    def __init__(self, entries: Iterator[Entry]) -> None:
        self._entries = islice(entries, ENTRIES_LIMIT)
        self._held: deque[Entry] = deque()

    def next(self) -> Entry | None:
        self._fill(1)
        return self._held.popleft() if self._held else None

    def look(self) -> tuple[Entry, ...]:
        self._fill(AHEAD)
        return tuple(self._held)

    def peek(self) -> Entry | None:
        self._fill(1)
        return self._held[0] if self._held else None

    def _fill(self, count: int) -> None:
        if len(self._held) < count:
            self._held.extend(islice(self._entries, count - len(self._held)))
