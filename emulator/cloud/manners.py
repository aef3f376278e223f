"""Platforms as data: what sets one apart from another, and nothing else does.

Only OneNET so far; another platform is one more row.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal

from emulator.cloud.operations import Discover, Observe, Operation, Read, Write
from emulator.cloud.resources import entry_of
from lwm2m_core.errors import EngineError
from lwm2m_core.message import ContentFormat
from lwm2m_core.paths import Path
from lwm2m_core.transmission import Transmission
from lwm2m_core.values import Value


class Step(Enum):
    """A kind of request that follows a registration."""

    OBSERVE = "observe"
    DISCOVER = "discover"
    READ = "read"


@dataclass(frozen=True, slots=True)
class Handout:
    """The account that a bootstrap hands out (LwM2M 1.0 E.1).

    `mode` 3 is NoSec, 0 a pre-shared key with `identity` and `key`.
    """

    uri: str
    mode: int = 3
    identity: bytes = b""
    key: bytes = b""
    short_id: int = 1


@dataclass(frozen=True, slots=True)
class BootstrapManner:
    """`deletes` are paths emptied first; `server_object`: object 1 is written too."""

    handout: Handout
    deletes: tuple[str, ...] = ()
    server_object: bool = False
    lifetime: int = 86400


@dataclass(frozen=True, slots=True)
class Manner:
    """How a platform behaves.

    After a registration come the `steps`, one request after the other (decision 49): each instance
    registered is observed, or only `observes` if those are given, then `extra_observes`; each
    registered object is discovered, unless `auto_discover` is off (HF 7, 7); `reads` are read.
    `unasked` are instances neither observed nor discovered, for the module keeps them to itself
    (decision 33), and so are objects 0 and 1.

    `read_instances`: a read of an object is one Read for each of its registered instances.
    `write_at`: whether a single value is written to its object instance or to its resource.
    `operation_timeout` is in seconds.
    """

    name: str
    steps: tuple[Step, ...] = ()
    observes: tuple[Path, ...] | None = None
    extra_observes: tuple[Path, ...] = ()
    auto_discover: bool = True
    reads: tuple[Path, ...] = ()
    unasked: frozenset[Path] = frozenset()
    bootstrap: BootstrapManner | None = None
    read_instances: bool = False
    write_at: Literal["instance", "resource"] = "instance"
    write_format: int = ContentFormat.TLV
    operation_timeout: float = 25.0
    transmission: Transmission = Transmission(strict_duplicates=True)


ONENET: Final = Manner(
    "onenet",
    steps=(Step.OBSERVE, Step.DISCOVER, Step.READ),
    reads=(Path(3, 0),),
    unasked=frozenset({Path(3, 0), Path(4, 0), Path(5, 0), Path(10290, 0)}),
    # CIS modules know no other object than 0 in a bootstrap, and no Delete (MB 2.5).
    bootstrap=BootstrapManner(Handout("coap://183.230.40.40:5683")),
    # The manual's 5.1: GET …&obj_id=3200 without obj_inst_id arrives as +MIPLREAD: …,3200,0,-1.
    read_instances=True,
    # Requests are sent three times in all (MB 2.8). Six seconds are chosen: an MCU that answers
    # within the five of the manual's chapter 5 then sees no repeat, and the last one is given up
    # after 42, beyond the longest timeout of OneNET's HTTP API (40; 25 is its default).
    transmission=Transmission(ack_timeout=6.0, max_retransmit=2, strict_duplicates=True),
)

MANNERS: Final = {manner.name: manner for manner in (ONENET,)}

_NEVER_ASKED: Final = frozenset({0, 1})
"""Security and Server: devices refuse to have them observed (MB 2.8, 2.10)."""


def after_registration(manner: Manner, objects: Iterable[Path]) -> tuple[Operation, ...]:
    """The requests that follow a registration of `objects`, which are objects and instances."""
    return _requests(manner, objects, extra=manner.extra_observes, reads=manner.reads)


def after_update(
    manner: Manner, before: Iterable[Path], after: Iterable[Path]
) -> tuple[Operation, ...]:
    """The requests that follow an Update with another object list: Observe and Discover for what is
    new in it (chosen; no capture shows it)."""
    return _requests(manner, set(after) - set(before))


def reads_of(manner: Manner, path: Path, objects: Iterable[Path]) -> tuple[Path, ...]:
    """What is read of a device that has registered `objects`, to know all that is below `path`."""
    if path.instance is not None or not manner.read_instances:
        return (path,)
    instances = [each for each in objects if each.instance is not None and path.covers(each)]
    return tuple(instances) or (path,)


def write_of(
    manner: Manner, path: Path, value: Value | Mapping[int, Value], *, replace: bool = False
) -> Write:
    """How the platform writes one resource, or several of an object instance by their ids.
    EngineError for a path that does not fit, or a value that no resource can hold."""
    instance = Path(path.object, path.instance)
    values = value if isinstance(value, Mapping) else {path.fields()[2]: value}
    if isinstance(value, Mapping) is (path.resource is not None) or path.instance is None:
        raise EngineError(f"one value for a resource or several for an instance, not at {path}")
    entries = tuple(
        entry_of(Path(path.object, path.instance, resource), each)
        for resource, each in values.items()
    )
    if manner.write_at == "resource" and len(entries) == 1:
        return Write(entries[0].path, entries, True, manner.write_format)
    return Write(instance, entries, replace, manner.write_format)


def _requests(
    manner: Manner,
    objects: Iterable[Path],
    *,
    extra: tuple[Path, ...] = (),
    reads: tuple[Path, ...] = (),
) -> tuple[Operation, ...]:
    asked = sorted(p for p in set(objects) - manner.unasked if p.object not in _NEVER_ASKED)
    instances = [path for path in asked if path.instance is not None]
    if manner.observes is None:
        observed = instances
    else:
        observed = [p for p in manner.observes if any(known.covers(p) for known in instances)]
    discovered = sorted({path.object for path in asked}) if manner.auto_discover else []
    requests: dict[Step, list[Operation]] = {
        Step.OBSERVE: [Observe(path) for path in (*observed, *extra)],
        Step.DISCOVER: [Discover(Path(number)) for number in discovered],
        Step.READ: [Read(path) for path in reads],
    }
    return tuple(request for step in manner.steps for request in requests[step])
