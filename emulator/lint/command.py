"""A command line of the host taken apart, leniently: what cannot be read is left out."""

import re
from dataclasses import dataclass

from emulator.at.commandline import body_start, next_head
from emulator.at.parameters import Raw, ValueSpan, split
from emulator.at.results import Failed, UnknownCommand
from emulator.at.table import Form

# Where NOTIFY and READRSP have their <value>, and how many numbers may stand behind it
VALUES = {"+MIPLNOTIFY": ValueSpan(7, 2, 4), "+MIPLREADRSP": ValueSpan(8, 2, 2)}
_NUMBER = re.compile(r"[+-]?[0-9]+|0[xX][0-9A-Fa-f]+")
NOTHING = Raw("")


@dataclass(frozen=True, slots=True)
class Command:
    """One command of a line: `+MIPLOPEN`, its form, its parameters as written."""

    name: str
    form: Form
    raws: tuple[Raw, ...] = ()

    def raw(self, place: int) -> Raw:
        """The parameter at `place`; an empty one if there are not so many."""
        return self.raws[place] if place < len(self.raws) else NOTHING

    def text(self, place: int) -> str:
        return self.raw(place).text

    def number(self, place: int) -> int | None:
        """None where there is no number."""
        text = self.text(place)
        if not _NUMBER.fullmatch(text):
            return None
        return int(text, 16 if text[:2].lower() == "0x" else 10)


def commands_of(line: str) -> tuple[Command, ...]:
    """The extended commands of a line, in order; up to where it cannot be read."""
    found: list[Command] = []
    position = body_start(line)
    while position is not None:
        try:
            head = next_head(line, position)
            if head is None:
                break
            position, raws = head.end, head.raws
            if head.form is Form.SET and head.extended:
                raws, position = split(line, head.end, VALUES.get(head.name))
        except (UnknownCommand, Failed):
            break
        if head.extended:
            found.append(Command(head.name, head.form, raws))
    return tuple(found)
