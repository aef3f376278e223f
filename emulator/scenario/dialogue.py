"""What was said, next to what should have been said.

Lines of host and module come in one order, what platforms tell in another: which of the two is
first depends on the network. So each entry looks at the kind that it waits for, and what is of the
other kind stays for later entries.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from emulator.scenario.document import Entry, Expect, Line, Never, Pause, Say
from emulator.scenario.guarding import Guard
from emulator.scenario.heard import Heard, described, fits

HELD_LIMIT: Final = 10000
"""Lines, and events of platforms, that may wait for an entry that looks at them."""

REPORT_LIMIT: Final = 20
"""Lines that a report repeats of what came since the last entry that was met."""


@dataclass(frozen=True, slots=True)
class Failure:
    """`line` and `field` of the file; `came`: the last that was heard since the entry before."""

    line: int
    field: str
    text: str
    came: tuple[Heard, ...] = ()


class Dialogue:
    """`plays`: the host's lines are written (`writes`) instead of waited for. `strict`: a line that
    no entry has is a failure. Time comes in with everything that is told."""

    def __init__(self, entries: Sequence[Entry], *, plays: bool, strict: bool) -> None:
        self._entries, self._plays, self._strict = entries, plays, strict
        self._lines: deque[Heard] = deque()
        self._tellings: deque[Heard] = deque()
        self._came: deque[Heard] = deque(maxlen=REPORT_LIMIT)
        self._guards: list[Guard] = []
        self._captured: dict[str, str] = {}
        self._missing: list[int] = []  # numbers of the watches of the current entry
        self._position = 0
        self._since = 0.0  # when the entry before was met
        self._expects_answer = False
        self._last_telling = max(
            (n for n, each in enumerate(entries) if _wants_telling(each)), default=-1
        )
        self.writes: list[str] = []
        self.failure: Failure | None = None

    # What comes in.

    def begin(self, now: float) -> None:
        self._since = now
        self._enter()
        self._proceed(now)

    def hear(self, heard: Heard) -> None:
        if self.failure is not None or self.is_met:
            return
        self._came.append(heard)
        self._forbid(heard)
        if heard.is_of_host and self._plays:
            return  # it wrote that itself
        if heard.is_line:
            self._lines.append(heard)
        elif self._position <= self._last_telling:
            self._tellings.append(heard)
        if max(len(self._lines), len(self._tellings)) > HELD_LIMIT:
            self._fail(f"more than {HELD_LIMIT} lines came, and this entry looks at none of them")
        self._proceed(heard.at)

    def handle_timeout(self, now: float) -> None:
        self._proceed(now)
        deadline = self._limit
        if self.failure is None and deadline is not None and now >= deadline:
            self._fail(f"expected {self.waits_for}; it did not come in time")

    # What can be asked.

    @property
    def is_met(self) -> bool:
        """Whether every entry was."""
        return self._position == len(self._entries)

    @property
    def deadline(self) -> float | None:
        """When handle_timeout() is due."""
        if self.failure is not None or self.is_met:
            return None
        entry = self._entries[self._position]
        return self._since + entry.seconds if isinstance(entry, Pause) else self._limit

    @property
    def waits_for(self) -> str:
        """What the current entry waits for, in words."""
        entry = self._entries[self._position]
        match entry:
            case Say(_, _, pattern, within):
                words = described(Line("host", pattern))
            case Expect(_, _, watches, within):
                words = " and ".join(described(watches[n]) for n in self._missing)
            case Pause(_, _, seconds):
                return f"{seconds:g} s to pass"
            case Never():
                return "nothing"
        return words if within is None else f"{words} within {within:g} s"

    def unmet(self, text: str) -> Failure:
        """The current entry as the reason of a failure."""
        entry = self._entries[self._position]
        return Failure(entry.line, f"dialogue[{entry.number}]", text, tuple(self._came))

    # Inside.

    @property
    def _limit(self) -> float | None:
        entry = self._entries[self._position] if not self.is_met else None
        if isinstance(entry, Say | Expect) and entry.within is not None:
            return self._since + entry.within
        return None

    def _fail(self, text: str) -> None:
        if self.failure is None:
            self.failure = self.unmet(text)

    def _proceed(self, now: float) -> None:
        """As far as it goes with what has come and the time that it is."""
        while self.failure is None and not self.is_met and self._is_through(now):
            self._position += 1
            self._enter()

    def _enter(self) -> None:
        """The entry at the position begins to wait."""
        if self.is_met:
            return
        match self._entries[self._position]:
            case Expect(_, _, watches, _):
                self._missing = list(range(len(watches)))
            case Never() as never:
                self._guards.append(Guard(never))
                for heard in (*self._lines, *self._tellings):
                    self._forbid(heard, len(self._guards) - 1)

    def _is_through(self, now: float) -> bool:
        """Whether the entry at the position is met; what it looks at is taken away."""
        entry = self._entries[self._position]
        match entry:
            case Never():
                return True
            case Pause(_, _, seconds):
                if now < self._since + seconds:
                    return False
                self._met(self._since + seconds)
                return True
            case Say(_, _, pattern, _) if self._plays:
                self.writes.append(pattern.filled(self._captured))
                self._expects_answer = True
                self._met(now)
                return True
            case Say(_, _, pattern, _):
                return self._look_for_host(entry)
            case Expect():
                self._look_at_tellings(entry)
                return not self._missing or self._look_at_lines(entry)

    def _met(self, at: float) -> None:
        """The time of the next entry counts from when the last was met."""
        if self._limit is not None and at > self._limit:
            self._fail(f"expected {self.waits_for}; it came after {at - self._since:.3f} s")
        self._since = max(at, self._since)
        self._came.clear()

    def _look_for_host(self, entry: Say) -> bool:
        while self._lines:
            heard = self._lines.popleft()
            found = fits(Line("host", entry.pattern), heard, self._captured)
            if found is not None:
                self._captured.update(found)
                self._expects_answer = True
                self._met(heard.at)
                return True
            if not self._skips(heard):
                return False
        return False

    def _look_at_tellings(self, entry: Expect) -> None:
        """The first that fits, if it has come; those before it have had their chance."""
        for number in tuple(self._missing):
            if isinstance(entry.watches[number], Line):
                continue
            for n, heard in enumerate(self._tellings):
                if fits(entry.watches[number], heard, self._captured) is not None:
                    self._take_telling(n, alone=len(entry.watches) > 1)
                    self._found(number, heard)
                    break

    def _take_telling(self, position: int, alone: bool) -> None:
        if alone:
            del self._tellings[position]
        else:
            for _ in range(position + 1):
                self._tellings.popleft()

    def _look_at_lines(self, entry: Expect) -> bool:
        if not any(isinstance(entry.watches[n], Line) for n in self._missing):
            return False
        while self._lines:
            heard = self._lines.popleft()
            if self._take_line(entry, heard):
                if not self._missing:
                    return True
                if not any(isinstance(entry.watches[n], Line) for n in self._missing):
                    return False
            elif not self._skips(heard):
                return False
        return False

    def _take_line(self, entry: Expect, heard: Heard) -> bool:
        for number in self._missing:
            found = fits(entry.watches[number], heard, self._captured)
            if found is not None:
                self._captured.update(found)
                self._found(number, heard)
                return True
        return False

    def _found(self, number: int, heard: Heard) -> None:
        """One thing that the entry waits for has come; with the last it is met."""
        self._missing.remove(number)
        if not self._missing:
            self._missing = [number]  # for the words of a failure
            self._met(heard.at)
            self._missing = []

    def _skips(self, heard: Heard) -> bool:
        """Whether a line that the entry does not wait for may come; it fails if not."""
        if self._strict:
            self._fail(f"expected {self.waits_for}; this came: '{heard.said}'")
            return False
        if heard.is_of_host:
            self._expects_answer = False  # what follows may be the answer to this
        elif heard.is_final and self._waits_for_result:
            self._fail(f"expected {self.waits_for}; the command ended with '{heard.said}'")
            return False
        return True

    @property
    def _waits_for_result(self) -> bool:
        entry = self._entries[self._position]
        if not self._expects_answer or not isinstance(entry, Expect) or len(entry.watches) > 1:
            return False
        (watch,) = entry.watches
        return isinstance(watch, Line) and Heard(0, ("module", watch.pattern.text)).is_final

    def _forbid(self, heard: Heard, first: int = 0) -> None:
        """`first`: of the entries that forbid something, those from this one on."""
        for guard in self._guards[first:]:
            if self.failure is None and guard.is_broken_by(heard, self._captured):
                never = guard.never
                field = f"dialogue[{never.number}]"
                self.failure = Failure(never.line, field, guard.told(heard), tuple(self._came))


def _wants_telling(entry: Entry) -> bool:
    return isinstance(entry, Expect) and any(not isinstance(w, Line) for w in entry.watches)
