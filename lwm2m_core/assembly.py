"""The body of an answer to a request of ours that comes in blocks: Block2, as its receiver
(RFC 7959)."""

from dataclasses import dataclass
from typing import Literal

from lwm2m_core.block_option import NUMBER_LIMIT, Block
from lwm2m_core.message import Message, Option, is_success

Fault = Literal["too large", "broken"]
"""too large: more than the limit, or than blocks of their size can number; broken: the blocks do
not follow one another, or the body was replaced twice while it was fetched."""

_OF_ONE_BLOCK = frozenset({Option.BLOCK2, Option.SIZE2})


@dataclass(slots=True)
class Assembly:
    """Puts one body together, of at most `limit` bytes. The peer chooses the size of its blocks,
    and may choose a smaller one on the way (RFC 7959 2.4)."""

    limit: int
    received: int = 0
    total: int | None = None
    """Bytes of the whole body, if the peer has told (Size2, RFC 7959 4)."""
    _first: Message | None = None
    _pieces: tuple[bytes, ...] = ()
    _began_anew: bool = False

    def take(self, answer: Message) -> Message | Block | Fault:
        """The next answer: the answer with its whole body, the block to ask for next, or why there
        will be no body. An error is an answer whenever it comes."""
        if not is_success(answer.code):
            return answer
        block = Block.of(answer, Option.BLOCK2)
        if block is None:
            return self._take_unblocked(answer)
        if not block.holds(answer.payload):
            return "broken"
        if self._first is None:
            self._first = answer
        elif self._first.option(Option.ETAG) != answer.option(Option.ETAG):
            return self._begin_anew(block)
        if block.start != self.received:
            return "broken"
        return self._add(self._first, answer, block)

    def _take_unblocked(self, answer: Message) -> Message | Fault:
        if self._first is not None:
            return "broken"
        return answer if len(answer.payload) <= self.limit else "too large"

    def _begin_anew(self, block: Block) -> Block | Fault:
        """The body was replaced while it was fetched (RFC 7959 2.4). Once; a body that is replaced
        again and again would never end."""
        if self._began_anew:
            return "broken"
        self._began_anew = True
        self._first, self._pieces, self.received, self.total = None, (), 0, None
        return Block.at(0, block.size)

    def _add(self, first: Message, answer: Message, block: Block) -> Message | Block | Fault:
        total = answer.uint(Option.SIZE2)
        self.total = self.total if total is None else total
        if max(self.received + len(answer.payload), self.total or 0) > self.limit:
            return "too large"
        self._pieces += (answer.payload,)
        self.received += len(answer.payload)
        if block.more:
            following = Block.at(self.received, block.size)
            return following if following.number <= NUMBER_LIMIT else "too large"
        options = tuple(each for each in first.options if each[0] not in _OF_ONE_BLOCK)
        return first._replace(options=options, payload=b"".join(self._pieces))
