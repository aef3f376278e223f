"""The AT channel: serial bytes and unsolicited lines in, an ordered list of writes out.

It holds the rules that the rest of the module relies on (decisions 1 to 7 and 10): commands run
strictly one after another; each command line gets exactly one final result, also when a handler
has a bug; nothing unsolicited stands between a command and its final result.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import inf
from typing import Any, Final, Literal, NamedTuple, Protocol

from emulator.at.backlog import Backlog
from emulator.at.commandline import body_start
from emulator.at.execution import EMPTY, Execution, Verdict
from emulator.at.lines import LineReader, Mark, Piece
from emulator.at.results import Failed, Family, Fault, Line, Problem, Result
from emulator.at.state import LineState
from emulator.at.table import Table
from emulator.at.writer import final_line, framed, plain, reply

SHARED = 64  # settings that are one object for all channels that have them
URC_LIMIT = 1024
"""Unsolicited lines that wait. One more, and the oldest is written without regard to its gap; only
while a command runs, when it may not be written at all, it is lost and counted in `lost`."""

TYPING_HOLD_S = 0.2
"""How long an unsolicited line waits for the rest of a command line that has begun to arrive. Some
hosts write a command and its CRLF separately (HF 17) and would take the line for its reply."""

_LONG_AGO = -inf  # one for all
_NONE: Final[Any] = ()  # what waits, where nothing does: a list of one's own takes 72 bytes
_OVERLONG = Verdict(problem=Problem(Family.PLAIN, Fault.UNKNOWN))


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """`urc_gap_s`: least time from a final result to an unsolicited line (decision 3).
    `reply_delay_s`: time before a command is carried out and answered. `strict`: bugs are raised
    again after the command has been answered."""

    urc_gap_s: float = 0.0
    reply_delay_s: float = 0.0
    strict: bool = False


@lru_cache(SHARED)
def channel_settings(urc_gap_s: float, reply_delay_s: float, strict: bool) -> ChannelSettings:
    """One for all modules that have these."""
    return ChannelSettings(urc_gap_s, reply_delay_s, strict)


class Written(NamedTuple):
    """One write to the port. `cause` is the number of the input that produced it: for a reply the
    one that completed the command line, also when the reply came later. `problem` is why a command
    line failed."""

    kind: Literal["echo", "reply", "unsolicited"]
    data: bytes
    cause: int
    problem: Problem | None = None


class Owner(Protocol):
    """The module that has the channel."""

    def command_begins(self, text: str, now: float, cause: int) -> None:
        """A command line is about to be carried out."""

    def rebooted(self, now: float, cause: int) -> None:
        """A `Reboot` has reset the channel."""

    def failed(self, bug: Exception, text: str) -> None:
        """A handler raised what it should not."""


class Channel:
    """`now` is seconds on any monotonic clock and never decreases; `cause` is the number the caller
    gives an input. After every input, drain `outputs()` and ask for `deadline()`.

    `table`, `settings` and `spell` may be replaced between two inputs; they count from the next
    command, final result or line on.

    Its owner is told of commands, reboots and bugs; only when told of a reboot it may call back
    into the channel.

    Two hooks are there for faults: `intercept(text, now, cause)`, once the owner knows, may give
    the verdict on a command line that is then not carried out; `review(text, data, verdict, now,
    cause)` may give another verdict on one that was, `data` being its reply.
    """

    __slots__ = (
        "line", "lost", "table", "_context", "settings", "spell", "_owner", "_reader",
        "_backlog", "_outputs", "_boots", "_urcs", "_to_raise", "_quiet_until", "_delayed",
        "_execution", "_cause", "_wake", "_older_urcs", "_last", "_urc_from", "_typed_until",
        "intercept", "review",
    )  # fmt: skip

    def __init__(
        self,
        table: Table,
        context: object,
        *,
        line: LineState,
        settings: ChannelSettings | None = None,
        spell: Callable[[Line], str] = plain,
        owner: Owner | None = None,
    ) -> None:
        self.line = line
        self.lost = 0
        self.table = table
        self._context = context
        self.settings = settings or ChannelSettings()
        self.spell = spell
        self._owner = owner
        self.intercept: Callable[[str, float, int], Verdict | None] | None = None
        self.review: Callable[[str, bytes, Verdict, float, int], Verdict] | None = None
        self._reader = LineReader()
        self._backlog = Backlog()
        self._outputs: list[Written] = _NONE
        self._boots = 0
        self._urcs: list[tuple[str, int]] = _NONE  # a deque would take 700 bytes
        self._to_raise: Exception | None = None
        self._quiet_until = _LONG_AGO
        self._forget()

    def _forget(self) -> None:
        self._delayed: str | Mark | None = None  # taken, carried out when _wake comes
        self._execution: Execution | None = None
        self._cause = 0  # of the line in _delayed or _execution
        self._wake = inf
        self._older_urcs = 0  # queued before that line was carried out
        self._last = "AT"  # V.250 5.2.4: before any command, A/ repeats an empty one
        self._urc_from = _LONG_AGO
        self._typed_until = _LONG_AGO

    # Inputs.

    def receive(self, data: bytes, now: float, cause: int) -> None:
        """Bytes from the host."""
        self._wake_up(now)
        if now >= self._quiet_until:
            boots = self._boots
            for piece in self._reader.feed(data):
                if boots != self._boots:
                    break  # a command before it has rebooted the module
                if self._busy or self._backlog:
                    self._backlog.append(piece, cause)
                else:
                    self._take(piece, cause, now)
            self._typed_until = now + TYPING_HOLD_S if self._reader.in_line else _LONG_AGO
        self._pump(now)

    def typing(self, now: float) -> None:
        """A command line has begun to arrive that somebody holds back until it is whole."""
        self._typed_until = now + TYPING_HOLD_S

    def unsolicited(self, line: Line, now: float, cause: int) -> None:
        """A line that no command asked for; also from inside a handler."""
        if not self._urcs:
            self._urcs = []
        self._urcs.append((self.spell(line), cause))
        self._flush(now)

    def handle_timeout(self, now: float) -> None:
        self._wake_up(now)
        self._pump(now)

    def finish(self, result: Result | Failed, now: float) -> bool:
        """Ends the command that answered `Later` before its deadline; False if none waits."""
        execution = self._execution
        if execution is None or execution.later is None:
            return False
        self._settle(execution, execution.finish(result, now), now)
        self._pump(now)
        return True

    def quiet_until(self, moment: float) -> None:
        """Until then input is discarded unanswered: the module boots, or is off (decision 10).
        Unsolicited lines, boot lines among them, are written."""
        self._quiet_until = moment

    def reset(self, now: float) -> None:
        """Reboot or power: everything pending is dropped, the settings become the stored ones.
        What has been written stays in `outputs()`."""
        self._boots += 1
        self._reader.reset()
        self._backlog.clear()
        self._urcs = _NONE
        self._forget()
        self.line.power_on()

    # Outputs.

    def outputs(self) -> list[Written]:
        """What to write, in order; each is one write. Drains."""
        outputs, self._outputs = self._outputs, _NONE
        return outputs or []

    def deadline(self) -> float | None:
        """When `handle_timeout` is due; None: not before another input."""
        if self._busy:
            return self._wake if self._wake < inf else None
        return max(self._urc_from, self._typed_until) if self._urcs else None

    @property
    def waiting(self) -> bool:
        """Whether a command that answered `Later` waits for its result."""
        return self._execution is not None and self._execution.later is not None

    @property
    def backlog_size(self) -> int:
        """Bytes of early commands; a shell may stop reading its port by it."""
        return self._backlog.size

    # Command lines, one after another.

    @property
    def _busy(self) -> bool:
        return self._execution is not None or self._delayed is not None

    def _wake_up(self, now: float) -> None:
        """Does what `_wake` is for once it has come, also before input that overtook the timer."""
        if now < self._wake:
            return
        self._wake = inf
        execution, item = self._execution, self._delayed
        if execution is not None:
            self._settle(execution, execution.resume(now), now)
        elif item is not None:
            self._delayed = None
            self._carry_out(item, now)

    def _pump(self, now: float) -> None:
        """Takes lines until one has to be waited for. Only then unsolicited lines may go: a host
        that has sent the next command already waits for its result."""
        while not self._busy and (entry := self._backlog.pop()) is not None:
            self._take(*entry, now)
        self._flush(now)
        if self._to_raise is not None:
            bug, self._to_raise = self._to_raise, None
            raise bug

    def _take(self, piece: Piece, cause: int, now: float) -> None:
        if piece.echo and self.line.current.echo:
            self._write(Written("echo", piece.echo, cause))
        if piece.item is None:
            return
        self._cause = cause
        if self.settings.reply_delay_s > 0:
            self._delayed = piece.item
            self._wake = now + self.settings.reply_delay_s
        else:
            self._carry_out(piece.item, now)

    def _carry_out(self, item: str | Mark, now: float) -> None:
        self._older_urcs = len(self._urcs)
        if item is Mark.OVERLONG:
            self._answer(_OVERLONG, "", now)
            return
        text = self._last if isinstance(item, Mark) else item
        body = body_start(text)
        if body is not None:
            self._last = text
        if self._owner is not None:
            self._owner.command_begins(text, now, self._cause)
        if self.intercept is not None:
            verdict = self.intercept(text, now, self._cause)
            if verdict is not None:
                self._answer(verdict, text, now)
                return
        if body == len(text):
            self._answer(EMPTY, text, now)
            return
        self._execution = execution = Execution(text, body, self.table, self._context, self.spell)
        self._settle(execution, execution.start(now), now)

    def _settle(self, execution: Execution, verdict: Verdict | None, now: float) -> None:
        if execution is not self._execution:
            return  # its own handler has reset the channel: nobody waits for a result any more
        if execution.later is not None:
            self._wake = execution.later.deadline
        if verdict is not None:
            self._execution = None
            self._answer(verdict, execution.text, now)

    def _answer(self, verdict: Verdict, text: str, now: float) -> None:
        """The one write that ends a command line."""
        if verdict.lost:
            return
        cause = self._cause
        data = self._reply(verdict)
        if self.review is not None and not verdict.reboot:
            verdict = self.review(text, data, verdict, now, cause)
            data = self._reply(verdict)
        if data:
            self._write(Written("reply", data, cause, verdict.problem))
        if verdict.after:
            self._urcs = self._urcs or []
            for place, line in enumerate(verdict.after, min(self._older_urcs, len(self._urcs))):
                self._urcs.insert(place, (line, cause))
        self._urc_from = now + self.settings.urc_gap_s
        if verdict.bug is not None:
            self._report(verdict.bug, text)
        if verdict.reboot:
            self.reset(now)
            if self._owner is not None:
                self._owner.rebooted(now, cause)

    def _reply(self, verdict: Verdict) -> bytes:
        profile = self.line.current
        if verdict.reboot:
            return b"".join(framed(line, profile) for line in verdict.lines)
        final = self.spell(final_line(verdict.problem, profile))
        data = reply(verdict.lines, final, profile)
        if verdict.joined:
            data += b"".join([framed(line, profile) for line in verdict.joined])
        return data

    def _report(self, bug: Exception, text: str) -> None:
        if self._owner is not None:
            self._owner.failed(bug, text)
        if self.settings.strict and self._to_raise is None:
            self._to_raise = bug

    # Unsolicited lines.

    def _flush(self, now: float) -> None:
        if not self._urcs:
            return
        if self._busy:
            while len(self._urcs) > URC_LIMIT:
                self._urcs.pop(0)
                self.lost += 1
            return
        free = now >= max(self._urc_from, self._typed_until)
        while self._urcs and (free or len(self._urcs) > URC_LIMIT):
            line, cause = self._urcs.pop(0)
            data = framed(line, self.line.current)
            self._write(Written("unsolicited", data, cause))
        self._urcs = self._urcs or _NONE

    def _write(self, written: Written) -> None:
        if self._outputs:
            self._outputs.append(written)
        else:
            self._outputs = [written]
