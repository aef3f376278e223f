"""Every datagram of a handshake, and every flight, may be lost once.

In real time, because the libraries' timers are C clocks; all handshakes at the same time.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from tests.transport.dtls.net import Net, Wire
from tests.transport.dtls.pairs import KINDS, Kind
from transport.udp import open_udp

pytestmark = pytest.mark.asyncio(loop_factories=["real"])

# RFC 6347 4.2.4, figure 1, with a datagram for each record: ClientHello; HelloVerifyRequest;
# ClientHello; ServerHello, ServerHelloDone; ClientKeyExchange, ChangeCipherSpec, Finished;
# ChangeCipherSpec, Finished.
FLIGHTS = [(1,), (2,), (3,), (4, 5), (6, 7, 8), (9, 10)]
LOSSES = [(number,) for flight in FLIGHTS for number in flight] + [
    flight for flight in FLIGHTS if len(flight) > 1
]


async def _survives(kind: Kind, loss: tuple[int, ...], arrivals: Callable[[], Any]) -> str | None:
    """What was wrong with a handshake and a record each way."""
    net, module, platform = Net(kind), arrivals(), arrivals()
    wire = Wire(open_udp, loss)
    try:
        async with asyncio.timeout(10):
            listener = await net.listener(platform.put)
            link = await net.link(listener.address, module, opener=wire.open_link)
            link.send(b"up")
            await platform.count(1)
            listener.send(b"down", link.local)
            await module.count(1)
    except Exception as error:
        return f"{kind}, {loss}: {error!r}"
    finally:
        net.close()
    return None if len(wire.lost) == len(loss) else f"{kind}, {loss}: nothing was lost"


@pytest.mark.parametrize("other", ["openssl", "dtlssocket"])
async def test_any_loss_in_a_handshake_is_survived(other: str, arrivals: Callable[[], Any]) -> None:
    kinds = [kind for kind in KINDS if ("dtlssocket" in str(kind)) == (other == "dtlssocket")]
    runs = [_survives(kind, loss, arrivals) for kind in kinds for loss in LOSSES]
    assert [fault for fault in await asyncio.gather(*runs) if fault] == []
