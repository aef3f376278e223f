"""The module: inputs come in with the time, outputs go out in order. No clock, no sockets."""

import logging
from collections.abc import Callable
from dataclasses import replace
from math import inf

from emulator import urc
from emulator.at.channel import Channel, ChannelSettings
from emulator.at.results import Failed, Fault, Line
from emulator.at.state import LineProfile, LineState
from emulator.at.table import Table
from emulator.boot import Boot, Cause, boot, seconds_of
from emulator.clock import Clock
from emulator.conditions import Conditions
from emulator.config_blob import Fragments
from emulator.device import Device
from emulator.doze import Doze
from emulator.filters import filters
from emulator.fota.update import Install, update_of
from emulator.identity import Identity
from emulator.in_force import InForce
from emulator.instance import Instance, Module, Platform, Target
from emulator.journal import NO_CAUSE, Journal, Kind
from emulator.links import LinkUser, Route
from emulator.login import LoginEvent
from emulator.network import Network
from emulator.nmi import Nmi
from emulator.nvram import factory
from emulator.outputs import Output, RateSet, Switched
from emulator.own.wishes import Leave, Restart, SendUpdate, Wish
from emulator.profile import Profile
from emulator.quirks import Quirks, differing
from emulator.traffic import Traffic
from lwm2m_core import client_outputs as engine
from lwm2m_core.client import Client, State
from lwm2m_core.endpoint import Rng
from lwm2m_core.objects import ObjectTree
from lwm2m_core.timers import earliest

DATAGRAM_LIMIT = 1500  # bytes of CoAP in one datagram of the platform (manual 3.20, event 33)

CommandsOf = Callable[[Profile, Quirks], Table]

log = logging.getLogger("mipl.firmware")


class Firmware:
    """One module from power-on. Every input takes `now`, seconds on any monotonic clock."""

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
        self.journal = Journal()
        self.nvram = factory(profile)
        self._baud = self.nvram.baud
        around = conditions or Conditions()
        self.network = Network(
            profile, self._in_force, identity, self.nvram, around, self.emit, self._moved
        )
        self.nmi = Nmi()
        self.update = update_of(profile, self._in_force, streams("download"))
        self.clock = Clock()
        self.device: Device | None = None
        self.fragments = Fragments()
        self.line = LineState()
        self.channel = Channel(
            commands(profile, quirks),
            self,
            line=self.line,
            on_command=self._command_begins,
            on_reboot=lambda now, cause: self.reboot("command", now),
            bug=self._bug,
        )
        self._adopt()
        self.line.current = self.line.stored
        self.is_on = True
        self._was_opened = False
        self._doze = Doze(lambda: int(self.quirks.wake_loses_bytes))
        self._command = ""  # the line that was carried out last
        self._boot: Boot | None = None
        self._traffic = Traffic(self.network, self._output)
        self._outputs: list[Output] = []
        self._now, self._cause = 0.0, 0
        self.boots = 0  # how often it has started anew

    @property
    def now(self) -> float:
        """When the last input came."""
        return self._now

    @property
    def quirks(self) -> Quirks:
        """Those in force."""
        return self._in_force.quirks

    def _adopt(self) -> None:
        """What is made of quirks beforehand, because it is needed for every line."""
        quirks = self.quirks
        self.line.set_factory(LineProfile(echo=quirks.echo_at_boot == "on"))
        self.channel.table = self._commands_of(self.profile, quirks)
        self.channel.settings = ChannelSettings(
            quirks.urc_gap_ms / 1000, quirks.reply_delay_ms / 1000, self._strict
        )
        self.channel.spell = urc.spelling(quirks)
        self._filters = filters(quirks)

    # inputs

    def serial_received(self, data: bytes, now: float) -> None:
        """Bytes that the host wrote."""
        cause = self.journal.record(now, "serial_in", data=data)
        self._enter(now, cause)
        heard = self._doze.hear(data, self.network.is_asleep, self.network.rrc.sleeps)
        self.channel.receive(heard, now, cause)
        self._settle()

    def datagram_received(self, link: int, data: bytes, now: float) -> None:
        """A datagram from the server of `link`. Nobody hears one of a link that is gone, or one
        that comes while the receiver is off; one that is too long is dropped, which event 33 tells
        (manual 3.20; decision 36)."""
        self._now = now
        self.network.enter(now)
        route = self._traffic.hearing(link)
        kind: Kind = "datagram_unheard" if route is None else "datagram_in"
        self._enter(now, self.journal.record(now, kind, data=data, text=f"link {link}"))
        if route is not None and not self._traffic.waits(link, data, now):
            self._heard(route, data, now)
        self._settle()

    def _heard(self, route: Route, data: bytes, now: float) -> None:
        self.network.heard(now)
        if len(data) > DATAGRAM_LIMIT:
            self.emit(urc.event(33))
        else:
            route.user.datagram_received(route.link, data, now)

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
        self._enter(now, self.journal.record(now, "link_up", text=f"link {link}"))
        route = self._traffic.links.find(link)
        if route is not None:
            route.user.link_up(route.link, now)
        self._settle()

    def link_lost(self, link: int, reason: str, now: float) -> None:
        """The link could not be opened, or has ended."""
        number = self.journal.record(now, "link_lost", text=f"link {link}: {reason}")
        self._enter(now, number)
        route = self._traffic.links.drop(link)
        if route is not None:
            route.user.link_lost(route.link, reason, now)
        self._settle()

    def send_failed(self, link: int, reason: str, now: float) -> None:
        """The network refused a datagram (an ICMP error, no route)."""
        number = self.journal.record(now, "send_failed", text=f"link {link}: {reason}")
        self._enter(now, number)
        route = self._traffic.links.find(link)
        if route is not None:
            route.user.send_failed(route.link, now)
        self._settle()

    def host_opened(self, now: float) -> None:
        """A host has opened the device. On some boards that pulls the reset pin (decision 10;
        that the module really boots is chosen: who waits for its lines takes it to be new)."""
        self._enter(now, self.journal.record(now, "host_opened"))
        how, first = self.quirks.boot_on_open, not self._was_opened
        self._was_opened = True
        if self.is_on and (how == "every" or (how == "first" and first)):
            self.reboot("reset", now)
        self._settle()

    def reset(self, now: float) -> None:
        """The reset pin; nothing where the module is off."""
        self._enter(now, self.journal.record(now, "reset"))
        if self.is_on:
            self.reboot("reset", now)
        self._settle()

    def switch(self, on: bool, now: float) -> None:
        """Power. Off: links are closed, nothing is answered or said; on again, it boots (decisions
        9, 10)."""
        self._enter(now, self.journal.record(now, "power", text="on" if on else "off"))
        if on != self.is_on:
            self.is_on = on
            self._outputs.append(Switched(on, self._cause))
            if on:
                self.reboot("reset", now)
            else:
                self._stop(now)
                self.channel.quiet_until(inf)
        self._settle()

    def restart(self, by: Cause, now: float, cause: int) -> None:
        """A fault starts the module anew; `cause` is its record. Nothing where it is off."""
        self._enter(now, cause)
        if self.is_on:
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
        if self.device is not None:
            self.device.handle_timeout(now)
        self._settle()

    def deadline(self) -> float | None:
        """When handle_timeout() wants to be called next, None for never."""
        return earliest(
            self.channel.deadline(),
            self.update.deadline(),
            self.network.deadline(),
            None if self._boot is None else self._boot.due,
            None if self.device is None else self.device.deadline(),
        )

    def outputs(self) -> list[Output]:
        """Drain what is to be done, in order."""
        drained, self._outputs = self._outputs, []
        return drained

    # what the commands use

    @property
    def identification(self) -> tuple[str, ...]:
        """What ATI prints (V.250 6.1.3)."""
        return (self.profile.manufacturer, self.profile.model, self.profile.revision)

    def create(self, target: Target) -> None:
        """Make the instance; a second one is 653 (decision 13)."""
        if self.device is not None:
            raise Failed(Fault.RESOURCE)
        self.fragments.clear()
        module = Module(
            self.profile,
            self._in_force,
            self.identity,
            self._rng,
            self.nmi,
            self.update,
            self.network,
            self.clock,
            self.emit,
        )
        self.device = Device(Instance(module, target, ObjectTree()))

    def existing(self) -> Device:
        """The instance, or 653 where none was created (decision 8)."""
        if self.device is None:
            raise Failed(Fault.RESOURCE)
        return self.device

    def drop_device(self) -> None:
        """The instance is gone, with all that was waiting in it."""
        if self.device is not None:
            self.device.login.abandon(self._now)
            self._drain_client(self.device)
        self.device = None

    def reboot(self, cause: Cause, now: float) -> None:
        """Start anew: links, instance and settings are gone, and nothing is answered until the boot
        is over (decisions 9, 10, 39)."""
        self.boots += 1
        self.journal.record(now, "reboot", self._cause, text=f"by {cause}")
        self._stop(now)
        ends_at = now + seconds_of(self.quirks)
        self.network.restart(ends_at)
        self._boot = boot(self.profile, cause, ends_at)
        self.channel.quiet_until(ends_at)
        self._enter_boot(now)

    def _stop(self, now: float) -> None:
        self.update.restart(now)
        self.drop_device()
        self.fragments.clear()
        self.nmi = Nmi()
        self.network.stop()
        self.channel.reset(now)
        self._boot = None

    def _enter_boot(self, now: float) -> None:
        """What the module prints when it is there again, and in the network again."""
        self.network.enter(now)
        if self._boot is not None:
            for line in self._boot.take(self.network.address, now):
                self.emit(urc.boot(line))
            if self._boot.is_over(now):
                self._boot = None

    def _moved(self) -> None:
        address = self.network.attachment.address
        self.journal.record(self._now, "address", self._cause, text=address)
        self._traffic.rebind(self._cause)

    def emit(self, line: Line) -> None:
        """Print an unsolicited line when the channel is free for one; nothing where it is off."""
        if self.is_on:
            self.channel.unsolicited(line, self._now, self._cause)

    # from input to output

    def _enter(self, now: float, cause: int) -> None:
        self._now, self._cause = now, cause
        self._enter_boot(now)
        self._page(now)

    def _page(self, now: float) -> None:
        """What the network has kept while the module did not listen (eDRX)."""
        for link, data in self.network.pages(now):
            route = self._traffic.hearing(link)
            if route is not None:
                self._heard(route, data, now)

    def _settle(self) -> None:
        """Carry what the engine reports to the parts until it is quiet, then take the lines."""
        if self.device is not None:
            self._settle_device(self.device)
        if self.device is not None:  # a DELETE that deregisters ends in the drain
            self.device.settle(self._now)
            self._drain_client(self.device)
        self._settle_update()
        self.network.settle(self._now)
        for written in self.channel.outputs():
            self._output(written)
        if self.nvram.baud != self._baud:  # the OK has left at the old one
            self._baud = self.nvram.baud
            self._outputs.append(RateSet(self._baud, self._cause))

    def _settle_device(self, device: Device) -> None:
        self._drain_client(device)
        while self.device is device and device.wishes:
            self._grant(device, device.wishes.popleft())
            self._drain_client(device)

    def _grant(self, device: Device, wish: Wish) -> None:
        """What an object of the module wants done; the answer to its request is out."""
        match wish:
            case SendUpdate():
                device.login.send_update(wish.lifetime, wish.binding, self._now)
            case Leave(seconds):
                device.login.leave_for(seconds, self._now)
            case Restart():
                self.reboot("command", self._now)

    def _settle_update(self) -> None:
        """What is delivered, is delivered in a session."""
        client = None if self.device is None else self.device.instance.client
        if client is None or client.state is State.IDLE:
            self.update.delivery_stops(self._now)
        for output in self.update.outputs():
            match output:
                case Install(version):
                    self._install(version)
                case _:
                    self._to_network(self.update, output)

    def _install(self, version: str) -> None:
        """The module comes up anew, and is another one to whoever asks. Nobody is told before."""
        self.profile = replace(self.profile, revision=version)
        self.update.installed()
        self.reboot("command", self._now)

    def _command_begins(self, text: str, now: float, cause: int) -> None:
        """What the commands before this one did leaves before what it does."""
        self._settle()
        self._now, self._cause, self._command = now, cause, text
        self.journal.record(now, "command", cause, text=text)

    def _bug(self, error: Exception, text: str) -> None:
        """A handler raised what it must not: answered with 100, told with its traceback."""
        log.error("a bug of the emulator in %r", text, exc_info=error)
        self.journal.record(self._now, "bug", self._cause, text=f"{text}: {error!r}")

    def _output(self, output: Output) -> None:
        """Through the stages that may drop it, double it or change it."""
        if not self._filters:
            self._outputs.append(output)
            return
        outputs: tuple[Output, ...] = (output,)
        for stage in self._filters:
            outputs = tuple(after for before in outputs for after in stage(before, self._command))
        self._outputs.extend(outputs)

    def _drain_client(self, device: Device) -> None:
        client = device.instance.client
        while client is not None and (drained := client.outputs()):
            for output in drained:
                if self.device is device:  # or else one before it was its end
                    self._carry(device, client, output)

    def _carry(self, device: Device, client: Client, output: engine.ClientOutput) -> None:
        """One output of the engine: to the network, or to the part that it concerns."""
        if self.quirks.rst_halts == "on" and engine.is_reset(output):
            self._halt(device)
            return
        match output:
            case engine.OpenLink() | engine.CloseLink() | engine.Send():
                self._to_network(client, output)
            case engine.LinkAged():
                self.emit(urc.event(32))
            case engine.FellAsleep():
                self.journal.record(self._now, "receiver", self._cause, text="off")
            case engine.Woke():
                self.journal.record(self._now, "receiver", self._cause, text="on")
            case (
                engine.Received()
                | engine.Repeated()
                | engine.NotificationAcked()
                | engine.NotificationLost()
                | engine.NotificationRejected()
            ):
                device.happened(output, self._now)
            case _:
                self._login_event(device, output)

    def _login_event(self, device: Device, output: LoginEvent) -> None:
        self.journal.record(self._now, "login", self._cause, text=str(output))
        result = device.login.happened(output, self._now)
        if result is not None:
            if device.login.is_deleting:
                self.drop_device()
            self.channel.finish(result, self._now)

    def _halt(self, device: Device) -> None:
        """EC: a Reset of the platform ends the instance, which must be made anew (MB 2.2)."""
        result = device.login.interrupted()
        self.emit(urc.event(10))
        self.drop_device()
        if result is not None:
            self.channel.finish(result, self._now)

    def _to_network(self, user: LinkUser, output: engine.LinkOutput) -> None:
        platform = Platform.ONENET if self.device is None else self.device.instance.platform
        self._traffic.carry(user, output, platform, self._now, self._cause)
