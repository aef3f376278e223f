"""Modems and platforms in one process, in virtual time: a day there is the same day every time."""

import asyncio

import pytest

from emulator.cloud.manners import MANNERS
from emulator.cloud.picks import Pick
from emulator.cloud.platforms import Platforms
from emulator.cloud.service import Cloud
from emulator.cloud.switches import Switches
from emulator.destinations import Destinations
from emulator.modem import Modem, ModemSettings
from emulator.routes import Routes
from emulator.serial_end import SerialEnd
from emulator.virtual_time import VirtualLoop
from tests.days import HOUR, USAGES, day_of, log_in, work
from tests.lives import Host
from transport.memory import MemoryNetwork


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
