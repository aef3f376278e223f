"""What is measured: many modems of one process, with hosts in memory or at ptys.

    python -m benchmarks.crowd memory|pty|dtls PORT COUNT [held]

They are made first, after WARM others that are not counted: with ptys their devices are printed,
one a line. Then each line on stdin asks for something, and is answered by a line of JSON: `rss`,
bytes per modem; `held`, where `held` was asked for at the start: objects and their bytes per
modem, by class; `login`, seconds until all are registered at PORT; `report N`, seconds of this
process's time for a value from each of them N times over; `minute S`, a value from each within S
seconds at even intervals: by how many seconds they were late at most, and by how many at the 99th
percentile.
"""

import asyncio
import gc
import json
import resource
import sys
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass

from benchmarks.held import Held, held, more
from benchmarks.memory import resident
from emulator.garbage import look_rarely
from emulator.modem import Modem, ModemSettings
from emulator.outputs import OpenLink
from emulator.serial_end import SerialEnd
from pty_bridge.memory import MemoryPort
from transport.udp import open_udp

_NOTHING_HELD: Held = {}
WARM, SPARE = 20, 50_000  # how many, and the number of the first
FIRST_IMEI = 869975030000000
REGISTERED = b"+MIPLEVENT: 0,6\r\n"
NOTIFY = b'AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"abcd",0,0\r'
DECLARE = b'AT+MIPLADDOBJ=0,3200,1,"1",0,0\r'
OPEN = b"AT+MIPLOPEN=0,86400,60\r"
CREATE = b'AT+MIPLCREATEEX="127.0.0.1:%d",0\r'
KEY = b"abcdefgh"
SECURE = b'AT+MIPLCREATEEX="coaps://127.0.0.1:%d",0,,"' + KEY + b'"\r'
PATIENCE_S = 60
DTLS_TOGETHER = 32


@dataclass(slots=True)
class Host:
    """The host of one modem: keeps whether it is registered, and how many OKs it was given."""

    crowd: "Crowd"
    is_registered: bool = False

    def heard(self, data: bytes) -> None:
        self.crowd.answers += data.count(b"\r\nOK\r\n")
        if not self.is_registered and REGISTERED in data:
            self.is_registered = True
            self.crowd.registered += 1


class Crowd:
    """The modems. `answers`: OKs that all hosts were given; `registered`: hosts that were told."""

    def __init__(self, kind: str, port: int, stack: AsyncExitStack, looks: bool = False) -> None:
        self.answers = self.registered = 0
        self._kind, self._port, self._stack = kind, port, stack
        self.modems: list[Modem] = []
        self._base = 0
        self._looks, self._held = looks, _NOTHING_HELD
        self._to_address = self._address_of  # one for all modems

    async def make(self, count: int) -> None:
        """What is shared by all is there before counting begins."""
        kind, self._kind = self._kind, "dtls" if self._kind == "dtls" else "memory"
        for number in range(WARM):
            await self._make(SPARE + number)
        await self.login()
        self.modems, self.registered, self._kind = [], 0, kind
        self._held = held() if self._looks else {}
        self._base = resident()
        for number in range(count):
            await self._make(number)

    async def _make(self, number: int) -> None:
        model = "MN319" if self._kind == "dtls" else "MN316"
        imei = str(FIRST_IMEI + number)
        settings = ModemSettings(model, imei=imei, timing="fast", seed=number)
        end = SerialEnd("pty:" if self._kind == "pty" else "memory:")
        modem = Modem(end, self._to_address, settings, open_link=open_udp)
        await self._stack.enter_async_context(modem)
        self.modems.append(modem)
        if isinstance(modem.port, MemoryPort):
            modem.port.host.on_data = Host(self).heard
            modem.port.host.open()

    async def _address_of(self, link: OpenLink) -> tuple[str, int]:
        return "127.0.0.1", self._port

    def held(self) -> Held:
        return more(self._held, held(), len(self.modems))

    def rss(self) -> float:
        return (resident() - self._base) / len(self.modems)

    def _say(self, command: bytes, number: int) -> None:
        port = self.modems[number].port
        assert isinstance(port, MemoryPort)
        port.host.write(command)

    async def login(self) -> float:
        """All at the same time; over DTLS as many as a listener has room for handshakes."""
        create = SECURE if self._kind == "dtls" else CREATE
        for number in range(len(self.modems)):
            self._say(create % self._port, number)
            self._say(DECLARE, number)
        await self._until_answered(self.answers + 2 * len(self.modems))
        start = time.perf_counter()
        together = DTLS_TOGETHER if self._kind == "dtls" else len(self.modems)
        for first in range(0, len(self.modems), together):
            await self._log_in(range(first, min(first + together, len(self.modems))))
        seconds = time.perf_counter() - start
        await asyncio.sleep(0.2)  # the Observe that comes after it
        return seconds

    async def _log_in(self, numbers: range) -> None:
        for number in numbers:
            self._say(OPEN, number)
        async with asyncio.timeout(PATIENCE_S):
            while self.registered < numbers.stop:
                await asyncio.sleep(0)

    async def _until_answered(self, answers: int) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while self.answers < answers:
                await asyncio.sleep(0)

    async def report(self, times: int) -> float:
        gc.collect()
        start = time.process_time()
        for _ in range(times):
            before = self.answers
            for number in range(len(self.modems)):
                self._say(NOTIFY, number)
            await self._until_answered(before + len(self.modems))
        return time.process_time() - start

    async def minute(self, seconds: float) -> tuple[float, float]:
        """A report is late from when it was due until the host has its OK."""
        loop, count, late = asyncio.get_running_loop(), len(self.modems), []
        start, before = loop.time() + 0.1, self.answers
        for number in range(count):
            due = start + seconds * number / count
            await asyncio.sleep(due - loop.time())
            self._say(NOTIFY, number)
            await self._until_answered(before + number + 1)
            late.append(loop.time() - due)
        late.sort()
        return late[-1], late[len(late) * 99 // 100]


async def main(kind: str, port: str, count: str, *looks: str) -> None:
    """Until stdin ends."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    look_rarely()
    async with AsyncExitStack() as stack:
        crowd = Crowd(kind, int(port), stack, looks=bool(looks))
        await crowd.make(int(count))
        if kind == "pty":
            print("\n".join(modem.port.name for modem in crowd.modems))
        print(json.dumps(crowd.rss()), flush=True)
        while asked := (await asyncio.to_thread(sys.stdin.readline)).split():
            match asked:
                case ["rss"]:
                    told: object = crowd.rss()
                case ["held"]:
                    told = crowd.held()
                case ["login"]:
                    told = await crowd.login()
                case ["report", times]:
                    told = await crowd.report(int(times))
                case ["minute", seconds]:
                    told = await crowd.minute(float(seconds))
                case _:
                    raise SystemExit(f"what is {asked}?")
            print(json.dumps(told), flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
