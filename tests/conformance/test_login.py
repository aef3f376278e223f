"""Registration: 1.0-int-101, 103 and what Leshan's suite asks of it."""

import pytest

from tests.conformance.table import CREATE, DECLARED, hear, new_module, said, wire
from tests.desk import CHANGED, CREATED, DELETED, LOCATION, Desk

H = bytes.fromhex
HERE = ((LOCATION, b"rd"), (LOCATION, b"5a3f"))
LOCATED = H("b2 7264 04 35613366")  # Uri-Path rd, 5a3f
OBJECTS = b'</>;rt="oma.lwm2m",</3200/0>,</3303/0>'  # decision 20

# CON POST, Uri-Path rd, Content-Format 40, Uri-Query of 34, 8 and 9 bytes, payload; what precedes
# is the message id and a token of four bytes.
REGISTER = (
    H("b2 7264 11 28 3d15")
    + b"ep=869975030000461;460001357924680"
    + H("08")
    + b"lt=86400"
    + H("09")
    + b"lwm2m=1.0"
    + H("ff")
    + OBJECTS
)


def datagrams(*cases: str) -> pytest.MarkDecorator:
    return pytest.mark.conformance(*cases, far="datagrams")


def opening(*configured: str, create: str = CREATE) -> Desk:
    """A module that has just sent its Register."""
    desk = new_module()
    desk.at(create)
    for line in (*configured, *DECLARED, "AT+MIPLOPEN=0,86400,30"):
        assert desk.at(line) == "OK"
    return desk


def opened(*configured: str) -> Desk:
    desk = opening(*configured)
    assert desk.reply(CREATED, *HERE) == "+MIPLEVENT: 0,6"
    return desk


def query(desk: Desk) -> list[bytes]:
    """The Uri-Query options of the last Register, read by hand: they stand between Content-Format
    40 and the payload, and are no longer than 268 bytes."""
    rest, found = desk.sent[-1].data.partition(H("1128"))[2].partition(b"\xff")[0], []
    while rest:
        length = rest[0] & 15
        head = 2 if length == 13 else 1
        length += rest[1] if length == 13 else 0
        found.append(rest[head : head + length])
        rest = rest[head + length :]
    return found


@datagrams("1.0-int-101")
def test_101_the_register_and_its_location() -> None:
    desk = opening()
    (register,) = desk.sent
    assert register.data[:2] == H("4402")
    assert register.data[8:] == REGISTER
    assert desk.reply(CREATED, *HERE) == "+MIPLEVENT: 0,6"
    assert desk.at("AT+MIPLUPDATE=0,60,0") == "OK"
    assert desk.sent[-1].data[8:] == LOCATED + H("45") + b"lt=60"


@datagrams("1.0-int-103")
def test_103_leaving() -> None:
    """CLOSE (manual 3.8): DELETE on the location, 15 after 2.02; then the module hears nothing."""
    desk = opened()
    desk.sent.clear()
    assert desk.at("AT+MIPLCLOSE=0") == "OK"
    (delete,) = desk.sent
    assert (delete.data[:2], delete.data[8:]) == (H("4404"), LOCATED)
    assert desk.reply(DELETED) == "+MIPLEVENT: 0,15"
    desk.sent.clear()
    assert hear(desk, "4101 7001 0a b4 33333033 01 30") == ""
    assert said(desk) == []


@datagrams("LE-register-update-deregister", "LE-register-update-deregister-reregister")
def test_register_update_leave_and_register_again() -> None:
    desk = opened()
    for _ in range(2):
        assert desk.at("AT+MIPLUPDATE=0,60,1") == "OK"
        update = desk.sent[-1].data
        assert update[8:] == LOCATED + H("11 28 35") + b"lt=60" + H("ff") + OBJECTS
        assert desk.reply(CHANGED) == "+MIPLEVENT: 0,11"
        assert desk.at("AT+MIPLCLOSE=0") == "OK"
        assert desk.sent[-1].data[8:] == LOCATED
        assert desk.reply(DELETED) == "+MIPLEVENT: 0,15"
        assert desk.at("AT+MIPLOPEN=0,86400,30") == "OK"
        assert desk.sent[-1].data[8:] == REGISTER
        assert desk.reply(CREATED, *HERE) == "+MIPLEVENT: 0,6"


@datagrams("LE-register-uq-binding", "1.1-int-108")
def test_register_in_queue_mode() -> None:
    """Manual 4.1: binding 2; LwM2M 1.0 has it as UQ, also in an Update (decision 25)."""
    desk = opening('AT+MIPLCFG="binding",0,2')
    assert query(desk) == [
        b"ep=869975030000461;460001357924680",
        b"lt=86400",
        b"lwm2m=1.0",
        b"b=UQ",
    ]
    assert desk.reply(CREATED, *HERE) == "+MIPLEVENT: 0,6"
    assert desk.at("AT+MIPLUPDATE=0,60,0") == "OK"
    assert desk.sent[-1].data[8:] == LOCATED + H("45") + b"lt=60" + H("04") + b"b=UQ"


@datagrams("LE-update-invalid-binding")
@pytest.mark.parametrize("binding", ["3", "-1", '"S"', '"UQS"'])
def test_a_binding_that_there_is_not(binding: str) -> None:
    """601, and what is sent stays as it was."""
    desk = new_module()
    desk.at(CREATE)
    assert desk.at(f'AT+MIPLCFG="binding",0,{binding}') == "+CIS ERROR: 601"
    assert desk.at("AT+MIPLOPEN=0,86400,30") == "OK"
    assert len(query(desk)) == 3


@datagrams("LE-register-additional-attributes")
def test_an_authentication_code_as_one_more_query() -> None:
    """Decision 21: on other platforms than OneNET; the server's 2.01 counts as any other."""
    desk = opening('AT+MIPLCFG="platform",0,1', create=f'{CREATE},"abcd"')
    assert query(desk) == [b"ep=869975030000461", b"lt=86400", b"lwm2m=1.0", b"authcode=abcd"]
    assert desk.reply(CREATED, *HERE) == "+MIPLEVENT: 0,6"


@datagrams("LE-register-without-endpoint")
def test_without_a_name_the_endpoint_is_the_imei() -> None:
    """Decision 18: platform 10 has the host's name, or else the IMEI."""
    desk = opening('AT+MIPLCFG="platform",0,10')
    assert query(desk)[0] == b"ep=869975030000461"
    assert (
        opening('AT+MIPLCFG="platform",0,10,"dev1"')
        .sent[-1]
        .data[8:]
        .startswith(H("b2 7264 11 28 37") + b"ep=dev1")
    )


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("80", marks=datagrams("AJ-register-bad-request")),
        pytest.param("83", marks=datagrams("AJ-register-forbidden")),
        pytest.param("a0", marks=datagrams("AJ-register-server-error")),
        pytest.param("a3", marks=datagrams("AJ-register-server-error")),
    ],
)
def test_a_register_that_is_refused_is_event_7(code: str) -> None:
    """Manual 3.20; no second try (decision 22), and the host may try again."""
    desk = opening()
    register = desk.sent[-1].data.hex()
    assert hear(desk, f"64{code}{register[4:16]}") == "+MIPLEVENT: 0,7"
    assert said(desk) == [f"4402****{register[8:]}"]
    assert desk.wait(600) == ""
    assert said(desk) == []
    assert desk.at("AT+MIPLOPEN=0,86400,30") == "OK"
    assert desk.sent[-1].data[8:] == REGISTER


@datagrams("AJ-requests-while-registering")
def test_a_request_before_the_answer_to_the_register() -> None:
    desk = opening()
    register = desk.sent[-1]
    desk.sent.clear()
    get = "4101 7001 0a b4 33333033 01 30 04 35373030"
    assert hear(desk, get) == "+MIPLREAD: 0,28673,3303,0,5700"
    assert desk.at("AT+MIPLREADRSP=0,28673,1,3303,0,5700,4,4,23.5,0,0") == "OK"
    assert said(desk) == wire("6145 7001 0a c0 ff 32332e35")
    answer = f"6441{register.data[2:8].hex()} 82 7264 04 35613366"
    assert hear(desk, answer) == "+MIPLEVENT: 0,6"


@datagrams("AJ-register-separate")
def test_a_separate_answer_to_the_register_whose_ack_is_lost() -> None:
    """RFC 7252 5.2.2: it is acknowledged each time, and counts once."""
    desk = opening()
    register = desk.sent[-1]
    desk.sent.clear()
    assert hear(desk, f"6000 {register.mid:04x}") == ""
    created = f"4441 0007 {register.token.hex()} 82 7264 04 35613366"
    assert hear(desk, created) == "+MIPLEVENT: 0,6"
    assert hear(desk, created) == ""
    assert said(desk) == wire("6000 0007", "6000 0007")
