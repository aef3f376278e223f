"""TLV bodies: what stands outermost for an object, an object instance, a resource (6.4.3)."""

from collections.abc import Iterable, Iterator, Sequence

from lwm2m_core.errors import EngineError
from lwm2m_core.formats import tlv
from lwm2m_core.formats.entries import Entry, Form, RawEntry, Span
from lwm2m_core.formats.tlv import FloatWidth, Tlv, TlvType
from lwm2m_core.paths import Path
from lwm2m_core.values import ContentError


def encode_body(base: Path, entries: Sequence[Entry], float_width: FloatWidth) -> bytes:
    """Base object: each instance wrapped; below: bare resources. No entries: no bytes.

    Instances and resources come in the order of `entries`; of two values for one place the later
    counts (decision 40).
    """
    for entry in entries:
        if not base.covers(entry.path):
            raise EngineError(f"{entry.path} is not below {base}")
    instances: dict[int | None, list[Entry]] = {}
    for entry in entries:
        instances.setdefault(entry.path.instance, []).append(entry)
    items: list[Tlv] = []
    for instance, group in instances.items():
        resources = _resources(group, float_width)
        if base.instance is None and instance is not None:
            items.append(Tlv(TlvType.OBJECT_INSTANCE, instance, children=resources))
        else:
            items.extend(resources)
    return tlv.encode(items)


def _resources(entries: Iterable[Entry], float_width: FloatWidth) -> tuple[Tlv, ...]:
    resources: dict[int, dict[int | None, bytes]] = {}
    for entry in entries:
        value = tlv.encode_value(entry.type, entry.value, float_width=float_width)
        resources.setdefault(entry.path.fields()[2], {})[entry.resource_instance] = value
    return tuple(_resource(number, values) for number, values in resources.items())


def _resource(number: int, values: dict[int | None, bytes]) -> Tlv:
    single = values.get(None)
    if single is None:
        instances = tuple(
            Tlv(TlvType.RESOURCE_INSTANCE, at, value)
            for at, value in values.items()
            if at is not None
        )
        return Tlv(TlvType.MULTIPLE_RESOURCE, number, children=instances)
    if len(values) > 1:
        raise EngineError(f"resource {number} has one value and several")
    return Tlv(TlvType.RESOURCE, number, single)


def decode_body(base: Path, payload: bytes) -> tuple[RawEntry, ...]:
    """The values of a Write to `base`, in their order; a multiple resource without instances has
    none. ContentError for an id that is not below `base`, for one value twice, and for a body
    without anything for the resource that it is written to."""
    items = tlv.decode(payload)
    if base.instance is None:
        entries = tuple(_object_entries(base, items))
    else:
        resources = _unwrapped(base.instance, items)
        if base.resource is not None and not resources:
            raise ContentError(f"nothing for {base}")
        entries = tuple(_entries(base, resources))
    if len({(e.path, e.resource_instance) for e in entries}) < len(entries):
        raise ContentError("one value twice")
    return entries


def sole_value(base: Path, beginning: bytes) -> Span | None:
    """Of a Write to `base` that has only begun to arrive: where its value stands. None if it holds
    more than one, as far as can be seen from its first header.

    At least 16 bytes have to be there (the smallest block), which hold every header in question.
    ContentError as `decode_body` has it, and for an object, which has no value of its own.
    """
    if base.instance is None:
        raise ContentError(f"{base} is more than one value")
    item = tlv.header(beginning)
    wrapped = item
    if item.type is TlvType.OBJECT_INSTANCE:
        if base.instance != item.id:
            raise ContentError(f"other object instances than {base.instance}")
        item = tlv.header(beginning, item.start)
    if item.type is not TlvType.RESOURCE:
        return None
    path = Path(base.object, base.instance, item.id)
    if not base.covers(path):
        raise ContentError(f"{path} in a body for {base}")
    at_end = item is wrapped or item.end == wrapped.end
    return Span(path, item.start, item.end) if at_end else None


def _object_entries(base: Path, items: Iterable[Tlv]) -> Iterator[RawEntry]:
    for item in items:
        if item.type is not TlvType.OBJECT_INSTANCE:
            raise ContentError(f"{item.type.name} {item.id} outside an object instance")
        yield from _entries(Path(base.object, item.id), item.children)


def _unwrapped(instance: int, items: tuple[Tlv, ...]) -> tuple[Tlv, ...]:
    """coap-shepherd wraps what it writes to an instance in that instance (SV 2.2)."""
    if all(item.type is not TlvType.OBJECT_INSTANCE for item in items):
        return items
    if len(items) > 1 or items[0].id != instance:
        raise ContentError(f"other object instances than {instance}")
    return items[0].children


def _entries(base: Path, items: Iterable[Tlv]) -> Iterator[RawEntry]:
    for item in items:
        if item.type is TlvType.RESOURCE_INSTANCE:
            # Bare resource instances: how OMA's drafts, and CIS, write to a resource (MB 2.9).
            if base.resource is None:
                raise ContentError(f"resource instance {item.id} of no resource")
            yield RawEntry(base, item.value, Form.TLV, item.id)
            continue
        path = Path(base.object, base.instance, item.id)
        if not base.covers(path):
            raise ContentError(f"{path} in a body for {base}")
        if item.type is TlvType.RESOURCE:
            yield RawEntry(path, item.value, Form.TLV)
        for child in item.children:
            yield RawEntry(path, child.value, Form.TLV, child.id)
