"""Where lines stand around a command, and the faults that put them there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from emulator.explore.lines import Printed
from emulator.explore.sheet import Exchange
from emulator.faults.fault import Fault
from emulator.faults.whats import Delay, Insert, Merge, Reorder, What, Where
from emulator.secrecy import redact

PAUSE_S: Final = 0.02
"""Seconds between two writes: more than a host takes to read the first (chosen)."""

OVERTAKING_S: Final = 0.1
"""Seconds by which an answer is late, so that the module's own lines overtake it (chosen)."""

Rank = Literal["real", "harsh"]


@dataclass(frozen=True, slots=True)
class Position:
    """`rank`: `real` where nothing keeps a module from it: it has begun to write the line when the
    command comes, or writes it as soon as it has answered, and the host reads both at once or one
    by one. `harsh` where CMIOT's modules are not known to write a line (decision 1)."""

    name: str
    rank: Rank
    about: str


_ALL: Final = (
    Position("before", "real", "before the answer, in one write with it"),
    Position("after", "real", "behind the answer, in one write with it"),
    Position("apart-before", "real", "before the answer, in a write of its own"),
    Position("apart-after", "real", "behind the answer, in a write of its own"),
    Position("before-echo", "real", "before the echo"),
    Position("joined", "real", "the module's own next line, in one write with the answer"),
    Position("around", "real", "one line before the answer and one behind it, in one write"),
    Position("split-before", "real", "before the answer, in two writes"),
    Position("split-after", "real", "behind the answer, in two writes"),
    Position("between", "harsh", "between the data and the final result"),
    Position("bare-before", "harsh", "before the answer, without a line end of its own"),
    Position("bare-after", "harsh", "behind the answer, without a line end before it"),
    Position("behind-echo", "harsh", "between echo and answer"),
    Position("in-echo", "harsh", "inside the echo"),
    Position("overtaking", "harsh", "the module's own next line, before the answer"),
    Position("swapped", "harsh", "two lines of the module's own, the second of them first"),
)

POSITIONS: Final = {position.name: position for position in _ALL}
"""By name, the simplest first in each rank."""


@dataclass(frozen=True, slots=True)
class Placement:
    """`lines` at a position of one command: none where the module's own line is moved. `at`: after
    how many of its bytes the line is split, or how many of the echo's stand before it. `name` and
    `nth`: how faults know the command; without a name, the nth of all answers. `echo` and
    `echo_nth`: the same for the piece of its echo that has the name. Of swapped lines `name` and
    `nth` are those of the first, and `exchange` is the last before them."""

    exchange: Exchange
    position: str
    lines: tuple[Printed, ...]
    name: str
    nth: int
    at: int = 0
    echo_nth: int = 0

    @property
    def rank(self) -> Rank:
        return POSITIONS[self.position].rank

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What puts the lines there."""
        texts = tuple(line.text for line in self.lines)
        nth = {"echo": self.echo_nth, "reply": self.nth, "urc": self.nth}
        whats = self._whats(texts)
        return tuple(Fault(where, what, name=self.name, nth=nth[where]) for where, what in whats)

    def _whats(self, texts: tuple[str, ...]) -> Iterator[tuple[Where, What]]:
        match self.position:
            case "before" | "after" | "between":
                yield "reply", Insert(texts, place=self.position)
            case "apart-before" | "apart-after":
                place = self.position.removeprefix("apart-")
                yield "reply", Insert(texts, place=place, pause=PAUSE_S)
            case "around":
                yield "reply", Insert(texts[:1], place="before")
                yield "reply", Insert(texts[1:], place="after")
            case "split-before" | "split-after":
                place = self.position.removeprefix("split-")
                whole = self.framed
                pieces = (whole[: self.at], whole[self.at :])
                yield "reply", Insert(pieces, raw="raw", place=place, pause=PAUSE_S)
            case "bare-before":
                yield "reply", Insert((f"\r\n{texts[0]}",), raw="raw", place="before")
            case "bare-after":
                yield "reply", Insert((f"{texts[0]}\r\n",), raw="raw", place="after")
            case "before-echo" | "behind-echo":
                place = "before" if self.position == "before-echo" else "after"
                yield "echo", Insert(texts, place=place)
            case "in-echo":
                yield "echo", Insert(texts, at=self.at)
            case "joined":
                yield "reply", Merge()
            case "overtaking":
                yield "reply", Delay(OVERTAKING_S)
            case "swapped":
                yield "urc", Reorder()

    @property
    def framed(self) -> str:
        """The first line with its line ends."""
        start = "\r\n" if self.exchange.is_framed else ""
        return f"{start}{self.lines[0].text}\r\n"

    def __str__(self) -> str:
        """For people, without secrets."""
        at = f", {self.at} bytes first" if self.position.startswith("split-") else ""
        at = f", behind {self.at} bytes" if self.position == "in-echo" else at
        what = " and ".join(line.text for line in self.lines)
        about = POSITIONS[self.position].about
        if self.position == "swapped":
            return f"behind {redact(self.exchange.text)}: {what}: {about}"
        nth = f" (answer {self.nth} to it)" if self.nth > 1 and self.name else ""
        return f"{redact(self.exchange.text)}{nth}: {f'{what} ' if what else ''}{about}{at}"


_NAMED: Final = re.compile(r"AT\s*([+*^$#%@][A-Z][A-Z0-9_]*|&?[A-Z])\s*(=\s*\?|[=?]?)", re.I)


def name_of(text: str) -> str:
    """The name by which faults know a command line; empty if it has none, as AT."""
    found = _NAMED.match(text)
    if found is None:
        return ""
    form = "" if len(found[1].lstrip("&")) == 1 else re.sub(r"\s", "", found[2])
    return found[1].upper() + form
