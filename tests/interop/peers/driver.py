"""What the scenario wants of an LwM2M server that somebody else has written.

Requests return at once: the answer comes when the host has given it on the serial line. All paths
are written `/3200/0/5750`. A new peer is a class of this shape and a row in ../conftest.py.
"""

import queue
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Literal, Protocol, runtime_checkable

from transport.link import Address

TEXT = 0  # Content-Format (RFC 7252 12.3)
PATIENCE = 10.0  # seconds until something that does not come fails the test


@dataclass(frozen=True, slots=True)
class Manners:
    """How a peer differs from others where that shows at either end (servers measured: SV 2)."""

    level: Literal["instance", "resource"]
    """What it reads and observes."""

    form: Literal["tlv", "text"]
    """How a value comes to its application: as it was sent, or decoded."""

    instances: Literal["tlv", "values"] | None = None
    """How an instance of several resources comes to it; None: it asks for resources only."""

    tells_formats: bool = False
    """Whether it lets the Content-Format of what it got be seen."""

    acknowledges: bool = True
    """Whether a CON notification gets its ACK."""

    steps: tuple[str, ...] = ("st", "stp")
    """The spellings of the step of Write-Attributes that it lets pass."""

    argument: str = "{}"
    """How it writes a text that it gives to Execute."""

    cancels: Literal["Observe 1", "RST"] | None = "Observe 1"
    """How it ends an observation. RST: it takes one more notification and rejects the next, if
    that is a CON. None: it tells nobody, and drops what comes."""

    reads_first: bool = False
    """Whether a device counts as registered only when every object that it has was read."""

    patient: bool = True
    """Whether it gives the MCU time: otherwise requests are repeated, and so are lines."""

    keeps_lists: bool = True
    """Whether it shows the link list as it was sent; otherwise, what it has made of it."""

    takes_updates: bool = True
    """Whether an Update of a registration that it has is answered 2.04."""

    survives_delete: bool = True
    """Whether it lives on after the DELETE of a registration that it has."""


@dataclass(frozen=True, slots=True)
class Registration:
    """A Register, or the state after an Update. `objects`: the link list, "" if none was sent."""

    endpoint: str
    lifetime: int
    objects: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server got for a request: `2.05`, the payload as bytes, its Content-Format."""

    code: str
    payload: bytes = b""
    content_format: int | None = None


@dataclass(frozen=True, slots=True)
class Notification:
    """A report that reached the server's application, for the path that it observes."""

    path: str
    payload: bytes
    content_format: int | None = None


@dataclass(slots=True)
class Records:
    """What has happened at a server, in order, for a test that waits for it."""

    registered: queue.Queue[Registration] = field(default_factory=queue.Queue)
    updated: queue.Queue[Registration] = field(default_factory=queue.Queue)
    gone: queue.Queue[str] = field(default_factory=queue.Queue)
    notified: queue.Queue[Notification] = field(default_factory=queue.Queue)


class Peer(Protocol):
    """One server with one device. `start` returns when it listens, `stop` when it is gone."""

    manners: Manners
    records: Records

    @property
    def address(self) -> Address: ...

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def registered(self) -> list[str]:
        """The endpoints that the server holds for registered."""

    def forget(self) -> None:
        """All registrations are lost, as after a restart."""

    def discover(self, path: str) -> Future[Answer]: ...

    def read(self, path: str) -> Future[Answer]: ...

    def observe(self, path: str) -> Future[Answer]:
        """The answer is the first value; later ones are `records.notified`."""

    def cancel(self, path: str) -> None:
        """End the observation of this path, by `manners.cancels`."""

    def write(self, path: str, value: str) -> Future[Answer]:
        """Write a string resource; `path` names it."""

    def execute(self, path: str, arguments: str) -> Future[Answer]: ...

    def write_attributes(self, path: str, attributes: dict[str, str]) -> Future[Answer]:
        """Numbers are spelled as they are given: `9` or `9.0`."""


@runtime_checkable
class CoapPeer(Peer, Protocol):
    """A server that sends any request."""

    def request(
        self,
        method: str,
        path: str,
        *,
        payload: bytes = b"",
        content_format: int | None = None,
        accept: int | None = None,
        confirmable: bool = True,
        block: int | None = None,
    ) -> Future[Answer]:
        """`method`: GET, POST, PUT or DELETE; `block`: the most bytes of a block, 16 to 1024, in
        the request's body, or if it has none, in the answer's."""


def read_text(peer: Peer, path: str) -> Future[Answer]:
    """With Accept 0, by a peer that can do this."""
    if isinstance(peer, CoapPeer):
        return peer.request("GET", path, accept=TEXT)
    return peer.read(path)


def write_text(peer: Peer, path: str, text: str) -> Future[Answer]:
    """PUT with Content-Format 0, by a peer that can do this."""
    if isinstance(peer, CoapPeer):
        return peer.request("PUT", path, payload=text.encode(), content_format=TEXT)
    return peer.write(path, text)
