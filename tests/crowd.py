"""Many devices of literal datagrams at one server of the cloud, told apart by their ports."""

from typing import Generic, TypeVar

from emulator.cloud.bootstrap import BootstrapServer
from emulator.cloud.events import Event
from emulator.cloud.peers import Peer, Send
from emulator.cloud.server import Server
from tests.desk import CON, FORMAT, LOCATION, PATH, POST, QUERY, coap
from tests.server import CREATED, Heard, split

LINK = b"\x28"  # Content-Format 40
OBJECTS = b"</3200/0>"

Engine = TypeVar("Engine", Server, BootstrapServer)
Told = TypeVar("Told")


def register(mid: int, name: bytes, *options: tuple[int, bytes], objects: bytes = OBJECTS) -> bytes:
    query = (QUERY, b"ep=" + name)
    return coap(CON, POST, mid, b"\xaa", ((PATH, b"rd"), (FORMAT, LINK), query, *options), objects)


def at(location: bytes, code: int, mid: int, *queries: bytes, objects: bytes = b"") -> bytes:
    path = ((PATH, b"rd"), (PATH, location))
    queried = tuple((QUERY, query) for query in queries)
    return coap(CON, code, mid, b"\xbb", (*path, *queried), objects)


class Crowd(Generic[Engine]):
    """Devices by their port, all at one server; what it sends is counted by hand."""

    def __init__(self, server: Engine) -> None:
        self.server: Engine = server
        self.now = 0.0
        self.heard: set[int] = set()  # ports that have ever sent something
        self.events: list[Event] = []

    def say(self, port: int, data: bytes) -> list[Heard]:
        """What that port gets at once; whoever else gets something must be known."""
        self.heard.add(port)
        self.server.datagram_received(data, Peer("10.0.0.1", port), self.now)
        return self.sent(port)

    def wait(self, seconds: float) -> None:
        end = self.now + seconds
        while (due := self.server.deadline()) is not None and due <= end:
            self.now = max(self.now, due)
            self.server.handle_timeout(self.now)
            self.sent(0)
        self.now = end

    def sent(self, port: int) -> list[Heard]:
        outputs = self.server.outputs()
        sends = [output for output in outputs if isinstance(output, Send)]
        self.events += [output for output in outputs if not isinstance(output, Send)]
        assert {send.peer.port for send in sends} <= self.heard
        return [split(send.data) for send in sends if send.peer.port == port]

    def log_in(
        self, port: int, name: bytes = b"869975030000461", lifetime: int = 86400
    ) -> tuple[bytes, list[Heard]]:
        """The location, and what the server asks for then."""
        created, *asked = self.say(port, register(1, name, (QUERY, b"lt=%d" % lifetime)))
        assert created.code == CREATED
        return created.options[LOCATION][1], asked

    def told(self, kind: type[Told]) -> list[Told]:
        return [event for event in self.events if isinstance(event, kind)]
