"""What breaks the rules on purpose: no answer, two answers (quirks of EC, MB 5.6, 10)."""

from typing import Any

import pytest

DIRECT = 'AT+MIPLCREATEEX="183.230.40.40:5683",0'


def _module(desk: Any, **quirks: str) -> Any:
    table = desk(quirks=quirks)
    table.at(DIRECT)
    return table


@pytest.mark.parametrize(
    "line",
    [
        "AT+MIPLOPEN=0,0",
        "AT+MIPLOPEN=0,268435456",
        "AT+MIPLOPEN=0,abc",
        "AT+MIPLOPEN=0,",
        "AT+MIPLOPEN=0,300,0",
        "AT+MIPLOPEN=0,300,65536",
        'at+miplopen = "0","300","x"',
    ],
)
@pytest.mark.parametrize("mode", ["AT", "AT+CMEE=0", "ATV0"])
def test_a_bad_lifetime_or_timeout_may_get_no_answer(desk: Any, mode: str, line: str) -> None:
    """Quirk open_bad_param_silent, MB 5.6 (EC); the next command is answered as ever."""
    table = desk(quirks={"open_bad_param_silent": "on"})
    table.firmware.serial_received(f"{DIRECT}\r{mode}\r".encode(), table.now)
    table.firmware.outputs()
    assert table.at(line) == ""
    table.firmware.serial_received(b"ATV1\r", table.now)
    assert table.at("AT") == "OK|OK"
    assert table.links == []


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("AT+MIPLOPEN=0,0", "+CIS ERROR: 601"),
        ("AT+MIPLOPEN=0,300,65536", "+CIS ERROR: 601"),
    ],
)
def test_it_is_601_otherwise(desk: Any, line: str, answer: str) -> None:
    """Decision 22."""
    assert _module(desk, open_bad_param_silent="off").at(line) == answer


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("AT+MIPLOPEN=0,300,30", "OK"),
        ("AT+MIPLOPEN=1,300,30", "+CIS ERROR: 653"),
        ("AT+MIPLOPEN=x,300,30", "+CIS ERROR: 601"),
        ("AT+MIPLOPEN=0", "+CIS ERROR: 601"),
        ("AT+MIPLOPEN=0,300,30,1", "+CIS ERROR: 601"),
        ("AT+MIPLOPEN?", "+CIS ERROR: 602"),
        ("AT+MIPLUPDATE=0,0,2", "+CIS ERROR: 601"),
        ("AT+BOGUS=0,300", "ERROR"),
    ],
)
def test_everything_else_is_answered(desk: Any, line: str, answer: str) -> None:
    assert _module(desk, open_bad_param_silent="on").at(line) == answer


def test_a_good_open_in_the_wrong_state_is_answered(desk: Any) -> None:
    """Decision 22: 602; only parameters that are bad go without."""
    for mode, answer in (("AT", "+CIS ERROR: 602"), ("AT+CMEE=0", "ERROR")):
        table = _module(desk, open_bad_param_silent="on")
        table.at("AT+MIPLOPEN=0,300,30")
        table.at(mode)
        assert table.at("AT+MIPLOPEN=0,300,30") == answer


def test_each_of_several_lines_in_one_write_is_judged_by_itself(desk: Any) -> None:
    table = _module(desk, open_bad_param_silent="on")
    assert table.at("AT+MIPLOPEN=1,0\rAT+MIPLOPEN=0,0\rAT+MIPLCLOSE=0\rAT") == (
        "+CIS ERROR: 601|+CIS ERROR: 602|OK"
    )


def test_a_failed_command_may_get_two_error_lines(desk: Any) -> None:
    """Quirk double_error_line, MB 10; both at once, the second is none where the first is none."""
    table = _module(desk, double_error_line="on")
    assert table.at("AT+MIPLCLOSE=0") == "+CIS ERROR: 602|+CIS ERROR: 602"
    table = _module(desk, double_error_line="on", open_bad_param_silent="on")
    assert table.at("AT+MIPLOPEN=0,0") == ""
