"""What the records of a DTLS datagram are, as far as that can be seen (RFC 6347 4.1, 4.2)."""

from collections.abc import Iterator
from typing import Final

_HEADER: Final = 13  # bytes of a record's header
_EPOCH, _LENGTH = slice(3, 5), slice(11, 13)
_ALERT, _HANDSHAKE, _DATA = 21, 22, 23
_TYPES: Final = {20: "ChangeCipherSpec", _ALERT: "Alert", _HANDSHAKE: "Handshake", 24: "Heartbeat"}
_MESSAGES: Final = {
    0: "HelloRequest",
    1: "ClientHello",
    2: "ServerHello",
    3: "HelloVerifyRequest",
    4: "NewSessionTicket",
    11: "Certificate",
    12: "ServerKeyExchange",
    13: "CertificateRequest",
    14: "ServerHelloDone",
    15: "CertificateVerify",
    16: "ClientKeyExchange",
    20: "Finished",
}
_ALERTS: Final = {
    0: "close notify",
    20: "bad record MAC",
    40: "handshake failure",
    47: "illegal parameter",
    50: "decode error",
    51: "decrypt error",
    115: "unknown PSK identity",
}


def flight(data: bytes) -> str | None:
    """A datagram of a handshake or an alert in words; None for one that carries data only, which
    another record has in clear."""
    said = [words for words in _records(data) if words]
    return None if not said else "DTLS " + ", ".join(said)


def _records(data: bytes) -> Iterator[str]:
    at = 0
    while at + _HEADER <= len(data):
        kind = data[at]
        end = at + _HEADER + int.from_bytes(data[at:][_LENGTH], "big")
        body = data[at + _HEADER : end]
        is_hidden = data[at:][_EPOCH] != b"\0\0"
        if kind != _DATA:
            yield _record(kind, body, is_hidden)
        at = end


def _record(kind: int, body: bytes, is_hidden: bool) -> str:
    name = _TYPES.get(kind, f"record of type {kind}")
    if is_hidden:  # after ChangeCipherSpec the Finished is all that comes
        return "Finished (encrypted)" if kind == _HANDSHAKE else f"{name} (encrypted)"
    if kind == _HANDSHAKE and body:
        return _MESSAGES.get(body[0], f"handshake message {body[0]}")
    if kind == _ALERT and len(body) > 1:
        return f"Alert: {_ALERTS.get(body[1], body[1])}"
    return name
