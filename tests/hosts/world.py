"""What a host program has around it: a module, its serial line, and a platform of datagrams."""

import asyncio
import select
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from emulator.modem import Modem, ModemSettings
from emulator.serial_end import SerialEnd
from pty_bridge.flow import Flow
from pty_bridge.memory import MemoryPort
from pty_bridge.shaped import ShapedPort
from tests.bench import Bench
from tests.hosts.host import Framing, Host
from tests.lives import SERVER, there
from tests.server import Server
from transport.link import Address
from transport.memory import MemoryNetwork

Say = Callable[[bytes, Address], object]


class Platform:
    """A Server, and what it asks as soon as a module has registered."""

    def __init__(self, server: Server, after_login: tuple[bytes, ...]) -> None:
        self.server = server
        self._after_login = after_login
        self.say: Say = lambda data, to: None
        self._peer: Address = ("", 0)

    def hear(self, data: bytes, source: Address) -> None:
        self._peer = source
        for reply in self.server.hear(data):
            self.say(reply, source)
            if reply[1] == 0x41:  # 2.01
                for question in self._after_login:
                    self.say(question, source)

    def ask(self, datagram: bytes) -> None:
        self.say(datagram, self._peer)


class MemoryWire:
    """The in-memory port, in virtual time. `spoil` is what happens to bytes on their way."""

    def __init__(self, modem: Modem, spoil: Callable[[bytes], bytes]) -> None:
        port = modem.port.inner if isinstance(modem.port, ShapedPort) else modem.port
        assert isinstance(port, MemoryPort)
        self._end = port.host
        self._loop = asyncio.get_running_loop()
        self._spoil, self._data, self._arrived = spoil, b"", asyncio.Event()
        self._end.on_data = self._heard
        self._end.open()

    def write(self, data: bytes) -> None:
        self._end.write(data)

    def now(self) -> float:
        return self._loop.time()

    async def read(self, seconds: float) -> bytes:
        try:
            async with asyncio.timeout(seconds):
                await self._arrived.wait()
        except TimeoutError:
            return b""
        data, self._data = self._data, b""
        self._arrived.clear()
        return data

    def _heard(self, data: bytes) -> None:
        self._data += self._spoil(data)
        self._arrived.set()


class _Around:
    """A modem of this event loop."""

    def __init__(self, modem: Modem, platform: Platform) -> None:
        self._modem, self._platform = modem, platform

    def reset(self) -> None:
        self._modem.reset()

    def ask(self, datagram: bytes) -> None:
        self._platform.ask(datagram)


@asynccontextmanager
async def in_memory(
    platform: Platform,
    framing: Framing,
    spoil: Callable[[bytes], bytes] = lambda data: data,
    flow: Flow | None = None,
    made: Callable[[Modem], object] = lambda modem: None,
    **settings: Any,
) -> AsyncIterator[Host]:
    """A host on the in-memory port of a modem with these settings, behind a line like `flow`.
    `made` gets the modem."""
    network = MemoryNetwork()
    listener = await network.listen(SERVER, platform.hear)
    platform.say = listener.send
    wanted = ModemSettings(**{"strict": True, "seed": 1, **settings})
    end = SerialEnd("memory:", flow=flow)
    async with Modem(end, there, wanted, open_link=network.open_link) as modem:
        made(modem)
        yield Host(MemoryWire(modem, spoil), _Around(modem, platform), framing)
    listener.close()


# On a real pty

HURRY = 0.2


class PtyWire:
    """pyserial on the device of a modem that lives in another thread, in real time."""

    def __init__(self, bench: Bench) -> None:
        self._serial = bench.serial

    def write(self, data: bytes) -> None:
        self._serial.write(data)

    def now(self) -> float:
        return time.monotonic()

    async def read(self, seconds: float) -> bytes:
        """Nothing else happens in this thread meanwhile."""
        ready, _, _ = select.select([self._serial.fileno()], [], [], seconds)
        return bytes(self._serial.read(self._serial.in_waiting)) if ready else b""


class _FarAround:
    """A modem of another thread."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def reset(self) -> None:
        raise AssertionError("a driver with a reset pin is for the in-memory port")

    def ask(self, datagram: bytes) -> None:
        self._platform.ask(datagram)


@contextmanager
def on_pty(platform: Platform, framing: Framing, **settings: Any) -> Iterator[Host]:
    """A host on the pty of a modem with these settings; the platform is a socket on loopback."""
    wanted = ModemSettings(**{"strict": True, "seed": 1, **settings})
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
        end.bind(("127.0.0.1", 0))
        address: Address = end.getsockname()
        platform.say = end.sendto
        thread = threading.Thread(target=_serve, args=(end, platform), name="platform")
        thread.start()
        bench = Bench(wanted, lambda link: address)
        try:
            yield Host(PtyWire(bench), _FarAround(platform), framing, HURRY)
        finally:
            bench.close()
            end.sendto(b"stop", address)
            thread.join()


def _serve(end: socket.socket, platform: Platform) -> None:
    while True:
        data, source = end.recvfrom(65536)
        if data == b"stop":
            return
        platform.hear(data, source)
