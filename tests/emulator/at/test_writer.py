"""Framing and final results: V.250 5.7 and table 1, decisions 1 and 7, HF 26 and 27."""

import pytest

from emulator.at.results import Family, Info, Line, Problem
from emulator.at.state import LineProfile
from emulator.at.writer import encoded, final_line, framed, plain, reply

V1 = LineProfile()
V0 = LineProfile(verbose=False)


def test_decision_1_every_line_stands_between_two_line_ends() -> None:
    assert framed("+MIPLEVENT: 0,6", V1) == b"\r\n+MIPLEVENT: 0,6\r\n"


def test_decision_1_data_and_ok_in_one_piece_with_a_blank_line_between() -> None:
    """HF 26: D15 looks for `OK` at byte 19 of this very reply in the spelling without blank."""
    assert reply(["+MIPLCREATE:0"], "OK", V1) == b"\r\n+MIPLCREATE:0\r\n\r\nOK\r\n"
    assert reply(["+MIPLCREATE:0"], "OK", V1)[19:21] == b"OK"
    assert reply(["one", "two"], "OK", V1) == b"\r\none\r\n\r\ntwo\r\n\r\nOK\r\n"


def test_results_alone() -> None:
    """HF 27: D15 looks for `OK` at byte 2."""
    assert reply([], "OK", V1) == b"\r\nOK\r\n"
    assert reply([], "ERROR", V1) == b"\r\nERROR\r\n"
    assert reply([], "+CIS ERROR: 601", V1) == b"\r\n+CIS ERROR: 601\r\n"


def test_v0_lines_have_no_leading_line_end_and_results_are_numbers() -> None:
    """V.250 table 1: OK is 0, ERROR is 4; extended results have no number (5.7.2)."""
    assert framed("+CSQ: 23,99", V0) == b"+CSQ: 23,99\r\n"
    assert reply(["+CSQ: 23,99"], "OK", V0) == b"+CSQ: 23,99\r\n0\r"
    assert reply([], "ERROR", V0) == b"4\r"
    assert reply([], "+CIS ERROR: 602", V0) == b"+CIS ERROR: 602\r\n"


@pytest.mark.parametrize("final", ["OK", "ERROR", "+CME ERROR: 50"])
def test_q1_has_lines_but_no_results(final: str) -> None:
    """V.250 6.2.5."""
    quiet = LineProfile(quiet=True)
    assert reply([], final, quiet) == b""
    assert reply(["+CSQ: 23,99"], final, quiet) == b"\r\n+CSQ: 23,99\r\n"
    assert reply(["x"], final, LineProfile(quiet=True, verbose=False)) == b"x\r\n"


def test_wire_text_goes_back_to_its_bytes() -> None:
    assert encoded("\xe4\xb8\xad\xff") == b"\xe4\xb8\xad\xff"


def test_other_text_goes_out_as_utf8() -> None:
    assert encoded("\u4e2d") == b"\xe4\xb8\xad"
    assert encoded("\udc80") == b"?"


def test_manual_spelling() -> None:
    assert plain(Info("+MIPLEVENT", ("0", "26", "147"))) == "+MIPLEVENT: 0,26,147"
    assert plain("869975030000461") == "869975030000461"


MIPL_601 = Problem(Family.MIPL, 601)
GENERAL_3 = Problem(Family.GENERAL, 3)
GENERAL_601 = Problem(Family.GENERAL, 601)
OVERLONG = Problem(Family.PLAIN, 100)
CIS_601 = Info("+CIS ERROR", ("601",))
CME_3 = Info("+CME ERROR", ("3",))
CME_50 = Info("+CME ERROR", ("50",))


@pytest.mark.parametrize(
    ("problem", "unset", "off", "numbers"),
    [
        (None, "OK", "OK", "OK"),
        (MIPL_601, CIS_601, "ERROR", CIS_601),
        (GENERAL_3, "ERROR", "ERROR", CME_3),
        (GENERAL_601, "ERROR", "ERROR", CME_50),
        (OVERLONG, "ERROR", "ERROR", "ERROR"),
    ],
)
def test_decision_7_errors_by_family_and_cmee(
    problem: Problem | None, unset: Line, off: Line, numbers: Line
) -> None:
    """Decision 6 for the last row; 27.007 9.2.1 for code 50. CMEE 2 is as 1."""
    said = [final_line(problem, LineProfile(cmee=mode)) for mode in (None, 0, 1, 2)]
    assert said == [unset, off, numbers, numbers]
