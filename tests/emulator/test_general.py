"""General commands, dialects and the error forms around them (decisions 1, 5, 7; HF 2, 3)."""

from typing import Any

import pytest


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("AT", "OK"),
        ("at", "OK"),
        ("ATI", "CMIOT|MN316|MN316-DBRS_1.0.0|OK"),
        ("AT+CGSN", "869975030000461|OK"),
        ("AT+CGSN=1", "+CGSN: 869975030000461|OK"),
        ("AT+CGSN=0", "869975030000461|OK"),
        ("AT+CIMI", "460001357924680|OK"),
        ("at+csq", "+CSQ: 23,99|OK"),
        ("AT+CEREG?", "+CEREG: 0,1|OK"),
        ("AT+CEREG=?", "+CEREG: (0,1,2,3,4,5)|OK"),
        ("AT+CGATT?", "+CGATT: 1|OK"),
        ("AT+CGATT=?", "+CGATT: (0,1)|OK"),  # HF 3: D14 searches "0,1"
        ("AT+CFUN?", "+CFUN: 1|OK"),
        ("AT+CEREG=6", "ERROR"),
        ("AT+CFUN=2", "ERROR"),
        ("AT+NOPE", "ERROR"),
        ("AT+CMEE?", "+CMEE: 1|OK"),
        ("AT+MIPLWRITEOBSERVERSP=0,18175,1", "ERROR"),  # decisions 9: a misprint of 3.19
        ("AT+MIPLUPDATESET=0,1", "ERROR"),  # unknown to MN316 (decisions 7)
        ("AT+MIPLLTRDP", "ERROR"),
        ("AT+MIPLCREATE?", "+CIS ERROR: 601"),
    ],
)
def test_answers(desk: Any, line: str, answer: str) -> None:
    assert desk().at(line) == answer


def test_error_forms_follow_cmee(desk: Any) -> None:
    """Manual 2.2 note 2; decision 7."""
    table = desk()
    table.at("AT+CMEE=1")
    assert table.at("AT+NOPE") == "+CME ERROR: 100"
    assert table.at("AT+MIPLOPEN?") == "+CIS ERROR: 653"
    table.at("AT+CMEE=0")
    assert table.at("AT+NOPE") == "ERROR"
    assert table.at("AT+MIPLOPEN?") == "ERROR"


def test_the_registration_report_is_stored_and_switches_the_line_on(desk: Any) -> None:
    """27.007 10.1.22; HF 3."""
    table = desk()
    assert table.at("AT+CEREG=1") == "OK"
    assert table.at("AT+CEREG?") == "+CEREG: 1,1|OK"
    assert table.at("AT+CFUN=0") == "OK"
    assert table.wait(1) == "+CEREG: 0"
    assert table.at("AT+CSQ") == "+CSQ: 99,99|OK"
    assert table.at("AT+CGATT?") == "+CGATT: 0|OK"
    assert table.at("AT+CFUN=1") == "OK"
    assert table.wait(1) == "+CEREG: 2|+CEREG: 1"
    table.at("AT+CEREG=2")
    assert table.at("AT+CEREG?") == '+CEREG: 2,1,"1A2B","0A1B2C3D",9|OK'


def test_without_a_network_no_datagram_leaves(desk: Any) -> None:
    table = desk()
    table.at('AT+MIPLCREATEEX="h",0')
    table.at("AT+CGATT=0")
    table.at("AT+MIPLOPEN=0,300,5")
    assert table.wait(6) == "+MIPLEVENT: 0,7"
    assert table.sent == []


def test_dialect_field_has_no_blank_after_the_colon(desk: Any) -> None:
    """HF 2, 3: what real MN316 modules and the drivers for them have."""
    table = desk(dialect="field")
    assert table.at("AT+CGATT?") == "+CGATT:1|OK"
    assert table.at("AT+MIPLCREATE") == "+MIPLCREATE:0|OK"
    assert table.at("AT+MIPLCREATE") == "+CIS ERROR: 653"


def test_the_colon_of_general_lines_is_a_switch_of_its_own(desk: Any) -> None:
    """Quirk general_colon, HF 2."""
    table = desk(quirks={"general_colon": "none"})
    assert table.at("AT+CSQ") == "+CSQ:23,99|OK"
    assert table.at("AT+MIPLCREATE") == "+MIPLCREATE: 0|OK"


def test_boot_lines_have_the_colon_of_the_other_lines(desk: Any) -> None:
    """M5311's have the blank in both (decision 10; HF 4, D16), so a switch moves both."""
    table = desk(model="M5311", quirks={"general_colon": "none"})
    table.firmware.reset(table.now)
    assert table.wait(0.5) == "*ATREADY:1|+CFUN:1|+CPIN:READY"


def test_an_unsolicited_line_keeps_its_distance_from_the_final_result(desk: Any) -> None:
    """Decision 3; quirk urc_gap_ms, HF 28; --timing fast sets it to 0."""
    for settings, gap in (
        ({}, 0.02),
        ({"quirks": {"urc_gap_ms": 300}}, 0.3),
        ({"timing": "fast"}, 0.0),
    ):
        table = desk(**settings)
        table.log_in()
        table.observed()
        table.wait(1)
        assert table.at('AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"test",0,0,7').startswith("OK")
        sent = table.sent[-1]
        table.deliver(bytes([0x60, 0, sent.mid >> 8, sent.mid & 255]))
        if gap:
            assert table.wait(gap - 0.001) == ""
        assert table.wait(0.001) == "+MIPLEVENT: 0,26,7"


def test_a_reply_may_take_its_time(desk: Any) -> None:
    """Quirk reply_delay_ms: a command that comes early waits (decision 2)."""
    table = desk(quirks={"reply_delay_ms": 50})
    assert table.at("AT") == ""
    assert table.at("AT+CSQ") == ""
    assert table.wait(0.05) == "OK"
    assert table.wait(0.05) == "+CSQ: 23,99|OK"


def test_echo_may_be_on_at_power_on(desk: Any) -> None:
    """Quirk echo_at_boot; decision 5."""
    table = desk(quirks={"echo_at_boot": "on"})
    table.firmware.serial_received(b"AT\r", 0.0)
    assert b"".join(output.data for output in table.firmware.outputs()) == b"AT\r\r\nOK\r\n"


def test_a_failure_may_be_said_twice(desk: Any) -> None:
    """Quirk double_error_line, MB 10 (EC)."""
    table = desk(quirks={"double_error_line": "on"})
    assert table.at("AT+MIPLOPEN?") == "+CIS ERROR: 653|+CIS ERROR: 653"
    assert table.at("AT") == "OK"
