"""A server's end over DTLS: one socket, a session for each address.

A ClientHello costs nothing that is kept until its cookie proves the address (RFC 6347 4.2.1). A
client that begins anew from its old address keeps its old session until the new one is complete
(4.2.8); the old one then goes without a close_notify, which would reach the client under the new
keys and kill the new session with it.

While as many handshakes are under way as may be, whoever comes with a cookie waits in a line, and
repeats its ClientHello meanwhile (4.2.4). A handshake that gets on is never ended for another.
"""

import asyncio
import logging
from collections.abc import Callable

from transport.dtls import records
from transport.dtls.association import Association, Bounds
from transport.dtls.choice import server_sessions
from transport.dtls.established import Established
from transport.dtls.handshake import Handshake
from transport.dtls.line import Line
from transport.dtls.session import DtlsSettings, Failure, PskLookup, Session, State, Suite
from transport.link import Address, Listener, ListenerOpener, ListenerReceiver, Tap
from transport.udp import listen_udp

log = logging.getLogger("mipl.dtls")

Failed = Callable[[Address, bytes, Failure], None]
"""Told of each handshake that came to nothing: the client's address, its identity, why."""


async def listen_dtls(
    local: Address,
    receiver: ListenerReceiver,
    lookup: PskLookup,
    settings: DtlsSettings | None = None,
    *,
    bounds: Bounds | None = None,
    listen: ListenerOpener = listen_udp,
    tap: Tap | None = None,
    ciphertext_tap: Tap | None = None,
    failed: Failed | None = None,
) -> "DtlsListener":
    """A listener at `local` whose clients must know the key that `lookup` has for their identity.

    `listen` opens the listener below, which `ciphertext_tap` sees; `tap` sees the plaintext.
    BackEndError if no library here can do it, OSError if the address is taken.
    """
    settings = settings or DtlsSettings()
    listener = DtlsListener(receiver, lookup, settings, bounds or Bounds(), tap, failed)
    await listener.start(listen, local, ciphertext_tap)
    return listener


class DtlsListener:
    """A `Listener`. `ignored` counts datagrams that belong to no session, `unsent` those for
    addresses that have none, `turned_away` ClientHellos for which not even the line had room."""

    def __init__(
        self,
        receiver: ListenerReceiver,
        lookup: PskLookup,
        settings: DtlsSettings,
        bounds: Bounds,
        tap: Tap | None,
        failed: Failed | None,
    ) -> None:
        self.ignored = self.unsent = self.turned_away = 0
        self._receiver, self._bounds, self._tap, self._failed = receiver, bounds, tap, failed
        self._new_session = server_sessions(lookup, settings)
        self._loop = asyncio.get_running_loop()
        self._below: Listener
        self._half_open: dict[Address, Association] = {}
        self._line = Line(bounds.waiting, bounds.half_open_seconds)
        self._open = Established(bounds, self._flush)
        self._is_closed = False

    async def start(self, listen: ListenerOpener, local: Address, tap: Tap | None) -> None:
        self._below = await listen(local, self._received, tap=tap)

    @property
    def address(self) -> Address:
        return self._below.address

    @property
    def sessions(self) -> int:
        """How many are open."""
        return len(self._open.by_address)

    @property
    def half_open(self) -> int:
        """How many handshakes are under way."""
        return len(self._half_open)

    @property
    def waiting(self) -> int:
        """How many wait for a handshake to begin."""
        return len(self._line)

    def identity(self, remote: Address) -> bytes | None:
        """The PSK identity that a client has proven; None if it has no open session."""
        association = self._open.by_address.get(remote)
        return None if association is None else association.session.identity

    def suite(self, remote: Address) -> Suite | None:
        """What was negotiated with a client; None if it has no open session."""
        association = self._open.by_address.get(remote)
        return None if association is None else association.session.suite

    def send(self, data: bytes, remote: Address) -> None:
        association = self._open.by_address.get(remote)
        if association is None or not association.session.send(data):
            self.unsent += 1
            return
        if self._tap is not None:
            self._tap("down", data, self.address, remote)
        self._flush(remote, association.session)
        self._open.touch(remote, association)

    def close(self) -> None:
        """End all sessions, with a close_notify to each."""
        if self._is_closed:
            return
        self._is_closed = True
        if self.turned_away > 1:  # the first was told at once
            log.warning("%d ClientHellos of DTLS clients were not heard", self.turned_away)
        self._line.clear()
        for source in list(self._half_open):
            self._drop_half_open(source)
        self._open.close()
        self._below.close()

    # datagrams

    def _received(self, data: bytes, source: Address) -> None:
        random = records.client_random(data)
        if random is None:
            association = self._addressee(data, source)
        else:
            association = self._begun_with(random, source)
            if association is None:
                self._meet(data, source, random)
                return
        if association is None:
            self.ignored += 1
        else:
            self._feed(data, source, association)

    def _begun_with(self, random: bytes, source: Address) -> Association | None:
        """The session that this ClientHello is a repetition for."""
        for table in (self._half_open, self._open.by_address):
            known = table.get(source)
            if known is not None and known.random == random:
                return known
        return None

    def _addressee(self, data: bytes, source: Address) -> Association | None:
        """With a new session half open, what the old one may still send goes to the old one."""
        half, old = self._half_open.get(source), self._open.by_address.get(source)
        if half is None or old is None:
            return half or old
        return half if records.is_of_handshake(data) else old

    def _meet(self, data: bytes, source: Address, random: bytes) -> None:
        """A ClientHello of a new session. To ask for a cookie there is always room."""
        is_free = len(self._half_open) < self._bounds.half_open or source in self._half_open
        if is_free or not records.has_cookie(data):
            self._greet(data, source, random)
            return
        if not self._line.join(source, data, random, self._loop.time()):
            self.turned_away += 1
            if self.turned_away == 1:
                log.warning("%d DTLS clients wait already; more are not heard", len(self._line))
        self._serve_line()

    def _serve_line(self) -> None:
        """Begin as many handshakes as there is room for."""
        while self._line and self._has_room():
            first = self._line.first(self._loop.time())
            if first is not None:
                self._greet(*first)

    def _has_room(self) -> bool:
        """Whether another handshake may begin; one that does not get on makes room for it."""
        if len(self._half_open) < self._bounds.half_open:
            return True
        latest = self._loop.time() - self._bounds.stale_seconds
        stale = next((each for each in self._half_open.items() if each[1].used <= latest), None)
        if stale is not None:
            self._give_up(*stale)
        return stale is not None

    def _greet(self, data: bytes, source: Address, random: bytes) -> None:
        """A ClientHello: unless its cookie proves the address, nothing of it is kept."""
        session = self._new_session(source, random)
        session.receive(data)
        self._flush(source, session)
        if session.state is State.LISTENING:
            session.close()
        elif session.failure is not None:
            self._tell(source, session.identity, session.failure)
        else:
            self._admit(source, Association(session, random, self._loop.time()))

    def _admit(self, source: Address, association: Association) -> None:
        self._drop_half_open(source)
        association.handshake = Handshake(
            association.session,
            self._bounds.half_open_seconds,
            lambda: self._settle(source, association),
            lambda: self._expire(source, association),
        )
        self._half_open[source] = association

    def _feed(self, data: bytes, source: Address, association: Association) -> None:
        if association.handshake is not None:
            association.watch(data, self._loop.time())
        plaintexts = association.session.receive(data)
        self._settle(source, association)
        for plaintext in plaintexts:
            if self._is_closed:
                return
            if self._tap is not None:
                self._tap("up", plaintext, source, self.address)
            self._receiver(plaintext, source)

    # sessions

    def _settle(self, source: Address, association: Association) -> None:
        """After a turn of the session: send what it has, and put it where it belongs now."""
        session, handshake = association.session, association.handshake
        self._flush(source, session)
        if session.failure is not None:
            self._bury(source, association, session.failure)
        elif handshake is None:
            self._open.touch(source, association)
            return
        elif session.state is State.OPEN:
            self._complete(source, association)
        else:
            handshake.rearm()
        self._serve_line()

    def _complete(self, source: Address, association: Association) -> None:
        """The handshake is done: the new session takes the place of an old one."""
        self._half_open.pop(source)
        association.end_handshake()
        self._open.add(source, association)

    def _bury(self, source: Address, association: Association, failure: Failure) -> None:
        if association.handshake is not None:
            association.end_handshake()
            self._half_open.pop(source, None)
            self._tell(source, association.session.identity, failure)
        else:
            self._open.drop(source)
            log.debug("%s:%d: %s", *source, failure.value)

    def _expire(self, source: Address, association: Association) -> None:
        self._give_up(source, association)
        self._serve_line()

    def _give_up(self, source: Address, association: Association) -> None:
        """A client whose Finished cannot be read, for all its repetitions, has another key."""
        association.session.close()
        failure = Failure.WRONG_KEY if association.has_finished else Failure.TIMEOUT
        self._bury(source, association, failure)

    def _drop_half_open(self, source: Address) -> None:
        association = self._half_open.pop(source, None)
        if association is not None:
            association.end_handshake()
            association.session.close()

    def _flush(self, source: Address, session: Session) -> None:
        for datagram in session.outgoing():
            self._below.send(datagram, source)

    def _tell(self, source: Address, identity: bytes, failure: Failure) -> None:
        log.info("no DTLS session with %s:%d: %s", *source, failure.value)
        if self._failed is not None:
            self._failed(source, identity, failure)
