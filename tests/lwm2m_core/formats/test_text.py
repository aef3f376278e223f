"""LwM2M 1.0, Appendix C, column text format."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lwm2m_core.errors import EngineError
from lwm2m_core.formats.text import decode_value, encode_value, shortest_decimal
from lwm2m_core.values import ContentError, ResourceType, Value

STRING, OPAQUE, INTEGER, FLOAT, BOOLEAN = ResourceType


@pytest.mark.parametrize(
    ("type_", "value", "text"),
    [
        (STRING, "Open Mobile Alliance", b"Open Mobile Alliance"),
        (STRING, "温度", b"\xe6\xb8\xa9\xe5\xba\xa6"),
        (OPAQUE, bytes.fromhex("0102030405"), b"AQIDBAU="),
        (OPAQUE, b"", b""),
        (INTEGER, -750, b"-750"),
        (INTEGER, 1476186613, b"1476186613"),
        (INTEGER, -(2**63), b"-9223372036854775808"),
        (FLOAT, 24.5, b"24.5"),
        (FLOAT, 6.667e-11, b"0.00000000006667"),
        (BOOLEAN, True, b"1"),
        (BOOLEAN, False, b"0"),
    ],
)
def test_value_and_text(type_: ResourceType, value: Value, text: bytes) -> None:
    assert encode_value(type_, value) == text
    decoded = decode_value(type_, text)
    assert (decoded, type(decoded)) == (value, type(value))


@pytest.mark.parametrize(
    ("type_", "text", "value"),
    [
        (INTEGER, b"0101", 101),  # conformance 1.0-int-205
        (INTEGER, b"1010", 1010),
        (INTEGER, b"-007", -7),
        (INTEGER, b"+7", 7),
        (INTEGER, b"0" * 1000 + b"7", 7),
        (INTEGER, b"000", 0),
        (FLOAT, b"9", 9.0),
        (FLOAT, b"9.0", 9.0),
        (FLOAT, b".5", 0.5),
        (FLOAT, b"5.", 5.0),
        (FLOAT, b"1.0E10", 1e10),  # as Java prints it
    ],
)
def test_more_is_read_than_is_written(type_: ResourceType, text: bytes, value: Value) -> None:
    assert decode_value(type_, text) == value


@pytest.mark.parametrize(
    ("type_", "text"),
    [
        (STRING, b"\xff"),
        (OPAQUE, b"hello"),
        (OPAQUE, b"AQID BAU="),
        (OPAQUE, b"\xff==="),
        (INTEGER, b""),
        (INTEGER, b"1.0"),
        (INTEGER, b" 1"),
        (INTEGER, b"1_000"),
        (INTEGER, b"9223372036854775808"),
        (INTEGER, b"-9223372036854775809"),
        (INTEGER, b"9" * 5000),
        (FLOAT, b""),
        (FLOAT, b"."),
        (FLOAT, b"nan"),
        (FLOAT, b"inf"),
        (FLOAT, b"1e999"),
        (FLOAT, b"0x10"),
        (FLOAT, b"1_0.5"),
        (BOOLEAN, b""),
        (BOOLEAN, b"2"),
        (BOOLEAN, b"true"),
        (BOOLEAN, b"01"),
    ],
)
def test_text_that_spells_no_value_of_the_type(type_: ResourceType, text: bytes) -> None:
    with pytest.raises(ContentError):
        decode_value(type_, text)


@given(st.sampled_from(ResourceType), st.binary(max_size=40))
def test_any_bytes_are_a_value_or_a_content_error(type_: ResourceType, raw: bytes) -> None:
    with suppress(ContentError):
        decode_value(type_, raw)


def test_a_string_of_arbitrary_bytes_goes_out_as_it_is() -> None:
    """Manual 3.9, footnote 2: <type> 6, "E309C82FE6", is sent as a string."""
    value = bytes.fromhex("E309C82FE6").decode("utf-8", "surrogateescape")
    assert encode_value(STRING, value) == bytes.fromhex("E309C82FE6")


def test_a_value_of_another_type_is_the_callers_error() -> None:
    with pytest.raises(EngineError):
        encode_value(INTEGER, "5")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "-0"),
        (25.0, "25"),
        (100.0, "100"),
        (-12.5, "-12.5"),
        (0.1, "0.1"),
        (1e-7, "0.0000001"),
        (1e22, "10000000000000000000000"),
        (123456789.125, "123456789.125"),
        (5e-324, "0." + "0" * 323 + "5"),
    ],
)
def test_shortest_decimal_of_a_double(value: float, text: str) -> None:
    assert shortest_decimal(value) == text


@pytest.mark.parametrize(
    ("single", "text"),
    [
        # Single-precision numbers by their exact binary fractions.
        ("0x1.99999Ap-4", "0.1"),
        ("0x1.5p4", "21"),
        ("0x1.8Ap4", "24.625"),
        ("-0x1.8p1", "-3"),
        ("0x1.FFFFFEp9", "1023.99994"),  # 1024 - 2⁻¹⁴: eight digits miss it
        ("0x1.FFFFFEp127", "34028235" + "0" * 31),  # the largest
        ("0x1p-149", "0." + "0" * 44 + "1"),  # the smallest
        # 2⁹⁰ = 1237940039285380274899124224 is told from its neighbours by 2⁶⁵ = 3.7e19 below and
        # by 2⁶⁶ = 7.4e19 above: of eight digits the nearer …400 misses, and …401 hits.
        ("0x1p90", "12379401" + "0" * 20),
    ],
)
def test_shortest_decimal_of_a_single(single: str, text: str) -> None:
    assert shortest_decimal(float.fromhex(single), 4) == text
