"""Output that waits because its descriptor does not take it at once."""

import asyncio
from collections.abc import Callable

from pty_bridge.port import BACKLOG_LIMIT

Buffer = bytes | bytearray


class Outgoing:
    """Bytes for one descriptor, at most BACKLOG_LIMIT of them waiting.

    `push` hands over some and says how many; BlockingIOError stands for none.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, fd: int, push: Callable[[Buffer], int]
    ) -> None:
        self._loop, self._fd, self._push = loop, fd, push
        self._waiting = bytearray()

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, data: bytes) -> bool:
        """Send or keep all of `data`; False if it does not fit, then nothing of it."""
        if len(self._waiting) + len(data) > BACKLOG_LIMIT:
            return False
        if not self._waiting:
            data = data[self._pushed(data) :]
            if data:
                self._loop.add_writer(self._fd, self._writable)
        self._waiting += data
        return True

    def drop(self) -> int:
        """Forget what waits; how many bytes that is."""
        dropped = len(self._waiting)
        if dropped:
            self._waiting.clear()
            self._loop.remove_writer(self._fd)
        return dropped

    def _pushed(self, data: Buffer) -> int:
        try:
            return self._push(data)
        except BlockingIOError:
            return 0

    def _writable(self) -> None:
        del self._waiting[: self._pushed(self._waiting)]
        if not self._waiting:
            self._loop.remove_writer(self._fd)
