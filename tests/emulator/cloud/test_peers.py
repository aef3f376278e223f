"""Endpoints by address: bounded, kept while registered, moved with their device."""

from typing import Any

from emulator.cloud.manners import ONENET
from emulator.cloud.peers import STRANGER_LIMIT, Peer, Peers, Send
from lwm2m_core.timers import Timers

PING = b"\x40\x00\x00\x01"
RESET = b"\x70\x00\x00\x01"


class Table:
    def __init__(self, draws: Any) -> None:
        self.sent: list[Send] = []
        self.taken: list[Any] = []
        self.peers = Peers(
            ONENET.transmission,
            draws,
            Timers(),
            self.sent.append,
            lambda peer, output, now: self.taken.append((peer, output)),
        )


def test_each_address_is_answered_by_itself(draws: Any) -> None:
    table = Table(draws)
    one, other = Peer("10.0.0.1", 1), Peer("10.0.0.1", 1, listener=1)
    table.peers.receive(PING, one, 0.0)
    table.peers.receive(PING, other, 0.0)
    assert table.sent == [Send(one, RESET), Send(other, RESET)]
    assert table.peers[one] is not table.peers[other]


def test_strangers_are_bounded_and_the_one_silent_longest_goes_first(draws: Any) -> None:
    table = Table(draws)
    for port in range(STRANGER_LIMIT):
        table.peers.receive(PING, Peer("10.0.0.1", port), 0.0)
    table.peers.receive(PING, Peer("10.0.0.1", 0), 0.0)
    table.peers.receive(PING, Peer("10.0.0.2", 0), 0.0)
    assert table.peers.get(Peer("10.0.0.1", 0)) is not None
    assert table.peers.get(Peer("10.0.0.1", 1)) is None


def test_a_kept_address_stays_whoever_else_comes(draws: Any) -> None:
    table = Table(draws)
    kept = Peer("10.0.0.9", 9)
    table.peers.receive(PING, kept, 0.0)
    table.peers.keep(kept)
    for port in range(STRANGER_LIMIT + 1):
        table.peers.receive(PING, Peer("10.0.0.1", port), 0.0)
    endpoint = table.peers.get(kept)
    assert endpoint is not None
    table.peers.release(kept)
    assert table.peers[kept] is endpoint


def test_a_moved_address_takes_what_is_under_way_along(draws: Any) -> None:
    table = Table(draws)
    old, new = Peer("10.0.0.1", 1), Peer("10.0.0.1", 2)
    table.peers.receive(PING, old, 0.0)
    table.peers.keep(old)
    table.peers[old].request(1, 0.0)
    table.peers.drain(old, 0.0)
    table.peers.move(old, new, 1.0)
    table.peers.handle_timeout(old, 6.0)  # the timer of the old address finds nobody
    table.peers.handle_timeout(new, 6.0)
    assert [send.peer for send in table.sent] == [old, old, new]
    assert table.sent[1].data == table.sent[2].data
