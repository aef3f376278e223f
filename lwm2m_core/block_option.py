"""The value of a Block1 or Block2 option (RFC 7959 2.2)."""

from typing import Final, Self

from lwm2m_core.frozen import frozen
from lwm2m_core.message import Message, Option, uint_bytes

LARGEST: Final = 1024
"""Bytes of the largest block; the exponent after it, 7, is reserved."""

NUMBER_LIMIT: Final = 0xFFFFF
"""The number of a block is 20 bits wide."""


@frozen
class Block:
    """NUM, M and SZX as the one number that they are on the wire."""

    value: int

    @classmethod
    def at(cls, start: int, size: int, *, more: bool = False) -> Self:
        """The block of `size` bytes that begins at `start`, one of its multiples."""
        return cls(start // size << 4 | more << 3 | size.bit_length() - 5)

    @classmethod
    def of(cls, message: Message, option: Option) -> Self | None:
        value = message.uint(option)
        return None if value is None else cls(value)

    @property
    def number(self) -> int:
        return self.value >> 4

    @property
    def more(self) -> bool:
        return bool(self.value & 8)

    @property
    def size(self) -> int:
        """Bytes of every block but the last. The exponent 7, which is reserved, makes 2048."""
        return 16 << (self.value & 7)

    @property
    def start(self) -> int:
        return self.number * self.size

    def holds(self, payload: bytes) -> bool:
        """Whether a block may be so; if not, it is 4.00 (RFC 7959 2.2)."""
        fits = len(payload) == self.size if self.more else len(payload) <= self.size
        return fits and self.size <= LARGEST

    def option(self, number: Option) -> tuple[int, bytes]:
        return number, uint_bytes(self.value)


def is_block_size(size: int) -> bool:
    """Powers of two from 16 to 1024."""
    return 16 <= size <= LARGEST and size & (size - 1) == 0


def wanted_size(request: Message) -> int:
    """Bytes of the blocks that the answer may have (RFC 7959 2.4)."""
    block = Block.of(request, Option.BLOCK2)
    return LARGEST if block is None else block.size
