"""What came of a replay, for people and for programs."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from emulator.differences.comparing import KINDS
from emulator.differences.dialogue import shown
from emulator.replay.explanation import Explanation
from emulator.replay.matching import Found, Matching, Row

SCHEMA: Final = 1  # of the JSON document; fields may be added without another one
ROWS: Final = 4  # before the difference, and behind it
WIDTH: Final = 58  # characters of a column
SHOWN_LIMIT: Final = 200  # differences that are listed for people


@dataclass(frozen=True, slots=True)
class Outcome:
    """A log that has been played. `notes`: what else people should know. `trouble`: the line at
    which the log could be read no further."""

    file: str
    format: str
    module: str
    matching: Matching
    notes: tuple[str, ...] = ()
    trouble: str | None = None
    explanation: Explanation | None = None

    @property
    def is_same(self) -> bool:
        return self.matching.count == 0


def as_text(outcome: Outcome, every: bool) -> Iterator[str]:
    """Lines: how it went, the first difference side by side, what would explain it."""
    matching, first = outcome.matching, outcome.matching.first
    if first is None:
        count, module = matching.compared, outcome.module
        yield f"{outcome.file}: {count} lines of the module, all as {module} says them"
    else:
        yield f"{outcome.file}:{first.line}: {_said(first)}"
        yield from side_by_side(outcome, first)
        if matching.count > 1:
            yield f"{matching.count} differences in all, {matching.compared} lines compared"
        yield from _explained(outcome)
        if every:
            yield from _others(outcome, first)


def beside(outcome: Outcome) -> Iterator[str]:
    """What people should know besides."""
    yield from outcome.notes
    if outcome.trouble:
        yield f"{outcome.trouble}; what stands before it was played"


def _said(found: Found) -> str:
    return KINDS[found.kind] + (f": {found.why}" if found.why else "")


def _others(outcome: Outcome, first: Found) -> Iterator[str]:
    others = sorted((f for f in outcome.matching.found if f is not first), key=lambda f: f.line)
    for found in others[:SHOWN_LIMIT]:
        yield f"{outcome.file}:{found.line}: {_said(found)}"
        if found.entry is not None:
            yield f"  - {shown(found.entry.text)}"
        if found.ours is not None:
            yield f"  + {shown(found.ours)}"
    if outcome.matching.count - 1 > SHOWN_LIMIT:
        yield f"{outcome.matching.count - 1 - SHOWN_LIMIT} more are not shown"


def side_by_side(outcome: Outcome, first: Found) -> Iterator[str]:
    """The rows around the first difference in two columns."""
    rows, at = _around(outcome.matching, first)
    cells = [
        (_cell(row, row.entry.text if row.entry else None), _cell(row, row.ours)) for row in rows
    ]
    width = min(WIDTH, max([len(left) for left, _ in cells] + [len(outcome.file)]))
    yield f"      line  {_fit(outcome.file, width)}  {outcome.module}"
    for number, (row, (left, right)) in enumerate(zip(rows, cells, strict=True)):
        mark = ">>" if number == at else "! " if row.kind else "  "
        line = str(row.entry.line) if row.entry else ""
        yield f"  {mark} {line:>5}  {_fit(left, width)}  {right}".rstrip()


def _around(matching: Matching, first: Found) -> tuple[Sequence[Row], int]:
    """Some rows, and which of them is the difference."""
    rows = [*matching.before, *matching.after]
    at = next(
        (n for n, row in enumerate(rows) if row.entry is not None and row.entry is first.entry),
        None,
    )
    if at is None:  # a line in addition
        at = sum(1 for row in rows if row.entry is None or row.entry.line <= first.line)
        rows.insert(at, Row(None, first.ours, "extra"))
    start = max(0, at - ROWS)
    return rows[start : at + ROWS + 1], at - start


def _cell(row: Row, text: str | None) -> str:
    if text is None:
        return ""
    by_host = row.entry is not None and row.entry.by == "host"
    return f"{'>' if by_host else '<'} {shown(text)}"


def _fit(text: str, width: int) -> str:
    return text.ljust(width) if len(text) <= width else text[: width - 1] + "…"


def _explained(outcome: Outcome) -> Iterator[str]:
    explanation = outcome.explanation
    if explanation is None:
        return
    if not explanation.remedies:
        yield f"no single switch explains it ({_tried(explanation)})"
        return
    for number, remedy in enumerate(explanation.remedies):
        yield f"{'explained by' if not number else f'then line {remedy.line} by'}:"
        for change in remedy.options:
            yield f"    {change.option:<36} {change.about}"
    last = explanation.remedies[-1].next_line
    rest = "all is the same" if last is None else f"all is the same up to line {last}"
    yield f"with {explanation.options}: {rest}"
    if last is not None:
        yield f"no single switch explains line {last} ({_tried(explanation)})"


def _tried(explanation: Explanation) -> str:
    return f"{explanation.tried} of {explanation.possible} values of quirks were tried"


def as_json(outcome: Outcome) -> str:
    """`first` and `differences` by line of the log; `explanation`: options, one upon the other."""
    matching, first = outcome.matching, outcome.matching.first
    return json.dumps(
        {
            "schema": SCHEMA,
            "file": outcome.file,
            "format": outcome.format,
            "module": outcome.module,
            "same": outcome.is_same,
            "compared": matching.compared,
            "count": matching.count,
            "first": None if first is None else _found(first),
            "differences": [_found(each) for each in sorted(matching.found, key=lambda f: f.line)],
            "explanation": _explanation(outcome.explanation),
            "notes": list(outcome.notes),
            "broken": outcome.trouble,
        },
        indent=1,
        ensure_ascii=False,
    )


def _found(found: Found) -> dict[str, Any]:
    return {
        "kind": found.kind,
        "line": found.line,
        "log": None if found.entry is None else shown(found.entry.text),
        "module": None if found.ours is None else shown(found.ours),
        "why": found.why,
    }


def _explanation(explanation: Explanation | None) -> dict[str, Any] | None:
    if explanation is None:
        return None
    return {
        "options": explanation.options,
        "remedies": [
            {
                "line": remedy.line,
                "options": [change.option for change in remedy.options],
                "next_line": remedy.next_line,
            }
            for remedy in explanation.remedies
        ],
        "tried": explanation.tried,
        "possible": explanation.possible,
    }
