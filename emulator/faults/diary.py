"""The records of what faults do."""

from emulator.faults.planted import Planted
from emulator.journal import Journal


class Diary:
    """In the module's journal. `now`: when the last input came."""

    __slots__ = ("now", "_journal")

    def __init__(self, journal: Journal, now: float) -> None:
        self.now, self._journal = now, journal

    def tell(self, planted: Planted, data: bytes, words: str, cause: int = 0) -> int:
        """The number of the record."""
        text = f"{planted}: {words}" if words else str(planted)
        return self._journal.record(self.now, "fault", cause, data, text)
