"""Where the datagrams of a link really go: the local platform, unless the user names another."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from emulator.outputs import OpenLink

Address = tuple[str, int]


class RouteError(Exception):
    """A mapping was written wrongly; the text says how it is written."""


def parse_address(text: str) -> Address:
    """`HOST:PORT`, with an IPv6 host in brackets."""
    host, colon, port = text.rpartition(":")
    if not colon or not host or not port.isascii() or not port.isdigit():
        raise RouteError(f"'{text}' is not HOST:PORT, for example 127.0.0.1:5683")
    if not 1 <= int(port) <= 65535:
        raise RouteError(f"port {port} in '{text}' is not between 1 and 65535")
    return host.strip("[]"), int(port)


def parse_resolve(text: str) -> tuple[Address, Address]:
    """`HOST:PORT=IP:PORT`: what the firmware connects to, and where that is."""
    left, equals, right = text.partition("=")
    if not equals:
        raise RouteError(
            f"'{text}' is not HOST:PORT=IP:PORT, for example "
            "nbiotbt.heclouds.com:5683=127.0.0.1:5683"
        )
    return parse_address(left), parse_address(right)


@dataclass(frozen=True, slots=True)
class Routes:
    """Decision 48: `fixed` first, then `everything`, then `local`; else the name itself.

    `fixed`: what `--resolve` maps. `everything`: `--platform HOST:PORT`. `local`: the local
    platform's address for a link. Without any of the three the host's own address is used.
    """

    fixed: Mapping[Address, Address] = field(default_factory=dict)
    everything: Address | None = None
    local: Callable[[OpenLink], Address] | None = None

    def address(self, link: OpenLink) -> Address:
        """Host (a name only where the user asked for it) and port to connect to."""
        asked = (link.account.host.lower(), link.account.port)
        if asked in self.fixed:
            return self.fixed[asked]
        if self.everything is not None:
            return self.everything
        return self.local(link) if self.local is not None else (link.account.host, asked[1])
