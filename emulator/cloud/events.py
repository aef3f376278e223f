"""What a platform tells the people and programs around it."""

from dataclasses import dataclass

from emulator.cloud.operations import Answer, Failure, Operation
from emulator.cloud.operations import describe as describe_operation
from emulator.cloud.peers import Peer
from emulator.cloud.points import Point
from lwm2m_core.message import code_text
from lwm2m_core.paths import Path


@dataclass(frozen=True, slots=True)
class Bootstrapped:
    endpoint: str
    uri: str


@dataclass(frozen=True, slots=True)
class BootstrapFailed:
    """`step` is the request that was not answered as it had to be."""

    endpoint: str
    step: str
    result: Answer | Failure


@dataclass(frozen=True, slots=True)
class Registered:
    device: str
    endpoint: str
    peer: Peer
    lifetime: int
    objects: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class RegistrationRefused:
    """`reason` is for people and tells no secrets."""

    peer: Peer
    code: int
    reason: str


@dataclass(frozen=True, slots=True)
class Updated:
    device: str
    lifetime: int
    objects: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """The device sends from another address than before."""

    device: str
    peer: Peer


@dataclass(frozen=True, slots=True)
class Deregistered:
    device: str


@dataclass(frozen=True, slots=True)
class Expired:
    """The lifetime has passed without an Update."""

    device: str


@dataclass(frozen=True, slots=True)
class Forgotten:
    """The platform has ended the registration by itself: it was told to, or another device has
    registered from its address."""

    device: str


@dataclass(frozen=True, slots=True)
class Deleted:
    """The platform knows nothing of the device any more."""

    device: str


@dataclass(frozen=True, slots=True)
class Finished:
    """An operation has an answer or will have none. `number` is what `Server.ask` returned, None
    for a request that followed a registration."""

    number: int | None
    device: str
    operation: Operation
    result: Answer | Failure


@dataclass(frozen=True, slots=True)
class Ready:
    """All that follows a registration is done."""

    device: str


@dataclass(frozen=True, slots=True)
class Notified:
    device: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """A notification of `path` that is not what its Content-Format says, or an error in its place,
    with which the observation has ended (RFC 7641 3.2)."""

    device: str
    path: Path
    reason: str


Event = (
    Bootstrapped
    | BootstrapFailed
    | Registered
    | RegistrationRefused
    | Updated
    | Moved
    | Deregistered
    | Expired
    | Forgotten
    | Deleted
    | Finished
    | Ready
    | Notified
    | NotUnderstood
)


def describe(event: Event) -> str:
    """One line for people, without secrets."""
    match event:
        case Bootstrapped(endpoint, uri):
            return f"{endpoint} bootstrapped: {uri}"
        case BootstrapFailed(endpoint, step, result):
            return f"{endpoint} not bootstrapped: {step}: {_result(result)}"
        case Registered(device, endpoint, peer, lifetime, objects):
            return f"{device} registered as {endpoint} from {peer}, {lifetime} s: {_list(objects)}"
        case RegistrationRefused(peer, code, reason):
            return f"{peer} refused: {code_text(code)} {reason}"
        case Updated(device, lifetime, objects):
            return f"{device} updated, {lifetime} s: {_list(objects)}"
        case Moved(device, peer):
            return f"{device} now at {peer}"
        case Deregistered(device):
            return f"{device} deregistered"
        case Expired(device):
            return f"{device} expired"
        case Forgotten(device):
            return f"{device} forgotten"
        case Deleted(device):
            return f"{device} deleted"
        case Finished(_, device, operation, result):
            return f"{device} {describe_operation(operation)}: {_result(result)}"
        case Ready(device):
            return f"{device} ready"
        case Notified(device, points):
            return f"{device} notified {', '.join(map(str, points))}"
        case NotUnderstood(device, path, reason):
            return f"{device} notified {path}, not understood: {reason}"


def _result(result: Answer | Failure) -> str:
    return code_text(result.code) if isinstance(result, Answer) else result


def _list(paths: tuple[Path, ...]) -> str:
    return " ".join(map(str, paths))
