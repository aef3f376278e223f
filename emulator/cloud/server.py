"""The LwM2M server of a platform, without sockets and clocks (LwM2M 1.0 5.3 to 5.5).

Datagrams and `now`, in seconds of any steady clock, come in; what is to be sent, and events, are
fetched with `outputs()`. Nothing that a device sends raises an exception.
"""

from collections.abc import Hashable
from typing import Final

from emulator.cloud.admission import Admission
from emulator.cloud.downlink import Downlink, OperationDue
from emulator.cloud.errors import Offline, UnknownDevice
from emulator.cloud.events import (
    Deleted,
    Event,
    Forgotten,
    Moved,
    Notified,
    NotUnderstood,
)
from emulator.cloud.kept import Kept
from emulator.cloud.manners import Manner
from emulator.cloud.operations import Operation
from emulator.cloud.peers import Peer, PeerDue, Peers, Send
from emulator.cloud.points import Point, points_of
from emulator.cloud.registrar import Lifetime, Registrar
from emulator.cloud.registration import Registration
from emulator.cloud.registry import Device, DeviceState
from emulator.cloud.session import Session
from emulator.cloud.switches import Switches
from lwm2m_core.codec import FormatError, decode
from lwm2m_core.endpoint import Failed, Request, Response, Rng
from lwm2m_core.message import (
    Message,
    Type,
    code_text,
    is_request,
    is_response,
    is_success,
)
from lwm2m_core.outputs import Output as EndpointOutput
from lwm2m_core.paths import Path
from lwm2m_core.timers import Timers
from lwm2m_core.values import ContentError

Output = Send | Event

NOWHERE: Final = Peer("", 0)
"""Where a device is that has not registered in this life of the platform."""


class Server:
    """Registrations, and what is asked of the devices that have one."""

    def __init__(self, manner: Manner, rng: Rng, switches: Switches | None = None) -> None:
        self.manner = manner
        self.admission = Admission(manner)
        self._timers: Timers[Hashable] = Timers()
        self._outputs: list[Output] = []
        self._peers = Peers(
            manner.transmission, rng, self._timers, self._outputs.append, self._take
        )
        self._downlink = Downlink(self._peers, self._timers, rng, self._outputs.append)
        self._registrar = Registrar(
            manner,
            self.admission,
            self._peers,
            self._downlink,
            self._timers,
            rng,
            self._outputs.append,
        )
        self._registry = self._registrar.registry
        self.switches = switches or Switches()

    @property
    def switches(self) -> Switches:
        return self._registrar.switches

    @switches.setter
    def switches(self, switches: Switches) -> None:
        """Those that concern datagrams are not the server's affair."""
        self._registrar.switches = switches
        self.admission.strict = switches.strict_devices
        self._downlink.block_size = switches.block_size
        self._downlink.awake = switches.queue_awake if switches.queue_mode else None

    # What the owner asks for.

    def ask(
        self, name: str, operation: Operation, now: float, *, timeout: float | None = None
    ) -> int:
        """Begin an operation on the device of that IMEI or endpoint name and return its number; a
        `Finished` event with that number ends it. UnknownDevice, Offline, Overloaded."""
        device = self._online(name)
        seconds = self.manner.operation_timeout if timeout is None else timeout
        number = self._downlink.ask(device.session, operation, seconds, now)
        self._peers.drain(device.session.peer, now)
        return number

    def forget(self, name: str, now: float) -> None:
        """End a registration without telling the device: its next Update is answered 4.04."""
        device = self._device(name)
        if device.online:
            self._registrar.end(device.session)
            self._tell(Forgotten(device.name))

    def delete(self, name: str, now: float) -> None:
        """Forget a device, its declaration and its data points. If it is registered it is not told,
        and hears of it by a 4.04 to its next Update (event 31). UnknownDevice."""
        declared, device = self.admission.withdraw(name), self._registry.find(name)
        if device is not None:
            if device.online:
                self._registrar.end(device.session)
            self._registry.remove(device.name)
            self._tell(Deleted(device.name))
        elif declared is None:
            raise UnknownDevice(f"no device {name!r}")

    def restore(self, kept: Kept) -> None:
        """Know what an earlier life knew; what was declared in this one holds."""
        for declared in kept.declared:
            if self.admission.find(declared.name) is None:
                self.admission.declare(declared)
        for device in kept.devices:
            session = Session(device.name, device.registration, (), NOWHERE)
            self._registry.restore(session, device.reported, device.points)

    def known(self, name: str) -> tuple[Registration, int] | None:
        """What a device has registered, and how many data points it has reported."""
        device = self._registry.find(name)
        return None if device is None else (device.session.registration, device.reported)

    def devices(self) -> tuple[DeviceState, ...]:
        """All that have ever registered, in the order of their first registration."""
        return tuple(device.state() for device in self._registry)

    def device(self, name: str) -> DeviceState:
        """UnknownDevice if it has never registered."""
        return self._device(name).state()

    def objects(self, name: str) -> tuple[Path, ...]:
        """What a registered device has registered. UnknownDevice, Offline."""
        return self._online(name).session.registration.objects

    def points(self, name: str) -> tuple[Point, ...]:
        """The data points that a device has reported, oldest first. UnknownDevice."""
        return tuple(self._device(name).points)

    # What happens to the server, and what comes of it.

    def datagram_received(self, data: bytes, peer: Peer, now: float) -> None:
        if self._registry.at(peer) is None:
            self._follow(data, peer, now)
        self._peers.receive(data, peer, now)

    def handle_timeout(self, now: float) -> None:
        """Do what is due, which may be nothing."""
        while due := self._timers.pop_due(now):
            match due:
                case PeerDue(peer):
                    self._peers.handle_timeout(peer, now)
                case OperationDue(number):
                    session = self._downlink.timed_out(number, now)
                    self._peers.drain(session.peer, now)
                case Lifetime(name):
                    self._registrar.expire(name)

    def deadline(self) -> float | None:
        """When to call `handle_timeout`; None: not before something else happens."""
        return self._timers.deadline()

    def outputs(self) -> list[Output]:
        """What has come of the calls since the last time, in order."""
        drained = self._outputs.copy()
        self._outputs.clear()
        return drained

    # Datagrams.

    def _tell(self, event: Event) -> None:
        self._outputs.append(event)

    def _follow(self, data: bytes, peer: Peer, now: float) -> None:
        """A registered device may send from a new address, after a change of its NAT binding or of
        its socket (decision 47): it is known by its location, and by the tokens of what it was
        asked to observe. What is under way goes on at the new address (chosen), but never leaves
        DTLS for one without, or the other way round."""
        try:
            message = decode(data)
        except FormatError:
            return
        session = None
        if is_request(message.code):
            session = self._registry.located(message.path)
        elif is_response(message.code) and message.type in (Type.CON, Type.NON):
            session = self._downlink.observer(message.token)
        if session is not None and session.peer.listener == peer.listener:
            self._peers.move(session.peer, peer, now)
            self._registry.move(session, peer)
            self._tell(Moved(session.device, peer))

    def _take(self, peer: Peer, output: EndpointOutput, now: float) -> None:
        session = self._registry.at(peer)
        match output:
            case Request(message):
                self._registrar.take(peer, message, now)
            case Response(handle, message) if session is not None:
                self._take_response(session, handle, message, now)
            case Failed(handle, reason) if session is not None:
                self._downlink.failed(session, handle, reason, now)
        if not isinstance(output, Failed) and (session := self._registry.at(peer)) is not None:
            self._downlink.heard(session, now)

    def _take_response(self, session: Session, handle: int, message: Message, now: float) -> None:
        path = self._downlink.answered(session, handle, message, now)
        if path is None:
            return
        if not is_success(message.code):  # its payload is a text for people (RFC 7252 5.5.2)
            self._tell(NotUnderstood(session.device, path, code_text(message.code)))
            return
        try:
            points = points_of(path, message.content_format, message.payload, now)
        except ContentError as error:
            self._tell(NotUnderstood(session.device, path, str(error)))
            return
        self._tell(Notified(session.device, self._device(session.device).report(points)))

    def _online(self, name: str) -> Device:
        """A device that was declared is offline before it has ever registered."""
        device = self._registry.find(name)
        if device is None and self.admission.find(name) is None:
            raise UnknownDevice(f"no device {name!r}")
        if device is None or not device.online:
            raise Offline(f"{name} is not registered")
        return device

    def _device(self, name: str) -> Device:
        device = self._registry.find(name)
        if device is None:
            raise UnknownDevice(f"no device {name!r}")
        return device
