"""One modem in a thread of its own, with pyserial on its device and every datagram in view."""

import asyncio
import functools
import queue
import threading
import time
from collections.abc import Callable, Collection, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

import serial

from emulator.modem import Modem, ModemSettings
from emulator.outputs import OpenLink
from emulator.serial_end import SerialEnd
from emulator.virtual_time import VirtualLoop
from transport.link import Address, Direction
from transport.udp import open_udp

PATIENCE = 10.0  # seconds until something that does not come fails the test

T = TypeVar("T")
LoopFactory = Callable[[], asyncio.AbstractEventLoop]


class LoopThread:
    """An event loop in a thread. `close` cancels what still runs, and tells what went wrong."""

    def __init__(self, name: str, factory: LoopFactory = asyncio.SelectorEventLoop) -> None:
        self.failures: list[str] = []
        self._stop = asyncio.Event()
        self._running: Future[asyncio.AbstractEventLoop] = Future()
        self._thread = threading.Thread(target=self._run, args=(factory,), name=name)
        self._thread.start()
        self._loop = self._running.result(PATIENCE)

    def _run(self, factory: LoopFactory) -> None:
        with asyncio.Runner(loop_factory=factory) as runner:
            runner.run(self._main())

    async def _main(self) -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: self.failures.append(str(context)))
        self._running.set_result(loop)
        await self._stop.wait()

    def submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Run `work` in the loop; its result, or what it raised, is in the future."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        assert self.failures == []


class Bench:
    """A modem on a real pty, and its host. `address_of` says where a link leads.

    `rate`: how fast the modem's clock runs, for one that is slower or faster than the real one.
    """

    def __init__(
        self,
        settings: ModemSettings,
        address_of: Callable[[OpenLink], Address],
        rate: float = 1.0,
    ) -> None:
        self._wire: queue.SimpleQueue[tuple[Direction, bytes]] = queue.SimpleQueue()
        self._requests: set[bytes] = set()
        self._loop = LoopThread("modem", lambda: VirtualLoop(scale=rate))
        try:
            self._modem = self._loop.submit(self._power_on(settings, address_of)).result(PATIENCE)
            self.serial = serial.Serial(self._modem.port.name, 115200, timeout=PATIENCE)
        except BaseException:
            self._loop.close()
            raise

    async def _power_on(
        self, settings: ModemSettings, address_of: Callable[[OpenLink], Address]
    ) -> Modem:
        async def address(link: OpenLink) -> Address:
            return address_of(link)

        opener = functools.partial(open_udp, tap=self._seen)
        return await Modem(SerialEnd("pty:"), address, settings, open_link=opener).__aenter__()

    def _seen(self, direction: Direction, data: bytes, source: Address, to: Address) -> None:
        self._wire.put((direction, data))

    def close(self) -> None:
        self.serial.close()
        try:
            self._loop.submit(self._modem.close()).result(PATIENCE)
        finally:
            self._loop.close()

    def write(self, text: str) -> None:
        self.serial.write(text.encode() + b"\r")

    def expect(self, text: str) -> None:
        """The next bytes are exactly this line, with CR LF before and behind it."""
        wanted = b"\r\n" + text.encode() + b"\r\n"
        got = self.serial.read(len(wanted))
        assert got == wanted, f"{got!r} for {wanted!r}"

    def expect_after(self, repeated: Collection[str], text: str) -> None:
        """The next line is this, but for copies of lines that were there before."""
        while (line := self.line()) in repeated:
            pass
        assert line == text, f"{line!r} for {text!r}"

    def line(self) -> str:
        """The next line, whatever it says."""
        assert self.serial.read(2) == b"\r\n"
        return str(self.serial.read_until(b"\r\n").decode().removesuffix("\r\n"))

    def expect_nothing_more(self) -> None:
        """Whatever is still to be said would stand before the answer to this AT."""
        self.write("AT")
        self.expect("OK")

    def asked(self) -> int:
        """Wait for the next request from the network, not for one that is repeated; its message id
        (RFC 7252 3)."""
        data = self._until(
            lambda way, data: way == "down" and 0 < data[1] < 0x20 and data not in self._requests
        )
        self._requests.add(data)
        return data[2] << 8 | data[3]

    def asked_again(self, mid: int) -> None:
        """Wait until request `mid` has come once more."""
        again = mid.to_bytes(2, "big")
        self._until(lambda way, data: way == "down" and data[2:4] == again and data[1] > 0)

    def told(self) -> int:
        """Wait for the next 2.05 that leaves in a message of its own, a CON or NON; its id."""
        data = self._until(
            lambda way, data: way == "up" and data[0] >> 4 & 3 < 2 and data[1] == 0x45
        )
        return data[2] << 8 | data[3]

    def sent(self, expected: bytes) -> None:
        """Wait until exactly this datagram has left the modem, after what was waited for last."""
        self._until(lambda way, data: way == "up" and data == expected)

    def _until(self, wanted: Callable[[Direction, bytes], bool]) -> bytes:
        deadline = time.monotonic() + PATIENCE
        while True:
            way, data = self._wire.get(timeout=max(0.0, deadline - time.monotonic()))
            if wanted(way, data):
                return data
