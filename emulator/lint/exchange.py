"""What the checks get to see: a command with its result, and a line of the module taken apart."""

import re
from dataclasses import dataclass
from typing import NamedTuple

from emulator.lint.command import Command

_LINE = re.compile(r"\+MIPL([A-Z]+) ?: ?(.*)", re.DOTALL)


class Breach(NamedTuple):
    """A rule that was broken; `detail` says what exactly. `line` and `at` say where and when, if
    it was not the command at hand, or not now."""

    rule: str
    detail: str = ""
    line: str = ""
    at: float | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """A command and how it ended. `sent`: when its line was complete; `now`: when it was answered;
    `code` of the error, None for OK, 0 for ERROR without a number."""

    command: Command
    line: str
    sent: float
    now: float
    code: int | None

    @property
    def ok(self) -> bool:
        return self.code is None


class Printed(NamedTuple):
    """A line of the module: `READ` and its fields, as numbers where they are."""

    name: str
    fields: tuple[str, ...]
    line: str
    now: float

    def number(self, place: int) -> int:
        """The number at `place`, -2 where there is none."""
        text = self.fields[place].strip() if place < len(self.fields) else ""
        return int(text) if re.fullmatch(r"-?\d+", text) else -2


def printed(line: str, now: float) -> Printed | None:
    """A `+MIPL…:` line, None for any other."""
    found = _LINE.fullmatch(line)
    return Printed(found[1], tuple(found[2].split(",")), line, now) if found else None
