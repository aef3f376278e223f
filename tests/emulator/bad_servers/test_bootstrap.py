"""Bootstrap: refused, begun by the server, inconsistent, repeated.

Datagrams are literal (decisions 22, 23, 28; conformance 9).
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
    DELETE,
    DELETED,
    EP,
    FORBIDDEN,
    FORMAT,
    GET,
    NOT_FOUND,
    OPEN,
    POST,
    PRECONDITION_FAILED,
    PUT,
    SECURITY,
    SERVER_ERROR,
    TLV,
    UNAVAILABLE,
    behind_the_token,
    case,
    opening,
    reset,
)


@pytest.mark.parametrize(
    "code",
    [
        case(BAD_REQUEST, "AJ-bootstrap-refused"),
        case(FORBIDDEN, "AJ-bootstrap-refused"),
        case(NOT_FOUND, "AJ-bootstrap-refused"),
        case(PRECONDITION_FAILED),
        case(SERVER_ERROR),
        case(UNAVAILABLE),
        case(CREATED),
    ],
)
def test_a_bootstrap_that_is_refused_is_event_3(desk: Any, code: int) -> None:
    """Manual 3.6 note 4, 3.20 event 3; decision 22."""
    table = opening(desk, "AT+MIPLCREATE")
    assert table.reply(code) == "+MIPLEVENT: 0,3"
    assert (table.wait(1000), len(table.sent), table.open_link) == ("", 1, 0)
    assert table.at(OPEN) == "OK"


def test_a_bootstrap_that_is_reset_is_event_3(desk: Any) -> None:
    table = opening(desk, "AT+MIPLCREATE")
    assert reset(table) == "+MIPLEVENT: 0,3"
    assert (table.wait(1000), len(table.sent)) == ("", 1)


def _bootstrapped(table: Any, *writes: tuple[str, bytes]) -> None:
    """The bootstrap server answers, deletes and writes, and finishes; the Register has left."""
    assert table.reply(CHANGED) == ""
    for number, (path, body) in enumerate(writes or [("/0/0", SECURITY)]):
        assert table.ask(PUT, 100 + number, path, (FORMAT, TLV), payload=body) == ""
    assert table.ask(POST, 200, "/bs") == "+MIPLEVENT: 0,2"


def test_a_register_refused_after_a_bootstrap_is_event_7(desk: Any) -> None:
    """Decision 22: no event 3 any more."""
    table = opening(desk, "AT+MIPLCREATE")
    _bootstrapped(table)
    assert table.reply(FORBIDDEN) == "+MIPLEVENT: 0,7"
    assert table.wait(1000) == ""


@pytest.mark.conformance("1.1-int-5", far="datagrams")
@pytest.mark.parametrize("answered", [True, False])
def test_the_bootstrap_server_may_begin_by_itself(desk: Any, answered: bool) -> None:
    """1.1-int-5 as LwM2M 1.0 has it: it writes without our request, which it may not have heard;
    that one is sent again until its answer, or its end (decision 28)."""
    table = opening(desk, "AT+MIPLCREATE")
    [request] = table.sent
    assert table.ask(PUT, 100, "/0/0", (FORMAT, TLV), payload=SECURITY) == ""
    assert table.sent[-1].data == bytes.fromhex("6244 0064 0064")
    if answered:
        table.platform(coap(ACK, CHANGED, request.mid, request.token))
    assert table.wait(100) == ""
    assert [s.data for s in table.sent].count(request.data) == (1 if answered else 5)
    assert table.ask(POST, 101, "/bs") == "+MIPLEVENT: 0,2"
    assert b"\xb2rd" in table.sent[-1].data
    assert table.reply(CREATED, *AT_RD_1) == "+MIPLEVENT: 0,6"


@pytest.mark.conformance("1.1-int-9", far="datagrams")
def test_an_inconsistent_bootstrap_is_refused_at_the_finish(desk: Any) -> None:
    """1.1-int-9: an account for server 1, a Server object of server 2: 4.06, nothing is applied.
    It may be mended; else OPEN's time runs out, which is event 3 (decision 22)."""
    for mended in (True, False):
        table = opening(desk, "AT+MIPLCREATE")
        table.reply(CHANGED)
        table.ask(PUT, 100, "/0/0", (FORMAT, TLV), payload=SECURITY)
        table.ask(PUT, 101, "/1/0", (FORMAT, TLV), payload=bytes.fromhex("c10002 c20102 58"))
        assert table.ask(POST, 102, "/bs") == ""
        assert table.sent[-1].data == bytes.fromhex("6286 0066 0066")  # 4.06
        assert table.at("AT+MIPLDEVINFO?") == '+MIPLDEVINFO: "183.230.40.39:5683",1|OK'
        if mended:
            table.ask(PUT, 103, "/1/0", (FORMAT, TLV), payload=bytes.fromhex("c10001 c20102 58"))
            assert table.ask(POST, 104, "/bs") == "+MIPLEVENT: 0,2"
        else:
            assert table.wait(300) == "+MIPLEVENT: 0,3"
            assert len({link.account.host for link in table.links}) == 1


@pytest.mark.conformance("1.1-int-6", far="datagrams")
def test_with_an_account_no_bootstrap_and_without_one_a_bootstrap_first(desk: Any) -> None:
    """1.1-int-6; decision 23: an account is one that the host has named, or one at which a
    registration has succeeded."""
    table = opening(desk)
    assert behind_the_token(table.sent[0]).startswith(b"\xb2rd"), "named by the host"
    table = opening(desk, "AT+MIPLCREATE")
    assert behind_the_token(table.sent[0]) == b"\xb2bs\x4d\x15" + EP
    _bootstrapped(table)
    assert table.reply(CREATED, *AT_RD_1) == "+MIPLEVENT: 0,6"
    table.at("AT+MIPLCLOSE=0")
    assert table.reply(DELETED) == "+MIPLEVENT: 0,15"
    table.at(OPEN)
    assert behind_the_token(table.sent[-1]).startswith(b"\xb2rd"), "handed out before"
    assert table.links[-1].account.host == "10.0.0.1"
    table.at("AT+MIPLDELETE=0")
    table.at("AT+MIPLCREATE")
    table.at(OPEN)
    assert behind_the_token(table.sent[-1]).startswith(b"\xb2bs"), "deleted with the instance"


@pytest.mark.conformance("1.1-int-7", far="datagrams")
def test_back_to_the_bootstrap_by_the_host(desk: Any) -> None:
    """1.1-int-7; manual 5.2: the account that was handed out leads nowhere: event 7, and the next
    OPEN of the host bootstraps again, since no registration there has succeeded (decision 23)."""
    table = opening(desk, "AT+MIPLCREATE")
    _bootstrapped(table)
    assert table.wait(300).endswith("+MIPLEVENT: 0,7")
    assert table.wait(1000) == "", "not by itself"
    assert table.at(OPEN) == "OK"
    assert behind_the_token(table.sent[-1]).startswith(b"\xb2bs")
    assert [(link.role, link.account.host) for link in table.links] == [
        ("bootstrap", "183.230.40.39"),
        ("lwm2m", "10.0.0.1"),
        ("bootstrap", "183.230.40.39"),
    ]


@pytest.mark.conformance("1.1-int-4", far="datagrams")
def test_what_a_new_bootstrap_does_not_mention_is_gone(desk: Any) -> None:
    """1.1-int-4, by a new OPEN with quirk bootstrap_each_open, and Bootstrap-Discover."""
    table = opening(desk, "AT+MIPLCREATE", quirks={"bootstrap_each_open": "on"})
    other = bytes.fromhex("c8000f") + b"coap://10.0.0.2" + bytes.fromhex("c10a02")
    servers = [("/1/1", bytes.fromhex("c10001")), ("/1/2", bytes.fromhex("c10002"))]
    _bootstrapped(table, ("/0/0", SECURITY), ("/0/2", other), *servers)
    table.reply(CREATED, *AT_RD_1)
    table.at("AT+MIPLCLOSE=0")
    assert table.reply(DELETED) == "+MIPLEVENT: 0,15"
    assert table.at(OPEN) == "OK"
    assert table.reply(CHANGED) == ""
    listed = _discovered(table, 110)
    assert b"</3200/0>" in listed
    assert not any(link in listed for link in (b"</0/0>", b"</0/2>", b"</1/1>", b"</1/2>"))
    assert table.ask(DELETE, 111, "/0") == ""
    assert table.sent[-1].data == bytes.fromhex("6242 006f 006f")
    table.ask(PUT, 112, "/0/2", (FORMAT, TLV), payload=other)
    listed = _discovered(table, 113)
    assert b"</0/2>;ssid=2" in listed
    assert not any(link in listed for link in (b"</0/0>", b"</1/1>", b"</1/2>"))
    assert table.ask(POST, 200, "/bs") == "+MIPLEVENT: 0,2"
    assert table.links[-1].account.host == "10.0.0.2"


def _discovered(table: Any, mid: int) -> bytes:
    """What GET / with Accept 40 is answered with: 2.05, Content-Format 40."""
    assert table.platform(coap(CON, GET, mid, b"", ((17, b"\x28"),))) == ""
    assert table.sent[-1].data[:2] == b"\x60\x45"
    assert behind_the_token(table.sent[-1]).startswith(b"\xc1\x28\xff")
    payload: bytes = table.sent[-1].payload
    return payload
