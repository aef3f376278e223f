"""Block-wise transfer (RFC 7959)."""

from lwm2m_core.message import Message, Option


def is_partial(message: Message) -> bool:
    """Whether a request carries one block of a longer body: NUM or M is not 0 (RFC 7959 2.2)."""
    block = message.uint(Option.BLOCK1)
    return block is not None and block >> 3 != 0
