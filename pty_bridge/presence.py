"""Who has a device open: inotify, one descriptor for all ports of an event loop.

Opens and closes are counted, and the count is as good as the events: two programs that open one
device within the same microsecond, on two processors, can still be taken for one.

A program has one event loop as a rule, so this is one descriptor per process; a modem that a test
runs in a thread of its own has its own, and no port is told of anything from a foreign thread.

Where there is no inotify (macOS), or no instance is left for the user, `watch` gives None, and
the port has to assume that somebody has the device open.
"""

import asyncio
import ctypes
import logging
import os
import select
import struct
import sys
from collections.abc import Callable

# linux/inotify.h
IN_CLOSE_WRITE = 0x08
IN_CLOSE_NOWRITE = 0x10
IN_OPEN = 0x20
IN_Q_OVERFLOW = 0x4000
_EVENT = struct.Struct("iIII")  # wd, mask, cookie, length of the name that follows
_READ_SIZE = 65536

Steps = list[int]
Changed = Callable[[Steps | None], None]
"""+1 for every open and -1 for every close in the order they happened; None: nobody knows."""

log = logging.getLogger("mipl.port")


class Watch:
    """One watched device. `catch_up` hands out what has happened by now, to every port."""

    __slots__ = ("catch_up", "_clients", "_wd")

    def __init__(self, clients: "_Clients", wd: int) -> None:
        self._clients, self._wd = clients, wd
        self.catch_up = clients.to_catch_up

    def close(self) -> None:
        self._clients.forget(self._wd)


def watch(loop: asyncio.AbstractEventLoop, device: str, changed: Changed) -> Watch | None:
    """Have `changed` called with what clients do to `device`; None where that cannot be seen."""
    if sys.platform != "linux":
        return None
    clients = _by_loop.get(loop)
    try:
        if clients is None:
            clients = _by_loop[loop] = _Clients(loop)
        return Watch(clients, clients.add(device, changed))
    except OSError as error:
        log.warning("cannot see who opens %s (inotify: %s)", device, error)
        return None


class _Clients:
    """The inotify descriptor of one event loop; closed with its last watch."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._fd = self._checked(self._libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC))
        self._watched: dict[int, Changed] = {}
        self.to_catch_up = self.catch_up  # one for all watches
        self._poll = select.poll()
        self._poll.register(self._fd, select.POLLIN)
        loop.add_reader(self._fd, self.catch_up)

    def add(self, device: str, changed: Changed) -> int:
        try:
            # Two clients that open a device in a row make two equal events, which the kernel
            # merges into one. The events of the directory, which we ignore, keep them apart.
            self._add_watch(os.path.dirname(device))
            wd = self._add_watch(device)
        except OSError:
            self._close_if_unused()
            raise
        self._watched[wd] = changed
        return wd

    def _add_watch(self, path: str) -> int:
        mask = IN_OPEN | IN_CLOSE_WRITE | IN_CLOSE_NOWRITE
        return self._checked(self._libc.inotify_add_watch(self._fd, os.fsencode(path), mask))

    def forget(self, wd: int) -> None:
        if self._watched.pop(wd, None) is not None:
            self._libc.inotify_rm_watch(self._fd, wd)
            self._close_if_unused()

    def _close_if_unused(self) -> None:
        if not self._watched:
            del _by_loop[self._loop]
            if not self._loop.is_closed():
                self._loop.remove_reader(self._fd)
            os.close(self._fd)

    def catch_up(self) -> None:
        """Read all events and hand each device its own, as one batch."""
        batches: dict[int, Steps] = {}
        while self._poll.poll(0):  # a third of the price of a read that finds nothing
            if not self._sort(os.read(self._fd, _READ_SIZE), batches):
                self._lost_count()
                return
        for wd, steps in batches.items():
            self._watched[wd](steps)

    def _sort(self, data: bytes, batches: dict[int, Steps]) -> bool:
        """Add the events in `data` to the batches; False if the kernel had to drop some."""
        offset = 0
        while offset < len(data):
            wd, mask, _, length = _EVENT.unpack_from(data, offset)
            offset += _EVENT.size + length
            if mask & IN_Q_OVERFLOW:
                return False
            if wd in self._watched:
                batches.setdefault(wd, []).append(1 if mask & IN_OPEN else -1)
        return True

    def _lost_count(self) -> None:
        log.warning("too many opens and closes at once; assuming that every device is open")
        for changed in self._watched.values():
            changed(None)

    def _checked(self, result: int) -> int:
        if result < 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
        return result


_by_loop: dict[asyncio.AbstractEventLoop, _Clients] = {}
