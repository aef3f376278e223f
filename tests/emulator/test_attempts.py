"""Firmware that goes on logging in by itself (MB 2.2, 2.7): bs_fail, reg_retry, update_fail."""

from typing import Any

import pytest

BAD_REQUEST, FORBIDDEN, NOT_FOUND = 0x80, 0x83, 0x84
CREATED, CHANGED = 0x41, 0x44
LOCATION = ((8, b"rd"), (8, b"1"))
SECURITY = bytes.fromhex("c8000f") + b"coap://10.0.0.1" + bytes.fromhex("c10a01")

DIRECT = 'AT+MIPLCREATEEX="183.230.40.40:5683",0'


def _told(table: Any, seconds: int) -> list[tuple[int, str]]:
    """What is printed in each second."""
    lines = [(second, table.wait(1)) for second in range(1, seconds + 1)]
    return [(second, text) for second, text in lines if text]


def _bootstrapped(table: Any) -> None:
    """The bootstrap server answers, writes 10.0.0.1 and finishes."""
    table.reply(CHANGED)
    table.ask(3, 1, "/0/0", (12, b"\x2d\x16"), payload=SECURITY)
    assert table.ask(2, 2, "/bs") == "+MIPLEVENT: 0,2"


def test_a_bootstrap_that_fails_may_begin_again_for_ever(desk: Any) -> None:
    """Quirk bs_fail, MB 2.2 (vanilla): 1, 3, 1, 3; the pause is 2 s (MB 2.3)."""
    table = desk(quirks={"bs_fail": "loop"})
    table.at("AT+MIPLCREATE")
    table.at("AT+MIPLOPEN=0,300,5")
    assert _told(table, 20) == [
        (1, "+MIPLEVENT: 0,1"),
        (5, "+MIPLEVENT: 0,3"),
        (7, "+MIPLEVENT: 0,1"),
        (12, "+MIPLEVENT: 0,3"),
        (14, "+MIPLEVENT: 0,1"),
        (19, "+MIPLEVENT: 0,3"),
    ]
    assert {link.role for link in table.links} == {"bootstrap"}


def test_a_bootstrap_that_fails_is_left_at_that(desk: Any) -> None:
    """Quirk bs_fail at its default; manual 3.6."""
    table = desk(quirks={"bs_fail": "stop"})
    table.at("AT+MIPLCREATE")
    table.at("AT+MIPLOPEN=0,300,5")
    assert table.reply(FORBIDDEN) == "+MIPLEVENT: 0,3"
    assert table.wait(600) == ""
    assert len(table.links) == 1


def test_a_later_bootstrap_may_succeed(desk: Any) -> None:
    table = desk(quirks={"bs_fail": "loop"})
    table.at("AT+MIPLCREATE")
    table.at("AT+MIPLOPEN=0,300,30")
    assert table.reply(FORBIDDEN) == "+MIPLEVENT: 0,1|+MIPLEVENT: 0,3"
    assert table.wait(3) == "+MIPLEVENT: 0,1"
    _bootstrapped(table)
    assert table.reply(CREATED, *LOCATION) == "+MIPLEVENT: 0,6"
    assert table.wait(100) == ""


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("AT+MIPLOPEN=0,300,30", "+CIS ERROR: 602"),
        ("AT+MIPLCLOSE=0", "+CIS ERROR: 602"),
        ("AT+MIPLUPDATE=0,0,0", "+CIS ERROR: 602"),
        ('AT+MIPLCFG="binding",0,1', "+CIS ERROR: 651"),
        ("AT+MIPLDELETE=0", "OK"),
    ],
)
def test_between_two_tries_the_module_is_logging_in(desk: Any, line: str, answer: str) -> None:
    """Decision 22: only DELETE ends it."""
    table = desk(quirks={"reg_retry": "loop"})
    table.at(DIRECT)
    table.at("AT+MIPLOPEN=0,300,30")
    assert table.reply(FORBIDDEN) == "+MIPLEVENT: 0,7"
    assert table.at(line) == answer
    table.wait(10)
    assert len(table.links) == (1 if "DELETE" in line else 2)


def test_a_registration_that_fails_may_be_tried_for_ever(desk: Any) -> None:
    """Quirk reg_retry, MB 2.2, 2.3: 5 s from 7 (or 8) to the next Register."""
    table = desk(quirks={"reg_retry": "loop", "reg_timeout_event": 8})
    table.at(DIRECT)
    table.at("AT+MIPLOPEN=0,300,10")
    assert _told(table, 45) == [
        (10, "+MIPLEVENT: 0,8"),
        (25, "+MIPLEVENT: 0,8"),
        (40, "+MIPLEVENT: 0,8"),
    ]
    assert table.reply(FORBIDDEN) == "+MIPLEVENT: 0,7"
    assert table.wait(5) == ""
    assert b"lt=300" in table.sent[-1].data
    assert table.reply(CREATED, *LOCATION) == "+MIPLEVENT: 0,6"
    assert table.wait(100) == ""
    assert len(table.links) == 5


def test_a_registration_that_fails_is_left_at_that(desk: Any) -> None:
    """Quirk reg_retry at its default; decision 22."""
    table = desk(quirks={"reg_retry": "stop"})
    table.at(DIRECT)
    table.at("AT+MIPLOPEN=0,300,10")
    assert table.reply(FORBIDDEN) == "+MIPLEVENT: 0,7"
    assert table.wait(600) == ""
    assert len(table.links) == 1


def test_the_next_registration_asks_the_server_that_the_bootstrap_handed_out(desk: Any) -> None:
    """MB 2.2: back to connecting, not to the bootstrap."""
    table = desk(quirks={"reg_retry": "loop"})
    table.at("AT+MIPLCREATE")
    table.at("AT+MIPLOPEN=0,300,30")
    _bootstrapped(table)
    assert table.reply(FORBIDDEN) == "+MIPLEVENT: 0,7"
    table.wait(5)
    assert [(link.role, link.account.host) for link in table.links] == [
        ("bootstrap", "183.230.40.39"),
        ("lwm2m", "10.0.0.1"),
        ("lwm2m", "10.0.0.1"),
    ]


def test_a_failed_update_may_register_anew(desk: Any) -> None:
    """Quirk update_fail, MB 2.7 (MT): 12, then 6; the old link goes, nothing is observed. The
    pause is that of MB 2.3, so that a platform that refuses every Update does not make it run."""
    table = desk(quirks={"update_fail": "reregister"})
    table.log_in()
    table.observed()
    table.at("AT+MIPLUPDATE=0,600,0")
    assert table.reply(CHANGED) == "+MIPLEVENT: 0,11"
    table.at("AT+MIPLUPDATE=0,900,0")
    assert table.reply(BAD_REQUEST) == "+MIPLEVENT: 0,12"
    assert table.open_link == 0
    assert table.at("AT+MIPLUPDATE=0,600,0") == "+CIS ERROR: 602"
    assert table.wait(3.9) == ""
    assert len(table.links) == 1
    assert table.wait(0.2) == ""
    assert b"\xb2rd" in table.sent[-1].data and b"lt=600" in table.sent[-1].data
    assert len(table.links) == 2
    assert table.reply(CREATED, *LOCATION) == "+MIPLEVENT: 0,6"
    assert table.at('AT+MIPLNOTIFY=0,0,3200,0,5750,1,1,"x",0,0') == "+CIS ERROR: 653"


@pytest.mark.conformance("1.1-int-105", far="datagrams")
def test_a_lost_session_is_event_31_and_then_a_register(desk: Any) -> None:
    """1.1-int-105 and quirk update_fail: 4.04 is no failed Update (decision 25), but the module
    registers by itself, with the lifetime that was accepted last."""
    table = desk(quirks={"update_fail": "reregister"})
    table.log_in()
    table.at("AT+MIPLUPDATE=0,600,0")
    assert table.reply(CHANGED) == "+MIPLEVENT: 0,11"
    table.at("AT+MIPLUPDATE=0,900,0")
    assert table.reply(NOT_FOUND) == "+MIPLEVENT: 0,31"
    assert table.at("AT+MIPLOPEN=0,300,30") == "+CIS ERROR: 602"
    assert table.wait(5) == ""
    assert b"\xb2rd\x11\x28" in table.sent[-1].data and b"lt=600" in table.sent[-1].data
    assert table.reply(CREATED, *LOCATION) == "+MIPLEVENT: 0,6"
    assert len(table.links) == 2


def test_a_session_that_is_lost_while_the_module_leaves_is_not_begun_anew(desk: Any) -> None:
    table = desk(quirks={"update_fail": "reregister"})
    table.log_in()
    table.at("AT+MIPLUPDATE=0,600,0")
    update = table.sent[-1]
    table.at("AT+MIPLCLOSE=0")
    table.deliver(bytes([0x60 | len(update.token), NOT_FOUND, *update.data[2:4]]) + update.token)
    assert table.wait(100) == "+MIPLEVENT: 0,31"
    assert len(table.links) == 1


def test_an_update_that_fails_while_the_module_leaves_changes_nothing(desk: Any) -> None:
    for value in ("12+15", "reregister"):
        table = desk(quirks={"update_fail": value})
        table.log_in()
        table.at("AT+MIPLUPDATE=0,600,0")
        update = table.sent[-1]
        table.at("AT+MIPLCLOSE=0")
        table.deliver(bytes([0x60 | len(update.token), 0x80, *update.data[2:4]]) + update.token)
        assert table.wait(10) == "+MIPLEVENT: 0,12"
        assert len(table.links) == 1
        assert table.reply(0x42) == "+MIPLEVENT: 0,15"


@pytest.mark.parametrize(("value", "updates", "line"), [("off", 0, ""), ("on", 1, "0,11")])
def test_an_update_of_its_own_after_the_registration(
    desk: Any, value: str, updates: int, line: str
) -> None:
    """Quirk spurious_update, MB 2.7: with the objects and without `lt`, event 11 behind 6."""
    table = desk(quirks={"spurious_update": value})
    table.log_in()
    sent = table.sent[1:]
    assert len(sent) == updates
    for update in sent:
        assert update.payload == b'</>;rt="oma.lwm2m",</3200/0>'
        assert b"lt=" not in update.data
        assert table.reply(CHANGED) == f"+MIPLEVENT: {line}"
    assert table.wait(10) == ""
