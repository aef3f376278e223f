"""The place for the one device instance of a module, and what becomes of what its engine says."""

from functools import lru_cache
from typing import Final, Protocol

from emulator import urc
from emulator.at.channel import Channel
from emulator.at.results import Line
from emulator.boot import Cause
from emulator.device import Device
from emulator.in_force import InForce
from emulator.instance import Platform
from emulator.journal import Journal
from emulator.links import LinkUser
from emulator.login import LoginEvent
from emulator.own.wishes import Leave, Restart, SendUpdate, Wish
from emulator.traffic import Traffic
from emulator.turn import Turn
from lwm2m_core import client_outputs as engine
from lwm2m_core.client import Client

SHARED: Final = 64  # steps of a login that are one text for all that take them

_text = lru_cache(SHARED)(str)
"""Of what a login tells, as the journal has it."""


class Owner(Protocol):
    """The module that has the place."""

    def emit(self, line: Line) -> None:
        """Print an unsolicited line."""

    def reboot(self, cause: Cause, now: float) -> None:
        """Start anew."""


class Slot:
    """`device` is None where none was created."""

    __slots__ = (
        "device", "_turn", "_in_force", "_traffic", "_channel", "_journal", "_owner",
    )  # fmt: skip

    def __init__(
        self,
        turn: Turn,
        in_force: InForce,
        traffic: Traffic,
        channel: Channel,
        journal: Journal,
        owner: Owner,
    ) -> None:
        self.device: Device | None = None
        self._turn, self._in_force, self._traffic = turn, in_force, traffic
        self._channel, self._journal = channel, journal
        self._owner = owner

    def drop(self) -> None:
        """The instance is gone, with all that was waiting in it."""
        if self.device is not None:
            self.device.login.abandon(self._turn.now)
            self._drain(self.device)
        self.device = None

    def settle(self, device: Device) -> None:
        """Carry what the engine reports to the parts until it is quiet."""
        self._drain(device)
        while self.device is device and device.wishes:
            wish, *others = device.wishes
            device.wishes = tuple(others)
            self._grant(device, wish)
            self._drain(device)
        if self.device is not None:  # a DELETE that deregisters ends in the drain
            self.device.settle(self._turn.now)
            self._drain(self.device)

    def to_network(self, user: LinkUser, output: engine.LinkOutput) -> None:
        """What somebody wants of his link, at the platform that the instance is for."""
        platform = Platform.ONENET if self.device is None else self.device.instance.platform
        self._traffic.carry(user, output, platform, self._turn.now, self._turn.cause)

    def _grant(self, device: Device, wish: Wish) -> None:
        """What an object of the module wants done; the answer to its request is out."""
        match wish:
            case SendUpdate():
                device.login.send_update(wish.lifetime, wish.binding, self._turn.now)
            case Leave(seconds):
                device.login.leave_for(seconds, self._turn.now)
            case Restart():
                self._owner.reboot("command", self._turn.now)

    def _drain(self, device: Device) -> None:
        client = device.instance.client
        while client is not None and (drained := client.outputs()):
            for output in drained:
                if self.device is device:  # or else one before it was its end
                    self._carry(device, client, output)

    def _carry(self, device: Device, client: Client, output: engine.ClientOutput) -> None:
        """One output of the engine: to the network, or to the part that it concerns."""
        if self._in_force.quirks.rst_halts == "on" and engine.is_reset(output):
            self._halt(device)
            return
        match output:
            case engine.OpenLink() | engine.CloseLink() | engine.Send():
                self.to_network(client, output)
            case (
                engine.Received()
                | engine.Repeated()
                | engine.NotificationAcked()
                | engine.NotificationLost()
                | engine.NotificationRejected()
            ):
                device.happened(output, self._turn.now)
            case engine.LinkAged():
                self._owner.emit(urc.event(32))
            case engine.FellAsleep():
                self._journal.record(self._turn.now, "receiver", self._turn.cause, text="off")
            case engine.Woke():
                self._journal.record(self._turn.now, "receiver", self._turn.cause, text="on")
            case _:
                self._login_event(device, output)

    def _login_event(self, device: Device, output: LoginEvent) -> None:
        turn = self._turn
        self._journal.record(turn.now, "login", turn.cause, text=_text(output))
        result = device.login.happened(output, turn.now)
        if result is not None:
            if device.login.is_deleting:
                self.drop()
            self._channel.finish(result, turn.now)

    def _halt(self, device: Device) -> None:
        """EC: a Reset of the platform ends the instance, which must be made anew (MB 2.2)."""
        result = device.login.interrupted()
        self._owner.emit(urc.event(10))
        self.drop()
        if result is not None:
            self._channel.finish(result, self._turn.now)
