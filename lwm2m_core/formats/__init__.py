"""Content formats: one row each, looked up by the number of RFC 7252 12.3 and LwM2M 1.0 6.4."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from lwm2m_core.errors import EngineError
from lwm2m_core.formats.entries import Entry, Form, RawEntry, Span
from lwm2m_core.formats.json import decode_json, encode_json
from lwm2m_core.formats.single import (
    all_of_it,
    decode_opaque,
    decode_text,
    encode_opaque,
    encode_text,
)
from lwm2m_core.formats.tlv import FloatWidth
from lwm2m_core.formats.tlv_bodies import decode_body, encode_body, sole_value
from lwm2m_core.message import ContentFormat
from lwm2m_core.paths import Path
from lwm2m_core.values import ContentError

__all__ = [
    "FORMATS",
    "ContentError",
    "Entry",
    "FloatWidth",
    "Form",
    "Format",
    "RawEntry",
    "Span",
    "acceptable",
    "decode_entries",
    "encode_entries",
    "find_value",
    "holds_one_value",
]


@dataclass(frozen=True, slots=True)
class Format:
    """`decode` is None for what we send and nobody may ask of us or write to us; `find_value` where
    a value cannot be told from what stands around it before all has come."""

    encode: Callable[[Path, Sequence[Entry], FloatWidth], bytes]
    decode: Callable[[Path, bytes], tuple[RawEntry, ...]] | None
    one_value: bool
    """It holds a single value and no ids: for resources alone."""
    find_value: Callable[[Path, bytes], Span | None] | None = None


FORMATS: Mapping[int, Format] = {
    ContentFormat.TEXT: Format(encode_text, decode_text, True, all_of_it),
    ContentFormat.LINK: Format(encode_text, None, True),
    ContentFormat.OPAQUE: Format(encode_opaque, decode_opaque, True, all_of_it),
    ContentFormat.TLV: Format(encode_body, decode_body, False, sole_value),
    ContentFormat.TLV_OLD: Format(encode_body, decode_body, False, sole_value),
    ContentFormat.JSON: Format(encode_json, decode_json, False),
    ContentFormat.JSON_OLD: Format(encode_json, decode_json, False),
}


def acceptable(content_format: int | None, path: Path | None = None) -> bool:
    """True if a server may ask for `content_format` in a Read or Observe, or use it in a Write.

    Without `path` only the format is judged; with one also that text/plain and octet-stream are
    for resources alone. None, the server leaving the choice to us, is always acceptable.
    """
    if content_format is None:
        return True
    row = FORMATS.get(content_format)
    if row is None or row.decode is None:
        return False
    return not row.one_value or path is None or path.resource is not None


def holds_one_value(content_format: int | None) -> bool:
    """Whether a format that was asked for has no room for several values."""
    row = None if content_format is None else FORMATS.get(content_format)
    return row is not None and row.one_value


def encode_entries(
    content_format: int,
    base: Path,
    entries: Sequence[Entry],
    *,
    float_width: FloatWidth = "smallest",
) -> bytes:
    """The body for a request to `base`. EngineError if the format cannot hold the entries."""
    row = FORMATS.get(content_format)
    if row is None:
        raise EngineError(f"content format {content_format} is unknown")
    return row.encode(base, entries, float_width)


def decode_entries(content_format: int | None, base: Path, payload: bytes) -> tuple[RawEntry, ...]:
    """The values that `payload` writes to `base`, before their types are known.

    Without a format, text on a resource (MB 2.9) and TLV, LwM2M's own default, above.
    ContentError if the payload is malformed, or `acceptable` says no to the format.
    """
    row = FORMATS.get(_or_default(content_format, base))
    if row is None or row.decode is None:
        raise ContentError(f"content format {content_format} is not understood")
    return row.decode(base, payload)


def find_value(content_format: int | None, base: Path, beginning: bytes) -> Span | None:
    """Where the only value stands in a body that has begun to arrive, 16 bytes of it or more. None
    if there are several, or the format does not tell. ContentError as in `decode_entries`."""
    row = FORMATS.get(_or_default(content_format, base))
    return None if row is None or row.find_value is None else row.find_value(base, beginning)


def _or_default(content_format: int | None, base: Path) -> int:
    if content_format is not None:
        return content_format
    return ContentFormat.TLV if base.resource is None else ContentFormat.TEXT
