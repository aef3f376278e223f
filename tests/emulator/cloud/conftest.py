"""A device made of literal datagrams, a server that draws the numbers of the manual's 5.1, and HTTP
calls to a platform on loopback."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from emulator.cloud.events import Event
from emulator.cloud.manners import ONENET, Manner
from emulator.cloud.peers import Peer, Send
from emulator.cloud.server import Server
from emulator.cloud.service import Cloud
from tests.crowd import Crowd
from transport.link import Link
from transport.udp import open_udp

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
    """A Register as CMIOT's modules send it (MB 2.4), typed from RFC 7252 3: CON POST, one byte
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


class Device:
    """The far end of a link: answers each request with what `answers` has for its method and path,
    put behind the request's own id and token, and keeps everything that it gets."""

    # What a device with the manual's 3200/0/5750 answers: code, options and payload.
    ANSWERS: Mapping[bytes, bytes] = {
        b"GET observe /3200/0": b"\x45\x61\x01\x62\x2d\x16",
        b"GET observe /3200/0/5750": b"\x45\x61\x01",
        b"GET /3200": b"\x45\xc2\x2d\x16\xff\x07\x00\xe4\x16\x76abcd",
        b"GET /3200/0": b"\x45\xc2\x2d\x16\xff\xe4\x16\x76abcd",
        b"GET /3200/0/5750": b"\x45\xc0\xff" + b"abcd",
        b"GET /3/0": b"\x45\xc2\x2d\x16\xff\xc5\x00CMIOT",
        b"GET discover /3200": b"\x45\xc1\x28\xff</3200>,</3200/0>,</3200/0/5750>",
        b"POST /3200/0": b"\x44",
        b"PUT /3200/0": b"\x44",
        b"PUT /3200/0/5750": b"\x44",
        b"POST /3200/0/5750": b"\x44",
    }

    def __init__(self) -> None:
        self.answers = dict(self.ANSWERS)
        self.heard: list[bytes] = []
        self.asked: list[tuple[bytes, bytes]] = []
        self.link: Link

    def datagram_received(self, data: bytes) -> None:
        self.heard.append(data)
        if 1 <= data[1] <= 4:
            asked, payload = _asked(data)
            self.asked.append((asked, payload))
            answer = self.answers.get(asked, b"\x84")
            if answer:
                self.link.send(b"\x64" + answer[:1] + data[2:8] + answer[1:])

    def send_failed(self, reason: str) -> None: ...

    def link_lost(self, reason: str) -> None: ...

    @property
    def location(self) -> bytes:
        """The Location-Path that the last Register was answered with, as Uri-Path options."""
        created = [data for data in self.heard if data[1] == 0x41]
        return b"\xb2rd\x08" + created[-1][-8:]


def _asked(data: bytes) -> tuple[bytes, bytes]:
    """Method and path of a request with a token of four bytes, and its payload."""
    at, number, path, mark = 8, 0, b"", b""
    while at < len(data) and data[at] != 0xFF:
        number += data[at] >> 4
        length = data[at] & 15
        value = data[at + 1 : at + 1 + length]
        at += 1 + length
        mark = {6: b"observe ", 17: b"discover "}.get(number, mark)
        path += b"/" + value if number == 11 else b""
    return b"%s %s%s" % ((b"GET", b"POST", b"PUT", b"DELETE")[data[1] - 1], mark, path), data[
        at + 1 :
    ]


@pytest.fixture
def device() -> Device:
    return Device()


# HTTP.


@pytest_asyncio.fixture
async def cloud() -> AsyncIterator[Cloud]:
    async with Cloud(http=True) as cloud:
        yield cloud


@pytest_asyncio.fixture
async def online(
    cloud: Cloud, device: Device, register: Callable[..., bytes]
) -> AsyncIterator[Device]:
    device.link = await open_udp(cloud.server_address, device)
    device.link.send(register(b"lt=3000"))
    await cloud.ready(IMEI)
    yield device
    device.link.close()


@pytest_asyncio.fixture
async def call(cloud: Cloud) -> AsyncIterator[Callable[..., Any]]:
    """HTTP status and JSON of a call, with an api-key as the manual has it."""
    async with aiohttp.ClientSession(headers={"api-key": "deR2fiWKlRtIWaEaKOvto7ctQUg="}) as http:

        async def call(method: str, path: str, query: Any = None, data: Any = None) -> Any:
            url = f"{cloud.http_url}{path}"
            async with http.request(method, url, params=query, data=data) as response:
                return response.status, await response.json()

        yield call


@pytest.fixture
def crowd_of() -> Callable[..., Crowd[Server]]:
    """`crowd_of(GENERIC, steps=())`: nobody yet, at a server of that manner, or OneNET's."""

    def make(manner: Manner = ONENET, **changes: Any) -> Crowd[Server]:
        return Crowd(Server(replace(manner, **changes), Draws()))

    return make
