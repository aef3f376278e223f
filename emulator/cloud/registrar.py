"""Registrations of devices, from Register to their end (LwM2M 1.0 5.3)."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from typing import Final

from emulator.cloud.admission import Admission
from emulator.cloud.collector import Collector
from emulator.cloud.downlink import Downlink
from emulator.cloud.events import (
    Deregistered,
    Event,
    Expired,
    Forgotten,
    Registered,
    RegistrationRefused,
    Updated,
)
from emulator.cloud.manners import Manner
from emulator.cloud.operations import Observe, Operation
from emulator.cloud.peers import Peer, Peers
from emulator.cloud.registration import AS_TOLD, BadRequest, parse_register, parse_update
from emulator.cloud.registry import Location, Registry
from emulator.cloud.requests import after_registration, after_update
from emulator.cloud.session import Session
from emulator.cloud.switches import Switches
from lwm2m_core.block_option import Block
from lwm2m_core.endpoint import Rng
from lwm2m_core.message import Code, Message, Option, Options, is_success, options
from lwm2m_core.timers import Timers

LOCATION_BYTES: Final = 4
"""Random, so that a platform started anew does not take one device's location for another's."""


@dataclass(frozen=True, slots=True)
class Lifetime:
    """The timer key of a registration."""

    device: str


class Registrar:
    """Answers the requests of devices, keeps `registry`, and has the downlink ask what follows.
    Events go to `tell`."""

    def __init__(
        self,
        manner: Manner,
        admission: Admission,
        peers: Peers,
        downlink: Downlink,
        timers: Timers[Hashable],
        rng: Rng,
        tell: Callable[[Event], None],
    ) -> None:
        self.switches = Switches()
        self.registry: Final = Registry(admission.identify)
        self._manner, self._admission = manner, admission
        self._peers, self._downlink, self._timers = peers, downlink, timers
        self._rng, self._tell = rng, tell
        self._collector = Collector()

    def take(self, peer: Peer, message: Message, now: float) -> None:
        """A request of a device, or a block of one."""
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
        session = self._at_home(message.path, peer)
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

    def _at_home(self, location: Location, peer: Peer) -> Session | None:
        """Whose location it is. At the address of another device it is nobody's: whoever has got
        that address from its NAT registers anew, and is reachable then (chosen)."""
        session = self.registry.located(location)
        return session if session is not None and session.peer == peer else None

    def _respond(
        self, peer: Peer, request: Message, code: int, now: float, options: Options = ()
    ) -> None:
        block = Block.of(request, Option.BLOCK1)
        if block is not None and is_success(code):
            options = (*options, block.option(Option.BLOCK1))
        self._peers[peer].respond(request.mid, code, now, options=options)

    def _register(self, peer: Peer, message: Message, now: float) -> None:
        if self.switches.refuse is not None:
            raise BadRequest(self.switches.refuse, AS_TOLD)
        registration = parse_register(message)
        self._admission.check(registration.endpoint, registration.auth_code)
        name = self.registry.identify(registration.endpoint)[0]
        self._make_way(name, peer, now)
        session = Session(name, registration, self._new_location(), peer, heard_at=now)
        if self.registry.admit(session) is None:
            raise BadRequest(Code.SERVICE_UNAVAILABLE, "too many devices")
        self._peers.keep(peer)
        self._renew(session, now)
        self._respond(peer, message, Code.CREATED, now, options(location=session.location))
        self._tell(
            Registered(
                name, registration.endpoint, peer, registration.lifetime, registration.objects
            )
        )
        operations = after_registration(self._manner, self.switches, registration.objects)
        self._ask_next(session, operations, now)

    def _make_way(self, name: str, peer: Peer, now: float) -> None:
        """A registration ends an earlier one of the device (LwM2M 1.0 5.3.1), and that of another
        device at the same address."""
        known = self.registry.find(name)
        if known is not None and known.online:
            self.end(known.session)
        other = self.registry.at(peer)
        if other is not None:
            self.end(other)
            self._tell(Forgotten(other.device))

    def _new_location(self) -> tuple[str, ...]:
        while True:
            location = ("rd", self._rng.randbytes(LOCATION_BYTES).hex())
            if self.registry.located(location) is None:
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
        operations = after_update(self._manner, self.switches, old.objects, new.objects)
        if operations:
            self._ask_next(session, operations, now)

    def _deregister(self, session: Session, peer: Peer, message: Message, now: float) -> None:
        self._respond(peer, message, Code.DELETED, now)
        self.end(session)
        self._tell(Deregistered(session.device))

    def _ask_next(self, session: Session, operations: tuple[Operation, ...], now: float) -> None:
        """No Observe of a device that was declared so."""
        declared = self._admission.find(session.device)
        if declared is not None and not declared.observe:
            operations = tuple(each for each in operations if not isinstance(each, Observe))
        self._downlink.follow(session, operations, self._manner.operation_timeout, now)

    def _renew(self, session: Session, now: float) -> None:
        self._timers.set(Lifetime(session.device), now + session.registration.lifetime)

    def expire(self, name: str) -> None:
        """The lifetime of a registration is over."""
        device = self.registry.find(name)
        if device is not None and device.online:
            self.end(device.session)
            self._tell(Expired(name))

    def end(self, session: Session) -> None:
        """End a registration without telling the device."""
        self._timers.cancel(Lifetime(session.device))
        self._downlink.end(session)
        self.registry.end(session)
        self._peers.release(session.peer)
