"""A place for tests of host software: modems, platforms and host programs side by side.

with Lab(seed=1) as lab:
    modem = lab.modem()
    host = lab.host(modem)
    host.start("build/firmware", "{port}")
    modem.expect("+MIPLEVENT: 0,6")
    point = lab.cloud.notified("/3200/0/5750")
"""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from emulator.conditions import Conditions, conditions_with
from emulator.faults.grammar import Fault, parse_fault
from emulator.lab.cloud import LabCloud
from emulator.lab.errors import LabError, check_names
from emulator.lab.host import LabHost
from emulator.lab.loop_thread import LoopThread
from emulator.lab.modem import LabModem, Watching
from emulator.lab.scenario import LabScenario, read_file
from emulator.lab.scene import LIMIT, Scene
from emulator.lab.transcript import Entry, Transcript
from emulator.lint.rules import LintSettings
from emulator.modem import ModemSettings
from emulator.seeds import modem_seed, new_seed
from transport.link import LinkOpener, ListenerOpener
from transport.memory import MemoryNetwork
from transport.udp import listen_udp, open_udp

_Result = TypeVar("_Result")


class Lab:
    """`seed` decides message ids, tokens and what else is left to chance; a new one if None.
    `time_scale`: how many times as fast as the real clock the lab's is, for modems and platforms;
    host programs have their own. `platform`: the one to which everything leads; all five if None.
    `limit`: real seconds that a wait may take unless it says otherwise. `memory`: datagrams pass in
    memory and not over UDP. ValueError or EngineError for what cannot be.

    Several labs in one process share nothing. Leaving the lab ends everything in it.
    """

    def __init__(
        self,
        *,
        seed: int | None = None,
        time_scale: float = 1.0,
        platform: str | None = None,
        limit: float = LIMIT,
        memory: bool = False,
    ) -> None:
        self.seed = new_seed() if seed is None else seed
        self._scene = Scene(LoopThread(scale=time_scale), limit)
        self.modems: list[LabModem] = []
        self.hosts: list[LabHost] = []
        self.scenarios: list[LabScenario] = []
        self._listen: ListenerOpener = listen_udp
        self._open_link: LinkOpener = open_udp
        try:
            self.cloud = LabCloud(self._scene, self.modems, platform)
            self._scene.thread.run(self._open(memory))
        except BaseException:
            self._scene.thread.close()
            raise

    async def _open(self, memory: bool) -> None:
        if memory:
            net = MemoryNetwork()
            self._listen, self._open_link = net.listen, net.open_link
        await self.cloud.open(self.seed, self._listen)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End host programs, modems, platforms and the thread, in this order. May be repeated."""
        thread = self._scene.thread
        if not thread.is_alive:
            return
        try:
            self.end_hosts()
            thread.run(self._shut())
        finally:
            thread.close()

    def end_scenarios(self) -> None:
        """Wait until all scenarios are over. LabError for one that was not as it is written."""
        __tracebackhide__ = True
        for scenario in self.scenarios:
            scenario.passed()

    def end_hosts(self) -> None:
        """End all host programs."""
        for host in self.hosts:
            host.stop()

    def check(self) -> None:
        """HostFailed for a host program that has failed without anybody knowing of it; LabError for
        a rule that a host has broken, where that counts, for a scenario that was not as it is
        written, and for a bug of the emulator."""
        __tracebackhide__ = True
        self.end_scenarios()
        for host in self.hosts:
            host.check()
        for modem in self.modems:
            modem.check()

    async def _shut(self) -> None:
        for scenario in self.scenarios:
            await scenario.shut()
        for modem in self.modems:
            await modem.shut()
        await self.cloud.shut()

    @property
    def time_scale(self) -> float:
        """How many times as fast as the real clock the lab's is."""
        return self._scene.thread.scale

    def rescale(self, time_scale: float) -> None:
        """Let time pass so many times as fast from now on. ValueError for no positive number."""
        __tracebackhide__ = True
        self._scene.thread.call(self._scene.thread.loop.rescale, time_scale)

    @property
    def transcript(self) -> Transcript:
        """All that has happened. Its lines may be asked for by `transcript_lines` at any time."""
        return self._scene.transcript

    def transcript_lines(self) -> list[str]:
        """The transcript for people, without secrets; also after the end of the lab."""
        return self._scene.thread.look(self.transcript.lines)

    def transcript_entries(self) -> tuple[Entry, ...]:
        """The same as it was kept, with its secrets."""
        return self._scene.thread.look(lambda: self.transcript.entries)

    def call(self, function: Callable[[], _Result]) -> _Result:
        """Call a function in the lab's loop, where `LabModem.modem` and `LabCloud.platforms` may be
        used; what it returns or raises."""
        return self._scene.thread.call(function)

    def run(self, coroutine: Coroutine[Any, Any, _Result]) -> _Result:
        """Run a coroutine in the lab's loop, and wait for its end."""
        return self._scene.thread.run(coroutine)

    @property
    def now(self) -> float:
        """Seconds of the lab's clock, which starts at 0; in any thread."""
        return self._scene.now

    def wait(self, found: Callable[[], _Result | None], seconds: float) -> _Result | None:
        """What `found` returns once it is something, or None after so many real seconds. It is
        called in the lab's loop, at once and whenever something has happened."""
        __tracebackhide__ = True
        return self._scene.thread.wait(found, seconds)

    def modem(
        self,
        *,
        serial: str | tuple[str, ...] = "pty:",
        network: Mapping[str, Any] | None = None,
        faults: Sequence[Fault | str] = (),
        lint: Watching = "off",
        **settings: Any,
    ) -> LabModem:
        """Switch on one more modem. `serial`: where its host connects, `pty:`, `tcp:0` or `memory:`
        (`pty_bridge.ports`). `network`: what is not as usual of `Conditions`. `faults`: what goes
        wrong on purpose (docs/faults.md). `lint`: whether its host is watched (docs/host-lint.md),
        and fails by `check` where it breaks a rule. `settings`: those of `ModemSettings`; IMEI and
        IMSI are counted up and seeds derived unless given. PortError, ProfileError, QuirkError,
        FaultError, LabError."""
        number = len(self.modems)
        usual = ModemSettings()
        defaults: Mapping[str, Any] = {
            "imei": _counted(usual.imei, number),
            "imsi": _counted(usual.imsi, number),
            "seed": modem_seed(self.seed, number),
            "lint": None if lint == "off" else LintSettings(),
            "faults": tuple(parse_fault(f) if isinstance(f, str) else f for f in faults),
        }
        if network is not None:
            check_names("a network", network, Conditions)
            defaults = {**defaults, "conditions": conditions_with(Conditions(), network)}
        check_names("a modem", settings, ModemSettings)
        chosen = replace(usual, **{**defaults, **settings})
        modem = LabModem(self._scene, f"modem{number}" if number else "", chosen, lint)
        specs = (serial,) if isinstance(serial, str) else serial
        self._scene.thread.run(modem.open(specs, self.cloud, self._open_link))
        self.modems.append(modem)
        return modem

    def scenario(
        self, file: Path | str, modem: LabModem | None = None, *, is_set_up: bool = False
    ) -> LabScenario:
        """Have happen to a modem what a file says (docs/scenarios.md), and compare; None for the
        only one there is. It is set up as the file has it, unless it is so already. LabError."""
        if modem is None:
            if len(self.modems) != 1:
                raise LabError(f"which of {len(self.modems)} modems is the scenario for?")
            (modem,) = self.modems
        scenario = LabScenario(self._scene, str(file), read_file(file))
        self._scene.thread.run(scenario.begin(modem, self.cloud, is_set_up))
        self.scenarios.append(scenario)
        return scenario

    def host(self, modem: LabModem, command: str = "", folder: Path | None = None) -> LabHost:
        """A host program for a modem, not started yet. `command`: what `start` starts unless it is
        told otherwise, and `folder` where, the current one if None."""
        name = f"host{len(self.hosts)}" if self.hosts else ""
        host = LabHost(self._scene, modem, name, self.seed, command, folder)
        self.hosts.append(host)
        return host


def _counted(digits: str, number: int) -> str:
    return f"{int(digits) + number:015d}"
