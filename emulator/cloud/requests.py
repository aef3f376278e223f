"""What a platform asks in its own manner: after a login, to read, to write."""

from collections.abc import Iterable, Mapping
from typing import Final

from emulator.cloud.manners import Manner, Step
from emulator.cloud.operations import Discover, Observe, Operation, Read, Write
from emulator.cloud.resources import entry_of
from emulator.cloud.switches import Switches
from lwm2m_core.errors import EngineError
from lwm2m_core.message import ContentFormat
from lwm2m_core.paths import Path
from lwm2m_core.values import Value

_NEVER_ASKED: Final = frozenset({0, 1})
"""Security and Server: devices refuse to have them observed (MB 2.8, 2.10)."""


def after_registration(
    manner: Manner, switches: Switches, objects: Iterable[Path]
) -> tuple[Operation, ...]:
    """The requests that follow a registration of `objects`, which are objects and instances."""
    return _requests(manner, switches, objects, extra=switches.extra_observes, reads=manner.reads)


def after_update(
    manner: Manner, switches: Switches, before: Iterable[Path], after: Iterable[Path]
) -> tuple[Operation, ...]:
    """The requests that follow an Update with another object list: Observe and Discover for what is
    new in it (chosen; no capture shows it)."""
    return _requests(manner, switches, set(after) - set(before))


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
    if len(entries) == 1 and manner.writes_resource(path.object):
        return Write(entries[0].path, entries, True, _format(manner, entries[0].value, path))
    return Write(instance, entries, replace)


def _format(manner: Manner, value: Value, path: Path) -> int:
    """The Content-Format of a single value: octet-stream for bytes where others go as text, for
    text would need Base64, and for all that goes through the tunnel."""
    if path.object == manner.tunnel:
        return ContentFormat.OPAQUE
    as_text = manner.write_format == ContentFormat.TEXT
    return ContentFormat.OPAQUE if as_text and isinstance(value, bytes) else manner.write_format


def _requests(
    manner: Manner,
    switches: Switches,
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
    discovered = sorted({path.object for path in asked}) if switches.auto_discover else []
    requests: dict[Step, list[Operation]] = {
        Step.OBSERVE: [Observe(path) for path in (*observed, *extra)],
        Step.DISCOVER: [Discover(Path(number)) for number in discovered],
        Step.READ: [Read(path) for path in reads],
    }
    steps = manner.steps if switches.steps is None else switches.steps
    return tuple(request for step in steps for request in requests[step])
