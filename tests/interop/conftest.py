"""A modem and a server of somebody else's, with nothing between them but UDP on loopback."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from emulator.modem import IMEI, ModemSettings
from tests.bench import Bench
from tests.interop.peers import libcoap, node_process
from tests.interop.peers.aiocoap_server import AiocoapServer
from tests.interop.peers.driver import Peer
from tests.interop.peers.libcoap import LibcoapServer
from tests.interop.peers.node_server import NODE_LIB, SHEPHERD, NodeServer


@dataclass(frozen=True, slots=True)
class Row:
    """A peer. `promise`: its name in MIPL_REQUIRE; `missing`: why it cannot be had here."""

    make: Callable[[], Peer]
    promise: str = ""
    missing: Callable[[], str | None] = lambda: None


PEERS = {
    "aiocoap": Row(AiocoapServer),
    "lwm2m-node-lib": Row(
        lambda: NodeServer("lwm2m_node_lib.js", NODE_LIB),
        "node",
        missing=lambda: node_process.missing("lwm2m-node-lib"),
    ),
    "coap-shepherd": Row(
        lambda: NodeServer("coap_shepherd.js", SHEPHERD),
        "node",
        missing=lambda: node_process.missing("coap-shepherd"),
    ),
    "libcoap": Row(LibcoapServer, "libcoap", missing=libcoap.missing),
}


@pytest.fixture(params=PEERS)
def peer(
    request: pytest.FixtureRequest, require_peer: Callable[[str, str | None], None]
) -> Iterator[Peer]:
    """Every peer in turn, running; those that a test names with `indirect`."""
    row = PEERS[request.param]
    require_peer(row.promise, row.missing())
    peer = row.make()
    try:
        peer.start()
        yield peer
    finally:
        peer.stop()


@pytest.fixture
def bench() -> Iterator[Callable[..., Bench]]:
    """`bench(empty_ack_after_s=0.2)`: a modem with these quirks, whose links lead where its host
    says. Several need a `seed` and an `imei` of their own."""
    made: list[Bench] = []

    def make(seed: int = 1, imei: str = IMEI, **quirks: Any) -> Bench:
        settings = ModemSettings(imei=imei, strict=True, seed=seed, quirks=quirks)
        made.append(Bench(settings, lambda link: (link.account.host, link.account.port)))
        return made[-1]

    yield make
    for each in made:
        each.close()
