"""Blocks of request bodies, as aiocoap and libcoap cut them (conformance 8; RFC 7959)."""

import pytest

from tests.interop.host import Benches, command, log_in
from tests.interop.peers.driver import PATIENCE, Answer, CoapPeer

RESOURCE = "/3200/0/5750"
TEXT, OPAQUE, JSON = 0, 42, 11543

both = pytest.mark.parametrize("peer", ["aiocoap", "libcoap"], indirect=True)


@both
@pytest.mark.parametrize(("size", "blocks"), [(16, 63), (64, 16), (512, 2), (1024, 1)])
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
