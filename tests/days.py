"""Modem and platform in virtual time: a day as firmware would spend it, and all that is seen of it.

`python -m tests.days SEED FOLDER [MODEL …]` lives an hour with every model on every platform and
writes what was seen of each into a file of FOLDER, for comparison with what another process saw.
"""

import asyncio
import random
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from emulator.cloud.events import Event, describe
from emulator.cloud.manners import MANNERS
from emulator.cloud.picks import Pick
from emulator.cloud.platforms import Platforms
from emulator.cloud.service import Cloud
from emulator.cloud.switches import Switches
from emulator.destinations import Destinations
from emulator.faults.grammar import parse_fault
from emulator.journal import Record
from emulator.modem import Modem, ModemSettings
from emulator.profile import load_profile, profile_names
from emulator.recording.lines import line_of
from emulator.routes import Routes
from emulator.serial_end import SerialEnd
from emulator.virtual_time import VirtualLoop
from lwm2m_core.values import Value
from tests.lives import Host
from transport.impairment import PERFECT, BadNetwork, Impairment
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


def day_of(
    name: str,
    seed: int,
    switches: Switches | None = None,
    *,
    model: str = "MN316",
    hours: int = 24,
    bad: Impairment = PERFECT,
) -> Day:
    """A day on the platform of that name. `bad` is what the network does to datagrams; faults of
    the module come with it."""
    faults = () if bad is PERFECT else tuple(map(parse_fault, FAULTS))
    settings = ModemSettings(model=model, seed=seed, faults=faults, strict=True)
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(_live(name, settings, switches, hours, bad))


async def _live(
    name: str, settings: ModemSettings, switches: Switches | None, hours: int, bad: Impairment
) -> Day:
    day, network, seed = Day(), MemoryNetwork(), settings.seed
    assert seed is not None
    cloud = Cloud(
        name,
        seed=seed,
        listen=network.listen,
        on_event=day.tell,
        tap=day.tap,
        switches=switches,
        timeout=None if bad is PERFECT else 100,  # longer than MAX_TRANSMIT_WAIT (RFC 7252 4.8.2)
    )
    destinations = Destinations(Routes(local=True))
    destinations.ready(Platforms([cloud]))
    modem = Modem(
        SerialEnd("memory:"),
        destinations.address_of,
        settings,
        open_link=BadNetwork(network.open_link, seed=seed, up=bad, down=bad).open_link,
        sinks=(day.journal.append,),
    )
    async with cloud, modem:
        host = Host(modem)
        await log_in(host, cloud)
        for _ in range(hours):
            await asyncio.sleep(HOUR)
            await work(host, cloud, modem.settings.imei)
        # 2026-01-01 at power-on, not what the machine's clock says meanwhile
        now = int(asyncio.get_running_loop().time())
        told = await cloud.read(modem.settings.imei, "/3/0/13")
        assert bad is not PERFECT or told == 1767225600 + now
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


# For comparison between processes.

HOURS = 1
FAULTS = (
    "coap-up chance 10%: duplicate, always",
    "coap-down chance 10%: duplicate, always",
    "urc chance 30%: delay 30ms, always",
)
BAD = Impairment(loss=0.02, duplication=0.1, reordering=0.1, delay=(0.02, 0.3))
SWITCHES = Switches(drop=Pick("percent", 3), duplicate=Pick("percent", 5))


def write_all(seed: int, folder: Path, models: Iterable[str]) -> None:
    """Each model on every platform it knows, on a good network and on a bad one."""
    for model in models:
        for name, manner in MANNERS.items():
            if manner.platform in load_profile(model).platforms:
                day = day_of(name, seed, model=model, hours=HOURS)
                _write(folder / f"{model}-{name}", day)
                day = day_of(name, seed, SWITCHES, model=model, hours=HOURS, bad=BAD)
                _write(folder / f"{model}-{name}-bad", day)


def _write(file: Path, day: Day) -> None:
    file.write_text("\n".join(_seen(day)) + "\n", encoding="utf-8")


def _seen(day: Day) -> Iterator[str]:
    yield from map(line_of, day.journal)
    yield from (f"{at!r} {describe(event)}" for at, event in day.events)
    yield from (f"{way} {source} {to} {data.hex()}" for way, data, source, to in day.wire)
    yield from day.printed


if __name__ == "__main__":
    before = random.getstate()
    write_all(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:] or profile_names())
    if random.getstate() != before:
        sys.exit("something draws from the global random, which no seed of ours reaches")
