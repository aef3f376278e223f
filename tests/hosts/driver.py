"""What a driver is made of, and the requests that a platform asks its module."""

from dataclasses import dataclass

from tests.hosts.host import Framing, Step
from tests.server import ACCEPT, CON, FORMAT, OBSERVE, POST, PUT, question

__all__ = ["CON", "NON", "Driver", "crlf", "discover", "execute", "observe", "read", "write"]

NON = 1
GET = 1
LINKS, PLAIN = b"\x28", b""  # Content-Formats 40 and 0


@dataclass(frozen=True)
class Driver:
    """`steps` of a program for `model`. `after_login` is what the platform asks at once.

    What the platform must have got: `answered`, the code and payload by message id, and
    `notified`, the kind and payload of each notification.
    """

    model: str
    steps: tuple[Step, ...]
    framing: Framing
    after_login: tuple[bytes, ...] = ()
    answered: tuple[tuple[int, int, bytes], ...] = ()
    notified: tuple[tuple[int, bytes], ...] = ()


def crlf(command: bytes) -> list[bytes]:
    return [command + b"\r\n"]


def observe(mid: int, path: str) -> bytes:
    return question(GET, mid, path, (OBSERVE, b""))


def discover(mid: int, path: str) -> bytes:
    return question(GET, mid, path, (ACCEPT, LINKS))


def read(mid: int, path: str) -> bytes:
    return question(GET, mid, path)


def write(mid: int, path: str, text: bytes) -> bytes:
    return question(PUT, mid, path, (FORMAT, PLAIN), body=text)


def execute(mid: int, path: str, argument: bytes) -> bytes:
    return question(POST, mid, path, body=argument)
