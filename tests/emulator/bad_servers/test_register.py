"""Register: refused, reset, answered separately or never.

Datagrams are literal (decisions 20 to 28; conformance 9).
"""

from typing import Any

import pytest

from tests.desk import coap
from tests.emulator.bad_servers.talk import (
    ACK,
    AT_RD_1,
    BAD_REQUEST,
    CHANGED,
    CON,
    CREATED,
    EP,
    FORBIDDEN,
    GET,
    LOCATION,
    NON,
    NOTIFY,
    OBSERVE,
    OPEN,
    POST,
    PRECONDITION_FAILED,
    SERVER_ERROR,
    UNAVAILABLE,
    behind_the_token,
    case,
    opening,
    reset,
)


@pytest.mark.conformance("1.0-int-101", far="datagrams")
def test_register(desk: Any) -> None:
    """1.0-int-101: CON POST /rd, Content-Format 40, ep, lt, lwm2m, the list of instances; the
    location is kept and used (decision 20)."""
    table = opening(desk)
    [register] = table.sent
    assert (register.kind, register.code) == (CON, POST)
    # Uri-Path rd (11), Content-Format 40 (12), Uri-Query (15): 34 bytes are 13 and 21.
    assert behind_the_token(register) == (
        bytes.fromhex("b2 7264 11 28 3d 15") + EP + b"\x07lt=3000" + b"\x09lwm2m=1.0"
        b'\xff</>;rt="oma.lwm2m",</3200/0>'
    )
    assert table.reply(CREATED, (LOCATION, b"rd"), (LOCATION, b"5a3f")) == "+MIPLEVENT: 0,6"
    table.at("AT+MIPLUPDATE=0,300,0")
    assert behind_the_token(table.sent[-1]) == b"\xb2rd\x045a3f\x46lt=300"


REFUSALS = [
    case(BAD_REQUEST, "1.0-int-101", "AJ-register-bad-request"),
    case(FORBIDDEN, "1.0-int-101", "AJ-register-forbidden"),
    case(PRECONDITION_FAILED, "1.0-int-101"),  # SV 2.1, Wakaama on lwm2m=1.0.0
    case(SERVER_ERROR, "1.0-int-101", "AJ-register-server-error"),
    case(UNAVAILABLE, "1.0-int-101", "AJ-register-server-error"),
    case(CHANGED),  # 2.04 is no 2.01
]


@pytest.mark.parametrize("code", REFUSALS)
def test_a_register_that_is_refused_is_event_7(desk: Any, code: int) -> None:
    """Manual 3.6 note 3, 3.20 event 7; decision 22: at once, once, and nothing is tried again."""
    table = opening(desk)
    assert table.reply(code) == "+MIPLEVENT: 0,7"
    assert (table.wait(1000), len(table.sent), table.open_link) == ("", 1, 0)
    assert table.at(NOTIFY) == "+CIS ERROR: 602"
    assert table.at(OPEN) == "OK", "and the host may open again"
    assert table.reply(CREATED, *AT_RD_1) == "+MIPLEVENT: 0,6"


def test_a_register_that_is_reset_is_event_7(desk: Any) -> None:
    """RFC 7252 4.2: it is rejected."""
    table = opening(desk)
    assert reset(table) == "+MIPLEVENT: 0,7"
    assert (table.wait(1000), len(table.sent)) == ("", 1)


@pytest.mark.parametrize("code", REFUSALS[:-1])
def test_a_refusal_may_come_separately(desk: Any, code: int) -> None:
    """RFC 7252 5.2.2: an empty ACK, later a CON with the code."""
    table = opening(desk)
    [register] = table.sent
    assert table.reply(0) == ""
    assert table.wait(100) == "", "acknowledged: not sent again"
    assert len(table.sent) == 1
    assert table.platform(coap(CON, code, 7, register.token)) == "+MIPLEVENT: 0,7"
    assert table.sent[-1].data == b"\x60\x00\x00\x07"


@pytest.mark.conformance("AJ-register-separate", "CORE_16", far="datagrams")
def test_a_separate_answer_whose_ack_is_lost_registers_once(desk: Any) -> None:
    """The 2.01 comes again until it is acknowledged; each is acknowledged (RFC 7252 4.5)."""
    table = opening(desk)
    [register] = table.sent
    assert table.reply(0) == ""
    created = coap(CON, CREATED, 7, register.token, AT_RD_1)
    assert table.platform(created) == "+MIPLEVENT: 0,6"
    for _ in range(4):
        assert table.platform(created) == ""
    assert [sent.data for sent in table.sent[1:]] == [b"\x60\x00\x00\x07"] * 5
    table.at("AT+MIPLUPDATE=0,300,0")
    assert table.reply(CHANGED) == "+MIPLEVENT: 0,11"


@pytest.mark.conformance("AJ-register-separate", far="datagrams")
def test_a_separate_answer_does_without_the_empty_ack(desk: Any) -> None:
    """It was lost, or overtaken: the answer itself stops the repetition (RFC 7252 5.2.2)."""
    table = opening(desk)
    [register] = table.sent
    assert table.platform(coap(NON, CREATED, 7, register.token, AT_RD_1)) == "+MIPLEVENT: 0,6"
    assert table.platform(coap(ACK, 0, register.mid)) == "", "the empty ACK comes at last"
    assert (table.wait(1000), len(table.sent)) == ("", 1)


def test_an_ack_without_an_answer_ends_with_the_timeout_of_open(desk: Any) -> None:
    """Manual 3.6 note 3; decision 22: 300 s here, longer than EXCHANGE_LIFETIME (RFC 7252 4.8.2),
    after which nothing is expected any more."""
    table = opening(desk)
    assert table.reply(0) == ""
    assert table.wait(245.9) == ""
    assert table.wait(0.2) == "+MIPLEVENT: 0,7"


@pytest.mark.conformance("AJ-requests-while-registering", far="datagrams")
def test_requests_are_served_before_the_answer_to_register(desk: Any) -> None:
    """The server has registered us and goes on; its 2.01 is late."""
    table = opening(desk)
    register = table.sent.pop()
    assert table.ask(GET, 700, "/3200/0") == "+MIPLREAD: 0,700,3200,0,-1"
    assert table.at('AT+MIPLREADRSP=0,700,1,3200,0,5750,1,4,"abcd",0,0') == "OK"
    assert table.sent[-1].data == bytes.fromhex("6245 02bc 02bc c2 2d16 ff e41676") + b"abcd"
    assert table.ask(GET, 701, "/3200/0", (OBSERVE, b"")) == "+MIPLOBSERVE: 0,701,1,3200,0,-1"
    assert bytes.fromhex("6245 02bd") in [sent.data[:4] for sent in table.sent]
    created = coap(ACK, CREATED, register.mid, register.token, AT_RD_1)
    assert table.platform(created) == "+MIPLEVENT: 0,6"
    assert table.at(NOTIFY) == "OK", "the observation is that of the session"
