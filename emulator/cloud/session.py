"""What goes on with a device while it is registered."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from emulator.cloud.operations import Operation, Wire
from emulator.cloud.peers import Peer
from emulator.cloud.registration import Registration
from lwm2m_core.paths import Path


@dataclass(frozen=True, slots=True)
class Asked:
    """An operation that waits to be sent or answered. `routine`: it followed a registration by
    itself. `timeout` is in seconds, for a routine one from when it is sent."""

    number: int
    operation: Operation
    request: Wire
    timeout: float
    routine: bool


@dataclass(frozen=True, slots=True)
class UnderWay:
    """The one request that the device has to answer now; `token` is set for observations."""

    asked: Asked
    handle: int
    token: bytes | None


@dataclass(frozen=True, slots=True)
class Observation:
    path: Path
    token: bytes


@dataclass(slots=True)
class Session:
    """One registration, from Register to its end; `location` are the segments of its path.
    `heard_at` is when the device last sent a request, an answer or a notification."""

    device: str
    registration: Registration
    location: tuple[str, ...]
    peer: Peer
    routine: deque[Asked] = field(default_factory=deque)
    asked: deque[Asked] = field(default_factory=deque)
    under_way: UnderWay | None = None
    observations: dict[int, Observation] = field(default_factory=dict)
    ready: bool = False
    heard_at: float = 0.0

    def sleeps(self, awake: float | None, now: float) -> bool:
        """Whether the device has queue mode, and has not been heard for `awake` seconds (LwM2M 1.0
        8.3). None: nobody sleeps."""
        queued = "Q" in self.registration.binding
        return queued and awake is not None and now >= self.heard_at + awake

    def next(self) -> Asked | None:
        """What follows a registration goes before what people ask for."""
        waiting = self.routine or self.asked
        return waiting.popleft() if waiting else None

    def waiting(self) -> Iterator[Asked]:
        """Everything that has not been answered."""
        if self.under_way is not None:
            yield self.under_way.asked
        yield from self.routine
        yield from self.asked

    def observation_of(self, path: Path) -> int | None:
        """The handle of the observation of exactly this path."""
        return next((h for h, each in self.observations.items() if each.path == path), None)
