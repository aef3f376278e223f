"""What only real sockets have."""

import asyncio
import socket
from typing import Any

import pytest

from transport.udp import listen_udp, open_udp

pytestmark = pytest.mark.asyncio(loop_factories=["real"])


async def test_names_are_not_resolved_here(arrivals: Any) -> None:
    with pytest.raises(OSError, match="'localhost' is not a numeric address"):
        await open_udp(("localhost", 5683), arrivals())
    with pytest.raises(OSError, match="'' is not a numeric address"):
        await listen_udp(("", 5683), arrivals().put)


async def test_a_port_that_does_not_exist_is_an_error_with_the_address(arrivals: Any) -> None:
    with pytest.raises(OSError, match="cannot reach 127.0.0.1:65536"):
        await open_udp(("127.0.0.1", 65536), arrivals())


async def test_a_burst_of_a_thousand_modems_is_not_lost(arrivals: Any) -> None:
    # Measured: a burst of 1000 overflowed the default receive buffer of 208 KiB.
    if not _can_force_buffers():
        pytest.skip("the receive buffer cannot be raised here (needs root)")
    platform = arrivals()
    listener = await listen_udp(("127.0.0.1", 0), platform.put)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as burst:
        for number in range(1000):
            burst.sendto(b"%03d" % number, listener.address)
        await platform.count(1000)
    listener.close()
    assert [data for data, _ in platform.items] == [b"%03d" % number for number in range(1000)]


async def test_a_link_takes_16_datagrams_before_others_have_their_turn(arrivals: Any) -> None:
    module, turns = arrivals(), []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as platform:
        platform.bind(("127.0.0.1", 0))
        link = await open_udp(platform.getsockname(), module)
        for number in range(40):
            platform.sendto(b"%d" % number, link.local)

        def turn() -> None:
            turns.append(len(module.items))
            if len(module.items) < 40:
                asyncio.get_running_loop().call_soon(turn)

        turn()
        assert await module.count(40) == [b"%d" % number for number in range(40)]
    link.close()
    assert sorted(set(turns)) == [0, 16, 32, 40]


class Bursts:
    """Notes what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.over = asyncio.Event()

    def burst_begins(self) -> None:
        self.told.append("begins")

    def datagram_received(self, data: bytes) -> None:
        self.told.append(data.decode())

    def burst_ends(self) -> None:
        self.told.append("ends")
        self.over.set()

    def send_failed(self, reason: str) -> None: ...

    def link_lost(self, reason: str) -> None: ...


async def test_who_wants_to_know_is_told_when_a_burst_begins_and_ends() -> None:
    module = Bursts()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as platform:
        platform.bind(("127.0.0.1", 0))
        link = await open_udp(platform.getsockname(), module)
        for data in (b"a", b"b", b"c"):
            platform.sendto(data, link.local)
        await asyncio.wait_for(module.over.wait(), 10)
    link.close()
    assert module.told == ["begins", "a", "b", "c", "ends"]


async def test_what_a_listener_cannot_send_is_counted() -> None:
    listener = await listen_udp(("127.0.0.1", 0), lambda data, source: None)
    listener.send(bytes(65508), listener.address)
    listener.close()
    assert listener.unsent == 1


def _can_force_buffers() -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.setsockopt(socket.SOL_SOCKET, 33, 1 << 20)  # SO_RCVBUFFORCE
        except OSError:
            return False
    return True
