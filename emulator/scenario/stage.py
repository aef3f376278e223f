"""Module, network and platforms of a scenario that needs nothing from outside, in virtual time."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import reduce

from emulator.cloud.events import Event as PlatformEvent
from emulator.cloud.manners import MANNERS
from emulator.cloud.platforms import Platforms
from emulator.cloud.service import Cloud
from emulator.cloud.switches import Switches, set_switch
from emulator.cloud_faults import CloudFaults
from emulator.conditions import Conditions
from emulator.destinations import Destinations
from emulator.journal import Sink
from emulator.modem import Modem, ModemSettings
from emulator.routes import AddressOf, Routes
from emulator.scenario.director import Over
from emulator.scenario.document import Scenario
from emulator.scenario.performance import Performance
from emulator.serial_end import SerialEnd
from emulator.virtual_time import VirtualLoop
from pty_bridge.memory import MemoryPort
from transport.memory import MemoryNetwork

SEED = 1
"""Where the scenario names none: two runs are the same in either case."""


def play(scenario: Scenario, *sinks: Sink) -> Over:
    """The whole scenario, host included, as fast as it goes. `sinks` see the modem's journal."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(_play(scenario, sinks))


async def _play(scenario: Scenario, sinks: Iterable[Sink]) -> Over:
    port = SerialEnd("memory:")
    assert isinstance(port.port, MemoryPort)
    host = port.port.host
    performance = Performance(scenario, host.write)
    port.taps += (performance.tap,)
    seed = SEED if scenario.setup.seed is None else scenario.setup.seed
    async with staged(scenario, port, seed, performance, sinks) as (modem, clouds):
        performance.attach(modem, clouds)
        host.on_data = lambda data: None
        host.open()
        try:
            return await performance.over()
        finally:
            await performance.close()


@asynccontextmanager
async def staged(
    scenario: Scenario, port: SerialEnd, seed: int, performance: Performance, sinks: Iterable[Sink]
) -> AsyncIterator[tuple[Modem, tuple[Cloud, ...]]]:
    """Modem and platforms in memory, wired to a performance."""
    watching = (performance.sink, *sinks)
    async with in_memory(
        scenario, port, seed, performance.told, performance.towards, watching
    ) as both:
        yield both


@asynccontextmanager
async def in_memory(
    scenario: Scenario,
    port: SerialEnd,
    seed: int,
    told: Callable[[PlatformEvent], None],
    towards: Callable[[AddressOf], AddressOf],
    sinks: Iterable[Sink],
) -> AsyncIterator[tuple[Modem, tuple[Cloud, ...]]]:
    """Modem and platforms on a network in memory. `told` hears what platforms tell; `towards` says
    whether a link leads to another platform than the firmware has chosen."""
    setup, net = scenario.setup, MemoryNetwork()
    switches = reduce(lambda s, item: set_switch(s, *item), setup.switches.items(), Switches())
    clouds = tuple(
        Cloud(
            name,
            host="127.0.0.1",
            seed=seed,
            listen=net.listen,
            switches=switches,
            on_event=told,
        )
        for name in MANNERS
    )
    for cloud in clouds:
        for device in setup.devices:
            cloud.declare(device)
    destinations = Destinations(Routes({}, local=True))
    destinations.ready(Platforms(clouds))
    address_of = towards(destinations.address_of)
    settings = settings_of(scenario, seed)
    async with Modem(
        port,
        address_of,
        settings,
        open_link=net.open_link,
        sinks=tuple(sinks),
        platforms=CloudFaults(clouds),
    ) as modem:
        try:
            yield modem, clouds
        finally:
            for cloud in clouds:
                await cloud.close()


def settings_of(scenario: Scenario, seed: int) -> ModemSettings:
    """As a scenario has it; what it does not say is as usual."""
    usual, setup = ModemSettings(), scenario.setup
    return replace(
        usual,
        model=setup.model or usual.model,
        imei=setup.imei or usual.imei,
        imsi=setup.imsi or usual.imsi,
        dialect=setup.dialect,
        quirks=setup.quirks,
        timing=setup.timing or usual.timing,
        seed=seed,
        conditions=replace(Conditions(), **setup.network),
        faults=tuple(each.fault for each in scenario.faults),
    )
