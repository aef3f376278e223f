"""Register, Update and De-register with servers that refuse, forget, or answer oddly, and with a
network that refuses datagrams (decisions 20 to 28; conformance 9). Datagrams are literal."""

from typing import Any

import pytest

from tests.desk import coap

CON, NON, ACK, RST = range(4)
GET, POST, PUT, DELETE = range(1, 5)
CREATED, DELETED, CHANGED, CONTENT = 0x41, 0x42, 0x44, 0x45
BAD_REQUEST, FORBIDDEN, NOT_FOUND, PRECONDITION_FAILED = 0x80, 0x83, 0x84, 0x8C
SERVER_ERROR, UNAVAILABLE = 0xA0, 0xA3
OBSERVE, LOCATION, FORMAT, TLV = 6, 8, 12, b"\x2d\x16"
AT_RD_1 = ((LOCATION, b"rd"), (LOCATION, b"1"))

DIRECT = 'AT+MIPLCREATEEX="183.230.40.40:5683",0'
OPEN = "AT+MIPLOPEN=0,3000,300"
NOTIFY = 'AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"abcd",0,0'
EP = b"ep=869975030000461;460001357924680"
# /0/0 as a bootstrap writes it: URI, short server id 1.
SECURITY = bytes.fromhex("c8000f") + b"coap://10.0.0.1" + bytes.fromhex("c10a01")


def case(value: Any, *conformance: str) -> Any:
    """One parameter, and the conformance cases that it stands for."""
    marks = [pytest.mark.conformance(*conformance, far="datagrams")] if conformance else []
    return pytest.param(value, marks=marks, id=f"{value >> 5}.{value & 31:02}")


def _opening(desk: Any, create: str = DIRECT, **settings: Any) -> Any:
    """The first request of a login has just left, at 0 s."""
    table = desk(**settings)
    table.at(create)
    table.at('AT+MIPLADDOBJ=0,3200,1,"1",0,0')
    assert table.at(OPEN) == "OK"
    return table


def _registered(desk: Any, **settings: Any) -> Any:
    table = _opening(desk, **settings)
    assert table.reply(CREATED, *AT_RD_1) == "+MIPLEVENT: 0,6"
    return table


def _reset(table: Any) -> str:
    """A Reset to the last datagram of the module."""
    printed: str = table.platform(coap(RST, 0, table.sent[-1].mid))
    return printed


def _behind_the_token(sent: Any) -> bytes:
    data: bytes = sent.data[4 + len(sent.token) :]
    return data


# Register


@pytest.mark.conformance("1.0-int-101", far="datagrams")
def test_register(desk: Any) -> None:
    """1.0-int-101: CON POST /rd, Content-Format 40, ep, lt, lwm2m, the list of instances; the
    location is kept and used (decision 20)."""
    table = _opening(desk)
    [register] = table.sent
    assert (register.kind, register.code) == (CON, POST)
    # Uri-Path rd (11), Content-Format 40 (12), Uri-Query (15): 34 bytes are 13 and 21.
    assert _behind_the_token(register) == (
        bytes.fromhex("b2 7264 11 28 3d 15") + EP + b"\x07lt=3000" + b"\x09lwm2m=1.0"
        b'\xff</>;rt="oma.lwm2m",</3200/0>'
    )
    assert table.reply(CREATED, (LOCATION, b"rd"), (LOCATION, b"5a3f")) == "+MIPLEVENT: 0,6"
    table.at("AT+MIPLUPDATE=0,300,0")
    assert _behind_the_token(table.sent[-1]) == b"\xb2rd\x045a3f\x46lt=300"


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
    table = _opening(desk)
    assert table.reply(code) == "+MIPLEVENT: 0,7"
    assert (table.wait(1000), len(table.sent), table.open_link) == ("", 1, 0)
    assert table.at(NOTIFY) == "+CIS ERROR: 602"
    assert table.at(OPEN) == "OK", "and the host may open again"
    assert table.reply(CREATED, *AT_RD_1) == "+MIPLEVENT: 0,6"


def test_a_register_that_is_reset_is_event_7(desk: Any) -> None:
    """RFC 7252 4.2: it is rejected."""
    table = _opening(desk)
    assert _reset(table) == "+MIPLEVENT: 0,7"
    assert (table.wait(1000), len(table.sent)) == ("", 1)


@pytest.mark.parametrize("code", REFUSALS[:-1])
def test_a_refusal_may_come_separately(desk: Any, code: int) -> None:
    """RFC 7252 5.2.2: an empty ACK, later a CON with the code."""
    table = _opening(desk)
    [register] = table.sent
    assert table.reply(0) == ""
    assert table.wait(100) == "", "acknowledged: not sent again"
    assert len(table.sent) == 1
    assert table.platform(coap(CON, code, 7, register.token)) == "+MIPLEVENT: 0,7"
    assert table.sent[-1].data == b"\x60\x00\x00\x07"


@pytest.mark.conformance("AJ-register-separate", "CORE_16", far="datagrams")
def test_a_separate_answer_whose_ack_is_lost_registers_once(desk: Any) -> None:
    """The 2.01 comes again until it is acknowledged; each is acknowledged (RFC 7252 4.5)."""
    table = _opening(desk)
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
    table = _opening(desk)
    [register] = table.sent
    assert table.platform(coap(NON, CREATED, 7, register.token, AT_RD_1)) == "+MIPLEVENT: 0,6"
    assert table.platform(coap(ACK, 0, register.mid)) == "", "the empty ACK comes at last"
    assert (table.wait(1000), len(table.sent)) == ("", 1)


def test_an_ack_without_an_answer_ends_with_the_timeout_of_open(desk: Any) -> None:
    """Manual 3.6 note 3; decision 22: 300 s here, longer than EXCHANGE_LIFETIME (RFC 7252 4.8.2),
    after which nothing is expected any more."""
    table = _opening(desk)
    assert table.reply(0) == ""
    assert table.wait(245.9) == ""
    assert table.wait(0.2) == "+MIPLEVENT: 0,7"


@pytest.mark.conformance("AJ-requests-while-registering", far="datagrams")
def test_requests_are_served_before_the_answer_to_register(desk: Any) -> None:
    """The server has registered us and goes on; its 2.01 is late."""
    table = _opening(desk)
    register = table.sent.pop()
    assert table.ask(GET, 700, "/3200/0") == "+MIPLREAD: 0,700,3200,0,-1"
    assert table.at('AT+MIPLREADRSP=0,700,1,3200,0,5750,1,4,"abcd",0,0') == "OK"
    assert table.sent[-1].data == bytes.fromhex("6245 02bc 02bc c2 2d16 ff e41676") + b"abcd"
    assert table.ask(GET, 701, "/3200/0", (OBSERVE, b"")) == "+MIPLOBSERVE: 0,701,1,3200,0,-1"
    assert bytes.fromhex("6245 02bd") in [sent.data[:4] for sent in table.sent]
    created = coap(ACK, CREATED, register.mid, register.token, AT_RD_1)
    assert table.platform(created) == "+MIPLEVENT: 0,6"
    assert table.at(NOTIFY) == "OK", "the observation is that of the session"


# Bootstrap


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
    table = _opening(desk, "AT+MIPLCREATE")
    assert table.reply(code) == "+MIPLEVENT: 0,3"
    assert (table.wait(1000), len(table.sent), table.open_link) == ("", 1, 0)
    assert table.at(OPEN) == "OK"


def test_a_bootstrap_that_is_reset_is_event_3(desk: Any) -> None:
    table = _opening(desk, "AT+MIPLCREATE")
    assert _reset(table) == "+MIPLEVENT: 0,3"
    assert (table.wait(1000), len(table.sent)) == ("", 1)


def _bootstrapped(table: Any, *writes: tuple[str, bytes]) -> None:
    """The bootstrap server answers, deletes and writes, and finishes; the Register has left."""
    assert table.reply(CHANGED) == ""
    for number, (path, body) in enumerate(writes or [("/0/0", SECURITY)]):
        assert table.ask(PUT, 100 + number, path, (FORMAT, TLV), payload=body) == ""
    assert table.ask(POST, 200, "/bs") == "+MIPLEVENT: 0,2"


def test_a_register_refused_after_a_bootstrap_is_event_7(desk: Any) -> None:
    """Decision 22: no event 3 any more."""
    table = _opening(desk, "AT+MIPLCREATE")
    _bootstrapped(table)
    assert table.reply(FORBIDDEN) == "+MIPLEVENT: 0,7"
    assert table.wait(1000) == ""


@pytest.mark.conformance("1.1-int-5", far="datagrams")
@pytest.mark.parametrize("answered", [True, False])
def test_the_bootstrap_server_may_begin_by_itself(desk: Any, answered: bool) -> None:
    """1.1-int-5 as LwM2M 1.0 has it: it writes without our request, which it may not have heard;
    that one is sent again until its answer, or its end (decision 28)."""
    table = _opening(desk, "AT+MIPLCREATE")
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
        table = _opening(desk, "AT+MIPLCREATE")
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
    table = _opening(desk)
    assert _behind_the_token(table.sent[0]).startswith(b"\xb2rd"), "named by the host"
    table = _opening(desk, "AT+MIPLCREATE")
    assert _behind_the_token(table.sent[0]) == b"\xb2bs\x4d\x15" + EP
    _bootstrapped(table)
    assert table.reply(CREATED, *AT_RD_1) == "+MIPLEVENT: 0,6"
    table.at("AT+MIPLCLOSE=0")
    assert table.reply(DELETED) == "+MIPLEVENT: 0,15"
    table.at(OPEN)
    assert _behind_the_token(table.sent[-1]).startswith(b"\xb2rd"), "handed out before"
    assert table.links[-1].account.host == "10.0.0.1"
    table.at("AT+MIPLDELETE=0")
    table.at("AT+MIPLCREATE")
    table.at(OPEN)
    assert _behind_the_token(table.sent[-1]).startswith(b"\xb2bs"), "deleted with the instance"


@pytest.mark.conformance("1.1-int-7", far="datagrams")
def test_back_to_the_bootstrap_by_the_host(desk: Any) -> None:
    """1.1-int-7; manual 5.2: the account that was handed out leads nowhere: event 7, and the next
    OPEN of the host bootstraps again, since no registration there has succeeded (decision 23)."""
    table = _opening(desk, "AT+MIPLCREATE")
    _bootstrapped(table)
    assert table.wait(300).endswith("+MIPLEVENT: 0,7")
    assert table.wait(1000) == "", "not by itself"
    assert table.at(OPEN) == "OK"
    assert _behind_the_token(table.sent[-1]).startswith(b"\xb2bs")
    assert [(link.role, link.account.host) for link in table.links] == [
        ("bootstrap", "183.230.40.39"),
        ("lwm2m", "10.0.0.1"),
        ("bootstrap", "183.230.40.39"),
    ]


@pytest.mark.conformance("1.1-int-4", far="datagrams")
def test_what_a_new_bootstrap_does_not_mention_is_gone(desk: Any) -> None:
    """1.1-int-4, by a new OPEN with quirk bootstrap_each_open, and Bootstrap-Discover."""
    table = _opening(desk, "AT+MIPLCREATE", quirks={"bootstrap_each_open": "on"})
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
    assert _behind_the_token(table.sent[-1]).startswith(b"\xc1\x28\xff")
    payload: bytes = table.sent[-1].payload
    return payload


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
    table = _registered(desk, quirks={"update_fail": how})
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
    table = _registered(desk, quirks={"update_fail": how})
    table.sent.clear()
    table.at("AT+MIPLUPDATE=0,600,0")
    assert table.wait(61.9) == ""
    assert table.wait(0.2) == lines
    assert len(table.sent) == 5
    assert len({sent.data for sent in table.sent}) == 1
    assert (table.at("AT+MIPLUPDATE=0,600,0") == "OK") == goes_on
    if how == "reregister":
        table.wait(5)
        assert _behind_the_token(table.sent[-1]).startswith(b"\xb2rd\x11\x28")
        assert table.reply(CREATED, *AT_RD_1) == "+MIPLEVENT: 0,6"


def test_an_update_that_is_reset_is_a_refused_one(desk: Any) -> None:
    table = _registered(desk, quirks={"update_fail": "12"})
    table.at("AT+MIPLUPDATE=0,600,0")
    assert _reset(table) == "+MIPLEVENT: 0,12"


@pytest.mark.conformance("1.1-int-105", far="datagrams")
@pytest.mark.parametrize("how", ["silent", "12", "12+15"])
def test_a_registration_that_the_server_has_lost_is_event_31(desk: Any, how: str) -> None:
    """1.1-int-105; manual 3.20 event 31; decision 25: the session is over, the host opens again."""
    table = _registered(desk, quirks={"update_fail": how})
    table.observed()
    table.at("AT+MIPLUPDATE=0,600,0")
    assert table.reply(NOT_FOUND) == "+MIPLEVENT: 0,31"
    assert (table.wait(1000), table.open_link) == ("", 0)
    for line in (NOTIFY, "AT+MIPLUPDATE=0,600,0", "AT+MIPLCLOSE=0"):
        assert table.at(line) == "+CIS ERROR: 602"
    table.sent.clear()
    assert table.at(OPEN) == "OK"
    assert _behind_the_token(table.sent[0]).startswith(b"\xb2rd\x11\x28"), "a full Register"
    assert table.reply(CREATED, (LOCATION, b"rd"), (LOCATION, b"2")) == "+MIPLEVENT: 0,6"
    table.at("AT+MIPLUPDATE=0,600,0")
    assert _behind_the_token(table.sent[-1]).startswith(b"\xb2rd\x012")


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
        assert _behind_the_token(table.sent[0]) == b"\xb2rd\x011"
        assert table.wait(late) == ""
        assert table.reply(CHANGED) == "+MIPLEVENT: 0,11"
        table.sent.clear()


# De-register


@pytest.mark.parametrize(
    "code", [case(BAD_REQUEST), case(FORBIDDEN), case(SERVER_ERROR), case(UNAVAILABLE)]
)
def test_a_close_that_is_refused_says_nothing_and_may_be_repeated(desk: Any, code: int) -> None:
    """Manual 3.8 notes 2 and 3; decision 27."""
    table = _registered(desk)
    assert table.at("AT+MIPLCLOSE=0") == "OK"
    assert table.reply(code) == ""
    assert table.at("AT+MIPLUPDATE=0,600,0") == "OK", "still registered"
    assert table.reply(CHANGED) == "+MIPLEVENT: 0,11"
    assert table.at("AT+MIPLCLOSE=0") == "OK"
    assert _reset(table) == ""
    assert table.at("AT+MIPLCLOSE=0") == "OK"
    assert table.reply(DELETED) == "+MIPLEVENT: 0,15"


def test_a_close_at_a_server_that_has_forgotten_us_is_event_15(desk: Any) -> None:
    """4.04: there is nothing to delete any more, which is what CLOSE wants."""
    table = _registered(desk)
    table.at("AT+MIPLCLOSE=0")
    assert table.reply(NOT_FOUND) == "+MIPLEVENT: 0,15"


@pytest.mark.conformance(
    "LE-register-update-deregister", "LE-register-update-deregister-reregister", far="datagrams"
)
def test_register_update_deregister_and_again(desk: Any) -> None:
    """The second registration has a location, message ids and tokens of its own."""
    table = _registered(desk)
    for number in (b"1", b"2"):
        table.at("AT+MIPLUPDATE=0,600,1")
        update = table.sent[-1]
        assert _behind_the_token(update) == (
            b"\xb2rd\x01" + number + b'\x11\x28\x36lt=600\xff</>;rt="oma.lwm2m",</3200/0>'
        )
        assert table.reply(CHANGED) == "+MIPLEVENT: 0,11"
        table.at("AT+MIPLCLOSE=0")
        assert (table.sent[-1].code, _behind_the_token(table.sent[-1])) == (
            DELETE,
            b"\xb2rd\x01" + number,
        )
        assert table.reply(DELETED) == "+MIPLEVENT: 0,15"
        table.at(OPEN)
        assert table.reply(CREATED, (LOCATION, b"rd"), (LOCATION, b"2")) == "+MIPLEVENT: 0,6"
    assert len({sent.mid for sent in table.sent}) == len({s.token for s in table.sent}) == 7


# The network refuses datagrams: they count as lost, as behind a cell network


@pytest.mark.conformance("AJ-register-icmp", far="datagrams")
@pytest.mark.parametrize("create", ["AT+MIPLCREATE", DIRECT])
def test_icmp_while_logging_in(desk: Any, create: str) -> None:
    """A bootstrap request and a Register are sent again (decision 28)."""
    table = _opening(desk, create)
    for pause in (2, 4, 8, 16):
        assert table.refuse() == ""
        assert table.wait(pause) == ""
    assert len({sent.data for sent in table.sent}) == 1 and len(table.sent) == 5
    code, event = (CHANGED, "") if create != DIRECT else (CREATED, "+MIPLEVENT: 0,6")
    assert table.reply(code, *(AT_RD_1 if event else ())) == event


@pytest.mark.conformance("AJ-register-icmp", far="datagrams")
def test_icmp_to_the_end_is_event_7_or_3(desk: Any) -> None:
    """Given up 62 s after the first (decision 28), as where nothing comes back at all."""
    for create, event in (("AT+MIPLCREATE", 3), (DIRECT, 7)):
        table = _opening(desk, create)
        for pause in (2, 4, 8, 16):
            table.refuse()
            assert table.wait(pause) == ""
        table.refuse()
        assert table.wait(32) == f"+MIPLEVENT: 0,{event}"


@pytest.mark.conformance("AJ-update-icmp", "AJ-deregister-icmp", far="datagrams")
@pytest.mark.parametrize(
    ("line", "code", "event"),
    [
        ("AT+MIPLUPDATE=0,600,0", CHANGED, "11"),
        ("AT+MIPLOPEN?", CHANGED, "6"),
        ("AT+MIPLCLOSE=0", DELETED, "15"),
    ],
)
def test_icmp_while_registered(desk: Any, line: str, code: int, event: str) -> None:
    table = _registered(desk)
    table.sent.clear()
    table.at(line)
    for pause in (2, 4, 8, 16):
        assert table.refuse() == ""
        assert table.wait(pause) == ""
    assert len({sent.data for sent in table.sent}) == 1 and len(table.sent) == 5
    assert table.reply(code) == f"+MIPLEVENT: 0,{event}"


def test_icmp_to_a_notification_and_to_an_answer(desk: Any) -> None:
    """The notification goes out again; the answer is given again when the platform asks again."""
    table = _registered(desk)
    table.observed()
    assert table.at(f"{NOTIFY},147") == "OK"
    notification = table.sent[-1].data
    assert table.refuse() == ""
    assert table.wait(2) == ""
    assert [sent.data for sent in table.sent] == [notification] * 2
    assert table.reply(0) == "+MIPLEVENT: 0,26,147"
    assert table.ask(GET, 700, "/3200/0/5750") == "+MIPLREAD: 0,700,3200,0,5750"
    assert table.at("AT+MIPLREADRSP=0,700,13") == "OK"
    answer = table.sent[-1].data
    assert table.refuse() == ""
    assert table.ask(GET, 700, "/3200/0/5750") == ""
    assert table.sent[-1].data == answer


# Servers that stop, and that start anew


@pytest.mark.conformance("OBS_05", "AJ-notification-timeout", far="datagrams")
def test_an_observer_that_is_switched_off(desk: Any) -> None:
    """OBS_05; decision 42: five transmissions, silence, the observation stays. Back again, the
    observer has the next notification, under the same token and with a higher number."""
    table = _registered(desk)
    table.observed(mid=500)
    assert table.at(f"{NOTIFY},1") == "OK"
    assert table.wait(100) == ""
    lost = table.sent[:]
    assert len(lost) == 5 and len({sent.data for sent in lost}) == 1
    table.sent.clear()
    assert table.at(f"{NOTIFY},2") == "OK"
    [later] = table.sent
    assert later.token == lost[0].token == b"\x01\xf4"
    assert _behind_the_token(lost[0])[:2] == b"\x61\x02" and later.mid != lost[0].mid
    assert _behind_the_token(later)[:2] == b"\x61\x03"
    assert table.reply(0) == "+MIPLEVENT: 0,26,2"


@pytest.mark.conformance("AJ-notification-daily-con", far="datagrams")
def test_no_notification_is_confirmable_but_by_its_ackid(desk: Any) -> None:
    """RFC 7641 4.5 wants one in 24 hours; the host decides (manual 3.9; decision 42)."""
    table = _registered(desk)
    table.observed()
    for _ in range(50):
        assert table.at(NOTIFY) == "OK"
        assert table.wait(3600) == ""
    assert [sent.kind for sent in table.sent] == [NON] * 50
    assert table.at(f"{NOTIFY},147") == "OK"
    assert table.sent[-1].kind == CON
    assert table.reply(0) == "+MIPLEVENT: 0,26,147"


def test_a_server_that_starts_anew_knows_neither_observation_nor_registration(desk: Any) -> None:
    """It resets the notification (decision 30: flag 0 with its id), and answers the Update 4.04."""
    table = _registered(desk)
    table.observed(mid=500)
    for ackid in ("", ",147"):
        assert table.at(NOTIFY + ackid) == "OK"
        mid = table.sent[-1].mid
        assert _reset(table) == f"+MIPLOBSERVE: 0,{mid},0,3200,0,-1"
        assert table.at(NOTIFY) == "+CIS ERROR: 653"
        table.observed(mid=501 + len(ackid))
    table.at("AT+MIPLUPDATE=0,600,0")
    assert table.reply(NOT_FOUND) == "+MIPLEVENT: 0,31"
    assert table.at(OPEN) == "OK"
    assert table.reply(CREATED, *AT_RD_1) == "+MIPLEVENT: 0,6"
    assert table.at(NOTIFY) == "+CIS ERROR: 653", "nobody observes yet"
    table.observed(mid=600)
    assert table.at(NOTIFY) == "OK"
    assert table.sent[-1].token == b"\x02\x58"


# Answers that are not ours


def test_an_answer_with_a_wrong_id_or_token_is_none(desk: Any) -> None:
    """RFC 7252 4.4, 5.3.2: an ACK must fit in both, a separate response in its token. The first are
    passed over, of the others the CON is rejected and the NON passed over or rejected: none is
    accepted, and the Register goes on."""
    table = _opening(desk)
    [register] = table.sent
    wrong = bytes(byte ^ 1 for byte in register.token)
    other = (register.mid + 1) % 0x10000
    for forged in (
        coap(ACK, CREATED, other, register.token, AT_RD_1),
        coap(ACK, CREATED, register.mid, wrong, AT_RD_1),
        coap(ACK, CREATED, register.mid, b"", AT_RD_1),
        coap(ACK, 0, other),
        coap(RST, 0, other),
        coap(RST, CREATED, register.mid, register.token, AT_RD_1),
    ):
        table.deliver(forged)
        assert (table.lines(), len(table.sent)) == ("", 1)
    table.deliver(coap(CON, CREATED, 7, wrong, AT_RD_1))
    assert (table.lines(), table.sent.pop().data) == ("", b"\x70\x00\x00\x07")
    assert table.wait(2) == ""
    assert [sent.data for sent in table.sent] == [register.data] * 2
    assert table.reply(CREATED, *AT_RD_1) == "+MIPLEVENT: 0,6"


def test_an_answer_of_an_old_session_is_none(desk: Any) -> None:
    """On the old link, and on the new one with the old ids."""
    table = _registered(desk)
    table.at("AT+MIPLUPDATE=0,600,0")
    update, old_link = table.sent[-1], table.open_link
    table.at("AT+MIPLCLOSE=0")
    assert table.reply(DELETED) == "+MIPLEVENT: 0,15"
    assert table.at(OPEN) == "OK"
    late = coap(ACK, CHANGED, update.mid, update.token)
    for link in (old_link, table.open_link, 0, 99):
        table.deliver(late, link)
    table.deliver(coap(CON, GET, 700, b"", ((11, b"3200"), (11, b"0"))), old_link)
    assert table.wait(1) == ""
    assert table.reply(CREATED, *AT_RD_1) == "+MIPLEVENT: 0,6"
