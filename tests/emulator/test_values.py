"""Values on the AT channel: types up (decision 41), +MIPLWRITE's fields down (decision 34)."""

import struct

import pytest

from emulator.at.results import Failed
from emulator.quirks import resolve
from emulator.values import DataType, Printer, parse_value
from lwm2m_core.formats import ContentError, Form, RawEntry
from lwm2m_core.paths import Path

RESOURCE = Path(3200, 0, 5750)
PLAIN = Printer(resolve("manual"))


@pytest.mark.parametrize(
    ("type_", "text", "value"),
    [
        (1, "test", "test"),
        (1, "", ""),
        (2, "E309C82FE6", b"\xe3\x09\xc8\x2f\xe6"),  # manual 3.9
        (2, "e309", b"\xe3\x09"),
        (3, "-12", -12),  # manual 3.9
        (3, "9223372036854775807", 2**63 - 1),
        (3, "-9223372036854775808", -(2**63)),
        (4, "50.8", 50.8),  # manual 5.5
        (4, "1e3", 1000.0),
        (4, "-.5", -0.5),
        (5, "0", False),  # manual 3.9
        (5, "1", True),
        (5, "true", True),
        (5, "FALSE", False),
        (6, "003233343333", "\x0023433"),
    ],
)
def test_types_up_as_decision_41_has_them(type_: int, text: str, value: object) -> None:
    assert parse_value(DataType(type_), text) == value


@pytest.mark.parametrize(
    ("type_", "text"),
    [
        (2, "E30"),
        (2, "XY"),
        (3, ""),
        (3, "1.5"),
        (3, "9223372036854775808"),
        (3, "١"),
        (4, "nan"),
        (4, "inf"),
        (4, "1e999"),
        (4, "1_0"),
        (5, "2"),
        (5, "yes"),
        (6, "0"),
    ],
)
def test_a_value_that_does_not_fit_its_type_is_601(type_: int, text: str) -> None:
    with pytest.raises(Failed) as caught:
        parse_value(DataType(type_), text)
    assert caught.value.code == 601


def test_bytes_of_a_string_survive_whatever_they_are() -> None:
    gbk = "温度".encode("gbk").decode("latin-1")  # as the AT channel holds it
    value = parse_value(DataType.STRING, gbk)
    assert isinstance(value, str)
    assert value.encode("utf-8", "surrogateescape") == "温度".encode("gbk")


def _printed(raw: bytes, declared: int | None, **quirks: object) -> tuple[int, int, str]:
    printer = Printer(resolve("manual", quirks)) if quirks else PLAIN
    entry = RawEntry(RESOURCE, raw, Form.TLV)
    fields = printer.print(entry, None if declared is None else DataType(declared))
    return fields.type, fields.length, fields.text


@pytest.mark.parametrize(
    ("raw", "declared", "fields"),
    [
        (b"test", 1, (1, 4, "test")),  # manual 3.13
        (b"", 1, (1, 0, "")),
        (bytes.fromhex("0744"), 3, (3, 4, "1860")),  # manual 4.3
        (bytes.fromhex("f4"), 3, (3, 3, "-12")),
        (bytes.fromhex("41c40000"), 4, (4, 4, "24.5")),  # manual 5.5
        (bytes.fromhex("41f40000"), 4, (4, 4, "30.5")),
        (bytes.fromhex("3dcccccd"), 4, (4, 3, "0.1")),
        (bytes.fromhex("3fb999999999999a"), 4, (4, 3, "0.1")),
        (b"\x01", 5, (5, 1, "1")),
        (b"\x00", 5, (5, 1, "0")),
        (bytes.fromhex("34353637"), 2, (2, 8, "34353637")),  # manual 5.3
        (bytes.fromhex("ab"), 2, (2, 2, "AB")),
        (bytes.fromhex("05010203"), None, (6, 8, "05010203")),  # manual 5.6
    ],
)
def test_types_down_as_the_manual_prints_them(
    raw: bytes, declared: int | None, fields: tuple[int, int, str]
) -> None:
    assert _printed(raw, declared) == fields


def test_what_would_forge_lines_is_printed_as_undeclared() -> None:
    """Decision 12."""
    assert _printed(b"a\r\nOK", 1) == (6, 10, "610D0A4F4B")
    assert _printed(b"a\r\nOK", 1, unsafe_string="raw") == (1, 5, "a\r\nOK")


@pytest.mark.parametrize(
    ("quirk", "value", "raw", "declared", "fields"),
    [
        ("write_undeclared", 2, b"\xab", None, (2, 2, "AB")),
        ("write_undeclared", 1, b"1234", None, (1, 4, "1234")),
        ("write_opaque_len", "bytes", b"\xab\xcd", 2, (2, 2, "ABCD")),
        ("write_string_quotes", "on", b"test", 1, (1, 4, '"test"')),
        ("hex_case", "lower", b"\xab", 2, (2, 2, "ab")),
    ],
)
def test_quirks_of_the_printed_value(
    quirk: str, value: object, raw: bytes, declared: int | None, fields: tuple[int, int, str]
) -> None:
    assert _printed(raw, declared, **{quirk: value}) == fields


@pytest.mark.parametrize(
    ("raw", "declared"), [(b"", 3), (b"\x01\x02\x03", 3), (b"\x02", 5), (b"\x00" * 5, 4)]
)
def test_bytes_that_do_not_fit_the_declared_type_are_refused(raw: bytes, declared: int) -> None:
    with pytest.raises(ContentError):
        _printed(raw, declared)


def test_a_float_keeps_ten_digits_before_and_nine_behind_the_point() -> None:
    """Manual 3.12 note 4; decision 34."""
    big = struct.pack(">d", 12345678901234.0)
    assert _printed(big, 4) == (4, 10, "1234567890")
    small = struct.pack(">d", 0.12345678901)
    assert _printed(small, 4) == (4, 11, "0.123456789")
    assert _printed(big, 4, float_overflow="garbage") == (4, 21, "-2147483648.000000000")
