"""A pseudo-terminal that host programs open like a serial device.

We keep the device open ourselves: otherwise the end of a client would be reported as a hang-up
for ever. Who is there comes from inotify. The kernel's terminal settings, its buffer towards the
client (about 20 KiB) and the missing modem lines are those of any pty: setting DTR or RTS, or
reading CTS, fails in the client with ENOTTY.

Linux first. Where inotify is missing (macOS) a client is assumed to be there all the time: output
waits for the next client, and the device is not made raw again between two. Not tried there.
"""

import asyncio
import os
import termios
from typing import Any, Final

from pty_bridge import device_link, presence
from pty_bridge.line import Line
from pty_bridge.news import News
from pty_bridge.port import (
    BACKLOG_LIMIT,
    Dropped,
    ModuleSide,
    PortError,
    PortReceiver,
    PortTap,
)

_NO_BACKLOG: Final[Any] = b""  # a bytearray takes 56 bytes, and is rarely needed
READ_SIZE = 4096  # as much as the kernel hands out at a time; more only costs its allocation


class PtyPort:
    """A pseudo-terminal in the running event loop. `name`: the device, like `/dev/pts/5`.

    `link`: a path at which the device can be found too, removed by `close`. PortError if the
    system has no device left, or the link cannot be made.

    A module does not hear itself: a client that has left or set the echo of the line on (`stty
    sane`) would hand us our own output as input, so it is taken off before anything is written.
    """

    __slots__ = (
        "_loop", "_receiver", "_tap", "name", "link", "_dropped", "_line", "_backlog", "_clients",
        "_news", "_open", "_reading", "_handing_over", "_watch", "_master", "_slave",
    )  # fmt: skip

    def __init__(
        self, receiver: PortReceiver, *, link: str | None = None, tap: PortTap | None = None
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._receiver = receiver
        self._tap = tap
        self._master, self._slave = _open_pair()
        self.name = os.ttyname(self._slave)
        self.link: str | None = None
        self._dropped: Dropped | None = None
        self._line = Line(self._slave)
        self._backlog: bytearray = _NO_BACKLOG
        self._clients = 0
        self._news = News(self._loop)
        self._open = self._reading = True
        self._handing_over = False
        self._watch = presence.watch(self._loop, self.name, self._clients_changed)
        if self._watch is None:
            self._assume_open()
        self._loop.add_reader(self._master, self._readable)
        if link is not None:
            self._place(os.path.abspath(link))

    def _place(self, link: str) -> None:
        """Last of all: whoever finds the device by its link is seen from the first moment."""
        try:
            device_link.place(link, self.name)
        except PortError:
            self.close()
            raise
        self.link = link

    def write(self, data: bytes) -> None:
        if not self._open or not data:
            return
        if not (self._handing_over and self._clients):
            self._catch_up()
        if not self._clients:
            self.dropped.absent += len(data)
        elif len(self._backlog) + len(data) > BACKLOG_LIMIT:
            self.dropped.full += len(data)
        else:
            self._accept(data)

    @property
    def dropped(self) -> Dropped:
        """What has been lost so far."""
        if self._dropped is None:
            self._dropped = Dropped()
        return self._dropped

    def pause(self) -> None:
        if self._open and self._reading:
            self._reading = False
            self._loop.remove_reader(self._master)

    def resume(self) -> None:
        if self._open and not self._reading:
            self._reading = True
            self._loop.add_reader(self._master, self._readable)

    def show(self, side: ModuleSide) -> None:
        """A pty has no modem lines, and no rate of our own."""

    def close(self) -> None:
        if not self._open:
            return
        self._open = False
        self._news.forget()
        if self.link is not None:
            device_link.remove(self.link, self.name)
        if self._watch is not None:
            self._watch.close()
        if not self._loop.is_closed():
            self._loop.remove_reader(self._master)
            self._loop.remove_writer(self._master)
        os.close(self._master)
        os.close(self._slave)

    # out

    def _accept(self, data: bytes) -> None:
        if self._tap is not None:
            self._tap("out", data)
        if not self._backlog:
            data = data[self._push(data) :]
            if not data:
                return
            self._backlog = bytearray()
            self._loop.add_writer(self._master, self._writable)
        self._backlog += data

    def _push(self, data: bytes | bytearray) -> int:
        if not self._handing_over:
            self._line.look()
        self._line.silence()
        try:
            return os.write(self._master, data)
        except BlockingIOError:
            return 0

    def _writable(self) -> None:
        self._catch_up()  # the reader may have left, and the backlog with it
        if self._backlog:
            del self._backlog[: self._push(self._backlog)]
        if not self._backlog:
            self._backlog = _NO_BACKLOG
            self._loop.remove_writer(self._master)

    # in

    def _readable(self) -> None:
        try:
            data = os.read(self._master, READ_SIZE)
        except BlockingIOError:
            return
        # Bytes can overtake the news that somebody has opened the device, and the news that the
        # last client has left can come after the next one's first bytes. Both are known to the
        # kernel by the time we have the bytes, so it is asked before anything is made of them.
        self._catch_up()
        settings = self._line.changed()
        if settings is not None:
            self._news.add(lambda: self._receiver.line_settings(settings))
        if self._news:
            self._news.tell()
        if self._open:
            self._hand_over(data)

    def _hand_over(self, data: bytes) -> None:
        """What is written in answer needs no second look at clients and line."""
        if self._tap is not None:
            self._tap("in", data)
        self._handing_over = True
        try:
            self._receiver.data_received(data)
        finally:
            self._handing_over = False

    # who is there

    def _catch_up(self) -> None:
        if self._watch is not None:
            self._watch.catch_up()

    def _clients_changed(self, steps: presence.Steps | None) -> None:
        """Count; what a client that has left did not read is not for the next one."""
        if steps is None:
            self._assume_open()
            return
        left = False
        for step in steps:
            before, self._clients = self._clients, max(0, self._clients + step)
            if self._clients and not before:
                self._news.add(self._receiver.opened)
            elif before and not self._clients:
                self._news.add(self._receiver.closed)
                left = True
        if left:
            self._forget_output()
            if not self._clients:  # else the next client may have set up the line already
                self._line.make_raw()

    def _assume_open(self) -> None:
        if not self._clients:
            self._clients = 1
            self._news.add(self._receiver.opened)

    def _forget_output(self) -> None:
        if self._backlog:
            self.dropped.absent += len(self._backlog)
            self._backlog = _NO_BACKLOG
        termios.tcflush(self._slave, termios.TCIFLUSH)


def _open_pair() -> tuple[int, int]:
    try:
        master, slave = os.openpty()
    except OSError as error:
        raise PortError(
            f"the system gives us no pseudo-terminal: {error.strerror}",
            "close other ones, or raise 'ulimit -n' and the limit in /proc/sys/kernel/pty/max",
        ) from None
    os.set_blocking(master, False)
    return master, slave
