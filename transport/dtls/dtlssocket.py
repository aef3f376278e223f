"""Sessions by DTLSSocket (tinydtls): CCM_8 only, short keys and identities, small records."""

import logging
from collections.abc import Callable
from typing import Literal

from transport.dtls import records
from transport.dtls.dtlssocket_library import IDENTITY_LIMIT, KEY_LIMIT, Context, library
from transport.dtls.secrets import Transcript, tell_secret
from transport.dtls.session import (
    BackEndError,
    DtlsSettings,
    Failure,
    KeyLog,
    Psk,
    PskLookup,
    ServerSessions,
    State,
    Suite,
    failure_of,
    suite_of,
)
from transport.link import Address

LARGEST = 1379  # of a buffer of 1400; of a longer one nothing is sent, silently
POLL_SECONDS = 0.25
"""tinydtls sends again after 2 to 3 s and cannot be asked when; so often it may look (chosen)."""

CHALLENGE_LIMIT = 1024
"""Contexts of clients that were asked for a cookie, some 1 KiB each: as many as may wait in a
listener's line, for whose context has gone is asked once more (chosen)."""
NO_SUITE = f"DTLSSocket has only {Suite.CCM_8.value}"

log = logging.getLogger("mipl.dtls")


class DtlsSocketSession:
    """A `Session`, client or server."""

    back_end: Literal["dtlssocket"] = "dtlssocket"
    largest = LARGEST

    def __init__(self, context: Context, lookup: PskLookup, key_log: KeyLog | None) -> None:
        self.state = State.HANDSHAKE
        self.suite: Suite | None = None
        self.identity = b""
        self.failure: Failure | None = None
        self._context = context
        self._lookup, self._key_log = lookup, key_log
        self._key = b""
        self._transcript = Transcript()
        self._secret_is_told = False
        self._ending: Failure | None = None  # not while tinydtls is at work on the peer
        self._outgoing: list[bytes] = []
        self._plaintexts: list[bytes] = []
        self._flight: list[bytes] = []  # what the far end's last flight was answered with
        self._set_aside: Callable[[], None] | None = None  # a server's
        context.serve(self)

    def connect(self, identity: bytes) -> None:
        self.identity = identity
        self._context.connect(identity)

    def listen(self, set_aside: Callable[[], None]) -> None:
        """`set_aside` is called if the session is closed before there was a cookie."""
        self.state, self._set_aside = State.LISTENING, set_aside
        self._context.accept()

    def receive(self, datagram: bytes) -> list[bytes]:
        for record in records.records(datagram):
            if self.state is State.CLOSED:
                break
            if self.state is State.OPEN and records.epoch(record):
                self._pass_on(record)
            else:
                self._receive(record)
        plaintexts, self._plaintexts = self._plaintexts, []
        return plaintexts

    def send(self, plaintext: bytes) -> bool:
        if self.state is not State.OPEN or len(plaintext) > LARGEST:
            return False
        return not plaintext or self._context.write(plaintext) > 0

    def outgoing(self) -> list[bytes]:
        datagrams, self._outgoing = self._outgoing, []
        return datagrams

    def timeout(self) -> float | None:
        return POLL_SECONDS if self.state is State.HANDSHAKE else None

    def handle_timeout(self) -> None:
        if self.state is State.HANDSHAKE:
            self._context.repeat()

    def close(self, *, notify: bool = True) -> None:
        self._end(Failure.CLOSED, notify=notify and self.state is State.OPEN)

    def _receive(self, record: bytes) -> None:
        """tinydtls does not look at unprotected records of a session that is open, nor at alerts
        of a failing handshake; and it knows a suite that we do not want."""
        if self._is_repeated(record):
            self._outgoing += self._flight
            return
        if self.state is State.OPEN and not records.epoch(record):
            return
        alert = records.fatal_alert(record)
        if alert is not None:
            self._end(failure_of(alert))
            return
        self._look_at(record)
        before = len(self._outgoing)
        if self._ending is None:
            self._pass_on(record)
        else:
            self._end(self._ending)
        self._flight = self._outgoing[before:] or self._flight

    def _pass_on(self, record: bytes) -> None:
        result = self._context.receive(record)
        if self._ending is not None:
            self._end(self._ending)
        elif result < 0:
            self._end(Failure.MALFORMED if result == -1 else failure_of(-result & 0xFF))

    def _is_repeated(self, record: bytes) -> bool:
        """Whether a client repeats its flight, because a server's answer was lost.

        tinydtls would begin anew with a repeated ClientHello, at odds with what of its first
        answer had arrived, and has nothing left to repeat once it is connected itself.
        """
        if self._set_aside is None:
            return False
        kind = records.handshake_type(record)
        if self.state is State.HANDSHAKE:
            return kind == records.CLIENT_HELLO
        return self.state is State.OPEN and kind == records.CLIENT_KEY_EXCHANGE

    def _look_at(self, record: bytes) -> None:
        """See what a ServerHello chose, whichever side says it."""
        if self._key_log is not None:
            self._transcript.add(record)
        code = records.chosen_suite(record)
        if code is not None:
            self.suite = suite_of(code)
            if self.suite is not Suite.CCM_8:
                self._ending = Failure.NO_COMMON_SUITE

    def _end(self, failure: Failure, *, notify: bool = False) -> None:
        if self.state is State.CLOSED:
            return
        was_listening = self.state is State.LISTENING
        self.state, self.failure = State.CLOSED, failure
        sent = len(self._outgoing)
        if was_listening and failure is Failure.CLOSED and self._set_aside is not None:
            self._set_aside()
        else:
            self._context.close()
        if not notify:
            del self._outgoing[sent:]

    # from tinydtls, by way of the library

    def key_for(self, identity: bytes) -> bytes | None:
        """A client's own key, or what the lookup of the server has."""
        self.identity = identity
        key = self._lookup(identity)
        if key is not None and len(key) > KEY_LIMIT:
            log.warning("a PSK of %d bytes is too long for DTLSSocket (%d)", len(key), KEY_LIMIT)
            key = None
        if key is None:
            self._ending = Failure.UNKNOWN_IDENTITY
        self._key = key or b""
        return key

    def connected(self) -> None:
        if self.state is not State.OPEN:
            self.state = State.OPEN
            self._tell_secret()

    def _tell_secret(self) -> None:
        if self._key_log is not None and not self._secret_is_told:
            self._secret_is_told = True
            key = self._key or self._lookup(self.identity) or b""  # tinydtls asks for it later
            tell_secret(self._key_log, self._transcript, key)

    def alerted(self, description: int) -> None:
        self._ending = failure_of(description) if description else Failure.PEER_CLOSED

    def written(self, datagram: bytes) -> None:
        if records.handshake_type(datagram) == records.SERVER_HELLO:
            self.state = State.HANDSHAKE  # the cookie was good
        alert = records.fatal_alert(datagram)
        if alert is not None:
            self._ending = self._ending or failure_of(alert)
        elif datagram[0] == records.ALERT and not records.epoch(datagram):
            return  # a close_notify before the fatal alert, which would hide the reason
        self._look_at(datagram)
        if records.handshake_type(datagram) == records.CLIENT_KEY_EXCHANGE:
            self._tell_secret()  # before anything that it decrypts
        if self._ending is Failure.NO_COMMON_SUITE and alert is None:
            if records.handshake_type(datagram) == records.SERVER_HELLO:
                self._outgoing.append(records.refusal(datagram))  # in the place of the ServerHello
            return
        self._outgoing.append(datagram)

    def read(self, plaintext: bytes) -> None:
        self._flight = []  # has arrived
        self._plaintexts.append(plaintext)


class Challenges:
    """Contexts that have asked clients for cookies, which only the same context can verify.

    The oldest goes first: then its client is asked once more.
    """

    def __init__(self, lookup: PskLookup, key_log: KeyLog | None) -> None:
        self._lookup, self._key_log = lookup, key_log
        self._contexts: dict[tuple[Address, bytes], Context] = {}

    def session(self, address: Address, random: bytes) -> DtlsSocketSession:
        context = self._contexts.pop((address, random), None) or Context()
        new = DtlsSocketSession(context, self._lookup, self._key_log)
        new.listen(lambda: self._keep((address, random), context))
        return new

    def _keep(self, client: tuple[Address, bytes], context: Context) -> None:
        context.release()
        while len(self._contexts) >= CHALLENGE_LIMIT:
            self._contexts.pop(next(iter(self._contexts))).close()
        self._contexts[client] = context


def client(psk: Psk, settings: DtlsSettings) -> DtlsSocketSession:
    """A client's session; BackEndError if DTLSSocket is not there or cannot do with the PSK."""
    flaw = flaw_of(psk, settings)
    if flaw is not None:
        raise BackEndError(flaw)
    session = DtlsSocketSession(Context(), lambda identity: psk.key, settings.key_log)
    session.connect(psk.identity)
    return session


def server(lookup: PskLookup, settings: DtlsSettings) -> ServerSessions:
    """Makes a server's sessions; BackEndError if DTLSSocket will not do. Too long keys are as
    unknown."""
    if Suite.CCM_8 not in settings.suites:
        raise BackEndError(NO_SUITE)
    library()
    return Challenges(lookup, settings.key_log).session


def flaw_of(psk: Psk, settings: DtlsSettings) -> str | None:
    """Why DTLSSocket cannot do this: to be asked before it is called, since it does not look."""
    if Suite.CCM_8 not in settings.suites:
        return NO_SUITE
    if not 0 < len(psk.key) <= KEY_LIMIT:
        return f"DTLSSocket takes keys of 1 to {KEY_LIMIT} bytes, not of {len(psk.key)}"
    if not 0 < len(psk.identity) <= IDENTITY_LIMIT or b"\0" in psk.identity:
        return (
            f"DTLSSocket takes PSK identities of 1 to {IDENTITY_LIMIT} bytes without NUL,"
            f" not of {len(psk.identity)}"
        )
    return None
