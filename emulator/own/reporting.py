"""What the platform observes of the module's own objects, reported by the module (decision 33).

For objects of the MCU the MCU does all this (manual 3.16).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf
from typing import Protocol

from emulator.encoding import encode_known
from emulator.instance import Instance
from emulator.own.server import PMAX, PMIN, Server
from lwm2m_core.attributes import Attributes, merged
from lwm2m_core.formats import ContentError, Entry, holds_one_value
from lwm2m_core.message import Code
from lwm2m_core.observations import UNACKNOWLEDGED_LIMIT, Observation
from lwm2m_core.paths import Path
from lwm2m_core.values import ResourceType

CONFIRM_S = 86400.0  # at least so often a notification is confirmable (RFC 7641 4.5)
NUMERIC = (ResourceType.INTEGER, ResourceType.FLOAT)

_Known = tuple[Entry, ...]


@dataclass(slots=True)
class _Watch:
    """An observation, what the platform was last told of it, and when."""

    observation: Observation
    told: _Known
    at: float
    confirmed_at: float


class Objects(Protocol):
    """Those of the module."""

    def is_ticking(self, path: Path) -> bool:
        """Whether changes of this resource are no news."""

    def describe(self, path: Path, now: float) -> None:
        """Bring the object tree up to date, at and below `path`."""


class Reporting:
    """Of one session. There are as many attributes as there are paths at most."""

    __slots__ = (
        "_instance", "_server", "_objects", "_attributes", "_watches", "_due",
    )  # fmt: skip

    def __init__(
        self,
        instance: Instance,
        server: Server,
        objects: Objects,
    ) -> None:
        self._instance = instance
        self._server = server
        self._objects = objects
        self._attributes: dict[Path, Attributes] = {}
        self._watches: dict[Path, _Watch] = {}
        self._due = inf

    def set_attributes(self, path: Path, written: Attributes) -> Code | None:
        """Write-Attributes: None if they are kept; 4.00 if they do not fit what is there, or one
        another (decision 35)."""
        if written.is_numeric and self._instance.tree.type_of(path) not in NUMERIC:
            return Code.BAD_REQUEST
        try:
            self._attributes[path] = merged(self._attributes.get(path), written, path)
        except ContentError:
            return Code.BAD_REQUEST
        return None

    def deadline(self) -> float | None:
        """When to check again, if nothing happens before."""
        return None if self._due == inf else self._due

    def check(self, observations: list[Observation], now: float) -> None:
        """After every input: begin to watch what is observed now, and report what is due."""
        if not (observations or self._watches or self._attributes):
            return
        self._due = inf
        self._attributes = {at: kept for at, kept in self._attributes.items() if self._is_ours(at)}
        self._watches = {o.path: w for o in observations if (w := self._watch(o)) is not None}
        for number in {observation.path.object for observation in observations}:
            self._objects.describe(Path(number), now)
        for observation in observations:
            watch = self._watches.get(observation.path)
            if watch is None:
                known = self._known(observation.path)
                watch = self._watches[observation.path] = _Watch(observation, known, now, now)
            self._report(watch, now)

    def _is_ours(self, path: Path) -> bool:
        return self._instance.tree.owner_of(path.object) == "module"

    def _watch(self, observation: Observation) -> _Watch | None:
        """None for an observation that is new, or was begun anew."""
        watch = self._watches.get(observation.path)
        return watch if watch is not None and watch.observation == observation else None

    def _known(self, path: Path) -> _Known:
        return self._instance.tree.entries(path)

    def _report(self, watch: _Watch, now: float) -> None:
        """Not before pmin has passed, nor after pmax (LwM2M 1.0 5.1.2)."""
        known, wanted = self._known(watch.observation.path), self._wanted(watch.observation.path)
        due = self._next(watch, known, wanted)
        if due <= now and (self._instance.module.network.online or not self._server.stores):
            self._tell(watch, known, now)
            due = self._next(watch, known, wanted)
        if due > now:
            self._due = min(self._due, due)
        # What is due while the module is offline waits for the input that takes it online.

    def _next(self, watch: _Watch, known: _Known, wanted: Attributes) -> float:
        pmin, pmax = wanted.pmin or 0, wanted.pmax
        due = watch.at + pmax if pmax is not None and pmax > pmin else inf
        return min(due, watch.at + pmin) if self._is_news(watch.told, known, wanted) else due

    def _wanted(self, path: Path) -> Attributes:
        """Of each attribute the one written nearest to `path`; of the periods at last those of the
        Server object (LwM2M 1.0 5.1.2)."""
        above = (path, Path(path.object, path.instance), Path(path.object))
        written = [self._attributes[at] for at in above if at in self._attributes]
        own = self._attributes.get(path, Attributes())
        return Attributes(
            pmin=_first([*(w.pmin for w in written), self._server.seconds(PMIN)]),
            pmax=_first([*(w.pmax for w in written), self._server.seconds(PMAX)]),
            lt=own.lt,
            gt=own.gt,
            st=own.st,
        )

    def _is_news(self, told: _Known, known: _Known, wanted: Attributes) -> bool:
        if wanted.is_numeric and len(told) == len(known):
            return any(_has_moved(*pair, wanted) for pair in zip(told, known, strict=True))
        return self._steady(told) != self._steady(known)

    def _steady(self, known: _Known) -> list[Entry]:
        return [entry for entry in known if not self._objects.is_ticking(entry.path)]

    def _tell(self, watch: _Watch, known: _Known, now: float) -> None:
        """One notification, unless there is nobody to hear it and nothing is stored."""
        watch.told, watch.at = known, now
        client, observation = self._instance.client, watch.observation
        if client is None or not self._instance.module.network.online:
            return
        several = any(entry.resource_instance is not None for entry in known)
        if several and holds_one_value(observation.accept):
            return  # begun while the MCU had the object: it cannot be said so
        encoded = encode_known(self._instance, observation.path, observation.accept)
        due = now - watch.confirmed_at >= CONFIRM_S
        confirmable = due and client.unacknowledged < UNACKNOWLEDGED_LIMIT
        if confirmable:
            watch.confirmed_at = now
        client.notify(
            observation, encoded.payload, encoded.content_format, now, confirmable=confirmable
        )


def observed(instance: Instance) -> list[Observation]:
    """What the platform observes of the module's own objects."""
    client, tree = instance.client, instance.tree
    if client is None or not (observations := client.observations):
        return []
    return [each for each in observations if tree.owner_of(each.path.object) == "module"]


def _first(values: Iterable[int | None]) -> int | None:
    return next((value for value in values if value is not None), None)


def _has_moved(told: Entry, known: Entry, wanted: Attributes) -> bool:
    """Over a threshold, in either direction, or by the step (LwM2M 1.0 5.1.2)."""
    before, after = told.value, known.value
    assert isinstance(before, int | float) and isinstance(after, int | float)
    return (
        (wanted.gt is not None and (before <= wanted.gt) != (after <= wanted.gt))
        or (wanted.lt is not None and (before >= wanted.lt) != (after >= wanted.lt))
        or (wanted.st is not None and abs(after - before) >= wanted.st)
    )
