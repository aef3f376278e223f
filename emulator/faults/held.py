"""What a fault holds back, until its time has come or somebody takes it."""

from bisect import insort
from collections.abc import Callable
from operator import itemgetter
from typing import Generic, TypeVar

HELD_LIMIT = 256
"""Things held back at a time. One more is not held back: the fault does not strike."""

Thing = TypeVar("Thing")


class Held(Generic[Thing]):
    """Things with the moment when each is due, in order."""

    def __init__(self) -> None:
        self._things: list[tuple[float, int, Thing]] = []
        self._number = 0

    def __len__(self) -> int:
        return len(self._things)

    @property
    def has_room(self) -> bool:
        return len(self._things) < HELD_LIMIT

    @property
    def due(self) -> float | None:
        """When the first is due."""
        return self._things[0][0] if self._things else None

    def put(self, due: float, thing: Thing) -> int:
        """Hold it back until then; the number by which take() finds it. Nothing that was put in
        for the same moment comes before what was put in earlier."""
        self._number += 1
        insort(self._things, (due, self._number, thing), key=itemgetter(0, 1))
        return self._number

    def has(self, number: int | None) -> bool:
        return any(own == number for _, own, _ in self._things)

    def take(self, number: int | None) -> Thing | None:
        """The thing with this number before its time; None where it has gone."""
        for place, (_, own, thing) in enumerate(self._things):
            if own == number:
                del self._things[place]
                return thing
        return None

    def pop(self, now: float) -> Thing | None:
        """The first that is due by now."""
        if self._things and self._things[0][0] <= now:
            return self._things.pop(0)[2]
        return None

    def drop(self, unwanted: Callable[[Thing], bool]) -> list[Thing]:
        """Give up all things that are so."""
        dropped = [thing for _, _, thing in self._things if unwanted(thing)]
        self._things = [entry for entry in self._things if not unwanted(entry[2])]
        return dropped
