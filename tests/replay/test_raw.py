"""Bytes as lines: encodings, line ends, what terminals do, and bounds."""

import codecs
import io
from collections.abc import Iterator
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.replay.entry import Break, LogError
from emulator.replay.formats import FORMATS
from emulator.replay.raw import LINE_LIMIT, RawLines, seen
from emulator.replay.reading import LogReading


def _texts(data: bytes) -> list[str]:
    return [raw.text for raw in RawLines(io.BytesIO(data))]


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"AT\r\r\nOK\n\r\nERROR", ["AT", "", "OK", "", "ERROR"]),
        (b"AT\rOK\r", ["AT", "OK"]),
        ("设备 OK\n".encode() + "收←◆OK\n".encode("gbk"), ["设备 OK", "收←◆OK"]),
        (b"temp 21\xb0\xff\n", ["temp 21\xb0\xff"]),  # Latin-1
        (codecs.BOM_UTF8 + b"AT\n", ["AT"]),
        ("\ufeffAT\r\n发→◇".encode("utf-16-le"), ["AT", "发→◇"]),
        ("\ufeffAT\r\nOK".encode("utf-16-be"), ["AT", "OK"]),
        (b"\0\0AT\0\n", ["AT"]),
        (b"", []),
    ],
)
def test_line_ends_and_encodings(data: bytes, lines: list[str]) -> None:
    assert _texts(data) == lines


def test_a_line_end_between_two_pieces_that_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("emulator.replay.raw.PIECE", 3)
    raws = list(RawLines(io.BytesIO(b"AT\r\nOK\r\n\r\nERR")))
    assert [(raw.number, raw.text, raw.whole) for raw in raws] == [
        (1, "AT", True),
        (2, "OK", True),
        (3, "", True),
        (4, "ERR", False),
    ]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("AT+CSS\b \bQ", "AT+CSQ"),  # as terminals echo a rubout
        ("AT+CSS\x7fQ", "AT+CSQ"),
        ("AT+CXX\x1b[2D\x1b[KSQ", "AT+CSQ"),
        ("\x1b[1;32mOK\x1b[0m", "OK"),
        ("\x1b]0;COM3\x07OK", "OK"),
        ("AT\b\b\b\b", "AT"),
        ("ab\x1b[9999Dc", "cb"),
        ("tab\tstays", "tab\tstays"),
    ],
)
def test_what_a_terminal_shows(typed: str, shown: str) -> None:
    assert seen(typed) == shown


def _broken(data: bytes) -> tuple[list[str], Break | None]:
    lines = RawLines(io.BytesIO(data))
    return [raw.text for raw in lines], lines.broken


def test_a_line_that_is_too_long_ends_it() -> None:
    texts, broken = _broken(b"AT\n" + b"x" * (LINE_LIMIT + 1) + b"\nOK\n")
    assert texts == ["AT"]
    assert broken == Break(2, "it is longer than 65536 bytes")


def test_noise_ends_it() -> None:
    texts, broken = _broken(b"AT\nOK\n" + bytes(range(1, 8)) * 5 + b"\nOK\n")
    assert texts == ["AT", "OK"]
    assert broken is not None and broken.line == 3
    assert broken.reason.startswith("it is no text: 35 of its 35 characters are none")


class _Endless(io.RawIOBase):
    """A log that never ends; `reads` counts what was asked of it."""

    def __init__(self) -> None:
        self.reads = 0
        self._piece = (b"AT+CSQ\r\n+CSQ: 20,99\r\n\r\nOK\r\n" * 3000)[: 1 << 16]

    def read(self, size: int = -1) -> bytes:
        self.reads += 1
        return self._piece[:size]

    def seek(self, place: int, whence: int = 0) -> int:
        return place


def test_no_more_is_read_than_is_asked_for() -> None:
    stream = _Endless()
    reading = LogReading(stream, "endless")  # type: ignore[arg-type]
    assert stream.reads == 1
    assert len(list(islice(reading, 20_000))) == 20_000
    assert stream.reads == 4  # one for the sample; 7000 lines each


def _pieces() -> Iterator[bytes]:
    yield from (b"AT+CSQ", b"OK", b"\r\n", b"\r", b"\n", b"\x1b[", b"\b", b"[12:34:56.789]", b"> ")
    yield from ("发→◇".encode("gbk"), "收←◆".encode(), b'{"format": "mipl-journal"', b"< ", b"~ 9")
    yield from (b"+MIPLREAD: 0,{m1},3,0,-1", b"@ model=X", b"\xff\xfe", b"[Mon May 06 ", b"=~=~= ")


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.one_of(st.binary(max_size=12), st.sampled_from(list(_pieces()))), max_size=40),
    st.sampled_from([None, *(each.name for each in FORMATS)]),
)
def test_any_bytes_read_as_a_log_or_say_why_not(parts: list[bytes], name: str | None) -> None:
    try:
        entries = list(LogReading(io.BytesIO(b"".join(parts)), "any", name))
    except LogError as error:
        assert str(error)
        return
    assert all(entry.text and entry.text == entry.text.strip() for entry in entries)
