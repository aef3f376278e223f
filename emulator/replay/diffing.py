"""Where two recordings or logs first differ in behaviour: times, message ids, tokens aside."""

import json
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, Final

from emulator.differences.comparing import KINDS, LINES_LIMIT, Comparison, Difference, compared
from emulator.differences.dialogue import Behaviour, Said, Speaker, shown
from emulator.journal import Record
from emulator.narration import describe
from emulator.recording.reader import Reading
from emulator.replay.entry import Entry
from emulator.replay.formats import RECORDING
from emulator.replay.running import journal_of, opened

SCHEMA: Final = 1  # of the JSON document
CONTEXT: Final = 4  # lines before the first difference that are shown
SHOWN_LIMIT: Final = 200  # differences that are listed for people

_CHANCE: Final = re.compile(r" (?:mid \d+|token [0-9a-f]+)")
_LOCATION: Final = re.compile(r" location (/\S+)")
_ON_THE_NETWORK: Final = {
    "host": "the platform sends something else",
    "module": "the module sends something else",
    "result": "the module sends something else",
    "missing": "a datagram is not sent",
    "extra": "a datagram is sent in addition",
    "order": "the same datagram comes earlier or later",
    "spelling": "the same datagram has other blanks",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of lines of both files, compared. `skipped`: how many at their start are the same;
    `before`: the last of these; `first`, `second`: what was compared behind them."""

    title: str
    words: "dict[Any, str]"
    before: tuple[Entry, ...]
    skipped: int
    first: tuple[Entry, ...]
    second: tuple[Entry, ...]
    found: Comparison

    @property
    def differences(self) -> tuple[Difference, ...]:
        """Those that count; the order in which lines come is a matter of time."""
        return tuple(each for each in self.found.differences if each.kind != "order")


@dataclass(frozen=True, slots=True)
class Diff:
    """`troubles`: where a file could be read no further."""

    names: tuple[str, str]
    parts: tuple[Part, ...]
    troubles: tuple[str, ...]

    @property
    def is_same(self) -> bool:
        return not any(part.differences for part in self.parts)


def diff(first: Path, second: Path, format_name: str | None = None) -> Diff:
    """Compare two files; the datagrams too, where both are recordings. UsageError, LogError."""
    files = journal_of(first), journal_of(second)
    with opened(files[0], format_name) as one, opened(files[1], format_name) as other:
        parts = [_part("the serial line", dict(KINDS), one, other)]
        troubles = tuple(filter(None, (one.trouble, other.trouble)))
        are_recordings = one.format.name == other.format.name == RECORDING
    if are_recordings:
        with files[0].open("rb") as one_file, files[1].open("rb") as other_file:
            sides = (datagrams(Reading(f, str(f.name))) for f in (one_file, other_file))
            parts.append(_part("the network", dict(_ON_THE_NETWORK), *sides))
    return Diff((str(first), str(second)), tuple(parts), troubles)


def datagrams(records: Iterable[Record]) -> Iterator[Entry]:
    """What crossed the network, in words: of the module, and to it as of its host. Where the
    platform keeps the registration (RFC 7252 5.10.7: Location-Path) is its own choice."""
    location: re.Pattern[str] | None = None
    for count, record in enumerate(records, 1):
        if record.kind in ("datagram_out", "datagram_in"):
            text = _CHANCE.sub("", describe(record.data))
            by: Speaker = "module" if record.kind == "datagram_out" else "host"
            if by == "host" and (told := _LOCATION.search(text)):
                location = re.compile(rf"{re.escape(told[1])}(?![^ ?/])")
            if location is not None:
                text = location.sub("/<location>", text)
            yield Entry(by, text, count, record.time)


def _part(
    title: str, words: "dict[Any, str]", first: Iterable[Entry], second: Iterable[Entry]
) -> Part:
    """What is the same at the start is passed over, however long it is."""
    one, other = iter(first), iter(second)
    behaviours = Behaviour(), Behaviour()
    before: deque[Entry] = deque(maxlen=CONTEXT)
    skipped = 0
    heads: tuple[list[Entry], list[Entry]] = [], []
    while True:
        a, b = next(one, None), next(other, None)
        if a is None or b is None or not _same(a, b, behaviours):
            heads = [a] if a else [], [b] if b else []
            break
        before.append(a)
        skipped += 1
    rests = [*heads[0], *islice(one, LINES_LIMIT)], [*heads[1], *islice(other, LINES_LIMIT)]
    sides = tuple(map(_said, rests))
    found = compared(sides[0], sides[1], behaviours)
    left = sum(1 for _ in one) + sum(1 for _ in other)
    found = replace(found, cut=found.cut + left)
    return Part(title, words, tuple(before), skipped, tuple(rests[0]), tuple(rests[1]), found)


def _same(a: Entry, b: Entry, behaviours: tuple[Behaviour, Behaviour]) -> bool:
    """Whether they are the same, blanks included. A line may be told twice: what is compared again
    behind the first difference gets the same names."""
    first, second = behaviours[0].of(a.said), behaviours[1].of(b.said)
    return a.by == b.by and first == second


def _said(entries: list[Entry]) -> list[Said]:
    return [entry.said for entry in entries]


def as_lines(found: Diff, every: bool) -> Iterator[str]:
    """For people: the first difference with what stands before it, or all."""
    for part in found.parts:
        yield from _part_lines(found, part, every)
    yield from found.troubles
    if found.is_same:
        lines = sum(part.skipped + len(part.first) for part in found.parts)
        yield f"{found.names[0]} and {found.names[1]} are the same, {lines} lines; times aside"


def _part_lines(found: Diff, part: Part, every: bool) -> Iterator[str]:
    if not part.differences:
        return
    first = part.differences[0]
    yield f"{part.title}: {_where(found, part, first)}: {part.words[first.kind]}"
    before = [*part.before, *part.first[: first.line - 1]][-CONTEXT:]
    yield from (f"  {_mark(entry)} {shown(entry.text)}" for entry in before)
    yield from _both(first)
    more = part.differences[1:]
    for each in more[:SHOWN_LIMIT] if every else ():
        yield f"{_where(found, part, each)}: {part.words[each.kind]}"
        yield from _both(each)
    hidden = len(more) - (min(len(more), SHOWN_LIMIT) if every else 0)
    if hidden:
        yield f"{hidden} more differences" + ("" if every else "; --all lists them")
    if part.found.cut:
        yield f"{part.found.cut} lines at the end were not compared"


def _mark(entry: Entry) -> str:
    return "  >" if entry.by == "host" else "  <"


def _both(each: Difference) -> Iterator[str]:
    for sign, said in (("-", each.first), ("+", each.second)):
        if said is not None:
            yield f"  {sign} {'>' if said.by == 'host' else '<'} {shown(said.text)}"


def _where(found: Diff, part: Part, each: Difference) -> str:
    places = _line(part.first, each.line), _line(part.second, each.other_line)
    return ", ".join(f"{name}:{line}" for name, line in zip(found.names, places, strict=True))


def _line(entries: tuple[Entry, ...], number: int) -> str:
    return str(entries[number - 1].line) if number <= len(entries) else "end"


def as_json(found: Diff) -> str:
    """One document: `parts`, each with its differences by the lines of both files."""
    parts = [
        {
            "title": part.title,
            "same_at_start": part.skipped,
            "differences": [_json(part, each) for each in part.differences],
            "not_compared": part.found.cut,
        }
        for part in found.parts
    ]
    document = {
        "schema": SCHEMA,
        "files": list(found.names),
        "same": found.is_same,
        "parts": parts,
        "broken": list(found.troubles),
    }
    return json.dumps(document, indent=1, ensure_ascii=False)


def _json(part: Part, each: Difference) -> dict[str, Any]:
    return {
        "kind": each.kind,
        "line": _line(part.first, each.line),
        "other_line": _line(part.second, each.other_line),
        "first": None if each.first is None else shown(each.first.text),
        "second": None if each.second is None else shown(each.second.text),
    }
