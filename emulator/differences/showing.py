"""A table over models for people, in Markdown, and for programs, in JSON."""

import json
from collections.abc import Iterator
from typing import Any, Final

from emulator.differences.comparing import KINDS, Comparison, Difference
from emulator.differences.dialogue import Said
from emulator.differences.table import SHOWN_LIMIT, Cell, Row, Table
from emulator.differences.timing import Pace

SCHEMA: Final = 1  # of the JSON document; fields may be added without another one
CONTEXT: Final = 3  # lines before the first difference that are shown


def as_markdown(table: Table) -> str:
    """A line for every name, then what differs from the first model."""
    if not table.rows:
        return "Nothing was tried.\n"
    return (
        "\n".join([*_overview(table), *(line for row in table.rows for line in _details(row))])
        + "\n"
    )


def _overview(table: Table) -> Iterator[str]:
    yield f"# {len(table.models)} models, compared with {table.models[0]}"
    yield ""
    yield "| | " + " | ".join(table.models) + " |"
    yield "| --- |" + " --- |" * len(table.models)
    for row in table.rows:
        cells = (_short(row.of(model)) for model in table.models)
        yield f"| {_escaped(row.name)} | " + " | ".join(cells) + " |"


def _short(cell: Cell | None) -> str:
    if cell is None:
        return "–"
    if cell.found is None or not cell.found.differences:
        return cell.trial.outcome
    return f"{cell.trial.outcome}; {_summary(cell.found)}"


def _summary(found: Comparison) -> str:
    counts = ((kind, found.count(kind)) for kind in KINDS)
    return ", ".join(f"{kind} {count}" for kind, count in counts if count)


def _details(row: Row) -> Iterator[str]:
    for cell in row.cells:
        if lines := [*_outcome(cell), *_differing(row, cell)]:
            yield from ("", f"## {_escaped(row.name)}: {cell.trial.model}", *lines)
    if any(cell.slower for cell in row.cells):
        yield from ("", f"## {_escaped(row.name)}: seconds", "")
        yield f"| | answers | median | longest | login | most unlike {row.cells[0].trial.model} |"
        yield "| --- | --- | --- | --- | --- | --- |"
        yield from map(_paced, row.cells)


def _outcome(cell: Cell) -> Iterator[str]:
    if cell.trial.outcome != "passed":
        reason = _escaped(cell.trial.reason) or "no reason given"
        yield from ("", f"{cell.trial.outcome.capitalize()}: {reason}")


def _differing(row: Row, cell: Cell) -> Iterator[str]:
    found = cell.found
    if found is None or found.first is None:
        return
    first = found.first
    yield from ("", f"The dialogue first differs at line {first.line}: {KINDS[first.kind]}.", "")
    yield from ("```diff", *_context(row.cells[0].trial.dialogue, first), *_shown(first), "```")
    others = [each for each in found.differences if each is not first]
    if others:
        yield from ("", f"{len(others)} more; in all {_summary(found)}.", "", "```diff")
        for each in others[:SHOWN_LIMIT]:
            yield from (f"@@ line {each.line}: {each.kind} @@", *_shown(each))
        yield "```"
    if len(others) > SHOWN_LIMIT:
        yield from ("", f"{len(others) - SHOWN_LIMIT} of them are not shown.")
    if found.cut:
        yield from ("", f"{found.cut} lines at the end were not compared.")


def _context(dialogue: tuple[Said, ...], first: Difference) -> Iterator[str]:
    before = dialogue[max(0, first.line - 1 - CONTEXT) : first.line - 1]
    yield from (f"  {said}" for said in before)


def _shown(each: Difference) -> Iterator[str]:
    if each.first is not None:
        yield f"- {each.first}"
    if each.second is not None:
        yield f"+ {each.second}"


def _paced(cell: Cell) -> str:
    pace, slower = cell.pace, cell.slower
    unlike = (
        ""
        if slower is None
        else (f"`{slower.command.text}` {slower.second:.2f} instead of {slower.first:.2f}")
    )
    login = "–" if pace.login is None else f"{pace.login:.2f}"
    return (
        f"| {cell.trial.model} | {pace.answers} | {pace.middle:.3f} | {pace.longest:.3f} "
        f"| {login} | {_escaped(unlike)} |"
    )


def _escaped(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def as_lines(table: Table) -> Iterator[str]:
    """For a terminal: what is not the same with all models, and where it first differs."""
    shown = [row for row in table.rows if any(_is_worth_a_line(cell) for cell in row.cells)]
    for row in shown:
        yield row.name
        for cell in row.cells:
            yield f"  {cell.trial.model}: {_short(cell)}{_colon(cell.trial.reason)}"
            if cell.found is not None and cell.found.first is not None and not cell.found.is_same:
                yield f"    line {cell.found.first.line}: {KINDS[cell.found.first.kind]}"
                yield from (f"    {line}" for line in _shown(cell.found.first))
    if left := len(table.rows) - len(shown):
        yield f"{left} the same with all models, but for blanks and the order of lines"


def _is_worth_a_line(cell: Cell) -> bool:
    return not cell.is_same or cell.trial.outcome == "skipped"


def _colon(reason: str) -> str:
    return reason and f": {' '.join(reason.split())}"


def as_json(table: Table) -> str:
    """The same as one document: `rows` of `cells`, each with outcome, seconds and differences."""
    document = {
        "schema": SCHEMA,
        "models": table.models,
        "failed": table.has_failed,
        "same": table.is_same,
        "rows": [
            {"name": row.name, "cells": [_cell(cell) for cell in row.cells]} for row in table.rows
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _cell(cell: Cell) -> dict[str, Any]:
    found = cell.found
    return {
        "model": cell.trial.model,
        "outcome": cell.trial.outcome,
        "reason": cell.trial.reason,
        "seconds": _pace(cell.pace),
        "first": None if found is None or found.first is None else _difference(found.first),
        "differences": [] if found is None else [_difference(each) for each in found.differences],
        "cut": 0 if found is None else found.cut,
    }


def _pace(pace: Pace) -> dict[str, Any]:
    return {
        "answers": pace.answers,
        "median": round(pace.middle, 6),
        "longest": round(pace.longest, 6),
        "login": None if pace.login is None else round(pace.login, 6),
    }


def _difference(each: Difference) -> dict[str, Any]:
    return {
        "kind": each.kind,
        "line": each.line,
        "other_line": each.other_line,
        "by": (each.first or each.second or _NOBODY).by,
        "first": None if each.first is None else each.first.text,
        "second": None if each.second is None else each.second.text,
    }


_NOBODY: Final = Said("module", "", 0.0)
