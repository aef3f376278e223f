"""The master secret of a session whose library keeps it to itself: from the PSK and what a
handshake says in the clear."""

import hmac
import logging
from hashlib import sha256

from transport.dtls import records
from transport.dtls.session import KeyLog

log = logging.getLogger("mipl.dtls")

EXTENDED_MASTER_SECRET = b"\x00\x17\x00\x00"  # the extension of RFC 7627, which is empty
HASHED = (
    records.CLIENT_HELLO,
    records.SERVER_HELLO,
    records.SERVER_KEY_EXCHANGE,
    records.SERVER_HELLO_DONE,
    records.CLIENT_KEY_EXCHANGE,
)
"""What the session's hash is over, in this order; the ClientHello is the one with the cookie."""


class Transcript:
    """The messages of one handshake, both ways: the last of each kind, since repetitions are alike.

    tinydtls has no fragments; so the messages are taken as they stand in their records.
    """

    def __init__(self) -> None:
        self._messages: dict[int, bytes] = {}

    def add(self, record: bytes) -> None:
        if records.handshake_type(record) is None:
            return
        for message in records.messages(record):
            self._messages[message[0]] = message

    def key_log_line(self, key: bytes) -> str:
        """`CLIENT_RANDOM <hex> <hex>`, as in NSS's key log. KeyError if a message is missing."""
        hello, answer = (self._messages[kind] for kind in HASHED[:2])
        client_random, server_random = hello[records.MESSAGE_RANDOM], answer[records.MESSAGE_RANDOM]
        # RFC 4279 section 2
        size = len(key).to_bytes(2)
        premaster = size + bytes(len(key)) + size + key
        # RFC 7627 section 4, if both ends have said so; else RFC 5246 8.1
        if EXTENDED_MASTER_SECRET in hello and EXTENDED_MASTER_SECRET in answer:
            said = b"".join(self._messages[kind] for kind in HASHED if kind in self._messages)
            seed = b"extended master secret" + sha256(said).digest()
        else:
            seed = b"master secret" + client_random + server_random
        return f"CLIENT_RANDOM {client_random.hex()} {_prf(premaster, seed)[:48].hex()}"


def tell_secret(key_log: KeyLog, transcript: Transcript, key: bytes) -> None:
    """For a key log that may fail, from a place where nothing may."""
    try:
        key_log(transcript.key_log_line(key))
    except Exception:
        log.exception("a key log failed")


def _prf(secret: bytes, seed: bytes) -> bytes:
    """Two rounds of P_SHA256 (RFC 5246 section 5)."""
    first = hmac.digest(secret, seed, "sha256")
    second = hmac.digest(secret, first, "sha256")
    return hmac.digest(secret, first + seed, "sha256") + hmac.digest(
        secret, second + seed, "sha256"
    )
