"""The plugtest's cases of single messages (conformance 8), sent by aiocoap and libcoap."""

import pytest

from tests.bench import Bench
from tests.interop.host import Benches, answer, asked, log_in
from tests.interop.peers.driver import PATIENCE, Answer, CoapPeer
from tests.interop.peers.libcoap import LibcoapServer

TEXT = 0
RESOURCE = "/3200/0/5750"

both = pytest.mark.parametrize("peer", ["aiocoap", "libcoap"], indirect=True)


@both
@pytest.mark.conformance("CORE_01", "CORE_02", "CORE_03", "CORE_04")
def test_con_requests(peer: CoapPeer, bench: Benches) -> None:
    table = bench()
    log_in(table, peer)
    be_asked(table, peer, confirmable=True)


@both
@pytest.mark.conformance("CORE_05", "CORE_06", "CORE_07", "CORE_08", "CORE_17")
def test_non_requests(peer: CoapPeer, bench: Benches) -> None:
    table = bench()
    log_in(table, peer)
    be_asked(table, peer, confirmable=False)


def be_asked(table: Bench, peer: CoapPeer, *, confirmable: bool) -> None:
    """GET, PUT and POST are the MCU's to answer; nothing of the module's can be deleted."""
    pending = peer.request("GET", RESOURCE, confirmable=confirmable)
    line = asked(table, "+MIPLREAD: 0,{mid},3200,0,5750")
    answer(table, peer, line, 'AT+MIPLREADRSP=0,{mid},1,3200,0,5750,1,4,"abcd",0,0')
    assert pending.result(PATIENCE) == Answer("2.05", b"abcd", TEXT)
    pending = peer.request("DELETE", "/3200/0", confirmable=confirmable)
    table.asked()
    assert pending.result(PATIENCE).code == "4.05"
    pending = peer.request(
        "PUT", RESOURCE, payload=b"efgh", content_format=TEXT, confirmable=confirmable
    )
    line = asked(table, "+MIPLWRITE: 0,{mid},3200,0,5750,1,4,efgh,0")
    answer(table, peer, line, "AT+MIPLWRITERSP=0,{mid},2")
    assert pending.result(PATIENCE) == Answer("2.04")
    pending = peer.request("POST", RESOURCE, payload=b"ijkl", confirmable=confirmable)
    line = asked(table, '+MIPLEXECUTE: 0,{mid},3200,0,5750,4,"ijkl"')
    answer(table, peer, line, "AT+MIPLEXECUTERSP=0,{mid},2")
    assert pending.result(PATIENCE) == Answer("2.04")
    table.expect_nothing_more()


@pytest.mark.conformance("CORE_31")
@pytest.mark.parametrize("peer", ["libcoap"], indirect=True)
def test_a_ping(peer: LibcoapServer, bench: Benches) -> None:
    """RST to an empty CON (RFC 7252 4.3); the module goes on."""
    table = bench()
    log_in(table, peer)
    pending = peer.ping()
    table.expect(f"+MIPLOBSERVE: 0,{table.asked()},1,3,0,-1")
    assert pending.result(PATIENCE) == "RST"
    table.expect_nothing_more()
