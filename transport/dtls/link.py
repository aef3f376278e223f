"""A link whose datagrams travel in a DTLS session, over a link of any other kind."""

import asyncio
from collections import deque

from transport.dtls.choice import client_session
from transport.dtls.handshake import Handshake
from transport.dtls.session import (
    BackEndName,
    DtlsSettings,
    Failure,
    HandshakeError,
    Psk,
    State,
    Suite,
)
from transport.link import Address, Link, LinkOpener, LinkReceiver, Tap
from transport.udp import open_udp

QUEUE_LIMIT = 64  # datagrams that wait for the handshake after a rebind; more fail (chosen)
EARLY_LIMIT = 64  # datagrams of the far end that wait until the opener has its link; more are lost


async def open_dtls(
    remote: Address,
    receiver: LinkReceiver,
    psk: Psk,
    settings: DtlsSettings | None = None,
    *,
    opener: LinkOpener = open_udp,
    tap: Tap | None = None,
    ciphertext_tap: Tap | None = None,
) -> "DtlsLink":
    """A link to `remote` whose handshake is done, so that nothing sent is lost to it.

    `opener` opens the link below, which `ciphertext_tap` sees; `tap` sees the plaintext.
    HandshakeError if the far end does not answer or will not have us, BackEndError if no library
    here can do it, OSError as `opener` raises it. Who cancels this leaves nothing behind.
    """
    link = DtlsLink(receiver, psk, settings or DtlsSettings(), tap)
    try:
        await link.start(opener, remote, ciphertext_tap)
    except BaseException:
        link.close()
        raise
    return link


class DtlsLink:
    """A `Link`. `suite` and `back_end` tell what carries it.

    A rebind takes a new port and a new session, because a session without Connection ID cannot
    move. What is sent meanwhile waits. If the far end ends the session, the link is lost.
    """

    def __init__(
        self, receiver: LinkReceiver, psk: Psk, settings: DtlsSettings, tap: Tap | None
    ) -> None:
        self._receiver = receiver
        self._psk, self._settings, self._tap = psk, settings, tap
        self._loop = asyncio.get_running_loop()
        self._session = client_session(psk, settings)
        self._handshake: Handshake | None = None
        self._inner: Link
        self._alive = False
        self._opening: asyncio.Future[None] | None = None
        self._early: deque[bytes] = deque(maxlen=EARLY_LIMIT)
        self._waiting: deque[bytes] = deque()
        self._hint = ""

    async def start(self, opener: LinkOpener, remote: Address, tap: Tap | None) -> None:
        """Open the link below and shake hands."""
        self._inner = await opener(remote, _Below(self), tap=tap)
        self._alive = True
        self._opening = self._loop.create_future()
        self._begin()
        await self._opening
        self._opening = None
        self._loop.call_soon(self._deliver_early)

    @property
    def local(self) -> Address:
        return self._inner.local

    @property
    def remote(self) -> Address:
        return self._inner.remote

    @property
    def suite(self) -> Suite | None:
        """What was negotiated; None during a handshake."""
        return None if self._handshake is not None else self._session.suite

    @property
    def back_end(self) -> BackEndName:
        return self._session.back_end

    def send(self, data: bytes) -> None:
        if not self._alive:
            return
        if self._handshake is None:
            self._send(data)
        elif len(self._waiting) < QUEUE_LIMIT:
            self._waiting.append(data)
        else:
            self._fail_soon(f"{QUEUE_LIMIT} datagrams wait for the handshake already")

    def rebind(self) -> None:
        if not self._alive:
            return
        self._end_handshake()
        self._session.close(notify=False)  # the old address is not ours any more
        self._inner.rebind()
        self._session = client_session(self._psk, self._settings)
        self._begin()

    def close(self) -> None:
        self._end_handshake()
        self._session.close()
        if self._alive:
            self._flush()
            self._alive = False
            self._inner.close()

    # from the link below

    def ciphertext_received(self, data: bytes) -> None:
        plaintexts = self._session.receive(data)
        self._stepped()
        for plaintext in plaintexts:
            self._deliver(plaintext)
        self._bury()

    def send_failed(self, reason: str) -> None:
        """In a handshake it only explains why nobody answers: the library tries again."""
        if self._handshake is not None:
            self._hint = f" ({reason})"
        else:
            self._tell_failed(reason)

    def lose(self, reason: str, failure: Failure) -> None:
        """The link is dead: who opens it is told, or else the receiver."""
        if not self._alive:
            return
        self.close()
        if self._opening is None:
            self._receiver.link_lost(reason)
        elif not self._opening.done():
            self._opening.set_exception(HandshakeError(failure, reason))

    # the session

    def _begin(self) -> None:
        self._hint = ""
        self._handshake = Handshake(
            self._session, self._settings.handshake_seconds, self._retried, self._given_up
        )
        self._flush()

    def _retried(self) -> None:
        self._stepped()
        self._bury()

    def _given_up(self) -> None:
        """A server that chose a suite and then fell silent could not read our Finished."""
        failure = Failure.TIMEOUT if self._session.suite is None else Failure.WRONG_KEY
        self.lose(f"DTLS: {failure.value}{self._hint}", failure)

    def _stepped(self) -> None:
        """The session took a turn."""
        self._flush()
        if self._handshake is not None:
            self._handshake.rearm()
            if self._session.state is State.OPEN:
                self._come_up()

    def _come_up(self) -> None:
        self._end_handshake()
        if self._opening is not None and not self._opening.done():
            self._opening.set_result(None)
        while self._waiting:
            self._send(self._waiting.popleft())

    def _bury(self) -> None:
        """Lose the link if the session has ended."""
        failure = self._session.failure
        if failure is not None:
            self.lose(f"DTLS: {failure.value}", failure)

    def _end_handshake(self) -> None:
        if self._handshake is not None:
            self._handshake.end()
            self._handshake = None

    def _flush(self) -> None:
        for datagram in self._session.outgoing():
            self._inner.send(datagram)

    def _send(self, data: bytes) -> None:
        if not self._session.send(data):
            self._fail_soon(
                f"{len(data)} bytes are too long for one record ({self._session.largest})"
            )
            return
        if self._tap is not None:
            self._tap("up", data, self.local, self.remote)
        self._flush()

    def _fail_soon(self, reason: str) -> None:
        self._loop.call_soon(self._tell_failed, reason)

    # to the receiver

    def _deliver(self, plaintext: bytes) -> None:
        if self._opening is not None:
            self._early.append(plaintext)
        elif self._alive:
            if self._tap is not None:
                self._tap("down", plaintext, self.remote, self.local)
            self._receiver.datagram_received(plaintext)

    def _tell_failed(self, reason: str) -> None:
        if self._alive:
            self._receiver.send_failed(reason)

    def _deliver_early(self) -> None:
        while self._early:
            self._deliver(self._early.popleft())


class _Below:
    """What the link below tells."""

    def __init__(self, link: DtlsLink) -> None:
        self._link = link

    def datagram_received(self, data: bytes) -> None:
        self._link.ciphertext_received(data)

    def send_failed(self, reason: str) -> None:
        self._link.send_failed(reason)

    def link_lost(self, reason: str) -> None:
        self._link.lose(reason, Failure.UNREACHABLE)
