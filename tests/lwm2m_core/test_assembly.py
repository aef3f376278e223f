"""The end of what blocks can number (RFC 7959 2.2); the rest is seen in test_download.py."""

from lwm2m_core.assembly import Assembly
from lwm2m_core.message import Code, Message


def test_more_than_blocks_of_their_size_can_number() -> None:
    """Number FFFFF of 16 bytes, with more to follow, is the last that there can be."""
    assembly = Assembly(limit=1 << 30, received=0xFFFFF * 16)
    answer = Message(2, Code.CONTENT, 1, b"", ((23, b"\xff\xff\xf8"),), bytes(16))
    assert assembly.take(answer) == "too large"
