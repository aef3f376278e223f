"""CoAP messages as values: types, codes, option numbers (RFC 7252 sections 3, 5.10 and 12)."""

from collections.abc import Iterable
from enum import IntEnum
from functools import lru_cache
from operator import itemgetter
from typing import Final, NamedTuple

FORMATS_KNOWN: Final = 64  # content formats whose bytes are remembered

Options = tuple[tuple[int, bytes], ...]
"""Pairs of option number and raw value, ascending by number; equal numbers keep their order."""


class Type(IntEnum):
    """RFC 7252 section 3."""

    CON = 0
    NON = 1
    ACK = 2
    RST = 3


class Code(IntEnum):
    """RFC 7252 section 12.1, with FETCH, PATCH, iPATCH (RFC 8132), 2.31 and 4.08 (RFC 7959)."""

    EMPTY = 0
    GET = 1
    POST = 2
    PUT = 3
    DELETE = 4
    FETCH = 5
    PATCH = 6
    IPATCH = 7
    CREATED = 2 << 5 | 1
    DELETED = 2 << 5 | 2
    VALID = 2 << 5 | 3
    CHANGED = 2 << 5 | 4
    CONTENT = 2 << 5 | 5
    CONTINUE = 2 << 5 | 31
    BAD_REQUEST = 4 << 5 | 0
    UNAUTHORIZED = 4 << 5 | 1
    BAD_OPTION = 4 << 5 | 2
    FORBIDDEN = 4 << 5 | 3
    NOT_FOUND = 4 << 5 | 4
    METHOD_NOT_ALLOWED = 4 << 5 | 5
    NOT_ACCEPTABLE = 4 << 5 | 6
    REQUEST_ENTITY_INCOMPLETE = 4 << 5 | 8
    PRECONDITION_FAILED = 4 << 5 | 12
    REQUEST_ENTITY_TOO_LARGE = 4 << 5 | 13
    UNSUPPORTED_CONTENT_FORMAT = 4 << 5 | 15
    INTERNAL_SERVER_ERROR = 5 << 5 | 0
    NOT_IMPLEMENTED = 5 << 5 | 1
    BAD_GATEWAY = 5 << 5 | 2
    SERVICE_UNAVAILABLE = 5 << 5 | 3
    GATEWAY_TIMEOUT = 5 << 5 | 4
    PROXYING_NOT_SUPPORTED = 5 << 5 | 5


class Option(IntEnum):
    """RFC 7252 section 12.2, Observe (RFC 7641), Block1, Block2, Size2 (RFC 7959).

    63 carries OneNET's auth code (decision 21); being odd it is critical.
    """

    IF_MATCH = 1
    URI_HOST = 3
    ETAG = 4
    IF_NONE_MATCH = 5
    OBSERVE = 6
    URI_PORT = 7
    LOCATION_PATH = 8
    URI_PATH = 11
    CONTENT_FORMAT = 12
    MAX_AGE = 14
    URI_QUERY = 15
    ACCEPT = 17
    LOCATION_QUERY = 20
    BLOCK2 = 23
    BLOCK1 = 27
    SIZE2 = 28
    PROXY_URI = 35
    PROXY_SCHEME = 39
    SIZE1 = 60
    AUTH_CODE = 63


class ContentFormat(IntEnum):
    """TLV and JSON by their registered numbers, and by those of LwM2M's drafts."""

    TEXT = 0
    LINK = 40
    OPAQUE = 42
    TLV = 11542
    JSON = 11543
    TLV_OLD = 1542
    JSON_OLD = 1543


_UINT_LENGTHS: Final[dict[int, int]] = {
    Option.OBSERVE: 3,
    Option.URI_PORT: 2,
    Option.CONTENT_FORMAT: 2,
    Option.MAX_AGE: 4,
    Option.ACCEPT: 2,
    Option.BLOCK2: 3,
    Option.BLOCK1: 3,
    Option.SIZE2: 4,
    Option.SIZE1: 4,
}
"""Longest values of numeric options: table 4 of RFC 7252, tables 1 of RFC 7641 and RFC 7959."""


class Message(NamedTuple):
    """One CoAP message: `token` 0 to 8 bytes, `mid` 16 bits; codes and types may be plain ints. A
    tuple, because two are made for every exchange."""

    type: int
    code: int
    mid: int
    token: bytes = b""
    options: Options = ()
    payload: bytes = b""

    def option(self, number: int) -> bytes | None:
        """The first value of an option; further ones of an option that may not repeat are ignored
        (RFC 7252 section 5.4.5)."""
        for found, value in self.options:
            if found == number:
                return value
        return None

    def options_of(self, number: int) -> tuple[bytes, ...]:
        return tuple([value for found, value in self.options if found == number])

    def uint(self, number: int) -> int | None:
        """An option's value as a number; None if absent or longer than the option may be, which is
        the same as absent (RFC 7252 section 5.4.3)."""
        value = self.option(number)
        if value is None or len(value) > _UINT_LENGTHS.get(number, 8):
            return None
        return int.from_bytes(value, "big")

    @property
    def path(self) -> tuple[str, ...]:
        return self._texts(Option.URI_PATH)

    @property
    def query(self) -> tuple[str, ...]:
        return self._texts(Option.URI_QUERY)

    @property
    def location(self) -> tuple[str, ...]:
        return self._texts(Option.LOCATION_PATH)

    @property
    def content_format(self) -> int | None:
        return self.uint(Option.CONTENT_FORMAT)

    @property
    def accept(self) -> int | None:
        return self.uint(Option.ACCEPT)

    @property
    def observe(self) -> int | None:
        return self.uint(Option.OBSERVE)

    def _texts(self, number: int) -> tuple[str, ...]:
        return tuple([value.decode("utf-8", "replace") for value in self.options_of(number)])


def code_text(code: int) -> str:
    """A code as people write it: 69 is "2.05" (RFC 7252 section 3)."""
    return f"{code >> 5}.{code & 31:02}"


def is_request(code: int) -> bool:
    return 1 <= code <= 31


def is_response(code: int) -> bool:
    """Classes 2 to 5 (RFC 7252 section 12.1)."""
    return 64 <= code <= 191


def is_success(code: int) -> bool:
    return code >> 5 == 2


def uint_bytes(value: int) -> bytes:
    """A number as an option carries it: big-endian without leading zeros, 0 as no bytes at all
    (RFC 7252 section 3.2)."""
    return value.to_bytes((value.bit_length() + 7) // 8, "big")


_format_bytes = lru_cache(FORMATS_KNOWN)(uint_bytes)

_PATH, _QUERY, _LOCATION = map(int, (Option.URI_PATH, Option.URI_QUERY, Option.LOCATION_PATH))
_FORMAT, _ACCEPT = int(Option.CONTENT_FORMAT), int(Option.ACCEPT)
_OBSERVE, _MAX_AGE = int(Option.OBSERVE), int(Option.MAX_AGE)


def options(
    *,
    path: Iterable[str] = (),
    query: Iterable[str] = (),
    content_format: int | None = None,
    accept: int | None = None,
    observe: int | None = None,
    location: Iterable[str] = (),
    max_age: int | None = None,
    extra: Options = (),
) -> Options:
    """Options from their everyday values, in the order they have on the wire."""
    found: list[tuple[int, bytes]] = []
    if observe is not None:
        found.append((_OBSERVE, uint_bytes(observe)))
    for text in location:
        found.append((_LOCATION, text.encode()))
    for text in path:
        found.append((_PATH, text.encode()))
    if content_format is not None:
        found.append((_FORMAT, _format_bytes(content_format)))
    if max_age is not None:
        found.append((_MAX_AGE, uint_bytes(max_age)))
    for text in query:
        found.append((_QUERY, text.encode()))
    if accept is not None:
        found.append((_ACCEPT, uint_bytes(accept)))
    if extra:
        found += extra
        found.sort(key=itemgetter(0))
    return tuple(found)
