"""A serial line in memory, for virtual time: pty delivery is not synchronous, this one is."""

import asyncio
from collections import deque
from collections.abc import Callable

from pty_bridge.port import (
    BACKLOG_LIMIT,
    Dropped,
    LineSettings,
    ModuleSide,
    PortReceiver,
    PortTap,
)


class MemoryPort:
    """The module's end; `host` is the other one. Needs a running event loop."""

    def __init__(self, receiver: PortReceiver, *, tap: PortTap | None = None) -> None:
        self.name = "memory:"
        self.dropped = Dropped()
        self.host = MemoryHost(self)
        self._receiver = receiver
        self._tap = tap
        self._loop = asyncio.get_running_loop()
        self._open = True
        self._paused = False
        self._happenings: deque[Callable[[PortReceiver], None]] = deque()

    def write(self, data: bytes) -> None:
        if not self._open:
            return
        if not self.host.is_open:
            self.dropped.absent += len(data)
        elif not self.host.take(data):
            self.dropped.full += len(data)
        elif self._tap is not None:
            self._tap("out", data)

    def pause(self) -> None:
        self._paused = True

    def resume(self) -> None:
        self._paused = False
        for _ in self._happenings:
            self._loop.call_soon(self._tell_one)

    def show(self, side: ModuleSide) -> None:
        self.host.sees = side

    def close(self) -> None:
        self._open = False

    def soon(self, happening: Callable[[PortReceiver], None]) -> None:
        """Tell the receiver from the loop, in order."""
        self._happenings.append(happening)
        self._loop.call_soon(self._tell_one)

    def _tell_one(self) -> None:
        if self._open and self._happenings and not self._paused:
            self._happenings.popleft()(self._receiver)

    def heard(self, data: bytes) -> None:
        if self._tap is not None and self._open:
            self._tap("in", data)
        self.soon(lambda receiver: receiver.data_received(data))


class MemoryHost:
    """The host's end of a `MemoryPort`. Opens and closes like a device; closed at first.

    `on_data`: called with each piece of output as it is written, instead of keeping it.
    `sees`: what the module shows at its end.
    """

    def __init__(self, port: MemoryPort) -> None:
        self.is_open = False
        self.on_data: Callable[[bytes], None] | None = None
        self.sees = ModuleSide()
        self._port = port
        self._unread = bytearray()
        self._settings = LineSettings()

    def open(self) -> None:
        if not self.is_open:
            self.is_open = True
            self._port.soon(lambda receiver: receiver.opened())

    def close(self) -> None:
        """Leave. What was not read is gone: the next client does not see it."""
        if self.is_open:
            self.is_open = False
            self._unread.clear()
            self._port.soon(lambda receiver: receiver.closed())

    def write(self, data: bytes) -> None:
        """Bytes to the module, as one piece."""
        if not self.is_open:
            raise ValueError("the host has not opened the port")
        self._port.heard(data)

    def set_line(self, settings: LineSettings) -> None:
        if settings != self._settings:
            self._settings = settings
            self._port.soon(lambda receiver: receiver.line_settings(settings))

    def read_available(self) -> bytes:
        """All that the module wrote and nobody has read yet, possibly nothing."""
        data = bytes(self._unread)
        self._unread.clear()
        return data

    def take(self, data: bytes) -> bool:
        """Output from the module; False if it does not fit."""
        if self.on_data is not None:
            self.on_data(data)
            return True
        if len(self._unread) + len(data) > BACKLOG_LIMIT:
            return False
        self._unread += data
        return True
