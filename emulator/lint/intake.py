"""What the host writes, line by line: how and when, whatever it says."""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from emulator.at.lines import LineReader, Mark
from emulator.journal import Record
from emulator.lint import forms
from emulator.lint.exchange import Breach
from emulator.lint.finding import shown

PENDING_LIMIT = 1024  # lines that wait for their result

_REBOOTS = re.compile(r"AT\+(NRB|CMRB|CFUN *= *\d+ *, *1)", re.IGNORECASE)
_KNOCK = re.compile(r"AT(E[01]?)?|A/", re.IGNORECASE)
_QUIET = re.compile(r"ATQ1?", re.IGNORECASE)
_ENDS = b"\r\n\0"


@dataclass(frozen=True, slots=True)
class Pending:
    """A line of the host that has no result yet; `number` is that of the write that ended it."""

    text: str
    sent: float
    number: int


@dataclass(frozen=True, slots=True)
class _Early:
    """A line that has begun while the one `before` had no result."""

    line: Pending
    before: Pending


class Intake:
    """Takes lines as the module does (emulator/at), and keeps those that wait for their result."""

    def __init__(self) -> None:
        self._reader = LineReader()
        self._pending: deque[Pending] = deque(maxlen=PENDING_LIMIT)
        self._before: Pending | None = None  # what had no result when the line of now began
        self._early: _Early | None = None
        self._boots_until = 0.0
        self._is_on, self._quiet = True, False

    @property
    def rebooting(self) -> str:
        """The line that has asked for a reboot, if one waits."""
        return next((each.text for each in self._pending if _REBOOTS.match(each.text)), "")

    def restarted(self, record: Record, boot_s: float) -> None:
        """Power, the reset pin, or a reboot: all that waited is gone."""
        if record.kind == "power":
            self._is_on = record.text == "on"
        if record.kind == "reboot":
            self._boots_until = record.time + boot_s
        self._reader.reset()
        self._pending.clear()
        self._before, self._quiet = None, False

    def answered(self, cause: int) -> Pending | None:
        """The line that a result belongs to; those before it will not get any."""
        if not any(entry.number == cause for entry in self._pending):
            return None
        while self._pending[0].number != cause:
            self._pending.popleft()
        return self._pending.popleft()

    def written(self, record: Record) -> Iterator[Breach]:
        """Bytes of the host."""
        yield from self.settle()
        if not self._is_on:
            return
        if record.time < self._boots_until:
            yield from self._unheard(record.data)
            return
        if b"\0" in record.data:
            text = record.data.decode("latin-1").rstrip("\0\r\n")
            yield Breach("nul-bytes", line=text)
        for piece in re.split(rb"(?<=[\r\n])", record.data):  # line by line
            yield from self._piece(piece, record)

    def _unheard(self, data: bytes) -> Iterator[Breach]:
        """The module boots; AT again and again is how to find out when it is there."""
        self._reader.reset()
        for line in re.split(r"[\r\n\0]+", data.decode("latin-1")):
            if line and not _KNOCK.fullmatch(line.strip()):
                yield Breach("command-while-booting", line=line)

    def _piece(self, data: bytes, record: Record) -> Iterator[Breach]:
        """At most one line, with its end."""
        in_line, text = self._reader.in_line, data.strip(_ENDS)
        if text and not in_line:
            self._before = self._pending[-1] if self._pending else None
        for piece in self._reader.feed(data):
            match piece.item:
                case Mark.OVERLONG:
                    yield Breach("long-line")
                case str() if data.endswith(b"\n") and (text or in_line):
                    yield Breach("line-feed-only", line=piece.item)
            if piece.item is not None:
                blank = data.rstrip(_ENDS).endswith((b" ", b"\t"))
                yield from self._line(piece.item, record, blank)

    def _line(self, item: str | Mark, record: Record, blank: bool) -> Iterator[Breach]:
        text = item if isinstance(item, str) else item.value
        if blank:
            yield Breach("blanks", "at the end", text)
        if item is not Mark.OVERLONG:
            yield from (breach._replace(line=text) for breach in forms.check_line(text))
        line = Pending(text, record.time, record.number)
        if self._before is not None:
            yield from self.settle()
            self._early = _Early(line, self._before)
        if not self._quiet:
            self._pending.append(line)
        if _QUIET.fullmatch(text.strip()):  # V.250 6.2.5: there will be no results
            self._quiet, self._before = True, None
            self._pending.clear()

    def carried_out(self, record: Record) -> Iterator[Breach]:
        """A line that is carried out as soon as it has come was not too early, unless both came in
        one write: the result of the one before is lost, and the host has waited long enough."""
        early = self._early
        if early is None or early.line.number != record.cause:
            return
        if record.time == early.line.sent and early.before.number != early.line.number:
            self._early = None
        yield from self.settle()

    def settle(self) -> Iterator[Breach]:
        """Tell of a line that was too early, once it is clear that it was."""
        early, self._early = self._early, None
        if early is not None:
            detail = f"{shown(early.before.text)} has no result yet"
            yield Breach("no-pause", detail, early.line.text, early.line.sent)
