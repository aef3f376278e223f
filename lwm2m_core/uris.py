"""coap URIs, and the options that a request to one carries (RFC 7252 6.1 and 6.4)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from lwm2m_core.accounts import DEFAULT_PORT
from lwm2m_core.message import Option, Options

URI_LIMIT: Final = 255
"""Characters of a URI, as many as a Package URI may have (LwM2M 1.0, E.6)."""

UriFault = Literal["invalid URI", "unsupported scheme"]

_PCHAR = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})"  # RFC 3986, Appendix A
_PARTS = re.compile(
    r"//(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<host>[A-Za-z0-9._-]+))(?::(?P<port>[0-9]{0,5}))?"
    rf"(?P<path>(?:/(?:{_PCHAR}|/)*)?)(?:\?(?P<query>(?:{_PCHAR}|[/?])*))?"
)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(.*)", re.DOTALL)
_IPV4 = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")
_LONGEST = 255  # bytes of Uri-Host, of a Uri-Path, of a Uri-Query (RFC 7252 5.10)


@dataclass(frozen=True, slots=True)
class CoapUri:
    """Where to connect to, and Uri-Host (unless the host is an address), Uri-Path, Uri-Query."""

    host: str
    port: int
    options: Options


def parse_coap_uri(uri: str) -> CoapUri | UriFault:
    """`coap://host[:port]/path?query`, percent-decoded (RFC 7252 6.4).

    coaps is not supported: nothing says which key would be the right one.
    """
    scheme = _SCHEME.fullmatch(uri)
    if scheme is None or len(uri) > URI_LIMIT:
        return "invalid URI"
    if scheme[1].lower() != "coap":
        return "unsupported scheme"
    parts = _PARTS.fullmatch(scheme[2])
    if parts is None:
        return "invalid URI"
    port = int(parts["port"] or DEFAULT_PORT["coap"])
    options = tuple((int(number), _decoded(text)) for number, text in _texts(parts))
    if not 0 < port < 65536 or not all(_is_text(value) for _, value in options):
        return "invalid URI"
    return CoapUri(parts["six"] or parts["host"].lower(), port, options)


def _texts(parts: re.Match[str]) -> Iterator[tuple[Option, str]]:
    host, path, query = parts["host"], parts["path"], parts["query"]
    if host is not None and not _IPV4.fullmatch(host):
        yield Option.URI_HOST, host.lower()
    segments = _without_dots(path[1:].split("/"))
    if segments != [""]:
        yield from ((Option.URI_PATH, segment) for segment in segments)
    if query is not None:
        yield from ((Option.URI_QUERY, argument) for argument in query.split("&"))


def _without_dots(segments: list[str]) -> list[str]:
    """`.` and `..` are resolved before anything is decoded (RFC 3986 5.2.4)."""
    kept: list[str] = []
    for segment in segments:
        if segment == "..":
            kept = kept[:-1]
        elif segment != ".":
            kept.append(segment)
    return [*kept, ""] if segments[-1] in (".", "..") else kept


def _decoded(text: str) -> bytes:
    return _ESCAPE.sub(lambda escape: bytes.fromhex(escape[1].decode()), text.encode())


def _is_text(value: bytes) -> bool:
    """Whether it may be an option of text (RFC 7252 3.2 and 5.10)."""
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return len(value) <= _LONGEST
