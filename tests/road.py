"""The way between a module on the desk and its platform; time is a number, and so is bad luck."""

from collections import deque
from collections.abc import Callable
from heapq import heappop, heappush
from typing import Literal

from tests.asking import AskingServer
from tests.desk import Desk

TRAVEL = 0.05  # seconds from one end to the other

Way = Literal["up", "down"]
Fate = Callable[[Way, int], tuple[float, ...]]
"""When the n-th datagram of this way arrives, in seconds after it was sent: once per copy."""


def good(way: Way, number: int) -> tuple[float, ...]:
    return (TRAVEL,)


class Road:
    """Carries datagrams. `lines` is what the module has printed; `host` answers to a line, or not,
    `pause` seconds later.

    `passed` counts the datagrams of both ways, `copies` what arrived of them.
    """

    def __init__(self, desk: Desk, server: AskingServer, fate: Fate = good) -> None:
        self.desk, self.server = desk, server
        self.lines: list[str] = []
        self.host: Callable[[str], str | None] = lambda line: None
        self.pause = 0.0
        self.passed = {"up": 0, "down": 0}
        self.copies = {"up": 0, "down": 0}
        self._fate = fate
        self._under_way: list[tuple[float, int, Way, int, bytes]] = []
        self._thoughts: deque[tuple[float, str]] = deque()  # of the host: when it says what
        self._number = 0

    def say(self, line: str) -> str:
        """The host writes a command; what was printed at once."""
        printed = self.desk.at(line)
        self._collect()
        return printed

    def until(self, condition: Callable[[], object], seconds: float = 300) -> None:
        """Let time pass until something is so; the test fails if it is not in time."""
        end = self.desk.now + seconds
        while not condition():
            assert self._step(end), f"not within {seconds} s; printed: {self.lines}"

    def run(self, seconds: float) -> list[str]:
        """Let time pass; what was printed meanwhile."""
        before, end = len(self.lines), self.desk.now + seconds
        while self._step(end):
            pass
        self.desk.now = end
        return self.lines[before:]

    def _step(self, end: float) -> bool:
        """Do what comes next; False if that is not before `end`."""
        self._collect()
        arrival = self._under_way[0][0] if self._under_way else None
        thought = self._thoughts[0][0] if self._thoughts else None
        dues = (arrival, thought, self.server.deadline(), self.desk.firmware.deadline())
        due = min((at for at in dues if at is not None), default=None)
        if due is None or due > end:
            return False
        if due == arrival:
            self._arrive()
        elif due == thought:
            self.desk.now = max(self.desk.now, due)
            self._print(self.desk.at(self._thoughts.popleft()[1]))
        elif due == self.server.deadline():
            self.desk.now = max(self.desk.now, due)
            self.server.handle_timeout(self.desk.now)
        else:
            self._print(self.desk.handle(due))
        return True

    def _arrive(self) -> None:
        at, _, way, link, data = heappop(self._under_way)
        self.desk.now = max(self.desk.now, at)
        self.copies[way] += 1
        if way == "up":
            self.server.hear(data, link, self.desk.now)
        else:
            self.desk.deliver(data, link)
            self._print(self.desk.lines())

    def _print(self, printed: str) -> None:
        for line in filter(None, printed.split("|")):
            self.lines.append(line)
            if command := self.host(line):
                self._thoughts.append((self.desk.now + self.pause, command))

    def _collect(self) -> None:
        """Send off what both ends have said."""
        for sent in self.desk.sent:
            self._carry("up", sent.link, sent.data)
        for link, data in self.server.said:
            assert isinstance(link, int)
            self._carry("down", link, data)
        self.desk.sent.clear()
        self.server.said.clear()

    def _carry(self, way: Way, link: int, data: bytes) -> None:
        for delay in self._fate(way, self.passed[way]):
            self._number += 1
            heappush(self._under_way, (self.desk.now + delay, self._number, way, link, data))
        self.passed[way] += 1
