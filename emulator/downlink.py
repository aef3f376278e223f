"""Requests of the platform: printed, waited for, answered (manual 3.10–3.19; decisions 29–37)."""

from collections import deque
from dataclasses import dataclass, field

from emulator import urc
from emulator.asking import Asking
from emulator.at.results import Done, Failed, Fault, Line
from emulator.encoding import PAYLOAD_LIMIT, encode, encode_nothing
from emulator.instance import Instance, Phase, Platform
from emulator.nmi import Asked, NmiQueue, Queued
from emulator.values import DataType
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

WAITING_LIMIT = 64  # requests that may wait for the MCU at a time; one more gets 5.03 (chosen)
REMEMBERED_LIMIT = 1024  # message ids remembered as answered or given up (chosen)
TUNNEL = 19  # the object through which CTWing and Huawei send and receive
DISCOVERS_REMEMBERED = 16  # whose mid DISCOVERRSP may name (chosen)
REMEMBERED_S = 247.0  # RFC 7252 4.8.2, EXCHANGE_LIFETIME (decision 31)

FAILURES = {
    11: Code.BAD_REQUEST,
    12: Code.UNAUTHORIZED,
    13: Code.NOT_FOUND,
    14: Code.METHOD_NOT_ALLOWED,
    15: Code.NOT_ACCEPTABLE,
}
SUCCESSES = (1, 2)  # both are accepted for any request (decision 37)


@dataclass(slots=True)
class Waiting:
    """A request that the MCU has seen and not answered. `deadline`: when it is forgotten."""

    operation: Asked
    lines: tuple[Line, ...]
    deadline: float
    held: dict[Path, Entry] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """The value part of one AT+MIPLREADRSP line (manual 3.11)."""

    path: Path
    type: DataType
    entry: Entry
    flag: int


def changed(operation: Asked) -> Code:
    """What `<result>` 2 stands for: the next block, please, while there are more (decision 36)."""
    part = operation.part if isinstance(operation, Write) else None
    return Code.CHANGED if part is None or part.last else Code.CONTINUE


class Downlink:
    """The requests of one session."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._asking = Asking(instance)
        self._queue = NmiQueue()
        self._waiting: dict[int, Waiting] = {}
        self._answered: dict[int, float] = {}  # mid -> when it may be used anew
        self._observes = 0
        self._discovers: deque[tuple[int, int]] = deque(maxlen=DISCOVERS_REMEMBERED)

    def deadline(self) -> float | None:
        """When the oldest waiting request is given up. All wait equally long: the first is it."""
        return next((waiting.deadline for waiting in self._waiting.values()), None)

    def handle_timeout(self, now: float) -> None:
        """Forget what the MCU did not answer in time (decision 32)."""
        due = [mid for mid, waiting in self._waiting.items() if waiting.deadline <= now]
        for mid in due:
            self._give_up(mid, now)

    def clear(self) -> None:
        """The session is over: nothing waits any more."""
        self._waiting.clear()
        self._answered.clear()
        self._queue.clear()

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

    def repeated(self, operation: Operation) -> None:
        """The same datagram again while unanswered: its lines once more (decision 31)."""
        waiting, module = self._waiting.get(operation.mid), self._instance.module
        if waiting is None or self._queue.find(operation.mid) is not None:
            return
        if module.nmi.is_direct(waiting.operation) and module.quirks.duplicate_urc == "on":
            self._print(*waiting.lines)

    def rejected(self, mid: int, path: Path) -> None:
        """A RST to a notification ends the observation and prints flag 0 (decision 30)."""
        self._print(urc.observe(mid, False, path))

    def _ask(self, operation: Asked, now: float) -> None:
        if self._instance.tree.owner_of(operation.path.object) == "module":
            self._answer_for_module(operation, now)
            return
        if len(self._waiting) >= WAITING_LIMIT:
            self._respond(operation.mid, Code.SERVICE_UNAVAILABLE, now)
            return
        try:
            lines = self._asking.lines(operation)
        except ContentError:
            self._respond(operation.mid, Code.BAD_REQUEST, now)
            return
        if self._answers_itself(operation):
            self._respond(operation.mid, changed(operation), now)
            self._remember(operation.mid, now)
            self._print(*lines)
        elif self._instance.module.nmi.is_direct(operation):
            self._wait(operation, lines, now)
            self._print(*lines)
        else:
            self._keep(Queued(operation, lines))

    def _wait(self, operation: Asked, lines: tuple[Line, ...], now: float) -> None:
        """The MCU has been asked: its time runs from now (decision 32)."""
        patience = self._instance.module.quirks.mcu_answer_timeout_s
        self._waiting[operation.mid] = Waiting(operation, lines, now + patience)

    def _answers_itself(self, operation: Asked) -> bool:
        """CTWing and Huawei send through object 19: the module answers (manual 5.3, 5.6)."""
        tunnel = self._instance.platform in (Platform.CTWING, Platform.HUAWEI)
        return tunnel and operation.path.object == TUNNEL and isinstance(operation, Write)

    # requests kept until the MCU fetches them (manual 4.2, 4.3)

    def _keep(self, entry: Queued) -> None:
        """Modes 1 and 2: queue it, in mode 1 say that there is something (manual 4.11)."""
        client = self._instance.client
        assert client is not None
        dropped = self._queue.add(entry)
        for gone in dropped:
            self._waiting.pop(gone.operation.mid, None)
            client.forget(gone.operation.mid)
        if entry not in dropped and self._instance.module.nmi.nnmi == 1:
            self._print(urc.nmi())

    def fetch(self, now: float) -> Done:
        """AT+MIPLMGR=: the oldest request, again until it is answered (manual 4.3)."""
        self.require_nmi()
        if self._instance.phase is not Phase.REGISTERED:
            raise Failed(Fault.STATE)
        entry = self._queue.oldest()
        if entry is None or self._instance.module.nmi.nnmi == 0:
            return Done()
        if entry.operation.mid not in self._waiting:
            self._wait(entry.operation, entry.lines, now)
        return Done(entry.lines)

    def statistics(self) -> tuple[int, int, int]:
        """`<queues>`, `<dropped>`, `<buffers>` of AT+MIPLQMGR= (manual 4.4)."""
        self.require_nmi()
        return len(self._queue), self._queue.dropped, self._queue.size

    def require_nmi(self) -> None:
        """651 on other platforms than OneNET (manual 4.2)."""
        onenet = self._instance.platform is Platform.ONENET
        if not onenet and self._instance.module.quirks.nmi_platforms == "onenet":
            raise Failed(Fault.NOT_ALLOWED)

    def _answer_for_module(self, operation: Asked, now: float) -> None:
        """Objects of the module itself need no MCU (decision 33)."""
        if not isinstance(operation, Read):
            self._respond(operation.mid, Code.METHOD_NOT_ALLOWED, now)
            return
        self._answer_value(operation.mid, operation.path, operation.accept, now)
        self._remember(operation.mid, now)
        # In modes 1 and 2 the MCU is not told what a request is (manual 4.2, footnote 8).
        told = self._instance.module.nmi.nnmi == 0
        if told and self._instance.module.quirks.module_read_urc == "on":
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
            encode(instance, path, entries, accept)
            if entries
            else encode_nothing(instance, path, accept)
        )
        self._respond(mid, Code.CONTENT, now, encoded.payload, encoded.content_format)

    # what the MCU answers

    def read_response(self, mid: int, result: int, answer: Answer | None, now: float) -> Done:
        """AT+MIPLREADRSP (manual 3.11): hold or send values, or refuse the Read."""
        if result in SUCCESSES and answer is None:
            raise Failed(Fault.SYNTAX)
        if answer is not None:
            self._instance.module.require_flag(answer.flag)
        waiting = self._find(mid, result, Read, now)
        if isinstance(waiting, Done):
            return waiting
        if result not in SUCCESSES:
            return self._finish(mid, FAILURES[result], now)
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
        mid = waiting.operation.mid
        return self._finish(mid, Code.CONTENT, now, encoded.payload, encoded.content_format)

    def _dropping(self, waiting: Waiting, fault: Fault) -> Failed:
        """What was held for the READ goes, the READ stays open (decision 43)."""
        waiting.held.clear()
        return Failed(fault)

    def respond(self, mid: int, result: int, kind: type[Write] | type[Execute], now: float) -> Done:
        """AT+MIPLWRITERSP, AT+MIPLEXECUTERSP (manual 3.13, 3.15)."""
        waiting = self._find(mid, result, kind, now)
        if isinstance(waiting, Done):
            return waiting
        code = changed(waiting.operation) if result in SUCCESSES else FAILURES[result]
        return self._finish(mid, code, now)

    def _find(self, mid: int, result: int, kind: type[Asked], now: float) -> Waiting | Done:
        if result not in SUCCESSES and result not in FAILURES:
            raise Failed(Fault.SYNTAX)
        waiting = self._waiting.get(mid)
        if waiting is not None and isinstance(waiting.operation, kind):
            self._only_last(mid)
            return waiting
        if self._answered.get(mid, now) > now:
            return Done()  # answered before: OK, nothing is sent (decision 31)
        match self._instance.module.quirks.late_rsp:
            case "653":
                raise Failed(Fault.RESOURCE)
            case "601":
                raise Failed(Fault.SYNTAX)
            case "ok":
                return Done()
            case "ok+event20":
                return Done(after=(urc.event(20, mid),))

    def _only_last(self, mid: int) -> None:
        """RDA: only the newest request can be answered (MB 5.10)."""
        if self._instance.module.quirks.rsp_only_last == "on" and mid != next(
            reversed(self._waiting)
        ):
            raise Failed(Fault.RESOURCE)

    def _finish(
        self,
        mid: int,
        code: Code,
        now: float,
        payload: bytes = b"",
        content_format: int | None = None,
    ) -> Done:
        del self._waiting[mid]
        self._queue.remove(mid)
        self._respond(mid, code, now, payload, content_format)
        self._remember(mid, now)
        return Done(after=self._instance.module.sent(mid))

    def _give_up(self, mid: int, now: float) -> None:
        client = self._instance.client
        assert client is not None
        del self._waiting[mid]
        self._queue.remove(mid)
        if self._instance.module.quirks.after_timeout == "5.00":
            self._respond(mid, Code.INTERNAL_SERVER_ERROR, now)
        else:
            client.forget(mid)

    def _remember(self, mid: int, now: float) -> None:
        self._answered.pop(mid, None)
        self._answered[mid] = now + REMEMBERED_S
        while len(self._answered) > REMEMBERED_LIMIT:
            del self._answered[next(iter(self._answered))]

    def _respond(
        self,
        mid: int,
        code: Code,
        now: float,
        payload: bytes = b"",
        content_format: int | None = None,
    ) -> None:
        client = self._instance.client
        assert client is not None
        client.respond(mid, code, now, payload=payload, content_format=content_format)

    def _print(self, *lines: Line) -> None:
        for line in lines:
            self._instance.module.emit(line)
