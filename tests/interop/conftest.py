"""A modem and a server, or a platform and a device, one of them somebody else's: nothing is between
them but UDP on loopback.

What lets our client pass with all servers (SV 4), and where it is shown:

* 4.1, the query and the list of Register, to the byte: host.py, in every login;
* 4.2, message ids and tokens that begin anywhere: test_sessions.py, two modules and one server;
* 4.3, Observe values from 1 on, rising: test_dialogue.py, as some servers drop all others; formats
  and Accept: test_reading.py;
* 4.4, the early ACK, the answer in a message of its own, an ACK of it that never comes:
  test_dialogue.py; requests that are repeated: test_sessions.py;
* 4.5, notifications NON, CON with `<ackid>`: test_dialogue.py;
* 4.6, `9` and `9.0`, `st` and `stp`: test_dialogue.py.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import pytest

from emulator.modem_settings import IMEI, ModemSettings
from tests.bench import Bench
from tests.interop.devices.aiocoap_device import AiocoapDevice
from tests.interop.devices.driver import Device
from tests.interop.devices.node_device import COAP_NODE, NodeDevice
from tests.interop.devices.node_device import NODE_LIB as NODE_LIB_CLIENT
from tests.interop.peers import libcoap_program, node_process
from tests.interop.peers.aiocoap_server import AiocoapServer
from tests.interop.peers.driver import Peer
from tests.interop.peers.libcoap import LibcoapServer
from tests.interop.peers.node_server import NODE_LIB, SHEPHERD, NodeServer

Made = TypeVar("Made", bound=Peer | Device)


@dataclass(frozen=True, slots=True)
class Row(Generic[Made]):
    """A far end. `promise`: its name in MIPL_REQUIRE; `missing`: why it cannot be had here."""

    make: Callable[[], Made]
    promise: str = ""
    missing: Callable[[], str | None] = lambda: None


PEERS: dict[str, Row[Peer]] = {
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
    "libcoap": Row(LibcoapServer, "libcoap", missing=libcoap_program.missing),
}


DEVICES: dict[str, Row[Device]] = {
    "aiocoap": Row(AiocoapDevice),
    "lwm2m-node-lib": Row(
        lambda: NodeDevice("lwm2m_node_lib_client.js", NODE_LIB_CLIENT),
        "node",
        missing=lambda: node_process.missing("lwm2m-node-lib"),
    ),
    "coap-node": Row(
        lambda: NodeDevice("coap_node.js", COAP_NODE),
        "node",
        missing=lambda: node_process.missing("coap-node"),
    ),
}


@pytest.fixture(params=PEERS)
def peer(
    request: pytest.FixtureRequest, require_peer: Callable[[str, str | None], None]
) -> Iterator[Peer]:
    """Every server in turn, running; those that a test names with `indirect`."""
    yield from _running(PEERS[request.param], require_peer)


@pytest.fixture(params=DEVICES)
def device(
    request: pytest.FixtureRequest, require_peer: Callable[[str, str | None], None]
) -> Iterator[Device]:
    """Every client in turn, running."""
    yield from _running(DEVICES[request.param], require_peer)


def _running(row: Row[Made], require_peer: Callable[[str, str | None], None]) -> Iterator[Made]:
    require_peer(row.promise, row.missing())
    made = row.make()
    try:
        made.start()
        yield made
    finally:
        made.stop()


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
