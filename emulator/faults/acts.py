"""What faults are about to do: in order, and not without an end at one moment."""

from collections.abc import Iterator

from emulator.faults.diary import Diary
from emulator.faults.held import Held
from emulator.faults.things import Act, Thing
from emulator.faults.whats import Freeze, Lose, Reboot

ACTS_LIMIT, ACT_PAUSE_S = 16, 0.1
"""How many faults act at one moment; further ones do so seconds later. Two that bring about each
other must not stop the time (chosen)."""


class Acts:
    """`waiting`: in the order in which the faults struck; too much for now goes to `held`."""

    __slots__ = ("waiting", "_held", "_diary", "_at", "_done")

    def __init__(self, held: Held[Thing], diary: Diary) -> None:
        self.waiting: list[Act] = []
        self._held, self._diary = held, diary
        self._at, self._done = diary.now, 0

    def add(self, act: Act) -> None:
        self.waiting.append(act)

    def due(self, now: float) -> Iterator[Act]:
        """Take those that are to be carried out now, also those that come in meanwhile."""
        if now > self._at:
            self._at, self._done = now, 0
        while self.waiting:
            act = self.waiting.pop(0)
            self._done += 1
            if self._done <= ACTS_LIMIT:
                yield act
            elif self._held.has_room:
                self._held.put(now + ACT_PAUSE_S, act)
            else:
                self._diary.tell(act.planted, b"", "not done: too much is held back")

    @property
    def stops(self) -> bool:
        """Whether the module is about to end what it does, or to hang."""
        return any(isinstance(act.planted.fault.what, Reboot | Freeze) for act in self.waiting)

    def loses_link(self) -> bool:
        """Whether the link that is about to be opened is lost; the acts that lose it, one or
        several, are taken then."""
        others = [act for act in self.waiting if not isinstance(act.planted.fault.what, Lose)]
        is_lost = len(others) < len(self.waiting)
        self.waiting = others
        return is_lost
