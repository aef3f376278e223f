"""What a host does undisturbed: its commands with their answers, out of a modem's journal."""

import re
from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from emulator.explore.account import is_poll
from emulator.explore.lines import KINDS, REQUESTS
from emulator.journal import Record

LINE_LIMIT: Final = 8192  # bytes of one line of the host; of a longer one, the last so many
NEIGHBOURS_LIMIT: Final = 64  # pairs of unsolicited lines that are kept, the first
OWN_LIMIT: Final = 64  # lines of the module's own that are kept, the first
PRINTED_LIMIT: Final = 256  # unsolicited lines that are kept, the latest
SENT_LIMIT: Final = 20_000  # lines of the host that are kept, the first

_FINAL: Final = re.compile(rb"\r\n(?:OK|ERROR|\+C(?:IS|ME) ERROR: ?[0-9]+)\r\n\Z|[04]\r\Z")
_RESULT: Final = re.compile(rb"\n(?:OK|ERROR|\+C(?:IS|ME) ERROR: ?[0-9]+)\r|\b[04]\r\Z")
_REGISTERED: Final = re.compile(r"\+MIPLEVENT: ?\d+, ?6\b")
_OUT: Final = re.compile(r"\+MIPLEVENT: ?\d+, ?(?:15|31)\b")
_LEAVES: Final = re.compile(r"AT\s*\+(?:MIPLCLOSE|MIPLDEL|MIPLDELETE|NRB|CMRB)\b", re.I)
_ASKED: Final = re.compile(r"\+MIPL(READ|WRITE|EXECUTE): ?\d+, ?(\d+),", re.I)
_ANSWER: Final = re.compile(r"AT\s*(\+MIPL(?:READ|WRITE|EXECUTE)RSP)\s*=\s*\d+\s*,\s*(\d+)", re.I)
_OWN: Final = re.compile(
    r"(\+MIPL(EVENT|OBSERVE|DISCOVER|PARAMETER|READ|WRITE|EXECUTE)): ?\d", re.I
)
_ANY_MID: Final = re.compile(r"\+MIPL[A-Z]+: ?\d+, ?(\d+),")


@dataclass(frozen=True, slots=True)
class Exchange:
    """A command line of the host, and what the module wrote for it. `echo`: its pieces. `replies`:
    how many command lines before it were answered. `is_registered`: the module was then, and has
    not been asked to leave before. `follows`: a line came within a moment behind the answer."""

    number: int
    text: str
    reply: bytes
    echo: tuple[bytes, ...] = ()
    is_registered: bool = False
    follows: bool = False

    @property
    def leaves(self) -> bool:
        """Whether it ends the login."""
        return _LEAVES.match(self.text) is not None

    @property
    def has_data(self) -> bool:
        """Whether there is a line before the final result."""
        final = _FINAL.search(self.reply)
        return final is not None and final.start() > 0

    @property
    def is_framed(self) -> bool:
        """Whether lines begin with CR LF (V.250 ATV1)."""
        return self.reply.startswith(b"\r\n")


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Two unsolicited lines of different kinds, one behind the other, with nothing of the host in
    between. `first`, `second`: their kinds and texts. `replies`: how many command lines had been
    answered. `name`, `nth`: how faults know the first."""

    first: tuple[str, str]
    second: tuple[str, str]
    replies: int
    name: str
    nth: int


@dataclass(frozen=True, slots=True)
class Own:
    """An unsolicited line as the module printed it. `replies`: how many command lines had been
    answered. `name`: how faults know it. `before`: the lengths of those with its name before it.
    `mid`: of a request, None of others."""

    kind: str
    text: str
    replies: int
    name: str
    before: tuple[int, ...] = ()
    mid: int | None = None

    def nth(self, size: int = 0) -> int:
        """Which it is of the lines that have its name, and so many bytes."""
        return 1 + sum(length >= size for length in self.before)


@dataclass(frozen=True, slots=True)
class Sheet:
    """`exchanges` in their order; those without an answer are left out. `asked`: of the requests
    that the host has answered, one of each kind as it was printed. `sent`: how often it wrote each
    line. `reports`: how often each path was reported. `seconds` in all; `silence`: the longest time
    in which the host wrote nothing. `mids`: all message ids that were printed. `hasty`: a command,
    and what the host wrote before it had its final result; None if it has always waited.
    `neighbours`: lines of the module's own that could have come in the other order. `own`: those
    of LwM2M that it printed."""

    exchanges: tuple[Exchange, ...]
    asked: Mapping[str, str] = field(default_factory=dict)
    sent: Mapping[str, int] = field(default_factory=dict)
    reports: Mapping[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    silence: float = 0.0
    mids: frozenset[int] = frozenset()
    hasty: tuple[str, str] | None = None
    neighbours: tuple[Neighbours, ...] = ()
    own: tuple[Own, ...] = ()


FOLLOWS_S: Final = 0.5
"""Seconds within which a line still counts as coming right behind an answer."""


class Reader:
    """Takes the records of a modem's journal in their order, from the start of the host on.

    `hasty`: a command that had no final result yet, and what the host wrote then, the first time;
    whether anybody is there it may ask again.
    """

    def __init__(self) -> None:
        self._exchanges: list[Exchange] = []
        self._command = ""
        self._echo: list[bytes] = []
        self._answered_at = float("-inf")
        self._registered = self._left = False
        self._rest = b""
        self._asked: dict[int, tuple[str, str]] = {}
        self._answered: dict[str, str] = {}
        self._mids: set[int] = set()
        self.sent: list[tuple[str, float]] = []
        self.printed: deque[str] = deque(maxlen=PRINTED_LIMIT)
        self.hasty: tuple[str, str] | None = None
        self._unanswered = ""
        self._heard = b""  # since the last command: a final result may come in pieces
        self._neighbours: list[Neighbours] = []
        self._own: list[Own] = []
        self._counts: Counter[str] = Counter()
        self._last: tuple[str, str, str, float] | None = None  # name, kind, text, time

    def take(self, record: Record) -> None:
        match record.kind:
            case "serial_in":
                self._host(record.data, record.time)
            case "command":
                self._command = self._unanswered = record.text
                self._heard = b""
            case "echo_out":
                self._echo.append(record.data)
            case "serial_out":
                self._module(record.data, record.time)

    def _host(self, data: bytes, at: float) -> None:
        *lines, self._rest = re.split(rb"[\r\n\0]+", self._rest + data)
        self._rest = self._rest[-LINE_LIMIT:]
        for line in filter(None, lines):
            text = line.decode("latin-1").strip()
            self._last = None
            is_again = is_poll(text) and text == self._unanswered
            if self._unanswered and self.hasty is None and not is_again:
                self.hasty = (self._unanswered, text)
            if len(self.sent) < SENT_LIMIT:
                self.sent.append((text, at))
            if (found := _ANSWER.match(text)) and int(found[2]) in self._asked:
                kind, printed = self._asked[int(found[2])]
                if KINDS[kind].answer == found[1].upper():
                    self._answered.setdefault(kind, printed)

    def _module(self, data: bytes, at: float) -> None:
        self._heard = (self._heard + data)[-LINE_LIMIT:]
        if _RESULT.search(self._heard):
            self._unanswered = ""
        if self._command and _FINAL.search(data):
            self._answer(data, at)
            return
        if self._exchanges and at - self._answered_at <= FOLLOWS_S and not self._command:
            self._exchanges[-1] = _followed(self._exchanges[-1])
        for line in filter(None, data.decode("latin-1").split("\r\n")):
            self._line(line)
            self._beside(line, at)

    def _line(self, line: str) -> None:
        self.printed.append(line)
        if found := _ASKED.match(line):
            self._asked[int(found[2])] = (found[1].lower(), line)
        if found := _ANY_MID.match(line):
            self._mids.add(int(found[1]))
        if is_registration(line):
            self._registered, self._left = True, False
        elif is_out(line):
            self._registered = False

    def _beside(self, line: str, at: float) -> None:
        """It and the one before it."""
        found = _OWN.match(line)
        if found is None:
            return
        name, kind = found[1].upper(), found[2].lower()
        last, self._last = self._last, (name, kind, line, at)
        if last is not None and last[0] != name and at - last[3] <= FOLLOWS_S:
            replies, nth = len(self._exchanges), self._counts[last[0]]
            if len(self._neighbours) < NEIGHBOURS_LIMIT:
                pair = Neighbours((last[1], last[2]), (kind, line), replies, last[0], nth)
                self._neighbours.append(pair)
        self._counts[name] += 1
        if len(self._own) < OWN_LIMIT:
            mid = int(asked[1]) if kind in REQUESTS and (asked := _ANY_MID.match(line)) else None
            before = tuple(len(each.text) for each in self._own if each.name == name)
            self._own.append(Own(kind, line, len(self._exchanges), name, before, mid))

    def _answer(self, data: bytes, at: float) -> None:
        echo = tuple(self._echo)
        is_registered = self._registered and not self._left
        number = len(self._exchanges)
        exchange = Exchange(number, self._command, data, echo, is_registered)
        self._exchanges.append(exchange)
        self._left = self._left or exchange.leaves
        self._command, self._echo, self._answered_at = "", [], at

    def sheet(self, started: float, ended: float, reports: Iterable[str]) -> Sheet:
        """What has been taken so far, from `started` to `ended`; `reports`: the path of each."""
        times = [started, *(at for _, at in self.sent), ended]
        silence = max((b - a for a, b in zip(times, times[1:], strict=False)), default=0.0)
        return Sheet(
            tuple(self._exchanges),
            {kind: self._answered[kind] for kind in REQUESTS if kind in self._answered},
            Counter(text for text, _ in self.sent),
            Counter(reports),
            ended - started,
            silence,
            frozenset(self._mids),
            self.hasty,
            tuple(self._neighbours),
            tuple(self._own),
        )


def _followed(exchange: Exchange) -> Exchange:
    fields = (exchange.number, exchange.text, exchange.reply, exchange.echo)
    return Exchange(*fields, exchange.is_registered, True)


def is_registration(line: str) -> bool:
    """Whether the module says by it that it is registered (event 6)."""
    return _REGISTERED.match(line) is not None


def is_out(line: str) -> bool:
    """Whether it says that it is not any more (events 15 and 31)."""
    return _OUT.match(line) is not None


def answer_of(line: str) -> int | None:
    """The message id that a line of the host answers; None if it answers none."""
    found = _ANSWER.match(line)
    return int(found[2]) if found else None
