"""The stage between a module and its surroundings, where faults strike. No clock, no sockets.

It has the inputs and outputs of `Firmware`, and stands in its place once a fault was planted; a
module without faults knows nothing of it.
"""

from collections.abc import Callable

from emulator.at.channel import Written
from emulator.at.execution import Verdict
from emulator.at.writer import framed
from emulator.faults import occasions
from emulator.faults.acts import Acts
from emulator.faults.departures import Departures
from emulator.faults.diary import Diary
from emulator.faults.effects import Effects
from emulator.faults.fault import Fault
from emulator.faults.held import Held
from emulator.faults.lines_in import HostLine, HostLines
from emulator.faults.plan import Plan
from emulator.faults.planted import Chance, Occasion, Planted
from emulator.faults.road import Road
from emulator.faults.striking import Striking
from emulator.faults.things import (
    Act,
    CoverageBack,
    FromPlatform,
    HostBytes,
    LinkGone,
    Passing,
    SwitchBack,
    Thing,
)
from emulator.faults.verdicts import refused, verdict_on
from emulator.faults.whats import Reboot
from emulator.firmware import Firmware
from emulator.outputs import CloseLink, OpenLink, Output, RebindLink, SendDatagram
from lwm2m_core.timers import earliest


class Faults:
    """`streams` tells where the choices of that name are drawn from: each fault has its own.
    `zero`: when the module was started, from where a fault's times count."""

    def __init__(
        self, firmware: Firmware, streams: Callable[[str], Chance], *, zero: float = 0.0
    ) -> None:
        self.firmware = firmware
        self._plan = Plan(streams, zero)
        self._held: Held[Thing] = Held()
        self._effects = Effects(firmware, self._held)
        self._road = Road(self._held, lambda line: framed(line, firmware.line.current))
        self._host_lines = HostLines()
        self._departures = Departures(firmware)
        self._diary = Diary(firmware.journal, zero)
        self._acts = Acts(self._held, self._diary)
        self._striking = Striking(
            *(firmware, self._plan, self._road, self._held), acts=self._acts, diary=self._diary
        )
        self._ready: list[Output] = []
        self._line = ""  # the command line that is being carried out
        firmware.channel.intercept = self._intercept
        firmware.channel.review = self._review

    # planting

    @property
    def planted(self) -> tuple[Planted, ...]:
        """All faults, in the order of their numbers."""
        return tuple(self._plan)

    def add(self, fault: Fault, now: float) -> int:
        """Plant a fault; its number. FaultError for one that can never strike here."""
        number = self._plan.add(fault, self.firmware.channel.table, now)
        self._advance(now)
        return number

    def remove(self, number: int, now: float) -> None:
        """Take a fault back; what it has brought about and still lasts ends. FaultError."""
        self._effects.end(self._plan.remove(number), now)
        self._advance(now)

    # inputs, as those of Firmware

    def serial_received(self, data: bytes, now: float) -> None:
        """Bytes that the host wrote."""
        self._advance(now)
        if self._is_deaf(data, "not heard"):
            return
        for line in self._host_lines.feed(data):
            self._line_in(line, now)
        if self._host_lines.in_line:
            self.firmware.channel.typing(now)

    def _line_in(self, line: HostLine, now: float) -> None:
        thing = HostBytes(line.data)
        if line.text:
            self._meet(thing, occasions.of_host_line(line), 0, now)
        else:
            self._goes_in(thing, now)

    def datagram_received(self, link: int, data: bytes, now: float) -> None:
        """A datagram from the server of `link`."""
        self._advance(now)
        if self._is_deaf(data, f"link {link}, not heard"):
            return
        aged = self._effects.aged.get(link)
        if aged is not None:
            self._diary.tell(aged, data, f"link {link}, not heard")
            return
        occasion = occasions.of_datagram("coap-down", data)
        self._meet(FromPlatform(link, data), occasion, 0, now)

    def _is_deaf(self, data: bytes, words: str) -> bool:
        frozen = self._effects.frozen
        if frozen is not None:
            self._diary.tell(frozen.planted, data, words)
        return frozen is not None

    def reset(self, now: float) -> None:
        """The reset pin."""
        self._thaw_for_start(now)
        self.firmware.reset(now)

    def switch(self, on: bool, now: float) -> None:
        """Power."""
        if on != self.firmware.power.is_on:
            self._thaw_for_start(now)
        self.firmware.switch(on, now)

    def handle_timeout(self, now: float) -> None:
        """Time has reached `deadline()`."""
        self._advance(now)
        if self._effects.frozen is None:
            self.firmware.handle_timeout(now)

    def deadline(self) -> float | None:
        """When handle_timeout() wants to be called next, None for never."""
        frozen = self._effects.frozen
        if frozen is not None:
            return frozen.until if frozen.until < float("inf") else None
        return earliest(self.firmware.deadline(), self._held.due, self._plan.due)

    def outputs(self) -> list[Output]:
        """Drain what is to be done, in order."""
        self._diary.now = now = max(self._diary.now, self.firmware.now)
        self._gather(now)
        self._ready += self._effects.taken()
        ready, self._ready = self._ready, []
        return ready

    # time

    def _advance(self, now: float) -> None:
        """What has become due: the module thaws, what was held back goes on, faults act."""
        self._diary.now = now
        frozen = self._effects.frozen
        if frozen is not None:
            if frozen.until > now:
                return
            self._effects.frozen = None
            self._gather(now)
            if frozen.reboots:
                cause = self._diary.tell(frozen.planted, b"", "reboots")
                self.firmware.restart("reset", now, cause)
        while (thing := self._held.pop(now)) is not None:
            self._release(thing, now)
        self._striking.tick(now)
        self._perform(now)

    def _release(self, thing: Thing, now: float) -> None:
        match thing:
            case CoverageBack():
                self._effects.coverage_back(now)
            case SwitchBack(what):
                self._effects.switch_back(what, now)
            case LinkGone(link):
                self._effects.lose(link, now, 0)
            case Act():
                self._acts.add(thing)
            case HostBytes() | FromPlatform():
                self._goes_in(thing, now)
            case Written() | SendDatagram() | OpenLink():
                self._goes_out(thing, now)

    def _perform(self, now: float) -> None:
        """Carry out what faults do."""
        if not self._acts.waiting:
            return
        for act in self._acts.due(now):
            if isinstance(act.planted.fault.what, Reboot):
                self._departures.cut_short()
            self._effects.act(act, now)
            self._ready += self._effects.taken()

    # what passes

    def _meet(self, thing: Passing, occasion: Occasion, cause: int, now: float) -> None:
        """Something comes by: what strikes it is done, and what is left of it goes on."""
        struck = self._striking.on(thing, occasion, cause)
        freed = self._road.overtaken(occasion, [each for each in self._plan if each not in struck])
        on = [*self._road.passes(thing, struck, now), *freed]
        for each in on:
            if isinstance(each, HostBytes | FromPlatform):
                self._perform(now)
                self._goes_in(each, now)
            else:
                self._goes_out(each, now)

    def _goes_in(self, thing: HostBytes | FromPlatform, now: float) -> None:
        """To the module, unless a fault that has just struck keeps it from hearing."""
        if self._is_deaf(thing.data, "not heard"):
            return
        match thing:
            case HostBytes(data):
                self.firmware.serial_received(data, now)
            case FromPlatform(link, data):
                self.firmware.datagram_received(link, data, now)
        self._gather(now)

    def _goes_out(self, thing: Passing, now: float) -> None:
        """To the shell."""
        match thing:
            case Written(_, data, cause):
                mute = self._effects.is_mute(now)
                if mute is not None:
                    self._diary.tell(mute, data, "not written", cause)
                    return
                self._ready.append(thing)
            case SendDatagram(link, _, cause):
                if self._effects.aged.pop(link, None) is not None:
                    self._ready.append(RebindLink(link, cause))
                self._ready.append(thing)
            case OpenLink():
                self._effects.opened(thing)
                self._ready.append(thing)
            case _:
                raise TypeError(f"{thing!r} does not leave the module")

    def _gather(self, now: float) -> None:
        """Take what the module wants done, unless it hangs, and what that brings about."""
        self._perform(now)
        while self._effects.frozen is None:
            self._departures.collect()
            if not self._departures:
                break
            self._leaves(self._departures.next(), now)
            self._perform(now)
        if self._effects.frozen is not None:
            self._keep(self._effects.frozen.planted)

    def _keep(self, frozen: Planted) -> None:
        """What a module that hangs has still to do; its surroundings may bring about some."""
        self._departures.collect()
        for output in self._departures.too_many():
            data = output.data if isinstance(output, Written) else b""
            self._diary.tell(frozen, data, "lost: too much is held back")

    def _leaves(self, output: Output | None, now: float) -> None:
        match output:
            case Written():
                self._meet(output, occasions.of_written(output, self._line), output.cause, now)
            case SendDatagram(_, data, cause):
                self._meet(output, occasions.of_datagram("coap-up", data), cause, now)
            case OpenLink():
                self._opens(output, now)
            case CloseLink(link):
                self._effects.closed(link)
                self._held.drop(lambda thing: isinstance(thing, OpenLink) and thing.link == link)
                self._ready.append(output)
            case None:
                self._start_anew(now)
            case _:
                self._ready.append(output)

    def _opens(self, output: OpenLink, now: float) -> None:
        """A link is to be opened; one that is lost is lost at once."""
        struck = self._striking.on(output, occasions.of_link(output), output.cause)
        if self._acts.loses_link():
            self._held.put(now, LinkGone(output.link))
            return
        for each in self._road.passes(output, struck, now):
            self._goes_out(each, now)

    # commands: called by the channel, in the middle of an input

    def _intercept(self, text: str, now: float, cause: int) -> Verdict | None:
        """How a command line ends that is not carried out."""
        self._diary.now = now
        self._departures.collect()
        while self._departures and self._effects.frozen is None:  # what was written before it
            self._leaves(self._departures.next(), now)
        self._line = text
        struck = self._striking.on(None, occasions.of_command(text), cause)
        return verdict_on(text, struck, stops=self._acts.stops)

    def _review(self, text: str, data: bytes, verdict: Verdict, now: float, cause: int) -> Verdict:
        """Another final result than the one that the command has."""
        self._diary.now = now
        for code in self._striking.codes(occasions.of_result(text, data), cause):
            told = refused(code.code, text)
            kept = verdict.lines if told.problem is None else ()
            verdict = verdict._replace(lines=kept, problem=told.problem)
        return verdict

    # starting anew

    def _thaw_for_start(self, now: float) -> None:
        self._advance(now)
        self._effects.start_anew()
        self._departures.cut_short()
        self._start_anew(now)

    def _start_anew(self, now: float) -> None:
        """What is held back of the old life of the module is lost; what lasts in it ends."""
        self._effects.start_anew()
        self._host_lines.reset()
        self._road.clear()
        for thing in self._held.drop(lambda thing: isinstance(thing, Written | HostBytes)):
            assert isinstance(thing, Written | HostBytes)
            words = "what faults held back is lost: the module starts anew"
            self.firmware.journal.record(now, "fault", data=thing.data, text=words)
