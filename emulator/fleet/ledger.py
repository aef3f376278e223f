"""The counts of all modems in one flat row of numbers, which processes may share: what has been
written down is not lost when one of them is killed."""

from collections.abc import MutableSequence
from enum import IntEnum
from typing import Final

from emulator.fleet.histogram import CLASSES, class_of


class Count(IntEnum):
    """What is counted of each modem."""

    BEGUN = 0
    """1 when it has been switched on."""
    READY = 1
    """1 while it is logged in and its reports are observed."""
    DUE = 2
    """Reports whose time has come."""
    SENT = 3
    """Reports that the module has taken: AT+MIPLNOTIFY was answered OK."""
    ACKED = 4
    """Reports that event 26 has confirmed."""
    LOST = 5
    """Reports of which it is known that nobody has confirmed them."""
    REFUSED = 6
    """Reports that the module has refused: none was sent."""
    MISSED = 7
    """Reports that were due while the modem was not logged in: none was sent."""
    LATE = 8
    """Reports that began too long after their time."""
    LOGINS = 9
    FAILED_LOGINS = 10
    ERRORS = 11
    """Things of the host's side that went wrong: a command without an answer, a coroutine that
    raised."""
    RECEIVED = 12
    """Reports that the local platform has counted, each once."""
    TWICE = 13
    """Reports that it got again."""
    SLOW = 14
    """Reports whose confirmation came later than it should."""


class Timing(IntEnum):
    """Of what the times are taken."""

    LOGIN = 0
    """From AT+MIPLOPEN to event 6."""
    NOTIFY = 1
    """From AT+MIPLNOTIFY to its final result."""
    CONFIRM = 2
    """From the final result of AT+MIPLNOTIFY to event 26."""
    LAG = 3
    """From when a report was due to when it began."""


COUNTS: Final = len(Count)
TIMINGS: Final = len(Timing)


def cells_needed(members: int, workers: int) -> int:
    """How many numbers a ledger takes."""
    return members * COUNTS + workers * TIMINGS * CLASSES


class Ledger:
    """Members are counted from 0 within the run. Each number has one writer: the worker of a
    modem, or the local platform."""

    def __init__(self, cells: MutableSequence[int], members: int, workers: int) -> None:
        self.members, self.workers = members, workers
        self._cells = cells

    def add(self, member: int, count: Count, more: int = 1) -> None:
        self._cells[member * COUNTS + count] += more

    def put(self, member: int, count: Count, value: int) -> None:
        self._cells[member * COUNTS + count] = value

    def of(self, member: int, count: Count) -> int:
        return self._cells[member * COUNTS + count]

    def total(self, count: Count) -> int:
        return sum(self._cells[count : self.members * COUNTS : COUNTS])

    def how_many(self, count: Count) -> int:
        """Members that have at least one."""
        return sum(1 for n in self._cells[count : self.members * COUNTS : COUNTS] if n)

    def took(self, worker: int, timing: Timing, seconds: float) -> None:
        at = self.members * COUNTS + (worker * TIMINGS + timing) * CLASSES
        self._cells[at + class_of(seconds)] += 1

    def times(self, timing: Timing) -> list[int]:
        """The classes of `histogram`, all workers together."""
        sums = [0] * CLASSES
        for worker in range(self.workers):
            at = self.members * COUNTS + (worker * TIMINGS + timing) * CLASSES
            for number, count in enumerate(self._cells[at : at + CLASSES]):
                sums[number] += count
        return sums
