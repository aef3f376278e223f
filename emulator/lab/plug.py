"""The host's end of a serial device, for a test that is the host itself."""

import asyncio
import os
import socket
from collections.abc import Callable
from typing import Protocol

from pty_bridge.memory import MemoryPort
from pty_bridge.outgoing import Outgoing
from pty_bridge.port import Port

READ_SIZE = 65536

Received = Callable[[bytes], None]


class Plug(Protocol):
    """An open device. In the loop's thread only."""

    def write(self, data: bytes) -> None:
        """OSError if it does not fit."""

    def close(self) -> None: ...


def plug_in(port: Port, device: str, received: Received) -> Plug:
    """Open the device of a modem's port as a host would, whatever it is. OSError."""
    if isinstance(port, MemoryPort):
        return _Memory(port, received)
    if device.startswith("tcp:"):
        host, _, number = device.removeprefix("tcp:").rpartition(":")
        end = socket.create_connection((host.strip("[]"), int(number)))
        end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return _Descriptor(end.detach(), received)
    return _Descriptor(os.open(device, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK), received)


class _Memory:
    def __init__(self, port: MemoryPort, received: Received) -> None:
        self._host = port.host
        self._host.on_data = received
        self._host.open()

    def write(self, data: bytes) -> None:
        self._host.write(data)

    def close(self) -> None:
        self._host.on_data = None
        self._host.close()


class _Descriptor:
    def __init__(self, fd: int, received: Received) -> None:
        os.set_blocking(fd, False)
        self._fd, self._received = fd, received
        self._loop = asyncio.get_running_loop()
        self._out = Outgoing(self._loop, fd, lambda data: os.write(fd, data))
        self._loop.add_reader(fd, self._readable)

    def write(self, data: bytes) -> None:
        if not self._out.put(data):
            raise OSError("the module does not read")

    def close(self) -> None:
        self._out.drop()
        self._loop.remove_reader(self._fd)
        os.close(self._fd)

    def _readable(self) -> None:
        try:
            data = os.read(self._fd, READ_SIZE)
        except BlockingIOError:
            return
        except OSError:  # the device is gone
            data = b""
        if data:
            self._received(data)
        else:
            self._loop.remove_reader(self._fd)
