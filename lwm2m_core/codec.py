"""CoAP datagrams to messages and back. The only file that knows aiocoap, which reads the values.

aiocoap is lenient where RFC 7252 demands rejection, and for every unknown option number and
Content-Format that it meets it keeps an enumeration member for ever. So a datagram is taken apart
here, and aiocoap reads the values of the options that it knows; what it keeps then ends at 65536.
Options that come again and again are read once. Options are written here as well, whose values are
bytes by then: aiocoap takes four times as long to put numbers and lengths before them.
"""

from functools import lru_cache
from operator import itemgetter
from typing import Final

from aiocoap.numbers.optionnumbers import OptionNumber

from lwm2m_core.errors import EngineError
from lwm2m_core.message import Code, Message, Option, Options

_HEADER: Final = 4
_MARKER: Final = 0xFF
_EMPTY: Final = int(Code.EMPTY)
_RESERVED_CLASSES: Final = frozenset({1, 6, 7})
_FORMATS: Final = {int(number): number.format for number in OptionNumber}
_KNOWN: Final = 1024  # beginnings of messages that are remembered: a server asks for few things
_KNOWN_LENGTH: Final = 64  # of one, at most
_LONGEST: Final = 0xFFFF + 269  # what an extended delta or length can say (RFC 7252 section 3.1)
_SHORT_HEADS: Final = tuple(bytes((head,)) for head in range(256))  # of options, one byte long
_SHORT_NUMBERS: Final = frozenset({Option.CONTENT_FORMAT, Option.ACCEPT})


class FormatError(Exception):
    """A datagram that is no CoAP message.

    `mid` and `type` are what its header says, for the Reset that a malformed Confirmable message
    gets (RFC 7252 section 4.2); both are None where there is no header to trust: fewer than four
    bytes, or a version that is not 1, which must be ignored in silence (section 3).
    """

    def __init__(self, reason: str, mid: int | None = None, type: int | None = None) -> None:
        super().__init__(reason)
        self.mid = mid
        self.type = type


class _Malformed(Exception):
    """What RFC 7252 sections 3, 4.1 and 4.2 call a message format error."""


def decode(data: bytes) -> Message:
    """One datagram as a message; leading zeros of numeric options are lost. Raises FormatError."""
    if len(data) < _HEADER or data[0] >> 6 != 1:
        raise FormatError("not CoAP version 1")
    mid = data[2] << 8 | data[3]
    type = data[0] >> 4 & 3
    start = _HEADER + (data[0] & 15)
    try:
        _check_header(data, start)
        rest = data[start:]
        read = _known if len(rest) <= _KNOWN_LENGTH else _options
        options, end = read(rest)
    except (_Malformed, ValueError) as error:  # ValueError: text that is not UTF-8
        raise FormatError(str(error), mid, type) from error
    return Message(type, data[1], mid, data[_HEADER:start], options, rest[end:])


def encode(message: Message) -> bytes:
    """A message as one datagram; options may come in any order. Raises EngineError if a token, mid
    or option is too large for the format."""
    mid, token = message.mid, message.token
    if len(token) > 8 or not 0 <= mid <= 0xFFFF:
        raise EngineError(f"token {token.hex()} or mid {mid} does not fit")
    head = bytes((0x40 | message.type << 4 | len(token), message.code, mid >> 8, mid & 0xFF))
    written = head + token
    last, options = 0, message.options
    for number, value in sorted(options, key=itemgetter(0)) if len(options) > 1 else options:
        delta, length = number - last, len(value)
        if delta < 13 and length < 13:
            written += _SHORT_HEADS[delta << 4 | length] + value
        else:
            written += _long_head(delta, length) + value
        last = number
    return written + b"\xff" + message.payload if message.payload else written


def _long_head(delta: int, length: int) -> bytes:
    """What stands before the value of an option (RFC 7252 section 3.1)."""
    if max(delta, length) > _LONGEST:
        raise EngineError(f"option does not fit: {length} bytes, {delta} above the one before")
    (high, more), (low, most) = _nibble(delta), _nibble(length)
    return bytes((high << 4 | low,)) + more + most


def _nibble(value: int) -> tuple[int, bytes]:
    """An option delta or length: four bits in the first byte, and the bytes that extend them."""
    if value < 13:
        return value, b""
    if value < 269:
        return 13, bytes((value - 13,))
    return 14, (value - 269).to_bytes(2, "big")


def _check_header(data: bytes, start: int) -> None:
    """`start` is where the options begin."""
    if start > _HEADER + 8:
        raise _Malformed("token length 9 to 15")
    if data[1] >> 5 in _RESERVED_CLASSES:
        raise _Malformed("reserved code class")
    if data[1] == _EMPTY and len(data) != _HEADER:
        raise _Malformed("bytes behind an Empty message")
    if len(data) < start:
        raise _Malformed("truncated token")


def _options(data: bytes) -> tuple[Options, int]:
    """The options of what stands behind the token, and where the payload begins."""
    found: list[tuple[int, bytes]] = []
    at, number, end = 0, 0, len(data)
    while at < end:
        head = data[at]
        at += 1
        if head == _MARKER:
            if at == end:
                raise _Malformed("payload marker without a payload")
            break
        delta, at = _extended(head >> 4, data, at)
        length, at = _extended(head & 15, data, at)
        number += delta
        value = data[at : at + length]
        at += length
        if at > end:
            raise _Malformed("option cut short")
        if number > 0xFFFF or (length > 2 and number in _SHORT_NUMBERS):
            raise _Malformed("option number or format beyond 16 bits")
        found.append((number, _read(number, value)))
    return tuple(found), at


_known = lru_cache(_KNOWN)(_options)


def _extended(nibble: int, data: bytes, at: int) -> tuple[int, int]:
    """An option delta or length and where it ends (RFC 7252 section 3.1)."""
    if nibble < 13:
        return nibble, at
    if nibble == 13 and at < len(data):
        return data[at] + 13, at + 1
    if nibble == 14 and at + 1 < len(data):
        return (data[at] << 8 | data[at + 1]) + 269, at + 2
    raise _Malformed("option cut short, or with the reserved length 15")


def _read(number: int, value: bytes) -> bytes:
    """The value as aiocoap would send it on."""
    known = _FORMATS.get(number)
    if known is None:
        return value
    option = known(number)
    option.decode(value)
    read: bytes = option.encode()
    return read
