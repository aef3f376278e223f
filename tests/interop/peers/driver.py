"""What the scenario wants of an LwM2M server that somebody else has written.

Requests return at once: the answer comes when the host has given it on the serial line. All paths
are written `/3200/0/5750`. A new peer is a class of this shape and a row in ../conftest.py.
"""

import queue
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Literal, Protocol

from transport.link import Address

PATIENCE = 10.0  # seconds until something that does not come fails the test


@dataclass(frozen=True, slots=True)
class Manners:
    """How a peer differs from others where that shows at either end (servers measured: SV 2.2).

    `level`: what it reads and observes. `form`: how values come to it. `acknowledges`: whether a
    CON notification gets its ACK. `step`: how the step of Write-Attributes is spelled.
    `tells_formats`: whether it lets the Content-Format of what it got be seen.
    """

    level: Literal["instance", "resource"]
    form: Literal["tlv", "text"]
    acknowledges: bool = True
    step: Literal["st", "stp"] = "st"
    tells_formats: bool = False


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

    def discover(self, path: str) -> Future[Answer]: ...

    def read(self, path: str) -> Future[Answer]: ...

    def observe(self, path: str) -> Future[Answer]:
        """The answer is the first value; later ones are `records.notified`."""

    def write(self, path: str, value: str) -> Future[Answer]:
        """Write a string resource; `path` names it."""

    def execute(self, path: str, arguments: str) -> Future[Answer]: ...

    def write_attributes(self, path: str, attributes: dict[str, int | float]) -> Future[Answer]: ...
