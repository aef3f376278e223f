"""Twenty-four hours of virtual time, modems and platform in one process and in memory."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from functools import partial
from typing import Any

from benchmarks.crowd import DECLARE, FIRST_IMEI, NOTIFY
from benchmarks.rounds import Figure
from benchmarks.size import Size
from emulator.cloud.service import Cloud
from emulator.destinations import leading_to
from emulator.modem import Modem, ModemSettings
from emulator.serial_end import SerialEnd
from emulator.virtual_time import VirtualLoop
from pty_bridge.memory import MemoryHost, MemoryPort
from transport.memory import MemoryNetwork

DAY, MINUTE, HOUR = 86400, 60, 3600
LOGIN = b'AT+MIPLCREATEEX="183.230.40.40:5683",0\r' + DECLARE + b"AT+MIPLOPEN=0,172800,30\r"
TIMERS = "bare timers, one for each value of the next line"


def lasting(size: Size) -> tuple[Figure, ...]:
    """Seconds that a day takes: of one modem that reports once a minute, of many that do once an
    hour, and of so many timers."""
    values = size.crowd * DAY // HOUR
    subjects = {
        "1 modem, a value a minute": (partial(_day, 1, MINUTE), size.rounds),
        TIMERS: (partial(_bare, values), 1),
        f"{size.crowd} modems, a value an hour each": (partial(_day, size.crowd, HOUR), 1),
    }
    return tuple(
        Figure(name, "s", tuple(_measured(day) for _ in range(rounds)))
        for name, (day, rounds) in subjects.items()
    )


def _measured(day: Callable[[], Coroutine[Any, Any, None]]) -> float:
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        start = time.perf_counter()
        runner.run(day())
        return time.perf_counter() - start


async def _bare(values: int) -> None:
    loop, done = asyncio.get_running_loop(), asyncio.Event()

    def tick(left: int) -> None:
        if left:
            loop.call_later(DAY / values, tick, left - 1)
        else:
            done.set()

    tick(values)
    await done.wait()


async def _day(count: int, period: float) -> None:
    net = MemoryNetwork()
    async with AsyncExitStack() as stack:
        cloud = await stack.enter_async_context(Cloud("onenet", seed=1, listen=net.listen))
        hosts: list[MemoryHost] = []
        for number in range(count):
            settings = ModemSettings(imei=str(FIRST_IMEI + number), timing="fast", seed=number)
            end, way = SerialEnd("memory:"), leading_to(cloud)
            modem = Modem(end, way, settings, open_link=net.open_link)
            await stack.enter_async_context(modem)
            assert isinstance(modem.port, MemoryPort)
            hosts.append(modem.port.host)
            hosts[-1].on_data = lambda data: None
            hosts[-1].open()
            hosts[-1].write(LOGIN)
            await cloud.ready(settings.imei)
        for _ in range(int(DAY / period)):
            await asyncio.sleep(period)
            for host in hosts:
                host.write(NOTIFY)
                await asyncio.sleep(0)
        await asyncio.sleep(1)
        for number in range(count):
            reported = cloud.device(str(FIRST_IMEI + number)).reported
            assert reported >= int(DAY / period), f"{reported} values of modem {number}"
