"""The listings as sheets: text for people in columns of 100 characters, JSON for tools."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, fields
from itertools import zip_longest
from shlex import quote
from textwrap import wrap
from typing import Any

from emulator import reference
from emulator.fault_symptoms import FaultSymptom
from emulator.profile import Profile, load_profile, profile_names
from emulator.quirk_texts import ABOUT, page_of
from emulator.quirks import Dialect
from emulator.symptoms import Symptom, find

WIDTH = 100
INDENT = "    "
QUIRK_WIDTHS = (27, 12, 10, 20, 10, 11)


def profiles_text() -> str:
    head = ("MODEL", "SUB-MODELS", "DIALECT", "WHAT DIFFERS")
    rows = [
        (row.model, " ".join(row.sub_models) or "–", row.dialect, "; ".join(row.differences) or "–")
        for row in reference.models()
    ]
    common = f"All, but for what differs: {'; '.join(reference.common())}."
    return "\n".join([*_columns((8, 26, 7, 53), [head, *rows]), "", *wrap(common, WIDTH)])


def profiles_json() -> str:
    return _json([_profile_values(load_profile(name)) for name in profile_names()])


def _profile_values(profile: Profile) -> dict[str, Any]:
    values = {f.name: getattr(profile, f.name) for f in fields(profile)}
    return {
        name: sorted(value) if isinstance(value, frozenset) else value
        for name, value in values.items()
    }


def commands_text(model: str) -> str:
    name, unknown = load_profile(model).name, reference.unknown_commands(model)
    lines = [f"Commands of {name}; any parameter may be quoted.", ""]
    for row in reference.commands(model):
        lines += [row.syntax, *_indented(row.source)]
        lines += [f"{INDENT}=? {row.ranges}"] if row.ranges is not None else []
        lines += [*_indented(row.about), ""]
    return "\n".join([*lines, f"Unknown to {name} (ERROR): {', '.join(unknown) or 'none'}"])


def commands_json(model: str) -> str:
    return _json(
        {
            "model": load_profile(model).name,
            "commands": [asdict(row) for row in reference.commands(model)],
            "unknown": reference.unknown_commands(model),
        }
    )


def quirks_text(model: str | None = None, dialect: Dialect | None = None) -> str:
    """All switches of a model, or of any; or one switch, if `model` is its name."""
    model, name = _model_or_name(model)
    dialect = dialect or reference.dialect_of(model)
    whose = f"of {load_profile(model).name}" if model else "of any model"
    head = ("NAME", "VALUE", "DEFAULT", "OTHER VALUES", "CONFIDENCE", "SOURCE")
    title = f"Switches {whose} in dialect {dialect}; mipl run --quirk NAME=VALUE sets one."
    examples = "In brackets: the page that has an example of each value."
    lines = [title, examples, "", *_columns(QUIRK_WIDTHS, [head])]
    for row in _rows(model, dialect, name):
        about = f"{row.about} ({row.page})"
        lines += [*_columns(QUIRK_WIDTHS, [_quirk_cells(row)]), *_indented(about)]
    return "\n".join(lines)


def _model_or_name(word: str | None) -> tuple[str | None, str | None]:
    return (None, word) if word in ABOUT else (word, None)


def _rows(
    model: str | None, dialect: Dialect | None, name: str | None
) -> Iterator[reference.QuirkRow]:
    return (row for row in reference.quirks(model, dialect) if name in (None, row.name))


def _quirk_cells(row: reference.QuirkRow) -> tuple[str, ...]:
    return (
        row.name,
        f"{reference.plain(row.value)} {row.unit if row.value != 'never' else ''}",
        reference.plain(row.default),
        ", ".join(row.others),
        row.confidence,
        row.source,
    )


def quirks_json(model: str | None = None, dialect: Dialect | None = None) -> str:
    model, name = _model_or_name(model)
    return _json(
        {
            "model": load_profile(model).name if model else None,
            "dialect": dialect or reference.dialect_of(model),
            "quirks": [asdict(row) for row in _rows(model, dialect, name)],
        }
    )


def symptoms_text(words: str) -> str:
    """What fits, each with the quirks and faults to try and their pages; NoSymptom where nothing
    does."""
    lines = []
    for symptom in find(words):
        lines += wrap(symptom.text, WIDTH)
        for option, page in _options(symptom):
            lines.append(f"{INDENT}{option:<44} {page}")
    return "\n".join(lines)


def _options(symptom: Symptom | FaultSymptom) -> Iterator[tuple[str, str]]:
    """As a shell takes them, each with the page that has an example."""
    if isinstance(symptom, FaultSymptom):
        page = f"docs/faults/{symptom.page.partition('#')[0]}"
        yield from ((f"--fault {quote(fault)}", page) for fault in symptom.faults)
        return
    for quirk in symptom.quirks:
        option = f'--quirk "{quirk}"' if " " in quirk else f"--quirk {quirk}"
        yield option, page_of(quirk.partition("=")[0])


def symptoms_json(words: str) -> str:
    return _json([_symptom_row(symptom) for symptom in find(words)])


def _symptom_row(symptom: Symptom | FaultSymptom) -> dict[str, Any]:
    if isinstance(symptom, FaultSymptom):
        return {"text": symptom.text, "quirks": (), "faults": symptom.faults}
    return {"text": symptom.text, "quirks": symptom.quirks, "faults": ()}


def _json(content: Any) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False)


def _indented(text: str) -> list[str]:
    return wrap(text, WIDTH, initial_indent=INDENT, subsequent_indent=INDENT)


def _columns(widths: Sequence[int], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Cells wrapped to their widths at blanks, two blanks between; longer words stick out."""
    for row in rows:
        cells = [
            wrap(cell, width, break_long_words=False, break_on_hyphens=False)
            for cell, width in zip(row, widths, strict=True)
        ]
        for parts in zip_longest(*cells, fillvalue=""):
            padded = (part.ljust(width) for part, width in zip(parts, widths, strict=True))
            yield "  ".join(padded).rstrip()
