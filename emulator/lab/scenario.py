"""A scenario beside a modem of a lab."""

from collections.abc import Sequence
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING

from emulator.lab.errors import LabError
from emulator.lab.scene import Scene
from emulator.scenario.director import Over
from emulator.scenario.document import Scenario, Setup
from emulator.scenario.files import to_run
from emulator.scenario.performance import Performance, act_upon, with_switch
from emulator.scenario.report import outcome
from emulator.scenario.trouble import ScenarioError

if TYPE_CHECKING:
    from emulator.lab.cloud import LabCloud
    from emulator.lab.modem import LabModem

_OF_THE_MODEM = ("model", "dialect", "imei", "imsi")


def read_file(file: Path | str) -> Scenario:
    """The scenario in a file. LabError, with all that is wrong in it."""
    try:
        return to_run(Path(file))
    except ScenarioError as error:
        raise LabError(str(error)) from None


class LabScenario:
    """What a file says happens to a modem, and is compared with what host, module and platforms
    say. Its times count from when a host opens the device, or from now where one has done so."""

    def __init__(self, scene: Scene, file: str, scenario: Scenario) -> None:
        self.file, self.scenario = file, scenario
        self._scene = scene
        self._performance: Performance | None = None
        self._over: Over | None = None

    async def begin(self, modem: "LabModem", cloud: "LabCloud", is_set_up: bool) -> None:
        """In the lab's loop. `is_set_up`: the modem was made as the file has it. LabError where it
        cannot become so."""
        performance = self._performance = Performance(self.scenario)
        numbers: Sequence[int] = range(1, len(self.scenario.faults) + 1)
        if not is_set_up:
            _suits(modem, self)
            for act in self.scenario.setup.acts:
                act_upon(modem.modem, act)
            numbers = [modem.modem.add_fault(each.fault) for each in self.scenario.faults]
        _set_up(cloud, self.scenario.setup)
        modem.end.taps += (performance.tap,)
        modem.modem.firmware.journal.sinks.append(performance.sink)
        cloud.listeners.append(performance.told)
        performance.attach(modem.modem, cloud.platforms, numbers)
        performance.ended.add_done_callback(lambda _: self._scene.thread.ring())
        if any(r.kind == "host_opened" for r in modem.modem.firmware.journal.records):
            performance.begin()

    async def shut(self) -> None:
        """In the lab's loop; may be repeated."""
        if self._performance is not None:
            await self._performance.close()

    def passed(self, timeout: float | None = None) -> None:
        """Wait until it is over: so many real seconds, or if None as long as any wait of the lab
        and until the `end` that the file has, if that is later. LabError if something was not as
        it is written: what, and what came instead."""
        __tracebackhide__ = True
        if timeout is None and self.scenario.end is not None:
            # Its end counts from when the host opens the device, which may take a wait of its own.
            timeout = self._scene.limit + self.scenario.end / max(1.0, self._scene.thread.scale)
        over = self._over = self._over or self._scene.wait(self._ended, timeout, self._waits_for)
        if over.failure is not None:
            raise LabError("\n".join(outcome(self.file, over)))

    def _ended(self) -> Over | None:
        ended = None if self._performance is None else self._performance.ended
        return ended.result() if ended is not None and ended.done() else None

    def _waits_for(self) -> str:
        assert self._performance is not None
        told = [*outcome(self.file, self._performance.stopped())]
        if self.scenario.end is None:
            told.append("  (it has more time where the file has an `end`, or the test a `timeout`)")
        return "\n".join(told)


def _suits(modem: "LabModem", scenario: LabScenario) -> None:
    for name in _OF_THE_MODEM:
        wanted = getattr(scenario.scenario.setup, name)
        has = getattr(modem.settings, name)
        if wanted is not None and wanted != has:
            raise LabError(f"{scenario.file} is for {name} {wanted}, and this modem has {has}")


def _set_up(cloud: "LabCloud", setup: Setup) -> None:
    for each in cloud.platforms:
        each.switches = reduce(with_switch, setup.switches.items(), each.switches)
        for device in setup.devices:
            each.declare(device)
