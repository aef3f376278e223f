"""The stage with the local platforms: a modem in memory, in virtual time, for what only they do."""

import asyncio
from collections import deque

from emulator.cloud.service import Cloud
from emulator.cloud_faults import CloudFaults
from emulator.destinations import leading_to
from emulator.modem import Modem, ModemSettings
from emulator.serial_end import SerialEnd
from emulator.virtual_time import VirtualLoop
from pty_bridge.memory import MemoryPort
from tests.server import Heard
from tests.transcripts.stages import DESK_PATIENCE, What
from transport.memory import MemoryNetwork

STEP = 0.01  # seconds that pass while something is waited for


class OnCloud:
    """The local OneNET behind the module; what it hears it answers by itself."""

    def __init__(self, settings: ModemSettings) -> None:
        self._runner = asyncio.Runner(loop_factory=VirtualLoop)
        self._printed: deque[int] = deque()
        self._settings = settings
        self._runner.run(self._start())

    async def _start(self) -> None:
        net = MemoryNetwork()
        self._cloud = Cloud("onenet", seed=1, listen=net.listen)
        await self._cloud.open()
        self._modem = Modem(
            SerialEnd("memory:"),
            leading_to(self._cloud),
            self._settings,
            open_link=net.open_link,
            platforms=CloudFaults([self._cloud]),
        )
        await self._modem.__aenter__()
        assert isinstance(self._modem.port, MemoryPort)
        self._host = self._modem.port.host
        self._host.on_data = self._printed.extend
        self._host.open()
        await asyncio.sleep(0)

    @property
    def now(self) -> float:
        return self._runner.get_loop().time()

    @property
    def fired(self) -> list[int]:
        return [each.fired for each in self._modem.faults]

    def write(self, text: str) -> None:
        self._host.write(text.encode() + b"\r")
        self.wait(0)

    def expect(self, data: bytes) -> float:
        end = self.now + DESK_PATIENCE
        while len(self._printed) < len(data) and self.now < end:
            self.wait(STEP)
        got = bytes(self._printed.popleft() for _ in range(min(len(data), len(self._printed))))
        assert got == data, f"{got!r} for {data!r}"
        return self.now

    def expect_nothing_more(self) -> None:
        self.wait(1)
        assert not self._printed, f"{bytes(self._printed)!r} for nothing more"

    def wait(self, seconds: float) -> None:
        self._runner.run(asyncio.sleep(seconds))

    def ask(self, data: bytes) -> None:
        raise AssertionError("the local platform asks by itself")

    def heard(self, what: What) -> Heard:
        raise AssertionError("what the local platform hears is not kept")

    def heard_nothing(self, what: What) -> None:
        raise AssertionError("what the local platform hears is not kept")

    def board(self, event: str) -> None:
        raise AssertionError("what happens on the board is for the desk")

    def close(self) -> None:
        self._runner.run(self._modem.close())
        self._runner.run(self._cloud.close())
        self._runner.close()
