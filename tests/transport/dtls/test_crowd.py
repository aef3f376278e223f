"""Many clients come at once to a listener that lets few handshakes go on at a time."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from tests.transport.dtls.net import Net
from tests.transport.dtls.pairs import Kind, every_kind
from transport.dtls.association import Bounds
from transport.dtls.listener import DtlsListener
from transport.memory import MemoryNetwork

pytestmark = pytest.mark.asyncio(loop_factories=["virtual"])

SERVER = ("192.0.2.1", 5684)
CROWD = 200

Arrivals = Callable[[], Any]


@every_kind
async def test_a_crowd_comes_in_and_never_too_many_of_it_at_a_time(
    kind: Kind, arrivals: Arrivals
) -> None:
    memory, net, platform, most = MemoryNetwork(), Net(kind), arrivals(), [0]
    listener: DtlsListener = await net.listener(
        platform.put,
        SERVER,
        listen=memory.listen,
        bounds=Bounds(half_open=8),
        ciphertext_tap=lambda *_: most.append(listener.half_open),
    )
    began = asyncio.get_running_loop().time()
    links = await asyncio.gather(
        *(net.link(SERVER, arrivals(), opener=memory.open_link) for _ in range(CROWD))
    )
    # Who had to come again by its own timer alone would do so after 1, 3, 7, 15 s and so on, eight
    # at a time (RFC 6347 4.2.4.1). It is 0.2 s if the machine is idle.
    assert asyncio.get_running_loop().time() - began < 7
    assert max(most) == 8
    assert (listener.half_open, listener.waiting, listener.sessions) == (0, 0, CROWD)
    for link in links:
        link.send(b"x")
    await platform.count(CROWD)
    assert listener.turned_away == 0
    net.close()
