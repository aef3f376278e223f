"""Which event of a scenario is due."""

import heapq
from collections.abc import Sequence

from emulator.scenario.document import Event
from emulator.scenario.heard import Heard, fits


class Agenda:
    """Events by their times. One that waits for something joins them when that was heard."""

    def __init__(self, events: Sequence[Event]) -> None:
        self._events = events
        self._due: list[tuple[float, int, int]] = []  # when, number of the event, times left
        self._seen = [0] * len(events)
        self._begun: set[int] = set()

    def begin(self, now: float) -> None:
        """The clock of the scenario starts."""
        for event in self._events:
            if event.after is None:
                self._plan(event, now)

    def hear(self, heard: Heard) -> None:
        """What some event may wait for."""
        for event in self._events:
            if event.after is None or event.number in self._begun:
                continue
            if fits(event.after, heard, {}) is not None:
                self._seen[event.number] += 1
                if self._seen[event.number] == event.nth:
                    self._plan(event, heard.at)

    def _plan(self, event: Event, now: float) -> None:
        self._begun.add(event.number)
        heapq.heappush(self._due, (now + event.delay, event.number, event.times))

    @property
    def deadline(self) -> float | None:
        return self._due[0][0] if self._due else None

    def take(self, now: float) -> list[Event]:
        """The events that are due, each as often as it is, in order."""
        taken = []
        while self._due and self._due[0][0] <= now:
            when, number, left = heapq.heappop(self._due)
            event = self._events[number]
            taken.append(event)
            if left > 1:
                heapq.heappush(self._due, (when + event.every, number, left - 1))
        return taken

    def left(self) -> list[tuple[Event, str]]:
        """The events that have not happened, or not as often as they should, and why."""
        found = []
        planned = {number: left for _, number, left in self._due}
        for event in self._events:
            if event.number in planned:
                left = planned[event.number]
                often = f"{left} of {event.times} times" if event.times > 1 else "yet"
                found.append((event, f"has not happened {often}, it is due later"))
            elif event.number not in self._begun:
                seen = self._seen[event.number]
                often = f"was seen {seen} times, not {event.nth}" if seen else "was not seen"
                found.append((event, f"has not happened, what it waits for {often}"))
        return found
