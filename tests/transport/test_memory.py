"""What the in-memory network promises beyond the contract: the same addresses and order always."""

import asyncio
from typing import Any

import pytest

from transport.memory import IN_FLIGHT_LIMIT, MemoryNetwork

pytestmark = pytest.mark.asyncio(loop_factories=["virtual"])

SERVER = ("192.0.2.1", 5683)


async def test_addresses_are_given_out_in_order(arrivals: Any) -> None:
    network = MemoryNetwork("10.0.0.1")
    one = await network.open_link(SERVER, arrivals())
    two = await network.open_link(SERVER, arrivals())
    one.rebind()
    # RFC 6335 section 6: dynamic ports start at 49152.
    assert [one.local, two.local] == [("10.0.0.1", 49154), ("10.0.0.1", 49153)]


async def test_ports_are_used_again_after_the_last_one(arrivals: Any) -> None:
    network = MemoryNetwork("10.0.0.1")
    kept = await network.open_link(SERVER, arrivals())
    link = await network.open_link(SERVER, arrivals())
    for _ in range(65535 - 49153):
        link.rebind()
    assert link.local == ("10.0.0.1", 65535)
    link.rebind()
    assert link.local == ("10.0.0.1", 49153)  # 49152 is still in use
    assert kept.local == ("10.0.0.1", 49152)


async def test_delivery_takes_no_time(arrivals: Any) -> None:
    network, platform = MemoryNetwork(), arrivals()
    await network.listen(SERVER, platform.put)
    link = await network.open_link(SERVER, arrivals())
    loop = asyncio.get_running_loop()
    loop.call_later(3600, link.send, b"later")
    await platform.count(1, seconds=4000)
    assert loop.time() == 3600


async def test_a_flood_is_cut_off_and_counted(arrivals: Any) -> None:
    network, platform = MemoryNetwork(), arrivals()
    await network.listen(SERVER, platform.put)
    link = await network.open_link(SERVER, arrivals())
    for _ in range(IN_FLIGHT_LIMIT + 5):
        link.send(b"x")
    await platform.count(IN_FLIGHT_LIMIT)
    assert network.lost == 5
    link.send(b"y")
    await platform.until(lambda: platform.items[-1] == (b"y", link.local))
