"""The module: inputs come in with the time, outputs go out in order. No clock, no sockets."""

import logging
from collections.abc import Callable
from dataclasses import replace

from emulator import urc
from emulator.alike import alike
from emulator.at.channel import Channel, channel_settings
from emulator.at.results import Failed, Fault, Line
from emulator.at.state import LineState, factory_line
from emulator.at.table import Table
from emulator.boot import Cause
from emulator.clock import Clock
from emulator.conditions import Conditions
from emulator.config_blob import Fragments
from emulator.device import Device
from emulator.doze import Doze
from emulator.filters import filters
from emulator.fota.update import Install, Update
from emulator.identity import Identity
from emulator.in_force import InForce
from emulator.instance import Instance, Module, Target
from emulator.journal import NO_CAUSE, Journal, Kind
from emulator.links import link_text
from emulator.network import Network
from emulator.nmi import Nmi
from emulator.nvram import factory
from emulator.outlet import Outlet
from emulator.outputs import Output, RateSet, Switched
from emulator.power import Power
from emulator.profile import Profile
from emulator.quirks import Quirks, differing
from emulator.slot import Slot
from emulator.traffic import Traffic
from emulator.turn import Turn
from lwm2m_core.client import State
from lwm2m_core.endpoint import Rng
from lwm2m_core.objects import ObjectTree
from lwm2m_core.timers import earliest

CommandsOf = Callable[[Profile, Quirks], Table]

log = logging.getLogger("mipl.firmware")


class Firmware:
    """One module from power-on. Every input takes `now`, seconds on any monotonic clock."""

    __slots__ = (
        "nvram", "_baud", "network", "nmi", "update", "clock", "_fragments", "line", "channel",
        "_doze", "_traffic", "_outlet", "power", "slot", "profile", "identity", "_rng", "_in_force",
        "_commands_of", "_strict", "_turn", "journal", "_emit",
    )  # fmt: skip

    def __init__(
        self,
        profile: Profile,
        quirks: Quirks,
        identity: Identity,
        streams: Callable[[str], Rng],
        commands: CommandsOf,
        *,
        conditions: Conditions | None = None,
        strict: bool = False,
    ) -> None:
        """`streams` tells where the choices of that name are drawn from."""
        self.profile, self.identity, self._rng = profile, identity, streams("modem")
        self._in_force, self._commands_of, self._strict = InForce(quirks), commands, strict
        self._turn, self.journal = Turn(), Journal()
        emit = self._emit = self.emit  # one for all parts
        self.nvram = factory(profile)
        self._baud = self.nvram.baud
        around = conditions or Conditions()
        self.network = Network(profile, self._in_force, identity, self.nvram, around, self)
        self.nmi = Nmi()
        self.update = Update(profile.name, self._in_force, streams)
        self.clock = Clock()
        self._fragments: Fragments | None = None  # few hosts use them
        self.line = LineState()
        self.channel = Channel(
            commands(profile, quirks),
            self,
            line=self.line,
            owner=self,
        )
        self._outlet = Outlet()
        self._adopt()
        self.line.current = self.line.stored
        self._doze = Doze(self._in_force)
        self._traffic = Traffic(self.network, self._outlet, emit)
        self.power = Power(
            self._turn, self._in_force, self.network, self.channel, self.journal, emit
        )
        self.slot = Slot(
            *(self._turn, self._in_force, self._traffic, self.channel, self.journal),
            owner=self,
        )

    @property
    def now(self) -> float:
        """When the last input came."""
        return self._turn.now

    @property
    def quirks(self) -> Quirks:
        """Those in force."""
        return self._in_force.quirks

    def _adopt(self) -> None:
        """What is made of quirks beforehand, because it is needed for every line."""
        quirks = self.quirks
        self.line.set_factory(factory_line(quirks.echo_at_boot == "on"))
        self.channel.table = self._commands_of(self.profile, quirks)
        self.channel.settings = channel_settings(
            quirks.urc_gap_ms / 1000, quirks.reply_delay_ms / 1000, self._strict
        )
        self.channel.spell = urc.spelling(quirks)
        self._outlet.stages = filters(quirks)

    # inputs

    def serial_received(self, data: bytes, now: float) -> None:
        """Bytes that the host wrote."""
        cause = self.journal.record(now, "serial_in", data=alike(data))
        self._enter(now, cause)
        heard = self._doze.hear(data, self.network.is_asleep, self.network.rrc.sleeps)
        self.channel.receive(heard, now, cause)
        self._settle()

    def datagram_received(self, link: int, data: bytes, now: float) -> None:
        """A datagram from the server of `link`. Nobody hears one of a link that is gone, or one
        that comes while the receiver is off; one that is too long is dropped, which event 33 tells
        (manual 3.20; decision 36)."""
        self._turn.now = now
        self.network.enter(now)
        route = self._traffic.hearing(link)
        kind: Kind = "datagram_unheard" if route is None else "datagram_in"
        self._enter(now, self.journal.record(now, kind, data=data, text=link_text(link)))
        if route is not None and not self._traffic.waits(link, data, now):
            self._traffic.heard(route, data, now)
        self._settle()

    def surround(self, conditions: Conditions, now: float) -> None:
        """The network around the module is another from now on."""
        self._enter(now, self.journal.record(now, "network", text=str(conditions)))
        self.network.surround(conditions, now)
        self._settle()

    def behave(self, quirks: Quirks, now: float) -> None:
        """Other quirks from now on; `emulator.quirks.Effect` says when each shows."""
        changed = [f"{name}={value}" for name, value in differing(self.quirks, quirks).items()]
        number = self.journal.record(now, "quirk", text=" ".join(changed) or "unchanged")
        self._enter(now, number)
        self._in_force.quirks = quirks
        self._adopt()
        self._settle()

    def link_up(self, link: int, now: float) -> None:
        """The link that OpenLink asked for can carry datagrams."""
        self._enter(now, self.journal.record(now, "link_up", text=link_text(link)))
        self._traffic.link_up(link, now)
        self._settle()

    def link_lost(self, link: int, reason: str, now: float) -> None:
        """The link could not be opened, or has ended."""
        number = self.journal.record(now, "link_lost", text=f"link {link}: {reason}")
        self._enter(now, number)
        self._traffic.link_lost(link, reason, now)
        self._settle()

    def send_failed(self, link: int, reason: str, now: float) -> None:
        """The network refused a datagram (an ICMP error, no route)."""
        number = self.journal.record(now, "send_failed", text=f"link {link}: {reason}")
        self._enter(now, number)
        self._traffic.send_failed(link, now)
        self._settle()

    def host_opened(self, now: float) -> None:
        """A host has opened the device. On some boards that pulls the reset pin (decision 10;
        that the module really boots is chosen: who waits for its lines takes it to be new)."""
        self._enter(now, self.journal.record(now, "host_opened"))
        if self.power.opened():
            self.reboot("reset", now)
        self._settle()

    def reset(self, now: float) -> None:
        """The reset pin; nothing where the module is off."""
        self._enter(now, self.journal.record(now, "reset"))
        if self.power.is_on:
            self.reboot("reset", now)
        self._settle()

    def switch(self, on: bool, now: float) -> None:
        """Power. Off: links are closed, nothing is answered or said; on again, it boots (decisions
        9, 10)."""
        self._enter(now, self.journal.record(now, "power", text="on" if on else "off"))
        if on != self.power.is_on:
            self.power.is_on = on
            self._outlet.append(Switched(on, self._turn.cause))
            if on:
                self.reboot("reset", now)
            else:
                self._stop(now)
                self.power.off()
        self._settle()

    def restart(self, by: Cause, now: float, cause: int) -> None:
        """A fault starts the module anew; `cause` is its record. Nothing where it is off."""
        self._enter(now, cause)
        if self.power.is_on:
            self.reboot(by, now)
        self._settle()

    def say(self, line: Line, now: float, cause: int) -> None:
        """A fault has the module print an unsolicited line."""
        self._enter(now, cause)
        self.emit(line)
        self._settle()

    def handle_timeout(self, now: float) -> None:
        """Time has reached `deadline()`."""
        self._enter(now, NO_CAUSE)
        self.channel.handle_timeout(now)
        self.update.handle_timeout(now)
        if self.slot.device is not None:
            self.slot.device.handle_timeout(now)
        self._settle()

    def deadline(self) -> float | None:
        """When handle_timeout() wants to be called next, None for never."""
        return earliest(
            self.channel.deadline(),
            self.update.deadline(),
            self.network.deadline(),
            None if self.power.boot is None else self.power.boot.due,
            None if self.slot.device is None else self.slot.device.deadline(),
        )

    def outputs(self) -> list[Output]:
        """Drain what is to be done, in order."""
        return self._outlet.drain()

    # what the commands use

    @property
    def identification(self) -> tuple[str, ...]:
        """What ATI prints (V.250 6.1.3)."""
        return (self.profile.manufacturer, self.profile.model, self.profile.revision)

    @property
    def fragments(self) -> Fragments:
        """The pieces of a configuration that have come so far."""
        self._fragments = self._fragments or Fragments()
        return self._fragments

    def create(self, target: Target) -> None:
        """Make the instance; a second one is 653 (decision 13)."""
        if self.slot.device is not None:
            raise Failed(Fault.RESOURCE)
        self._fragments = None
        module = Module(
            self.profile,
            self._in_force,
            self.identity,
            self._rng,
            self.nmi,
            self.update,
            self.network,
            self.clock,
            self._emit,
        )
        self.slot.device = Device(Instance(module, target, ObjectTree()))

    @property
    def device(self) -> Device | None:
        """The instance with its parts; None where none was created."""
        return self.slot.device

    def existing(self) -> Device:
        """The instance, or 653 where none was created (decision 8)."""
        device = self.slot.device
        if device is None:
            raise Failed(Fault.RESOURCE)
        return device

    def drop_device(self) -> None:
        """The instance is gone, with all that was waiting in it."""
        self.slot.drop()

    def reboot(self, cause: Cause, now: float) -> None:
        """Start anew: links, instance and settings are gone, and nothing is answered until the boot
        is over (decisions 9, 10, 39)."""
        self.power.restarts(cause)
        self._stop(now)
        self.power.start(self.profile, cause, now)

    def _stop(self, now: float) -> None:
        self.update.restart(now)
        self.drop_device()
        self._fragments = None
        self.nmi = Nmi()
        self.network.stop()
        self.channel.reset(now)
        self.power.boot = None

    def moved(self) -> None:
        address = self.network.attachment.address
        self.journal.record(self._turn.now, "address", self._turn.cause, text=address)
        self._traffic.rebind(self._turn.cause)

    def emit(self, line: Line) -> None:
        """Print an unsolicited line when the channel is free for one; nothing where it is off."""
        if self.power.is_on:
            self.channel.unsolicited(line, self._turn.now, self._turn.cause)

    # from input to output

    def _enter(self, now: float, cause: int) -> None:
        turn = self._turn
        turn.now, turn.cause = now, cause
        self.power.enter(now)
        if self.network.paging.due is not None:
            self._traffic.page(now)

    def _settle(self) -> None:
        """Carry what the engine reports to the parts until it is quiet, then take the lines."""
        if self.slot.device is not None:
            self.slot.settle(self.slot.device)
        self._settle_update()
        self.network.settle(self._turn.now)
        for written in self.channel.outputs():
            self._outlet.put(written)
        if self.nvram.baud != self._baud:  # the OK has left at the old one
            self._baud = self.nvram.baud
            self._outlet.append(RateSet(self._baud, self._turn.cause))

    def _settle_update(self) -> None:
        """What is delivered, is delivered in a session."""
        device = self.slot.device
        client = None if device is None else device.instance.client
        if client is None or client.state is State.IDLE:
            self.update.delivery_stops(self._turn.now)
        for output in self.update.outputs():
            match output:
                case Install(version):
                    self._install(version)
                case _:
                    self.slot.to_network(self.update, output)

    def _install(self, version: str) -> None:
        """The module comes up anew, and is another one to whoever asks. Nobody is told before."""
        self.profile = replace(self.profile, revision=version)
        self.update.installed()
        self.reboot("command", self._turn.now)

    def command_begins(self, text: str, now: float, cause: int) -> None:
        """What the commands before this one did leaves before what it does."""
        self._settle()
        self._turn.now, self._turn.cause, self._outlet.command = now, cause, text
        self.journal.record(now, "command", cause, text=text)

    def rebooted(self, now: float, cause: int) -> None:
        self.reboot("command", now)

    def failed(self, bug: Exception, text: str) -> None:
        """A handler raised what it must not: answered with 100, told with its traceback."""
        log.error("a bug of the emulator in %r", text, exc_info=bug)
        self.journal.record(self._turn.now, "bug", self._turn.cause, text=f"{text}: {bug!r}")
