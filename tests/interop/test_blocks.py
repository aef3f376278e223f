"""BLOCK_03, 04 and 06 of the CoAP plugtest (conformance 8), with the blocks that aiocoap makes."""

from collections.abc import Callable, Iterator

import pytest

from tests.bench import Bench
from tests.interop.peers.aiocoap_server import AiocoapServer
from tests.interop.peers.driver import PATIENCE, Answer

RESOURCE = "/3200/0/5750"
TEXT, OPAQUE, JSON = 0, 42, 11543

Benches = Callable[..., Bench]


@pytest.fixture
def server() -> Iterator[AiocoapServer]:
    server = AiocoapServer()
    try:
        server.start()
        yield server
    finally:
        server.stop()


def log_in(table: Bench, server: AiocoapServer) -> None:
    host(table, 'AT+MIPLCREATEEX="{}:{}",0'.format(*server.address), "+MIPLCREATEEX: 0")
    host(table, 'AT+MIPLADDOBJ=0,3200,1,"1",0,1')
    host(table, 'AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"test",0,0')
    host(table, "AT+MIPLOPEN=0,3000,30")
    table.expect("+MIPLEVENT: 0,6")


def host(table: Bench, command: str, *before: str) -> None:
    table.write(command)
    for line in (*before, "OK"):
        table.expect(line)


@pytest.mark.parametrize(("exponent", "blocks"), [(0, 63), (2, 16), (5, 2), (6, 1)])
def test_a_write_and_an_execute_up_to_1024_bytes(
    server: AiocoapServer, bench: Benches, exponent: int, blocks: int
) -> None:
    """Decisions 29 and 36: one line, with the id of the last block."""
    table = bench()
    log_in(table, server)
    body = "".join(chr(ord("a") + i % 26) for i in range(1000))
    pending = server.write_in_blocks(RESOURCE, body.encode(), exponent, TEXT)
    mid = [table.asked() for _ in range(blocks)][-1]
    table.expect(f"+MIPLWRITE: 0,{mid},3200,0,5750,1,1000,{body},0")
    host(table, f"AT+MIPLWRITERSP=0,{mid},2")
    assert pending.result(PATIENCE) == Answer("2.04", b"")
    pending = server.write_in_blocks(RESOURCE, body.encode(), exponent, TEXT, execute=True)
    mid = [table.asked() for _ in range(blocks)][-1]
    table.expect(f'+MIPLEXECUTE: 0,{mid},3200,0,5750,1000,"{body}"')
    host(table, f"AT+MIPLEXECUTERSP=0,{mid},2")
    assert pending.result(PATIENCE) == Answer("2.04", b"")


def test_a_write_in_json_in_blocks(server: AiocoapServer, bench: Benches) -> None:
    table = bench()
    log_in(table, server)
    body = b'{"bn":"/3200/0/","e":[{"n":"5750","sv":"some text in several blocks"}]}'
    pending = server.write_in_blocks("/3200/0", body, 1, JSON)
    mid = [table.asked() for _ in range(3)][-1]
    table.expect(f"+MIPLWRITE: 0,{mid},3200,0,5750,1,27,some text in several blocks,0")
    host(table, f"AT+MIPLWRITERSP=0,{mid},2")
    assert pending.result(PATIENCE) == Answer("2.04", b"")


def test_a_long_write_is_answered_block_by_block(server: AiocoapServer, bench: Benches) -> None:
    """Decision 36."""
    table = bench()
    log_in(table, server)
    pending = server.write_in_blocks(RESOURCE, b"a" * 512 + b"b" * 1024 + b"c" * 9, 5, OPAQUE)
    mid = [table.asked() for _ in range(3)][-1]
    table.expect(f"+MIPLWRITE: 0,{mid},3200,0,5750,1,1024,{'a' * 512}{'b' * 512},1")
    table.expect(f"+MIPLWRITE: 0,{mid},3200,0,5750,1,512,{'b' * 512},2")
    host(table, f"AT+MIPLWRITERSP=0,{mid},2")
    mid = table.asked()
    table.expect(f"+MIPLWRITE: 0,{mid},3200,0,5750,1,9,{'c' * 9},0")
    host(table, f"AT+MIPLWRITERSP=0,{mid},2")
    assert pending.result(PATIENCE) == Answer("2.04", b"")


def test_a_long_write_that_the_mcu_refuses(server: AiocoapServer, bench: Benches) -> None:
    table = bench(block_passthrough="always")
    log_in(table, server)
    pending = server.write_in_blocks(RESOURCE, b"a" * 1500, 5, OPAQUE)
    mid = table.asked()
    table.expect(f"+MIPLWRITE: 0,{mid},3200,0,5750,1,512,{'a' * 512},1")
    host(table, f"AT+MIPLWRITERSP=0,{mid},13")
    assert pending.result(PATIENCE) == Answer("4.04", b"")
    table.expect_nothing_more()


def test_a_long_execute_is_4_13(server: AiocoapServer, bench: Benches) -> None:
    table = bench()
    log_in(table, server)
    pending = server.write_in_blocks(RESOURCE, b"a" * 1025, 5, TEXT, execute=True)
    assert pending.result(PATIENCE) == Answer("4.13", b"")
    table.expect_nothing_more()
