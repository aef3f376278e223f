"""One host of a fleet: the AT side of a modem, and what its coroutine is handed."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final, Protocol

from emulator.fleet import spoken
from emulator.fleet.commands import Asked, Commands
from emulator.fleet.errors import HostError, Refused
from emulator.fleet.ledger import Count, Ledger, Timing
from emulator.fleet.plan import Group, Member, Reporting
from emulator.fleet.reports import Reports
from emulator.lab.plug import Plug
from emulator.scenario.patterns import Pattern, parse_pattern

ANSWER_PATIENCE: Final = 60.0
"""Seconds that a command may go without a final result."""

LINE_PATIENCE: Final = 60.0
"""Seconds that a line may take to come, unless something else is said."""

HEARD_LIMIT: Final = 64
"""Unsolicited lines that wait to be looked for; the oldest are forgotten."""

INPUT_LIMIT: Final = 1 << 16
"""Bytes of a line that has not ended; what is longer is no line of a module."""


class Chance(Protocol):
    """What `random.Random` does of what hosts need."""

    def uniform(self, a: float, b: float) -> float: ...


@dataclass(slots=True, eq=False)
class _Wanted:
    pattern: Pattern
    line: "asyncio.Future[str]"


class Host:
    """What a coroutine of a fleet drives: `async def device(host): …`.

    `member` is the modem's number, model, IMEI, IMSI and key, `group` what the file says of it,
    `chance` a `random.Random` of its own. Reads, Writes and Executes of the platform are answered
    by the host itself. Needs a running event loop.
    """

    def __init__(
        self,
        member: Member,
        group: Group,
        chance: Chance,
        ledger: Ledger,
        place: int,
        worker: int,
        trouble: Callable[[str], None],
    ) -> None:
        """`place`: which member of the run it is, from 0; `worker`: whose times it adds to;
        `trouble` is told in words what has gone wrong."""
        self.member, self.group, self.chance, self.trouble = member, group, chance, trouble
        self._loop = asyncio.get_running_loop()
        self._count = partial(ledger.add, place)
        self._put = partial(ledger.put, place)
        self._took = partial(ledger.took, worker)
        within = group.report.within if group.report is not None else 0.0
        self.reports = Reports(self._loop, self._count, partial(self._took, Timing.CONFIRM), within)
        self._reporting = asyncio.Lock()
        self._plug: Plug | None = None
        self._input = b""
        self._commands = Commands(self._write, self._begins)
        self._heard: deque[str] = deque(maxlen=HEARD_LIMIT)
        self._wanted: list[_Wanted] = []
        self._changed = asyncio.Event()
        self._opened_at: float | None = None
        self.logged_in = False
        self.observed = False
        self.last_value = ""

    def plugged(self, plug: Plug) -> None:
        """From now on it can write."""
        self._plug = plug

    # what coroutines call

    @property
    def imei(self) -> str:
        return self.member.imei

    @property
    def ready(self) -> bool:
        """Whether it is logged in, and what it reports is observed."""
        return self.logged_in and (self.observed or self.group.report is None)

    def now(self) -> float:
        return self._loop.time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def command(self, line: str, within: float = ANSWER_PATIENCE) -> tuple[str, ...]:
        """Write a command and wait for its OK; the lines before it. Refused for another final
        result, HostError for none."""
        asked = Asked(line, self._loop.create_future())
        assert asked.answer is not None
        self._commands.ask(asked)
        try:
            async with asyncio.timeout(within):
                return await asked.answer
        except TimeoutError:
            self._commands.give_up(asked)
            self._count(Count.ERRORS)
            name = line.partition("=")[0]
            raise HostError(f"{name} had no final result within {within:g} s") from None

    async def expect(self, line: str | Pattern, within: float = LINE_PATIENCE) -> str:
        """Wait for an unsolicited line, with wildcards as scenarios have them; it may have come
        already. HostError."""
        pattern = parse_pattern(line) if isinstance(line, str) else line
        while self._heard:
            if pattern.match(heard := self._heard.popleft(), {}) is not None:
                return heard
        wanted = _Wanted(pattern, self._loop.create_future())
        self._wanted.append(wanted)
        try:
            async with asyncio.timeout(within):
                return await wanted.line
        except TimeoutError:
            raise HostError(f"no line {pattern.text} within {within:g} s") from None
        finally:
            self._wanted.remove(wanted)

    async def until_ready(self, within: float = LINE_PATIENCE) -> None:
        """Wait until reports can be sent. HostError."""
        try:
            async with asyncio.timeout(within):
                while not self.ready:
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            what = "no event 6" if not self.logged_in else "what it reports is not observed"
            raise HostError(f"{what} within {within:g} s") from None

    async def report(self, value: str) -> int:
        """Send a report, as the group's `report` says, and count it; its number. Refused,
        HostError."""
        said = self.group.report
        if said is None:
            raise HostError("the group has no report: it says path and type")
        async with self._reporting:
            return await self._report(said, value)

    async def _report(self, said: Reporting, value: str) -> int:
        number = self.reports.sent + 1
        text = f"{number} {value}" if said.numbered else value
        tail = f",{number % 65536}" if said.confirm else ""
        fields = spoken.value_fields(said.path, said.type, text)
        begun = self.now()

        def ended(result: str) -> None:
            self._took(Timing.NOTIFY, self.now() - begun)
            if result == "OK":
                self.last_value = text
                self.reports.left(number, said.confirm)
            else:
                self._count(Count.REFUSED)

        line = f"AT+MIPLNOTIFY=0,0,{fields},0,0{tail}"
        asked = Asked(line, self._loop.create_future(), ended)
        self._commands.ask(asked)
        assert asked.answer is not None
        try:
            async with asyncio.timeout(ANSWER_PATIENCE):
                await asked.answer
        except TimeoutError:  # nobody knows whether it has left
            self._commands.give_up(asked)
            self.reports.left(number, said.confirm)
            self._count(Count.ERRORS)
            raise HostError("AT+MIPLNOTIFY had no final result") from None
        return number

    async def quiet(self) -> None:
        """Until no command is under way."""
        await self._commands.quiet()

    def count(self, count: Count, more: int = 1) -> None:
        """Add to what the books say of this modem."""
        self._count(count, more)

    def lagged(self, seconds: float) -> None:
        """How long after its time a report begins."""
        self._took(Timing.LAG, seconds)

    def _write(self, data: bytes) -> None:
        try:
            if self._plug is not None:
                self._plug.write(data)
        except OSError:  # the module does not read; the command will have no result
            self._count(Count.ERRORS)

    def _begins(self, line: str) -> None:
        if line.upper().startswith("AT+MIPLOPEN="):
            self._opened_at = self.now()

    # what the module says

    def data_received(self, data: bytes) -> None:
        *lines, self._input = (self._input + data).split(b"\n")
        self._input = self._input[-INPUT_LIMIT:]
        for line in lines:
            if text := line.strip(b"\r\0").decode(errors="replace"):
                self._line(text)

    def _line(self, line: str) -> None:
        if spoken.FINAL.fullmatch(line):
            self._commands.final(line)
            return
        self._learn(line)
        answer = self._answer(line)
        if answer is not None:
            self._commands.ask(Asked(answer))
        elif not self._commands.take(line):
            self._tell(line)

    def _answer(self, line: str) -> str | None:
        report = self.group.report
        if report is None:
            return spoken.answer_to(line, None, "string", "")
        return spoken.answer_to(line, report.path, report.type, self.last_value)

    def _tell(self, line: str) -> None:
        for wanted in self._wanted:
            if not wanted.line.done() and wanted.pattern.match(line, {}) is not None:
                wanted.line.set_result(line)
                return
        self._heard.append(line)

    def _learn(self, line: str) -> None:
        """What the line says of the login, of observations and of reports."""
        if line[0] not in "+R*":
            return
        if (event := spoken.event_of(line)) is not None:
            self._happened(*event)
        elif spoken.has_booted(line):
            self._state(logged_in=False)
        elif (found := spoken.observed(line)) is not None:
            begins, path = found
            report = self.group.report
            if report is not None and path.covers(report.path):
                self._state(observed=begins)

    def _happened(self, event: int, argument: int | None) -> None:
        if event == spoken.CONFIRMED and argument is not None:
            self.reports.confirmed(argument)
        elif event == spoken.TIMED_OUT and argument is not None:
            self.reports.unconfirmed(argument)
        elif event == spoken.REGISTERED:
            if self._opened_at is not None:
                self._took(Timing.LOGIN, self.now() - self._opened_at)
                self._opened_at = None
            self._count(Count.LOGINS)
            self._state(logged_in=True)
        elif event in spoken.ENDED:
            self._state(logged_in=False)

    def _state(self, *, logged_in: bool | None = None, observed: bool | None = None) -> None:
        if logged_in is not None:
            self.logged_in = logged_in
            self.observed = self.observed and logged_in
        if observed is not None:
            self.observed = observed
        self._put(Count.READY, int(self.ready))
        self._changed.set()


__all__ = ["Host", "HostError", "Refused"]
