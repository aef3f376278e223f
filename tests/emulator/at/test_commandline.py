"""Commands in a line: V.250 5.2 to 5.4, decision 5."""

import pytest

from emulator.at.commandline import Head, body_start, check_end, next_head
from emulator.at.parameters import Raw
from emulator.at.results import Failed, UnknownCommand
from emulator.at.table import Form


def basic(name: str, *numbers: str, end: int, form: Form = Form.EXECUTE) -> Head:
    return Head(name, form, tuple(Raw(number) for number in numbers), end, extended=False)


def extended(name: str, form: Form, end: int) -> Head:
    return Head(name, form, (), end, extended=True)


@pytest.mark.parametrize(
    ("line", "start"),
    [
        ("AT", 2),
        ("at+csq", 2),
        ("aT", 2),
        ("At", 2),
        ("\xff\xfeAT+CSQ", 4),
        ("xxAT", 4),
        ("A", None),
        ("+CSQ", None),
        ("BOGUS", None),
    ],
)
def test_the_body_begins_behind_the_first_at(line: str, start: int | None) -> None:
    """V.250 5.2.1; manual 2.1: `AT` or `at`."""
    assert body_start(line) == start


@pytest.mark.parametrize(
    ("line", "head"),
    [
        ("E", basic("E", end=1)),
        ("e0v1", basic("E", "0", end=2)),
        ("E 0", basic("E", "0", end=3)),
        ("&F", basic("&F", end=2)),
        ("&w0", basic("&W", "0", end=3)),
        ("S0=255", basic("S", "0", "255", form=Form.SET, end=6)),
        ("S3 = 13I", basic("S", "3", "13", form=Form.SET, end=7)),
        ("S3=", basic("S", "3", "", form=Form.SET, end=3)),
        ("s12?", basic("S", "12", form=Form.READ, end=4)),
        ("S", basic("S", end=1)),
        ("+CSQ", extended("+CSQ", Form.EXECUTE, 4)),
        ("+cgsn=1", extended("+CGSN", Form.SET, 6)),
        ("+MIPLCREATE =49", extended("+MIPLCREATE", Form.SET, 13)),
        ("+CSQ?", extended("+CSQ", Form.READ, 5)),
        ("+CSQ ?", extended("+CSQ", Form.READ, 6)),
        ("+CSQ=?", extended("+CSQ", Form.TEST, 6)),
        ("+CSQ = ? ;", extended("+CSQ", Form.TEST, 8)),
        ("+X=?,1", extended("+X", Form.SET, 3)),
        ("*SLEEP=1", extended("*SLEEP", Form.SET, 7)),
        ("  ; +CSQ", extended("+CSQ", Form.EXECUTE, 8)),
    ],
)
def test_one_command(line: str, head: Head) -> None:
    """Blank before `=`: HF 18 (D16)."""
    assert next_head(line, 0) == head


@pytest.mark.parametrize("line", ["", " ", ";", " ; ; "])
def test_nothing_more(line: str) -> None:
    assert next_head(line, 0) is None


@pytest.mark.parametrize("line", ["5", "=1", "?", "+", "+1", "&", "&1", '"', "\xff", "(E"])
def test_characters_that_begin_no_command(line: str) -> None:
    with pytest.raises(UnknownCommand):
        next_head(line, 0)


def test_an_extended_command_ends_at_a_semicolon_or_the_end() -> None:
    check_end("+CSQ", 4)
    check_end("+CSQ ;+CIMI", 4)
    for junk in ("+CSQ 5", "+CSQ?5", '+CSQ"'):
        with pytest.raises(Failed) as caught:
            check_end(junk, 5 if "?" in junk else 4)
        assert caught.value.code == 601
