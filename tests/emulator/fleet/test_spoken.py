"""What a fleet's hosts make of unsolicited lines, in every spelling (manual 3.9 to 3.20)."""

import pytest

from emulator.fleet.spoken import (
    FINAL,
    answer_to,
    event_of,
    has_booted,
    observed,
    value_fields,
)
from lwm2m_core.paths import Path

PATH = Path(3200, 0, 5750)


@pytest.mark.parametrize("line", ["OK", "ERROR", "+CIS ERROR: 601", "+CME ERROR: 100"])
def test_final_results_are_known(line: str) -> None:
    assert FINAL.fullmatch(line)


@pytest.mark.parametrize("line", ["OKAY", "+MIPLEVENT: 0,6", "+CIS ERROR", "NO CARRIER"])
def test_other_lines_are_none(line: str) -> None:
    assert not FINAL.fullmatch(line)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("+MIPLEVENT: 0,6", (6, None)),
        ("+MIPLEVENT:0,26,147", (26, 147)),
        ("+MIPLEVENT: 0, 26, 147", (26, 147)),
        ("+MIPLEVENT: 0", None),
        ("+MIPLEVENT: 0,x", None),
        ("+MIPLREAD: 0,6,3,0,-1", None),
    ],
)
def test_events(line: str, expected: tuple[int, int | None] | None) -> None:
    assert event_of(line) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("+MIPLOBSERVE: 0,24385,1,3200,0,-1", (True, Path(3200, 0))),
        ("+MIPLOBSERVE:0,24385,0,3200,0,5750", (False, PATH)),
        ("+MIPLOBSERVE: 0,24385", None),
    ],
)
def test_observations(line: str, expected: tuple[bool, Path] | None) -> None:
    assert observed(line) == expected


def test_a_boot_is_known_by_its_first_line() -> None:
    assert has_booted("REBOOTING") and has_booted("*ATREADY: 1")
    assert not has_booted("+CPIN: READY")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "+MIPLREAD: 0,39123,3200,0,-1",
            'AT+MIPLREADRSP=0,39123,1,3200,0,5750,1,6,"1 20.5",0,0',
        ),
        ("+MIPLREAD: 0,39123,3200,1,-1", "AT+MIPLREADRSP=0,39123,13"),
        ("+MIPLWRITE: 0,39124,3200,0,5750,1,4,abcd,0", "AT+MIPLWRITERSP=0,39124,2"),
        ("+MIPLWRITE: 0,39124,3200,0,5750,1,4,abcd,2", None),
        ("+MIPLEXECUTE: 0,39125,3200,0,5523", "AT+MIPLEXECUTERSP=0,39125,2"),
        ("+MIPLDISCOVER: 0,39126,3200", None),
    ],
)
def test_requests_are_answered(line: str, expected: str | None) -> None:
    assert answer_to(line, PATH, "string", "1 20.5") == expected


def test_what_has_never_been_reported_is_not_found() -> None:
    assert answer_to("+MIPLREAD: 0,7,3200,0,-1", PATH, "string", "") == "AT+MIPLREADRSP=0,7,13"


def test_values_are_written_as_their_type_wants() -> None:
    assert value_fields(PATH, "string", "abcd") == '3200,0,5750,1,4,"abcd"'
    assert value_fields(PATH, "integer", "21") == "3200,0,5750,3,2,21"
    assert value_fields(PATH, "float", "21.5") == "3200,0,5750,4,4,21.5"
    assert value_fields(Path(19, 0, 0), "opaque", "1 x") == "19,0,0,2,6,312078"
