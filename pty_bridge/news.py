"""What a receiver is to be told: from the loop, in order, and before any bytes that came later."""

import asyncio
from collections.abc import Callable


class News:
    """Happenings that were noticed inside `write` wait here until the loop comes around."""

    __slots__ = ("_loop", "_waiting")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting: tuple[Callable[[], None], ...] = ()  # a deque would take 700 bytes

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def add(self, happening: Callable[[], None]) -> None:
        self._waiting += (happening,)
        self._loop.call_soon(self._tell_one)

    def tell(self) -> None:
        """All of it, now; for a caller that is about to hand over bytes."""
        while self._waiting:
            self._tell_one()

    def forget(self) -> None:
        self._waiting = ()

    def _tell_one(self) -> None:
        if self._waiting:
            first, *others = self._waiting
            self._waiting = tuple(others)
            first()
