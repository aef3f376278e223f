"""What the MCU says to a Read, as servers of others see it (manual 3.10, 3.11)."""

import pytest

from tests.interop.host import Benches, answer, answer_with_values, asked, log_in
from tests.interop.peers.driver import PATIENCE, TEXT, Answer, CoapPeer, Peer, read_text

TLV, JSON, CBOR = 11542, 11543, 60

# The values of `host.VALUES` as resources with 16-bit ids (LwM2M 1.0 6.4.3): 5500 = 0x157c, true;
# 5750 = 0x1676, `ijkl`; 5700 = 0x1644, -21.5 by IEEE 754; 5701 = 0x1645, `Cel`.
TLV_OF = {3200: "e1157c01 e41676696a6b6c", 3303: "e41644c1ac0000 e3164543656c"}
JSON_OF = {
    3200: b'{"bn":"/3200/0/","e":[{"n":"5500","bv":true},{"n":"5750","sv":"ijkl"}]}',
    3303: b'{"bn":"/3303/0/","e":[{"n":"5700","v":-21.5},{"n":"5701","sv":"Cel"}]}',
}
DECODED = {3200: b'{"5500":true,"5750":"ijkl"}', 3303: b'{"5700":-21.5,"5701":"Cel"}'}

both = pytest.mark.parametrize("peer", ["aiocoap", "libcoap"], indirect=True)


@pytest.mark.conformance("1.0-int-203", "1.1-int-223")
@pytest.mark.parametrize("peer", ["aiocoap", "coap-shepherd", "libcoap"], indirect=True)
def test_an_instance_of_two_resources(peer: Peer, bench: Benches) -> None:
    """A boolean and a string, then a float and a string, in TLV."""
    table = bench()
    log_in(table, peer)
    for objid in (3200, 3303):
        pending = peer.read(f"/{objid}/0")
        line = asked(table, f"+MIPLREAD: 0,{{mid}},{objid},0,-1")
        answer_with_values(table, peer, line, objid)
        if peer.manners.instances == "values":
            assert pending.result(PATIENCE) == Answer("2.05", DECODED[objid])
        else:
            assert pending.result(PATIENCE) == Answer("2.05", bytes.fromhex(TLV_OF[objid]), TLV)


@both
@pytest.mark.conformance("1.1-int-222", "1.1-int-237")
def test_an_object_in_the_module_s_own_format(peer: CoapPeer, bench: Benches) -> None:
    """Without Accept: TLV, instance 0 of 11 and of 13 bytes around the resources."""
    table = bench()
    log_in(table, peer)
    for objid, head in ((3200, "08000b"), (3303, "08000d")):
        pending = peer.request("GET", f"/{objid}")
        line = asked(table, f"+MIPLREAD: 0,{{mid}},{objid},-1,-1")
        answer_with_values(table, peer, line, objid)
        tlv = bytes.fromhex(head + TLV_OF[objid])
        assert pending.result(PATIENCE) == Answer("2.05", tlv, TLV)


@pytest.mark.conformance("1.1-int-224")
def test_a_resource(peer: Peer, bench: Benches) -> None:
    """As each server asks for it: text by itself or by Accept 0, TLV decoded or as it is."""
    table = bench()
    log_in(table, peer)
    pending = peer.read("/3303/0/5700")
    line = asked(table, "+MIPLREAD: 0,{mid},3303,0,5700")
    answer(table, peer, line, "AT+MIPLREADRSP=0,{mid},1,3303,0,5700,4,5,-21.5,0,0")
    assert pending.result(PATIENCE) in (
        Answer("2.05", b"-21.5"),  # lwm2m-node-lib, coap-shepherd
        Answer("2.05", b"-21.5", TEXT),  # aiocoap
        Answer("2.05", b"\xe4\x16\x44\xc1\xac\x00\x00", TLV),  # libcoap
    )


@both
@pytest.mark.conformance("1.0-int-204", "CORE_20", "AJ-unknown-accept")
def test_accept_chooses_the_format_sv_4_3(peer: CoapPeer, bench: Benches) -> None:
    """A resource in three formats, an instance in JSON; another is 4.06, and nobody is asked."""
    table = bench()
    log_in(table, peer)
    tlv, json = b"\xe3\x16\x45Cel", b'{"bn":"/3303/0/5701","e":[{"sv":"Cel"}]}'
    for accept, payload in ((TEXT, b"Cel"), (TLV, tlv), (JSON, json)):
        pending = peer.request("GET", "/3303/0/5701", accept=accept)
        line = asked(table, "+MIPLREAD: 0,{mid},3303,0,5701")
        answer(table, peer, line, 'AT+MIPLREADRSP=0,{mid},1,3303,0,5701,1,3,"Cel",0,0')
        assert pending.result(PATIENCE) == Answer("2.05", payload, accept)
    for objid in (3200, 3303):
        pending = peer.request("GET", f"/{objid}/0", accept=JSON)
        answer_with_values(table, peer, asked(table, f"+MIPLREAD: 0,{{mid}},{objid},0,-1"), objid)
        assert pending.result(PATIENCE) == Answer("2.05", JSON_OF[objid], JSON)
    assert peer.request("GET", "/3303/0/5701", accept=CBOR).result(PATIENCE).code == "4.06"
    table.expect_nothing_more()


@pytest.mark.conformance("1.0-int-201")
@pytest.mark.parametrize("peer", ["aiocoap", "lwm2m-node-lib", "libcoap"], indirect=True)
def test_the_device_as_text(peer: Peer, bench: Benches) -> None:
    """Manufacturer, model and serial number, by the module itself (decision 33)."""
    table = bench()
    log_in(table, peer)
    for resource, text in ((0, b"CMIOT"), (1, b"MN316"), (2, b"869975030000461")):
        pending = read_text(peer, f"/3/0/{resource}")
        asked(table, f"+MIPLREAD: 0,{{mid}},3,0,{resource}")
        form = TEXT if peer.manners.tells_formats else None
        assert pending.result(PATIENCE) == Answer("2.05", text, form)
