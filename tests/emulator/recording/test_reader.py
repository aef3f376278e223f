"""Recordings are read up to the line that breaks them."""

import io

import pytest

from emulator.journal import Record
from emulator.recording.lines import Head, head_line, line_of
from emulator.recording.reader import LINE_LIMIT, Reading, RecordingError

HEAD = Head("p", "MN316", "field")
RECORDS = [Record(1, 0, 0.5, "serial_in", b"AT\r"), Record(2, 1, 0.75, "serial_out", b"OK")]
WHOLE = "".join(f"{line}\n" for line in (head_line(HEAD), *map(line_of, RECORDS))).encode()


def test_a_whole_recording() -> None:
    reading = Reading(io.BytesIO(WHOLE), "j")
    assert reading.head == HEAD
    assert list(reading) == RECORDS
    assert reading.trouble is None


@pytest.mark.parametrize(
    ("end", "trouble"),
    [
        (b'{"number": 3, "ca', "it is cut off: the program was killed, or the disk was full"),
        (b'{"number": 3}\n', "field 'time' is missing"),
        (b'{"\xb2"}\n', "not UTF-8: invalid start byte at byte 3"),  # GBK, for instance
        (b"\n", "not JSON: Expecting value"),
        (b"x" * (LINE_LIMIT + 2) + b"\n", f"it is longer than {LINE_LIMIT} bytes"),
    ],
)
def test_what_comes_before_a_broken_line_is_read(end: bytes, trouble: str) -> None:
    more = WHOLE if end.endswith(b"\n") else b""
    reading = Reading(io.BytesIO(WHOLE + end + more), "j")
    assert list(reading) == RECORDS
    assert reading.broken is not None and reading.broken.line == 4
    assert reading.trouble is not None
    assert reading.trouble.startswith(f"j:4: {trouble}")
    assert list(reading) == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (b"", "j:1: it is empty"),
        (b"AT\r\nOK\r\n", "j:1: not JSON: Expecting value"),
        (b'{"a": 1}\n', "j:1: no head of a recording"),
        (WHOLE[:20], "j:1: it is cut off"),
    ],
)
def test_what_is_no_recording_is_refused(text: bytes, wrong: str) -> None:
    with pytest.raises(RecordingError) as caught:
        Reading(io.BytesIO(text), "j")
    assert str(caught.value).startswith(wrong)
