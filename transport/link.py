"""What the rest of the program knows of the network: a link to one remote address.

Receivers are called from the event loop, never from inside `send`, `close` or `rebind`, and never
after `close`: whoever carries out a list of outputs in order is not re-entered half-way.
"""

from collections.abc import Awaitable, Callable
from typing import Literal, Protocol, runtime_checkable

Address = tuple[str, int]
"""A numeric host and a port. Names are resolved (or mapped) before they get here."""

Direction = Literal["up", "down"]
"""As the module sees it: `up` towards the platform, `down` towards the module."""

Tap = Callable[[Direction, bytes, Address, Address], None]
"""Sees every datagram that is sent or delivered: direction, bytes, source, destination."""

DATAGRAM_LIMIT = 65507
"""Longest UDP payload over IPv4: 65535 less 20 bytes of IP header and 8 of UDP (RFC 768, 791)."""


class LinkReceiver(Protocol):
    """Who hears of a link.

    `datagram_received` gets one datagram, possibly empty. `send_failed` says that a datagram did
    not arrive or did not leave (ICMP unreachable, too long); the link goes on. `link_lost` says
    that the link is dead; only `close` makes sense afterwards. Reasons are for people.
    """

    def datagram_received(self, data: bytes) -> None: ...

    def send_failed(self, reason: str) -> None: ...

    def link_lost(self, reason: str) -> None: ...


@runtime_checkable
class BurstReceiver(Protocol):
    """A `LinkReceiver` that wants to know when several datagrams may come at once: what it does
    behind each of them can wait for the last. Not every link tells."""

    def burst_begins(self) -> None: ...

    def burst_ends(self) -> None: ...


class Link(Protocol):
    """Datagrams to and from one remote address."""

    @property
    def local(self) -> Address: ...

    @property
    def remote(self) -> Address: ...

    def send(self, data: bytes) -> None:
        """Send one datagram. Failures reach `send_failed`; nothing is raised, also after close."""

    def rebind(self) -> None:
        """Go on from a new local port. What was under way to or from the old one is gone."""

    def close(self) -> None:
        """Nothing is sent or received any more. May be repeated."""


class Listener(Protocol):
    """A server's end: datagrams from and to any address."""

    @property
    def address(self) -> Address: ...

    def send(self, data: bytes, remote: Address) -> None: ...

    def close(self) -> None: ...


ListenerReceiver = Callable[[bytes, Address], None]
"""Gets each datagram with the address it came from."""


class LinkOpener(Protocol):
    """What opens links: `open_udp`, or the `open_link` of a network."""

    def __call__(
        self, remote: Address, receiver: LinkReceiver, *, tap: Tap | None = None
    ) -> Awaitable[Link]: ...


class ListenerOpener(Protocol):
    """What opens listeners: `listen_udp`, or the `listen` of a network."""

    def __call__(
        self, local: Address, receiver: ListenerReceiver, *, tap: Tap | None = None
    ) -> Awaitable[Listener]: ...
