"""Requests of the platform: printed, waited for, answered (manual 3.10–3.19; decisions 29–37)."""

from collections import deque
from dataclasses import dataclass

from emulator import urc
from emulator.asking import Asking
from emulator.at.results import Done, Failed, Fault, Line
from emulator.encoding import PAYLOAD_LIMIT, encode, encode_nothing
from emulator.instance import Instance, Platform
from emulator.nmi import Asked
from emulator.values import DataType
from emulator.waiting import FAILURES, SUCCESSES, Reply, Waiting, WaitingRequests
from lwm2m_core.formats import ContentError, Entry
from lwm2m_core.formats.link import encode_links
from lwm2m_core.message import Code, ContentFormat
from lwm2m_core.operations import (
    CancelObserve,
    Discover,
    Execute,
    Observe,
    Operation,
    Read,
    Write,
    WriteAttributes,
)
from lwm2m_core.paths import Path

TUNNEL = 19  # the object through which CTWing and Huawei send and receive
DISCOVERS_REMEMBERED = 16  # whose mid DISCOVERRSP may name (chosen)


@dataclass(frozen=True, slots=True)
class Answer:
    """The value part of one AT+MIPLREADRSP line (manual 3.11)."""

    path: Path
    type: DataType
    entry: Entry
    flag: int


class Downlink:
    """The requests of one session."""

    def __init__(self, instance: Instance) -> None:
        self.waiting = WaitingRequests(instance)
        self._instance = instance
        self._asking = Asking(instance)
        self._observes = 0
        self._discovers: deque[tuple[int, int]] = deque(maxlen=DISCOVERS_REMEMBERED)

    def discovered(self, mid: int) -> int | None:
        """The object of a recent DISCOVER with this message id (decision 16)."""
        return dict(self._discovers).get(mid)

    # what the platform asks

    def received(self, operation: Operation, now: float) -> None:
        """A new request from the platform."""
        match operation:
            case Observe():
                self._observe(operation, now)
            case CancelObserve():
                self._answer_value(operation.mid, operation.path, None, now)
                self._print(urc.observe(operation.mid, False, operation.path))
            case Discover():
                payload = encode_links(self._instance.tree.links(operation.path))
                self._respond(operation.mid, Code.CONTENT, now, payload, ContentFormat.LINK)
                self._discovers.append((operation.mid, operation.path.object))
                self._print(urc.discover(operation.mid, operation.path))
            case WriteAttributes():
                self._respond(operation.mid, Code.CHANGED, now)
                self._print(self._asking.parameter(operation))
            case Read() | Write() | Execute():
                self._ask(operation, now)

    def rejected(self, mid: int, path: Path) -> None:
        """A RST to a notification ends the observation and prints flag 0 (decision 30)."""
        self._print(urc.observe(mid, False, path))

    def _ask(self, operation: Asked, now: float) -> None:
        if self._instance.tree.owner_of(operation.path.object) == "module":
            self._answer_for_module(operation, now)
            return
        if self.waiting.is_full:
            self._respond(operation.mid, Code.SERVICE_UNAVAILABLE, now)
            return
        try:
            lines = self._asking.lines(operation)
        except ContentError:
            self._respond(operation.mid, Code.BAD_REQUEST, now)
            return
        if self._answers_itself(operation):
            self._respond(operation.mid, Code.CHANGED, now)
            self.waiting.remember(operation.mid, now)
            self._print(*lines)
        else:
            self.waiting.ask(operation, lines, now)

    def _answers_itself(self, operation: Asked) -> bool:
        """CTWing and Huawei send through object 19: the module answers (manual 5.3, 5.6)."""
        tunnel = self._instance.platform in (Platform.CTWING, Platform.HUAWEI)
        return tunnel and operation.path.object == TUNNEL and isinstance(operation, Write)

    def _answer_for_module(self, operation: Asked, now: float) -> None:
        """Objects of the module itself need no MCU (decision 33)."""
        if not isinstance(operation, Read):
            self._respond(operation.mid, Code.METHOD_NOT_ALLOWED, now)
            return
        self._answer_value(operation.mid, operation.path, operation.accept, now)
        self.waiting.remember(operation.mid, now)
        if self._instance.module.quirks.module_read_urc == "on":
            self._print(*self._asking.lines(operation))

    def _observe(self, operation: Observe, now: float) -> None:
        mid = operation.mid
        known = self._instance.module.quirks.observe_payload == "last"
        self._answer_value(mid, operation.path, operation.accept, now, known)
        if self._instance.module.quirks.observe_mid == "cis32":
            self._observes += 1
            mid |= self._observes << 16  # MB 3: 32 bits, a count above the message id
        self._print(urc.observe(mid, True, operation.path))

    def _answer_value(
        self, mid: int, path: Path, accept: int | None, now: float, known: bool = True
    ) -> None:
        """2.05 with the last known values (decision 30)."""
        instance = self._instance
        entries = instance.tree.entries(path) if known else ()
        encoded = (
            encode(instance, path, entries, accept) if entries else encode_nothing(instance, accept)
        )
        self._respond(mid, Code.CONTENT, now, encoded.payload, encoded.content_format)

    # what the MCU answers

    def read_response(self, mid: int, result: int, answer: Answer | None, now: float) -> Done:
        """AT+MIPLREADRSP (manual 3.11): hold or send values, or refuse the Read."""
        if result in SUCCESSES and answer is None:
            raise Failed(Fault.SYNTAX)
        waiting = self.waiting.find(mid, result, Read, now)
        if isinstance(waiting, Done):
            return waiting
        if result not in SUCCESSES:
            return self.waiting.finish(mid, Reply(FAILURES[result]), now)
        assert answer is not None
        return self._hold(waiting, answer, now)

    def _hold(self, waiting: Waiting, answer: Answer, now: float) -> Done:
        instance, path = self._instance, answer.path
        if not waiting.operation.path.covers(path):
            raise self._dropping(waiting, Fault.RESOURCE)
        instance.require(path)
        instance.declare(path, answer.type, answer.entry.value)
        waiting.held[path] = answer.entry
        if answer.flag in (1, 2):
            return Done()
        assert isinstance(waiting.operation, Read)
        entries = [waiting.held[key] for key in sorted(waiting.held)]
        encoded = encode(instance, waiting.operation.path, entries, waiting.operation.accept)
        if len(encoded.payload) > PAYLOAD_LIMIT:
            raise self._dropping(waiting, Fault.UNKNOWN)
        reply = Reply(Code.CONTENT, encoded.payload, encoded.content_format)
        return self.waiting.finish(waiting.operation.mid, reply, now)

    def _dropping(self, waiting: Waiting, fault: Fault) -> Failed:
        """What was held for the READ goes, the READ stays open (decision 43)."""
        waiting.held.clear()
        return Failed(fault)

    def respond(self, mid: int, result: int, kind: type[Write] | type[Execute], now: float) -> Done:
        """AT+MIPLWRITERSP, AT+MIPLEXECUTERSP (manual 3.13, 3.15)."""
        waiting = self.waiting.find(mid, result, kind, now)
        if isinstance(waiting, Done):
            return waiting
        code = Code.CHANGED if result in SUCCESSES else FAILURES[result]
        return self.waiting.finish(mid, Reply(code), now)

    def _respond(
        self,
        mid: int,
        code: Code,
        now: float,
        payload: bytes = b"",
        content_format: int | None = None,
    ) -> None:
        self.waiting.send(mid, Reply(code, payload, content_format), now)

    def _print(self, *lines: Line) -> None:
        for line in lines:
            self._instance.module.emit(line)
