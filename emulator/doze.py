"""The serial line of a module that sleeps in PSM (HF 5; drivers D18 and D20)."""

from emulator.in_force import InForce


class Doze:
    """What wakes the line is lost in part: the first bytes after each falling asleep
    (quirk wake_loses_bytes)."""

    __slots__ = ("_in_force", "_left", "_sleeps")

    def __init__(self, in_force: InForce) -> None:
        self._in_force = in_force
        self._left = 0
        self._sleeps = 0

    def hear(self, data: bytes, asleep: bool, sleeps: int) -> bytes:
        """What the module gets of `data`. `sleeps` counts how often it has fallen asleep."""
        if sleeps != self._sleeps:
            self._sleeps, self._left = sleeps, int(self._in_force.quirks.wake_loses_bytes)
        if not asleep or not self._left:
            return data
        kept = data[self._left :]
        self._left = max(0, self._left - len(data))
        return kept
