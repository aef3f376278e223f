"""A scenario carried out: a director hears what modem and platforms say, and has things done."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial, reduce

from emulator.addresses import Address
from emulator.cloud.errors import CloudError, Offline, Refused, Rejected, TimedOut
from emulator.cloud.events import Event as PlatformEvent
from emulator.cloud.manners import MANNERS, Manner
from emulator.cloud.service import Cloud
from emulator.cloud.switches import Switches, set_switch
from emulator.faults.errors import FaultError
from emulator.faults.fault import Fault
from emulator.instance import Platform
from emulator.journal import Record
from emulator.modem import Modem
from emulator.outputs import OpenLink
from emulator.routes import AddressOf
from emulator.scenario.deeds import perform
from emulator.scenario.dialogue import Failure
from emulator.scenario.director import Director, Do, Over, Write
from emulator.scenario.document import (
    Act,
    Behave,
    Event,
    Plant,
    Power,
    Scenario,
    Side,
    Surround,
    Switch,
)
from emulator.scenario.gate import Gate
from emulator.scenario.lines import Lines
from emulator.scenario.platform_words import CloudDeed
from lwm2m_core.errors import EngineError

log = logging.getLogger("mipl.scenario")

HELD_LIMIT = 256
"""What platforms are to do later, at most; what is beyond it is done at once."""


class Performance:
    """`tap` is one of the modem's serial end, `sink` of its journal, `told` hears of the platforms'
    events; all before the modem starts. It begins when a host opens the device, and acts from
    `attach` on. `write` takes the lines of the host where the scenario plays it. `gate`: while it
    is shut, platforms are asked to do nothing; they do it then."""

    def __init__(
        self,
        scenario: Scenario,
        write: Callable[[bytes], None] | None = None,
        gate: Gate | None = None,
    ) -> None:
        self._director = Director(scenario, plays=write is not None)
        self._write, self._platform = write, scenario.setup.platform
        self._loop = asyncio.get_running_loop()
        self._over: asyncio.Future[Over] = self._loop.create_future()
        self._host, self._module = Lines(), Lines()
        self._modem: Modem | None = None
        self._clouds: tuple[Cloud, ...] = ()
        self._timer: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._pumping = False
        self._faults = scenario.faults
        self.compares = bool(scenario.dialogue)
        self._planted: dict[int, tuple[int, str]] = {}
        self._gate, self._held = gate, deque[Event]()
        self._is_shut = False

    def towards(self, address_of: AddressOf) -> AddressOf:
        """`address_of`, but every link leads to the platform that the scenario has chosen."""
        name = self._platform
        return address_of if name is None else leading(MANNERS[name], address_of)

    def attach(
        self, modem: Modem, clouds: Iterable[Cloud] = (), faults: Sequence[int] | None = None
    ) -> None:
        """What is acted upon. `faults`: the numbers that those of the scenario have; None where the
        modem was made with them."""
        self._modem, self._clouds = modem, tuple(clouds)
        numbers = range(1, len(self._faults) + 1) if faults is None else faults
        for number, each in zip(numbers, self._faults, strict=True):
            self._planted[number] = each.line, each.name
        self._soon()

    def begin(self) -> None:
        """Its clock starts now, unless a host has opened the device before."""
        self._tell(partial(self._director.begin, self._now()))

    @property
    def ended(self) -> asyncio.Future[Over]:
        """Done when it is over."""
        return self._over

    def undone(self) -> frozenset[int]:
        """The numbers of the events that have not happened, or not as often as they should."""
        return self._director.undone()

    async def over(self) -> Over:
        """How it ended."""
        return await asyncio.shield(self._over)

    def stopped(self) -> Over:
        """Somebody ends it now."""
        if self._over.done():
            return self._over.result()
        return Over(self._director.elapsed(self._loop.time()), self._director.stopped())

    async def close(self) -> None:
        """Nothing more is done; it may be called at any time."""
        self._modem = None
        if self._timer is not None:
            self._timer.cancel()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._over.cancel()

    # What is heard.

    def sink(self, record: Record) -> None:
        """A record of the modem's journal."""
        match record.kind:
            case "host_opened":
                self._tell(partial(self._director.begin, record.time))
            case "serial_out":
                lines = self._module.take(record.data)
                if self._gate is not None:
                    self._turn(self._gate, self._gate.module, lines)
                self._heard("module", lines, record.time)

    def tap(self, data: bytes) -> None:
        """What the host writes, whatever becomes of it."""
        lines = self._host.take(data)
        if self._gate is not None:
            self._turn(self._gate, self._gate.host, lines)
        self._heard("host", lines, self._loop.time())

    def told(self, event: PlatformEvent) -> None:
        """An event of a platform."""
        self._tell(partial(self._director.told, event, self._loop.time()))

    def _turn(self, gate: Gate, tell: Callable[[str], None], lines: list[str]) -> None:
        """What lines do with the gate."""
        was = gate.is_shut
        for line in lines:
            tell(line)
        if gate.is_shut:
            self._is_shut = True
        elif was:
            self._loop.call_later(gate.delay, self._open, gate)

    def _open(self, gate: Gate) -> None:
        self._is_shut = gate.is_shut
        self._soon()

    def _heard(self, side: Side, lines: list[str], now: float) -> None:
        for line in lines:
            self._tell(partial(self._director.line, side, line, now))

    def _tell(self, tell: Callable[[], None]) -> None:
        """A bug of the director must not keep the module from its work."""
        try:
            tell()
        except Exception as error:
            log.exception("a bug of the emulator; the module goes on")
            if not self._over.done():
                self._over.set_exception(error)
        self._soon()

    # What is done.

    def _soon(self) -> None:
        """Not from inside of the modem: what is done may be an input of it."""
        if not self._pumping:
            self._pumping = True
            self._loop.call_soon(self._pump)

    def _timeout(self) -> None:
        self._timer = None
        self._tell(partial(self._director.handle_timeout, self._loop.time()))

    def _pump(self) -> None:
        self._pumping = False
        if self._modem is None:
            return
        while self._held and not self._is_shut:
            self._do(self._held.popleft(), self._modem)
        while outputs := self._director.outputs():
            for output in outputs:
                match output:
                    case Do(event):
                        self._do(event, self._modem)
                    case Write(text) if self._write is not None:
                        self._write(text.encode() + b"\r")
                    case Over() if not self._over.done():
                        self._over.set_result(self._judged(output, self._modem))
        self._rearm()

    def _judged(self, over: Over, modem: Modem) -> Over:
        """A fault that has not struck is a failure, too: what was to be tested was not. One by
        chance may stay away."""
        for planted in modem.faults:
            where = self._planted.get(planted.number)
            if over.failure is None and where and not planted.fired and planted.fault.chance == 1:
                text = f"'{planted.fault}' has never struck"
                return replace(over, failure=Failure(*where, text))
        return over

    def _rearm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        due = self._director.deadline()
        self._timer = None if due is None else self._loop.call_at(due, self._timeout)

    def _do(self, event: Event, modem: Modem) -> None:
        waits = self._is_shut and isinstance(event.act, CloudDeed)
        if waits and len(self._held) < HELD_LIMIT:
            self._held.append(event)
            return
        log.info("%s happens: %s", event.name, event.act)
        match event.act:
            case CloudDeed() as deed:
                task = self._loop.create_task(self._ask(event, deed, modem))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            case Switch(texts):
                for cloud in self._clouds:
                    cloud.switches = reduce(with_switch, texts.items(), cloud.switches)
            case Plant(fault):
                self._plant(event, fault, modem)
            case act:
                act_upon(modem, act)

    def _plant(self, event: Event, fault: Fault, modem: Modem) -> None:
        try:
            self._planted[modem.add_fault(fault)] = event.line, event.name
        except FaultError as error:
            self._director.failed(event, f"this fault cannot be: {error}", self._now())

    async def _ask(self, event: Event, deed: CloudDeed, modem: Modem) -> None:
        try:
            await perform(deed, modem.settings.imei, self._clouds)
        except (Offline, Refused, Rejected, TimedOut) as error:
            log.info("%s: %s", event.name, error)  # an answer, too: the dialogue may expect it
        except (CloudError, EngineError) as error:
            self._director.failed(event, f"the platform cannot {deed.text}: {error}", self._now())
            self._soon()

    def _now(self) -> float:
        return self._loop.time()


def leading(manner: Manner, address_of: AddressOf) -> AddressOf:
    """`address_of`, but every link leads to the platform of this manner."""
    number = Platform.OTHER if manner.platform is None else Platform(manner.platform)

    async def address(link: OpenLink) -> Address:
        return await address_of(replace(link, platform=number))

    return address


def act_upon(modem: Modem, act: Act) -> None:
    """What concerns the module alone."""
    match act:
        case Surround(changes):
            modem.surround(**changes)
        case Power("reset"):
            modem.reset()
        case Power(how):
            modem.switch(how == "on")
        case Behave(quirks):
            for name, value in quirks.items():
                modem.set_quirk(name, value)


def with_switch(switches: Switches, item: tuple[str, str]) -> Switches:
    """With one changed, as texts. EngineError."""
    return set_switch(switches, *item)
