"""A bad network: what it does is counted, comes from the seed, and leaves nothing behind."""

import asyncio
from typing import Any

import pytest

from transport.impairment import (
    LEAVING_LIMIT,
    UNDER_WAY_LIMIT,
    BadNetwork,
    Counts,
    ImpairedLink,
    Impairment,
)
from transport.memory import MemoryListener, MemoryNetwork

pytestmark = pytest.mark.asyncio(loop_factories=["virtual"])

SERVER = ("192.0.2.1", 5683)


async def _ends(
    module: Any, platform: Any, *, seed: int = 1, **ways: Any
) -> tuple[BadNetwork, ImpairedLink, MemoryListener]:
    memory = MemoryNetwork()
    bad = BadNetwork(memory.open_link, seed=seed, **ways)
    listener = await memory.listen(SERVER, platform.put)
    return bad, await bad.open_link(SERVER, module), listener


async def _received(arrivals: Any, impairment: Impairment, seed: int, number: int) -> list[bytes]:
    """What arrives of `number` numbered datagrams that are sent one per second."""
    platform = arrivals()
    bad, link, _ = await _ends(arrivals(), platform, seed=seed, up=impairment)
    for n in range(number):
        link.send(b"%d" % n)
        await asyncio.sleep(1)
    await asyncio.sleep(3600)
    link.close()
    assert bad.up.offered == number
    assert bad.up.arrived == len(platform.items)
    assert bad.up.arrived == number - bad.up.lost + bad.up.duplicated
    return [data for data, _ in platform.items]


async def test_without_impairment_everything_passes(arrivals: Any) -> None:
    assert await _received(arrivals, Impairment(), 1, 50) == [b"%d" % n for n in range(50)]


async def test_everything_can_be_lost(arrivals: Any) -> None:
    assert await _received(arrivals, Impairment(loss=1), 1, 50) == []


async def test_some_are_lost_and_the_others_keep_their_order(arrivals: Any) -> None:
    received = await _received(arrivals, Impairment(loss=0.3), 1, 1000)
    assert 600 < len(received) < 800  # 700 expected; 7 standard deviations
    assert received == sorted(received, key=int)


async def test_everything_can_be_duplicated(arrivals: Any) -> None:
    received = await _received(arrivals, Impairment(duplication=1), 1, 3)
    assert received == [b"0", b"0", b"1", b"1", b"2", b"2"]


async def test_a_reordered_datagram_is_overtaken_by_the_next_one(arrivals: Any) -> None:
    platform = arrivals()
    bad, link, _ = await _ends(arrivals(), platform, up=Impairment(reordering=1))
    for n in range(4):
        link.send(b"%d" % n)
    await platform.count(4)
    # 0 is held, 1 passes and takes 0 with it, and again.
    assert [data for data, _ in platform.items] == [b"1", b"0", b"3", b"2"]
    assert bad.up.reordered == 2
    link.close()


async def test_a_held_datagram_that_nobody_overtakes_comes_a_second_later(arrivals: Any) -> None:
    platform = arrivals()
    _, link, _ = await _ends(arrivals(), platform, up=Impairment(reordering=1))
    link.send(b"alone")
    await platform.count(1)
    assert asyncio.get_running_loop().time() == 1.0
    link.close()


async def test_delays_stay_within_their_range(arrivals: Any) -> None:
    module, platform = arrivals(), arrivals()
    bad, link, listener = await _ends(module, platform, down=Impairment(delay=(2.0, 5.0)))
    loop = asyncio.get_running_loop()
    for n in range(1, 101):
        sent = loop.time()
        listener.send(b"x", link.local)
        await module.count(n)
        assert 2.0 <= loop.time() - sent <= 5.0
    assert bad.down == Counts(offered=100, delayed=100, arrived=100)
    link.close()


async def test_a_run_is_repeated_by_its_seed(arrivals: Any) -> None:
    bad = Impairment(loss=0.2, duplication=0.2, reordering=0.2, delay=(0.0, 10.0))
    first = await _received(arrivals, bad, 7, 200)
    assert first == await _received(arrivals, bad, 7, 200)
    assert first != await _received(arrivals, bad, 8, 200)
    assert first != sorted(first, key=int)


async def test_one_probability_does_not_change_what_the_others_do(arrivals: Any) -> None:
    lossy = await _received(arrivals, Impairment(loss=0.3), 3, 200)
    both = await _received(arrivals, Impairment(loss=0.3, duplication=0.5), 3, 200)
    assert sorted(set(both), key=int) == lossy


async def test_another_link_does_not_change_the_fate_of_the_first(arrivals: Any) -> None:
    async def received(second: bool) -> list[tuple[bytes, Any]]:
        platform, memory = arrivals(), MemoryNetwork()
        bad = BadNetwork(memory.open_link, seed=5, up=Impairment(loss=0.5))
        await memory.listen(SERVER, platform.put)
        one = await bad.open_link(SERVER, arrivals())
        two = await bad.open_link(SERVER, arrivals())
        for n in range(100):
            one.send(b"%d" % n)
            if second:
                two.send(b"other")
        one.send(b"")
        await asyncio.sleep(1)
        return [item for item in platform.items if item[1] == one.local]

    assert await received(False) == await received(True)


async def test_a_rebind_loses_what_is_under_way(arrivals: Any) -> None:
    platform = arrivals()
    bad, link, _ = await _ends(arrivals(), platform, up=Impairment(delay=(10.0, 10.0)))
    link.send(b"from the old port")
    link.rebind()
    link.send(b"from the new port")
    assert await platform.count(1) == [(b"from the new port", link.local)]
    assert bad.up.lost == 1
    link.close()


async def test_what_was_sent_arrives_though_the_link_is_closed(arrivals: Any) -> None:
    """As on a real road: a socket that is closed calls nothing back, and hears nothing more."""
    module, platform = arrivals(), arrivals()
    late = Impairment(delay=(10.0, 10.0))
    bad, link, listener = await _ends(module, platform, up=late, down=late)
    link.send(b"x")
    listener.send(b"y", link.local)
    await asyncio.sleep(1)
    link.close()
    link.close()
    link.send(b"too late")
    listener.send(b"z", link.local)
    await asyncio.sleep(100)
    assert platform.items == [(b"x", link.local)]
    assert module.items == []
    assert bad.up == Counts(offered=1, delayed=1, arrived=1)
    assert bad.down == Counts(offered=1, delayed=1, lost=1)


async def test_a_held_datagram_arrives_after_the_end_of_its_link(arrivals: Any) -> None:
    platform = arrivals()
    _, link, _ = await _ends(arrivals(), platform, up=Impairment(reordering=1.0))
    link.send(b"bye")
    link.close()
    assert platform.items == []
    assert await platform.count(1) == [(b"bye", link.local)]


async def test_the_port_is_given_back_after_the_last_datagram(arrivals: Any) -> None:
    """Until then the platform's answers are not refused; then they are, as by any closed port."""
    opened: list[Any] = []
    memory = MemoryNetwork()

    async def open_link(*args: Any, **more: Any) -> Any:
        opened.append(await memory.open_link(*args, **more))
        return opened[-1]

    bad = BadNetwork(open_link, seed=1, up=Impairment(delay=(10.0, 10.0)))
    link = await bad.open_link(SERVER, arrivals())
    link.send(b"x")
    link.close()
    await asyncio.sleep(9)
    assert opened[0]._open
    await asyncio.sleep(2)
    assert not opened[0]._open


async def test_a_network_that_is_closed_loses_what_closed_links_have_sent(arrivals: Any) -> None:
    platform = arrivals()
    bad, link, _ = await _ends(arrivals(), platform, up=Impairment(delay=(10.0, 10.0)))
    link.send(b"x")
    link.close()
    bad.close()
    await asyncio.sleep(100)
    assert platform.items == []
    assert bad.up.lost == 1


async def test_few_closed_links_may_have_datagrams_under_way(arrivals: Any) -> None:
    platform = arrivals()
    bad, link, _ = await _ends(arrivals(), platform, up=Impairment(delay=(10.0, 10.0)))
    for _ in range(LEAVING_LIMIT + 3):
        link.send(b"x")
        link.close()
        link = await bad.open_link(SERVER, arrivals())
    await asyncio.sleep(100)
    assert len(platform.items) == LEAVING_LIMIT
    assert bad.up.lost == 3
    link.close()


async def test_what_is_under_way_is_bounded(arrivals: Any) -> None:
    platform = arrivals()
    bad, link, _ = await _ends(arrivals(), platform, up=Impairment(delay=(10.0, 10.0)))
    for _ in range(UNDER_WAY_LIMIT + 3):
        link.send(b"x")
    assert bad.up.lost == 3
    link.close()


@pytest.mark.parametrize(
    "wrong",
    [
        {"loss": 1.1},
        {"duplication": -0.1},
        {"reordering": 2},
        {"delay": (2, 1)},
        {"delay": (-1, 1)},
    ],
)
async def test_impossible_impairments_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="not"):
        Impairment(**wrong)


async def test_a_nat_forgets_a_binding_that_is_idle_either_way(arrivals: Any) -> None:
    module, platform, memory = arrivals(), arrivals(), MemoryNetwork()
    listener = await memory.listen(SERVER, platform.put)
    bad = BadNetwork(memory.open_link, seed=1, nat_seconds=120)
    link = await bad.open_link(SERVER, module)
    first = link.local
    link.send(b"1")
    await asyncio.sleep(119)
    listener.send(b"keeps it", first)
    await asyncio.sleep(119)
    link.send(b"2")
    assert await platform.count(2) == [(b"1", first), (b"2", first)]
    await asyncio.sleep(120)
    listener.send(b"too late", first)
    await asyncio.sleep(1)
    assert (module.items, bad.down.aged) == ([b"keeps it"], 1)
    link.send(b"3")
    [*_, (data, second)] = await platform.count(3)
    assert (data, second != first) == (b"3", True)
    listener.send(b"to the new port", second)
    assert (await module.count(2))[1] == b"to the new port"


async def test_a_rebind_is_a_binding_anew(arrivals: Any) -> None:
    platform, memory = arrivals(), MemoryNetwork()
    await memory.listen(SERVER, platform.put)
    link = await BadNetwork(memory.open_link, seed=1, nat_seconds=120).open_link(SERVER, arrivals())
    await asyncio.sleep(120)
    link.rebind()
    port = link.local
    link.send(b"x")
    assert await platform.count(1) == [(b"x", port)]
