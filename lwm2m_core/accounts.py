"""Where a server is and with which credentials: the configured one, or a bootstrap's."""

import re
from dataclasses import dataclass, field

DEFAULT_PORT = {"coap": 5683, "coaps": 5684}
"""RFC 7252 6.1 and 6.2."""

_URI = re.compile(
    r"(?P<scheme>coaps?)://(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<host>[a-z0-9._-]+))"
    r"(?::(?P<port>[0-9]{1,5}))?/?",
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Account:
    """A peer to connect to; `identity` and `key` are the PSK's, and only read when `secure`."""

    host: str
    port: int
    secure: bool = False
    identity: bytes = field(default=b"", repr=False)
    key: bytes = field(default=b"", repr=False)


def account_from_uri(uri: str, identity: bytes = b"", key: bytes = b"") -> Account | None:
    """The account behind a Server URI (0/x/0), or None if it is not one we can reach.

    coap://host[:port] and coaps://host[:port]; IPv6 in brackets; a lone final slash is allowed.
    """
    match = _URI.fullmatch(uri)
    if match is None:
        return None
    scheme = match["scheme"].lower()
    port = int(match["port"]) if match["port"] else DEFAULT_PORT[scheme]
    if not 0 < port < 65536:
        return None
    secure = scheme == "coaps"
    host = match["six"] or match["host"]
    return Account(host, port, secure, identity, key) if secure else Account(host, port)
