"""The binary format against the examples of LwM2M 1.0 (6.4.3), typed from the specification.

Its misprints are put right, since its own texts and tables contradict them: 6.4.3.1 "Lightweigt",
and the lengths 86 02 for 87 02, 08 00 0D for 08 00 0F, 08 00 23 and 08 01 23 for 26.
"""

import math
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lwm2m_core.errors import EngineError
from lwm2m_core.formats.tlv import (
    ITEM_LIMIT,
    FloatWidth,
    Tlv,
    TlvType,
    decode,
    decode_value,
    encode,
    encode_value,
)
from lwm2m_core.values import ContentError, ResourceType, Value

OBJECT_INSTANCE, RESOURCE_INSTANCE, MULTIPLE_RESOURCE, RESOURCE = TlvType
STRING, OPAQUE, INTEGER, FLOAT, BOOLEAN = ResourceType


def several(id_: int, *values: bytes) -> Tlv:
    """A multiple resource whose instances are numbered from 0."""
    children = tuple(Tlv(RESOURCE_INSTANCE, n, value) for n, value in enumerate(values))
    return Tlv(MULTIPLE_RESOURCE, id_, children=children)


# 6.4.3.1, "Req: Get /3/0"
DEVICE_BYTES = bytes.fromhex(
    "C8 00 14 4F 70 65 6E 20 4D 6F 62 69 6C 65 20 41 6C 6C 69 61 6E 63 65"
    "C8 01 16 4C 69 67 68 74 77 65 69 67 68 74 20 4D 32 4D 20 43 6C 69 65 6E 74"
    "C8 02 09 33 34 35 30 30 30 31 32 33"
    "C3 03 31 2E 30"
    "86 06 41 00 01 41 01 05"
    "88 07 08 42 00 0E D8 42 01 13 88"
    "87 08 41 00 7D 42 01 03 84"
    "C1 09 64"
    "C1 0A 0F"
    "83 0B 41 00 00"
    "C4 0D 51 82 42 8F"
    "C6 0E 2B 30 32 3A 30 30"
    "C1 10 55"
)
DEVICE = (
    Tlv(RESOURCE, 0, b"Open Mobile Alliance"),
    Tlv(RESOURCE, 1, b"Lightweight M2M Client"),
    Tlv(RESOURCE, 2, b"345000123"),
    Tlv(RESOURCE, 3, b"1.0"),
    several(6, b"\x01", b"\x05"),
    several(7, b"\x0e\xd8", b"\x13\x88"),
    several(8, b"\x7d", b"\x03\x84"),
    Tlv(RESOURCE, 9, b"\x64"),
    Tlv(RESOURCE, 10, b"\x0f"),
    several(11, b"\x00"),
    Tlv(RESOURCE, 13, b"\x51\x82\x42\x8f"),
    Tlv(RESOURCE, 14, b"+02:00"),
    Tlv(RESOURCE, 16, b"U"),
)

EXAMPLES = [
    pytest.param(DEVICE_BYTES, DEVICE, id="6.4.3.1 single object instance"),
    pytest.param(
        bytes.fromhex("08 00 79") + DEVICE_BYTES,
        (Tlv(OBJECT_INSTANCE, 0, children=DEVICE),),
        id="6.4.3.2 A single-instance object",
    ),
    pytest.param(
        bytes.fromhex(
            "08 00 0E C1 00 01 C1 01 00 83 02 41 7F 07 C1 03 7F"
            "08 02 12 C1 00 03 C1 01 00 87 02 41 7F 07 61 01 36 01 C1 03 7F"
        ),
        (
            Tlv(
                OBJECT_INSTANCE,
                0,
                children=(
                    Tlv(RESOURCE, 0, b"\x01"),
                    Tlv(RESOURCE, 1, b"\x00"),
                    Tlv(MULTIPLE_RESOURCE, 2, children=(Tlv(RESOURCE_INSTANCE, 127, b"\x07"),)),
                    Tlv(RESOURCE, 3, b"\x7f"),
                ),
            ),
            Tlv(
                OBJECT_INSTANCE,
                2,
                children=(
                    Tlv(RESOURCE, 0, b"\x03"),
                    Tlv(RESOURCE, 1, b"\x00"),
                    Tlv(
                        MULTIPLE_RESOURCE,
                        2,
                        children=(
                            Tlv(RESOURCE_INSTANCE, 127, b"\x07"),
                            Tlv(RESOURCE_INSTANCE, 310, b"\x01"),
                        ),
                    ),
                    Tlv(RESOURCE, 3, b"\x7f"),
                ),
            ),
        ),
        id="6.4.3.2 B Access Control, two instances",
    ),
    pytest.param(
        bytes.fromhex("08 00 0F C1 00 01 C4 01 00 01 51 80 C1 06 01 C1 07 55"),
        (
            Tlv(
                OBJECT_INSTANCE,
                0,
                children=(
                    Tlv(RESOURCE, 0, b"\x01"),
                    Tlv(RESOURCE, 1, b"\x00\x01\x51\x80"),
                    Tlv(RESOURCE, 6, b"\x01"),
                    Tlv(RESOURCE, 7, b"U"),
                ),
            ),
        ),
        id="6.4.3.2 C Server, one instance",
    ),
    pytest.param(
        bytes.fromhex(
            "88 00 0C 44 00 00 42 00 00 44 01 00 42 00 01"
            "C8 01 0D 38 36 31 33 38 30 30 37 35 35 35 30 30"
            "C4 02 12 34 56 78"
        ),
        (
            several(0, b"\x00\x42\x00\x00", b"\x00\x42\x00\x01"),
            Tlv(RESOURCE, 1, b"8613800755500"),
            Tlv(RESOURCE, 2, b"\x12\x34\x56\x78"),
        ),
        id="6.4.3.3 object links, instance",
    ),
    pytest.param(
        bytes.fromhex(
            "08 00 26 C8 00 0B 6D 79 53 65 72 76 69 63 65 20 31"
            "C8 01 0F 49 6E 74 65 72 6E 65 74 2E 31 35 2E 32 33 34 C4 02 00 43 00 00"
            "08 01 26 C8 00 0B 6D 79 53 65 72 76 69 63 65 20 32"
            "C8 01 0F 49 6E 74 65 72 6E 65 74 2E 31 35 2E 32 33 35 C4 02 FF FF FF FF"
        ),
        (
            Tlv(
                OBJECT_INSTANCE,
                0,
                children=(
                    Tlv(RESOURCE, 0, b"myService 1"),
                    Tlv(RESOURCE, 1, b"Internet.15.234"),
                    Tlv(RESOURCE, 2, b"\x00\x43\x00\x00"),
                ),
            ),
            Tlv(
                OBJECT_INSTANCE,
                1,
                children=(
                    Tlv(RESOURCE, 0, b"myService 2"),
                    Tlv(RESOURCE, 1, b"Internet.15.235"),
                    Tlv(RESOURCE, 2, b"\xff\xff\xff\xff"),
                ),
            ),
        ),
        id="6.4.3.3 object links, object",
    ),
    # Bounds of the header fields (6.4.3, table 21).
    pytest.param(bytes.fromhex("C0 FF"), (Tlv(RESOURCE, 255),), id="empty value"),
    pytest.param(bytes.fromhex("E0 01 00"), (Tlv(RESOURCE, 256),), id="16-bit id"),
    pytest.param(
        bytes.fromhex("C7 01") + b"1234567", (Tlv(RESOURCE, 1, b"1234567"),), id="length 7"
    ),
    pytest.param(
        bytes.fromhex("C8 01 08") + b"12345678", (Tlv(RESOURCE, 1, b"12345678"),), id="length 8"
    ),
    pytest.param(
        bytes.fromhex("C8 01 FF") + b"x" * 255, (Tlv(RESOURCE, 1, b"x" * 255),), id="length 255"
    ),
    pytest.param(
        bytes.fromhex("D0 01 01 00") + b"x" * 256,
        (Tlv(RESOURCE, 1, b"x" * 256),),
        id="length 256",
    ),
    pytest.param(
        bytes.fromhex("F8 16 76 01 00 00") + b"x" * 65536,
        (Tlv(RESOURCE, 5750, b"x" * 65536),),
        id="length 65536, 16-bit id",
    ),
    # What Leshan writes to /3200/0/5750 (SV 2.2).
    pytest.param(
        bytes.fromhex("E4 16 76 74 65 73 74"), (Tlv(RESOURCE, 5750, b"test"),), id="Leshan"
    ),
    pytest.param(bytes.fromhex("00 03"), (Tlv(OBJECT_INSTANCE, 3),), id="empty instance"),
    pytest.param(b"", (), id="empty body"),
]


@pytest.mark.parametrize(("data", "items"), EXAMPLES)
def test_encode(data: bytes, items: tuple[Tlv, ...]) -> None:
    assert encode(items) == data


@pytest.mark.parametrize(("data", "items"), EXAMPLES)
def test_decode(data: bytes, items: tuple[Tlv, ...]) -> None:
    assert decode(data) == items


def test_short_values_may_come_with_a_length_field() -> None:
    """Table 21: bits 2-0 are to be ignored where bits 4-3 announce a length field."""
    assert decode(bytes.fromhex("CF 01 01 37")) == (Tlv(RESOURCE, 1, b"7"),)
    assert decode(bytes.fromhex("D8 01 00 00 01 37")) == (Tlv(RESOURCE, 1, b"7"),)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param("C1", id="no id"),
        pytest.param("E1 16", id="half an id"),
        pytest.param("C8 01", id="no length"),
        pytest.param("D0 01 01", id="half a length"),
        pytest.param("C2 01 37", id="value cut off"),
        pytest.param("D8 01 FF FF FF 00", id="16 MiB announced"),
        pytest.param("03 00 C2 01 37", id="child cut off by its parent"),
        pytest.param("02 00 00 01", id="instance in an instance"),
        pytest.param("03 00 41 00 01", id="resource instance in an instance"),
        pytest.param("83 06 C1 00 01", id="resource in a multiple resource"),
        pytest.param("82 06 80 01", id="multiple resource in a multiple resource"),
    ],
)
def test_malformed_bodies(data: str) -> None:
    with pytest.raises(ContentError):
        decode(bytes.fromhex(data))


def test_items_are_bounded_over_all_levels() -> None:
    resource = bytes.fromhex("C0 01")
    assert len(decode(resource * ITEM_LIMIT)) == ITEM_LIMIT
    with pytest.raises(ContentError, match="1024"):
        decode(resource * (ITEM_LIMIT + 1))
    with pytest.raises(ContentError, match="1024"):
        decode(bytes.fromhex("10 00 08 00") + resource * ITEM_LIMIT)


@given(st.binary(max_size=80))
def test_any_bytes_are_items_or_a_content_error(data: bytes) -> None:
    with suppress(ContentError):
        decode(data)


@given(st.integers(0, len(DEVICE_BYTES) + 2), st.integers(0, 255))
def test_any_damage_is_items_or_a_content_error(at: int, byte: int) -> None:
    data = bytearray(bytes.fromhex("08 00 79") + DEVICE_BYTES)
    data[at] = byte
    with suppress(ContentError):
        decode(bytes(data))


@pytest.mark.parametrize("id_", [-1, 65536])
def test_an_id_without_room_is_the_callers_error(id_: int) -> None:
    with pytest.raises(EngineError):
        encode([Tlv(RESOURCE, id_)])


def test_a_length_without_room_is_the_callers_error() -> None:
    with pytest.raises(EngineError):
        encode([Tlv(RESOURCE, 1, bytes(2**24))])


VALUES = [
    (INTEGER, 0, "00"),
    (INTEGER, 127, "7F"),
    (INTEGER, 128, "0080"),
    (INTEGER, -1, "FF"),
    (INTEGER, -128, "80"),
    (INTEGER, -129, "FF7F"),
    (INTEGER, 3800, "0ED8"),  # 6.4.3.1, resource 7
    (INTEGER, 32767, "7FFF"),
    (INTEGER, 32768, "00008000"),
    (INTEGER, -32769, "FFFF7FFF"),
    (INTEGER, 86400, "00015180"),  # 6.4.3.2 C, lifetime
    (INTEGER, 1367491215, "5182428F"),  # 6.4.3.1, current time
    (INTEGER, 2**31, "0000000080000000"),
    (INTEGER, -(2**31) - 1, "FFFFFFFF7FFFFFFF"),
    (INTEGER, -(2**63), "8000000000000000"),
    (BOOLEAN, True, "01"),
    (BOOLEAN, False, "00"),
    (STRING, "U", "55"),
    (STRING, "", ""),
    (STRING, "温", "E6B8A9"),
    (OPAQUE, bytes.fromhex("E309C82FE6"), "E309C82FE6"),
    (FLOAT, 24.5, "41C40000"),
    (FLOAT, -1.5, "BFC00000"),
    (FLOAT, 0.0, "00000000"),
    (FLOAT, 0.1, "3FB999999999999A"),  # no single-precision number
    (FLOAT, 16777217.0, "4170000010000000"),  # 2²⁴ + 1, one bit too many
    (FLOAT, 1e300, "7E37E43C8800759C"),
]


@pytest.mark.parametrize(("type_", "value", "raw"), VALUES)
def test_value_and_bytes(type_: ResourceType, value: Value, raw: str) -> None:
    """Appendix C, column TLV format; float: the smallest width that is exact (*float_tlv*)."""
    assert encode_value(type_, value).hex().upper() == raw
    decoded = decode_value(type_, bytes.fromhex(raw))
    assert (decoded, type(decoded)) == (value, type(value))


@pytest.mark.parametrize(
    ("value", "width", "raw"),
    [
        (24.5, 8, "4038800000000000"),
        (24.5, 4, "41C40000"),
        (0.1, 4, "3DCCCCCD"),
        (1e300, 4, "7E37E43C8800759C"),  # 4 bytes cannot hold it at all
    ],
)
def test_floats_of_a_given_width(value: float, width: FloatWidth, raw: str) -> None:
    assert encode_value(FLOAT, value, float_width=width).hex().upper() == raw


def test_longer_integers_than_needed_are_read() -> None:
    assert decode_value(INTEGER, bytes.fromhex("00000001")) == 1
    assert decode_value(INTEGER, bytes.fromhex("FFFFFFFFFFFFFFFE")) == -2


@pytest.mark.parametrize(
    ("type_", "raw"),
    [
        (INTEGER, ""),
        (INTEGER, "000001"),
        (INTEGER, "00" * 16),
        (BOOLEAN, ""),
        (BOOLEAN, "02"),
        (BOOLEAN, "0001"),
        (FLOAT, ""),
        (FLOAT, "41C4"),
        (FLOAT, "7FC00000"),  # NaN
        (FLOAT, "FFF0000000000000"),  # -infinity
        (STRING, "E6B8"),
    ],
)
def test_bytes_that_are_no_value_of_the_type(type_: ResourceType, raw: str) -> None:
    with pytest.raises(ContentError):
        decode_value(type_, bytes.fromhex(raw))


@given(st.sampled_from(ResourceType), st.binary(max_size=16))
def test_any_bytes_are_a_value_or_a_content_error(type_: ResourceType, raw: bytes) -> None:
    try:
        value = decode_value(type_, raw)
    except ContentError:
        return
    assert not isinstance(value, float) or math.isfinite(value)


def test_a_string_of_arbitrary_bytes_goes_out_as_it_is() -> None:
    """Manual 3.9, footnote 2: <type> 6, "E309C82FE6", is sent as a string."""
    value = bytes.fromhex("E309C82FE6").decode("utf-8", "surrogateescape")
    assert encode_value(STRING, value) == bytes.fromhex("E309C82FE6")


def test_a_value_of_another_type_is_the_callers_error() -> None:
    with pytest.raises(EngineError):
        encode_value(INTEGER, "5")
