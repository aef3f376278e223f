"""The journal: a numbered record of all that enters and leaves a module, with its cause."""

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

JOURNAL_LIMIT = 4096  # records kept in memory; sinks see every one
JOURNAL_BYTES = 1048576  # of their data: a flood comes in pieces of 64 KiB

NO_CAUSE = 0  # of what nobody asked for: a power-on, a timer of the module's own


class Record(NamedTuple):
    """One thing that happened. A tuple, because three are made for every command line.

    `number` counts from 1. `cause` is the number of the input that brought it about, 0 if none.
    `time` is seconds on the modem's clock. `kind` is a word such as `serial_in`, `datagram_out`,
    `command`, `event`; `data` the bytes that moved, `text` the words for people.
    """

    number: int
    cause: int
    time: float
    kind: str
    data: bytes = b""
    text: str = ""


Sink = Callable[[Record], None]


class Journal:
    """Keeps the last records, within both limits, and hands each one to every sink."""

    def __init__(self) -> None:
        self.records: deque[Record] = deque()
        self._bytes = 0
        self.sinks: list[Sink] = []
        self._number = 0

    def record(
        self, now: float, kind: str, cause: int = NO_CAUSE, data: bytes = b"", text: str = ""
    ) -> int:
        """Write one record; its number is what later records name as their cause."""
        number = self._number = self._number + 1
        entry = Record(number, cause, now, kind, data, text)
        self.records.append(entry)
        self._bytes += len(data)
        while len(self.records) > JOURNAL_LIMIT or self._bytes > JOURNAL_BYTES:
            self._bytes -= len(self.records.popleft().data)
        for sink in self.sinks:
            sink(entry)
        return number
