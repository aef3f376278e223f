"""A log played to a module: the host writes what it wrote then, the platform asks what it asked."""

import asyncio
import logging
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from typing import Final

from emulator.cloud.errors import CloudError
from emulator.cloud.manners import MANNERS
from emulator.cloud.operations import Operation
from emulator.cloud.service import Cloud
from emulator.cloud.switches import set_switch
from emulator.journal import Record, Sink
from emulator.modem import Modem
from emulator.replay.ahead import Ahead
from emulator.replay.circumstances import Around, around
from emulator.replay.entry import Entry
from emulator.replay.matching import LAG, Matching
from emulator.replay.requests import Request, operation_of, request_of
from emulator.scenario.document import Scenario, Setup
from emulator.scenario.lines import Lines
from emulator.scenario.performance import leading
from emulator.scenario.stage import SEED, in_memory
from emulator.serial_end import SerialEnd
from emulator.virtual_time import VirtualLoop
from lwm2m_core.errors import EngineError
from pty_bridge.memory import MemoryPort

# Seconds of the module's clock; waiting costs no time of ours.
SETTLED_S: Final = 8.0  # from power-on until the host begins: booted, the network found
PAUSE_S: Final = 0.05  # before a command, where the log has no time stamps: urc_gap_ms is over
RESULT_S: Final = 10.0
LINE_S: Final = 10.0
LATE_S: Final = 1.0  # for what would belong to an answer that is already complete
EVENT_S: Final = 70.0
"""OPEN's timeout may be 30, a confirmable message is given up after 62 (decisions 22, 28)."""
REPEAT_S: Final = 20.0  # until a platform repeats a request (MB 2.8)
FOUND_S: Final = 3.0  # until a network that is there again has been found

SOON: Final = 30
"""Lines of the log that one of the module, which stands in another's place, may still belong to."""

_WAITS: Final = re.compile(r"\+MIPLNMI:\s*\d+")  # manual 4.11

log = logging.getLogger("mipl.replay")


@dataclass(frozen=True, slots=True)
class Plan:
    """What a log is played to. `switches` of the setup hold for all platforms. `until`: the line of
    the log behind which nothing counts; None: to the end."""

    setup: Setup
    has_stamps: bool = False
    until: int | None = None
    thorough: bool = True


def play_log(plan: Plan, entries: Iterable[Entry], *sinks: Sink) -> Matching:
    """Play all of it in virtual time, and compare. `sinks` see the modem's journal."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(_play(plan, iter(entries), sinks))


async def _play(plan: Plan, entries: Iterator[Entry], sinks: Iterable[Sink]) -> Matching:
    port = SerialEnd("memory:")
    assert isinstance(port.port, MemoryPort)
    matching = Matching()
    heard = _Heard(matching)
    name = plan.setup.platform
    towards = (lambda a: a) if name is None else lambda a: leading(MANNERS[name], a)
    seed = SEED if plan.setup.seed is None else plan.setup.seed
    async with AsyncExitStack() as stack:
        staged = in_memory(Scenario(plan.setup), port, seed, _ignore, towards, (heard.sink, *sinks))
        modem, clouds = await stack.enter_async_context(staged)
        host = port.port.host
        host.on_data = _ignore
        host.open()
        player = _Player(plan, Ahead(entries), matching, heard, modem, clouds, host.write)
        try:
            await player.play()
        finally:
            await player.close()
    return matching


def _ignore(what: object) -> None:
    pass


class _Heard:
    """What the module prints, as it comes."""

    def __init__(self, matching: Matching) -> None:
        self._matching, self._lines = matching, Lines()
        self.news = asyncio.Event()

    def sink(self, record: Record) -> None:
        if record.kind == "serial_out":
            for line in self._lines.take(record.data):
                self._matching.came(line.strip())
                self.news.set()


class _Player:
    """The host and the platform of a log."""

    def __init__(
        self,
        plan: Plan,
        ahead: Ahead,
        matching: Matching,
        heard: _Heard,
        modem: Modem,
        clouds: tuple[Cloud, ...],
        write: Callable[[bytes], None],
    ) -> None:
        self._plan, self._ahead, self._matching, self._heard = plan, ahead, matching, heard
        self._modem, self._clouds, self._write = modem, clouds, write
        self._loop = asyncio.get_running_loop()
        self._tasks: set[asyncio.Task[None]] = set()
        self._start: float | None = None
        self._whys: dict[str, str] = {}  # what the platform could not ask, by the line
        self._rest_of: str | None = None  # the id of a Write whose lines are not over
        self._unseen: list[str] = []  # ids of requests that were asked and are still to be printed
        self._stop: int | None = None
        self._rebooting = False

    async def play(self) -> None:
        await asyncio.sleep(SETTLED_S)
        await self._before_the_host()
        while (entry := self._ahead.next()) is not None and not self._is_enough(entry):
            if entry.by == "host":
                await self._host(entry)
            else:
                await self._module(entry)
        self._matching.finish()

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _is_enough(self, entry: Entry) -> bool:
        if self._plan.until is not None and entry.line > self._plan.until:
            return True
        matching = self._matching
        if self._plan.thorough or not matching.found:
            return False
        if self._stop is None:
            self._stop = matching.window + LAG
        return matching.window >= self._stop

    async def _before_the_host(self) -> None:
        """What the module says before the log's first command is compared only as far as it says
        it too: the log may begin anywhere."""
        while (entry := self._ahead.peek()) is not None and entry.by == "module":
            self._matching.take(entry)
            self._ahead.next()
        self._matching.forget()

    # The host.

    async def _host(self, entry: Entry) -> None:
        await self._until(entry)
        found = around(entry, self._ahead.look())
        await self._arrange(found)
        text = playable(self._matching.binding.to_write(entry.text))
        self._matching.wrote(entry, text)
        self._write(text.encode("utf-8", "replace") + b"\r")
        await asyncio.sleep(0)

    async def _until(self, entry: Entry) -> None:
        """The moment at which the log has this line."""
        if not self._plan.has_stamps or entry.at is None:
            following = self._ahead.peek()
            if self._rebooting and following is not None and following.by == "module":
                self._rebooting = False
                await asyncio.sleep(SETTLED_S)
            await asyncio.sleep(PAUSE_S)
            return
        await self._reach(entry.at)

    async def _reach(self, at: float | None) -> None:
        """Let time pass to a moment of the log, if it has any."""
        if at is None or not self._plan.has_stamps:
            return
        now = self._loop.time()
        if self._start is None:
            self._start = now - at
        await asyncio.sleep(max(0.0, self._start + at - now))

    async def _arrange(self, found: Around) -> None:
        if found.is_new and self._modem.firmware.device is not None:
            self._modem.reset()  # nothing in the log says so, but it was switched off
            await asyncio.sleep(SETTLED_S)
            self._matching.forget()
        if found.coverage is not None and found.coverage != self._modem.conditions.coverage:
            self._modem.surround(coverage=found.coverage)
            await asyncio.sleep(FOUND_S)
        if found.fate == "forgotten":
            for cloud in self._clouds:
                if self._is_at(cloud):
                    cloud.forget(self._modem.settings.imei)
        elif found.fate is not None:
            wanted = {
                "refuse": "4.03" if found.fate == "refused" else "",
                "refuse_bootstrap": "4.03" if found.fate == "no bootstrap" else "",
            }
            for cloud in self._clouds:
                for name, value in wanted.items():
                    if name not in self._plan.setup.switches:
                        cloud.switches = set_switch(cloud.switches, name, value)

    # The module, and what the platform asks of it.

    async def _module(self, entry: Entry) -> None:
        request = request_of(entry.text)
        if _WAITS.fullmatch(entry.text):
            await self._ask_unseen(entry)
        elif request is not None and request.mid in self._unseen:
            self._unseen.remove(request.mid)
        elif request is not None and request.mid != self._rest_of:
            await self._ask(entry, request)
        self._rest_of = request.mid if request is not None and request.is_part else None
        if entry.text.startswith("REBOOT"):
            self._rebooting = True
        await self._expect(entry)

    async def _ask_unseen(self, entry: Entry) -> None:
        """The module does not print what it is asked until it is told to (manual 4.2): it is the
        next request of the log that has not been asked yet."""
        for later in self._ahead.look():
            request = request_of(later.text) if later.by == "module" else None
            if request is not None and request.mid not in self._unseen:
                await self._ask(replace(later, at=entry.at), request)
                self._unseen.append(request.mid)
                return

    async def _ask(self, entry: Entry, request: Request) -> None:
        """Have the platform ask what the module is to print, unless it repeats what it asked, or
        asks it by itself."""
        if self._matching.binding.repeats(entry.text) or self._matching.knows(entry):
            return
        await self._reach(entry.at)
        self._matching.binding.forget(entry.text)
        cloud = next(filter(self._is_at, self._clouds), None)
        if cloud is None:
            self._whys[entry.text] = "the module is not registered, so the platform cannot ask this"
            return
        try:
            operation = operation_of((request, *self._parts(entry, request)), cloud.manner)
        except EngineError as error:
            self._whys[entry.text] = f"the platform cannot ask this: {error}"
            return
        task = self._loop.create_task(_asked(cloud, self._modem.settings.imei, operation))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        await asyncio.sleep(0)

    def _parts(self, first: Entry, request: Request) -> Iterator[Request]:
        """The other lines of a Write."""
        part = request
        for entry in self._ahead.look() if request.is_part else ():
            following = request_of(entry.text) if entry.line > first.line else None
            if following is not None and following.mid == request.mid and part.is_part:
                yield following
                part = following

    def _is_at(self, cloud: Cloud) -> bool:
        imei = self._modem.settings.imei
        return any(state.name == imei and state.online for state in cloud.devices)

    async def _expect(self, entry: Entry) -> None:
        matching, end = self._matching, self._loop.time() + self._patience(entry)
        while not matching.take(entry):
            left = end - self._loop.time()
            if left <= 0 or matching.is_hopeless(entry):
                ahead = self._ahead.look()[:SOON]
                matching.miss(entry, ahead, self._whys.pop(entry.text, ""))
                return
            self._heard.news.clear()
            try:
                async with asyncio.timeout(left):
                    await self._heard.news.wait()
            except TimeoutError:
                continue
        self._whys.pop(entry.text, None)

    def _patience(self, entry: Entry) -> float:
        if entry.is_final:
            return RESULT_S
        if entry.text in self._whys:
            return 0.0
        if request_of(entry.text) is not None:
            return REPEAT_S if self._matching.binding.repeats(entry.text) else LINE_S
        if entry.text.startswith("+MIPLEVENT"):
            return EVENT_S
        return LATE_S if self._matching.has_ended else LINE_S


async def _asked(cloud: Cloud, imei: str, operation: Operation) -> None:
    try:
        await cloud.ask(imei, operation)
    except (CloudError, EngineError) as error:
        log.info("the platform was told: %s", error)


def playable(command: str) -> str:
    """A command whose secrets were hidden, with others in their place."""
    return command.replace("*", "a") if "***" in command else command


def with_steps(setup: Setup, observes: int) -> Setup:
    """The platforms do nothing by themselves where the log shows what they did."""
    if not observes or "steps" in setup.switches:
        return setup
    return replace(setup, switches={**setup.switches, "steps": "none"})
