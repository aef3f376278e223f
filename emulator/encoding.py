"""How reported and read values go out: content format and payload (decisions 40, 43, 44)."""

from collections.abc import Sequence

from emulator.at.results import Failed, Fault
from emulator.instance import Instance
from lwm2m_core.formats import Entry, encode_entries
from lwm2m_core.formats.text import spell
from lwm2m_core.frozen import frozen
from lwm2m_core.message import ContentFormat
from lwm2m_core.paths import Path
from lwm2m_core.values import ResourceType

PAYLOAD_LIMIT = 1000  # bytes of CoAP payload in one report or answer (manual 3.9, 3.11)

# <contentType> of manual 3.9 -> the Content-Format it stands for
CONTENT_TYPES = {
    0: ContentFormat.TEXT,
    1: ContentFormat.LINK,
    2: ContentFormat.OPAQUE,
    3: ContentFormat.TLV,
    4: ContentFormat.JSON,
}


@frozen
class Encoded:
    """A payload and the Content-Format option that describes it."""

    content_format: int
    payload: bytes


def encode(
    instance: Instance,
    base: Path,
    entries: Sequence[Entry],
    accept: int | None,
    content_type: int | None = None,
) -> Encoded:
    """`entries` as seen from `base` (object, instance or resource).

    A resource path is text/plain, opaque octet-stream, all else TLV, unless the server's Accept or
    the host's `<contentType>` says otherwise. 651 where several values cannot go in that format.
    """
    natural = accept if accept is not None else _natural(instance, base, entries)
    wanted = natural if content_type is None else _wanted(instance, content_type)
    encodes = instance.module.profile.content_type_encodes
    form = wanted if encodes or content_type is None else natural
    one = len(entries) == 1
    if not one and form in _SINGLE:
        raise Failed(Fault.NOT_ALLOWED)
    target = entries[0].path if one and form in _SINGLE else base
    payload = encode_entries(form, target, entries, float_width=instance.module.quirks.float_tlv)
    return Encoded(wanted, payload)


def encode_known(instance: Instance, path: Path, accept: int | None, known: bool = True) -> Encoded:
    """The last known values at and below `path`, or as if none were known (decision 30)."""
    declared = instance.tree.declared(path) if known and accept in _PLAIN else None
    if declared is not None and declared.type is _STRING and isinstance(declared.value, str):
        return Encoded(ContentFormat.TEXT, spell(declared.value))  # what a Read mostly gets
    entries = instance.tree.entries(path) if known else ()
    if not entries:
        return encode_nothing(instance, path, accept)
    return encode(instance, path, entries, accept)


def encode_nothing(instance: Instance, base: Path, accept: int | None) -> Encoded:
    """No value is known yet: an empty TLV, or empty in the format asked for (decisions 30, 44).

    What was asked for is also what notifications must go on in (RFC 7641 4.2).
    """
    form = _tlv(instance) if accept is None else accept
    return Encoded(form, b"" if form in _SINGLE else encode_entries(form, base, ()))


_STRING = ResourceType.STRING
_PLAIN = (None, ContentFormat.TEXT)
_SINGLE = frozenset({ContentFormat.TEXT, ContentFormat.OPAQUE, ContentFormat.LINK})


def _natural(instance: Instance, base: Path, entries: Sequence[Entry]) -> int:
    if base.resource is None or len(entries) != 1 or entries[0].resource_instance is not None:
        return _tlv(instance)
    opaque = entries[0].type is ResourceType.OPAQUE
    return ContentFormat.OPAQUE if opaque else ContentFormat.TEXT


def _wanted(instance: Instance, content_type: int) -> int:
    form = CONTENT_TYPES[content_type]
    return _tlv(instance) if form is ContentFormat.TLV else form


def _tlv(instance: Instance) -> int:
    return instance.module.quirks.tlv_content_format
