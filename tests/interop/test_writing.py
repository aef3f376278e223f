"""What servers of others write, as the MCU gets it (manual 3.12, 3.13)."""

from concurrent.futures import Future

import pytest

from tests.bench import Bench
from tests.interop.host import Benches, answer, asked, log_in
from tests.interop.peers.driver import PATIENCE, TEXT, Answer, CoapPeer, Peer, write_text
from tests.interop.peers.node_server import NodeServer

TLV, JSON = 11542, 11543

BOOLEAN, INTEGER = "3200,0,5500,5,1,1,0,0", "3200,0,5501,3,1,7,0,0"
FLOAT, STRING = "3303,0,5700,4,4,23.5,0,0", '3303,0,5701,1,3,"Cel",0,0'

# Resources with 16-bit ids (LwM2M 1.0 6.4.3) of 3200/0: 5500 = 0x157c, false; 5750 = 0x1676,
# `gate`. Of 3303/0: 5700 = 0x1644, 24.5 by IEEE 754; 5701 = 0x1645, `Far`.
TLV_3200 = bytes.fromhex("e1157c00 e4167667617465")
TLV_3303 = bytes.fromhex("e4164441c40000 e31645466172")
JSON_3200 = b'{"bn":"/3200/0/","e":[{"n":"5500","bv":false},{"n":"5750","sv":"gate"}]}'
JSON_3303 = b'{"bn":"/3303/0/","e":[{"n":"5700","v":24.5},{"n":"5701","sv":"Far"}]}'
LINES_3200 = ("3200,0,5500,5,1,0,1", "3200,0,5750,1,4,gate,0")
LINES_3303 = ("3303,0,5700,4,4,24.5,1", "3303,0,5701,1,3,Far,0")

CODES = {11: "4.00", 12: "4.01", 13: "4.04", 14: "4.05", 15: "4.06"}

both = pytest.mark.parametrize("peer", ["aiocoap", "libcoap"], indirect=True)


def be_written(
    table: Bench, peer: Peer, pending: Future[Answer], *fields: str, result: int = 2
) -> Answer:
    """A line per resource, one answer of the MCU to all of them."""
    head = f"+MIPLWRITE: 0,{table.asked()},"
    for each in fields:
        table.expect(head + each)
    answer(table, peer, head, f"AT+MIPLWRITERSP=0,{{mid}},{result}", *(head + f for f in fields))
    return pending.result(PATIENCE)


@pytest.mark.conformance("1.0-int-205")
@pytest.mark.parametrize("peer", ["aiocoap", "lwm2m-node-lib", "libcoap"], indirect=True)
def test_205_an_integer_as_text(peer: Peer, bench: Benches) -> None:
    """A leading zero makes no octal number."""
    table = bench()
    log_in(table, peer, INTEGER)
    for text, fields in (("0101", "3,101"), ("1010", "4,1010"), ("2000", "4,2000")):
        pending = write_text(peer, "/3200/0/5501", text)
        line = f"3200,0,5501,3,{fields},0"
        assert be_written(table, peer, pending, line) == Answer("2.04")


@both
@pytest.mark.conformance("1.0-int-215", "1.0-int-220")
def test_215_and_220_an_instance_in_part_and_whole(peer: CoapPeer, bench: Benches) -> None:
    """POST and PUT, in TLV and in JSON; then what the MCU has is read back."""
    table = bench()
    log_in(table, peer, BOOLEAN, FLOAT, STRING)
    for path, tlv, json, fields in (
        ("/3200/0", TLV_3200, JSON_3200, LINES_3200),
        ("/3303/0", TLV_3303, JSON_3303, LINES_3303),
    ):
        for form, body in ((TLV, tlv), (JSON, json)):
            for method in ("POST", "PUT"):
                pending = peer.request(method, path, payload=body, content_format=form)
                assert be_written(table, peer, pending, *fields) == Answer("2.04")
    pending = peer.request("GET", "/3303/0", accept=TLV)
    line = asked(table, "+MIPLREAD: 0,{mid},3303,0,-1")
    answer(table, peer, line, "AT+MIPLREADRSP=0,{mid},1,3303,0,5700,4,4,24.5,1,1")
    answer(table, peer, line, 'AT+MIPLREADRSP=0,{mid},1,3303,0,5701,1,3,"Far",0,0')
    assert pending.result(PATIENCE) == Answer("2.05", TLV_3303, TLV)


@pytest.mark.parametrize("peer", ["coap-shepherd"], indirect=True)
def test_an_instance_around_the_resources_of_the_instance_sv_2_2(
    peer: NodeServer, bench: Benches
) -> None:
    """PUT /3303/0 of `00 00` or `08 00` and a length, with the resources in it."""
    table = bench()
    log_in(table, peer)
    pending = peer.write_instance("/3303/0", {5700: 24.5, 5701: "Far"})
    assert be_written(table, peer, pending, *LINES_3303) == Answer("2.04")


@both
@pytest.mark.conformance("1.1-int-226")
def test_226_some_resources_of_an_instance(peer: CoapPeer, bench: Benches) -> None:
    """One line; the MCU's other value is as it was."""
    table = bench()
    log_in(table, peer, FLOAT, STRING)
    body = bytes.fromhex("e4164441c40000")
    pending = peer.request("POST", "/3303/0", payload=body, content_format=TLV)
    assert be_written(table, peer, pending, "3303,0,5700,4,4,24.5,0") == Answer("2.04")
    pending = peer.request("GET", "/3303/0/5701", accept=TEXT)
    line = asked(table, "+MIPLREAD: 0,{mid},3303,0,5701")
    answer(table, peer, line, 'AT+MIPLREADRSP=0,{mid},1,3303,0,5701,1,3,"Cel",0,0')
    assert pending.result(PATIENCE) == Answer("2.05", b"Cel", TEXT)


@pytest.mark.conformance("1.1-int-256")
def test_256_a_write_that_the_mcu_refuses(peer: Peer, bench: Benches) -> None:
    """Result 14, Method Not Allowed (manual 3.13; decision 37)."""
    table = bench()
    log_in(table, peer)
    pending = peer.write("/3200/0/5750", "mnop")
    refused = be_written(table, peer, pending, "3200,0,5750,1,4,mnop,0", result=14)
    assert refused.code == "4.05"


@both
def test_each_result_has_its_code_manual_3_13(peer: CoapPeer, bench: Benches) -> None:
    """Decision 37."""
    table = bench()
    log_in(table, peer)
    for result, code in CODES.items():
        pending = write_text(peer, "/3200/0/5750", "mnop")
        fields = "3200,0,5750,1,4,mnop,0"
        assert be_written(table, peer, pending, fields, result=result) == Answer(code)
