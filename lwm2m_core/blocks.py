"""The body of a request that comes in blocks: Block1, as its receiver (RFC 7959; decision 36)."""

from dataclasses import dataclass, replace
from typing import TypeVar

from lwm2m_core.block_option import Block
from lwm2m_core.formats import ContentError, Span, find_value
from lwm2m_core.message import Code, Message, Option, Options, is_success
from lwm2m_core.operations import Execute, Part, Refusal, Write
from lwm2m_core.paths import Path

ASSEMBLED_LIMIT = 1024
"""Bytes of a body that is put together; a longer one is passed on block by block (manual 4.2)."""

TRANSFER_LIMIT = 4
"""Bodies that come in at a time. One more, and the one that has been silent longest is forgotten:
its next block gets 4.08 (chosen; one server sends one after another)."""

TRANSFER_LIFETIME = 247.0
"""Seconds until a body of which nothing more comes is forgotten (RFC 7252 4.8.2,
EXCHANGE_LIFETIME)."""

ASKED_LIMIT = 64
"""Blocks that wait for their answer; beyond it the oldest loses the option that goes with it."""

_Key = tuple[int, Path]
_K = TypeVar("_K")
_V = TypeVar("_V")


def is_partial(message: Message) -> bool:
    """Whether a request carries one block of a longer body: NUM or M is not 0 (RFC 7959 2.2)."""
    value = message.uint(Option.BLOCK1)
    return value is not None and value >> 3 != 0


@dataclass(slots=True)
class _Transfer:
    """A body of which `received` bytes have come: all are in `held`, until the blocks are passed
    on one by one; then `span` says where the value stands among them."""

    content_format: int | None
    heard_at: float
    received: int = 0
    held: bytes = b""
    span: Span | None = None

    def repeats(self, block: Block, payload: bytes) -> bool:
        """The last block once more, in another message: its answer was lost, or was not waited
        for. Only while nobody else has seen it."""
        again = block.more and block.start + block.size == self.received
        return again and self.span is None and self.held.endswith(payload)

    def add(
        self, block: Block, operation: Write | Execute, limit: int
    ) -> Write | Execute | Refusal:
        """Take the next block: what the owner is to be asked, or the answer."""
        self.received += len(operation.payload)
        if self.span is None:
            body = self.held + operation.payload
            if len(body) > limit:
                return self._begin(block, operation, body)
            self.held = body
            return Refusal(Code.CONTINUE) if block.more else replace(operation, payload=body)
        assert isinstance(operation, Write)
        return self._pass(block, operation, operation.payload, None, self.span)

    def _begin(self, block: Block, operation: Write | Execute, body: bytes) -> Write | Refusal:
        """It gets too long: what was held and this block are the first to be passed on."""
        if isinstance(operation, Execute):
            return Refusal(Code.REQUEST_ENTITY_TOO_LARGE)
        try:
            span = find_value(self.content_format, operation.path, body)
        except ContentError:
            return Refusal(Code.BAD_REQUEST)
        if span is None:
            return Refusal(Code.REQUEST_ENTITY_TOO_LARGE)
        held, self.held, self.span = self.held, b"", span
        payload = body[max(span.start, len(held)) :]
        return self._pass(block, operation, payload, held[span.start :], span)

    def _pass(
        self, block: Block, operation: Write, payload: bytes, before: bytes | None, span: Span
    ) -> Write | Refusal:
        if span.end is not None and self.received > span.end:
            return Refusal(Code.REQUEST_ENTITY_TOO_LARGE)  # another resource follows
        last = not block.more
        if last and span.end is not None and self.received < span.end:
            return Refusal(Code.BAD_REQUEST)
        return replace(operation, path=span.path, payload=payload, part=Part(before, last))


@dataclass(frozen=True, slots=True)
class _Asked:
    """A block that waits for its answer, with what the owner was asked."""

    block: Block
    key: _Key
    transfer: _Transfer | None
    operation: Write | Execute | None


class Blocks:
    """The bodies that come in during one session.

    A body belongs to a method and a path; block 0 begins it anew, whatever has come before. Blocks
    follow one another without gaps, in whatever sizes: anything else is 4.08 and ends it, and so
    does every answer to one of its blocks but 2.31.
    """

    __slots__ = ("_limit", "_transfers", "_asked")

    def __init__(self, limit: int = ASSEMBLED_LIMIT) -> None:
        """A Write's body is put together up to `limit` bytes (quirk block_passthrough)."""
        self._limit = limit
        self._transfers: dict[_Key, _Transfer] = {}  # the one heard last comes last
        self._asked: dict[int, _Asked] = {}

    def take(
        self, message: Message, operation: Write | Execute, now: float
    ) -> Write | Execute | Refusal:
        """A new request: what the owner is to be asked, the body whole or a part of it; or the
        answer, 2.31 while the body is put together. Either way `answered` follows."""
        block = Block.of(message, Option.BLOCK1)
        if block is None:
            long = isinstance(operation, Execute) and len(operation.payload) > ASSEMBLED_LIMIT
            return Refusal(Code.REQUEST_ENTITY_TOO_LARGE) if long else operation
        key = (message.code, operation.path)
        self._expire(now)
        outcome = self._next(block, key, operation, now)
        asked = None if isinstance(outcome, Refusal) else outcome
        self._asked.pop(message.mid, None)
        self._asked[message.mid] = _Asked(block, key, self._transfers.get(key), asked)
        _keep_newest(self._asked, ASKED_LIMIT)
        return outcome

    def asked(self, mid: int) -> Write | Execute | None:
        """What the owner was asked when request `mid` came, if it was a block of something."""
        found = self._asked.get(mid)
        return None if found is None else found.operation

    def answered(self, mid: int, code: int) -> Options:
        """Request `mid` is answered with `code`: the option that goes with it (RFC 7959 2.3)."""
        found = self._asked.pop(mid, None)
        if found is None:
            return ()
        if code != Code.CONTINUE:
            self._end(found)
        return (found.block.option(Option.BLOCK1),) if is_success(code) else ()

    def forget(self, mid: int) -> None:
        """Request `mid` gets no answer."""
        found = self._asked.pop(mid, None)
        if found is not None:
            self._end(found)

    def _next(
        self, block: Block, key: _Key, operation: Write | Execute, now: float
    ) -> Write | Execute | Refusal:
        transfer = self._transfers.pop(key, None)  # and back only if it goes on
        if not block.holds(operation.payload):
            return Refusal(Code.BAD_REQUEST)
        if block.number == 0:
            if not block.more:
                return operation
            transfer = _Transfer(operation.content_format, now)
        if transfer is None or transfer.content_format != operation.content_format:
            return Refusal(Code.REQUEST_ENTITY_INCOMPLETE)
        if block.number and transfer.repeats(block, operation.payload):
            self._keep(key, transfer, now)
            return Refusal(Code.CONTINUE)
        if block.start != transfer.received:
            return Refusal(Code.REQUEST_ENTITY_INCOMPLETE)
        limit = self._limit if isinstance(operation, Write) else ASSEMBLED_LIMIT
        outcome = transfer.add(block, operation, limit)
        if block.more and (not isinstance(outcome, Refusal) or outcome.code == Code.CONTINUE):
            self._keep(key, transfer, now)
        return outcome

    def _keep(self, key: _Key, transfer: _Transfer, now: float) -> None:
        transfer.heard_at = now
        self._transfers[key] = transfer
        _keep_newest(self._transfers, TRANSFER_LIMIT)

    def _end(self, asked: _Asked) -> None:
        """Unless it has begun anew meanwhile."""
        if asked.transfer is not None and self._transfers.get(asked.key) is asked.transfer:
            del self._transfers[asked.key]

    def _expire(self, now: float) -> None:
        old = [k for k, t in self._transfers.items() if t.heard_at + TRANSFER_LIFETIME <= now]
        for key in old:
            del self._transfers[key]


def _keep_newest(entries: dict[_K, _V], limit: int) -> None:
    while len(entries) > limit:
        del entries[next(iter(entries))]
