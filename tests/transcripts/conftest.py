"""A real pty with pyserial on one side, a platform of hand-made datagrams on the other."""

import queue
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from emulator.modem import ModemSettings
from tests.bench import Bench

CON, NON, ACK = 0, 1, 2
GET, POST, PUT = 1, 2, 3
OBSERVE, LOCATION, URI_PATH, CONTENT_FORMAT, URI_QUERY, ACCEPT = 6, 8, 11, 12, 15, 17
BOOTSTRAP_WRITE, BOOTSTRAP_FINISH = 1, 2  # message ids
TLV = b"\x2d\x16"  # 11542

# /0/0 as a bootstrap hands it out (LwM2M 1.0, 6.4.3 and E.1): URI coap://183.230.40.40:5683,
# not a bootstrap server, NoSec, short server id 1.
SECURITY = (
    b"\xc8\x00\x19coap://183.230.40.40:5683" + b"\xc1\x01\x00" + b"\xc1\x02\x03" + b"\xc1\x0a\x01"
)


def build(kind: int, code: int, mid: int, token: bytes, options: list[tuple[int, bytes]]) -> bytes:
    """A CoAP message without payload, by RFC 7252 3 and 3.1 alone (not by the code under test)."""
    data = bytes([0x40 | kind << 4 | len(token), code]) + struct.pack("!H", mid) + token
    last = 0
    for number, value in sorted(options, key=lambda pair: pair[0]):
        delta, length = number - last, len(value)
        assert delta < 13 and length < 269
        data += bytes([delta << 4 | min(length, 13)])
        data += (bytes([length - 13]) if length >= 13 else b"") + value
        last = number
    return data


@dataclass(frozen=True)
class Heard:
    """A datagram of the modem, taken apart by RFC 7252 3."""

    kind: int
    code: int
    mid: int
    token: bytes
    options: dict[int, list[bytes]]
    payload: bytes

    @property
    def content_format(self) -> int | None:
        values = self.options.get(CONTENT_FORMAT)
        return int.from_bytes(values[0], "big") if values else None

    @property
    def target(self) -> str:
        path = "/" + "/".join(part.decode() for part in self.options.get(URI_PATH, []))
        query = "&".join(part.decode() for part in self.options.get(URI_QUERY, []))
        return f"{path}?{query}" if query else path


def split(data: bytes) -> Heard:
    tokens = data[0] & 15
    token, rest = data[4 : 4 + tokens], data[4 + tokens :]
    options: dict[int, list[bytes]] = {}
    number = 0
    while rest and rest[0] != 0xFF:
        delta, length, rest = rest[0] >> 4, rest[0] & 15, rest[1:]
        if delta == 13:
            delta, rest = rest[0] + 13, rest[1:]
        elif delta == 14:
            delta, rest = rest[0] * 256 + rest[1] + 269, rest[2:]
        if length == 13:
            length, rest = rest[0] + 13, rest[1:]
        number += delta
        options.setdefault(number, []).append(rest[:length])
        rest = rest[length:]
    return Heard(data[0] >> 4 & 3, data[1], data[2] << 8 | data[3], token, options, rest[1:])


class Platform:
    """A server on loopback that answers logins and says what a script tells it.

    `login`, `bootstrap`, `update`: the codes it answers those with, None for silence.
    """

    def __init__(
        self,
        login: int | None = 0x41,
        bootstrap: int | None = 0x44,
        update: int | None = 0x44,
    ) -> None:
        self.login, self.bootstrap, self.update = login, bootstrap, update
        self.requests: queue.Queue[Heard] = queue.Queue()
        self.answers: queue.Queue[Heard] = queue.Queue()
        self.notifications: queue.Queue[Heard] = queue.Queue()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.address: tuple[str, int] = self._socket.getsockname()
        self._peer = self.address
        self._thread = threading.Thread(target=self._serve, name="platform")
        self._thread.start()

    def close(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stop:
            stop.sendto(b"stop", self.address)
        self._thread.join()
        self._socket.close()

    def send(self, data: bytes) -> None:
        self._socket.sendto(data, self._peer)

    def ask(
        self, code: int, mid: int, path: str, *options: tuple[int, bytes], body: bytes = b""
    ) -> None:
        """A CON request whose token is its message id."""
        uri = [(URI_PATH, part.encode()) for part in path.strip("/").split("/")]
        data = build(CON, code, mid, struct.pack("!H", mid), [*uri, *options])
        self.send(data + (b"\xff" + body if body else b""))

    def _serve(self) -> None:
        while True:
            data, peer = self._socket.recvfrom(65536)
            if data == b"stop":
                return
            heard = split(data)
            if 0 < heard.code < 32:
                self._peer = peer
                self.requests.put(heard)
                self._answer(heard)
            elif heard.kind == ACK and heard.mid == BOOTSTRAP_WRITE:
                self.ask(POST, BOOTSTRAP_FINISH, "/bs")
            elif heard.kind == ACK and heard.mid == BOOTSTRAP_FINISH:
                assert heard.code == 0x44
            elif heard.kind == ACK:
                self.answers.put(heard)
            else:
                self.notifications.put(heard)
                if heard.kind == CON:
                    self.send(build(ACK, 0, heard.mid, b"", []))

    def _answer(self, heard: Heard) -> None:
        path = heard.options[URI_PATH]
        if path == [b"bs"]:
            self._reply(heard, self.bootstrap)
            if self.bootstrap == 0x44:
                self.ask(PUT, BOOTSTRAP_WRITE, "/0/0", (CONTENT_FORMAT, TLV), body=SECURITY)
        elif path == [b"rd"]:
            self._reply(heard, self.login, (LOCATION, b"rd"), (LOCATION, b"1"))
        else:
            self._reply(heard, self.update if heard.code == POST else 0x42)

    def _reply(self, heard: Heard, code: int | None, *options: tuple[int, bytes]) -> None:
        if code is not None:
            kept = list(options) if code < 0x60 else []
            self.send(build(ACK, code, heard.mid, heard.token, kept))


@pytest.fixture
def dialogue() -> Iterator[Callable[..., tuple[Bench, Platform]]]:
    """Makes modems whose links all lead to a platform of their own.

    `dialogue(login=0x83, model="MN316", quirks={…})`: codes as of Platform.
    """
    made: list[tuple[Bench, Platform]] = []

    def make(**wanted: Any) -> tuple[Bench, Platform]:
        codes = {
            name: wanted.pop(name) for name in ("login", "bootstrap", "update") if name in wanted
        }
        settings = ModemSettings(**{"strict": True, "seed": 1, **wanted})
        platform = Platform(**codes)
        made.append((Bench(settings, lambda link: platform.address), platform))
        return made[-1]

    yield make
    for table, platform in made:
        table.close()
        platform.close()
