"""The module's own object 1, used by servers of others (decision 33; LwM2M 1.0 E.2)."""

import pytest

from tests.interop.host import ENDPOINT, Benches, log_in, registration
from tests.interop.peers.driver import PATIENCE, Answer, Peer, write_text

# Peers that write text, and take an Update and a DELETE for what they are.
pytestmark = pytest.mark.parametrize("peer", ["aiocoap", "lwm2m-node-lib"], indirect=True)


@pytest.mark.conformance("1.0-int-102", "1.1-int-227")
def test_a_written_lifetime_comes_back_in_an_update(peer: Peer, bench: Benches) -> None:
    """2.04, then an Update; the host gets 11 for it, and no line for the write."""
    table = bench()
    log_in(table, peer)
    assert write_text(peer, "/1/0/1", "63").result(PATIENCE) == Answer("2.04")
    updated = peer.records.updated.get(timeout=PATIENCE)
    assert (updated.endpoint, updated.lifetime, updated.objects) == (ENDPOINT, 63, "")
    table.expect("+MIPLEVENT: 0,11")
    table.expect_nothing_more()


@pytest.mark.conformance("1.0-int-104")
def test_an_update_on_demand(peer: Peer, bench: Benches) -> None:
    """An Update that changes nothing."""
    table = bench()
    log_in(table, peer)
    assert peer.execute("/1/0/8", "").result(PATIENCE) == Answer("2.04")
    updated = peer.records.updated.get(timeout=PATIENCE)
    assert (updated.endpoint, updated.lifetime, updated.objects) == (ENDPOINT, 3000, "")
    table.expect("+MIPLEVENT: 0,11")
    table.expect_nothing_more()


@pytest.mark.conformance("1.0-int-103", "1.0-int-555")
def test_leaving_for_a_while(peer: Peer, bench: Benches) -> None:
    """Disable: 2.04, DELETE, event 15; after a Disable Timeout of a second it registers again."""
    table = bench()
    log_in(table, peer)
    assert write_text(peer, "/1/0/5", "1").result(PATIENCE) == Answer("2.04")
    assert peer.execute("/1/0/4", "").result(PATIENCE) == Answer("2.04")
    table.expect("+MIPLEVENT: 0,15")
    assert peer.records.gone.get(timeout=PATIENCE) == ENDPOINT
    table.expect("+MIPLEVENT: 0,6")
    assert peer.records.registered.get(timeout=PATIENCE) == registration(peer, 3000)
    table.expect_nothing_more()
