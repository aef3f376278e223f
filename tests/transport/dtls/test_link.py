"""Links and listeners over DTLS on loopback, against each other."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio

from tests.transport.dtls.net import Net
from tests.transport.dtls.pairs import KINDS, PSK, Kind
from transport.dtls.association import Bounds
from transport.dtls.link import QUEUE_LIMIT, open_dtls
from transport.dtls.session import DtlsSettings, Failure, HandshakeError, Psk
from transport.link import Address, Link, LinkReceiver
from transport.udp import listen_udp

pytestmark = pytest.mark.asyncio(loop_factories=["real"])

Arrivals = Callable[[], Any]


@pytest_asyncio.fixture(params=KINDS, ids=str)
async def net(request: pytest.FixtureRequest) -> AsyncIterator[Net]:
    net = Net(request.param)
    yield net
    net.close()


@pytest.fixture
def kind(request: pytest.FixtureRequest, net: Net) -> Kind:
    found: Kind = request.node.callspec.params["net"]
    return found


async def test_datagrams_go_both_ways_once_the_link_is_open(
    net: Net, kind: Kind, arrivals: Arrivals
) -> None:
    module, platform = arrivals(), arrivals()
    listener = await net.listener(platform.put)
    link = await net.link(listener.address, module)
    assert (link.suite, link.back_end) == (kind.suite, kind.client)
    link.send(b"question")
    assert await platform.count(1) == [(b"question", link.local)]
    assert listener.identity(link.local) == PSK.identity
    assert listener.suite(link.local) is kind.suite
    listener.send(b"answer", link.local)
    assert await module.count(1) == [b"answer"]


async def test_a_rebind_takes_a_new_port_and_a_new_session_and_loses_nothing(
    net: Net, arrivals: Arrivals
) -> None:
    module, platform = arrivals(), arrivals()
    listener = await net.listener(platform.put)
    link = await net.link(listener.address, module)
    old = link.local
    link.rebind()
    assert link.local != old
    assert link.suite is None
    for number in range(QUEUE_LIMIT + 1):
        link.send(b"%d" % number)
    assert platform.items == []
    expected = [(b"%d" % number, link.local) for number in range(QUEUE_LIMIT)]
    assert await platform.count(QUEUE_LIMIT) == expected
    [(event, reason)] = module.items
    assert (event, reason) == ("send_failed", "64 datagrams wait for the handshake already")
    listener.send(b"back", link.local)
    assert (await module.count(2))[1] == b"back"


async def test_an_unknown_identity_is_an_error_with_its_reason(
    net: Net, kind: Kind, arrivals: Arrivals
) -> None:
    told = arrivals()
    listener = await net.listener(lambda data, source: None, failed=told.put)
    with pytest.raises(HandshakeError, match="^DTLS: ") as raised:
        await net.link(listener.address, arrivals(), Psk(b"stranger", b"key"))
    by_server = {"openssl": Failure.UNKNOWN_IDENTITY, "dtlssocket": Failure.REFUSED}
    assert raised.value.failure is by_server[kind.server]
    [(_, identity, failure)] = await told.count(1)
    assert (identity, failure) == (b"stranger", Failure.UNKNOWN_IDENTITY)
    assert (listener.half_open, listener.sessions) == (0, 0)


async def test_what_the_far_end_closes_is_lost(net: Net, arrivals: Arrivals) -> None:
    module = arrivals()
    listener = await net.listener(lambda data, source: None)
    link = await net.link(listener.address, module)
    listener.close()
    assert await module.count(1) == [("link_lost", "DTLS: the far end closed the session")]
    link.send(b"x")
    link.rebind()
    link.close()
    assert module.items == [("link_lost", "DTLS: the far end closed the session")]


async def test_a_closed_link_says_good_bye_and_the_session_is_forgotten(
    net: Net, arrivals: Arrivals
) -> None:
    platform, module = arrivals(), arrivals()
    listener = await net.listener(platform.put)
    link = await net.link(listener.address, module)
    assert listener.sessions == 1
    link.close()
    link.close()
    link.send(b"unsent")
    other = await net.link(listener.address, module)
    other.send(b"sent")
    assert await platform.count(1) == [(b"sent", other.local)]
    assert listener.sessions == 1
    listener.send(b"nobody", link.local)
    assert listener.unsent == 1
    assert module.items == []


async def test_receivers_are_not_called_from_inside_send(net: Net, arrivals: Arrivals) -> None:
    module, platform = arrivals(), arrivals()
    listener = await net.listener(platform.put)
    link = await net.link(listener.address, module)
    link.send(bytes(20000))
    link.send(b"x")
    assert module.items == platform.items == []
    [(event, reason)] = await module.count(1)
    assert event == "send_failed"
    assert "20000 bytes are too long for one record" in reason
    assert await platform.count(1) == [(b"x", link.local)]


async def test_taps_see_plaintext_above_and_records_below(net: Net, arrivals: Arrivals) -> None:
    above, below, at_platform, module = (arrivals() for _ in range(4))
    listener = await net.listener(lambda data, source: None, tap=at_platform.put)
    link = await net.link(listener.address, module, tap=above.put, ciphertext_tap=below.put)
    handshake = len(below.items)
    link.send(b"question")
    await at_platform.count(1)
    listener.send(b"answer", link.local)
    await module.count(1)
    up, down = (link.local, listener.address), (listener.address, link.local)
    expected = [("up", b"question", *up), ("down", b"answer", *down)]
    assert above.items == at_platform.items == expected
    assert [(way, data[:1], *ends) for way, data, *ends in below.items[handshake:]] == [
        ("up", b"\x17", *up),
        ("down", b"\x17", *down),
    ]
    assert not any(b"question" in data or b"answer" in data for _, data, *_ in below.items)


async def test_a_restarted_server_shakes_hands_anew_after_a_rebind(
    net: Net, arrivals: Arrivals
) -> None:
    module, platform = arrivals(), arrivals()
    raw = await listen_udp(("127.0.0.1", 0), lambda data, source: None)
    raw.close()  # an address that is free
    first = await net.listener(platform.put, raw.address)
    link = await net.link(raw.address, module)
    link.send(b"before")
    await platform.count(1)
    first._below.close()  # crashed: no close_notify
    seen = arrivals()
    second = await net.listener(platform.put, raw.address, ciphertext_tap=seen.put)
    link.send(b"lost")
    await seen.count(1)
    assert second.ignored == 1
    link.rebind()
    link.send(b"after")
    assert (await platform.count(2))[1] == (b"after", link.local)


async def test_a_silent_server_is_given_up_with_the_reason(net: Net, kind: Kind) -> None:
    nobody = await listen_udp(("127.0.0.1", 0), lambda data, source: None)
    settings = DtlsSettings((kind.suite,), kind.client, handshake_seconds=0.05)
    with pytest.raises(HandshakeError, match="the far end does not answer$") as raised:
        await open_dtls(nobody.address, _Deaf(), PSK, settings)
    assert raised.value.failure is Failure.TIMEOUT
    nobody.close()
    with pytest.raises(HandshakeError, match=r"does not answer \(Connection refused\)"):
        await open_dtls(nobody.address, _Deaf(), PSK, settings)


async def test_a_wrong_key_is_given_up_with_the_reason(
    net: Net, kind: Kind, arrivals: Arrivals
) -> None:
    told = arrivals()
    net = Net(kind, handshake_seconds=0.1)
    listener = await net.listener(
        lambda data, source: None, failed=told.put, bounds=Bounds(half_open_seconds=0.05)
    )
    with pytest.raises(HandshakeError, match="the keys seem to differ"):
        await net.link(listener.address, arrivals(), Psk(PSK.identity, b"another"))
    [(_, identity, failure)] = await told.count(1)
    assert (identity, failure) == (PSK.identity, Failure.WRONG_KEY)
    net.close()


async def test_who_gives_up_opening_leaves_nothing_behind(net: Net, kind: Kind) -> None:
    nobody = await listen_udp(("127.0.0.1", 0), lambda data, source: None)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await open_dtls(nobody.address, _Deaf(), PSK, DtlsSettings((kind.suite,), kind.client))
    nobody.close()


class _Deaf:
    """Hears of a link, and must not."""

    def datagram_received(self, data: bytes) -> None:
        raise AssertionError(data)

    def send_failed(self, reason: str) -> None:
        raise AssertionError(reason)

    def link_lost(self, reason: str) -> None:
        raise AssertionError(reason)


class _Eager:
    """A link below with a server behind it that speaks as soon as it can."""

    local, remote = ("127.0.0.1", 50000), ("127.0.0.1", 5684)

    def __init__(self, kind: Kind) -> None:
        self._server = kind.ends()[1]

    async def open_link(self, remote: Address, receiver: LinkReceiver, *, tap: Any = None) -> Link:
        self._receiver = receiver
        return self

    def send(self, data: bytes) -> None:
        self._server.receive(data)
        self._server.send(b"early")
        for datagram in self._server.outgoing():
            asyncio.get_running_loop().call_soon(self._receiver.datagram_received, datagram)

    def rebind(self) -> None: ...

    def close(self) -> None: ...


async def test_what_comes_with_the_end_of_the_handshake_waits_for_the_opener(
    net: Net, kind: Kind, arrivals: Arrivals
) -> None:
    module = arrivals()
    link = await net.link(("127.0.0.1", 5684), module, opener=_Eager(kind).open_link)
    assert module.items == []  # the opener has its link before it hears of it
    assert (await module.count(1))[0] == b"early"
    assert link.suite is kind.suite
