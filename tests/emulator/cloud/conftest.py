"""A device made of literal datagrams, and a server that draws the numbers of the manual's 5.1."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from emulator.cloud.events import Event
from emulator.cloud.manners import ONENET, Manner
from emulator.cloud.peers import Peer, Send
from emulator.cloud.server import Server

IMEI = "869975030000461"


class Draws:
    """Not random at all: message ids begin at 39121, as in the manual's 5.1, and bytes count
    upwards: 00000001 is the first location, 00000002 the token of the first Observe."""

    def __init__(self) -> None:
        self.count = 0

    def randrange(self, stop: int, /) -> int:
        return 39121 % stop

    def randbytes(self, n: int, /) -> bytes:
        self.count += 1
        return self.count.to_bytes(n, "big")


class Desk:
    """A server on the desk: datagrams go in by hand, and what it sends comes back."""

    PEER = Peer("10.0.0.1", 49152)

    def __init__(self, manner: Manner = ONENET) -> None:
        self.server = Server(manner, Draws())
        self.now = 0.0
        self.events: list[Event] = []

    def receive(self, data: bytes, peer: Peer = PEER) -> list[bytes]:
        """What the server sends to that peer at once."""
        self.server.datagram_received(data, peer, self.now)
        return self.sent(peer)

    def sent(self, peer: Peer = PEER) -> list[bytes]:
        outputs = self.server.outputs()
        self.events += [output for output in outputs if not isinstance(output, Send)]
        sends = [output for output in outputs if isinstance(output, Send)]
        assert {send.peer for send in sends} <= {peer}
        return [send.data for send in sends]

    def wait_until(self, when: float, peer: Peer = PEER) -> list[tuple[float, bytes]]:
        """Let time pass; what the server sends meanwhile, with its time."""
        found: list[tuple[float, bytes]] = []
        while (deadline := self.server.deadline()) is not None and deadline <= when:
            self.now = deadline
            self.server.handle_timeout(self.now)
            found += [(self.now, data) for data in self.sent(peer)]
        self.now = when
        return found

    def told(self, kind: type) -> list[Event]:
        return [event for event in self.events if type(event) is kind]


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def quiet() -> Desk:
    """A server that asks nothing of a device by itself."""
    return Desk(replace(ONENET, steps=()))


@pytest.fixture
def desk_of() -> Callable[[Manner], Desk]:
    return Desk


@pytest.fixture
def register() -> Callable[..., bytes]:
    """A Register as CMIOT's modules send it (MB 2.4), typed from RFC 7252, 3: CON POST, one byte
    of token, Uri-Path rd, Content-Format 40, Uri-Query ep (18 bytes) and what else is given."""

    def build(
        *queries: bytes,
        mid: int = 1,
        ep: bytes = b"\x3d\x05ep=869975030000461",
        objects: bytes = b'</>;rt="oma.lwm2m",</3200/0>',
    ) -> bytes:
        head = b"\x41\x02" + mid.to_bytes(2, "big") + b"\xaa" + b"\xb2rd" + b"\x11\x28"
        return head + ep + b"".join(map(_query, queries)) + b"\xff" + objects

    return build


def _query(text: bytes) -> bytes:
    """One more option with the number of the one before: length in the header byte or behind it."""
    if len(text) < 13:
        return bytes((len(text),)) + text
    return bytes((13, len(text) - 13)) + text


@pytest.fixture
def draws() -> Draws:
    return Draws()


@pytest.fixture
def new_draws() -> Callable[[], Draws]:
    return Draws
