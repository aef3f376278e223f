"""Requests of the platform and the host's answers (manual 3.10–3.15; decisions 31–40)."""

from collections.abc import Iterator
from dataclasses import dataclass

from emulator.lint.command import Command
from emulator.lint.exchange import Breach, Exchange, Printed
from emulator.lint.session import MODULE_OBJECTS, Path, Session, covers, remember

ANSWER_S = 5.0  # manual 5.1, 5.5: an answer within 5 seconds
REMEMBERED_S = 247.0  # decision 31
QUEUE_LIMIT = 40  # requests that NMI keeps (manual 4.2 note 4)
TOLERANCE_S = 1e-6  # of sums of seconds

KINDS = {"+MIPLREADRSP": "READ", "+MIPLWRITERSP": "WRITE", "+MIPLEXECUTERSP": "EXECUTE"}
RESULTS = {"READ": (1, 11, 12, 13, 14, 15), "WRITE": (2, 11, 12, 13, 14)}
RESULTS["EXECUTE"] = RESULTS["WRITE"]
AUTOMATIC_OBJECT, AUTOMATIC_PLATFORMS = 19, (1, 3)  # manual 5.3, 5.6


@dataclass(slots=True)
class Request:
    """What was asked; `due`: until when the module waits; `answered`: when; `forgotten`: whether
    it waits no more."""

    kind: str
    path: Path
    asked: float
    line: str
    needs_answer: bool
    due: float
    answered: float | None = None
    forgotten: bool = False


class Answers:
    """What was asked in one login, and what was answered."""

    def __init__(self) -> None:
        self._requests: dict[int, Request] = {}
        self._due = float("inf")

    def clear(self) -> None:
        self._requests.clear()
        self._due = float("inf")

    def asked(self, printed: Printed, session: Session, patience_s: float) -> None:
        """A READ, WRITE or EXECUTE line, for whose answer the module waits so long (decision 32). A
        repeated line changes nothing."""
        mid, path = printed.number(1), (printed.number(2), printed.number(3), printed.number(4))
        before = self._requests.get(mid)
        if before is not None and before.answered is None and not before.forgotten:
            return
        own = path[0] in MODULE_OBJECTS and path[0] not in session.objects
        automatic = (
            printed.name == "WRITE"
            and path[0] == AUTOMATIC_OBJECT
            and session.platform in AUTOMATIC_PLATFORMS
        )
        due, needed = printed.now + patience_s, not (own or automatic)
        request = Request(printed.name, path, printed.now, printed.line, needed, due)
        remember(self._requests, mid, request)
        if request.needs_answer:
            self._due = min(self._due, due)

    def tick(self, now: float) -> Iterator[Breach]:
        """What the module has given up waiting for."""
        if now <= self._due + TOLERANCE_S:
            return
        self._due = float("inf")
        for request in self._open():
            if now > request.due + TOLERANCE_S:
                request.forgotten = True
                yield Breach("unanswered", line=request.line)
            else:
                self._due = min(self._due, request.due)

    def ended(self, now: float) -> Iterator[Breach]:
        """The session is over: nobody can answer any more what waits longer than it may."""
        for request in self._open():
            if now - request.asked > ANSWER_S + TOLERANCE_S:
                yield Breach("unanswered", line=request.line)
        self.clear()

    def _open(self) -> list[Request]:
        return [
            request
            for request in self._requests.values()
            if request.needs_answer and request.answered is None and not request.forgotten
        ]

    def check(self, exchange: Exchange, session: Session) -> Iterator[Breach]:
        """An answer of the host."""
        command = exchange.command
        kind, mid, result = KINDS[command.name], command.number(1), command.number(2)
        if result is not None and result not in RESULTS[kind]:
            yield Breach("wrong-result", f"{result} for {kind}")
        request = None if mid is None else self._requests.get(mid)
        if request is None or request.kind != kind:
            yield from _unknown(request, kind, command)
            return
        if request.answered is not None:
            if exchange.sent - request.answered <= REMEMBERED_S and request.needs_answer:
                yield Breach("answered-twice", f"mid {mid}")
            return
        yield from _check_path(command, request)
        if command.number(10) in (1, 2) or (not exchange.ok and not request.forgotten):
            return
        took = exchange.sent - request.asked
        if request.needs_answer and took > ANSWER_S + TOLERANCE_S:
            yield Breach("late-answer", f"{took:.1f} s after {request.line}")
        request.answered = exchange.sent
        session.login.nmi_waiting = max(0, session.login.nmi_waiting - 1)


def _unknown(request: Request | None, kind: str, command: Command) -> Iterator[Breach]:
    detail = f"mid {command.text(1)}"
    if request is not None:
        detail += f" was that of a {request.kind}"
    yield Breach("unknown-mid", detail)


def _check_path(command: Command, request: Request) -> Iterator[Breach]:
    numbers = [command.number(place) for place in (3, 4, 5)]
    if request.kind != "READ" or len(command.raws) < 6 or None in numbers:
        return
    path = (numbers[0] or 0, numbers[1] or 0, numbers[2] or 0)
    if not covers(request.path, path):
        yield Breach("not-what-was-read", f"{request.line} asked for another path")


def check_queue(printed: Printed, session: Session) -> Iterator[Breach]:
    """+MIPLNMI: <ref> says that a request waits; the read form's line has three fields."""
    if len(printed.fields) == 1:
        session.login.nmi_waiting += 1
        if session.login.nmi_waiting == QUEUE_LIMIT + 1:
            yield Breach("nmi-overflow", f"more than {QUEUE_LIMIT} wait", printed.line)


def check_figures(printed: Printed) -> Iterator[Breach]:
    """+MIPLQMGR: <ref>,QUEUES=<q>,DROPPED=<d>,BUFFERS=<b>"""
    dropped = printed.fields[2].removeprefix("DROPPED=") if len(printed.fields) > 2 else "0"
    if dropped.strip() not in ("", "0"):
        yield Breach("nmi-overflow", f"{dropped} dropped", printed.line)
