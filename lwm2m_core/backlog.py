"""What waits for a link: a queue with bounds, in the order in which it was sent."""

from collections.abc import Iterator

BACKLOG_LIMIT = 10  # datagrams (manual 4.8; decision 47)
BACKLOG_BYTES = 2048  # of them all, before encryption (manual 4.8; decision 47)


class Backlog:
    """The oldest datagram goes first where one has no room: if it was Confirmable, it is sent again
    anyway. Whoever can wait, asks `has_room` before."""

    __slots__ = ("_datagrams", "_size")

    def __init__(self) -> None:
        self._datagrams: list[bytes] = []  # a deque would take 600 bytes
        self._size = 0

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._datagrams)

    def has_room(self, size: int) -> bool:
        """For one more datagram of so many bytes."""
        return len(self._datagrams) < BACKLOG_LIMIT and self._size + size <= BACKLOG_BYTES

    def add(self, data: bytes) -> None:
        """A repetition of one that waits is none: it has not been sent yet."""
        if data in self._datagrams:
            return
        while self._datagrams and not self.has_room(len(data)):
            self.take()
        self._datagrams.append(data)
        self._size += len(data)

    def take(self) -> bytes | None:
        """The oldest; None if nothing waits."""
        if not self._datagrams:
            return None
        data = self._datagrams.pop(0)
        self._size -= len(data)
        return data

    def clear(self) -> None:
        self._datagrams.clear()
        self._size = 0
