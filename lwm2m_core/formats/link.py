"""Link lists: the payload of Register and the answer to Discover (RFC 6690)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from lwm2m_core.formats.text import decode_utf8
from lwm2m_core.values import ContentError

LINK_LIMIT = 1024
"""Links of one list; a datagram of 1500 bytes holds fewer than 400."""

_TARGET = re.compile(r"\s*<([^<>]*)>\s*", re.ASCII)
_ATTRIBUTE = re.compile(
    r';\s*([\w!#$&+.^`|~*-]+)(?:=(?:"((?:[^"\\]|\\.)*)"|([^",;\s]*)))?\s*', re.ASCII | re.DOTALL
)
_UNQUOTED = re.compile(r"[0-9]+(\.[0-9]+)?", re.ASCII)
_QUOTED_NAMES = frozenset({"if", "lwm2m", "rt", "title", "ver"})
"""Written in quotes whatever they hold: `lwm2m="1.0"` looks like a number and is none."""


@dataclass(frozen=True, slots=True)
class Link:
    """`target` as between the angle brackets; attribute values without their quotes, None for an
    attribute that is only a name."""

    target: str
    attributes: tuple[tuple[str, str | None], ...] = ()


def encode_links(links: Iterable[Link]) -> bytes:
    """No blanks anywhere: Leshan refuses them after a comma (SV 2.1)."""
    return ",".join(map(_encode_link, links)).encode()


def _encode_link(link: Link) -> str:
    return f"<{link.target}>" + "".join(_attribute(*pair) for pair in link.attributes)


def _attribute(name: str, value: str | None) -> str:
    if value is None:
        return f";{name}"
    if name not in _QUOTED_NAMES and _UNQUOTED.fullmatch(value):
        return f";{name}={value}"
    escaped = value.replace("\\", r"\\").replace('"', r"\"")
    return f';{name}="{escaped}"'


def decode_links(payload: bytes) -> tuple[Link, ...]:
    """The links of a list; blanks around commas and semicolons are passed over.

    ContentError if it is none.
    """
    text = decode_utf8(payload)
    links: list[Link] = []
    at = 0
    while at < len(text):
        link, at = _decode_link(text, at)
        links.append(link)
        if len(links) > LINK_LIMIT:
            raise ContentError(f"more than {LINK_LIMIT} links")
        if at < len(text) and text[at] != ",":
            raise ContentError(f"not a link list at {at}")
        if at == len(text) - 1:
            raise ContentError("a comma at the end of a link list")
        at += 1
    return tuple(links)


def _decode_link(text: str, at: int) -> tuple[Link, int]:
    found = _TARGET.match(text, at)
    if found is None:
        raise ContentError(f"no link at {at}")
    target = found[1]
    attributes: list[tuple[str, str | None]] = []
    while attribute := _ATTRIBUTE.match(text, found.end()):
        name, quoted, token = attribute.groups()
        value = token if quoted is None else re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL)
        attributes.append((name, value))
        found = attribute
    return Link(target, tuple(attributes)), found.end()
