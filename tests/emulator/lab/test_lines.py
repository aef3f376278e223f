"""Which line is the one that is wanted, and how bytes become lines."""

import re

import pytest

from emulator.lab.lines import (
    LINE_LIMIT,
    LINES_LIMIT,
    Line,
    Lines,
    Splitter,
    Wanted,
    any_line,
    at_line,
)


@pytest.mark.parametrize(
    ("wanted", "line", "is_it"),
    [
        ("+MIPLEVENT: 0,6", "+MIPLEVENT: 0,6", True),
        ("+MIPLEVENT: 0,6", "+MIPLEVENT:0,6", True),
        ("+MIPLEVENT:0,6", "+MIPLEVENT: 0,6", True),
        ("+MIPLEVENT: 0,1", "+MIPLEVENT: 0,15", False),
        ("+MIPLEVENT: 0,26", "+MIPLEVENT: 0,26,147", True),
        ("+MIPLEVENT", "+MIPLEVENT: 0,26,147", True),
        ("+MIPLEVENT: 0,", "+MIPLEVENT: 0,26,147", True),
        ("+MIPLEVENT:", "+MIPLEVENT: 0,26,147", True),
        ("+MIPL", "+MIPLEVENT: 0,6", False),
        ("OK", "OKAY", False),
        ("AT+MIPLOPEN", "at+miplopen=0,3000,30", True),
        ("AT+CEREG", "AT+CEREG?", True),
        ("AT", "AT+CSQ", False),
        (re.compile(r"0,[67]$"), "+MIPLEVENT: 0,7", True),
        (re.compile("^0,7"), "+MIPLEVENT: 0,7", False),
    ],
)
def test_an_at_line(wanted: Wanted, line: str, is_it: bool) -> None:
    assert at_line(wanted)(line) is is_it


def test_a_line_of_output_has_the_text_in_it() -> None:
    assert any_line("line")("> online now")
    assert not any_line("Line")("> online now")
    assert any_line(re.compile("^> on"))("> online now")


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("+MIPLEVENT: 0,26,147", ("0", "26", "147")),
        ('+MIPLREADRSP:"a,b",1', ("a,b", "1")),
        ('AT+MIPLCREATEEX="host:5684",1,,"key"', ("host:5684", "1", "", "key")),
        ("+CSQ: 5,", ("5", "")),
        ("OK", ()),
    ],
)
def test_the_fields_of_a_line(text: str, fields: tuple[str, ...]) -> None:
    assert Line(text, 0.0, 0).fields == fields


def test_bytes_become_lines_in_whatever_pieces_they_come() -> None:
    splitter, lines = Splitter(), []
    for byte in b"\r\nOK\r\n\xe4\xb8\xad\xff\rA":
        lines += splitter.feed(bytes([byte]))
    assert (lines, splitter.end(), splitter.end()) == (["OK", "中\\xff"], ["A"], [])


def test_a_line_without_an_end_comes_in_pieces() -> None:
    splitter = Splitter()
    assert list(map(len, splitter.feed(b"x" * 20_000))) == [LINE_LIMIT, LINE_LIMIT]
    assert list(map(len, splitter.end())) == [20_000 - 2 * LINE_LIMIT]


def test_the_oldest_lines_make_room_and_numbers_go_on() -> None:
    lines = Lines()
    for number in range(LINES_LIMIT + 5):
        lines.add(str(number), 0.0)
    assert (lines.count, next(iter(lines)).text) == (LINES_LIMIT + 5, "5")
    assert [line.text for line in lines.after(LINES_LIMIT + 3)] == ["20003", "20004"]
    assert len(lines.after(0)) == LINES_LIMIT
    assert lines.after(LINES_LIMIT + 5) == []
