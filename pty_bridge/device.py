"""A real serial port, as /dev/ttyUSB0: a microcontroller at the other end of a crossed cable.

An adapter that is pulled out closes the port; one that comes back under the same path opens it
again. Nobody can see who is at the other end, so an open port counts as a device in use.
"""

import asyncio
import errno
import logging
import os
import termios
from collections.abc import Callable

import serial

from pty_bridge.flow import BITS
from pty_bridge.news import News
from pty_bridge.outgoing import Buffer, Outgoing
from pty_bridge.port import Dropped, ModuleSide, PortError, PortReceiver, PortTap

READ_SIZE = 65536
FIFO = 64  # bytes that a port may still hold when the system has none left (chosen)
AGAIN_S = 1.0  # between two looks for a device that has gone (chosen)

_MENDS = {
    errno.ENOENT: "plug it in, or choose another path",
    errno.EACCES: "join the group that owns it (ls -l says which; usually dialout)",
    errno.EAGAIN: "stop the program that has it open",
    errno.EBUSY: "stop the program that has it open",
}

log = logging.getLogger("mipl.port")


class DevicePort:
    """The device at `path`, at `baud` until the module has a rate of its own."""

    def __init__(
        self, receiver: PortReceiver, path: str, baud: int, *, tap: PortTap | None = None
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._receiver, self._tap = receiver, tap
        self.name, self._path, self._baud = path, path, baud
        self.dropped = Dropped()
        self._news = News(self._loop)
        self._reading = True
        self._timer: asyncio.TimerHandle | None = None
        self._side = ModuleSide()
        self._device: serial.Serial | None = None
        self._take(_opened(path, baud))

    def write(self, data: bytes) -> None:
        if self._device is None:
            self.dropped.absent += len(data)
        elif not self._out.put(data):
            self.dropped.full += len(data)
        elif self._tap is not None:
            self._tap("out", data)

    def pause(self) -> None:
        self._reading = False
        if self._device is not None:
            self._loop.remove_reader(self._fd)

    def resume(self) -> None:
        self._reading = True
        if self._device is not None:
            self._loop.add_reader(self._fd, self._readable)

    def show(self, side: ModuleSide) -> None:
        """CTS and DSR of the far end are our RTS and DTR, on a crossed cable."""
        self._side = side
        device = self._device
        if device is None:
            return
        try:
            device.rts, device.dtr = side.cts, side.dsr
        except OSError:
            log.debug("%s has no modem lines", self.name)  # a pty
        if (side.baud or self._baud) != device.baudrate:
            unsent = len(self._out) + device.out_waiting + FIFO
            self._later(unsent * BITS / device.baudrate, self._set_rate)

    def _set_rate(self) -> None:
        """When what was written before has left at the old rate."""
        baud = self._side.baud or self._baud
        try:
            if self._device is not None:
                self._device.baudrate = baud
        except (OSError, ValueError, termios.error) as error:
            log.warning("%s cannot have %d baud: %s", self.name, baud, error)

    def _later(self, seconds: float, happening: Callable[[], None]) -> None:
        """One thing at a time is waited for: a device to come back, or its output to leave."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_later(seconds, happening)

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._news.forget()
        self._leave()

    def _take(self, device: serial.Serial) -> None:
        self._device, self._fd = device, device.fileno()
        self._out = Outgoing(self._loop, self._fd, self._push)
        if self._reading:
            self._loop.add_reader(self._fd, self._readable)
        self._news.add(self._receiver.opened)

    def _leave(self) -> None:
        device, self._device = self._device, None
        if device is None:
            return
        self.dropped.absent += self._out.drop()
        if not self._loop.is_closed():
            self._loop.remove_reader(self._fd)
        device.close()

    def _push(self, data: Buffer) -> int:
        try:
            return os.write(self._fd, data)
        except BlockingIOError:
            raise
        except OSError:  # it has gone, which reading will tell
            return len(data)

    def _readable(self) -> None:
        try:
            data = os.read(self._fd, READ_SIZE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        self._news.tell()
        if not data:
            self._lose()
            return
        if self._tap is not None:
            self._tap("in", data)
        self._receiver.data_received(data)

    def _lose(self) -> None:
        log.warning("%s has gone; waiting for it to come back", self.name)
        self._leave()
        self._later(AGAIN_S, self._look)
        self._receiver.closed()

    def _look(self) -> None:
        try:
            device = _opened(self._path, self._side.baud or self._baud)
        except PortError:
            self._later(AGAIN_S, self._look)
            return
        log.warning("%s is back", self.name)
        self._timer = None
        self._take(device)
        self.show(self._side)


def _opened(path: str, baud: int) -> serial.Serial:
    try:
        return serial.Serial(path, baud, timeout=0, write_timeout=0, exclusive=True)
    except (ValueError, termios.error) as error:
        raise PortError(f"'{path}' cannot have {baud} baud: {error}", "choose another") from None
    except OSError as error:
        number = error.errno or 0
        reason = os.strerror(number) if number else str(error)
        mend = _MENDS.get(number, "choose another path")
        raise PortError(f"'{path}' cannot be opened: {reason}", mend) from None
