"""The object tree: what a device is made of, and how it describes itself to a server."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from lwm2m_core.errors import EngineError
from lwm2m_core.formats.entries import Entry
from lwm2m_core.formats.link import Link, encode_links
from lwm2m_core.frozen import frozen
from lwm2m_core.paths import Path
from lwm2m_core.values import ResourceType, Value, check_value

Owner = Literal["mcu", "module"]
"""Who answers for an object: the MCU, for what AT+MIPLADDOBJ added, or the module itself for
3/0, 4/0 and the like (decision 33)."""

ROOT_LINK = Link("/", (("rt", "oma.lwm2m"),))
"""The first link of every registration: where LwM2M's objects are (decision 20)."""


UNTOUCHED = 64  # objects as they were added that are the same one for all trees


class AlreadyThere(EngineError):
    """The object has been added already."""


class NotThere(EngineError):
    """No such object, or none of that owner; no such object instance."""


@frozen
class Declared:
    """What is known of a resource: maybe its type, maybe its last value.

    `values` are the numbered values of a resource that has several, as 3/0/11 has; `value` is then
    None.
    """

    type: ResourceType | None = None
    value: Value | None = None
    values: tuple[tuple[int, Value], ...] | None = None


_NOTHING = Declared()


@dataclass(slots=True, eq=False)
class _Object:
    owner: Owner
    instances: dict[int, dict[int, Declared]]
    untouched: bool = False


@lru_cache(UNTOUCHED)
def _untouched(owner: Owner, object_: int, instances: tuple[int, ...]) -> _Object:
    """One for all trees in which nothing is known of it: it takes 400 bytes. ValueError for an id
    that is none."""
    for instance in (None, *instances):
        Path(object_, instance)
    return _Object(owner, {instance: {} for instance in instances}, untouched=True)


def _shared(objects: tuple[tuple[int, _Object], ...]) -> Mapping[int, _Object]:
    """What is never changed. Of trees that are alike it is one: it takes 400 bytes."""
    untouched = all(found.untouched for _, found in objects)
    return _alike(objects) if untouched else dict(objects)


@lru_cache(UNTOUCHED)
def _alike(objects: tuple[tuple[int, _Object], ...]) -> Mapping[int, _Object]:
    return dict(objects)


class ObjectTree:
    """Objects, their instances, and what is known of their resources. Everything that is listed
    is listed in ascending order. `changes`: how often an object was added or removed."""

    __slots__ = ("changes", "_objects")

    def __init__(self) -> None:
        self.changes = 0
        self._objects = _shared(())

    def add_object(self, object_: int, instances: Iterable[int], *, owner: Owner = "mcu") -> None:
        """Add an object, without resources; it may have no instances.

        The MCU takes over an object of the module, with nothing of what was declared for it
        (decision 33). Any other object that is there already: AlreadyThere.
        """
        old = self._objects.get(object_)
        if old is not None and (old.owner == "mcu" or owner == "module"):
            raise AlreadyThere(f"/{object_}")
        added = _untouched(owner, object_, tuple(instances))
        self._objects = _shared((*self._objects.items(), (object_, added)))
        self.changes += 1

    def remove_object(self, object_: int, *, owner: Owner = "mcu") -> None:
        """NotThere if `owner` has no such object."""
        if self.owner_of(object_) != owner:
            raise NotThere(f"/{object_}")
        self._objects = _shared(tuple(each for each in self._objects.items() if each[0] != object_))
        self.changes += 1

    def owner_of(self, object_: int) -> Owner | None:
        found = self._objects.get(object_)
        return None if found is None else found.owner

    def declare(
        self, path: Path, type_: ResourceType | None = None, value: Value | None = None
    ) -> None:
        """Make a resource known, its type if given, its value if given.

        What is not given stays as it was, except that a new type ends the old value.
        NotThere for a path without object instance; EngineError for a value that is none of its
        type.
        """
        resources, resource = self._resources(path)
        old = resources.get(resource, _NOTHING)
        if type_ is None:
            type_ = old.type
        if value is not None:
            if type_ is None:
                raise EngineError(f"{path} has no type for its value")
            check_value(type_, value)
            resources[resource] = Declared(type_, value)
        elif type_ != old.type:
            resources[resource] = Declared(type_)
        else:
            resources[resource] = old

    def declare_multiple(
        self, path: Path, type_: ResourceType, values: Mapping[int, Value]
    ) -> None:
        """Make a resource known that has several values, by resource instance; maybe none now."""
        resources, resource = self._resources(path)
        for value in values.values():
            check_value(type_, value)
        resources[resource] = Declared(type_, None, tuple(sorted(values.items())))

    def describe(self, base: Path, resources: Mapping[int, Declared]) -> None:
        """Replace all that is known of an object instance, or of one resource. NotThere without the
        instance."""
        found = self._objects.get(base.object)
        if found is None or base.instance is None or base.instance not in found.instances:
            raise NotThere(str(base))
        known = self._written(base.object)[base.instance]
        if base.resource is None:
            known.clear()
        else:
            known.pop(base.resource, None)
        known.update(resources)

    def list_resources(self, object_: int, resources: Iterable[int]) -> None:
        """Make resources known in every instance of an object (3.5). NotThere without it."""
        if object_ not in self._objects:
            raise NotThere(f"/{object_}")
        instances = self._objects[object_].instances
        wanted = tuple(resources)
        for path in [Path(object_, instance, r) for instance in instances for r in wanted]:
            self.declare(path)

    def clear_resources(self, *, owner: Owner = "mcu") -> None:
        """Forget lists, types and values in all objects of `owner`; objects stay (decision 27)."""
        for found in self._objects.values():
            if found.owner == owner and not found.untouched:
                for resources in found.instances.values():
                    resources.clear()

    def has(self, path: Path) -> bool:
        """True for an object or instance that was added, a resource that was declared."""
        found = self._objects.get(path.object)
        if found is None or path.instance is None:
            return found is not None
        resources = found.instances.get(path.instance)
        return resources is not None and (path.resource is None or path.resource in resources)

    def holds(self, path: Path) -> bool:
        """True if the object instance that `path` leads to is there, or the object, if to none."""
        found = self._objects.get(path.object)
        return found is not None and (path.instance is None or path.instance in found.instances)

    def declared(self, path: Path) -> Declared | None:
        """What is known of a resource; None if it is unknown."""
        found = self._objects.get(path.object)
        if found is None or path.instance is None or path.resource is None:
            return None
        resources = found.instances.get(path.instance)
        return None if resources is None else resources.get(path.resource)

    def type_of(self, path: Path) -> ResourceType | None:
        known = self.declared(path)
        return None if known is None else known.type

    def instances(self, *, owner: Owner | None = None) -> tuple[Path, ...]:
        """The object instances, of one owner or of both."""
        return tuple(
            Path(object_, instance)
            for object_, found in sorted(self._objects.items())
            if owner in (None, found.owner)
            for instance in sorted(found.instances)
        )

    def entries(self, base: Path) -> tuple[Entry, ...]:
        """The known values at and below `base`."""
        if base.resource is not None:
            return tuple(self._at(base))
        return tuple([entry for path in self._paths(base) for entry in self._at(path)])

    def _at(self, path: Path) -> tuple[Entry, ...] | list[Entry]:
        known = self.declared(path)
        if known is None or (type_ := known.type) is None:
            return ()
        if known.value is not None:
            return (Entry(path, type_, known.value),)
        return [Entry(path, type_, value, number) for number, value in known.values or ()]

    def links(self, base: Path | None = None) -> tuple[Link, ...]:
        """The answer to Discover on `base` (decision 16), or everything: `</o>,</o/i>,</o/i/r>`.

        Of a resource with several values also their number, `dim` (conformance 1.0-int-260).
        """
        bases = map(Path, sorted(self._objects)) if base is None else (base,)
        return tuple(self._link(path) for base in bases for path in self._paths(base))

    def _link(self, path: Path) -> Link:
        known = self.declared(path)
        if known is None or known.values is None:
            return Link(str(path))
        return Link(str(path), (("dim", str(len(known.values))),))

    def registration_links(
        self, *, module_objects: Collection[Path] | None = None, security_object: bool = False
    ) -> tuple[Link, ...]:
        """The object list of Register and Update: the root, then object instances (decision 20).

        `module_objects` are instances of the module's own that are to be listed besides the MCU's;
        None lists 3/0, and only when there would be nothing else (*module_objects_in_register*).
        `security_object` adds 0/0, as CIS firmware does (MB 2.4).
        """
        listed = set(self.instances(owner="mcu"))
        if module_objects is not None:
            listed.update(module_objects)
        elif not listed:
            listed.add(Path(3, 0))
        if security_object:
            listed.add(Path(0, 0))
        return (ROOT_LINK, *(Link(str(path)) for path in sorted(listed)))

    def registration_payload(
        self, *, module_objects: Collection[Path] | None = None, security_object: bool = False
    ) -> bytes:
        """`registration_links` as they go out, Content-Format 40."""
        return encode_links(
            self.registration_links(module_objects=module_objects, security_object=security_object)
        )

    def _resources(self, path: Path) -> tuple[dict[int, Declared], int]:
        if path.instance is None or path.resource is None:
            raise EngineError(f"{path} is no resource")
        if not self.holds(path):
            raise NotThere(f"/{path.object}/{path.instance}")
        return self._written(path.object)[path.instance], path.resource

    def _written(self, object_: int) -> dict[int, dict[int, Declared]]:
        """The instances of an object that is no longer as it was added."""
        found = self._objects[object_]
        if found.untouched:
            found = _Object(found.owner, {instance: {} for instance in found.instances})
            self._objects = {**self._objects, object_: found}
        return found.instances

    def _paths(self, base: Path) -> Iterator[Path]:
        """`base`, if it is there, and everything below it, each node before what it holds."""
        if not self.has(base):
            return
        yield base
        instances = self._objects[base.object].instances
        if base.instance is None:
            for instance in sorted(instances):
                yield from self._paths(Path(base.object, instance))
        elif base.resource is None:
            for resource in sorted(instances[base.instance]):
                yield Path(base.object, base.instance, resource)
