"""Fetching one file by CoAP, in blocks: `coap://host[:port]/path?query` (RFC 7252 6.4, RFC 7959).

Pure, and shaped like the client: datagrams and `now` (float seconds of any monotonic clock) come
in, `outputs()` and `deadline()` go out.
"""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, Literal

from lwm2m_core.accounts import Account
from lwm2m_core.assembly import Assembly, Fault
from lwm2m_core.block_option import Block, is_block_size
from lwm2m_core.client_outputs import LinkOutput
from lwm2m_core.endpoint import Datagram, Endpoint, Failed, Request, Response, Rng, Transmission
from lwm2m_core.errors import EngineError
from lwm2m_core.message import Code, Message, Option, Options
from lwm2m_core.peer import Peer
from lwm2m_core.uris import CoapUri, UriFault, parse_coap_uri

BODY_LIMIT: Final = 1 << 20
"""Bytes of a file, unless the owner sets another limit (chosen)."""

BLOCK_SIZE: Final = 512
"""The modules' REST_MAX_CHUNK (MB 2.3)."""

Reason = Literal[UriFault, "refused", Fault, "timeout", "link"]
"""Why there is no file: `invalid URI`, `unsupported scheme` (anything but coap); `refused`, by an
error code, or by RST, then without one; `too large` or `broken` as in assembly; `timeout`, nobody
answers; `link`, the link could not be opened, or died."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Bytes that are here, and of how many if the server tells (Size2)."""

    received: int
    total: int | None


@dataclass(frozen=True, slots=True)
class Downloaded:
    body: bytes


@dataclass(frozen=True, slots=True)
class DownloadFailed:
    """`code` is that of the answer, set only with `refused`."""

    reason: Reason
    code: int | None = None


DownloadOutput = LinkOutput | Progress | Downloaded | DownloadFailed


class _State(Enum):
    IDLE = auto()
    CONNECTING = auto()
    UNDER_WAY = auto()
    OVER = auto()


class Download:
    """One file, once. Its link is closed before its end is told, by exactly one of Downloaded and
    DownloadFailed, unless it is cancelled. Calls that do not fit the state raise EngineError."""

    def __init__(
        self,
        uri: str,
        rng: Rng,
        *,
        transmission: Transmission | None = None,
        block_size: int = BLOCK_SIZE,
        body_limit: int = BODY_LIMIT,
    ) -> None:
        """`block_size`, 16 to 1024, is what the server is asked for; it may choose a smaller one.
        `body_limit` is in bytes; a file that is longer is given up before it is kept."""
        if not is_block_size(block_size):
            raise EngineError(f"no block has {block_size} bytes")
        self._target = parse_coap_uri(uri)
        self._size = block_size
        self._rng = rng
        self._endpoint = Endpoint(transmission or Transmission(), rng)
        self._assembly = Assembly(body_limit)
        self._outputs: list[DownloadOutput] = []
        self._peer: Peer | None = None
        self._state = _State.IDLE

    # What the owner asks for.

    def start(self, now: float) -> None:
        """Ask for a link; the rest follows. A URI that cannot be fetched fails at once."""
        if self._state is not _State.IDLE:
            raise EngineError("a download begins only once")
        if not isinstance(self._target, CoapUri):
            self._fail(self._target)
            return
        self._state = _State.CONNECTING
        account = Account(self._target.host, self._target.port)
        self._peer = Peer(account, "download", self._endpoint, 0, self._outputs.append)
        self._peer.connect()

    def cancel(self, now: float) -> None:
        """Drop it: the link is closed, nothing is sent, nothing is reported."""
        self._leave()

    # What the network and the clock bring.

    def link_up(self, link: int, now: float) -> None:
        peer = self._current(link)
        if peer is not None and self._state is _State.CONNECTING:
            self._state = _State.UNDER_WAY
            peer.link_up()
            self._ask(Block.at(0, self._size), now, extra=((Option.SIZE2, b""),))
            self._pump(now)

    def link_lost(self, link: int, reason: str, now: float) -> None:
        """The link died, or could not be opened."""
        peer = self._current(link)
        if peer is not None:
            peer.link_lost()
            self._fail("link")

    def send_failed(self, link: int, now: float) -> None:
        """As in the client, the datagram counts as lost (decision 28)."""

    def datagram_received(self, link: int, data: bytes, now: float) -> None:
        peer = self._current(link)
        if peer is not None and peer.is_up:
            self._endpoint.receive(data, now)
            self._pump(now)

    def handle_timeout(self, now: float) -> None:
        if self._peer is not None:
            self._endpoint.handle_timeout(now)
            self._pump(now)

    def deadline(self) -> float | None:
        """When handle_timeout() is due; None if nothing is waited for. How long a link may take to
        come up is the owner's affair."""
        return None if self._peer is None else self._endpoint.deadline()

    def outputs(self) -> list[DownloadOutput]:
        """All that has come about since the last call, in order."""
        drained = self._outputs[:]
        self._outputs.clear()
        return drained

    # Inside.

    def _current(self, link: int) -> Peer | None:
        return self._peer if self._peer is not None and self._peer.is_current(link) else None

    def _ask(self, block: Block, now: float, extra: Options = ()) -> None:
        assert isinstance(self._target, CoapUri)
        options = (*self._target.options, block.option(Option.BLOCK2), *extra)
        self._endpoint.request(Code.GET, now, options=options)

    def _pump(self, now: float) -> None:
        while self._peer is not None and (batch := self._endpoint.outputs()):
            for output in batch:
                if self._peer is not None:
                    self._take(self._peer, output, now)

    def _take(self, peer: Peer, output: object, now: float) -> None:
        match output:
            case Datagram(data=data):
                peer.send(data)
            case Request(message=message):  # we are nobody's server here
                self._endpoint.respond(message.mid, Code.NOT_FOUND, now)
            case Response(message=message):
                self._answered(message, now)
            case Failed(reason="timeout"):
                self._fail("timeout")
            case Failed():
                self._fail("refused")

    def _answered(self, answer: Message, now: float) -> None:
        match self._assembly.take(answer):
            case Message(code=Code.CONTENT, payload=body):
                self._finish(Downloaded(body))
            case Message(code=code):
                self._finish(DownloadFailed("refused", code))
            case Block() as following:
                self._outputs.append(Progress(self._assembly.received, self._assembly.total))
                self._ask(following, now)
            case fault:
                self._fail(fault)

    def _fail(self, reason: Reason) -> None:
        self._finish(DownloadFailed(reason))

    def _finish(self, end: Downloaded | DownloadFailed) -> None:
        self._leave()
        self._outputs.append(end)

    def _leave(self) -> None:
        self._state = _State.OVER
        if self._peer is not None:
            self._peer.disconnect()
        self._peer = None
