"""The LwM2M server of a platform, without sockets and clocks (LwM2M 1.0 5.3 to 5.5).

Datagrams and `now`, in seconds of any steady clock, come in; what is to be sent, and events, are
fetched with `outputs()`. Nothing that a device sends raises an exception.
"""

from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import Final

from emulator.cloud.collector import Collector
from emulator.cloud.downlink import Downlink, OperationDue
from emulator.cloud.errors import Offline, UnknownDevice
from emulator.cloud.events import (
    Deregistered,
    Event,
    Expired,
    Forgotten,
    Moved,
    Notified,
    NotUnderstood,
    Registered,
    RegistrationRefused,
    Updated,
)
from emulator.cloud.manners import Manner
from emulator.cloud.operations import Operation
from emulator.cloud.peers import Peer, PeerDue, Peers, Send
from emulator.cloud.points import Point, points_of
from emulator.cloud.registration import BadRequest, parse_register, parse_update
from emulator.cloud.registry import Device, DeviceState, Registry
from emulator.cloud.requests import after_registration, after_update
from emulator.cloud.session import Session
from emulator.cloud.switches import Switches
from lwm2m_core.block_option import Block
from lwm2m_core.codec import FormatError, decode
from lwm2m_core.endpoint import Failed, Request, Response, Rng
from lwm2m_core.message import (
    Code,
    Message,
    Option,
    Options,
    Type,
    is_request,
    is_response,
    is_success,
    options,
)
from lwm2m_core.outputs import Output as EndpointOutput
from lwm2m_core.timers import Timers
from lwm2m_core.values import ContentError

LOCATION_BYTES: Final = 4
"""Random, so that a platform started anew does not take one device's location for another's."""


@dataclass(frozen=True, slots=True)
class Lifetime:
    """The timer key of a registration."""

    device: str


Output = Send | Event


class Server:
    """Registrations, and what is asked of the devices that have one."""

    def __init__(self, manner: Manner, rng: Rng, switches: Switches | None = None) -> None:
        self.manner = manner
        self.switches = switches or Switches()
        self._rng = rng
        self._timers: Timers[Hashable] = Timers()
        self._outputs: list[Output] = []
        self._collector = Collector()
        self._registry = Registry(by_imei=bool(manner.endpoints))
        self._peers = Peers(manner.transmission, rng, self._timers, self._send, self._take)
        self._downlink = Downlink(self._peers, self._timers, rng, self._outputs.append)

    # What the owner asks for.

    def ask(
        self, name: str, operation: Operation, now: float, *, timeout: float | None = None
    ) -> int:
        """Begin an operation on the device of that IMEI or endpoint name and return its number; a
        `Finished` event with that number ends it. UnknownDevice, Offline, Overloaded."""
        device = self._device(name)
        if not device.online:
            raise Offline(f"{device.name} is not registered")
        seconds = self.manner.operation_timeout if timeout is None else timeout
        number = self._downlink.ask(device.session, operation, seconds, now)
        self._peers.drain(device.session.peer, now)
        return number

    def forget(self, name: str, now: float) -> None:
        """End a registration without telling the device: its next Update is answered 4.04."""
        device = self._device(name)
        if device.online:
            self._end(device.session, now)
            self._tell(Forgotten(device.name))

    def devices(self) -> tuple[DeviceState, ...]:
        """All that have ever registered, in the order of their first registration."""
        return tuple(device.state() for device in self._registry)

    def device(self, name: str) -> DeviceState:
        """UnknownDevice if it has never registered."""
        return self._device(name).state()

    def points(self, name: str) -> tuple[Point, ...]:
        """The data points that a device has reported, oldest first. UnknownDevice."""
        return tuple(self._device(name).points)

    # What happens to the server, and what comes of it.

    def datagram_received(self, data: bytes, peer: Peer, now: float) -> None:
        if self.switches.silent:
            return
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
                    self._end(self._device(name).session, now)
                    self._tell(Expired(name))

    def deadline(self) -> float | None:
        """When to call `handle_timeout`; None: not before something else happens."""
        return self._timers.deadline()

    def outputs(self) -> list[Output]:
        """What has come of the calls since the last time, in order."""
        drained = self._outputs.copy()
        self._outputs.clear()
        return drained

    # Datagrams.

    def _send(self, output: Send) -> None:
        if not self.switches.silent:
            self._outputs.append(output)

    def _tell(self, event: Event) -> None:
        self._outputs.append(event)

    def _follow(self, data: bytes, peer: Peer, now: float) -> None:
        """A registered device may send from a new address, after a change of its NAT binding or of
        its socket (decision 47): it is known by its location, and by the tokens of what it was
        asked to observe. What is under way goes on at the new address (chosen)."""
        try:
            message = decode(data)
        except FormatError:
            return
        session = None
        if is_request(message.code):
            session = self._registry.located(message.path)
        elif is_response(message.code) and message.type in (Type.CON, Type.NON):
            session = self._downlink.observer(message.token)
        if session is not None:
            self._peers.move(session.peer, peer, now)
            self._registry.move(session, peer)
            self._tell(Moved(session.device, peer))

    def _take(self, peer: Peer, output: EndpointOutput, now: float) -> None:
        session = self._registry.at(peer)
        match output:
            case Request(message):
                self._take_request(peer, message, now)
            case Response(handle, message) if session is not None:
                self._take_response(session, handle, message, now)
            case Failed(handle, reason) if session is not None:
                self._downlink.failed(session, handle, reason, now)

    def _take_response(self, session: Session, handle: int, message: Message, now: float) -> None:
        path = self._downlink.answered(session, handle, message, now)
        if path is None:
            return
        try:
            points = points_of(path, message.content_format, message.payload, now)
        except ContentError as error:
            self._tell(NotUnderstood(session.device, path, str(error)))
            return
        self._tell(Notified(session.device, self._device(session.device).report(points)))

    def _take_request(self, peer: Peer, message: Message, now: float) -> None:
        try:
            whole = self._collector.take(peer, message, now)
            if whole is None:
                self._respond(peer, message, Code.CONTINUE, now)
            else:
                self._serve(peer, whole, now)
        except BadRequest as error:
            self._respond(peer, message, error.code, now)
            self._tell(RegistrationRefused(peer, error.code, str(error)))

    def _serve(self, peer: Peer, message: Message, now: float) -> None:
        session = self._registry.located(message.path)
        match message.path, message.code:
            case ("rd",), Code.POST:
                self._register(peer, message, now)
            case _, Code.POST | Code.PUT if session is not None:
                self._update(session, peer, message, now)
            case _, Code.DELETE if session is not None:
                self._deregister(session, peer, message, now)
            case ("rd",), _:
                self._respond(peer, message, Code.METHOD_NOT_ALLOWED, now)
            case _ if session is not None:
                self._respond(peer, message, Code.METHOD_NOT_ALLOWED, now)
            case _:
                self._respond(peer, message, Code.NOT_FOUND, now)

    def _respond(
        self, peer: Peer, request: Message, code: int, now: float, options: Options = ()
    ) -> None:
        block = Block.of(request, Option.BLOCK1)
        if block is not None and is_success(code):
            options = (*options, block.option(Option.BLOCK1))
        self._peers[peer].respond(request.mid, code, now, options=options)

    # Registrations.

    def _register(self, peer: Peer, message: Message, now: float) -> None:
        if self.switches.refuse is not None:
            self._respond(peer, message, self.switches.refuse, now)
            self._tell(RegistrationRefused(peer, self.switches.refuse, "as told to"))
            return
        registration = parse_register(message)
        name = self._registry.identify(registration.endpoint)[0]
        self._make_way(name, peer, now)
        session = Session(name, registration, self._new_location(), peer)
        if self._registry.admit(session) is None:
            raise BadRequest(Code.SERVICE_UNAVAILABLE, "too many devices")
        self._peers.keep(peer)
        self._renew(session, now)
        self._respond(peer, message, Code.CREATED, now, options(location=session.location))
        self._tell(
            Registered(
                name, registration.endpoint, peer, registration.lifetime, registration.objects
            )
        )
        operations = after_registration(self.manner, self.switches, registration.objects)
        self._ask_next(session, operations, now)

    def _make_way(self, name: str, peer: Peer, now: float) -> None:
        """A registration ends an earlier one of the device (LwM2M 1.0 5.3.1), and that of another
        device at the same address."""
        known = self._registry.find(name)
        if known is not None and known.online:
            self._end(known.session, now)
        other = self._registry.at(peer)
        if other is not None:
            self._end(other, now)
            self._tell(Forgotten(other.device))

    def _new_location(self) -> tuple[str, ...]:
        while True:
            location = ("rd", self._rng.randbytes(LOCATION_BYTES).hex())
            if self._registry.located(location) is None:
                return location

    def _update(self, session: Session, peer: Peer, message: Message, now: float) -> None:
        changes = parse_update(message)
        old = session.registration
        new = session.registration = replace(
            old,
            lifetime=old.lifetime if changes.lifetime is None else changes.lifetime,
            binding=changes.binding or old.binding,
            objects=old.objects if changes.objects is None else changes.objects,
        )
        self._renew(session, now)
        self._respond(peer, message, Code.CHANGED, now)
        self._tell(Updated(session.device, new.lifetime, new.objects))
        self._downlink.drop_observations(session, set(old.objects) - set(new.objects))
        operations = after_update(self.manner, self.switches, old.objects, new.objects)
        if operations:
            self._ask_next(session, operations, now)

    def _deregister(self, session: Session, peer: Peer, message: Message, now: float) -> None:
        self._respond(peer, message, Code.DELETED, now)
        self._end(session, now)
        self._tell(Deregistered(session.device))

    def _ask_next(self, session: Session, operations: tuple[Operation, ...], now: float) -> None:
        self._downlink.follow(session, operations, self.manner.operation_timeout, now)

    def _renew(self, session: Session, now: float) -> None:
        self._timers.set(Lifetime(session.device), now + session.registration.lifetime)

    def _end(self, session: Session, now: float) -> None:
        self._timers.cancel(Lifetime(session.device))
        self._downlink.end(session)
        self._registry.end(session)
        self._peers.release(session.peer)

    def _device(self, name: str) -> Device:
        device = self._registry.find(name)
        if device is None:
            raise UnknownDevice(f"no device {name!r}")
        return device
