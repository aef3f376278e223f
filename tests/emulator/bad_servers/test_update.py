"""Update and De-register: refused, unanswered, by one that has forgotten.

Datagrams are literal (decisions 25 to 28; conformance 9).
"""

from typing import Any

import pytest

from tests.emulator.bad_servers.talk import (
    AT_RD_1,
    BAD_REQUEST,
    CHANGED,
    CREATED,
    DELETE,
    DELETED,
    DIRECT,
    FORBIDDEN,
    LOCATION,
    NOT_FOUND,
    NOTIFY,
    OPEN,
    PRECONDITION_FAILED,
    SERVER_ERROR,
    UNAVAILABLE,
    behind_the_token,
    case,
    registered,
    reset,
)

# Update


@pytest.mark.parametrize(
    "code",
    [
        case(BAD_REQUEST),
        case(FORBIDDEN),
        case(0x85),
        case(PRECONDITION_FAILED),
        case(SERVER_ERROR),
        case(UNAVAILABLE),
        case(CREATED),
    ],
)
@pytest.mark.parametrize(
    ("how", "lines", "goes_on"),
    [
        ("silent", "", True),
        ("12", "+MIPLEVENT: 0,12", True),
        ("12+15", "+MIPLEVENT: 0,12|+MIPLEVENT: 0,15", False),
        ("reregister", "+MIPLEVENT: 0,12", False),
    ],
)
def test_an_update_that_is_refused(
    desk: Any, code: int, how: str, lines: str, goes_on: bool
) -> None:
    """Decision 25; quirk update_fail, MB 2.7: silence and still registered, or what others do."""
    table = registered(desk, quirks={"update_fail": how})
    table.at("AT+MIPLUPDATE=0,600,0")
    assert table.reply(code) == lines
    assert (table.at("AT+MIPLUPDATE=0,600,0") == "OK") == goes_on


@pytest.mark.conformance("AJ-update-timeout", far="datagrams")
@pytest.mark.parametrize(
    ("how", "lines", "goes_on"),
    [
        ("silent", "", True),
        ("12", "+MIPLEVENT: 0,12", True),
        ("12+15", "+MIPLEVENT: 0,12|+MIPLEVENT: 0,15", False),
        ("reregister", "+MIPLEVENT: 0,12", False),
    ],
)
def test_an_update_that_nobody_answers(desk: Any, how: str, lines: str, goes_on: bool) -> None:
    """Decisions 25, 28: five transmissions in 62 s, then as above; with reregister a Register."""
    table = registered(desk, quirks={"update_fail": how})
    table.sent.clear()
    table.at("AT+MIPLUPDATE=0,600,0")
    assert table.wait(61.9) == ""
    assert table.wait(0.2) == lines
    assert len(table.sent) == 5
    assert len({sent.data for sent in table.sent}) == 1
    assert (table.at("AT+MIPLUPDATE=0,600,0") == "OK") == goes_on
    if how == "reregister":
        table.wait(5)
        assert behind_the_token(table.sent[-1]).startswith(b"\xb2rd\x11\x28")
        assert table.reply(CREATED, *AT_RD_1) == "+MIPLEVENT: 0,6"


def test_an_update_that_is_reset_is_a_refused_one(desk: Any) -> None:
    table = registered(desk, quirks={"update_fail": "12"})
    table.at("AT+MIPLUPDATE=0,600,0")
    assert reset(table) == "+MIPLEVENT: 0,12"


@pytest.mark.conformance("1.1-int-105", far="datagrams")
@pytest.mark.parametrize("how", ["silent", "12", "12+15"])
def test_a_registration_that_the_server_has_lost_is_event_31(desk: Any, how: str) -> None:
    """1.1-int-105; manual 3.20 event 31; decision 25: the session is over, the host opens again."""
    table = registered(desk, quirks={"update_fail": how})
    table.observed()
    table.at("AT+MIPLUPDATE=0,600,0")
    assert table.reply(NOT_FOUND) == "+MIPLEVENT: 0,31"
    assert (table.wait(1000), table.open_link) == ("", 0)
    for line in (NOTIFY, "AT+MIPLUPDATE=0,600,0", "AT+MIPLCLOSE=0"):
        assert table.at(line) == "+CIS ERROR: 602"
    table.sent.clear()
    assert table.at(OPEN) == "OK"
    assert behind_the_token(table.sent[0]).startswith(b"\xb2rd\x11\x28"), "a full Register"
    assert table.reply(CREATED, (LOCATION, b"rd"), (LOCATION, b"2")) == "+MIPLEVENT: 0,6"
    table.at("AT+MIPLUPDATE=0,600,0")
    assert behind_the_token(table.sent[-1]).startswith(b"\xb2rd\x012")


@pytest.mark.conformance("1.1-int-107", far="datagrams")
def test_the_module_updates_by_itself_in_time(desk: Any) -> None:
    """1.1-int-107; manual 4.5: 30 s before the end, each time, also after one that was late; the
    lifetime is counted from the answer (decision 26)."""
    table = desk(model="MN318")
    for line in (DIRECT, "AT+MIPLUPDATESET=0,1", "AT+MIPLOPEN=0,120,30"):
        assert table.at(line).endswith("OK")
    assert table.reply(CREATED, *AT_RD_1) == "+MIPLEVENT: 0,6"
    table.sent.clear()
    for late in (0, 25, 0):
        assert (table.wait(88.9), table.sent) == ("", []), "reply() has waited a second"
        assert table.wait(0.2) == ""
        assert behind_the_token(table.sent[0]) == b"\xb2rd\x011"
        assert table.wait(late) == ""
        assert table.reply(CHANGED) == "+MIPLEVENT: 0,11"
        table.sent.clear()


# De-register


@pytest.mark.parametrize(
    "code", [case(BAD_REQUEST), case(FORBIDDEN), case(SERVER_ERROR), case(UNAVAILABLE)]
)
def test_a_close_that_is_refused_says_nothing_and_may_be_repeated(desk: Any, code: int) -> None:
    """Manual 3.8 notes 2 and 3; decision 27."""
    table = registered(desk)
    assert table.at("AT+MIPLCLOSE=0") == "OK"
    assert table.reply(code) == ""
    assert table.at("AT+MIPLUPDATE=0,600,0") == "OK", "still registered"
    assert table.reply(CHANGED) == "+MIPLEVENT: 0,11"
    assert table.at("AT+MIPLCLOSE=0") == "OK"
    assert reset(table) == ""
    assert table.at("AT+MIPLCLOSE=0") == "OK"
    assert table.reply(DELETED) == "+MIPLEVENT: 0,15"


def test_a_close_at_a_server_that_has_forgotten_us_is_event_15(desk: Any) -> None:
    """4.04: there is nothing to delete any more, which is what CLOSE wants."""
    table = registered(desk)
    table.at("AT+MIPLCLOSE=0")
    assert table.reply(NOT_FOUND) == "+MIPLEVENT: 0,15"


@pytest.mark.conformance(
    "LE-register-update-deregister", "LE-register-update-deregister-reregister", far="datagrams"
)
def test_register_update_deregister_and_again(desk: Any) -> None:
    """The second registration has a location, message ids and tokens of its own."""
    table = registered(desk)
    for number in (b"1", b"2"):
        table.at("AT+MIPLUPDATE=0,600,1")
        update = table.sent[-1]
        assert behind_the_token(update) == (
            b"\xb2rd\x01" + number + b'\x11\x28\x36lt=600\xff</>;rt="oma.lwm2m",</3200/0>'
        )
        assert table.reply(CHANGED) == "+MIPLEVENT: 0,11"
        table.at("AT+MIPLCLOSE=0")
        assert (table.sent[-1].code, behind_the_token(table.sent[-1])) == (
            DELETE,
            b"\xb2rd\x01" + number,
        )
        assert table.reply(DELETED) == "+MIPLEVENT: 0,15"
        table.at(OPEN)
        assert table.reply(CREATED, (LOCATION, b"rd"), (LOCATION, b"2")) == "+MIPLEVENT: 0,6"
    assert len({sent.mid for sent in table.sent}) == len({s.token for s in table.sent}) == 7
