"""The journal as JSON Lines. The lines are typed by docs/recordings.md, schema version 1."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from emulator.journal import KINDS, Record
from emulator.recording.lines import Head, LineError, head_line, head_of, line_of, record_of

HEAD = Head(
    "mipl-emulator 0.1.0",
    "MN316",
    "manual",
    seed=7,
    quirks={"urc_gap_ms": "100"},
    faults=("command +MIPLNOTIFY nth 3: busy",),
    network={"signal": "5"},
    scenario="coverage.yaml",
    start="2026-11-28T10:12:00.5+00:00",
)
HEAD_LINE = (
    '{"format": "mipl-journal", "schema": 1, "program": "mipl-emulator 0.1.0", "model": "MN316", '
    '"dialect": "manual", "timing": "module", "seed": 7, "quirks": {"urc_gap_ms": "100"}, '
    '"faults": ["command +MIPLNOTIFY nth 3: busy"], "network": {"signal": "5"}, '
    '"scenario": "coverage.yaml", '
    '"start": "2026-11-28T10:12:00.5+00:00", "redacted": true}'
)
LINES = [
    (
        Record(1, 0, 0.25, "serial_in", b"AT\r\n"),
        '{"number": 1, "cause": 0, "time": 0.25, "kind": "serial_in", "data": "AT\\r\\n"}',
    ),
    (  # UTF-8 that people can read
        Record(2, 1, 1.5, "serial_out", "温度\r\n".encode()),
        '{"number": 2, "cause": 1, "time": 1.5, "kind": "serial_out", "data": "温度\\r\\n"}',
    ),
    (  # the same in GBK is no UTF-8
        Record(3, 1, 1.5, "serial_out", bytes.fromhex("cec2b6c8")),
        '{"number": 3, "cause": 1, "time": 1.5, "kind": "serial_out", "hex": "cec2b6c8"}',
    ),
    (
        Record(4, 2, 2.0, "datagram_in", b"\x60\x00\x00\x07", "link 1"),
        '{"number": 4, "cause": 2, "time": 2.0, "kind": "datagram_in", "text": "link 1", '
        '"hex": "60000007"}',
    ),
    (  # U+2028 ends a line for some programs
        Record(5, 2, 2.0, "command", text="AT\u2028温"),
        '{"number": 5, "cause": 2, "time": 2.0, "kind": "command", "text": "AT\\u2028\\u6e29"}',
    ),
]


def test_a_head_and_back() -> None:
    assert head_line(HEAD) == HEAD_LINE
    assert head_of(HEAD_LINE) == HEAD


@pytest.mark.parametrize(("record", "line"), LINES, ids=lambda each: type(each).__name__)
def test_a_record_and_back(record: Record, line: str) -> None:
    assert line_of(record) == line
    assert record_of(line) == record


@given(
    some.builds(
        Record,
        some.integers(1, 2**60),
        some.integers(0, 2**60),
        some.integers(0, 10**12).map(lambda micros: round(micros / 10**6, 6)),
        some.sampled_from(sorted(KINDS)),
        some.binary(max_size=40) | some.text(max_size=20).map(lambda text: text.encode()),
        some.text(max_size=40),
    )
)
def test_nothing_is_lost_and_a_line_is_one_line(record: Record) -> None:
    line = line_of(record)
    assert record_of(line) == record
    assert line.splitlines() == [line]


def test_what_a_later_version_may_add_is_skipped() -> None:
    line = line_of(LINES[0][0], more={"a": 1}).replace("serial_in", "smoke_out")
    assert record_of(line) == Record(1, 0, 0.25, "smoke_out", b"AT\r\n")
    assert head_of(HEAD_LINE.replace('"seed"', '"seeds": 2, "seed"')) == HEAD


@pytest.mark.parametrize(
    ("field", "value", "wrong"),
    [
        ("quirks", "[]", "field 'quirks' is [], not an object"),
        ("seed", '"7"', "field 'seed' is '7', not a whole number"),
        ("seed", "true", "field 'seed' is True, not a whole number"),
        ("start", "5", "field 'start' is 5, not a text"),
        ("redacted", "null", "field 'redacted' is None, not true or false"),
    ],
)
def test_heads_with_a_field_of_another_type(field: str, value: str, wrong: str) -> None:
    line = f'{HEAD_LINE[:-1]}, "{field}": {value}}}'
    with pytest.raises(LineError) as caught:
        head_of(line)
    assert str(caught.value) == wrong


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ('{"number": 1, "cau', "not JSON: Unterminated string"),
        ("[" * 100_000, "not JSON of ours: nested too deeply"),
        ("[1]", "not a JSON object"),
        ('{"nummer": 1}', "field 'number' is missing; is it 'nummer'?"),
        ('{"number": "1"}', "field 'number' is '1', not of type int"),
        ('{"number": true}', "field 'number' is True, not of type int"),
        ('{"number": 1, "time": 0, "kind": "reset", "hex": "0g"}', "field 'hex' stands for no"),
        ('{"number": 1, "time": 0, "kind": "reset", "data": "\\ud800"}', "field 'data' stands for"),
    ],
)
def test_a_broken_line_says_what_is_wrong(line: str, wrong: str) -> None:
    with pytest.raises(LineError) as caught:
        record_of(line)
    assert str(caught.value).startswith(wrong)


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ('{"format": "pcap"}', 'no head of a recording, which has "format": "mipl-journal"'),
        (
            HEAD_LINE.replace('"schema": 1', '"schema": 2'),
            "schema 2 is unknown here; this program reads schema 1",
        ),
        (HEAD_LINE.replace('"model"', '"modell"'), "field 'model' is missing; is it 'modell'?"),
    ],
)
def test_a_wrong_head_says_what_is_wrong(line: str, wrong: str) -> None:
    with pytest.raises(LineError) as caught:
        head_of(line)
    assert str(caught.value) == wrong


def test_every_kind_has_its_sentence() -> None:
    assert all(text.endswith(".") and text[0].isupper() for text in KINDS.values())
    assert json.loads(line_of(Record(1, 0, 0.0, "reset")))["kind"] in KINDS
