"""AT+MIPLNOTIFY → OK, plain and over DTLS: one modem on an in-memory port and one platform on
loopback, all in one process, so that what the platform does to read it counts as well."""

import asyncio
import time
from functools import partial

from benchmarks.rounds import Figure, interleave
from benchmarks.size import Size
from emulator.cloud.service import Cloud
from emulator.destinations import leading_to
from emulator.modem import IMEI, Modem, ModemSettings
from emulator.serial_end import SerialEnd
from pty_bridge.memory import MemoryPort
from transport.dtls.session import DtlsSettings, Suite

PLAIN = "UDP"
SECURE = {suite: f"DTLS, {suite.name}" for suite in Suite}
BATCH = 20  # commands until the platform has its turn
NOTIFY = b'AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"abcd",0,0\r'
LOGIN = (
    'AT+MIPLCREATEEX="183.230.40.40:{port}",0,,"abcdefgh"\r'
    'AT+MIPLADDOBJ=0,3200,1,"1",0,0\rAT+MIPLOPEN=0,86400,30\r'
)


def rates(size: Size) -> tuple[Figure, ...]:
    """Commands per second; all of them have arrived by then."""
    count = size.exchanges // 4
    subjects = {PLAIN: partial(_measure, None, count)}
    for suite, name in SECURE.items():
        subjects[name] = partial(_measure, suite, count)
    return interleave(subjects, size.rounds, "notifications/s")


def _measure(suite: Suite | None, count: int) -> float:
    return asyncio.run(_rate(suite, count))


async def _rate(suite: Suite | None, count: int) -> float:
    settings = ModemSettings("MN319", timing="fast", seed=1)
    dtls = DtlsSettings((suite,)) if suite is not None else None
    async with (
        Cloud("onenet", seed=1, dtls=dtls) as cloud,
        Modem(SerialEnd("memory:"), leading_to(cloud), settings) as modem,
    ):
        assert isinstance(modem.port, MemoryPort)
        host, printed = modem.port.host, bytearray()
        host.on_data = printed.extend
        host.open()
        host.write(LOGIN.format(port=5683 if suite is None else 5684).encode())
        await cloud.ready(IMEI)
        start, before = time.perf_counter(), cloud.device(IMEI).reported
        for _ in range(count // BATCH):
            for _ in range(BATCH):
                host.write(NOTIFY)
            await asyncio.sleep(0)
        while cloud.device(IMEI).reported < before + count // BATCH * BATCH:
            await asyncio.sleep(0)
        return count / (time.perf_counter() - start)
