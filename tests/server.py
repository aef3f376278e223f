"""A platform of literal datagrams: it answers logins and keeps what it hears. No sockets."""

import queue
import struct
from dataclasses import dataclass, field

from tests.desk import (
    ACCEPT,
    ACK,
    CON,
    FORMAT,
    LOCATION,
    OBSERVE,
    PATH,
    POST,
    PUT,
    QUERY,
    RST,
    coap,
)

__all__ = ["ACCEPT", "CON", "FORMAT", "OBSERVE", "POST", "PUT", "QUERY", "Heard", "Server"]

CREATED, DELETED, CHANGED = 0x41, 0x42, 0x44
BOOTSTRAP_WRITE, BOOTSTRAP_FINISH = 1, 2  # message ids
TLV = b"\x2d\x16"  # 11542

# /0/0 as a bootstrap hands it out (LwM2M 1.0, 6.4.3 and E.1): URI coap://183.230.40.40:5683,
# not a bootstrap server, NoSec, short server id 1.
SECURITY = (
    b"\xc8\x00\x19coap://183.230.40.40:5683" + b"\xc1\x01\x00" + b"\xc1\x02\x03" + b"\xc1\x0a\x01"
)


@dataclass(frozen=True)
class Heard:
    """A datagram of the module, taken apart by RFC 7252 3."""

    kind: int
    code: int
    mid: int
    token: bytes
    options: dict[int, list[bytes]]
    payload: bytes
    at: float = 0.0  # when, by the clock of the one who asked

    @property
    def content_format(self) -> int | None:
        values = self.options.get(FORMAT)
        return int.from_bytes(values[0], "big") if values else None

    @property
    def target(self) -> str:
        path = "/" + "/".join(part.decode() for part in self.options.get(PATH, []))
        query = "&".join(part.decode() for part in self.options.get(QUERY, []))
        return f"{path}?{query}" if query else path


def split(data: bytes, at: float = 0.0) -> Heard:
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
    return Heard(data[0] >> 4 & 3, data[1], data[2] << 8 | data[3], token, options, rest[1:], at)


def question(
    code: int, mid: int, path: str, *options: tuple[int, bytes], body: bytes = b""
) -> bytes:
    """A CON request whose token is its message id."""
    uri = tuple((PATH, part.encode()) for part in path.strip("/").split("/"))
    return coap(CON, code, mid, struct.pack("!H", mid), (*uri, *options), body)


@dataclass
class Server:
    """`login`, `bootstrap`, `update`, `close`: the codes it answers those with, None for silence.

    `acks`: whether it acknowledges CON notifications; `rejects`: whether it answers all with a RST
    (RFC 7641 3.6). `reachable`: whether a link to it can be opened at all. What it hears waits in
    the queues.
    """

    login: int | None = CREATED
    bootstrap: int | None = CHANGED
    update: int | None = CHANGED
    close: int | None = DELETED
    acks: bool = True
    rejects: bool = False
    reachable: bool = True
    requests: queue.Queue[Heard] = field(default_factory=queue.Queue)
    answers: queue.Queue[Heard] = field(default_factory=queue.Queue)
    notifications: queue.Queue[Heard] = field(default_factory=queue.Queue)

    def hear(self, data: bytes, at: float = 0.0) -> list[bytes]:
        """What it says to one datagram, in order."""
        heard = split(data, at)
        if 0 < heard.code < 32:
            self.requests.put(heard)
            return self._answer(heard)
        if heard.kind == ACK and heard.mid == BOOTSTRAP_WRITE:
            return [question(POST, BOOTSTRAP_FINISH, "/bs")]
        if heard.kind == ACK and heard.mid == BOOTSTRAP_FINISH:
            assert heard.code == CHANGED
        elif heard.kind == ACK:
            self.answers.put(heard)
        else:
            self.notifications.put(heard)
            if self.rejects:
                return [coap(RST, 0, heard.mid)]
            if heard.kind == CON and self.acks:
                return [coap(ACK, 0, heard.mid)]
        return []

    def _answer(self, heard: Heard) -> list[bytes]:
        path = heard.options[PATH]
        if path == [b"bs"]:
            write = question(PUT, BOOTSTRAP_WRITE, "/0/0", (FORMAT, TLV), body=SECURITY)
            more = [write] if self.bootstrap == CHANGED else []
            return _reply(heard, self.bootstrap) + more
        if path == [b"rd"]:
            return _reply(heard, self.login, (LOCATION, b"rd"), (LOCATION, b"1"))
        return _reply(heard, self.update if heard.code == POST else self.close)


def _reply(heard: Heard, code: int | None, *options: tuple[int, bytes]) -> list[bytes]:
    """The piggybacked answer; one that refuses has no options."""
    if code is None:
        return []
    return [coap(ACK, code, heard.mid, heard.token, options if code < 0x60 else ())]
