"""The stages that a transcript is played on: a real pty with sockets, or the pure ring."""

import queue
import socket
import threading
from collections import deque
from typing import Literal, Protocol

from emulator.faults.stage import Faults
from emulator.firmware import Firmware
from emulator.modem import ModemSettings
from tests.bench import PATIENCE, Bench
from tests.desk import Desk
from tests.server import Heard, Server

# A modem on a pty has a clock that runs at this rate of the real one, so that no machine is too
# slow for a dialogue: nothing falls due in it, and nothing waits for a gap (timing fast).
CLOCK_RATE = 0.01
DESK_PATIENCE = 400.0  # seconds of the module until what does not come fails the test

Ring = Literal["pty", "desk"]
What = Literal["request", "answer", "notify"]


class Stage(Protocol):
    """A module with its host and its platform. What is expected tells when it came; only the desk
    knows the time, in seconds of the module."""

    @property
    def now(self) -> float: ...
    def write(self, text: str) -> None: ...
    def expect(self, data: bytes) -> float: ...
    def expect_nothing_more(self) -> None: ...
    def ask(self, data: bytes) -> None: ...
    def heard(self, what: What) -> Heard: ...
    def heard_nothing(self, what: What) -> None: ...
    def wait(self, seconds: float) -> None: ...
    def board(self, event: str) -> None: ...
    def close(self) -> None: ...


def make(ring: Ring, settings: ModemSettings, server: Server) -> Stage:
    """A module with these settings and its platform."""
    return OnPty(settings, server) if ring == "pty" else OnDesk(settings, server)


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

    now = 0.0

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

    def expect(self, data: bytes) -> float:
        got = self._bench.serial.read(len(data))
        assert got == data, f"{got!r} for {data!r}"
        return self.now

    def expect_nothing_more(self) -> None:
        self._bench.expect_nothing_more()

    def ask(self, data: bytes) -> None:
        self._socket.sendto(data, self._peer)

    def heard(self, what: What) -> Heard:
        return _queue_of(self._server, what).get(timeout=PATIENCE)

    def heard_nothing(self, what: What) -> None:
        raise AssertionError("that nothing comes only the desk can say")

    def wait(self, seconds: float) -> None:
        raise AssertionError("a transcript in which time passes is for the desk")

    def board(self, event: str) -> None:
        raise AssertionError("what happens on the board is for the desk")

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
    """The firmware alone; the platform answers at once, and time passes when something is due."""

    def __init__(self, settings: ModemSettings, server: Server) -> None:
        self._desk, self._server = Desk(settings), server
        self._desk.connects = server.reachable
        self._printed: deque[tuple[float, bytes]] = deque()  # when, what
        self._delivered = 0

    @property
    def now(self) -> float:
        return self._desk.now

    @property
    def firmware(self) -> Firmware:
        return self._desk.firmware

    @property
    def fired(self) -> list[int]:
        """How often each fault has struck."""
        front = self._desk.front
        return [each.fired for each in front.planted] if isinstance(front, Faults) else []

    def write(self, text: str) -> None:
        self._note(self._desk.exact(text))

    def expect(self, data: bytes) -> float:
        end = self.now + DESK_PATIENCE
        while sum(len(piece) for _, piece in self._printed) < len(data) and self._pass_until(end):
            pass
        at, got = self._take(len(data))
        assert got == data, f"{got!r} for {data!r}"
        return at

    def expect_nothing_more(self) -> None:
        self.wait(1)
        rest = b"".join(piece for _, piece in self._printed)
        assert not rest, f"{rest!r} for nothing more"

    def ask(self, data: bytes) -> None:
        self._desk.deliver(data)
        self._note(self._desk.taken())

    def heard(self, what: What) -> Heard:
        waiting = _queue_of(self._server, what)
        end = self.now + DESK_PATIENCE
        while waiting.empty() and self._pass_until(end):
            pass
        assert not waiting.empty(), f"no {what} came"
        return waiting.get_nowait()

    def heard_nothing(self, what: What) -> None:
        waiting = _queue_of(self._server, what)
        assert waiting.empty(), f"{waiting.get_nowait()} for no {what}"

    def wait(self, seconds: float) -> None:
        end = self.now + seconds
        while self._pass_until(end):
            pass
        self._desk.now = end

    def board(self, event: str) -> None:
        self._desk.board(event)
        self._note(self._desk.taken())

    def close(self) -> None:
        pass

    def _pass_until(self, end: float) -> bool:
        """Let time pass to what is due next; False if nothing is due by `end`."""
        due = self._desk.front.deadline()
        if due is None or due > end:
            return False
        self._desk.pass_to(due)
        self._note(self._desk.taken())
        return True

    def _note(self, printed: bytes) -> None:
        """Keep what was printed, and let the platform answer what was sent."""
        self._keep(printed)
        if self._desk.open_link and not self._server.reachable:
            self._desk.lose_link()
        while self._delivered < len(self._desk.sent):
            data = self._desk.sent[self._delivered].data
            self._delivered += 1
            for reply in self._server.hear(data, self.now):
                self._desk.deliver(reply)
        self._keep(self._desk.taken())

    def _keep(self, printed: bytes) -> None:
        if printed:
            self._printed.append((self.now, printed))

    def _take(self, count: int) -> tuple[float, bytes]:
        """So many bytes, or all there are; when the first of them came."""
        at, taken = (self._printed[0][0] if self._printed else self.now), b""
        while self._printed and len(taken) < count:
            when, piece = self._printed.popleft()
            wanted = count - len(taken)
            taken += piece[:wanted]
            if piece[wanted:]:
                self._printed.appendleft((when, piece[wanted:]))
        return at, taken
