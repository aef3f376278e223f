"""What a DTLS session is, whichever library is behind it. No I/O, no clock of ours.

Datagrams go in, plaintext comes back, and what is to be sent waits in `outgoing()`: it is drained
after every call. Nothing that a peer sends raises.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal, Protocol

from transport.link import Address


class Suite(Enum):
    """The cipher suites of the modules (decisions 7), by their IANA names."""

    CBC_SHA256 = "TLS_PSK_WITH_AES_128_CBC_SHA256"  # RFC 5487 section 3
    CCM_8 = "TLS_PSK_WITH_AES_128_CCM_8"  # RFC 6655 section 4

    @property
    def code(self) -> int:
        """Its number in a Hello."""
        return {Suite.CBC_SHA256: 0x00AE, Suite.CCM_8: 0xC0A8}[self]


def suite_of(code: int) -> Suite | None:
    """The suite of this number, if it is one of ours."""
    return next((suite for suite in Suite if suite.code == code), None)


class State(Enum):
    LISTENING = "listening"
    """A server before a ClientHello with a valid cookie: it may be thrown away."""
    HANDSHAKE = "handshake"
    OPEN = "open"
    CLOSED = "closed"


class Failure(Enum):
    """Why a session ended. The texts are for people."""

    WRONG_KEY = "the keys seem to differ"
    UNKNOWN_IDENTITY = "the PSK identity is unknown"
    NO_COMMON_SUITE = "there is no common cipher suite"
    REFUSED = "the far end refused with an alert"
    PEER_CLOSED = "the far end closed the session"
    TIMEOUT = "the far end does not answer"
    UNREACHABLE = "the network fails"
    MALFORMED = "the far end does not keep to the protocol"
    CLOSED = "closed here"


_ALERTS = {  # RFC 5246 7.2, RFC 4279 2
    20: Failure.WRONG_KEY,  # bad_record_mac: of the Finished, the first that is encrypted
    40: Failure.NO_COMMON_SUITE,  # handshake_failure
    51: Failure.WRONG_KEY,  # decrypt_error
    71: Failure.NO_COMMON_SUITE,  # insufficient_security
    115: Failure.UNKNOWN_IDENTITY,  # unknown_psk_identity
}


def failure_of(alert: int) -> Failure:
    """What a fatal alert during a handshake with PSKs means."""
    return _ALERTS.get(alert, Failure.REFUSED)


@dataclass(frozen=True, slots=True)
class Psk:
    """Identity and key, as bytes."""

    identity: bytes
    key: bytes = field(repr=False)


BackEndName = Literal["openssl", "dtlssocket"]
BackEndChoice = Literal["auto", "openssl", "dtlssocket"]

PskLookup = Callable[[bytes], bytes | None]
"""A server's keys: identity -> key, None if the identity is unknown."""

KeyLog = Callable[[str], None]
"""Gets lines of NSS's key log format, `CLIENT_RANDOM <hex> <hex>`: enough to decrypt a session."""


@dataclass(frozen=True, slots=True)
class DtlsSettings:
    """How sessions are made.

    `suites`: what is offered, best first. `back_end`: one library, or the one that fits.
    `key_log`: gets the secrets of every session. `handshake_seconds`: patience with a far end
    that does not answer (chosen; OPEN's own timeout of 30 s is over before, decision 22).
    """

    suites: tuple[Suite, ...] = tuple(Suite)
    back_end: BackEndChoice = "auto"
    key_log: KeyLog | None = None
    handshake_seconds: float = 60.0


class BackEndError(OSError):
    """No library here can do what is asked; the text says what is missing and how to mend it."""


class HandshakeError(OSError):
    """A handshake that came to nothing."""

    def __init__(self, failure: Failure, reason: str) -> None:
        super().__init__(reason)
        self.failure = failure


class Session(Protocol):
    """One end of one session. A client has its first flight in `outgoing()` from the start."""

    @property
    def back_end(self) -> BackEndName: ...

    @property
    def largest(self) -> int:
        """Most bytes of one `send`."""

    @property
    def state(self) -> State: ...

    @property
    def suite(self) -> Suite | None:
        """What the server chose; None until it has."""

    @property
    def identity(self) -> bytes:
        """The PSK identity: a client's own, or what the client told the server."""

    @property
    def failure(self) -> Failure | None:
        """Why the session is closed; None while it is not."""

    def receive(self, datagram: bytes) -> list[bytes]:
        """Take one datagram; the plaintexts that were in it."""

    def send(self, plaintext: bytes) -> bool:
        """Send one record; False if the session is not open or the plaintext too long."""

    def outgoing(self) -> list[bytes]:
        """Take the datagrams that are to be sent, in order."""

    def timeout(self) -> float | None:
        """Real seconds until `handle_timeout` is due; None if nothing is."""

    def handle_timeout(self) -> None:
        """Send again what was not answered, as far as the library finds it due."""

    def close(self, *, notify: bool = True) -> None:
        """End the session, with a close_notify to the far end if it is open. May be repeated."""


ServerSessions = Callable[[Address, bytes], Session]
"""Makes a server's session for a client's address and the random bytes of its ClientHello."""
