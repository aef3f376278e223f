"""The body of a request of ours that goes out in blocks: Block1, as its sender (RFC 7959 2.3)."""

from dataclasses import dataclass

from lwm2m_core.block_option import LARGEST, Block
from lwm2m_core.message import Code, Message, Option, Options, uint_bytes


@dataclass(slots=True)
class Upload:
    """`body` piece by piece; all in one if it fits into a block. `size` gets smaller when the peer
    says so, never larger."""

    body: bytes
    size: int = LARGEST
    _at: int = 0
    _began_anew: bool = False

    @property
    def is_in_blocks(self) -> bool:
        return len(self.body) > self.size

    def piece(self) -> tuple[Options, bytes]:
        """The payload of the next request, and the options that say which piece it is: Block1, and
        with the first Size1 (RFC 7959 4)."""
        if not self.is_in_blocks:
            return (), self.body
        block = Block.at(self._at, self.size, more=self._end < len(self.body))
        options: Options = (block.option(Option.BLOCK1),)
        if self._at == 0:
            options = (*options, (Option.SIZE1, uint_bytes(len(self.body))))
        return options, self.body[self._at : self._end]

    def goes_on(self, answer: Message) -> bool:
        """Whether another `piece` is to be sent; otherwise `answer` is that to the whole request.

        4.13 with a smaller size begins again with it, also for a body that went out in one piece
        (RFC 7959 2.9.3); 4.08 begins again once, for the peer has lost what it had (2.9.2).
        """
        wanted = Block.of(answer, Option.BLOCK1)
        match answer.code:
            case Code.CONTINUE if self.is_in_blocks and self._end < len(self.body):
                self._at = self._end
                self.size = self.size if wanted is None else min(self.size, wanted.size)
                return True
            case Code.REQUEST_ENTITY_TOO_LARGE if wanted is not None:
                return self._begin_smaller(wanted.size)
            case Code.REQUEST_ENTITY_INCOMPLETE if self.is_in_blocks and not self._began_anew:
                self._at, self._began_anew = 0, True
                return True
        return False

    @property
    def _end(self) -> int:
        return self._at + self.size

    def _begin_smaller(self, size: int) -> bool:
        if size >= min(self.size, len(self.body)):
            return False
        self._at, self.size = 0, size
        return True
