"""What the scenario wants of a LwM2M client that somebody else has written.

Requests return at once. All paths are written `/3200/0/5750`. A new device is a class of this shape
and a row in ../conftest.py.
"""

import queue
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Final, Protocol

from transport.link import Address

INSTANCES: Final = ("/3200/0", "/19/0", "/19/1")
VALUES: Final[Mapping[str, str]] = {
    "/3200/0/5750": "test",
    "/19/0/0": "test",
    "/19/1/0": "test",
}
EXECUTABLES: Final = ("/3200/0/5500",)


@dataclass(frozen=True, slots=True)
class Traits:
    """How a device differs from others where that shows at the platform."""

    registers: tuple[str, ...] = ("/3200/0", "/19/0", "/19/1")
    """The instances of its object list: what it adds by itself besides."""

    speaks_tlv: bool = True
    """Whether it knows TLV, and with it the values of an instance together."""

    takes_posts: bool = True
    """Whether a Write by POST is one to it; otherwise only that by PUT is."""

    takes_arguments: bool = True
    """Whether an Execute may have any."""

    tells_codes: bool = True
    """Whether it lets the code of an answer be seen, and not only that it was 2.xx."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the device got for a request: `2.01`, and the location that it goes by now."""

    code: str
    location: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What reached the device's application."""

    path: str
    payload: bytes


@dataclass(slots=True)
class Records:
    """What has happened at a device, in order, for a test that waits for it."""

    written: queue.Queue[Told] = field(default_factory=queue.Queue)
    executed: queue.Queue[Told] = field(default_factory=queue.Queue)


class Device(Protocol):
    """One device with INSTANCES, VALUES and EXECUTABLES. `stop` returns when it is gone."""

    traits: Traits
    records: Records

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def register(self, server: Address, endpoint: str, lifetime: int) -> Future[Answer]: ...

    def update(self, lifetime: int) -> Future[Answer]: ...

    def deregister(self) -> Future[Answer]: ...

    def report(self, path: str, value: str) -> Future[None]:
        """The value has become another one: whoever observes it is told."""
