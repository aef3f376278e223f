"""The contract of links and listeners, the same for every kind."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio

from transport.impairment import BadNetwork
from transport.link import Address, Link, LinkOpener, Listener, ListenerOpener
from transport.memory import MemoryNetwork
from transport.udp import listen_udp, open_udp

pytestmark = pytest.mark.asyncio(loop_factories=["real"])

TOO_LONG = bytes(65528)  # UDP's length field counts its own 8 bytes (RFC 768), IPv6 nothing more


class Net:
    """One kind of network; closes at the end what was opened on it."""

    def __init__(self, opener: LinkOpener, listener: ListenerOpener, host: str) -> None:
        self.host = host
        self._opener, self._listener = opener, listener
        self._ends: list[Link | Listener] = []

    async def link(self, remote: Address, receiver: Any, **options: Any) -> Link:
        link = await self._opener(remote, receiver, **options)
        self._ends.append(link)
        return link

    async def listener(self, receiver: Any, port: int = 0, **options: Any) -> Listener:
        listener = await self._listener((self.host, port), receiver, **options)
        self._ends.append(listener)
        return listener

    async def nobody(self) -> Address:
        """An address at which nobody listens."""
        listener = await self.listener(lambda data, source: None)
        listener.close()
        return listener.address

    def close(self) -> None:
        for end in self._ends:
            end.close()


def _net(kind: str) -> Net:
    memory = MemoryNetwork()
    match kind:
        case "udp":
            return Net(open_udp, listen_udp, "127.0.0.1")
        case "udp over IPv6":
            return Net(open_udp, listen_udp, "::1")
        case "memory":
            return Net(memory.open_link, memory.listen, "192.0.2.1")
        case "impaired udp":
            return Net(BadNetwork(open_udp, seed=1).open_link, listen_udp, "127.0.0.1")
        case _:
            return Net(BadNetwork(memory.open_link, seed=1).open_link, memory.listen, "192.0.2.1")


@pytest_asyncio.fixture(
    params=["udp", "udp over IPv6", "memory", "impaired udp", "impaired memory"]
)
async def net(request: pytest.FixtureRequest) -> AsyncIterator[Net]:
    net = _net(request.param)
    yield net
    net.close()


async def test_a_datagram_goes_there_and_its_answer_comes_back(net: Net, arrivals: Any) -> None:
    module, platform = arrivals(), arrivals()
    listener = await net.listener(platform.put)
    link = await net.link(listener.address, module)
    assert link.remote == listener.address
    link.send(b"question")
    assert await platform.count(1) == [(b"question", link.local)]
    listener.send(b"answer", link.local)
    assert await module.count(1) == [b"answer"]


async def test_datagrams_keep_their_boundaries_and_order_empty_ones_too(
    net: Net, arrivals: Any
) -> None:
    module, platform = arrivals(), arrivals()
    listener = await net.listener(platform.put)
    link = await net.link(listener.address, module)
    sent = [b"", b"\0", bytes(1500), b"", *(b"%d" % n for n in range(60))]
    for data in sent:
        link.send(data)
    assert [data for data, _ in await platform.count(len(sent))] == sent
    for data in sent:
        listener.send(data, link.local)
    assert await module.count(len(sent)) == sent


async def test_receivers_are_not_called_from_inside_send(net: Net, arrivals: Any) -> None:
    module, platform = arrivals(), arrivals()
    listener = await net.listener(platform.put)
    link = await net.link(listener.address, module)
    unheard = await net.link(await net.nobody(), module)
    link.send(b"x")
    unheard.send(b"x")
    unheard.send(b"y")
    link.send(TOO_LONG)
    assert platform.items == module.items == []
    await platform.count(1)
    await module.until(lambda: any("refused" in reason for _, reason in module.items))


async def test_two_links_have_addresses_of_their_own(net: Net, arrivals: Any) -> None:
    platform = arrivals()
    listener = await net.listener(platform.put)
    one = await net.link(listener.address, arrivals())
    two = await net.link(listener.address, arrivals())
    assert one.local != two.local
    two.send(b"2")
    assert await platform.count(1) == [(b"2", two.local)]


async def test_after_a_rebind_only_the_new_port_is_heard(net: Net, arrivals: Any) -> None:
    module, platform = arrivals(), arrivals()
    listener = await net.listener(platform.put)
    link = await net.link(listener.address, module)
    link.send(b"before")
    await platform.count(1)
    old = link.local
    link.rebind()
    assert link.local != old
    assert link.remote == listener.address
    link.send(b"after")
    assert (await platform.count(2))[1] == (b"after", link.local)
    listener.send(b"to the old port", old)
    listener.send(b"to the new port", link.local)
    assert await module.count(1) == [b"to the new port"]


async def test_nobody_there_is_a_failed_send_and_the_link_goes_on(net: Net, arrivals: Any) -> None:
    module, platform = arrivals(), arrivals()
    address = await net.nobody()
    link = await net.link(address, module)
    link.send(b"lost")
    [(event, reason)] = await module.count(1)
    assert event == "send_failed"
    assert "refused" in reason.lower()
    await net.listener(platform.put, address[1])
    link.send(b"heard")
    assert await platform.count(1) == [(b"heard", link.local)]


async def test_a_refused_datagram_does_not_take_the_next_one_with_it(
    net: Net, arrivals: Any
) -> None:
    # The kernel reports an ICMP error at the next call on the socket, which is then not done.
    module, platform = arrivals(), arrivals()
    address = await net.nobody()
    link = await net.link(address, module)
    listening = net.listener(platform.put, address[1])
    link.send(b"lost or not")
    await listening
    link.send(b"heard")
    await platform.until(lambda: (b"heard", link.local) in platform.items)


async def test_a_datagram_that_is_too_long_fails_and_the_next_one_passes(
    net: Net, arrivals: Any
) -> None:
    module, platform = arrivals(), arrivals()
    listener = await net.listener(platform.put)
    link = await net.link(listener.address, module)
    link.send(TOO_LONG)
    link.send(b"short")
    assert await platform.count(1) == [(b"short", link.local)]
    [(event, reason)] = await module.count(1)
    assert event == "send_failed"
    assert "too long" in reason.lower()


async def test_strangers_are_not_heard(net: Net, arrivals: Any) -> None:
    module = arrivals()
    listener = await net.listener(lambda data, source: None)
    stranger = await net.listener(lambda data, source: None)
    link = await net.link(listener.address, module)
    stranger.send(b"from a stranger", link.local)
    listener.send(b"from the platform", link.local)
    assert await module.count(1) == [b"from the platform"]


async def test_a_closed_link_is_silent_whatever_is_asked_of_it(net: Net, arrivals: Any) -> None:
    module, platform = arrivals(), arrivals()
    listener = await net.listener(platform.put)
    closed = await net.link(listener.address, module)
    listener.send(b"too late", closed.local)
    closed.close()
    closed.close()
    closed.send(b"unsent")
    closed.rebind()
    live = await net.link(listener.address, arrivals())
    live.send(b"sent")
    assert await platform.count(1) == [(b"sent", live.local)]
    assert module.items == []


async def test_a_link_closed_by_its_receiver_delivers_nothing_more(net: Net, arrivals: Any) -> None:
    module, platform = arrivals(), arrivals()
    listener = await net.listener(platform.put)

    def hear_and_close(data: bytes) -> None:
        module.put(data)
        link.close()

    module.datagram_received = hear_and_close
    link = await net.link(listener.address, module)
    other = await net.link(listener.address, arrivals())
    listener.send(b"first", link.local)
    listener.send(b"second", link.local)
    while not module.items:  # the other link turns the loop until both datagrams had their chance
        other.send(b"x")
        await platform.count(len(platform.items) + 1)
    other.send(b"x")
    await platform.count(len(platform.items) + 1)
    assert module.items == [b"first"]


async def test_a_closed_listener_is_silent(net: Net, arrivals: Any) -> None:
    module, platform = arrivals(), arrivals()
    listener = await net.listener(platform.put)
    link = await net.link(listener.address, module)
    listener.close()
    listener.close()
    listener.send(b"unsent", link.local)
    link.send(b"unheard")
    assert (await module.count(1))[0][0] == "send_failed"
    assert platform.items == []


async def test_a_taken_address_is_refused_with_its_name(net: Net) -> None:
    listener = await net.listener(lambda data, source: None)
    with pytest.raises(OSError, match=str(listener.address[1])):
        await net.listener(lambda data, source: None, listener.address[1])


async def test_taps_see_both_ways_with_source_and_destination(
    net: Net, arrivals: Callable[[], Any]
) -> None:
    module, platform, at_module, at_platform = (arrivals() for _ in range(4))
    listener = await net.listener(platform.put, tap=at_platform.put)
    link = await net.link(listener.address, module, tap=at_module.put)
    link.send(b"q")
    await platform.count(1)
    listener.send(b"a", link.local)
    await module.count(1)
    expected = [
        ("up", b"q", link.local, listener.address),
        ("down", b"a", listener.address, link.local),
    ]
    assert at_module.items == expected
    assert at_platform.items == expected
