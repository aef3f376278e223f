"""What a host does from its first command to its last: the login, the reports, the coroutine."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Final

from emulator.cloud.manners import MANNERS
from emulator.fleet.host import Host, HostError
from emulator.fleet.ledger import Count
from emulator.fleet.plan import LINE_FIELDS, Await, Group, Reporting, Rest, Step, Write
from emulator.fleet.series import spelt
from emulator.fleet.templates import parse_template

Coroutine = Callable[[Host], Awaitable[None]]

LIFETIME_MARGIN: Final = 3600
"""Seconds for which a registration outlives the run, so that no Update is needed."""

SERVER: Final = "183.230.40.40"
"""What is written in AT+MIPLCREATEEX; it leads to the local platform, or to --platform."""

OPEN_TIMEOUT: Final = 60
"""Seconds that AT+MIPLOPEN may take."""


def usual_steps(group: Group, lasts: float) -> Iterator[Step]:
    """The login where the file names no other. `lasts`: of the whole run, in seconds."""
    port, key = (5684, ',,"{psk}"') if group.psk is not None else (5683, "")
    flag = int(group.bootstrap)
    yield _write(f'AT+MIPLCREATEEX="{SERVER}:{port}",{flag}{key}')
    platform = MANNERS[group.platform].platform
    if platform:
        yield _write(f'AT+MIPLCFG="platform",0,{platform}')
    if group.report is not None and group.report.path.object != TUNNEL:
        objid, insid, _ = group.report.path.fields()
        bitmap = "0" * insid + "1"
        yield _write(f'AT+MIPLADDOBJ=0,{objid},{insid + 1},"{bitmap}",1,0')
    elif group.report is not None:
        yield _write(f'AT+MIPLADDOBJ=0,{TUNNEL},2,"11",1,0')
    yield _write(f"AT+MIPLOPEN=0,{int(lasts) + LIFETIME_MARGIN},{OPEN_TIMEOUT}")


TUNNEL: Final = 19
"""The object through which CTWing and Huawei pass bytes (manual 5.6, 5.7)."""


def _write(line: str) -> Write:
    return Write(parse_template(line, LINE_FIELDS))


async def log_in(host: Host, steps: tuple[Step, ...]) -> None:
    """The steps, then until reports can be sent. HostError."""
    for step in steps:
        match step:
            case Write(line):
                await host.command(line.filled(host.member.fields))
            case Await(pattern, within):
                await host.expect(pattern, within)
            case Rest(seconds):
                await host.sleep(seconds)
    if host.group.report is not None:
        await host.until_ready(OPEN_TIMEOUT)


async def drive(host: Host, steps: tuple[Step, ...], coroutine: Coroutine | None) -> None:
    """All that the host does, until it is cancelled. Whatever goes wrong is counted; what a
    coroutine raises is raised."""
    if coroutine is not None:
        await coroutine(host)
        return
    schedule = None
    while True:
        while not await _logged_in(host, steps):
            await host.sleep(host.group.retry)
            await _forgotten(host)
        if host.group.report is None:
            return
        if schedule is None:
            schedule = Schedule(host, host.group.report)
        await schedule.report_while_ready()
        await _forgotten(host)


async def _logged_in(host: Host, steps: tuple[Step, ...]) -> bool:
    try:
        await log_in(host, steps)
    except HostError as error:
        host.count(Count.FAILED_LOGINS)
        host.trouble(str(error))
        return False
    return True


async def _forgotten(host: Host) -> None:
    """Begin anew; an instance that is not there is as good."""
    try:
        await host.command("AT+MIPLDELETE=0")
    except HostError:
        return


class Schedule:
    """When which report is due: evenly, from somewhere in the first period on, each up to the
    jitter later."""

    def __init__(self, host: Host, report: Reporting) -> None:
        self._host, self._report = host, report
        self._begun = host.now()
        self._first = self._begun + host.chance.uniform(0, report.every)
        self._number = 0
        self._value = report.series.begun(host.chance, host.member.number)
        self._due = self._next()

    def _next(self) -> float:
        due = self._first + self._number * self._report.every
        self._number += 1
        return due + self._host.chance.uniform(0, self._report.jitter)

    async def report_while_ready(self) -> None:
        """Returns when the modem is no longer logged in, and a report would be due."""
        while True:
            await self._host.sleep(max(0.0, self._due - self._host.now()))
            due, self._due = self._due, self._next()
            self._host.count(Count.DUE)
            if not self._host.ready:
                self._host.count(Count.MISSED)
                self._host.trouble("a report was due while it was not logged in")
                return
            await self._on_time(due)

    async def _on_time(self, due: float) -> None:
        host = self._host
        now = host.now()
        host.lagged(now - due)
        if now - due > self._report.late:
            host.count(Count.LATE)
        value = spelt(self._value(now - self._begun), self._report.type == "integer")
        try:
            await host.report(value)
        except HostError as error:  # a refusal has been counted
            host.trouble(str(error))
