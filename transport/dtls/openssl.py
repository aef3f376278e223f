"""Sessions by OpenSSL: both suites, client and server."""

import logging
from collections.abc import Callable
from typing import Any, Literal

from transport.dtls.openssl_library import Library, Party, Role, library
from transport.dtls.records import chosen_suite, fatal_alert, records
from transport.dtls.session import (
    BackEndError,
    DtlsSettings,
    Failure,
    Psk,
    PskLookup,
    ServerSessions,
    State,
    Suite,
    failure_of,
    suite_of,
)
from transport.link import Address

IDENTITY_LIMIT = 255  # OpenSSL's PSK_MAX_IDENTITY_LEN is 256, with the NUL
KEY_LIMIT = 512  # OpenSSL's PSK_MAX_PSK_LEN
LARGEST = 1 << 14  # RFC 5246 6.2.1

log = logging.getLogger("mipl.dtls")


class OpenSslSession:
    """A `Session`. Once closed it holds nothing of OpenSSL's (some 70 KiB)."""

    back_end: Literal["openssl"] = "openssl"
    largest = LARGEST

    def __init__(self, found: Library, role: Role, suites: tuple[Suite, ...], party: Party) -> None:
        self.state = State.HANDSHAKE if role == "client" else State.LISTENING
        self.suite: Suite | None = None
        self.failure: Failure | None = None
        self._library, self._party = found, party
        self._alert: int | None = None
        self._outgoing: list[bytes] = []
        self._connection: Any = found.connection(role, suites, party)
        if role == "client":
            self._step()

    @property
    def identity(self) -> bytes:
        return self._party.identity

    def receive(self, datagram: bytes) -> list[bytes]:
        plaintexts: list[bytes] = []
        for record in records(datagram):
            if self.state is State.CLOSED:
                break
            if self.state is State.OPEN:
                self._library.take(self._connection, record)
                self._read(plaintexts)
            else:
                self._look_at(record)
                self._library.take(self._connection, record)
                if self._step():
                    while self._read(plaintexts):
                        pass  # what had overtaken the last flight
        return plaintexts

    def send(self, plaintext: bytes) -> bool:
        if self.state is not State.OPEN or len(plaintext) > LARGEST:
            return False
        if plaintext:  # OpenSSL sends no empty records; CoAP has no use for them either
            self._do(self._library.send, self._connection, plaintext)
        return self.state is State.OPEN

    def outgoing(self) -> list[bytes]:
        datagrams, self._outgoing = self._outgoing, []
        return datagrams

    def timeout(self) -> float | None:
        if self.state is not State.HANDSHAKE:
            return None
        seconds: float | None = self._connection.DTLSv1_get_timeout()
        return seconds

    def handle_timeout(self) -> None:
        if self.state is State.HANDSHAKE:
            self._do(self._connection.DTLSv1_handle_timeout, failure=Failure.TIMEOUT)

    def close(self, *, notify: bool = True) -> None:
        if notify and self.state is State.OPEN:
            self._do(self._connection.shutdown)
        self._end(Failure.CLOSED)

    def _step(self) -> bool:
        """Take the handshake as far as it goes; whether it is done."""
        if self.state is State.LISTENING:
            if not self._do(self._connection.DTLSv1_listen):
                return False
            self.state = State.HANDSHAKE
        if not self._do(self._connection.do_handshake):
            return False
        self.state = State.OPEN
        return True

    def _read(self, plaintexts: list[bytes]) -> bool:
        return self._do(self._library.received, self._connection, into=plaintexts)

    def _do(
        self,
        call: Callable[..., Any],
        *arguments: Any,
        into: list[Any] | None = None,
        failure: Failure = Failure.MALFORMED,
    ) -> bool:
        """Whether the call was done; if not, it waits for datagrams or the session is over."""
        ssl = self._library.ssl
        try:
            result = call(*arguments)
        except ssl.WantReadError:
            self._collect()
            return False
        except ssl.ZeroReturnError:
            self._collect()
            self._end(Failure.PEER_CLOSED)
            return False
        except ssl.Error as error:
            self._collect()
            log.debug("OpenSSL: %s", error)
            self._end(failure if self._alert is None else failure_of(self._alert))
            return False
        if into is not None:
            into.append(result)
        self._collect()
        return True

    def _collect(self) -> None:
        """Take what OpenSSL has written; each record becomes a datagram."""
        written = self._library.written(self._connection)
        if written:
            found = tuple(records(written))
            if self.state is not State.OPEN:
                for record in found:
                    self._look_at(record)
            self._outgoing += found

    def _look_at(self, record: bytes) -> None:
        """Note what a handshake says in the clear, whichever side says it."""
        alert, code = fatal_alert(record), chosen_suite(record)
        if alert is not None:
            self._alert = alert
        if code is not None:
            self.suite = suite_of(code)

    def _end(self, failure: Failure) -> None:
        if self.state is not State.CLOSED:
            self.state, self.failure = State.CLOSED, failure
            self._library.forget(self._connection)
            self._connection = None


def client(psk: Psk, settings: DtlsSettings) -> OpenSslSession:
    """A client's session; BackEndError if the library or the PSK will not do."""
    flaw = flaw_of(psk)
    if flaw is not None:
        raise BackEndError(flaw)
    party = Party(lambda identity: psk.key, psk.identity, key_log=settings.key_log)
    return OpenSslSession(library(), "client", settings.suites, party)


def server(lookup: PskLookup, settings: DtlsSettings) -> ServerSessions:
    """Makes a server's sessions; BackEndError if the library will not do."""
    found = library()

    def session(address: Address, random: bytes) -> OpenSslSession:
        party = Party(lookup, address=repr(address).encode(), key_log=settings.key_log)
        return OpenSslSession(found, "server", settings.suites, party)

    return session


def flaw_of(psk: Psk) -> str | None:
    """Why OpenSSL cannot do with this PSK."""
    if not psk.key:
        return "DTLS needs a PSK, and there is none"
    if len(psk.key) > KEY_LIMIT:
        return f"a PSK of {len(psk.key)} bytes is too long for OpenSSL (at most {KEY_LIMIT})"
    if len(psk.identity) > IDENTITY_LIMIT:
        return f"a PSK identity of {len(psk.identity)} bytes is too long (at most {IDENTITY_LIMIT})"
    if b"\0" in psk.identity:
        return "a PSK identity with NUL cannot be sent"
    return None
