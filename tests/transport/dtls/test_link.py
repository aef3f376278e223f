"""Links and listeners over DTLS, with real sockets, against each other."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio

from transport.dtls.link import DtlsLink, open_dtls
from transport.dtls.listener import DtlsListener, listen_dtls
from transport.dtls.session import DtlsSettings, Failure, HandshakeError, Psk, Suite
from transport.link import Link, Listener

pytestmark = pytest.mark.asyncio(loop_factories=["real"])

PSK = Psk(b"869975030000461", b"0123456789abcdef")
KEYS = {PSK.identity: PSK.key}


class Net:
    """Opens links and listeners on loopback and closes them at the end."""

    def __init__(self) -> None:
        self._ends: list[Link | Listener] = []

    async def listener(self, receiver: Any, **options: Any) -> DtlsListener:
        listener = await listen_dtls(("127.0.0.1", 0), receiver, KEYS.get, **options)
        self._ends.append(listener)
        return listener

    async def link(
        self, listener: Listener, receiver: Any, psk: Psk = PSK, *suites: Suite
    ) -> DtlsLink:
        settings = DtlsSettings(suites=suites or tuple(Suite))
        link = await open_dtls(listener.address, receiver, psk, settings)
        self._ends.append(link)
        return link

    def close(self) -> None:
        for end in self._ends:
            end.close()


@pytest_asyncio.fixture
async def net() -> AsyncIterator[Net]:
    net = Net()
    yield net
    net.close()


@pytest.mark.parametrize("suite", Suite)
async def test_datagrams_go_both_ways_once_the_link_is_open(
    net: Net, arrivals: Callable[[], Any], suite: Suite
) -> None:
    module, platform = arrivals(), arrivals()
    listener = await net.listener(platform.put)
    link = await net.link(listener, module, PSK, suite)
    assert link.suite is suite
    link.send(b"question")
    assert await platform.count(1) == [(b"question", link.local)]
    assert listener.identity(link.local) == PSK.identity
    assert listener.suite(link.local) is suite
    listener.send(b"answer", link.local)
    assert await module.count(1) == [b"answer"]


async def test_a_rebind_takes_a_new_port_and_a_new_session_and_loses_nothing(
    net: Net, arrivals: Callable[[], Any]
) -> None:
    module, platform = arrivals(), arrivals()
    listener = await net.listener(platform.put)
    link = await net.link(listener, module)
    old = link.local
    link.rebind()
    link.send(b"one")
    link.send(b"two")
    assert link.local != old
    assert await platform.count(2) == [(b"one", link.local), (b"two", link.local)]
    listener.send(b"back", link.local)
    assert await module.count(1) == [b"back"]


async def test_an_unknown_identity_is_an_error_with_its_reason(
    net: Net, arrivals: Callable[[], Any]
) -> None:
    told = arrivals()
    listener = await net.listener(lambda data, source: None, failed=told.put)
    with pytest.raises(HandshakeError, match="the PSK identity is unknown") as raised:
        await net.link(listener, arrivals(), Psk(b"stranger", b"key"))
    assert raised.value.failure is Failure.UNKNOWN_IDENTITY
    [(_, identity, failure)] = await told.count(1)
    assert (identity, failure) == (b"stranger", Failure.UNKNOWN_IDENTITY)


async def test_what_the_far_end_closes_is_lost(net: Net, arrivals: Callable[[], Any]) -> None:
    module, platform = arrivals(), arrivals()
    listener = await net.listener(platform.put)
    await net.link(listener, module)
    listener.close()
    assert await module.count(1) == [("link_lost", "DTLS: the far end closed the session")]
