"""Where one dialogue differs from another."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Literal

from emulator.differences.dialogue import Behaviour, Said, meaning

LINES_LIMIT: Final = 4000
"""Lines of each dialogue that are compared; more are left out, and it is said that they were."""

Kind = Literal["result", "host", "module", "missing", "extra", "order", "spelling"]

KINDS: Final[dict[Kind, str]] = {
    "result": "a command ends with another result",
    "host": "the host says something else",
    "module": "the module says something else",
    "missing": "a line is not said",
    "extra": "a line is said in addition",
    "order": "the same line comes earlier or later",
    "spelling": "the same line has other blanks",
}
"""Every kind of difference, in the order of what it weighs."""

MILD: Final[frozenset[Kind]] = frozenset({"order", "spelling"})
"""What a host that reads with care need not notice."""


@dataclass(frozen=True, slots=True)
class Difference:
    """`first` is the line of the reference, `second` that of the other dialogue; None where it has
    none. `line` and `other_line` are their numbers, from 1, or where they would stand."""

    kind: Kind
    line: int
    other_line: int
    first: Said | None
    second: Said | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """`pairs`: the numbers, from 0, of lines that mean the same. `cut`: lines that were left out
    because a dialogue has more than `LINES_LIMIT`."""

    differences: tuple[Difference, ...]
    pairs: tuple[tuple[int, int], ...]
    cut: int = 0

    @property
    def first(self) -> Difference | None:
        """The first that is more than order and spelling, else the first; None if there is none."""
        grave = (each for each in self.differences if each.kind not in MILD)
        return next(grave, next(iter(self.differences), None))

    @property
    def is_same(self) -> bool:
        """Whether a host that reads with care sees no difference."""
        return all(each.kind in MILD for each in self.differences)

    def count(self, kind: Kind) -> int:
        return sum(each.kind == kind for each in self.differences)


def compared(
    reference: Sequence[Said],
    other: Sequence[Said],
    behaviours: tuple[Behaviour, Behaviour] | None = None,
) -> Comparison:
    """What differs; times and message ids do not. `behaviours` of both sides, where these are not
    the beginnings of the dialogues."""
    cut = max(0, len(reference) - LINES_LIMIT) + max(0, len(other) - LINES_LIMIT)
    one, two = behaviours or (Behaviour(), Behaviour())
    first, second = _Side(reference[:LINES_LIMIT], one), _Side(other[:LINES_LIMIT], two)
    found: list[Difference] = []
    pairs: list[tuple[int, int]] = []
    for is_same, ours, theirs in _parts(first.keys, second.keys):
        if is_same:
            same = list(zip(ours, theirs, strict=True))
            pairs += same
            found += (
                _differ("spelling", first, second, *p) for p in same if _spelt(first, second, *p)
            )
        else:
            found += _unequal(first, second, ours, theirs)
    return Comparison(tuple(_moved(found, first, second)), tuple(pairs), cut)


Keys = Sequence[tuple[str, str]]


def _parts(first: Keys, second: Keys) -> Iterator[tuple[bool, range, range]]:
    """Ranges of lines that are the same on both sides, or not. The matching of what lies between
    the same beginning and the same end takes the square of its length."""
    shorter = min(len(first), len(second))
    head = next((n for n in range(shorter) if first[n] != second[n]), shorter)
    tail = next(
        (n for n in range(shorter - head) if first[-1 - n] != second[-1 - n]), shorter - head
    )
    end, other_end = len(first) - tail, len(second) - tail
    yield True, range(head), range(head)
    matcher = SequenceMatcher(None, first[head:end], second[head:other_end], autojunk=False)
    for what, i, i_end, j, j_end in matcher.get_opcodes():
        yield what == "equal", range(head + i, head + i_end), range(head + j, head + j_end)
    yield True, range(end, len(first)), range(other_end, len(second))


class _Side:
    """One dialogue, as it is and as it is compared."""

    def __init__(self, lines: Sequence[Said], behaviour: Behaviour) -> None:
        self.lines = lines
        self.texts = [behaviour.of(said) for said in lines]
        self.keys = [(said.by, meaning(text)) for said, text in zip(lines, self.texts, strict=True)]


def _spelt(first: _Side, second: _Side, i: int, j: int) -> bool:
    return first.texts[i] != second.texts[j]


def _differ(kind: Kind, first: _Side, second: _Side, i: int, j: int) -> Difference:
    return Difference(kind, i + 1, j + 1, first.lines[i], second.lines[j])


def _unequal(first: _Side, second: _Side, ours: range, theirs: range) -> list[Difference]:
    """Lines of the same speaker stand for each other as long as both sides have some."""
    found: list[Difference] = []
    i, j = ours.start, theirs.start
    while i < ours.stop or j < theirs.stop:
        if i < ours.stop and j < theirs.stop and first.keys[i][0] == second.keys[j][0]:
            kind = _kind(first.lines[i], second.lines[j])
            found.append(_differ(kind, first, second, i, j))
            i, j = i + 1, j + 1
        elif i < ours.stop and (j == theirs.stop or ours.stop - i > theirs.stop - j):
            found.append(Difference("missing", i + 1, j + 1, first.lines[i], None))
            i += 1
        else:
            found.append(Difference("extra", i + 1, j + 1, None, second.lines[j]))
            j += 1
    return found


def _kind(first: Said, second: Said) -> Kind:
    if first.is_final and second.is_final:
        return "result"
    return first.by


def _moved(found: list[Difference], first: _Side, second: _Side) -> list[Difference]:
    """A line that one side lacks here and has in addition elsewhere has moved."""
    lacking: dict[tuple[str, str], list[int]] = {}
    for number, each in enumerate(found):
        if each.kind == "missing":
            lacking.setdefault(first.keys[each.line - 1], []).append(number)
    moved: dict[int, Difference | None] = {}
    for number, each in enumerate(found):
        if each.kind == "extra" and (at := lacking.get(second.keys[each.other_line - 1])):
            gone = at.pop(0)
            moved[gone] = _differ("order", first, second, found[gone].line - 1, each.other_line - 1)
            moved[number] = None
    kept = (moved.get(number, each) for number, each in enumerate(found))
    return [each for each in kept if each is not None]
