"""What the module says next to what it said in the log, line by line, as both come in."""

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from emulator.differences.comparing import Kind
from emulator.differences.dialogue import FINAL
from emulator.replay.binding import Binding, asks_who, mid_of
from emulator.replay.entry import Entry

ROWS_BEFORE: Final = 80  # that are kept before a difference, for it may show late
ROWS_AFTER: Final = 6
DIFFERENCES_LIMIT: Final = 1000  # that are kept; all are counted
PENDING_LIMIT: Final = 2000  # lines of the module that wait for one of the log
EARLY_LIMIT: Final = 10_000  # lines that are remembered to have come early
LAG: Final = 20
"""Commands within which an unsolicited line of the log may follow that of the module: networks take
their time, ours does not. Other lines belong to their command."""

_HEAD: Final = re.compile(r"[+*^][A-Z0-9]+", re.I)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the log beside that of the module; `ours` as it came. `kind`: how they differ."""

    entry: Entry | None
    ours: str | None
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A difference, at a line of the log. `why`: what else is known of it, for people."""

    kind: Kind
    line: int
    entry: Entry | None
    ours: str | None
    why: str = ""


@dataclass(slots=True)
class _Pending:
    text: str
    window: int  # which commands of the host it came behind
    number: int
    line: int  # of the log, which had been reached
    overtaken: bool = False

    @property
    def is_final(self) -> bool:
        return FINAL.fullmatch(self.text) is not None

    @property
    def lag(self) -> int:
        return LAG if self.text.startswith("+MIPL") else 1


class Matching:
    """Lines come in by `wrote`, `came` and `take`. `found` has the differences, `before` and
    `after` the rows around the first. `early`: lines of the log that the module said some commands
    before, each with the line that the log had reached then."""

    def __init__(self) -> None:
        self.binding = Binding()
        self.found: list[Found] = []
        self.count = 0
        self.compared = 0
        self.before: deque[Row] = deque(maxlen=ROWS_BEFORE)
        self.after: list[Row] = []
        self.dropped = 0
        self.early: dict[int, int] = {}
        self._pending: list[_Pending] = []
        self._window = self._number = self._matched = self._line = 0
        self._asks_who = False
        self._answered = True  # the log has had a line of the module behind the last command

    @property
    def first(self) -> Found | None:
        """The difference that comes first in the log."""
        return min(self.found, key=lambda each: each.line, default=None)

    @property
    def window(self) -> int:
        """How often the host has written; commands without an answer between count once."""
        return self._window

    # What comes in.

    def wrote(self, entry: Entry, text: str) -> None:
        """The host's next line was written, as `text`."""
        if self._answered:  # else it was written together with the one before
            self._next_window()
        self._line = entry.line
        self._asks_who = self._asks_who or asks_who(entry.text)
        self._row(Row(entry, text))

    def came(self, text: str) -> None:
        """The module has printed a line."""
        self._number += 1
        if self._is_about_itself(text):
            return
        if len(self._pending) >= PENDING_LIMIT:
            self.dropped += 1
            return
        self._pending.append(_Pending(text, self._window, self._number, self._line))

    def forget(self) -> None:
        """What has come so far was before the log begins."""
        self._pending.clear()

    def take(self, entry: Entry) -> bool:
        """Whether the module has said this line of the log; it is then done with."""
        self._line = entry.line
        self._answered = True
        if self._is_about_itself(entry.text):
            self._row(Row(entry, None))
            return True
        for wanted in ("same", "spelling"):
            for n, each in enumerate(self._pending):
                if self._likeness(entry, each.text) == wanted:
                    self._match(n, entry, None if wanted == "same" else "spelling")
                    return True
        return False

    def knows(self, entry: Entry) -> bool:
        """Whether the module has said it already."""
        return any(self._likeness(entry, each.text) is not None for each in self._pending)

    def is_hopeless(self, entry: Entry) -> bool:
        """Whether it cannot come any more: the command has ended in another way."""
        return entry.is_final and any(
            each.is_final and each.window == self._window for each in self._pending
        )

    @property
    def has_ended(self) -> bool:
        """Whether the last command has its result."""
        return any(each.is_final and each.window == self._window for each in self._pending)

    def miss(self, entry: Entry, ahead: Sequence[Entry] = (), why: str = "") -> None:
        """It has not come: another line stands in its place, which the log does not have `ahead`,
        or none."""
        for n, each in enumerate(self._pending):
            if _stands_for(entry, each) and not self._is_ahead(each, ahead):
                kind: Kind = "result" if entry.is_final else "module"
                self._match(n, entry, kind, why)
                return
        self._row(Row(entry, None, "missing"))
        self._note(Found("missing", entry.line, entry, None, why))

    def finish(self) -> None:
        """The log is over: what the module said before the last line that both have is extra."""
        for each in self._pending:
            if each.number < self._matched:
                self._note(Found("extra", each.line, None, each.text))
        self._pending.clear()

    # Inside.

    def _next_window(self) -> None:
        late = [each for each in self._pending if self._window - each.window >= each.lag]
        for each in late:
            self._pending.remove(each)
            self._note(Found("extra", each.line, None, each.text))
        self._window += 1
        self._asks_who = self._answered = False

    def _is_ahead(self, each: _Pending, ahead: Sequence[Entry]) -> bool:
        """Whether the log has an unsolicited line later; results belong to their commands."""
        return not each.is_final and any(
            later.by == "module" and self._likeness(later, each.text) for later in ahead
        )

    def _is_about_itself(self, text: str) -> bool:
        is_answer = not FINAL.fullmatch(text) and not text.startswith("+MIPL")
        return self._asks_who and (is_answer or text.startswith("+MIPLVER"))

    def _likeness(self, entry: Entry, ours: str) -> str | None:
        if not entry.whole and ours.startswith(entry.text):
            return "same"
        return self.binding.likeness(entry.text, ours)

    def _match(self, position: int, entry: Entry, kind: Kind | None, why: str = "") -> None:
        each = self._pending.pop(position)
        self.binding.bind(entry.text, each.text)
        self.compared += 1
        self._matched = max(self._matched, each.number)
        if each.window < self._window and len(self.early) < EARLY_LIMIT:
            self.early[entry.line] = each.line
        if kind is None and each.overtaken and each.window == self._window:
            kind = "order"
        if mid_of(entry.text) is None:  # when the platform asks is not the module's doing
            for other in self._pending[:position]:
                other.overtaken = True
        self._row(Row(entry, each.text, kind))
        if kind is not None:
            self._note(Found(kind, entry.line, entry, each.text, why))

    def _row(self, row: Row) -> None:
        if not self.found:
            self.before.append(row)
        elif len(self.after) < ROWS_AFTER:
            self.after.append(row)

    def _note(self, found: Found) -> None:
        self.count += 1
        if len(self.found) < DIFFERENCES_LIMIT:
            self.found.append(found)


def _stands_for(entry: Entry, each: _Pending) -> bool:
    if entry.is_final or each.is_final:
        return entry.is_final and each.is_final
    first, second = _HEAD.match(entry.text), _HEAD.match(each.text)
    return first is not None and second is not None and first[0].upper() == second[0].upper()
