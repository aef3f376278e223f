"""Blocks, as aiocoap and libcoap cut and ask for them (conformance 8; RFC 7959)."""

import pytest

from tests.interop.host import ENDPOINT, Benches, answer, asked, command, log_in
from tests.interop.peers.aiocoap_server import AiocoapServer
from tests.interop.peers.driver import (
    PATIENCE,
    Answer,
    CoapPeer,
    Notification,
    Peer,
    Registration,
)

RESOURCE = "/3200/0/5750"
TEXT, LINK, OPAQUE, TLV, JSON = 0, 40, 42, 11542, 11543

both = pytest.mark.parametrize("peer", ["aiocoap", "libcoap"], indirect=True)


@both
@pytest.mark.conformance("BLOCK_03", "BLOCK_04", "AJ-block-sizes")
@pytest.mark.parametrize(
    ("size", "blocks"),
    [
        pytest.param(16, 63, marks=pytest.mark.conformance("BLOCK_06")),
        (64, 16),
        (512, 2),
        (1024, 1),
    ],
)
def test_a_write_and_an_execute_up_to_1024_bytes(
    peer: CoapPeer, bench: Benches, size: int, blocks: int
) -> None:
    """Decisions 29 and 36: one line, with the id of the last block."""
    table = bench()
    log_in(table, peer)
    body = "".join(chr(ord("a") + i % 26) for i in range(1000))
    pending = peer.request("PUT", RESOURCE, payload=body.encode(), content_format=TEXT, block=size)
    mid = [table.asked() for _ in range(blocks)][-1]
    table.expect(f"+MIPLWRITE: 0,{mid},3200,0,5750,1,1000,{body},0")
    command(table, f"AT+MIPLWRITERSP=0,{mid},2")
    assert pending.result(PATIENCE) == Answer("2.04", b"")
    pending = peer.request("POST", RESOURCE, payload=body.encode(), content_format=TEXT, block=size)
    mid = [table.asked() for _ in range(blocks)][-1]
    table.expect(f'+MIPLEXECUTE: 0,{mid},3200,0,5750,1000,"{body}"')
    command(table, f"AT+MIPLEXECUTERSP=0,{mid},2")
    assert pending.result(PATIENCE) == Answer("2.04", b"")


@both
def test_a_write_in_json_in_blocks(peer: CoapPeer, bench: Benches) -> None:
    table = bench()
    log_in(table, peer)
    body = b'{"bn":"/3200/0/","e":[{"n":"5750","sv":"some text in several blocks"}]}'
    pending = peer.request("POST", "/3200/0", payload=body, content_format=JSON, block=32)
    mid = [table.asked() for _ in range(3)][-1]
    table.expect(f"+MIPLWRITE: 0,{mid},3200,0,5750,1,27,some text in several blocks,0")
    command(table, f"AT+MIPLWRITERSP=0,{mid},2")
    assert pending.result(PATIENCE) == Answer("2.04", b"")


@both
def test_a_long_write_is_answered_block_by_block(peer: CoapPeer, bench: Benches) -> None:
    """Decision 36."""
    table = bench()
    log_in(table, peer)
    body = b"a" * 512 + b"b" * 1024 + b"c" * 9
    pending = peer.request("PUT", RESOURCE, payload=body, content_format=OPAQUE, block=512)
    mid = [table.asked() for _ in range(3)][-1]
    table.expect(f"+MIPLWRITE: 0,{mid},3200,0,5750,1,1024,{'a' * 512}{'b' * 512},1")
    table.expect(f"+MIPLWRITE: 0,{mid},3200,0,5750,1,512,{'b' * 512},2")
    command(table, f"AT+MIPLWRITERSP=0,{mid},2")
    mid = table.asked()
    table.expect(f"+MIPLWRITE: 0,{mid},3200,0,5750,1,9,{'c' * 9},0")
    command(table, f"AT+MIPLWRITERSP=0,{mid},2")
    assert pending.result(PATIENCE) == Answer("2.04", b"")


@both
def test_a_long_write_that_the_mcu_refuses(peer: CoapPeer, bench: Benches) -> None:
    table = bench(block_passthrough="always")
    log_in(table, peer)
    body = b"a" * 1500
    pending = peer.request("PUT", RESOURCE, payload=body, content_format=OPAQUE, block=512)
    mid = table.asked()
    table.expect(f"+MIPLWRITE: 0,{mid},3200,0,5750,1,512,{'a' * 512},1")
    command(table, f"AT+MIPLWRITERSP=0,{mid},13")
    assert pending.result(PATIENCE) == Answer("4.04", b"")
    table.expect_nothing_more()


@both
def test_a_long_execute_is_4_13(peer: CoapPeer, bench: Benches) -> None:
    table = bench()
    log_in(table, peer)
    pending = peer.request("POST", RESOURCE, payload=b"a" * 1025, content_format=TEXT, block=512)
    assert pending.result(PATIENCE) == Answer("4.13", b"")
    table.expect_nothing_more()


@both
@pytest.mark.conformance("BLOCK_01")
@pytest.mark.parametrize(
    "size", [pytest.param(16, marks=pytest.mark.conformance("BLOCK_06")), 64, 512]
)
def test_a_read_in_blocks_of_the_size_that_the_server_asks_for(
    peer: CoapPeer, bench: Benches, size: int
) -> None:
    """The MCU answers once; what follows are blocks of its answer (RFC 7959 2.4)."""
    table = bench()
    log_in(table, peer)
    text = "".join(chr(ord("a") + i % 26) for i in range(900))
    pending = peer.request("GET", RESOURCE, block=size)
    line = asked(table, "+MIPLREAD: 0,{mid},3200,0,5750")
    answer(table, peer, line, f'AT+MIPLREADRSP=0,{{mid}},1,3200,0,5750,1,900,"{text}",0,0')
    for _ in range(900 // size):
        table.asked()
    assert pending.result(PATIENCE) == Answer("2.05", text.encode(), TEXT)
    table.expect_nothing_more()


@both
@pytest.mark.conformance("BLOCK_02")
def test_a_list_longer_than_a_block(peer: CoapPeer, bench: Benches) -> None:
    """Nobody speaks of blocks before the answer is one."""
    table = bench()
    log_in(table, peer)
    numbers = [*range(5500, 5600), 5750]
    resources = ";".join(map(str, numbers))
    command(table, f'AT+MIPLDISCOVERRSP=0,3200,1,{len(resources)},"{resources}"')
    pending = peer.request("GET", "/3200", accept=LINK)
    table.expect(f"+MIPLDISCOVER: 0,{table.asked()},3200")
    table.asked()
    links = ",".join(["</3200>", "</3200/0>", *(f"</3200/0/{number}>" for number in numbers)])
    assert pending.result(PATIENCE) == Answer("2.05", links.encode(), LINK)
    table.expect_nothing_more()


@pytest.mark.parametrize("peer", ["aiocoap", "lwm2m-node-lib"], indirect=True)
def test_a_register_and_an_update_longer_than_a_block(peer: Peer, bench: Benches) -> None:
    """200 instances. What comes of the blocks depends on their token with node-coap alone."""
    table = bench()
    command(table, 'AT+MIPLCREATEEX="{}:{}",0'.format(*peer.address), "+MIPLCREATEEX: 0")
    command(table, f'AT+MIPLADDOBJ=0,3200,200,"{"1" * 200}",0,1')
    links = ",".join(['</>;rt="oma.lwm2m"', *(f"</3200/{number}>" for number in range(200))])
    command(table, "AT+MIPLOPEN=0,3000,30")
    table.expect("+MIPLEVENT: 0,6")
    registered = peer.records.registered.get(timeout=PATIENCE)
    assert registered == Registration(ENDPOINT, 3000, links)
    command(table, "AT+MIPLUPDATE=0,4000,1")
    table.expect("+MIPLEVENT: 0,11")
    updated = peer.records.updated.get(timeout=PATIENCE)
    assert updated == Registration(ENDPOINT, 4000, links)


@pytest.mark.parametrize("peer", ["libcoap"], indirect=True)
def test_a_server_that_is_content_with_the_first_block(peer: Peer, bench: Benches) -> None:
    """coap-rd answers 2.01 to it: registered, and no further block is sent."""
    table = bench()
    command(table, 'AT+MIPLCREATEEX="{}:{}",0'.format(*peer.address), "+MIPLCREATEEX: 0")
    command(table, f'AT+MIPLADDOBJ=0,3200,200,"{"1" * 200}",0,1')
    command(table, "AT+MIPLOPEN=0,3000,30")
    table.expect("+MIPLEVENT: 0,6")
    assert len(peer.records.registered.get(timeout=PATIENCE).objects) == 1024
    table.expect_nothing_more()
    assert peer.records.registered.empty()


@pytest.mark.conformance("OBS_13")
@pytest.mark.parametrize("peer", ["aiocoap"], indirect=True)
def test_what_is_observed_is_longer_than_a_block(peer: AiocoapServer, bench: Benches) -> None:
    """The first block is the notification, the others are fetched (RFC 7959 2.6)."""
    table = bench()
    log_in(table, peer)
    pending = peer.observe("/3200/0", block=64)
    table.expect(f"+MIPLOBSERVE: 0,{table.asked()},1,3200,0,-1")
    assert pending.result(PATIENCE) == Answer("2.05", b"\xe4\x16\x76test", TLV)
    for letter in "ab":
        command(table, f'AT+MIPLNOTIFY=0,0,3200,0,5750,1,200,"{letter * 200}",0,0')
        body = b"\xe8\x16\x76\xc8" + letter.encode() * 200  # a length of 8 bits, 200 = 0xc8
        heard = peer.records.notified.get(timeout=PATIENCE)
        assert heard == Notification("/3200/0", body, TLV)
    table.expect_nothing_more()
