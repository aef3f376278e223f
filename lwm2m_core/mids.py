"""The message ids of our own messages (RFC 7252 section 4.4)."""

from collections.abc import Collection
from typing import Any, Final

from lwm2m_core.errors import EngineError
from lwm2m_core.nothing import NOTHING, with_room

MESSAGE_IDS: Final = 0x10000


class MessageIds:
    """Counts upwards from a first id, around the ids used within the last `lifetime` seconds,
    chosen ones included: an automatic id is never mistaken for a repeated ackid (decision 42)."""

    __slots__ = ("last", "_next", "_lifetime", "_used", "_rejectable")

    def __init__(self, first: int, lifetime: float) -> None:
        self.last: int | None = None
        self._next = first
        self._lifetime = lifetime
        self._used: dict[int, float] = NOTHING  # id -> end of its lifetime, ascending
        self._rejectable: dict[int, None] = NOTHING  # an empty set would take 200 bytes

    def fresh(self, now: float, *taken: Collection[Any]) -> int:
        """An id to use next, in none of `taken`. Raises EngineError if those are all.

        A sender of more than 65536 messages within the lifetime has run out of ids and should wait
        (section 4.4). Firmware does not wait but wraps around: the id used longest ago comes next.
        """
        self._expire(now)
        if len(self._used) + sum(map(len, taken)) >= MESSAGE_IDS:
            return self._oldest(taken)
        mid = self._next
        while mid in self._used or any(mid in each for each in taken):
            mid = (mid + 1) % MESSAGE_IDS
        self._next = (mid + 1) % MESSAGE_IDS
        return mid

    def use(self, mid: int, now: float, *, rejectable: bool) -> None:
        """Note that a message goes out. `rejectable`: a Reset for it matters, though nothing else
        is kept of the message (notifications and responses sent as NON)."""
        self._used = with_room(self._used)
        self._used.pop(mid, None)
        self._used[mid] = now + self._lifetime
        self.last = mid
        if rejectable:
            if not self._rejectable:
                self._rejectable = {}
            self._rejectable[mid] = None
        elif mid in self._rejectable:
            del self._rejectable[mid]

    def reject(self, mid: int, now: float) -> bool:
        """Whether a Reset for `mid` is for a rejectable message; true only once for each."""
        self._expire(now)
        found = mid in self._rejectable
        if found:
            del self._rejectable[mid]
        return found

    def _oldest(self, taken: Collection[Collection[Any]]) -> int:
        for mid in self._used:
            if not any(mid in each for each in taken):
                return mid
        raise EngineError("every message id is in use")

    def _expire(self, now: float) -> None:
        while self._used:
            mid, until = next(iter(self._used.items()))
            if until > now:
                return
            del self._used[mid]
            if mid in self._rejectable:
                del self._rejectable[mid]
        self._used = self._rejectable = NOTHING
