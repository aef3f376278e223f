"""Our own requests with bodies of any length, and answers likewise (RFC 7959)."""

from dataclasses import dataclass
from typing import Final

from lwm2m_core.assembly import Assembly
from lwm2m_core.block_option import LARGEST, Block, is_block_size
from lwm2m_core.endpoint import Endpoint
from lwm2m_core.errors import EngineError
from lwm2m_core.message import Code, Message, Option, Options, is_success
from lwm2m_core.outputs import Failed, NoAnswer, Response
from lwm2m_core.upload import Upload

ANSWER_LIMIT: Final = 2048
"""Bytes of an answer, unless the owner sets another limit: the reassembly limit of the public
clients (MB 2.3)."""

_OF_THE_BODY: Final = frozenset({Option.CONTENT_FORMAT, Option.OBSERVE})
"""What a request for a later block does not repeat: it has no payload, and observes nothing (RFC
7959 2.6, 3.3)."""


@dataclass(slots=True, eq=False)
class _Transfer:
    """`first` is the endpoint's handle of the request that has the owner's token, from which
    notifications come; `later` that of the one for a later block of the answer. Both are None where
    nothing more comes of them. `kept`: more notifications follow; `answered`: the first answer has
    been told."""

    handle: int
    code: int
    options: Options
    token: bytes | None
    upload: Upload
    assembly: Assembly | None = None  # of an answer that has begun
    first: int | None = None
    later: int | None = None
    kept: bool = False
    answered: bool = False

    @property
    def observes(self) -> bool:
        return (Option.OBSERVE, b"") in self.options

    @property
    def may_begin_anew(self) -> bool:
        """Whether an answer that was replaced is read again from its beginning. Not where that
        would be to ask for something twice, nor to lose the Observe of the answer."""
        return self.code == Code.GET and not self.observes


class Transfers:
    """The requests made at one endpoint. Each block is a message of its own, sent again until it is
    acknowledged.

    While a body goes out in blocks all later requests wait: the peer could not tell the blocks of
    two bodies for one path apart (RFC 7959 2.5). How many wait is the owner's affair.
    """

    __slots__ = (
        "endpoint", "_answer_limit", "_last", "_transfers", "_waiting",
        "_sending",
    )  # fmt: skip

    def __init__(self, endpoint: Endpoint, answer_limit: int = ANSWER_LIMIT) -> None:
        self.endpoint: Final = endpoint
        self._answer_limit = answer_limit
        self._last = 0  # handle
        self._transfers: tuple[_Transfer, ...] = ()  # some dozens at most; a dictionary is larger
        self._waiting: tuple[_Transfer, ...] = ()
        self._sending: _Transfer | None = None

    def request(
        self,
        code: int,
        now: float,
        *,
        options: Options = (),
        payload: bytes = b"",
        token: bytes | None = None,
        block_size: int = LARGEST,
    ) -> int:
        """Send a request, as soon as it may be sent, and return its handle, which is none of the
        endpoint's. As there, it ends with one Response or Failed, or goes on with Observe; `token`
        is that of each block with a payload; without it they have that of the first, by which
        node-coap puts them together (chosen: RFC 7959 leaves it to us). EngineError for a
        `block_size` that is none."""
        if not is_block_size(block_size):
            raise EngineError(f"no block has {block_size} bytes")
        handle = self._last = self._last + 1
        transfer = _Transfer(handle, code, options, token, Upload(payload, block_size))
        self._transfers += (transfer,)
        self._waiting += (transfer,)
        self._send_waiting(now)
        return handle

    def take(self, output: Response | Failed, now: float) -> Response | Failed | None:
        """What the endpoint tells of a block means for its request; None: nothing yet."""
        transfer = self._of_request(output.handle)
        if transfer is None:
            return None
        end = self._take(transfer, output, now)
        self._send_waiting(now)
        return end

    def stop(self, handle: int) -> None:
        """End a request or observation without an event. Nothing happens if it has ended."""
        for transfer in self._transfers:
            if transfer.handle == handle:
                self._end(transfer)

    # Sending.

    def _send_waiting(self, now: float) -> None:
        while self._waiting and self._sending is None:
            first, *others = self._waiting
            self._waiting = tuple(others)
            self._send(first, now)

    def _send(self, transfer: _Transfer, now: float) -> None:
        """A piece of the body, or all of it."""
        extra, payload = transfer.upload.piece()
        if transfer.upload.is_in_blocks:
            self._sending = transfer
        transfer.first = self.endpoint.request(
            transfer.code,
            now,
            options=(*transfer.options, *extra),
            payload=payload,
            token=transfer.token,
        )
        transfer.token = self.endpoint.token_of(transfer.first)

    def _ask(self, transfer: _Transfer, block: Block, now: float) -> None:
        """For a later block of the answer."""
        kept = tuple(each for each in transfer.options if each[0] not in _OF_THE_BODY)
        options = (*kept, block.option(Option.BLOCK2))
        transfer.later = self.endpoint.request(transfer.code, now, options=options)

    # Receiving.

    def _of_request(self, handle: int) -> _Transfer | None:
        for transfer in self._transfers:
            if handle in (transfer.first, transfer.later):
                return transfer
        return None

    def _take(
        self, transfer: _Transfer, output: Response | Failed, now: float
    ) -> Response | Failed | None:
        if output.handle == transfer.later:
            self._leave_later(transfer)
            if isinstance(output, Response):
                return self._receive(transfer, output.message, now)
        elif isinstance(output, Response):
            return self._answered(transfer, output.message, now)
        return self._fail(transfer, output.reason)

    def _answered(
        self, transfer: _Transfer, answer: Message, now: float
    ) -> Response | Failed | None:
        """An answer to a piece of the body, or a notification, be it that the one before has not
        come whole: then it never will (RFC 7959 2.6)."""
        transfer.kept = transfer.observes and is_success(answer.code) and answer.observe is not None
        if not transfer.kept:
            self._leave_first(transfer)
        if self._sending is transfer:
            self._sending = None
        if transfer.upload.goes_on(answer):
            self._waiting = (transfer, *self._waiting)
            return None
        transfer.assembly = Assembly(self._answer_limit)
        self._leave_later(transfer)
        return self._receive(transfer, answer, now)

    def _receive(
        self, transfer: _Transfer, answer: Message, now: float
    ) -> Response | Failed | None:
        assert transfer.assembly is not None
        match transfer.assembly.take(answer):
            case Message() as whole:
                transfer.answered = True
                if not transfer.kept:
                    self._end(transfer)
                return Response(transfer.handle, whole)
            case Block() as following if following.number or transfer.may_begin_anew:
                self._ask(transfer, following, now)
                return None
            case Block():
                return self._fail(transfer, "broken")
            case fault:
                return self._fail(transfer, fault)

    def _fail(self, transfer: _Transfer, reason: NoAnswer) -> Failed | None:
        """No answer, and the end of it; of a notification just that one is lost."""
        if transfer.answered and transfer.kept:
            return None
        self._end(transfer)
        return Failed(transfer.handle, reason)

    def _end(self, transfer: _Transfer) -> None:
        self._leave_first(transfer)
        self._leave_later(transfer)
        self._transfers = tuple(each for each in self._transfers if each is not transfer)
        self._waiting = tuple(each for each in self._waiting if each is not transfer)
        if self._sending is transfer:
            self._sending = None

    def _leave_first(self, transfer: _Transfer) -> None:
        if transfer.first is not None:
            self.endpoint.stop(transfer.first)
            transfer.first = None

    def _leave_later(self, transfer: _Transfer) -> None:
        if transfer.later is not None:
            self.endpoint.stop(transfer.later)
            transfer.later = None
