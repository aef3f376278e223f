"""Critical options: those that a receiver must understand or refuse (RFC 7252 section 5.4.1)."""

from typing import Final

from lwm2m_core.message import Option, Options
from lwm2m_core.remembered import remembered

_UNDERSTOOD: Final[dict[int, tuple[int, int, bool]]] = {
    Option.URI_HOST: (1, 255, False),
    Option.URI_PORT: (0, 2, False),
    Option.URI_PATH: (0, 255, True),
    Option.URI_QUERY: (0, 255, True),
    Option.ACCEPT: (0, 2, False),
    Option.BLOCK2: (0, 3, False),
    Option.BLOCK1: (0, 3, False),
    Option.PROXY_URI: (1, 1034, False),
    Option.PROXY_SCHEME: (1, 255, False),
    Option.AUTH_CODE: (0, 1034, False),
}
"""Shortest and longest value, and whether the option may repeat (RFC 7252 table 4, RFC 7959).

If-Match and If-None-Match are not among them: LwM2M has no use for them, and executing a request
as if they were absent would be wrong. The bounds of 63 are chosen.
"""

PROXY: Final[frozenset[int]] = frozenset({Option.PROXY_URI, Option.PROXY_SCHEME})
"""Understood only so as to be refused with their own code, 5.05 (RFC 7252 section 5.10.2)."""


@remembered
def bad_option(options: Options) -> int | None:
    """The first critical option that is unknown, of a length it may not have, or there twice
    though it may not repeat (RFC 7252 sections 5.4.1, 5.4.3, 5.4.5)."""
    previous = -1
    for number, value in options:
        if number & 1:
            row = _UNDERSTOOD.get(number)
            if row is None or not row[0] <= len(value) <= row[1]:
                return number
            if number == previous and not row[2]:
                return number
        previous = number
    return None


@remembered
def wants_proxy(options: Options) -> bool:
    """Whether a request is meant for another server."""
    return any(number in PROXY for number, _ in options)
