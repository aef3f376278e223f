"""One life of the host, with a collision or undisturbed, in a lab of its own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from emulator.cloud.events import Event
from emulator.explore.account import Listener
from emulator.explore.calm import Order, Waiting
from emulator.explore.excerpts import excerpt
from emulator.explore.judging import ANSWER_S, LATE_S, End, Observed
from emulator.explore.placement import Placement
from emulator.explore.saying import lines_of
from emulator.explore.sheet import Reader, Sheet, answer_of
from emulator.journal import Record
from emulator.lab.errors import HostFailed
from emulator.lab.host import LabHost
from emulator.lab.lab import Lab
from emulator.lab.lines import at_line
from emulator.lab.modem import LabModem
from emulator.scenario.director import Over
from emulator.scenario.document import Scenario
from emulator.scenario.performance import Performance
from emulator.scenario.stage import settings_of

LOOK_S: Final = 0.5
"""Real seconds after which is looked again although nothing happens: time alone may decide."""


@dataclass(frozen=True, slots=True)
class Plan:
    """`host`: its words, as `LabHost.start` takes them. `scenario`: what is around it. `until`: a
    line of the module with which it has passed; None if it ends by itself. `serial`: where it
    connects. `folder`: where it runs; None for the current one. `asked_behind`: a line that the
    host waits for; platforms ask for nothing while it does."""

    host: tuple[str, ...]
    scenario: Scenario
    seed: int
    until: str | None = None
    serial: str = "pty:"
    folder: Path | None = None
    asked_behind: Order | None = None


@dataclass(frozen=True, slots=True)
class Bounds:
    """Seconds. `limit`: for the whole life; `silence`: in which the host writes nothing; None for
    any. `patience`: for an answer to a request that has collided."""

    limit: float
    silence: float | None = None
    patience: float = ANSWER_S

    def longer(self, seconds: float) -> "Bounds":
        """For a life in which the host has to wait so much longer."""
        silence = None if self.silence is None else self.silence + seconds
        return replace(self, limit=self.limit + seconds, silence=silence)


@dataclass(frozen=True, slots=True)
class Life:
    observed: Observed
    sheet: Sheet


def live(
    plan: Plan,
    bounds: Bounds,
    placed: Placement | None = None,
    stopped: Callable[[], bool] = bool,
) -> Life:
    """Start everything, wait for the verdict to be certain or for somebody to stop it, end
    everything. LabError, PortError,
    OSError or FaultError where there can be no life."""
    plan = _settling(plan, placed)
    with _staged(plan, bounds.limit, placed) as (lab, modem, around):
        host = lab.host(modem)
        if placed is not None:
            bounds = bounds.longer(placed.held)
        watch = _Watch(plan, bounds, placed, lab, modem, host, around, stopped)
        host.start(*plan.host, cwd=plan.folder)
        return watch.life()


def _settling(plan: Plan, placed: Placement | None) -> Plan:
    """With the first request of a platform so much later."""
    events = plan.scenario.events
    if placed is None or not placed.settles or not events:
        return plan
    first = replace(events[0], delay=events[0].delay + placed.settles)
    return replace(plan, scenario=replace(plan.scenario, events=(first, *events[1:])))


@contextmanager
def _staged(
    plan: Plan, limit: float, placed: Placement | None = None
) -> "Iterator[tuple[Lab, LabModem, _Around]]":
    """Module, platforms and what the scenario has around them; no host yet."""
    setup = plan.scenario.setup
    settings = settings_of(plan.scenario, plan.seed)
    faults = (*settings.faults, *(() if placed is None else placed.faults))
    with Lab(seed=plan.seed, limit=limit, platform=setup.platform) as lab:
        modem = lab.modem(
            serial=plan.serial,
            faults=faults,
            **{name: getattr(settings, name) for name in _SETTINGS},
        )
        if setup.switches:
            lab.cloud.switch(**setup.switches)
        for device in setup.devices:
            lab.cloud.declare(device)
        with _Around(lab, modem, plan.scenario, plan.asked_behind) as around:
            yield lab, modem, around


_SETTINGS: Final = ("model", "imei", "imsi", "dialect", "quirks", "timing", "seed", "conditions")


class _Around:
    """The scenario's events and dialogue, and what passes, for as long as it is entered."""

    def __init__(
        self,
        lab: Lab,
        modem: LabModem,
        scenario: Scenario,
        behind: Order | None = None,
    ) -> None:
        self._lab, self._modem, self._scenario = lab, modem, scenario
        self._gate = None if behind is None else Waiting(behind)
        self.reader, self.listener = Reader(), Listener()
        self.struck_at: float | None = None
        self.performance: Performance | None = None

    def __enter__(self) -> "_Around":
        self._lab.call(self._begin)
        return self

    def __exit__(self, *error: object) -> None:
        if self.performance is not None:
            self._lab.run(self.performance.close())

    def _begin(self) -> None:
        self.performance = performance = Performance(self._scenario, gate=self._gate)
        self._lab.cloud.listeners.append(self._told)
        self._modem.modem.firmware.journal.sinks.append(self._sink)
        self._modem.end.taps += (performance.tap,)
        performance.attach(self._modem.modem, self._lab.cloud.platforms)

    @property
    def over(self) -> Over | None:
        """How the scenario has ended, once it has."""
        ended = None if self.performance is None else self.performance.ended
        return ended.result() if ended is not None and ended.done() else None

    def undone(self) -> frozenset[int]:
        """The numbers of the events that have not happened, or not as often as they should."""
        return frozenset() if self.performance is None else self.performance.undone()

    def _told(self, event: Event) -> None:
        if self.performance is not None:
            self.performance.told(event)

    def _sink(self, record: Record) -> None:
        self.reader.take(record)
        self.listener.take(record)
        if record.kind == "fault" and self.struck_at is None:
            number = record.text.partition(",")[0]
            if number.isdigit() and int(number) > len(self._scenario.faults):
                self.struck_at = record.time  # those of the collision come last
        if self.performance is not None:
            self.performance.sink(record)


class _Watch:
    """Looks whether the verdict is certain. But for `life` all happens in the lab's loop."""

    def __init__(
        self,
        plan: Plan,
        bounds: Bounds,
        placed: Placement | None,
        lab: Lab,
        modem: LabModem,
        host: LabHost,
        around: _Around,
        stopped: Callable[[], bool],
    ) -> None:
        self._stopped = stopped
        self._plan, self._bounds = plan, bounds
        self._lab, self._modem, self._host, self._around = lab, modem, host, around
        lines = () if placed is None else placed.lines
        # a host that has failed may have left before what is held back beside
        self._needed = 0 if placed is None else len(placed.faults) - len(placed.beside)
        self._mids = {each.mid for each in lines if each.mid is not None}
        self._through = None if plan.until is None else at_line(plan.until)
        self._started = 0.0

    def life(self) -> Life:
        lab, host = self._lab, self._host
        self._started = lab.now
        end: End | None = None
        while end is None:
            end = lab.wait(self._end, LOOK_S)
        ended = lab.now
        code: int | None = None
        if end == "ended":
            with suppress(HostFailed):
                code = host.wait()
            if code is None:
                end = "flooded"
            elif code < 0:
                end = "crashed"
        host.stop()
        sheet = self._around.reader.sheet(self._started, ended, self._reports())
        faults = lab.call(lambda: self._modem.modem.faults)
        entries, struck_at = lab.transcript_entries(), self._around.struck_at
        observed = Observed(
            end,
            code,
            lines_of(host.output),
            sheet.sent,
            frozenset(self._answered()),
            sheet.reports,
            sheet.hasty,
            all(each.fired for each in faults[len(self._plan.scenario.faults) :][: self._needed]),
            ended - self._started,
            self._why(),
            excerpt(entries, struck_at),
            self._bounds.patience,
            self._around.listener.account(),
            entries,
            struck_at,
            lab.call(self._around.undone),
        )
        return Life(observed, sheet)

    def _end(self) -> End | None:
        now = self._lab.now
        if self._why():
            return "dialogue"
        if not self._host.is_running:
            return "ended"
        pending = self._mids - self._answered()
        struck = self._around.struck_at
        if pending and struck is not None and now - struck > self._bounds.patience + LATE_S:
            return "unanswered"
        if self._is_through and not pending:
            return "done"
        last = self._around.reader.sent[-1][1] if self._around.reader.sent else self._started
        silence = self._bounds.silence
        if silence is not None and now - max(last, self._started) > silence:
            return "silent"
        late = now - self._started > self._bounds.limit
        return "hung" if late or self._stopped() else None

    @property
    def _is_through(self) -> bool:
        """Whether all has come that the host is there for."""
        if self._through is not None:
            return any(map(self._through, self._around.reader.printed))
        return self._around.over is not None and bool(self._plan.scenario.dialogue)

    def _answered(self) -> set[int]:
        return {mid for text, _ in self._around.reader.sent if (mid := answer_of(text)) is not None}

    def _reports(self) -> list[str]:
        """The path of each value that came as a report, at any platform."""
        return [point.name for point in self._lab.cloud.points()]

    def _why(self) -> str:
        """What is wrong with the dialogue. A host that has got by the collision what it waits for
        may leave before all events of the scenario have happened: that is nothing of its own."""
        over = self._around.over if self._plan.scenario.dialogue else None
        failure = None if over is None else over.failure
        if failure is None or failure.field.startswith("events["):
            return ""
        return f"{failure.field}: {failure.text}"
