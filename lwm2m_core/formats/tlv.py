"""The binary TLV format (LwM2M 1.0, 6.4.3): items within items, and values as bytes."""

import math
import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

from lwm2m_core.errors import EngineError
from lwm2m_core.formats.text import decode_utf8
from lwm2m_core.paths import ID_LIMIT
from lwm2m_core.values import ContentError, ResourceType, Value, check_value

ITEM_LIMIT = 1024
"""Items of one body, on all levels. The shortest takes 2 bytes, a datagram has at most 1500."""

LENGTH_LIMIT = 2**24 - 1
"""Bytes of one value: the longest length field has 24 bits."""

FloatWidth = Literal["smallest", 4, 8]
"""Bytes of a float: always as many, or 4 where no precision is lost by it (*float_tlv*)."""


class TlvType(IntEnum):
    """Bits 7 and 6 of the type byte."""

    OBJECT_INSTANCE = 0
    RESOURCE_INSTANCE = 1
    MULTIPLE_RESOURCE = 2
    RESOURCE = 3


_INSIDE: Mapping[TlvType, frozenset[TlvType]] = {
    TlvType.OBJECT_INSTANCE: frozenset({TlvType.MULTIPLE_RESOURCE, TlvType.RESOURCE}),
    TlvType.MULTIPLE_RESOURCE: frozenset({TlvType.RESOURCE_INSTANCE}),
}
"""What the two containers may hold. It also ends the recursion: three levels, never more."""


@dataclass(frozen=True, slots=True)
class Tlv:
    """One item: a container has `children`, a resource or resource instance has a `value`."""

    type: TlvType
    id: int
    value: bytes = b""
    children: tuple["Tlv", ...] = ()


def encode(items: Iterable[Tlv]) -> bytes:
    """EngineError for an id or a length that has no room in its header."""
    return b"".join(map(_encode_item, items))


def _encode_item(item: Tlv) -> bytes:
    value = encode(item.children) if item.type in _INSIDE else item.value
    if not (0 <= item.id <= ID_LIMIT and len(value) <= LENGTH_LIMIT):
        raise EngineError(f"TLV item {item.id} of {len(value)} bytes")
    wide_id = item.id > 0xFF
    length_size = 0 if len(value) < 8 else _bytes_needed(len(value))
    kind = item.type << 6 | wide_id << 5 | length_size << 3 | (0 if length_size else len(value))
    return b"".join(
        (
            bytes((kind,)),
            item.id.to_bytes(1 + wide_id, "big"),
            len(value).to_bytes(length_size, "big") if length_size else b"",
            value,
        )
    )


def _bytes_needed(number: int) -> int:
    return (number.bit_length() + 7) // 8


def decode(data: bytes) -> tuple[Tlv, ...]:
    """The items of a body; any type may stand on the outermost level. ContentError if malformed."""
    return _decode_items(data, frozenset(TlvType), iter(range(ITEM_LIMIT)))


def _decode_items(
    data: bytes, allowed: frozenset[TlvType], budget: Iterator[int]
) -> tuple[Tlv, ...]:
    items = []
    for type_, id_, value in _split(data):
        if type_ not in allowed:
            raise ContentError(f"{type_.name} {id_} does not belong there")
        if next(budget, None) is None:
            raise ContentError(f"more than {ITEM_LIMIT} TLV items")
        if type_ in _INSIDE:
            items.append(Tlv(type_, id_, b"", _decode_items(value, _INSIDE[type_], budget)))
        else:
            items.append(Tlv(type_, id_, value))
    return tuple(items)


@dataclass(frozen=True, slots=True)
class Header:
    """What stands in front of an item's value, and where that value is in the body."""

    type: TlvType
    id: int
    start: int
    end: int


def header(data: bytes, at: int = 0) -> Header:
    """The header at `at`; the value behind it need not be there. ContentError if cut off."""
    kind = data[at] if at < len(data) else 0xFF
    id_size = 2 if kind & 0x20 else 1
    length_size = kind >> 3 & 3
    start = at + 1 + id_size + length_size
    if start > len(data):
        raise ContentError("a TLV header is cut off")
    id_ = int.from_bytes(data[at + 1 : at + 1 + id_size], "big")
    # The low three bits are to be ignored where a length field follows (LwM2M 1.0, table 21).
    length = int.from_bytes(data[start - length_size : start], "big") if length_size else kind & 7
    return Header(TlvType(kind >> 6), id_, start, start + length)


def _split(data: bytes) -> Iterator[tuple[TlvType, int, bytes]]:
    at = 0
    while at < len(data):
        item = header(data, at)
        if item.end > len(data):
            raise ContentError(f"TLV item {item.id} ends behind the body, at {item.end}")
        yield item.type, item.id, data[item.start : item.end]
        at = item.end


def encode_value(
    type_: ResourceType, value: Value, *, float_width: FloatWidth = "smallest"
) -> bytes:
    """A value as TLV carries it (Appendix C). EngineError if `value` is none of `type_`."""
    check_value(type_, value)
    match value:
        case str():
            return value.encode("utf-8", "surrogateescape")
        case bytes():
            return value
        case bool():
            return bytes((value,))
        case int():
            return _encode_integer(value)
        case float():
            return _encode_float(value, float_width)


def _encode_integer(value: int) -> bytes:
    width = next(w for w in (1, 2, 4, 8) if -(1 << 8 * w - 1) <= value < 1 << 8 * w - 1)
    return value.to_bytes(width, "big", signed=True)


def _encode_float(value: float, width: FloatWidth) -> bytes:
    if width != 8:
        try:
            single = struct.pack(">f", value)
        except OverflowError:  # out of the range of 4 bytes, whatever was asked for
            return struct.pack(">d", value)
        if width == 4 or struct.unpack(">f", single)[0] == value:
            return single
    return struct.pack(">d", value)


def decode_value(type_: ResourceType, raw: bytes) -> Value:
    """The value of `type_` in a TLV item. ContentError if its bytes are none.

    NaN and the infinities are refused: no other format, and no AT line, could spell them.
    """
    match type_, len(raw):
        case ResourceType.STRING, _:
            return decode_utf8(raw)
        case ResourceType.OPAQUE, _:
            return raw
        case ResourceType.INTEGER, 1 | 2 | 4 | 8:
            return int.from_bytes(raw, "big", signed=True)
        case ResourceType.BOOLEAN, 1 if raw in (b"\0", b"\1"):
            return raw == b"\1"
        case ResourceType.FLOAT, 4 | 8:
            number: float = struct.unpack(">f" if len(raw) == 4 else ">d", raw)[0]
            if math.isfinite(number):
                return number
    raise ContentError(f"not {type_.name}: {raw[:32].hex()}")
