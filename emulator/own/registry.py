"""The module's own objects in one device instance: where they are, and what is asked of them."""

from collections.abc import Callable, Sequence

from emulator.instance import Instance, Platform
from emulator.own.bodies import Bodies
from emulator.own.object import INSTANCE, Current, Definition, OwnObject, Resource
from emulator.own.reporting import Reporting, observed
from emulator.own.server import Server
from emulator.own.wishes import Wish
from emulator.quirks import Quirks
from lwm2m_core.formats import (
    ContentError,
    Form,
    RawEntry,
    decode_entries,
    holds_one_value,
)
from lwm2m_core.message import Code, ContentFormat
from lwm2m_core.objects import Declared
from lwm2m_core.operations import Execute, Observe, Operation, Part, Read, Write, WriteAttributes
from lwm2m_core.paths import Path
from lwm2m_core.timers import earliest
from lwm2m_core.values import ResourceType, Value

# What an operation needs of a resource; the others need it to be there alone
NEEDS: dict[type[Operation], str] = {Read: "R", Observe: "R", Write: "W", Execute: "E"}


MakeOthers = Callable[[Instance, Callable[[Wish], None]], tuple[OwnObject, ...]]
"""The objects beside the Server, which have no state of their own."""


class OwnObjects:
    """In the object tree of the instance wherever the MCU has not added an object itself."""

    __slots__ = (
        "_tree", "_make_others", "_others", "_instance", "_changes", "_quirks", "_platform",
        "_server", "_bodies", "_reporting",
    )  # fmt: skip

    def __init__(self, instance: Instance, server: Server, others: MakeOthers) -> None:
        self._tree = instance.tree
        self._make_others = others
        self._others: tuple[OwnObject, ...] = ()  # once one of them has been asked
        self._instance = instance
        self._changes = -1  # of the tree when the places were taken last, and so on
        self._quirks: Quirks | None = None
        self._platform: Platform | None = None
        self._server = server
        self._bodies: Bodies | None = None  # while some arrive
        self._reporting: Reporting | None = None  # while something of ours is observed
        self._take_places()

    def settle(self, now: float) -> None:
        """After every input: what the MCU took over is its own, what it gave back ours again; and
        what is observed is reported."""
        self._take_places()
        observations = observed(self._instance)
        if observations or self._reporting is not None:
            self._reports().check(observations, now)

    def _reports(self) -> Reporting:
        if self._reporting is None:
            self._reporting = Reporting(self._instance, self._server, self)
        return self._reporting

    def _take_places(self) -> None:
        """Only the tree, the quirks and the platform say whose an object is."""
        changes, platform = self._tree.changes, self._instance.platform
        quirks = self._instance.module.in_force.quirks
        if changes == self._changes and quirks is self._quirks and platform is self._platform:
            return
        self._changes, self._quirks, self._platform = changes, quirks, platform
        others = self._others or self._make_others(self._instance, self._server.want)
        for own in (self._server, *others):
            number, owner = own.number, self._tree.owner_of(own.number)
            if owner is None and own.is_there:
                self._tree.add_object(number, (INSTANCE,), owner="module")
            elif owner == "module" and not own.is_there:
                self._tree.remove_object(number, owner="module")

    def _at(self, path: Path) -> OwnObject:
        if path.object == self._server.number:
            return self._server
        self._others = self._others or self._make_others(self._instance, self._server.want)
        for own in self._others:
            if own.number == path.object:
                return own
        raise KeyError(path.object)

    def has(self, path: Path) -> bool:
        """Whether the module answers for this path."""
        return self._tree.owner_of(path.object) == "module"

    def refusal(self, operation: Operation, now: float) -> Code | None:
        """Why an operation on one of the objects is not granted, by its path, kind and Accept; None
        if it is. What the object tree says of the object is then as of now."""
        own = self._at(operation.path)
        self.describe(operation.path, now)
        if operation.path.resource is None:
            return None
        row = own.definition.get(operation.path.resource)
        there = isinstance(operation, Write) or self._tree.has(operation.path)
        if row is None or not there:
            return Code.NOT_FOUND
        if NEEDS.get(type(operation), "") not in row.operations:
            return Code.METHOD_NOT_ALLOWED
        single = isinstance(operation, Read | Observe) and holds_one_value(operation.accept)
        return Code.NOT_ACCEPTABLE if single and row.multiple else None

    def take(self, operation: Operation, now: float) -> Code | None:
        """A request about an object rather than for it: why it is refused, or None. Attributes are
        kept, and followed from now on."""
        refusal = self.refusal(operation, now)
        if refusal is None and isinstance(operation, WriteAttributes):
            return self._reports().set_attributes(operation.path, operation.attributes)
        return refusal

    def carry_out(self, operation: Write | Execute, now: float) -> Code:
        """Do what was not refused; the code of the answer."""
        own, resource = self._at(operation.path), operation.path.resource
        if isinstance(operation, Execute):
            assert resource is not None
            return own.execute(resource, operation.payload, now)
        try:
            return self._write(own, operation, now)
        except ContentError:
            return Code.BAD_REQUEST

    def deadline(self) -> float | None:
        """When handle_timeout() is due."""
        if self._bodies is None and self._reporting is None:
            return None
        return earliest(
            None if self._bodies is None else self._bodies.deadline(),
            None if self._reporting is None else self._reporting.deadline(),
        )

    def handle_timeout(self, now: float) -> None:
        for path in () if self._bodies is None else self._bodies.silent(now):
            self._break_off(path, now)

    def session_over(self, now: float) -> None:
        """Nothing more comes of what was arriving, nobody observes anything."""
        self._reporting = None
        for path in () if self._bodies is None else self._bodies.paths():
            self._break_off(path, now)
        self._bodies = None

    def is_ticking(self, path: Path) -> bool:
        row = self._at(path).definition.get(path.fields()[2])
        return row is not None and row.ticking

    def describe(self, path: Path, now: float) -> None:
        """Bring the object tree up to date, at and below `path`. What is never read is there
        whatever it holds."""
        own = self._at(path)
        values = own.values(now)
        if path.resource is not None and self._is_up_to_date(path, values.get(path.resource)):
            return
        resources = {}
        for resource in own.definition if path.resource is None else (path.resource,):
            row = own.definition.get(resource)
            if row is not None and (resource in values or "R" not in row.operations):
                resources[resource] = _declared(row, values.get(resource))
        where = path if path.resource is not None else Path(own.number, INSTANCE)
        self._tree.describe(where, resources)

    def _is_up_to_date(self, path: Path, value: Current | None) -> bool:
        """Whether the object tree has this value of a resource, which is text, already."""
        if not isinstance(value, str):  # 0, 0.0, -0.0 and False are equal
            return False
        known = self._tree.declared(path)
        return known is not None and known.value == value and known.type is ResourceType.STRING

    def _write(self, own: OwnObject, operation: Write, now: float) -> Code:
        if operation.part is None:
            entries = decode_entries(operation.content_format, operation.path, operation.payload)
        else:
            body = self._add(own, operation, operation.part, now)
            if isinstance(body, Code):
                return body
            entries = (RawEntry(operation.path, body, _form(operation.content_format)),)
        replace = operation.replace and operation.path.resource is None
        values = _values(own.definition, entries, replace)
        return values if isinstance(values, Code) else own.write(values, replace, now)

    def _add(self, own: OwnObject, operation: Write, part: Part, now: float) -> bytes | Code:
        """One more block of a long body (decision 36): all of it, or the answer."""
        path, resource = operation.path, operation.path.resource
        assert resource is not None
        bodies = self._bodies = self._bodies or Bodies()
        begun = bodies.received(path) > 0
        body = bodies.add(path, part, operation.payload, own.body_limit, now)
        if body == Code.CONTINUE:
            code = own.arriving(resource, bodies.received(path), now)
            if code != Code.CONTINUE:
                bodies.drop(path)
            return code
        if isinstance(body, Code) and begun:
            own.arriving(resource, 0, now)
        return body

    def _break_off(self, path: Path, now: float) -> None:
        assert path.resource is not None and self._bodies is not None
        self._bodies.drop(path)
        self._at(path).arriving(path.resource, 0, now)


def _form(content_format: int | None) -> Form:
    """How a body that came in blocks is to be read: its bare value is all that was passed on."""
    match content_format:
        case None | ContentFormat.TEXT:
            return Form.TEXT
        case ContentFormat.OPAQUE:
            return Form.OPAQUE
        case _:
            return Form.TLV


def _declared(row: Resource, value: Current | None) -> Declared:
    if row.multiple:
        assert not isinstance(value, Value)
        return Declared(row.type, None, tuple(sorted((value or {}).items())))
    assert value is None or isinstance(value, Value)
    return Declared(row.type, value)


def _values(
    definition: Definition, entries: Sequence[RawEntry], replace: bool
) -> dict[int, Value] | Code:
    """What is to be written, by resource; or the answer. ContentError for bytes that do not fit.

    4.04 for a resource that there is not, 4.05 for one that is not written (conformance 9), 4.00
    for none at all, and where a replacement lacks what the instance cannot be without
    (conformance 9, LE cannot_write_replacing_incomplete_object_instance).
    """
    values: dict[int, Value] = {}
    for entry in entries:
        number = entry.path.fields()[2]
        row = definition.get(number)
        if row is None:
            return Code.NOT_FOUND
        if "W" not in row.operations or row.type is None:
            return Code.METHOD_NOT_ALLOWED
        if entry.resource_instance is not None:
            return Code.BAD_REQUEST
        values[number] = entry.as_type(row.type)
    needed = {n for n, row in definition.items() if row.mandatory and "W" in row.operations}
    incomplete = replace and not needed <= values.keys()
    return Code.BAD_REQUEST if incomplete or not values else values
