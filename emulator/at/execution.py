"""One command line on its way to its one final result."""

from collections.abc import Callable
from typing import NamedTuple

from emulator.at.commandline import Head, check_end, next_head
from emulator.at.parameters import split
from emulator.at.results import (
    Done,
    Failed,
    Family,
    Fault,
    Later,
    Line,
    Problem,
    Reboot,
    Result,
    UnknownCommand,
)
from emulator.at.table import Form, Table, family_of


class Verdict(NamedTuple):
    """How a command line ended. `lines` are what its commands had to say, spelled, also those
    before the one that failed, `joined` those behind its result in the same write; `bug` is an
    exception no handler should raise. `lost`: nothing is answered, on purpose."""

    lines: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()
    problem: Problem | None = None
    reboot: bool = False
    bug: Exception | None = None
    lost: bool = False


EMPTY = Verdict()
LOST = Verdict(lost=True)


class Execution:
    """Runs the commands of a line from left to right until one fails (V.250 5.2.1)."""

    __slots__ = (
        "_after",
        "_body",
        "_context",
        "_family",
        "_joined",
        "_lines",
        "_position",
        "_spell",
        "_table",
        "later",
        "text",
    )

    def __init__(
        self,
        text: str,
        body: int | None,
        table: Table,
        context: object,
        spell: Callable[[Line], str],
    ) -> None:
        """`body` is where the first command begins, None in a line without `AT`."""
        self.text = text
        self.later: Later | None = None
        self._table = table
        self._context = context
        self._spell = spell
        self._body = body
        self._position = body or 0
        self._family = Family.GENERAL
        self._lines: list[str] = []
        self._after: list[str] = []
        self._joined: list[str] = []

    def start(self, now: float) -> Verdict | None:
        """The verdict, or None while the command in `later` is waited for."""
        return self._guarded(self._first, now)

    def resume(self, now: float) -> Verdict | None:
        """The deadline of `later` has come."""
        assert self.later is not None
        return self._guarded(self.later.then, now)

    def finish(self, result: Result | Failed, now: float) -> Verdict | None:
        """The result that was waited for, before the deadline."""

        def give(_: float) -> Result:
            if isinstance(result, Failed):
                raise result
            return result

        return self._guarded(give, now)

    def _guarded(self, step: Callable[[float], Result | None], now: float) -> Verdict | None:
        try:
            return self._continue(step(now), now)
        except Failed as failure:
            return self._verdict(Problem(self._family, failure.code))
        except Exception as bug:
            return self._verdict(Problem(self._family, Fault.UNKNOWN), bug)

    def _verdict(self, problem: Problem | None = None, bug: Exception | None = None) -> Verdict:
        told = self._lines or self._after or self._joined
        if problem is None and bug is None and not told:
            return EMPTY
        behind = tuple(self._after), tuple(self._joined)
        return Verdict(tuple(self._lines), *behind, problem, bug=bug)

    def _first(self, now: float) -> Result | None:
        if self._body is None:
            raise UnknownCommand
        return self._next(now)

    def _continue(self, result: Result | None, now: float) -> Verdict | None:
        """Takes results and runs further commands until the line ends or has to wait."""
        self.later = None
        while result is not None:
            match result:
                case Done():
                    if result.lines:
                        self._lines += map(self._spell, result.lines)
                    if result.after:
                        behind = self._joined if result.joined else self._after
                        behind += map(self._spell, result.after)
                case Later():
                    self.later = result
                    return None
                case Reboot():
                    lines = (*self._lines, *map(self._spell, result.lines))
                    return Verdict(lines, reboot=True)
                case _:
                    raise TypeError(f"a handler returned {result!r}")
            result = self._next(now)
        return self._verdict()

    def _next(self, now: float) -> Result | None:
        """Runs the next command of the line; None behind the last one."""
        self._family = Family.GENERAL
        head = next_head(self.text, self._position)
        if head is None:
            return None
        return self._run(head, now)

    def _run(self, head: Head, now: float) -> Result:
        if head.name not in self._table:
            raise UnknownCommand
        self._family = family_of(head.name)
        raws, self._position = head.raws, head.end
        if head.extended:
            if head.form is Form.SET:
                span = self._table.value_span(head.name)
                raws, self._position = split(self.text, head.end, span)
            check_end(self.text, self._position)
        return self._table.run(head.name, head.form, raws, self._context, now)
