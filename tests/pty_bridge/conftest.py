"""A serial line with both ends in the event loop of the test: the module's and the host's."""

import asyncio
import os
import socket
import termios
from collections.abc import AsyncIterator, Callable
from typing import Any, Protocol

import pytest
import pytest_asyncio

from pty_bridge.memory import MemoryPort
from pty_bridge.port import LineSettings
from pty_bridge.pty import PtyPort
from pty_bridge.tcp import TcpPort


class Host(Protocol):
    """What a host program can do with a device. `received`: what it has read."""

    received: Any

    def open(self) -> None: ...

    def close(self) -> None: ...

    def write(self, data: bytes) -> None: ...

    def listen(self) -> None:
        """Read from now on whatever comes."""

    def set_line(self, settings: LineSettings) -> None: ...


class PtyHost:
    """Opens the device as a host program does."""

    def __init__(self, port: PtyPort, received: Any) -> None:
        self.received = received
        self._name = port.name
        self.fd = -1
        self._loop = asyncio.get_running_loop()

    def open(self) -> None:
        self.fd = os.open(self._name, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)

    def close(self) -> None:
        if self.fd >= 0:
            self._loop.remove_reader(self.fd)
            os.close(self.fd)
            self.fd = -1

    def write(self, data: bytes) -> None:
        assert os.write(self.fd, data) == len(data)

    def listen(self) -> None:
        self._loop.add_reader(self.fd, lambda: self.received.put(os.read(self.fd, 65536)))

    def set_line(self, settings: LineSettings) -> None:
        flags = termios.tcgetattr(self.fd)
        flags[4] = flags[5] = getattr(termios, f"B{settings.baud}")
        flags[2] = flags[2] & ~termios.CRTSCTS | (termios.CRTSCTS if settings.rtscts else 0)
        termios.tcsetattr(self.fd, termios.TCSANOW, flags)


class InMemoryHost:
    def __init__(self, port: MemoryPort, received: Any) -> None:
        self.received = received
        self._host = port.host
        self.open, self.close, self.write = port.host.open, port.host.close, port.host.write
        self.set_line = port.host.set_line

    def listen(self) -> None:
        self._host.on_data = self.received.put
        self.received.put(self._host.read_available())


class TcpHost:
    """Connects as QEMU or a container does."""

    def __init__(self, port: TcpPort, received: Any) -> None:
        self.received = received
        self._port = port
        self.socket: socket.socket | None = None
        self._loop = asyncio.get_running_loop()

    def open(self) -> None:
        _, host, number = self._port.name.split(":")
        self.socket = socket.create_connection((host, int(number)))
        self.socket.setblocking(False)

    def close(self) -> None:
        if self.socket is not None:
            self._loop.remove_reader(self.socket)
            self.socket.close()
            self.socket = None

    def write(self, data: bytes) -> None:
        assert self.socket is not None
        assert self.socket.send(data) == len(data)

    def listen(self) -> None:
        """The end of the connection is the last thing that is received, as b""."""
        assert self.socket is not None
        self._loop.add_reader(self.socket, self._readable)

    def _readable(self) -> None:
        assert self.socket is not None
        data = self.socket.recv(65536)
        if not data:
            self._loop.remove_reader(self.socket)
        self.received.put(data)

    def set_line(self, settings: LineSettings) -> None:
        raise NotImplementedError("plain TCP has no settings")


class SerialLine:
    """A port with its receiver, and the hosts that may open it."""

    def __init__(self, kind: str, arrivals: Callable[[], Any], **options: Any) -> None:
        self.module, self.tap = arrivals(), arrivals()
        self._arrivals = arrivals
        self._hosts: list[Host] = []
        self.port: PtyPort | MemoryPort | TcpPort
        if kind == "pty":
            self.port = PtyPort(self.module, tap=self.tap.put, **options)
        elif kind == "tcp":
            self.port = TcpPort(self.module, ("127.0.0.1", 0), tap=self.tap.put)
        else:
            self.port = MemoryPort(self.module, tap=self.tap.put)

    def host(self) -> Host:
        received = self._arrivals()
        host: Host
        if isinstance(self.port, PtyPort):
            host = PtyHost(self.port, received)
        elif isinstance(self.port, TcpPort):
            host = TcpHost(self.port, received)
        else:
            host = InMemoryHost(self.port, received)
        self._hosts.append(host)
        return host

    def open_host(self) -> Host:
        host = self.host()
        host.open()
        return host

    def answer(self, command: bytes, answer: bytes) -> None:
        """Have the module answer every `command` with `answer`."""
        taken = bytearray()

        def take(piece: bytes) -> None:
            self.module.put(piece)
            taken.extend(piece)
            while command in taken:
                del taken[: taken.index(command) + len(command)]
                self.port.write(answer)

        self.module.data_received = take

    def close(self) -> None:
        for host in self._hosts:
            host.close()
        self.port.close()


@pytest_asyncio.fixture(params=["pty", "memory", "tcp"])
async def line(request: pytest.FixtureRequest, arrivals: Any) -> AsyncIterator[SerialLine]:
    """Every kind in turn."""
    line = SerialLine(request.param, arrivals)
    yield line
    line.close()


@pytest_asyncio.fixture
async def tcp_line(arrivals: Any) -> AsyncIterator[SerialLine]:
    """Only TCP."""
    line = SerialLine("tcp", arrivals)
    yield line
    line.close()


@pytest_asyncio.fixture
async def pty_line(arrivals: Any) -> AsyncIterator[SerialLine]:
    """Only the pseudo-terminal."""
    line = SerialLine("pty", arrivals)
    yield line
    line.close()
