"""Bootstrap: 1.0-int-0, what Leshan's suite asks of it, and what a module of 1.0 refuses in it.

TLV (LwM2M 1.0 6.4.3): 08 id length an object instance, c8 id length a resource of 8 bytes or more,
c1 id a resource of one byte.
"""

import pytest

from tests.conformance.table import hear, new_module, said, wire
from tests.desk import CHANGED, CREATED, LOCATION, Desk

CREATE = 'AT+MIPLCREATEEX="183.230.40.39:5683",1'
URI = b"coap://127.0.0.1:5683".hex()  # 21 bytes
SECURITY = f"c80015 {URI} c10100 c10a01"  # the URI, no bootstrap server, short server id 1
SERVER = "c10001 c40100015180 c10755"  # short server id 1, lifetime 86400, binding U
FINISH = "4402 7fff deadbeef b2 6273"


def datagrams(*cases: str) -> pytest.MarkDecorator:
    return pytest.mark.conformance(*cases, far="datagrams")


@pytest.fixture
def desk() -> Desk:
    """A module whose bootstrap request has been answered 2.04."""
    desk = new_module()
    desk.at(CREATE)
    desk.at('AT+MIPLADDOBJ=0,3200,1,"1",0,0')
    assert desk.at("AT+MIPLOPEN=0,300,30") == "OK"
    (asked,) = desk.sent
    # CON POST, Uri-Path bs, Uri-Query of 34 bytes (4 after Uri-Path)
    request = bytes.fromhex("b2 6273 4d15") + b"ep=869975030000461;460001357924680"
    assert (asked.data[:2], asked.data[8:]) == (b"\x44\x02", request)
    assert desk.reply(CHANGED) == ""
    desk.sent.clear()
    return desk


def answers(desk: Desk, request: str, answer: str) -> None:
    """Answered so, and nothing printed."""
    assert hear(desk, request) == ""
    assert said(desk) == wire(answer)


def finish_and_register(desk: Desk) -> None:
    assert hear(desk, FINISH) == "+MIPLEVENT: 0,2"
    assert desk.sent[0].data.hex() == "64447fffdeadbeef"
    assert (desk.links[-1].account.host, desk.links[-1].account.port) == ("127.0.0.1", 5683)
    assert b"\xb2rd\x11\x28" in desk.sent[1].data
    assert desk.reply(CREATED, (LOCATION, b"rd"), (LOCATION, b"1")) == "+MIPLEVENT: 0,6"


@datagrams("1.0-int-0")
def test_0_objects_are_written_discovered_and_finished(desk: Desk) -> None:
    """The list is that of the test, with what the MCU has added."""
    put_0 = f"4403 7001 deadbeef b1 30 12 2d16 ff 08001e {SECURITY}"
    put_1 = f"4403 7002 deadbeef b1 31 12 2d16 ff 08000c {SERVER}"
    answers(desk, put_0, "6444 7001 deadbeef")
    answers(desk, put_1, "6444 7002 deadbeef")
    assert hear(desk, "4401 7003 deadbeef d1 04 28") == ""
    (discovered,) = desk.sent
    assert discovered.data[:11].hex() == "64457003deadbeef" + "c128ff"
    links = discovered.payload.split(b",")
    assert links[:5] == [
        b'lwm2m="1.0"', b"</0/0>;ssid=1", b"</0/1>", b"</1/0>;ssid=1", b"</3/0>"
    ]  # fmt: skip
    assert b"</3200/0>" in links
    desk.sent.clear()
    finish_and_register(desk)


@datagrams("1.0-int-0")
def test_0_instances_and_resources_are_written(desk: Desk) -> None:
    put_0_0 = f"4403 7001 deadbeef b1 30 01 30 12 2d16 ff {SECURITY}"
    put_1_0 = f"4403 7002 deadbeef b1 31 01 30 12 2d16 ff {SERVER}"
    put_1_0_1 = "4403 7003 deadbeef b1 31 01 30 01 31 10 ff 363030"
    answers(desk, put_0_0, "6444 7001 deadbeef")
    answers(desk, put_1_0, "6444 7002 deadbeef")
    answers(desk, put_1_0_1, "6444 7003 deadbeef")
    finish_and_register(desk)


@datagrams("LE-bootstrap-content-format")
@pytest.mark.parametrize("number", ["2d16", "0606"])
def test_either_number_of_tlv(desk: Desk, number: str) -> None:
    put = f"4403 7001 deadbeef b1 30 01 30 12 {number} ff {SECURITY}"
    answers(desk, put, "6444 7001 deadbeef")
    finish_and_register(desk)


@datagrams("LE-bootstrap-delete-all")
def test_everything_is_deleted_first(desk: Desk) -> None:
    """DELETE /, after which only the account that the bootstrap came by is left, then as usual."""
    answers(desk, f"4403 7001 deadbeef b1 30 01 32 12 2d16 ff {SECURITY}", "6444 7001 deadbeef")
    answers(desk, "4404 7002 deadbeef", "6442 7002 deadbeef")
    assert hear(desk, "4401 7003 deadbeef b1 30 61 28") == ""
    assert said(desk) == wire("6445 7003 deadbeef c1 28 ff" + b'lwm2m="1.0",</0/1>'.hex())
    answers(desk, f"4403 7004 deadbeef b1 30 01 30 12 2d16 ff {SECURITY}", "6444 7004 deadbeef")
    finish_and_register(desk)


@pytest.mark.parametrize(
    ("number", "code"),
    [("80", "4.00"), ("83", "4.03"), ("84", "4.04"), ("a0", "5.00")],
)
@datagrams("AJ-bootstrap-refused")
def test_a_refused_bootstrap_is_event_3(number: str, code: str) -> None:
    """Manual 3.20; no second try (decision 22)."""
    desk = new_module()
    desk.at(CREATE)
    desk.at("AT+MIPLOPEN=0,300,30")
    asked = desk.sent[-1].data.hex()
    desk.sent.clear()
    assert hear(desk, f"64{number}{asked[4:16]}") == "+MIPLEVENT: 0,3"
    assert desk.wait(600) == ""
    assert said(desk) == []


# Not for a module of LwM2M 1.0: what is refused leaves a bootstrap that can be finished


def goes_on(desk: Desk) -> None:
    answers(desk, f"4403 7f00 deadbeef b1 30 01 30 12 2d16 ff {SECURITY}", "6444 7f00 deadbeef")
    finish_and_register(desk)


@datagrams("1.1-int-8")
def test_nothing_is_read(desk: Desk) -> None:
    answers(desk, "4401 7001 deadbeef b1 31", "6485 7001 deadbeef")
    answers(desk, "4401 7002 deadbeef b1 30", "6485 7002 deadbeef")
    goes_on(desk)


@datagrams("1.1-int-2")
def test_no_server_with_certificates(desk: Desk) -> None:
    """Security mode 2 (LwM2M 1.0 E.1.1) is none that the module has (manual 4.6)."""
    uri = b"coaps://127.0.0.1:5684".hex()  # 22 bytes
    put = f"4403 7001 deadbeef b1 30 01 30 12 2d16 ff c80016 {uri} c10100 c10202 c10a01"
    answers(desk, put, "6444 7001 deadbeef")
    answers(desk, "4402 7002 deadbeef b2 6273", "6486 7002 deadbeef")
    assert len(desk.links) == 1
    goes_on(desk)


@datagrams("1.1-int-106", "1.1-int-402")
def test_no_server_over_tcp(desk: Desk) -> None:
    """An account that cannot be reached is none: 4.06 at the finish (1.1-int-9)."""
    uri = b"coap+tcp://127.0.0.1:5683".hex()  # 25 bytes
    put = f"4403 7001 deadbeef b1 30 01 30 12 2d16 ff c80019 {uri} c10100 c10a01"
    answers(desk, put, "6444 7001 deadbeef")
    answers(desk, "4402 7002 deadbeef b2 6273", "6486 7002 deadbeef")
    assert len(desk.links) == 1
    goes_on(desk)


@datagrams("1.1-int-402")
def test_no_oscore_object(desk: Desk) -> None:
    """Object 21 is LwM2M 1.1's."""
    put = "4403 7001 deadbeef b2 3231 01 30 12 2d16 ff c10061"
    answers(desk, put, "6484 7001 deadbeef")
    goes_on(desk)


@datagrams("1.1-int-3")
def test_no_account_from_a_smartcard() -> None:
    """CREATE alone is OneNET's bootstrap server (decision 13), whatever the SIM has."""
    desk = new_module()
    assert desk.at("AT+MIPLCREATE") == "+MIPLCREATE: 0|OK"
    assert desk.at("AT+MIPLOPEN=0,300,30") == "OK"
    (link,) = desk.links
    assert (link.account.host, link.account.port) == ("183.230.40.39", 5683)
    assert b"\xb2bs" in desk.sent[0].data
