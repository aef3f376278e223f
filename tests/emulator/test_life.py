"""Modem and local cloud in virtual time: a day, a bad network, a platform that restarts."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from emulator.cloud.service import Cloud
from emulator.destinations import leading_to
from emulator.modem import Modem, ModemSettings
from emulator.serial_end import SerialEnd
from pty_bridge.memory import MemoryPort
from transport.impairment import BadNetwork, Impairment
from transport.link import LinkOpener
from transport.memory import MemoryNetwork

virtual = pytest.mark.asyncio(loop_factories=["virtual"])

IMEI = "869975030000461"


def _cloud(network: MemoryNetwork, seed: int = 1) -> Cloud:
    """A local OneNET at addresses that stay the same when it is started anew."""
    return Cloud(
        host="10.0.0.9", bootstrap_port=5683, server_port=5685, seed=seed, listen=network.listen
    )


class Mcu:
    """Says lines, waits for lines, answers every request of the platform."""

    def __init__(self, modem: Modem) -> None:
        assert isinstance(modem.port, MemoryPort)
        self._host = modem.port.host
        self._host.open()
        self._host.on_data = self._heard
        self.lines: list[str] = []
        self._unseen = 0
        self._arrived = asyncio.Event()

    def _heard(self, data: bytes) -> None:
        for line in data.decode().split("\r\n"):
            if line:
                self.lines.append(line)
        self._arrived.set()

    async def command(self, line: str, *expected: str) -> None:
        """Say a line; `OK` and then `expected` must come, other lines may stand between."""
        self._host.write(line.encode() + b"\r")
        for wanted in ("OK", *expected):
            await self.line(wanted)

    async def line(self, wanted: str) -> None:
        async with asyncio.timeout(4000):
            while wanted not in self.lines[self._unseen :]:
                self._arrived.clear()
                await self._arrived.wait()
        self._unseen = self.lines.index(wanted, self._unseen) + 1


@asynccontextmanager
async def _modem(cloud: Cloud, open_link: LinkOpener) -> AsyncIterator[Mcu]:
    settings = ModemSettings(strict=True, seed=5)
    address_of = leading_to(cloud)
    async with Modem(SerialEnd("memory:"), address_of, settings, open_link=open_link) as modem:
        yield Mcu(modem)


async def _log_in(mcu: Mcu) -> None:
    await mcu.command("AT+MIPLCREATE")
    await mcu.command('AT+MIPLADDOBJ=0,3200,1,"1",0,0')
    await mcu.command("AT+MIPLOPEN=0,3600,300", "+MIPLEVENT: 0,2", "+MIPLEVENT: 0,6")


@virtual
async def test_a_day_with_updates_losses_and_a_restarted_cloud_takes_less_than_a_second() -> None:
    """Updates every half hour, a tenth of all datagrams lost, a new cloud at noon: event 31."""
    started = time.perf_counter()
    network = MemoryNetwork()
    bad = Impairment(loss=0.1, duplication=0.05, delay=(0.02, 0.5))
    road = BadNetwork(network.open_link, seed=3, up=bad, down=bad)
    cloud = _cloud(network)
    await cloud.__aenter__()
    async with _modem(cloud, road.open_link) as mcu:
        await _log_in(mcu)
        morning = asyncio.get_running_loop().time()
        for half_hour in range(48):
            if half_hour == 24:
                await cloud.close()
                cloud = _cloud(network, seed=2)
                await cloud.__aenter__()
                await mcu.command("AT+MIPLUPDATE=0,3600,0", "+MIPLEVENT: 0,31")
                await mcu.command("AT+MIPLOPEN=0,3600,300", "+MIPLEVENT: 0,6")
            await asyncio.sleep(1800)
            await mcu.command("AT+MIPLUPDATE=0,3600,0", "+MIPLEVENT: 0,11")
        assert asyncio.get_running_loop().time() - morning >= 86400
        assert cloud.device(IMEI).online
    await cloud.close()
    assert road.up.lost >= 5 and road.down.lost >= 5
    events = [line for line in mcu.lines if line.startswith("+MIPLEVENT")]
    assert events.count("+MIPLEVENT: 0,11") == 48
    assert events.count("+MIPLEVENT: 0,6") == 2
    print(f"{time.perf_counter() - started:.2f} s for a day")  # measured, never asserted


@virtual
async def test_reports_reach_the_cloud_in_order_and_reads_come_back() -> None:
    network = MemoryNetwork()
    async with (
        _cloud(network) as cloud,
        _modem(cloud, network.open_link) as mcu,
    ):
        await _log_in(mcu)
        await cloud.ready(IMEI)
        for value in ("a", "b", "c"):
            await mcu.command(f'AT+MIPLNOTIFY=0,0,3200,0,5750,1,1,"{value}",0,0')
            point = await cloud.notified(IMEI, "/3200/0/5750")
            assert point.value == value
        reading = asyncio.create_task(cloud.read(IMEI, "/3200/0/5750"))
        while not mcu.lines[-1].startswith("+MIPLREAD"):
            await asyncio.sleep(0.01)
        mid = mcu.lines[-1].split(",")[1]
        await mcu.command(f'AT+MIPLREADRSP=0,{mid},1,3200,0,5750,1,1,"d",0,0')
        assert "d" in str(await reading)


@virtual
async def test_a_platform_that_disappears_is_silence_and_the_module_lives_on() -> None:
    network = MemoryNetwork()
    cloud = _cloud(network)
    await cloud.__aenter__()
    async with _modem(cloud, network.open_link) as mcu:
        await _log_in(mcu)
        await cloud.ready(IMEI)
        await cloud.close()
        before = len(mcu.lines)
        await mcu.command("AT+MIPLUPDATE=0,60,0")
        await mcu.command('AT+MIPLNOTIFY=0,0,3200,0,5750,1,1,"x",0,0,7')
        await asyncio.sleep(300)
        assert mcu.lines[before:] == ["OK", "OK"]
        await mcu.command("AT+MIPLCLOSE=0")
        await asyncio.sleep(300)
        assert mcu.lines[before:] == ["OK", "OK", "OK"]
        await mcu.command("AT+MIPLDELETE=0")
