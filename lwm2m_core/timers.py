"""Many deadlines behind one: what the shell's single timer is set from."""

from bisect import insort
from collections.abc import Hashable
from heapq import heapify, heappop, heappush
from typing import Final, Generic, TypeVar

from lwm2m_core.nothing import NO_ITEMS, NOTHING

Key = TypeVar("Key", bound=Hashable)

STALE_LIMIT: Final = 64
"""Cancelled entries a heap may hold beyond as many as there are live ones."""


FEW: Final = 4
"""Times up to which they stand in a row, soonest first; a dictionary of one takes 250 bytes."""


def earliest(*moments: float | None) -> float | None:
    """The first of several deadlines; None where there is none."""
    first = None
    for moment in moments:
        if moment is not None and (first is None or moment < first):
            first = moment
    return first


class Timers(Generic[Key]):
    """At most one time per key. Setting, cancelling and asking for the earliest cost O(log n);
    a cancelled entry stays in the heap until it surfaces or outnumbers the live ones. While there
    are few, none is stale and nothing tells by key which are not."""

    __slots__ = ("_heap", "_current", "_count")

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Key]] = NO_ITEMS
        self._current: dict[Key, int] = NOTHING
        self._count = 0

    def set(self, key: Key, when: float) -> None:
        """Have `key` fall due at `when`, and no longer at the time it was set to before."""
        self._count += 1
        entry = (when, self._count, key)
        if self._current:
            self._current[key] = self._count
            heappush(self._heap, entry)
            self._sweep()
            return
        self.cancel(key)
        if not self._heap:
            self._heap = [entry]
            return
        insort(self._heap, entry)
        if len(self._heap) > FEW:
            self._current = {key: count for _, count, key in self._heap}

    def cancel(self, key: Key) -> None:
        if not self._current:
            for entry in self._heap:
                if entry[2] == key:
                    self._heap.remove(entry)
                    self._heap = self._heap or NO_ITEMS
                    return
        elif key in self._current:
            del self._current[key]
            self._sweep()

    def deadline(self) -> float | None:
        """The earliest time set; None if there is none."""
        if self._current:
            while not self._is_current(self._heap[0]):
                heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def pop_due(self, now: float) -> Key | None:
        """The key that has been due longest, once; keys of the same time in the order set."""
        due = self.deadline()
        if due is None or due > now:
            return None
        key = self._heap[0][2]
        self.cancel(key)
        return key

    def _sweep(self) -> None:
        if not self._current:
            self._heap, self._current = NO_ITEMS, NOTHING
        elif len(self._heap) > 2 * len(self._current) + STALE_LIMIT:
            self._heap = [entry for entry in self._heap if self._is_current(entry)]
            heapify(self._heap)

    def _is_current(self, entry: tuple[float, int, Key]) -> bool:
        return self._current.get(entry[2]) == entry[1]
