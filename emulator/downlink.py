"""Requests of the platform: printed, waited for, answered (manual 3.10–3.19; decisions 29–37)."""

from collections.abc import Sequence
from dataclasses import dataclass

from emulator import urc
from emulator.asking import Asking
from emulator.at.results import Done, Failed, Fault, Line
from emulator.encoding import PAYLOAD_LIMIT, encode, encode_known
from emulator.instance import Instance, Platform
from emulator.nmi import Asked
from emulator.own.registry import OwnObjects
from emulator.quirks import ATTRIBUTES, DISCOVER, OBSERVE
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

Reported = Observe | CancelObserve | Discover | WriteAttributes  # mostly answered by the module

# What *auto_answer* names -> the requests that are meant
KINDS: dict[str, tuple[type[Operation], ...]] = {
    OBSERVE: (Observe, CancelObserve),
    DISCOVER: (Discover,),
    ATTRIBUTES: (WriteAttributes,),
}


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

    __slots__ = ("waiting", "_observes", "_discovers", "_instance", "_own")

    def __init__(self, instance: Instance, own: OwnObjects) -> None:
        self.waiting = WaitingRequests(instance)
        self._instance, self._own = instance, own
        self._observes = 0
        self._discovers: tuple[tuple[int, int], ...] = ()

    # what the platform asks

    @property
    def _asking(self) -> Asking:
        return Asking(self._instance)

    def received(self, operation: Operation, now: float) -> None:
        """A new request from the platform."""
        match operation:
            case Observe(mid, path):
                number = self._observe_number(mid)
                self._report(OBSERVE, operation, urc.observe(number, True, path), now, number)
            case CancelObserve(mid, path):
                self._report(OBSERVE, operation, urc.observe(mid, False, path), now)
            case Discover(mid, path):
                self._report(DISCOVER, operation, urc.discover(mid, path), now)
            case WriteAttributes():
                self._report(ATTRIBUTES, operation, self._asking.parameter(operation), now)
            case Read() | Write() | Execute():
                self._ask(operation, now)

    def rejected(self, mid: int, path: Path) -> None:
        """A RST to a notification ends the observation and prints flag 0 (decision 30)."""
        self._print(urc.observe(mid, False, path))

    def _report(
        self, kind: str, operation: Reported, line: Line, now: float, number: int | None = None
    ) -> None:
        """Answered by the module and told to the MCU, or left to the MCU (decision 30; MB 2.8)."""
        mine = self._own.has(operation.path)
        if not mine and not self._answers(kind):
            self._leave(operation, line, now, number)
            return
        refusal = self._own.take(operation, now) if mine else self._unlisted(operation)
        if refusal is not None:
            self._respond(operation.mid, refusal, now)
            return
        if mine:
            self.waiting.remember(operation.mid if number is None else number, now)
        if isinstance(operation, Discover):
            asked = (operation.mid, operation.path.object)
            self._discovers = (*self._discovers, asked)[-DISCOVERS_REMEMBERED:]
        self.waiting.send(operation.mid, self._success(operation), now)
        self._print(line)

    def _unlisted(self, operation: Reported) -> Code | None:
        """4.04 for a Discover of a resource that nobody has declared: no part of the list matches
        (decision 16)."""
        listed = not isinstance(operation, Discover) or self._instance.tree.has(operation.path)
        return None if listed else Code.NOT_FOUND

    def _leave(self, operation: Reported, line: Line, now: float, number: int | None) -> None:
        if self.waiting.is_full:
            self._respond(operation.mid, Code.SERVICE_UNAVAILABLE, now)
        else:
            self.waiting.ask_now(operation, (line,), now, number)

    def _answers(self, kind: str) -> bool:
        """Whether the module answers such requests itself, as CMIOT's do (MB 2.8)."""
        return kind in self._instance.module.quirks.auto_answer

    def _observe_number(self, mid: int) -> int:
        """`<mid>` of +MIPLOBSERVE: MB 3 has 32 bits, a count above the message id."""
        if self._instance.module.quirks.observe_mid == "coap16":
            return mid
        self._observes += 1
        return self._observes << 16 | mid

    def _ask(self, operation: Asked, now: float) -> None:
        if self._own.has(operation.path):
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
            self._respond(operation.mid, changed(operation), now)
            self.waiting.remember(operation.mid, now)
            self._print(*lines)
        else:
            self.waiting.ask(operation, lines, now)

    def _answers_itself(self, operation: Asked) -> bool:
        """CTWing and Huawei send through object 19: the module answers (manual 5.3, 5.6)."""
        tunnel = self._instance.platform in (Platform.CTWING, Platform.HUAWEI)
        return tunnel and operation.path.object == TUNNEL and isinstance(operation, Write)

    def _answer_for_module(self, operation: Asked, now: float) -> None:
        """Objects of the module itself need no MCU; what is written to them, and what is refused,
        is not told (decisions 33, 36)."""
        refusal = self._own.refusal(operation, now)
        if refusal is not None:
            self._respond(operation.mid, refusal, now)
        elif isinstance(operation, Read):
            self._show(operation, now)
        else:
            self._respond(operation.mid, self._own.carry_out(operation, now), now)

    def _show(self, operation: Read, now: float) -> None:
        self.waiting.send(operation.mid, self._values(operation.path, operation.accept), now)
        self.waiting.remember(operation.mid, now)
        # In modes 1 and 2 the MCU is not told what a request is (manual 4.2, footnote 8).
        told = self._instance.module.nmi.nnmi == 0
        if told and self._instance.module.quirks.module_read_urc == "on":
            self._print(*self._asking.lines(operation))

    def _success(self, operation: Operation) -> Reply:
        """The answer to a request that is granted and asks for no value of the MCU."""
        match operation:
            case Observe(path=path, accept=accept):
                known = self._instance.module.quirks.observe_payload == "last"
                return self._values(path, accept, known)
            case CancelObserve(path=path):
                return self._values(path, None)
            case Discover(path=path):
                links = encode_links(self._instance.tree.links(path))
                return Reply(Code.CONTENT, links, ContentFormat.LINK)
            case Write():
                return Reply(changed(operation))
            case _:
                return Reply(Code.CHANGED)

    def _values(self, path: Path, accept: int | None, known: bool = True) -> Reply:
        """2.05 with the last known values (decision 30)."""
        encoded = encode_known(self._instance, path, accept, known)
        return Reply(Code.CONTENT, encoded.payload, encoded.content_format)

    # what the MCU answers

    def read_response(self, mid: int, result: int, answer: Answer | None, now: float) -> Done:
        """AT+MIPLREADRSP (manual 3.11): hold or send values, or refuse the Read."""
        if result in SUCCESSES and answer is None:
            raise Failed(Fault.SYNTAX)
        waiting = self.waiting.find(mid, result, now, Read)
        if isinstance(waiting, Done):
            return waiting
        if result not in SUCCESSES:
            return self._finish(waiting, result, now)
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
        done = self.waiting.finish(waiting, reply, now)
        instance.release(answer.flag)
        return done

    def _dropping(self, waiting: Waiting, fault: Fault) -> Failed:
        """What was held for the READ goes, the READ stays open (decision 43)."""
        waiting.held.clear()
        return Failed(fault)

    def respond(self, number: int, result: int, now: float, *kinds: type[Operation]) -> Done:
        """AT+MIPLWRITERSP, AT+MIPLEXECUTERSP (manual 3.13, 3.15)."""
        waiting = self.waiting.find(number, result, now, *kinds)
        return waiting if isinstance(waiting, Done) else self._finish(waiting, result, now)

    def respond_reported(self, kind: str, number: int, result: int, now: float) -> Done:
        """AT+MIPLOBSERVERSP, AT+MIPLPARAMETERRSP: nothing is done where the module has answered
        already (manual 3.17, 3.19; decision 30)."""
        return Done() if self._answers(kind) else self.respond(number, result, now, *KINDS[kind])

    def discover_response(
        self, number: int, result: int, resources: Sequence[int], now: float
    ) -> Done:
        """AT+MIPLDISCOVERRSP: what an object has, or the answer to a DISCOVER (decision 16).

        `number` is the `<mid>` of a DISCOVER that waits, else an added object, else the `<mid>` of
        a DISCOVER that the module has answered.
        """
        added = self._instance.tree.owner_of(number) == "mcu"
        if added and self.waiting.waits(number, Discover) is None:
            return self._list(number, resources)
        if self._answers(DISCOVER):
            return self._list(dict(self._discovers).get(number), resources)
        waiting = self.waiting.find(number, result, now, Discover)
        if isinstance(waiting, Done):
            return waiting
        if result in SUCCESSES:
            self._list(waiting.operation.path.object, resources)
        return self._finish(waiting, result, now)

    def _list(self, objid: int | None, resources: Sequence[int]) -> Done:
        """Objects of the module have the resources they have (decision 33)."""
        tree = self._instance.tree
        match None if objid is None else tree.owner_of(objid):
            case None:
                raise Failed(Fault.RESOURCE)
            case "mcu":
                assert objid is not None
                tree.list_resources(objid, resources)
        return Done()

    def _finish(self, waiting: Waiting, result: int, now: float) -> Done:
        granted = result in SUCCESSES
        reply = self._success(waiting.operation) if granted else Reply(FAILURES[result])
        return self.waiting.finish(waiting, reply, now)

    def _respond(self, mid: int, code: Code, now: float) -> None:
        self.waiting.send(mid, Reply(code), now)

    def _print(self, *lines: Line) -> None:
        for line in lines:
            self._instance.module.emit(line)
