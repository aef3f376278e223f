"""Bodies that are one bare value: text/plain, octet-stream, and a value sent as link-format."""

from collections.abc import Sequence

from lwm2m_core.errors import EngineError
from lwm2m_core.formats import text
from lwm2m_core.formats.entries import Entry, Form, RawEntry, Span
from lwm2m_core.formats.tlv import FloatWidth
from lwm2m_core.paths import Path
from lwm2m_core.values import ContentError


def encode_text(base: Path, entries: Sequence[Entry], float_width: FloatWidth) -> bytes:
    """Also link-format: the manual's <contentType> 1 sends the value as given (decision 44)."""
    return text.spell(_only(base, entries).value)


def encode_opaque(base: Path, entries: Sequence[Entry], float_width: FloatWidth) -> bytes:
    """Bytes as they are; what is none is spelled out, as <contentType> 2 allows for any <type>."""
    entry = _only(base, entries)
    if isinstance(entry.value, bytes):
        return entry.value
    return text.spell(entry.value)


def decode_text(base: Path, payload: bytes) -> tuple[RawEntry, ...]:
    return (RawEntry(_resource(base), payload, Form.TEXT),)


def decode_opaque(base: Path, payload: bytes) -> tuple[RawEntry, ...]:
    return (RawEntry(_resource(base), payload, Form.OPAQUE),)


def all_of_it(base: Path, beginning: bytes) -> Span:
    return Span(_resource(base))


def _only(base: Path, entries: Sequence[Entry]) -> Entry:
    if len(entries) != 1 or entries[0].path != base or entries[0].resource_instance is not None:
        raise EngineError(f"one value of {base} wanted, not {len(entries)} entries")
    return entries[0]


def _resource(base: Path) -> Path:
    if base.resource is None:
        raise ContentError(f"{base} is more than one value")
    return base
