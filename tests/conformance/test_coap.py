"""CORE_01 to CORE_31 of the CoAP plugtest: the module as the CoAP server, its MCU answering.

Header: 44 nn CON with a token of four bytes, 54 NON, 64 ACK; 01 GET, 02 POST, 03 PUT, 04 DELETE;
44 2.04, 45 2.05, 85 4.05.
"""

import pytest

from tests.conformance.table import hear, new_module, registered, said, wire
from tests.desk import CHANGED, CREATED, LOCATION, Desk

READRSP = "AT+MIPLREADRSP=0,28673,1,3303,0,5700,4,4,23.5,0,0"

# Types CON and NON: the header of a request and of its answer, for a token of four bytes.
TYPES = {"con": ("44", "64", "7001"), "non": ("54", "54", "****")}


def case(number: int, kind: str) -> pytest.MarkDecorator:
    """CORE_01 to 04 are confirmable, 05 to 08 the same without."""
    return pytest.mark.conformance(f"CORE_{number + 4 * (kind == 'non'):02}", far="datagrams")


def kinds(number: int) -> pytest.MarkDecorator:
    """Both types, each with the case's id."""
    params = [pytest.param(*TYPES[kind], marks=case(number, kind), id=kind) for kind in TYPES]
    return pytest.mark.parametrize(("asks", "answers", "mid"), params)


@pytest.fixture
def desk() -> Desk:
    return registered()


@kinds(1)
def test_get(desk: Desk, asks: str, answers: str, mid: str) -> None:
    request = f"{asks}01 7001 deadbeef b4 33333033 01 30 04 35373030"
    assert hear(desk, request) == "+MIPLREAD: 0,28673,3303,0,5700"
    assert said(desk) == []
    assert desk.at(READRSP) == "OK"
    assert said(desk) == wire(f"{answers}45 {mid} deadbeef c0 ff 32332e35")  # text, 23.5


@kinds(2)
def test_delete(desk: Desk, asks: str, answers: str, mid: str) -> None:
    """Nothing of the module's can be deleted: 4.05 (conformance 3, 290)."""
    assert hear(desk, f"{asks}04 7001 deadbeef b4 33333033 01 30") == ""
    assert said(desk) == wire(f"{answers}85 {mid} deadbeef")


@kinds(3)
def test_put(desk: Desk, asks: str, answers: str, mid: str) -> None:
    request = f"{asks}03 7001 deadbeef b4 33323030 01 30 04 35353033 10 ff 323530"
    assert hear(desk, request) == "+MIPLWRITE: 0,28673,3200,0,5503,3,3,250,0"
    assert said(desk) == []
    assert desk.at("AT+MIPLWRITERSP=0,28673,2") == "OK"
    assert said(desk) == wire(f"{answers}44 {mid} deadbeef")


@kinds(4)
def test_post(desk: Desk, asks: str, answers: str, mid: str) -> None:
    request = f"{asks}02 7001 deadbeef b4 33333033 01 30 04 35363035"
    assert hear(desk, request) == "+MIPLEXECUTE: 0,28673,3303,0,5605"
    assert said(desk) == []
    assert desk.at("AT+MIPLEXECUTERSP=0,28673,2") == "OK"
    assert said(desk) == wire(f"{answers}44 {mid} deadbeef")


@pytest.mark.parametrize(
    ("head", "token"),
    [
        pytest.param("40", "", marks=pytest.mark.conformance("CORE_09", far="datagrams")),
        pytest.param("44", "deadbeef", marks=pytest.mark.conformance("CORE_11", far="datagrams")),
    ],
)
def test_a_separate_answer(head: str, token: str) -> None:
    """Quirk empty_ack_after_s: the ACK first, the answer in a CON, repeated until its ACK."""
    desk = registered(quirks={"empty_ack_after_s": 0.2})
    request = f"{head}01 7001 {token} b4 33333033 01 30 04 35373030"
    assert hear(desk, request) == "+MIPLREAD: 0,28673,3303,0,5700"
    assert said(desk) == wire("6000 7001")
    assert desk.at(READRSP) == "OK"
    answer = desk.sent[0]
    assert said(desk) == wire(f"{head}45 **** {token} c0 ff 32332e35")
    desk.wait(2)
    assert [sent.data for sent in desk.sent] == [answer.data]
    assert hear(desk, f"6000 {answer.mid:04x}") == ""
    desk.sent.clear()
    desk.wait(300)
    assert said(desk) == []


@pytest.mark.conformance("CORE_10", far="datagrams")
@pytest.mark.parametrize("token", ["0a", "0a0b0c0d0e0f1011"])
def test_the_answer_has_the_token_of_its_request(desk: Desk, token: str) -> None:
    """RFC 7252 5.3.1: of one to eight bytes."""
    length = len(token) // 2
    hear(desk, f"4{length}01 7001 {token} b4 33333033 01 30 04 35373030")
    assert desk.at(READRSP) == "OK"
    assert said(desk) == wire(f"6{length}45 7001 {token} c0 ff 32332e35")


@pytest.mark.conformance("CORE_12", far="datagrams")
def test_a_request_without_a_token_gets_an_answer_without(desk: Desk) -> None:
    hear(desk, "4001 7001 b4 33333033 01 30 04 35373030")
    assert desk.at(READRSP) == "OK"
    assert said(desk) == wire("6045 7001 c0 ff 32332e35")


@pytest.mark.conformance("CORE_13", far="datagrams")
@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("b4 33333033", "3303,-1,-1"),
        ("b4 33333033 01 30", "3303,0,-1"),
        ("b4 33333033 01 30 04 35373030", "3303,0,5700"),
    ],
)
def test_one_to_three_path_options(desk: Desk, path: str, fields: str) -> None:
    assert hear(desk, f"4401 7001 deadbeef {path}") == f"+MIPLREAD: 0,28673,{fields}"


@pytest.mark.conformance("CORE_14", far="datagrams")
def test_two_query_options(desk: Desk) -> None:
    """pmin=5 and pmax=30: Write-Attributes (manual 3.16)."""
    request = "4403 7001 deadbeef b4 33333033 01 30 46 706d696e3d35 07 706d61783d3330"
    assert hear(desk, request) == '+MIPLPARAMETER: 0,28673,3303,0,-1,14,"pmin=5;pmax=30"'
    assert said(desk) == wire("6444 7001 deadbeef")


@pytest.mark.conformance("CORE_17", far="datagrams")
def test_a_separate_answer_to_a_non_confirmable_request() -> None:
    """RFC 7252 5.2.3: no ACK at all, and a NON once the MCU has answered."""
    desk = registered(quirks={"empty_ack_after_s": 0.2})
    hear(desk, "5401 7001 deadbeef b4 33333033 01 30 04 35373030")
    desk.wait(5)
    assert said(desk) == []
    assert desk.at(READRSP) == "OK"
    assert said(desk) == wire("5445 **** deadbeef c0 ff 32332e35")


@pytest.mark.conformance("CORE_18", far="datagrams")
def test_several_location_options_are_kept() -> None:
    """2.01 to the Register with api, rd and dev5: the Update goes to /api/rd/dev5."""
    desk = new_module()
    desk.at('AT+MIPLCREATEEX="183.230.40.40:5683",0')
    assert desk.at("AT+MIPLOPEN=0,300,30") == "OK"
    location = ((LOCATION, b"api"), (LOCATION, b"rd"), (LOCATION, b"dev5"))
    assert desk.reply(CREATED, *location) == "+MIPLEVENT: 0,6"
    assert desk.at("AT+MIPLUPDATE=0,60,0") == "OK"
    update = desk.sent[-1]
    assert update.data.hex().endswith("b3617069" + "027264" + "0464657635" + "456c743d3630")
    assert desk.reply(CHANGED) == "+MIPLEVENT: 0,11"


@pytest.mark.conformance("CORE_20", far="datagrams")
@pytest.mark.parametrize(
    ("accept", "content"),
    [
        ("60", "c0 ff 32332e35"),  # text/plain
        ("62 2d16", "c2 2d16 ff e4164441bc0000"),  # TLV
    ],
)
def test_accept_chooses_the_format(desk: Desk, accept: str, content: str) -> None:
    hear(desk, f"4401 7001 deadbeef b4 33333033 01 30 04 35373030 {accept}")
    assert desk.at(READRSP) == "OK"
    assert said(desk) == wire(f"6445 7001 deadbeef {content}")


@pytest.mark.conformance("CORE_31", far="datagrams")
def test_a_ping_is_reset(desk: Desk) -> None:
    """RFC 7252 4.3: an empty CON."""
    assert hear(desk, "4000 7001") == ""
    assert said(desk) == wire("7000 7001")
