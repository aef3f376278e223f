"""The stages that a transcript is played on: a real pty with sockets, or the pure ring."""

import queue
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, Literal, Protocol

import pytest

from emulator.modem import ModemSettings
from tests.bench import PATIENCE, Bench
from tests.desk import Desk
from tests.server import Heard, Server

# A modem on a pty has a clock that runs at this rate of the real one, so that no machine is too
# slow for a dialogue: nothing falls due in it, and nothing waits for a gap (timing fast).
CLOCK_RATE = 0.01
DESK_PATIENCE = 60.0  # seconds of the module until a line that does not come fails the test

Ring = Literal["pty", "desk"]
What = Literal["request", "answer", "notify"]


class Stage(Protocol):
    """A module with its host and its platform."""

    def write(self, text: str) -> None: ...
    def expect(self, text: str) -> None: ...
    def expect_nothing_more(self) -> None: ...
    def ask(self, data: bytes) -> None: ...
    def heard(self, what: What) -> Heard: ...
    def wait(self, seconds: float) -> None: ...
    def close(self) -> None: ...


def _queue_of(server: Server, what: What) -> queue.Queue[Heard]:
    match what:
        case "request":
            return server.requests
        case "answer":
            return server.answers
        case "notify":
            return server.notifications


class OnPty:
    """A real pty with pyserial on it; the platform is a socket on loopback."""

    def __init__(self, settings: ModemSettings, server: Server) -> None:
        self._server = server
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._address: tuple[str, int] = self._socket.getsockname()
        self._peer = self._address
        self._bench = Bench(settings, lambda link: self._address, CLOCK_RATE)
        self._thread = threading.Thread(target=self._serve, name="platform")
        self._thread.start()

    def write(self, text: str) -> None:
        self._bench.write(text)

    def expect(self, text: str) -> None:
        self._bench.expect(text)

    def expect_nothing_more(self) -> None:
        self._bench.expect_nothing_more()

    def ask(self, data: bytes) -> None:
        self._socket.sendto(data, self._peer)

    def heard(self, what: What) -> Heard:
        return _queue_of(self._server, what).get(timeout=PATIENCE)

    def wait(self, seconds: float) -> None:
        raise AssertionError("a transcript in which time passes is for the desk")

    def close(self) -> None:
        self._bench.close()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stop:
            stop.sendto(b"stop", self._address)
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while True:
            data, peer = self._socket.recvfrom(65536)
            if data == b"stop":
                return
            self._peer = peer
            for reply in self._server.hear(data):
                self._socket.sendto(reply, peer)


class OnDesk:
    """The firmware alone; the platform answers at once, and time passes when a line is due."""

    def __init__(self, settings: ModemSettings, server: Server) -> None:
        self._desk, self._server = Desk(settings), server
        self._lines: deque[str] = deque()
        self._delivered = 0

    def write(self, text: str) -> None:
        self._print(self._desk.at(text))

    def expect(self, text: str) -> None:
        end = self._desk.now + DESK_PATIENCE
        while not self._lines and self._pass_until(end):
            pass
        assert self._lines, f"nothing came, but {text} should"
        assert self._lines.popleft() == text

    def expect_nothing_more(self) -> None:
        self.wait(1)
        assert not self._lines

    def ask(self, data: bytes) -> None:
        self._desk.deliver(data)
        self._print(self._desk.lines())

    def heard(self, what: What) -> Heard:
        return _queue_of(self._server, what).get_nowait()

    def wait(self, seconds: float) -> None:
        end = self._desk.now + seconds
        while self._pass_until(end):
            pass
        self._print(self._desk.wait(end - self._desk.now))

    def close(self) -> None:
        pass

    def _pass_until(self, end: float) -> bool:
        """Let time pass to what is due next; False if nothing is due by `end`."""
        due = self._desk.firmware.deadline()
        if due is None or due > end:
            return False
        self._print(self._desk.handle(due))
        return True

    def _print(self, lines: str) -> None:
        """Note what was printed, and let the platform answer what was sent."""
        self._lines.extend(lines.split("|") if lines else [])
        while self._delivered < len(self._desk.sent):
            data = self._desk.sent[self._delivered].data
            self._delivered += 1
            for reply in self._server.hear(data):
                self._desk.deliver(reply)
        printed = self._desk.lines()
        self._lines.extend(printed.split("|") if printed else [])


@pytest.fixture
def stage() -> Iterator[Callable[..., Stage]]:
    """Makes modules with a platform: `stage("pty", server, model="MN316", quirks={…})`."""
    made: list[Stage] = []

    def make(ring: Ring, server: Server, **settings: Any) -> Stage:
        wanted = {"strict": True, "seed": 1, **settings}
        if ring == "pty":
            made.append(OnPty(ModemSettings(timing="fast", **wanted), server))
        else:
            made.append(OnDesk(ModemSettings(**wanted), server))
        return made[-1]

    yield make
    for stage in made:
        stage.close()
