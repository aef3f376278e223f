"""Where lines stand around a command, and the faults that put them there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from emulator.explore.lines import Printed
from emulator.explore.positions import POSITIONS, Rank
from emulator.explore.saying import shortened
from emulator.explore.sheet import Exchange
from emulator.faults.fault import Fault
from emulator.faults.whats import Delay, Insert, Merge, Reorder, Split, What, Where
from emulator.secrecy import redact

PAUSE_S: Final = 0.02
"""Seconds between two writes: more than a host takes to read the first (chosen)."""

SLOW_S: Final = 0.3
"""Longer than the timers of drivers that take a pause for the end, 100 or 200 ms (chosen)."""

SLOWER_S: Final = 1.2
"""Longer than those that wait a second (chosen)."""

HELD: Final = ("meanwhile-after", "late-before", "late-after")
"""Positions of lines while a host waits for long."""

SETTLES_S: Final = 1.5
"""More than a host takes to answer a chain of requests (chosen)."""

OVERTAKING_S: Final = 0.3
"""Seconds by which an answer is late, so that the module's own lines overtake it, those of a first
request 50 ms behind the login among them (chosen)."""


WRITERSP: Final = "+MIPLWRITERSP="


@dataclass(frozen=True, slots=True)
class Placement:
    """`lines` at a position of one command: none where the module's own line is moved. `at`: after
    how many of its bytes the last line or the answer is cut, or how many of the echo's stand before
    it. `name` and `nth`: how faults know the command, or, of the module's own lines, the first;
    without a name, the nth of all answers. `echo_nth`: which of the echoes has that name. `pause`:
    seconds between what comes in several writes. `again`: behind which answer to AT+MIPLWRITERSP
    the last line comes, a READ. `beside`: what is held back meanwhile. Of the module's own lines
    `exchange` is the last before them, or the one that answers them. `own`: the module's own line
    that these stand beside. `made`: what puts them there, where position and name do not say it."""

    exchange: Exchange
    position: str
    lines: tuple[Printed, ...]
    name: str
    nth: int
    at: int = 0
    echo_nth: int = 0
    pause: float = PAUSE_S
    again: int = 0
    beside: tuple[Fault, ...] = ()
    own: str = ""
    made: tuple[Fault, ...] = ()

    @property
    def rank(self) -> Rank:
        return POSITIONS[self.position].rank

    @property
    def held(self) -> float:
        """Seconds by which it keeps a host waiting for longer than any other placement does; 0 for
        most."""
        return self.pause if self.position in HELD else 0.0

    @property
    def settles(self) -> float:
        """Seconds that platforms wait before they ask, so that the host does not leave before all
        lines have come; 0 for most."""
        return SETTLES_S if self.position.startswith("chained-") else 0.0

    @property
    def key(self) -> tuple[object, ...]:
        """What tells it from any other placement."""
        texts = tuple(line.text for line in self.lines)
        where = (self.exchange.number, self.position, self.name, self.nth)
        return (*where, self.at, self.pause, texts, self.beside, self.made)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What puts the lines there."""
        if self.made:
            return (*self.made, *self.beside)
        texts = tuple(line.text for line in self.lines)
        if self.again:  # the READ is a fault of its own
            texts = texts[:-1]
        nth = {"echo": self.echo_nth, "reply": self.nth, "urc": self.nth}
        whats = self._whats(texts)
        faults = [Fault(where, what, name=self.name, nth=nth[where]) for where, what in whats]
        if self.again:
            back = Insert((self.lines[-1].text,), place="after", pause=SLOW_S)
            faults.append(Fault("reply", back, name=WRITERSP, nth=self.again))
        return (*faults, *self.beside)

    def _whats(self, texts: tuple[str, ...]) -> Iterator[tuple[Where, What]]:
        way, _, place = self.position.rpartition("-")
        match self.position:
            case "around" | "rewritten-around":
                yield "reply", Insert(texts[:1], place="before")
                yield "reply", Insert(texts[1:], place="after")
            case "before-echo" | "behind-echo":
                place = "before" if self.position == "before-echo" else "after"
                yield "echo", Insert(texts, place=place)
            case "in-echo":
                yield "echo", Insert(texts, at=self.at)
            case "joined":
                yield "reply", Merge()
            case "together":
                yield "urc", Merge()
            case "overtaking":
                yield "reply", Delay(OVERTAKING_S)
            case "swapped":
                yield "urc", Reorder()
            case "meanwhile-after" | "late-after" if not texts:
                pass
            case "late-after":
                yield "reply", Insert(texts, place=place)
            case "late-before" if not texts:  # nothing overtakes it
                yield "reply", Split((1,), pause=self.pause)
            case "withheld":
                yield "urc", Delay(self.pause)
            case "cut-answer" | "cut-own":
                where: Where = "reply" if place == "answer" else "urc"
                yield where, Split((self.at,), pause=self.pause)
            case "reread-apart" | "reread-cut":
                yield from self._inserted("apart" if place == "apart" else "split", "after", texts)
            case _:
                yield from self._inserted(way, place, texts)

    def _inserted(
        self, way: str, place: str, texts: tuple[str, ...]
    ) -> Iterator[tuple[Where, What]]:
        """`place` of the answer; `way`: how the lines come there."""
        *before, last = map(self._framed, texts or ("",))
        head, tail = last[: self.at], last[self.at :]
        match way:
            case "apart" | "held-apart" | "late":
                yield "reply", Insert(texts, place=place, pause=self.pause)
            case "split":
                yield "reply", Insert((head, tail), raw="raw", place=place, pause=self.pause)
            case "tail" | "telling-tail" if place == "before":
                yield "reply", Insert((head,), raw="raw", place=place, pause=self.pause)
                yield "reply", Insert((tail,), raw="raw", place=place)
            case "tail":
                yield "reply", self._half((head,), tail, self.pause)
            case "half":
                where: Where = "urc" if place == "own" else "reply"
                yield where, self._half((*before, head), tail)
            case "bare" if place == "before":
                yield "reply", Insert((f"\r\n{texts[0]}",), raw="raw", place=place)
            case "bare":
                yield "reply", Insert((f"{texts[0]}\r\n",), raw="raw", place=place)
            case "empty":
                yield "reply", Insert(("\r\n",), raw="raw", place=place)
            case _:
                yield "reply", Insert(texts, place=place)

    @property
    def _how(self) -> str:
        """What its pause is."""
        return "" if self.position in ("withheld", "held-after") else " apart"

    @staticmethod
    def _half(begun: tuple[str, ...], rest: str, wait: float | None = None) -> Insert:
        usual = Insert(("".join(begun),), raw="raw", place="after", rest=rest)
        return usual if wait is None else replace(usual, wait=wait)

    def _framed(self, text: str) -> str:
        """With its line ends."""
        start = "\r\n" if self.exchange.is_framed else ""
        return f"{start}{text}\r\n"

    def __str__(self) -> str:
        """For people, without secrets."""
        cut = (
            self.position.partition("-")[0] in ("split", "tail", "half", "cut")
            or "tail" in self.position
            or self.position == "reread-cut"
        )
        at = f", {self.at} bytes first" if cut else ""
        at = f", behind {self.at} bytes" if self.position == "in-echo" else at
        at += f", {self.pause:g} s{self._how}" if self.pause != PAUSE_S and not self.held else ""
        what = _named(self.lines)
        position = POSITIONS[self.position]
        if self.position.startswith("repeated-"):
            return f"{what} {position.about}, from {redact(self.exchange.text)} on"
        if self.own:
            return f"{what} {position.about}: {redact(self.own)}{at}"
        if position.is_own and self.name:
            return f"behind {redact(self.exchange.text)}: {what}: {position.about}{at}"
        is_nth = self.nth > 1 and self.name and self.position != "half-own"
        nth = f" (answer {self.nth} to it)" if is_nth else ""
        return (
            f"{redact(self.exchange.text)}{nth}: {f'{what} ' if what else ''}{position.about}{at}"
        )


NAMED: Final = 3  # lines that are named one by one


def _named(lines: tuple[Printed, ...]) -> str:
    texts = [shortened(line.text) for line in lines]
    if len(texts) > NAMED and len(set(texts)) == 1:
        return f"{len(texts)} times {texts[0]}"
    if len(texts) > NAMED:
        return f"{len(texts)} lines from {texts[0]} to {texts[-1]}"
    return " and ".join(texts)


_NAME: Final = re.compile(r"AT\s*([+*^$#%@][A-Z][A-Z0-9_]*|&?[A-Z])\s*(=\s*\?|[=?]?)", re.I)


def name_of(text: str) -> str:
    """The name by which faults know a command line; empty if it has none, as AT."""
    found = _NAME.match(text)
    if found is None:
        return ""
    form = "" if len(found[1].lstrip("&")) == 1 else re.sub(r"\s", "", found[2])
    return found[1].upper() + form
