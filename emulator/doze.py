"""The serial line of a module that sleeps in PSM (HF 5; drivers D18 and D20)."""

from collections.abc import Callable


class Doze:
    """What wakes the line is lost in part: the first `lost` bytes after each falling asleep."""

    __slots__ = ("_lost", "_left", "_sleeps")

    def __init__(self, lost: Callable[[], int]) -> None:
        self._lost = lost
        self._left = 0
        self._sleeps = 0

    def hear(self, data: bytes, asleep: bool, sleeps: int) -> bytes:
        """What the module gets of `data`. `sleeps` counts how often it has fallen asleep."""
        if sleeps != self._sleeps:
            self._sleeps, self._left = sleeps, self._lost()
        if not asleep or not self._left:
            return data
        kept = data[self._left :]
        self._left = max(0, self._left - len(data))
        return kept
