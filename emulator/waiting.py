"""Requests that wait for the MCU, from their arrival to their answer (decisions 31, 32, 39)."""

from dataclasses import dataclass, field

from emulator import urc
from emulator.at.results import Done, Failed, Fault, Line
from emulator.instance import Instance, Phase, Platform
from emulator.nmi import Asked, NmiQueue, Queued
from emulator.transmission import patience_of
from lwm2m_core.client import Client
from lwm2m_core.formats import Entry
from lwm2m_core.frozen import frozen
from lwm2m_core.message import Code
from lwm2m_core.nothing import NOTHING
from lwm2m_core.operations import Operation
from lwm2m_core.paths import Path

WAITING_LIMIT = 64  # requests that may wait for the MCU at a time; one more gets 5.03 (chosen)
REMEMBERED_LIMIT = 1024  # message ids remembered as answered or given up (chosen)
REMEMBERED_S = 247.0  # RFC 7252 4.8.2, EXCHANGE_LIFETIME (decision 31)

FAILURES = {
    11: Code.BAD_REQUEST,
    12: Code.UNAUTHORIZED,
    13: Code.NOT_FOUND,
    14: Code.METHOD_NOT_ALLOWED,
    15: Code.NOT_ACCEPTABLE,
}
SUCCESSES = (1, 2)  # both are accepted for any request (decision 37)


@frozen
class Reply:
    """What goes to the platform."""

    code: Code
    payload: bytes = b""
    content_format: int | None = None


@dataclass(slots=True)
class Waiting:
    """A request that the MCU has seen and not answered.

    `number`: the `<mid>` of its lines, which may have 32 bits (MB 3). `deadline`: when it is
    forgotten.
    """

    operation: Operation
    number: int
    lines: tuple[Line, ...]
    deadline: float
    held: dict[Path, Entry] = field(default_factory=dict)


class WaitingRequests:
    """Those of one session: seen by the MCU, queued for it, and answered not long ago."""

    __slots__ = ("_instance", "_queue", "_waiting", "_answered")

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._queue: NmiQueue | None = None  # most hosts never have requests kept
        self._waiting: dict[int, Waiting] = NOTHING
        self._answered: dict[int, float] = NOTHING  # <mid> -> when it may be used anew

    @property
    def is_full(self) -> bool:
        """Whether one more would have to be turned away."""
        return len(self._waiting) >= WAITING_LIMIT

    def deadline(self) -> float | None:
        """When the next waiting request is given up: not always the oldest, for how long they wait
        may be changed meanwhile."""
        if not self._waiting:  # asked for after every input
            return None
        return min([waiting.deadline for waiting in self._waiting.values()])

    def handle_timeout(self, now: float) -> None:
        """Forget what the MCU did not answer in time (decision 32)."""
        due = [mid for mid, waiting in self._waiting.items() if waiting.deadline <= now]
        for mid in due:
            self._give_up(mid, now)

    def clear(self) -> None:
        """The session is over: nothing waits any more, nothing was dropped (manual 4.4)."""
        self._waiting = self._answered = NOTHING
        self._queue = None

    # asking

    def ask(self, operation: Asked, lines: tuple[Line, ...], now: float) -> None:
        """Straight to the MCU, or kept until it fetches it (manual 4.2)."""
        if self._instance.module.nmi.is_direct(operation):
            self.ask_now(operation, lines, now)
        else:
            self._keep(Queued(operation, lines))

    def ask_now(
        self, operation: Operation, lines: tuple[Line, ...], now: float, number: int | None = None
    ) -> None:
        """Straight to the MCU, as what is no READ, WRITE or EXECUTE always goes (manual 4.2)."""
        self._wait(operation, lines, now, number)
        self._print(*lines)

    def ask_again(self, mid: int) -> None:
        """The same datagram again while unanswered: its lines once more (decision 31)."""
        waiting, module = self._waiting.get(mid), self._instance.module
        if waiting is None or (self._queue is not None and self._queue.find(mid) is not None):
            return
        if module.nmi.is_direct(waiting.operation) and module.quirks.duplicate_urc == "on":
            self._print(*waiting.lines)

    def _wait(
        self, operation: Operation, lines: tuple[Line, ...], now: float, number: int | None = None
    ) -> None:
        """The MCU has been asked: its time runs from now (decision 32)."""
        mid, patience = operation.mid, patience_of(self._instance.module.quirks)
        number = mid if number is None else number
        if not self._waiting:
            self._waiting = {}
        self._waiting[mid] = Waiting(operation, number, lines, now + patience)

    # kept until the MCU fetches them (manual 4.2, 4.3)

    def _keep(self, entry: Queued) -> None:
        """Modes 1 and 2: queue it, in mode 1 say that there is something (manual 4.11)."""
        if self._queue is None:
            self._queue = NmiQueue()
        dropped = self._queue.add(entry)
        for gone in dropped:
            if gone.operation.mid in self._waiting:
                self._ended(gone.operation.mid)
            self._client().forget(gone.operation.mid)
        if entry not in dropped and self._instance.module.nmi.nnmi == 1:
            self._print(urc.nmi())

    def fetch(self, now: float) -> Done:
        """AT+MIPLMGR=: the oldest request, again until it is answered (manual 4.3)."""
        self.require_nmi()
        if self._instance.phase is not Phase.REGISTERED:
            raise Failed(Fault.STATE)
        entry = None if self._queue is None else self._queue.oldest()
        if entry is None or self._instance.module.nmi.nnmi == 0:
            return Done()
        if entry.operation.mid not in self._waiting:
            self._wait(entry.operation, entry.lines, now)
        return Done(entry.lines)

    @property
    def queued(self) -> tuple[int, int, int]:
        """How many wait to be fetched, how many found no room, and the bytes of those that wait."""
        queue = self._queue
        return (0, 0, 0) if queue is None else (len(queue), queue.dropped, queue.size)

    def statistics(self) -> tuple[int, int, int]:
        """`<queues>`, `<dropped>`, `<buffers>` of AT+MIPLQMGR= (manual 4.4)."""
        self.require_nmi()
        return self.queued

    def require_nmi(self) -> None:
        """651 on other platforms than OneNET (manual 4.2)."""
        onenet = self._instance.platform is Platform.ONENET
        if not onenet and self._instance.module.quirks.nmi_platforms == "onenet":
            raise Failed(Fault.NOT_ALLOWED)

    # answering

    def waits(self, number: int, *kinds: type[Operation]) -> Waiting | None:
        """The request of one of these kinds that waits under this `<mid>`."""
        waiting = self._waiting.get(number & 0xFFFF)
        if waiting is None or waiting.number != number:
            return None
        return waiting if isinstance(waiting.operation, kinds) else None

    def find(self, number: int, result: int, now: float, *kinds: type[Operation]) -> Waiting | Done:
        """The request that a response of the MCU names; Done where it is answered already."""
        if result not in SUCCESSES and result not in FAILURES:
            raise Failed(Fault.SYNTAX)
        waiting = self.waits(number, *kinds)
        if waiting is not None:
            self._only_last(waiting)
            return waiting
        if self._answered.get(number, now) > now:
            return Done()  # answered before: OK, nothing is sent (decision 31)
        return self._too_late(number)

    def _too_late(self, number: int) -> Done:
        """Nothing waits under this `<mid>`, or not any more (decision 32)."""
        how = self._instance.module.quirks.late_rsp
        if how != "ok+event20":
            self._instance.module.extra(20, number)
        match how:
            case "653":
                raise Failed(Fault.RESOURCE)
            case "601":
                raise Failed(Fault.SYNTAX)
            case "ok":
                return Done()
            case "ok+event20":
                return Done(after=(urc.event(20, number),))

    def _only_last(self, waiting: Waiting) -> None:
        """RDA: only the newest request can be answered (MB 5.10)."""
        newest = next(reversed(self._waiting.values()))
        if self._instance.module.quirks.rsp_only_last == "on" and waiting is not newest:
            raise Failed(Fault.RESOURCE)

    def finish(self, waiting: Waiting, reply: Reply, now: float) -> Done:
        """The MCU has answered, and `reply` says it to the platform."""
        mid = waiting.operation.mid
        self._instance.require_room(len(reply.payload), now)
        self._ended(mid)
        self.send(mid, reply, now)
        self.remember(waiting.number, now)
        self._instance.module.extra(21)  # behind what `sent` prints; without <mid>, MB 6.7
        return Done(after=self._instance.module.sent(mid))

    def send(self, mid: int, reply: Reply, now: float) -> None:
        """Answer request `mid` on the wire."""
        self._client().respond(
            mid, reply.code, now, payload=reply.payload, content_format=reply.content_format
        )

    def remember(self, number: int, now: float) -> None:
        """It is answered: a response of the MCU that still comes is `OK` (decision 31)."""
        if not self._answered:
            self._answered = {}
        self._answered.pop(number, None)
        self._answered[number] = now + REMEMBERED_S
        while len(self._answered) > REMEMBERED_LIMIT:
            del self._answered[next(iter(self._answered))]

    def _ended(self, mid: int) -> None:
        """The request waits no longer."""
        del self._waiting[mid]
        self._waiting = self._waiting or NOTHING
        if self._queue is not None:
            self._queue.remove(mid)

    def _give_up(self, mid: int, now: float) -> None:
        self._ended(mid)
        if self._instance.module.quirks.after_timeout == "5.00":
            self.send(mid, Reply(Code.INTERNAL_SERVER_ERROR), now)
        else:
            self._client().forget(mid)

    def _client(self) -> Client:
        assert self._instance.client is not None
        return self._instance.client

    def _print(self, *lines: Line) -> None:
        for line in lines:
            self._instance.module.emit(line)
