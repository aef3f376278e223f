"""Input that arrives while a command runs waits here (decision 2: never dropped)."""

from collections import deque

from emulator.at.lines import Mark, Piece

BACKLOG_LIMIT = 65536
"""Bytes that wait, as a serial driver's buffer holds them. Beyond it lines are consumed unread and
each is answered ERROR in its turn, so that a host still gets one final result per line."""

_REFUSED = Piece(b"", Mark.OVERLONG)


class Backlog:
    """Pieces in order with the number of the input that brought them; bounded by `limit`."""

    __slots__ = ("_limit", "_pieces", "_refused", "_refused_cause", "size")

    def __init__(self, limit: int = BACKLOG_LIMIT) -> None:
        self._limit = limit
        self.clear()

    def clear(self) -> None:
        self._pieces: deque[tuple[Piece, int]] | None = None  # it takes 700 bytes
        self._refused = 0
        self._refused_cause = 0
        self.size = 0

    def __bool__(self) -> bool:
        """Whether anything waits."""
        return bool(self._pieces or self._refused)

    def append(self, piece: Piece, cause: int) -> None:
        """Once lines are refused, all further ones are, until the waiting ones are answered: a
        count of them at the end of the queue keeps the order. Echo beyond the limit is lost."""
        if self._refused or self.size + _cost(piece) > self._limit:
            if piece.item is not None:
                self._refused_cause = self._refused_cause if self._refused else cause
                self._refused += 1
            return
        if self._pieces is None:
            self._pieces = deque()
        self._pieces.append((piece, cause))
        self.size += _cost(piece)

    def pop(self) -> tuple[Piece, int] | None:
        """The next piece and its cause; refused lines share the cause of the first of them."""
        if self._pieces:
            entry = self._pieces.popleft()
            self.size -= _cost(entry[0])
            self._pieces = self._pieces or None
            return entry
        if self._refused:
            self._refused -= 1
            return _REFUSED, self._refused_cause
        return None


def _cost(piece: Piece) -> int:
    text = piece.item if isinstance(piece.item, str) else ""
    return len(piece.echo) + len(text) + 1
