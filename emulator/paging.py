"""What the network keeps for a module that listens only now and then (eDRX, 23.682 5.13a)."""

PAGES_LIMIT = (
    16  # datagrams that wait for the next paging; one more, and the oldest is lost (chosen)
)


class Paging:
    """Datagrams with their links, in order, and when the module listens next."""

    __slots__ = ("_kept", "due")

    def __init__(self) -> None:
        self._kept: tuple[tuple[int, bytes], ...] = ()
        self.due: float | None = None

    def keep(self, link: int, data: bytes, due: float) -> None:
        self._kept = (*self._kept, (link, data))[-PAGES_LIMIT:]
        self.due = due

    def take(self) -> tuple[tuple[int, bytes], ...]:
        """The module listens."""
        kept, self._kept, self.due = self._kept, (), None
        return kept


def next_paging(idle_since: float, cycle: float, now: float) -> float:
    """When the module listens next: every cycle, counted from the end of its connection."""
    return idle_since + (int((now - idle_since) / cycle) + 1) * cycle
