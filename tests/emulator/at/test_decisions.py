"""The decisions on the AT channel, literally. A number is the item in decisions.md."""

from collections.abc import Callable

import pytest

from emulator.at.state import LineProfile

Ask = Callable[..., bytes]

OK = b"\r\nOK\r\n"
ERROR = b"\r\nERROR\r\n"


def cis(code: int) -> bytes:
    return b"\r\n+CIS ERROR: %d\r\n" % code


def cme(code: int) -> bytes:
    return b"\r\n+CME ERROR: %d\r\n" % code


def test_decision_1_lines_and_ok(ask: Ask) -> None:
    assert ask(b"AT+TEXT=a\r\n") == b"\r\n+TEXT: a\r\n\r\nOK\r\n"
    assert ask(b"AT+MIPLNUM=0,7\r\n") == b"\r\n+MIPLNUM: 0,7\r\n\r\nOK\r\n"


def test_decision_2_early_commands_are_never_dropped(ask: Ask) -> None:
    assert ask(b"AT\r\nAT+TEXT=a\r\nBOGUS\r\nAT\r\n") == (
        OK + b"\r\n+TEXT: a\r\n\r\nOK\r\n" + ERROR + OK
    )


@pytest.mark.parametrize(
    "line",
    [
        b"AT+MIPLNUM=0,7\r",
        b"AT+MIPLNUM=0,7\n",
        b"AT+MIPLNUM=0,7\r\n",
        b"AT+MIPLNUM=0,7\r\n\x00\x00\x00\x00",
        b"AT+MIPL\x00NUM=0,7\x00\r\n",
        b"AT+MIPLNUM=0,7  \t \r\n",
        b"at+miplnum=0,7\r\n",
        b"At+MiplNum=0,7\r\n",
        b"AT+MIPLNUM = 0 , 7\r\n",
        b"AT+MIPLNUM =0,7\r\n",
        b'AT+MIPLNUM="0","7"\r\n',
        b"AT+MIPLNUM=0,0x7\r\n",
        b"AT+MIPLNUM=0,0X07\r\n",
        b"AT+MIPLNUM=\xe2\x80\x9c0\xe2\x80\x9d,\xe2\x80\x9d7\xe2\x80\x9d\r\n",
        b"AT+MIPLNUM=0,\xa1\xb07\xa1\xb1\r\n",
    ],
)
def test_decision_4_always_tolerated(ask: Ask, line: bytes) -> None:
    assert ask(line) == b"\r\n+MIPLNUM: 0,7\r\n\r\nOK\r\n"


@pytest.mark.parametrize(
    ("parameter", "text"),
    [
        (b'"a,b"', b"a,b"),
        (b'"a;b"', b"a;b"),
        (b'"a"b"', b'a"b'),
        (b"bare", b"bare"),
        (b"two words", b"two words"),
        (b"coap://1.2.3.4:5683", b"coap://1.2.3.4:5683"),
        (b"5500;5501", b"5500;5501"),
        (b'""', b""),
        (b"", b"nothing"),
        (b'"\xff\xfe\xe4\xb8\xad"', b"\xff\xfe\xe4\xb8\xad"),
    ],
)
def test_decision_4_strings(ask: Ask, parameter: bytes, text: bytes) -> None:
    """The last: bytes of any encoding come back as they were."""
    assert ask(b"AT+TEXT=" + parameter + b"\r\n") == b"\r\n+TEXT: " + text + b"\r\n" + OK


@pytest.mark.parametrize("parameters", [b'0,"7', b'0,"', b'0,"7"x', b'"0,7', b'0,7"'])
def test_decision_4_a_quote_never_ended_is_601(ask: Ask, parameters: bytes) -> None:
    assert ask(b"AT+MIPLNUM=" + parameters + b"\r\nAT\r\n") == cis(601) + OK


def test_decision_5_concatenation(ask: Ask) -> None:
    """V.250 5.2.1; lines of all commands and one final result, in one write."""
    assert ask(b"ATE0V1&F+TEXT=1;+TEXT=2\r") == (b"\r\n+TEXT: 1\r\n\r\n+TEXT: 2\r\n\r\nOK\r\n")
    assert ask(b'AT+TEXT="a;b";E0;+NUM=1\r') == b"\r\n+TEXT: a;b\r\n\r\nOK\r\n"
    assert ask(b"AT+NUM=1;\r") == OK


def test_decision_5_a_value_command_is_the_last_of_its_line(ask: Ask) -> None:
    """Decision 4."""
    assert ask(b'AT+TEXT=1;+MIPLVALUE=0,"x",0,0\r') == b"\r\n+TEXT: 1\r\n\r\nOK\r\n"
    assert ask(b'AT+MIPLVALUE=0,"x",0,0;+TEXT=1\r') == cis(601)


def test_decision_6_a_line_over_4096_bytes(ask: Ask) -> None:
    longest = b"AT+TEXT=" + b"x" * 4088
    assert ask(longest + b"\r\n") == b"\r\n+TEXT: " + b"x" * 4088 + b"\r\n" + OK
    assert ask(longest + b"x\r\nAT\r\n") == ERROR + OK
    assert ask(b"AT+CMEE=1\r", b"AT+MIPLNUM=0," + b"7" * 10_000 + b"\r") == OK + ERROR


@pytest.mark.parametrize(
    "line", [b"AT+NOTHING\r", b"AT+MIPLNOTHING=0\r", b"AT+NOTHING=?\r", b"ATX3\r", b"BOGUS\r"]
)
def test_decision_7_unknown_commands(ask: Ask, line: bytes) -> None:
    assert ask(line) == ERROR
    assert ask(b"AT+CMEE=1\r", line) == OK + cme(100)
    assert ask(b"AT+CMEE=2\r", line) == OK + cme(100)
    assert ask(b"AT+CMEE=0\r", line) == OK + ERROR


def test_decision_7_mipl_failures(ask: Ask) -> None:
    line = b"AT+MIPLFAIL=0,652\r"
    assert ask(line) == cis(652)
    assert ask(b"AT+CMEE=1\r", line) == OK + cis(652)
    assert ask(b"AT+CMEE=0\r", line) == OK + ERROR
    assert ask(b"AT+CMEE=0\r", b"AT+CMEE=2\r", line) == OK + OK + cis(652)


def test_decision_7_general_failures(ask: Ask) -> None:
    """27.007 9.2.1: 50 is incorrect parameters."""
    for line in (b"AT+NUM=x\r", b"AT+NUM=65536\r", b"AT+NUM\r", b'AT+TEXT="\r', b"ATE5\r"):
        assert ask(line) == ERROR
        assert ask(b"AT+CMEE=1\r", line) == OK + cme(50)
    assert ask(b"AT+FAIL=3\r") == ERROR
    assert ask(b"AT+CMEE=1\r", b"AT+FAIL=3\r") == OK + cme(3)


def test_decision_7_cmee_before_either_is_1(ask: Ask) -> None:
    assert ask(b"AT+CMEE?\r") == b"\r\n+CMEE: 1\r\n\r\nOK\r\n"


def test_decision_7_a_form_that_a_mipl_command_lacks(ask: Ask) -> None:
    assert ask(b"AT+MIPLNUM?\r") == cis(601)
    assert ask(b"AT+MIPLNUM\r") == cis(601)


def test_decision_7_ref_not_0(ask: Ask) -> None:
    assert ask(b"AT+MIPLNUM=1,7\r") == cis(653)
    assert ask(b"AT+MIPLNUM=1,x\r") == cis(601)
    assert ask(b"AT+MIPLNUM=x,7\r") == cis(601)


@pytest.mark.parametrize(
    "parameters", [b"", b"0", b"0,7,1", b"0,", b"0,65536", b"0,-1", b"0,7.0", b"0,0x", b",0,7,1"]
)
def test_decision_8_malformed_is_601(ask: Ask, parameters: bytes) -> None:
    """The last is the misprint of manual 5.1, `AT+MIPLWRITERSP=,0,…` (decisions, section 9)."""
    assert ask(b"AT+MIPLNUM=" + parameters + b"\r") == cis(601)


def test_decision_10_reboot_has_no_final_result(ask: Ask) -> None:
    assert ask(b"AT+NRB\r\n") == b"\r\nREBOOTING\r\n"


def test_v0_everywhere(ask: Ask) -> None:
    """V.250 table 1."""
    v0 = LineProfile(verbose=False)
    assert ask(b"AT\r", profile=v0) == b"0\r"
    assert ask(b"AT+TEXT=a\r", profile=v0) == b"+TEXT: a\r\n0\r"
    assert ask(b"AT+NOTHING\r", profile=v0) == b"4\r"
    assert ask(b"AT+MIPLNUM\r", profile=v0) == b"+CIS ERROR: 601\r\n"


def test_q1_everywhere(ask: Ask) -> None:
    """V.250 6.2.5: also ATQ1 itself has no result."""
    assert ask(b"ATQ1\r", b"AT\r", b"AT+MIPLNUM\r", b"AT+TEXT=a\r", b"ATQ0\r") == (
        b"\r\n+TEXT: a\r\n" + OK
    )


def test_what_the_test_form_says(ask: Ask) -> None:
    assert ask(b"AT+MIPLNUM=?\r") == b"\r\n+MIPLNUM: (0),(0-65535)\r\n" + OK
    assert ask(b"AT+MIPLVALUE=?\r") == (
        b"\r\n+MIPLVALUE: (0),<value>,(0-65535),(0-65535)[,(0-65535)]\r\n" + OK
    )
    assert ask(b"AT+MIPLWAY=?\r") == (
        b'\r\n+MIPLWAY: ("words"),(0),<word>\r\n\r\n+MIPLWAY: ("numbers"),(0),(0-65535)\r\n' + OK
    )
    assert ask(b"AT+MIPLCRASH=?\r") == OK


def test_the_first_parameter_may_select_the_syntax(ask: Ask) -> None:
    """Manual 4.1, AT+MIPLCFG."""
    assert ask(b'AT+MIPLWAY="words",0,"x"\r', b"AT+MIPLWAY=Numbers,0,9\r") == OK + OK
    assert ask(b'AT+MIPLWAY="numbers",0,"x"\r', b'AT+MIPLWAY="other",0,1\r') == cis(601) * 2
