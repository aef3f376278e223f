"""The devices that the platform knows, registered or not."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from emulator.cloud.endpoints import identity
from emulator.cloud.peers import Peer
from emulator.cloud.points import Point
from emulator.cloud.session import Session
from lwm2m_core.paths import Path

DEVICE_LIMIT: Final = 4096
"""Devices known at one time. When they are that many, the first that is offline makes room."""

POINT_LIMIT: Final = 1000
"""Data points kept of a device, the latest."""

POINT_BYTES: Final = 1 << 18
"""Bytes of them as they came (chosen); the latest point is kept whatever it has."""

Location = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DeviceState:
    """A device as it is at a moment. `objects`, `peer` and `lifetime` are those of the registration
    it has or had last; `ready` when all that follows it is done; `reported` counts the data points
    that the device has reported in all."""

    name: str
    imsi: str
    endpoint: str
    online: bool
    ready: bool
    peer: Peer
    lifetime: int
    objects: tuple[Path, ...]
    reported: int


@dataclass(slots=True)
class Device:
    """A device under its IMEI or, where the endpoint name has none, under that."""

    name: str
    imsi: str
    session: Session
    online: bool = True
    reported: int = 0
    points: deque[Point] = field(default_factory=deque)
    _held: int = 0

    def report(self, points: Iterable[Point]) -> tuple[Point, ...]:
        """Number the points and keep them."""
        numbered = []
        for point in points:
            self.reported += 1
            numbered.append(replace(point, number=self.reported))
        self.keep(numbered)
        return tuple(numbered)

    def keep(self, points: Iterable[Point]) -> None:
        """Add points that have their numbers; the oldest make room."""
        for point in points:
            if len(self.points) == POINT_LIMIT:
                self._drop()
            self.points.append(point)
            self._held += len(point.raw)
            while self._held > POINT_BYTES and len(self.points) > 1:
                self._drop()

    def _drop(self) -> None:
        self._held -= len(self.points.popleft().raw)

    def state(self) -> DeviceState:
        registration = self.session.registration
        return DeviceState(
            self.name,
            self.imsi,
            registration.endpoint,
            self.online,
            self.online and self.session.ready,
            self.session.peer,
            registration.lifetime,
            registration.objects,
            self.reported,
        )


class Registry:
    """Devices by name, registrations by location and by address: one device at an address.

    `identify` tells the name of a device, and its IMSI, by its endpoint name.
    """

    def __init__(self, identify: Callable[[str], tuple[str, str]] = identity) -> None:
        self.identify = identify
        self._devices: dict[str, Device] = {}
        self._locations: dict[Location, Session] = {}
        self._addresses: dict[Peer, Session] = {}

    def __iter__(self) -> Iterator[Device]:
        return iter(self._devices.values())

    def find(self, name: str) -> Device | None:
        """By IMEI or by endpoint name."""
        return self._devices.get(name) or self._devices.get(self.identify(name)[0])

    def at(self, peer: Peer) -> Session | None:
        return self._addresses.get(peer)

    def located(self, location: Location) -> Session | None:
        return self._locations.get(location)

    def admit(self, session: Session) -> Device | None:
        """Enter a new registration; its device must be offline by now. None if there is no room."""
        device = self._devices.get(session.device)
        if device is None and not self._make_room():
            return None
        imsi = self.identify(session.registration.endpoint)[1]
        if device is None:
            device = self._devices[session.device] = Device(session.device, imsi, session)
        device.session, device.imsi, device.online = session, imsi, True
        self._locations[session.location] = session
        self._addresses[session.peer] = session
        return device

    def restore(self, session: Session, reported: int, points: Iterable[Point]) -> None:
        """Know a device of an earlier life, which is offline now."""
        self._make_room()
        imsi = self.identify(session.registration.endpoint)[1]
        device = Device(session.device, imsi, session, online=False, reported=reported)
        device.keep(points)
        self._devices[session.device] = device

    def move(self, session: Session, peer: Peer) -> None:
        del self._addresses[session.peer]
        session.peer = peer
        self._addresses[peer] = session

    def end(self, session: Session) -> None:
        """The device is offline now; what it was is still known."""
        self._devices[session.device].online = False
        del self._locations[session.location]
        del self._addresses[session.peer]

    def remove(self, name: str) -> None:
        """Forget a device that is offline, and its data points. KeyError for another one."""
        if self._devices[name].online:
            raise KeyError(name)
        del self._devices[name]

    def _make_room(self) -> bool:
        if len(self._devices) < DEVICE_LIMIT:
            return True
        offline = next((name for name, each in self._devices.items() if not each.online), None)
        if offline is not None:
            del self._devices[offline]
        return offline is not None
