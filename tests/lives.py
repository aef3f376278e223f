"""The ends of a modem in virtual time: a host on its in-memory port, a platform on its network."""

import asyncio
import re
from collections.abc import Callable

from emulator.modem import Modem
from emulator.outputs import OpenLink
from pty_bridge.memory import MemoryPort
from tests.asking import AskingServer, Question
from transport.link import Address
from transport.memory import MemoryNetwork

SERVER: Address = ("10.0.0.9", 5683)
PATIENCE = 400.0  # seconds of virtual time that a command may take
THINKING = 1.2  # seconds that the MCU takes for an answer

FINAL = re.compile(r"OK|ERROR|\+CIS ERROR: ?\d+|\+CME ERROR: ?\d+")
ASKS = re.compile(r"\+MIPL(READ|WRITE|EXECUTE): ?0,(\d+),3200,0,5750(,.*)?")


async def there(link: OpenLink) -> Address:
    """Every link leads to the one platform."""
    return SERVER


async def until(condition: Callable[[], object], seconds: float) -> bool:
    """Whether it became so in time; looked at every tenth of a second of virtual time."""
    for _ in range(int(seconds * 10)):
        if condition():
            return True
        await asyncio.sleep(0.1)
    return bool(condition())


class Host:
    """The MCU: one command at a time, and an answer to every request, after a while.

    `log`: all that was printed, and every command behind a `> `, in order. `strays`: final results
    of no command.
    """

    def __init__(self, modem: Modem) -> None:
        assert isinstance(modem.port, MemoryPort)
        self.log: list[str] = []
        self.strays: list[str] = []
        self._end = modem.port.host
        self._end.on_data = self._heard
        self._end.open()
        self._rest = b""
        self._asked = asyncio.Lock()
        self._result: asyncio.Future[str] | None = None
        self._answering: list[asyncio.Task[None]] = []

    async def command(self, line: str) -> str:
        """Its final result, which must come before anything else is written."""
        async with self._asked, asyncio.timeout(PATIENCE):
            self._result = asyncio.get_running_loop().create_future()
            self.log.append(f"> {line}")
            self._end.write(line.encode() + b"\r")
            result = await self._result
            self._result = None
        return result

    async def close(self) -> None:
        """Every answer was `OK`."""
        await asyncio.gather(*self._answering)

    def count(self, line: str) -> int:
        return self.log.count(line)

    def _heard(self, data: bytes) -> None:
        self._rest += data
        *lines, self._rest = self._rest.split(b"\r\n")
        for line in filter(None, (line.decode() for line in lines)):
            self.log.append(line)
            if FINAL.fullmatch(line):
                self._ends(line)
            elif asked := ASKS.fullmatch(line):
                answer = self._answer(asked[1], asked[2])
                self._answering.append(asyncio.get_running_loop().create_task(answer))

    def _ends(self, result: str) -> None:
        if self._result is None or self._result.done():
            self.strays.append(result)
        else:
            self._result.set_result(result)

    async def _answer(self, kind: str, mid: str) -> None:
        await asyncio.sleep(THINKING)
        value = ',1,3200,0,5750,1,4,"abcd",0,0' if kind == "READ" else ",2"
        assert await self.command(f"AT+MIPL{kind}RSP=0,{mid}{value}") == "OK"


class Platform:
    """An AskingServer on the in-memory network, with the loop's clock."""

    def __init__(self) -> None:
        self.server = AskingServer()
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None

    async def listen(self, network: MemoryNetwork) -> None:
        self._listener = await network.listen(SERVER, self._heard)

    def close(self) -> None:
        self._listener.close()
        if self._timer is not None:
            self._timer.cancel()

    def ask(self, code: int, body: bytes = b"") -> Question:
        asked = self.server.ask(code, "/3200/0/5750", self._loop.time(), body=body)
        self._speak()
        return asked

    def observe(self) -> Question:
        asked = self.server.observe("/3200/0", self._loop.time())
        self._speak()
        return asked

    def _heard(self, data: bytes, source: Address) -> None:
        self.server.hear(data, source, self._loop.time())
        self._speak()

    def _due(self) -> None:
        self.server.handle_timeout(self._loop.time())
        self._speak()

    def _speak(self) -> None:
        for peer, data in self.server.said:
            assert isinstance(peer, tuple)
            self._listener.send(data, peer)
        self.server.said.clear()
        if self._timer is not None:
            self._timer.cancel()
        due = self.server.deadline()
        self._timer = None if due is None else self._loop.call_at(due, self._due)
