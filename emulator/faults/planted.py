"""A fault that waits for its occasion, and counts."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from emulator.at.writer import encoded
from emulator.faults.fault import Fault, State
from emulator.faults.names import is_named
from emulator.faults.whats import Code, Corrupt, Insert, Response, Split, Where


class Chance(Protocol):
    """`random.Random`, handed in."""

    def random(self) -> float: ...

    def randrange(self, stop: int, /) -> int: ...


@dataclass(frozen=True, slots=True)
class Occasion:
    """Something that a fault may strike. `places`: what it counts as. `data`: its bytes; `text`:
    what may match; `line`: the command line or the unsolicited line that a name is looked for in.
    `more`: how many bytes the faults before have inserted."""

    places: tuple[Where, ...]
    data: bytes = b""
    text: bytes = b""
    line: str = ""
    more: int = 0


class Planted:
    """One fault of a modem. `number`: what it is known by. `seen`: the occasions that counted;
    `fired`: how often it has struck. `due`: when the time alone brings it about."""

    def __init__(self, number: int, fault: Fault, chance: Chance) -> None:
        self.number, self.fault, self.chance = number, fault, chance
        self.seen = self.fired = 0
        self.due: float | None = None
        self.holds: int | None = None  # what waits to be overtaken
        self._matches = _matcher(fault)

    def __str__(self) -> str:
        return f"{self.number}, {self.fault}"

    @property
    def is_spent(self) -> bool:
        """Whether it has struck as often as it may."""
        return self.fault.times is not None and self.fired >= self.fault.times

    def strikes(self, occasion: Occasion, since: float, state: State) -> bool:
        """Whether it strikes now, `since` seconds after the start; if so, that is counted."""
        fault = self.fault
        if fault.where not in occasion.places or self.is_spent:
            return False
        if not (fault.after or 0.0) <= since < (fault.until or float("inf")):
            return False
        if fault.state not in (None, state) or not _fits(fault, occasion):
            return False
        if fault.name and not is_named(occasion.line, fault.name):
            return False
        return self._matches(occasion.text) and self._counts()

    def _counts(self) -> bool:
        fault = self.fault
        self.seen += 1
        if self.seen < fault.nth or (self.seen - fault.nth) % fault.every:
            return False
        if fault.chance < 1 and self.chance.random() >= fault.chance:
            return False
        self.fired += 1
        return True


def _matcher(fault: Fault) -> Callable[[bytes], bool]:
    if fault.match is not None:
        wanted = encoded(fault.match)
        return lambda text: wanted in text
    if fault.pattern is not None:
        pattern = re.compile(encoded(fault.pattern))
        return lambda text: pattern.search(text) is not None
    return lambda text: True


def _fits(fault: Fault, occasion: Occasion) -> bool:
    """Whether the thing is long enough, or of the kind, that the fault is for."""
    length = len(occasion.data)
    match fault.what:
        case Insert(at=int(at)):
            return at <= length
        case Split(offsets=(first, *_)):
            return first < length + occasion.more
        case Split():
            return length + occasion.more > 1
        case Corrupt(data=data, at=at) if data:
            return at < length
        case Corrupt():
            return length > 0
        case Response():
            return length > 3 and occasion.data[1] >> 5 in (2, 4, 5)
        case Code():
            return True
        case _:
            return True
