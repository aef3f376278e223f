"""One object for short texts that many modems say or hear alike: there are thousands of modems,
their hosts are one program, and each journal keeps what it has seen."""

from functools import lru_cache
from typing import Final

SHORT: Final = 64  # characters or bytes of a text that is worth looking up
SHARED: Final = 256  # texts that are remembered, those that were met last


@lru_cache(SHARED)
def _first(data: bytes) -> bytes:
    return data


def alike(data: bytes) -> bytes:
    """`data`, or what equals it and was met before."""
    return _first(data) if len(data) <= SHORT else data
