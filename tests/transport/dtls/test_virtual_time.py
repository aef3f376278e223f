"""Handshakes in a loop whose clock jumps: they take real time, everything else does not."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from emulator.virtual_time import VirtualLoop
from tests.transport.dtls.net import Net
from tests.transport.dtls.pairs import KEYS, PSK, Kind, every_kind
from transport.dtls.association import Bounds
from transport.dtls.link import open_dtls
from transport.dtls.listener import listen_dtls
from transport.dtls.session import DtlsSettings, HandshakeError
from transport.impairment import BadNetwork
from transport.memory import MemoryNetwork

pytestmark = pytest.mark.asyncio(loop_factories=["virtual"])

SERVER = ("192.0.2.1", 5684)

Arrivals = Callable[[], Any]


def _loop() -> VirtualLoop:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    return loop


@every_kind
async def test_the_clock_is_held_during_a_handshake_and_let_go_afterwards(
    kind: Kind, arrivals: Arrivals
) -> None:
    memory, net, platform = MemoryNetwork(), Net(kind), arrivals()
    await net.listener(platform.put, SERVER, listen=memory.listen)
    loop, held = _loop(), []
    link = await net.link(
        SERVER,
        arrivals(),
        opener=memory.open_link,
        ciphertext_tap=lambda *_: held.append(loop.held),
    )
    assert len(held) > 5
    assert all(held)
    link.send(b"x")
    await platform.count(1)
    assert not loop.held
    before = loop.time()
    await asyncio.sleep(86000)
    assert loop.time() - before == pytest.approx(86000)
    link.rebind()
    assert loop.held
    link.send(b"y")
    await platform.count(2)
    assert not loop.held
    net.close()


async def test_a_handshake_that_fails_lets_the_clock_go(arrivals: Arrivals) -> None:
    memory = MemoryNetwork()
    loop, began = _loop(), _loop().time()
    with pytest.raises(HandshakeError):
        await open_dtls(
            SERVER,
            arrivals(),
            PSK,
            DtlsSettings(handshake_seconds=0.05),
            opener=memory.open_link,
        )
    assert not loop.held
    assert loop.time() - began < 1  # 0.05 if the machine is not busy


@every_kind
async def test_a_nat_that_ages_leaves_the_server_without_a_session(
    kind: Kind, arrivals: Arrivals
) -> None:
    """Manual 4.7: the address ages, and a session does not survive it."""
    memory, net, module, platform = MemoryNetwork(), Net(kind), arrivals(), arrivals()
    listener = await net.listener(platform.put, SERVER, listen=memory.listen)
    road = BadNetwork(memory.open_link, seed=1, nat_seconds=120)
    link = await net.link(SERVER, module, opener=road.open_link)
    at_first = link.local
    link.send(b"in time")
    await platform.count(1)
    await asyncio.sleep(120)
    listener.send(b"lost on the way", at_first)
    await asyncio.sleep(1)
    link.send(b"lost at the server")
    await asyncio.sleep(1)
    assert (platform.items[1:], module.items, road.down.aged) == ([], [], 1)
    assert listener.ignored == 1
    link.rebind()
    link.send(b"in a new session")
    assert (await platform.count(2))[1] == (b"in a new session", link.local)
    net.close()


async def test_an_idle_session_goes_with_a_close_notify(arrivals: Arrivals) -> None:
    memory, idle, busy = MemoryNetwork(), arrivals(), arrivals()
    listener = await listen_dtls(
        SERVER,
        lambda data, source: None,
        KEYS.get,
        bounds=Bounds(idle_seconds=3600),
        listen=memory.listen,
    )
    links = [await open_dtls(SERVER, end, PSK, opener=memory.open_link) for end in (idle, busy)]
    await asyncio.sleep(1800)
    links[1].send(b"alive")
    await asyncio.sleep(1801)
    assert idle.items == [("link_lost", "DTLS: the far end closed the session")]
    assert (busy.items, listener.sessions) == ([], 1)
    await asyncio.sleep(1800)
    assert len(busy.items) == 1
    assert listener.sessions == 0
    listener.close()
