"""What a host that is right does behind a collision, as the dialogue of a scenario."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from emulator.explore.account import is_answer, name_of_line
from emulator.explore.judging import ANSWER_S
from emulator.explore.lived import Sign, changes
from emulator.explore.placement import Placement
from emulator.explore.sheet import Exchange, Sheet
from emulator.explore.usual import ANY, Command, Usual, escaped, pattern_of
from emulator.secrecy import redact

LATE_S: Final = 3.0  # of an answer, for a busy machine
GAP_FACTOR, GAP_SPARE_S = 2.0, 7.0
"""A line comes within so many times what it took undisturbed, and so many seconds for a busy
machine, and for requests that are answered first."""

SETTLE_S: Final = 1.0  # behind the last line, where something must not come once more
MARGIN_S: Final = 10.0  # of the end of a scenario

Entry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Expected:
    """`entries` of a dialogue, and how many seconds they take at most."""

    entries: tuple[Entry, ...]
    seconds: float


def seconds(value: float) -> str:
    """As scenarios write it, rounded up."""
    return f"{math.ceil(value)}s"


def expected(placed: Placement, sheet: Sheet, usual: Usual, sign: Sign, late: float) -> Expected:
    """The commands of the undisturbed lives in their order, the answers to the requests that
    collide, in any order with what may come before them, and nothing that gave the break away.
    `late`: seconds from the last line of the host to that."""
    entries = [*_forbidden(sign, usual), *_Lines(placed, sheet, usual, sign).entries()]
    if sign.report is not None:
        path, times = sign.report
        entries += [{"platform": f"reported {path}", "within": seconds(GAP_SPARE_S)}] * times
    if sign.pattern:
        entries.append({"pause": seconds(SETTLE_S + late * GAP_FACTOR)})
    total = sum(float(str(each.get("within") or each.get("pause", "0s"))[:-1]) for each in entries)
    return Expected(tuple(entries), total + MARGIN_S)


def _forbidden(sign: Sign, usual: Usual) -> Iterator[Entry]:
    if sign.hasty is not None and (result := _result_of(sign.hasty[0], usual)):
        first = {"host": _shown(sign.hasty[0])}
        yield {"never": {"host": f"AT{ANY}"}, "after": first, "until": escaped(result)}
    if (order := sign.order) is not None and order.behind:
        never = {"never": {"host": _shown(order.command)}, "after": {"host": _shown(order.behind)}}
        yield {**never, "until": order.line}
    if sign.pattern:
        often = {"more_than": sign.more_than} if sign.more_than else {}
        name, _, _ = sign.pattern.partition("=")
        is_secret = redact(sign.pattern) != sign.pattern
        yield {"never": {sign.side: f"{name}={ANY}" if is_secret else sign.pattern}, **often}


def _result_of(text: str, usual: Usual) -> str:
    """The final result of a command undisturbed; empty if that is not known."""
    if is_answer(text):
        return "OK"
    return next((each.result for each in usual.commands if each.said == text), "")


def _shown(text: str) -> str:
    """A line of the host as a pattern, without secrets."""
    name, _, _ = text.partition("=")
    return f"{escaped(name)}={ANY}" if redact(text) != text else escaped(text)


class _Lines:
    """What the host writes."""

    def __init__(self, placed: Placement, sheet: Sheet, usual: Usual, sign: Sign) -> None:
        self._placed, self._sheet, self._usual, self._sign = placed, sheet, usual, sign
        self._mids = usual.mids | {line.mid for line in placed.lines if line.mid is not None}
        self._changes = changes(placed)

    def entries(self) -> Iterator[Entry]:
        commands, place = self._usual.commands, self._place()
        for command in commands[:place]:
            yield from self._entry(command)
        yield from self._anchor()
        behind = [*commands[place:]]
        together: list[Command] = []
        answers = list(self._answers())
        while answers and behind and not _leaves(behind[0]):
            together.append(behind.pop(0))
        yield from self._together(answers, together)
        for command in behind:
            yield from self._entry(command, self._changes)

    def _place(self) -> int:
        """How many of the usual commands come up to the collision, itself included."""
        exchange = self._placed.exchange
        before = self._sheet.exchanges[: exchange.number + 1]
        nth = sum(e.text == exchange.text for e in before)
        for n, command in enumerate(self._usual.commands):
            nth -= command.said == exchange.text
            if nth == 0 and command.said == exchange.text:
                return n + 1
        return self._reached(before)

    def _reached(self, before: Sequence[Exchange]) -> int:
        """The same for a command that is none of the usual ones."""
        texts, place = [e.text for e in before], 0
        for command in self._usual.commands:
            if command.said not in texts:
                break
            texts = texts[texts.index(command.said) + 1 :]
            place += 1
        return place

    def _anchor(self) -> Iterator[Entry]:
        """If the collision is at an answer of the host: that, and those like it before."""
        exchange = self._placed.exchange
        if is_answer(exchange.text):
            loose = name_of_line(exchange.text) in self._usual.varying
            text = self._written(exchange.text, loose)
            before = self._sheet.exchanges[: exchange.number + 1]
            times = sum(self._written(each.text, loose) == text for each in before)
            yield from [{"host": text, **self._within(self._sheet.silence)}] * times

    def _answers(self) -> Iterator[Entry]:
        for line in self._placed.lines:
            if line.mid is not None:
                yield {"host": f"AT{line.answer}={{*}},{line.mid},{{*}}"}

    def _together(self, answers: list[Entry], commands: list[Command]) -> Iterator[Entry]:
        """Answers, and commands that may come before them."""
        some = [*answers, *({"host": self._text(each, self._changes)} for each in commands)]
        if not answers:
            return
        gaps = sum(each.gap for each in commands) * GAP_FACTOR
        usual = max(ANSWER_S, self._sheet.silence) + gaps + LATE_S
        within = {"within": seconds(usual if self._most is None else self._most + gaps)}
        if len(some) > 1:
            yield {"unordered": some, **within}
        else:
            yield {**some[0], **within}

    def _entry(self, command: Command, loose: bool = False) -> Iterator[Entry]:
        yield {"host": self._text(command, loose), **self._within(command.gap)}

    def _text(self, command: Command, loose: bool) -> str:
        return self._written(command.said, loose, command.text)

    def _written(self, said: str, loose: bool, text: str = "") -> str:
        """A line of the host without its secrets; `loose`: its parameters may be others now."""
        name, sign, _ = said.partition("=")
        if sign and (loose or redact(said) != said):
            return f"{escaped(name)}={ANY}"
        return text or pattern_of(said, self._mids)

    def _within(self, gap: float) -> Entry:
        usual = GAP_SPARE_S + self._placed.held if self._most is None else self._most
        return {"within": seconds(gap * GAP_FACTOR + usual)}

    @property
    def _most(self) -> float | None:
        """Seconds for each line where the host has stood still: that, and what the module waits."""
        stalls = self._sign.stalls
        return None if stalls is None else stalls + self._placed.pause


def _leaves(command: Command) -> bool:
    return Exchange(0, command.said, b"").leaves
