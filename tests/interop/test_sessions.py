"""The course of a login with servers of others: its beginning, its end, and what disturbs it."""

import pytest

from tests.interop.host import ENDPOINT, Benches, answer, command, create, leave, log_in, register
from tests.interop.peers.driver import PATIENCE, Answer, Peer

ALIVE = ["aiocoap", "lwm2m-node-lib", "coap-shepherd"]  # after a DELETE


@pytest.mark.conformance("1.0-int-103", "LE-register-update-deregister-reregister")
@pytest.mark.parametrize("peer", ALIVE, indirect=True)
def test_leaving_and_coming_back(peer: Peer, bench: Benches) -> None:
    table = bench()
    log_in(table, peer)
    command(table, "AT+MIPLUPDATE=0,0,0")
    table.expect("+MIPLEVENT: 0,11")
    command(table, "AT+MIPLCLOSE=0")
    table.expect("+MIPLEVENT: 0,15")
    assert peer.records.gone.get(timeout=PATIENCE) == ENDPOINT
    assert peer.registered() == []
    register(table, peer)


@pytest.mark.conformance("1.1-int-105")
def test_a_server_that_has_forgotten_the_registration(peer: Peer, bench: Benches) -> None:
    """4.04 to an Update: event 31, and the host opens again (manual 3.20 event 31; decision 25)."""
    table = bench()
    log_in(table, peer)
    peer.forget()
    assert peer.registered() == []
    command(table, "AT+MIPLUPDATE=0,0,0")
    table.expect("+MIPLEVENT: 0,31")
    register(table, peer)
    leave(table, peer)


@pytest.mark.parametrize("peer", ["coap-shepherd"], indirect=True)
def test_a_server_without_patience_prints_its_line_again_sv_2_3(peer: Peer, bench: Benches) -> None:
    """It repeats a request after 0.25 s; one answer is enough for both lines (decision 31)."""
    table = bench()
    log_in(table, peer)
    pending = peer.read("/3200/0/5750")
    mid = table.asked()
    line = f"+MIPLREAD: 0,{mid},3200,0,5750"
    table.asked_again(mid)
    table.expect(line)
    table.expect(line)
    answer(table, peer, line, 'AT+MIPLREADRSP=0,{mid},1,3200,0,5750,1,4,"abcd",0,0')
    assert pending.result(PATIENCE) == Answer("2.05", b"abcd")
    leave(table, peer)


@pytest.mark.parametrize("peer", ["lwm2m-node-lib"], indirect=True)
def test_two_modules_with_a_server_that_tells_messages_apart_by_their_id_alone_sv_4_2(
    peer: Peer, bench: Benches
) -> None:
    """Message ids that began alike in every module would make the second one a repetition."""
    tables = [bench(seed=seed, imei=f"86997503000046{seed}") for seed in (1, 2)]
    for table in tables:
        create(table, peer)
        command(table, "AT+MIPLOPEN=0,3000,30")
        table.expect("+MIPLEVENT: 0,6")
    assert peer.registered() == [f"86997503000046{seed};460001357924680" for seed in (1, 2)]
    for table in tables:
        command(table, "AT+MIPLCLOSE=0")
        table.expect("+MIPLEVENT: 0,15")
    assert peer.registered() == []
