"""A place for tests of host software: modems, platforms and host programs side by side.

with Lab(seed=1) as lab:
    modem = lab.modem()
    host = lab.host(modem)
    host.start("build/firmware", "{port}")
    modem.expect("+MIPLEVENT: 0,6")
    point = lab.cloud.notified("/3200/0/5750")
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import TracebackType
from typing import Any, Self, TypeVar

from emulator.lab.cloud import LabCloud
from emulator.lab.errors import check_names
from emulator.lab.host import LabHost
from emulator.lab.loop_thread import LoopThread
from emulator.lab.modem import LabModem
from emulator.lab.scene import LIMIT, Scene
from emulator.lab.transcript import Entry, Transcript
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
            for host in self.hosts:
                host.stop()
            thread.run(self._shut())
        finally:
            thread.close()

    async def _shut(self) -> None:
        for modem in self.modems:
            await modem.shut()
        await self.cloud.shut()

    @property
    def transcript(self) -> Transcript:
        """All that has happened. Its lines may be asked for by `transcript_lines` at any time."""
        return self._scene.transcript

    def transcript_lines(self) -> list[str]:
        """The transcript for people, without secrets; also after the end of the lab."""
        if not self._scene.thread.is_alive:
            return self.transcript.lines()
        return self.call(self.transcript.lines)

    def transcript_entries(self) -> tuple[Entry, ...]:
        """The same as it was kept, with its secrets."""
        if not self._scene.thread.is_alive:
            return self.transcript.entries
        return self.call(lambda: self.transcript.entries)

    def call(self, function: Callable[[], _Result]) -> _Result:
        """Call a function in the lab's loop, where `LabModem.modem` and `LabCloud.platforms` may be
        used; what it returns or raises."""
        return self._scene.thread.call(function)

    def modem(self, *, serial: str | tuple[str, ...] = "pty:", **settings: Any) -> LabModem:
        """Switch on one more modem. `serial`: where its host connects, `pty:`, `tcp:0` or `memory:`
        (`pty_bridge.ports`). `settings`: those of `ModemSettings`; IMEI and IMSI are counted up
        and seeds derived unless given. PortError, ProfileError, QuirkError, LabError."""
        number = len(self.modems)
        usual = ModemSettings()
        defaults: Mapping[str, Any] = {
            "imei": _counted(usual.imei, number),
            "imsi": _counted(usual.imsi, number),
            "seed": modem_seed(self.seed, number),
        }
        check_names("modem", settings, ModemSettings)
        chosen = replace(usual, **{**defaults, **settings})
        modem = LabModem(self._scene, f"modem{number}" if number else "", chosen)
        specs = (serial,) if isinstance(serial, str) else serial
        self._scene.thread.run(modem.open(specs, self.cloud.address_of, self._open_link))
        self.modems.append(modem)
        return modem

    def host(self, modem: LabModem) -> LabHost:
        """A host program for a modem, not started yet."""
        host = LabHost(
            self._scene, modem, f"host{len(self.hosts)}" if self.hosts else "", self.seed
        )
        self.hosts.append(host)
        return host


def _counted(digits: str, number: int) -> str:
    return f"{int(digits) + number:015d}"
