"""Modems and platforms in one process, in virtual time: a day there is the same day every time."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pytest

from emulator.cloud.events import Event
from emulator.cloud.manners import MANNERS
from emulator.cloud.picks import Pick
from emulator.cloud.platforms import Platforms
from emulator.cloud.service import Cloud
from emulator.cloud.switches import Switches
from emulator.destinations import Destinations
from emulator.journal import Record
from emulator.modem import Modem, ModemSettings
from emulator.routes import Routes
from emulator.serial_end import SerialEnd
from emulator.virtual_time import VirtualLoop
from lwm2m_core.values import Value
from tests.lives import Host
from transport.link import Address, Direction
from transport.memory import MemoryNetwork

HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Usage:
    """What firmware does on a platform: its objects, a report, and where the platform writes."""

    objects: tuple[str, ...]
    report: str
    reported: tuple[str, Value]
    written: tuple[str, Value]
    line: str  # the end of what is printed
    host_answers: bool


DIGITAL = Usage(
    ('AT+MIPLADDOBJ=0,3200,1,"1",0,1', 'AT+MIPLDISCOVERRSP=0,3200,1,4,"5750"'),
    'AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"abcd",0,0,147',
    ("/3200/0/5750", "abcd"),
    ("/3200/0/5750", "efgh"),
    ",3200,0,5750,1,4,efgh,0",
    True,
)
BINARY = Usage(
    ('AT+MIPLADDOBJ=0,19,2,"11",0,0', 'AT+MIPLDISCOVERRSP=0,19,1,3,"1;0"'),
    'AT+MIPLNOTIFY=0,0,19,0,0,2,8,"61626364",0,0,147',
    ("/19/0/0", b"abcd"),
    ("/19/1/0", b"efgh"),
    ",19,1,0,2,8,65666768,0",
    False,
)
USAGES: Mapping[str, Usage] = {
    "onenet": DIGITAL,
    "ctwing": BINARY,
    "dmp": DIGITAL,
    "huawei": replace(BINARY, line=",19,1,0,6,8,65666768,0"),  # manual 5.6, where 5.3 has type 2
    "generic": DIGITAL,
}


@dataclass
class Day:
    """All that could be seen of it."""

    journal: list[Record] = field(default_factory=list)
    events: list[tuple[float, Event]] = field(default_factory=list)
    wire: list[tuple[Direction, bytes, Address, Address]] = field(default_factory=list)
    printed: list[str] = field(default_factory=list)

    def tell(self, event: Event) -> None:
        self.events.append((asyncio.get_running_loop().time(), event))

    def tap(self, way: Direction, data: bytes, source: Address, to: Address) -> None:
        self.wire.append((way, data, source, to))


def day_of(name: str, seed: int, switches: Switches | None = None) -> Day:
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(live_a_day(name, seed, switches))


async def live_a_day(name: str, seed: int, switches: Switches | None) -> Day:
    day, network = Day(), MemoryNetwork()
    cloud = Cloud(
        name, seed=seed, listen=network.listen, on_event=day.tell, tap=day.tap, switches=switches
    )
    destinations = Destinations(Routes(local=True))
    destinations.ready(Platforms([cloud]))
    modem = Modem(
        SerialEnd("memory:"),
        destinations.address_of,
        ModemSettings(seed=seed, strict=True),
        open_link=network.open_link,
        sinks=(day.journal.append,),
    )
    async with cloud, modem:
        host = Host(modem)
        await log_in(host, cloud)
        for _ in range(24):
            await asyncio.sleep(HOUR)
            await work(host, cloud, modem.settings.imei)
        # 2026-01-01 at power-on, not what the machine's clock says meanwhile
        now = int(asyncio.get_running_loop().time())
        assert await cloud.read(modem.settings.imei, "/3/0/13") == 1767225600 + now
        assert await host.command("AT+MIPLCLOSE=0") == "OK"
        await asyncio.sleep(HOUR)
        await host.close()
    day.printed = host.log
    return day


async def log_in(host: Host, cloud: Cloud) -> None:
    bootstrap = int(cloud.manner.bootstrap is not None)
    for line in (
        f'AT+MIPLCREATEEX="platform.example:5683",{bootstrap}',
        f'AT+MIPLCFG="platform",0,{cloud.manner.platform}',
        *USAGES[cloud.manner.name].objects,
        "AT+MIPLOPEN=0,86400,30",
    ):
        assert await host.command(line) == "OK"


async def work(host: Host, cloud: Cloud, imei: str) -> None:
    """An hour's: both ends say something, and the registration goes on."""
    usage = USAGES[cloud.manner.name]
    await cloud.ready(imei)
    assert await host.command(usage.report) == "OK"
    path, value = usage.reported
    assert (await cloud.notified(imei, path)).value == value
    await cloud.write(imei, *usage.written)
    if usage.host_answers:
        assert await cloud.read(imei, "/3200/0/5750") == "abcd"
        await cloud.execute(imei, "/3200/0/5750", "ping")
    assert await host.command("AT+MIPLUPDATE=0,86400,0") == "OK"


@pytest.mark.parametrize("name", MANNERS)
def test_a_day_is_the_same_twice_with_one_seed_and_another_with_another(name: str) -> None:
    """Every journal entry, datagram, event and line of serial output, with its time."""
    day = day_of(name, seed=7)
    assert repr(day).encode() == repr(day_of(name, seed=7)).encode()
    assert day.wire != day_of(name, seed=8).wire
    # and something happened all day long
    assert day.printed.count("+MIPLEVENT: 0,11") == 24
    assert sum(line.endswith(USAGES[name].line) for line in day.printed) == 24
    assert day.journal[-1].time > 24 * HOUR
    assert len(day.journal) > 24 * 5 and len(day.wire) > 24 * 4


def test_a_day_with_losses_is_the_same_twice_too() -> None:
    """A datagram in twenty is lost, one in twenty comes twice, one in ten is late."""
    often, rare = Pick("percent", 10), Pick("percent", 5)
    switches = Switches(drop=rare, duplicate=rare, delay=0.5, delayed=often)
    day = day_of("onenet", 3, switches)
    assert repr(day).encode() == repr(day_of("onenet", 3, switches)).encode()
    assert len(set(day.wire)) < len(day.wire)  # something had to be said again
    assert day.printed.count("+MIPLEVENT: 0,11") == 24


def test_five_platforms_and_ten_modems_in_one_process_keep_to_themselves() -> None:
    """Two modems on each, all at once; every device is known to its own platform alone."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(live_together())


async def live_together() -> None:
    network = MemoryNetwork()
    clouds = [Cloud(name, seed=n, listen=network.listen) for n, name in enumerate(MANNERS)]
    destinations = Destinations(Routes(local=True))
    destinations.ready(Platforms(clouds))
    imeis = [f"86997503000{number:04d}" for number in range(10)]

    async def live(number: int, imei: str) -> None:
        cloud, settings = clouds[number % 5], ModemSettings(imei=imei, seed=number, strict=True)
        modem = Modem(
            SerialEnd("memory:"), destinations.address_of, settings, open_link=network.open_link
        )
        async with modem:
            host = Host(modem)
            await log_in(host, cloud)
            await asyncio.sleep(HOUR)
            await work(host, cloud, imei)
            assert cloud.device(imei).online
            await host.close()

    await asyncio.gather(*(live(number, imei) for number, imei in enumerate(imeis)))
    addresses = {cloud.server_address for cloud in clouds}
    assert len(addresses) == 5
    for number, cloud in enumerate(clouds):
        assert sorted(device.name for device in cloud.devices) == imeis[number::5]
        assert all(cloud.points(imei) for imei in imeis[number::5])
        await cloud.close()
