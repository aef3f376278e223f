"""Writes fidelity.md: what is built, for which model, on which source, and what is open.

    python docs/fidelity.py [--check]

Everything is drawn from the command table, the profiles, the register of quirks, the comments that
say "(chosen)", manual-notes.toml and open-questions.md. --check changes nothing and fails if the
page is not what would be written.
"""

import argparse
import ast
import io
import re
import sys
import tokenize
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emulator.profile import Profile, base_profile, load_profile, profile_names
from emulator.quirks import Quirk, register
from emulator.reference import CommandRow, commands, confidence, plain

DOCS = Path(__file__).parent
ROOT = DOCS.parent
PAGE = DOCS / "fidelity.md"
NOTES = DOCS / "manual-notes.toml"
QUESTIONS = DOCS / "open-questions.md"
SOURCES = ("emulator", "lwm2m_core", "transport", "pty_bridge")

FORMS = {"=": "set", "?": "read", "": "execute"}
UNKNOWN, BUILT, NOT_BUILT = "`ERROR`", "yes", "–"

HEAD = """\
# Fidelity

Written by `docs/fidelity.py`; do not edit. Where behaviour comes from, for every model: the letters
are explained in [sources.md](sources.md), Q2.3 is the third question of topic 2 at the end.
Confidence: `manual` is the manual's own word, `evidence` was seen elsewhere, `chosen` is ours.
"""


@dataclass(frozen=True, slots=True)
class Question:
    """An entry of open-questions.md. `number` counts within its `topic`, which is the heading, so
    that a new question moves few others; `default` is what is done meanwhile."""

    number: str
    topic: str
    asks: str
    default: str


@dataclass(frozen=True, slots=True)
class Offer:
    """A form of a command, or a line; `built` says for each model whether it has it."""

    syntax: str
    source: str
    built: tuple[str, ...]
    open: str


# What there is


def questions(text: str) -> tuple[Question, ...]:
    """The bullets of the page, in order."""
    found: list[Question] = []
    blocks = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    for place, block in enumerate(blocks, start=1):
        topic, _, rest = block.partition("\n")
        bullets = re.split(r"^\* ", rest, flags=re.MULTILINE)[1:]
        for count, bullet in enumerate(bullets, start=1):
            asks, _, default = " ".join(bullet.split()).partition("Default: ")
            found.append(Question(f"Q{place}.{count}", topic, asks.strip(), default))
    return tuple(found)


def mentions(questions: Iterable[Question], name: str) -> str:
    """The numbers of the questions that name a command or quirk: `NMI`, `close_wire`."""
    word = re.compile(rf"(?<![A-Za-z_])(?:MIPL)?{re.escape(name)}(?![A-Za-z_])")
    return ", ".join(q.number for q in questions if word.search(f"{q.asks} {q.default}"))


def of_manual(document: dict[str, Any], asked: Sequence[Question]) -> Iterator[Offer]:
    """The manual's commands form by form, and its lines."""
    known, printed = _known(), _lines_printed()
    for section, content in document.items():
        source, name = f"manual {section}", content.get("command") or content.get("line", "")
        open_ = mentions(asked, name.partition("+MIPL")[2]) if name else ""
        if "line" in content:
            built = BUILT if name in printed else NOT_BUILT
            yield Offer(f"`{name}: …`", source, (built,) * len(known), open_)
        for form in content.get("forms", ()):
            ways = _ways(known, name, FORMS[form]) or [f"{name}{form}"]
            for way in ways:
                yield Offer(f"`{way}`", source, _built(known, way, name), open_)


def beyond_manual(document: dict[str, Any]) -> Iterator[Offer]:
    """What is built but is no command form of the manual."""
    known = _known()
    forms = {
        (content.get("command"), FORMS[form])
        for content in document.values()
        for form in content.get("forms", ())
    }
    rows = {row.syntax: row for rows in known.values() for row in rows}
    for row in rows.values():
        if (row.command, row.form) not in forms:
            yield Offer(f"`{row.syntax}`", row.source, _built(known, row.syntax, row.command), "")


Known = dict[str, tuple[CommandRow, ...]]  # by model


def _known() -> Known:
    return {model: commands(model) for model in profile_names()}


def _ways(known: Known, command: str, form: str) -> list[str]:
    """The syntaxes of one form, of all models."""
    rows = (row for rows in known.values() for row in rows)
    return list(dict.fromkeys(r.syntax for r in rows if (r.command, r.form) == (command, form)))


def _built(known: Known, syntax: str, command: str) -> tuple[str, ...]:
    return tuple(_state(model, syntax, command, rows) for model, rows in known.items())


def _state(model: str, syntax: str, command: str, rows: Sequence[CommandRow]) -> str:
    if command.removeprefix("AT") in load_profile(model).absent_commands:
        return UNKNOWN
    return BUILT if any(row.syntax == syntax for row in rows) else NOT_BUILT


def _lines_printed() -> set[str]:
    """The names of lines that the firmware can print: what its calls of `info` begin with."""
    files = [file.read_text(encoding="utf-8") for file in (ROOT / "emulator").rglob("*.py")]
    return {name for text in files for name in re.findall(r'\binfo\(\s*"(\+MIPL\w+)"', text)}


def chosen_in_code() -> Iterator[tuple[str, str, str]]:
    """File, line of code, and what the comment says, wherever one says that a value is chosen."""
    for room in SOURCES:
        for file in sorted((ROOT / room).rglob("*.py")):
            where = str(file.relative_to(ROOT))
            source = file.read_text(encoding="utf-8")
            if "chosen" not in source:
                continue
            yield from ((where, *found) for found in _chosen_comments(source))
            yield from ((where, *found) for found in _chosen_docstrings(source))


_CHOSEN = re.compile(r"[(;] ?chosen\b|^chosen\b|\bare chosen\b")


def _chosen_comments(source: str) -> Iterator[tuple[str, str]]:
    """A comment behind a line of code is about that line, one above about the line below."""
    lines, above = [*source.splitlines(), ""], ""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        row, column = token.start
        code = lines[row - 1][:column].strip() if token.type == tokenize.COMMENT else ""
        if token.type == tokenize.COMMENT and not code:
            above = f"{above} {token.string.lstrip('# ')}"
        elif token.type == tokenize.COMMENT and _CHOSEN.search(token.string.lstrip("# ")):
            yield code, token.string.lstrip("# ")
        elif token.type not in (tokenize.NL, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT):
            yield from _sentences(lines[row - 1].strip(), above)
            above = ""


def _sentences(where: str, text: str) -> Iterator[tuple[str, str]]:
    for sentence in re.split(r"(?<=\.) ", " ".join(text.split())):
        if _CHOSEN.search(sentence):
            yield where, sentence


def _chosen_docstrings(source: str) -> Iterator[tuple[str, str]]:
    """A text at the top is about what it stands in, another one about the statement before it."""
    lines = source.splitlines()
    for node in ast.walk(ast.parse(source)):
        body = node.body if isinstance(node, Documented) else []
        for above, statement in zip([None, *body], body, strict=False):
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                where = lines[above.lineno - 1].strip() if above else getattr(node, "name", "")
                yield from _sentences(where, str(statement.value.value))


Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


# The page


def page() -> str:
    asked = questions(QUESTIONS.read_text(encoding="utf-8")) if QUESTIONS.exists() else ()
    document = tomllib.loads(NOTES.read_text(encoding="utf-8"))
    parts = (
        [HEAD],
        ["## Commands and lines of the manual", "", *_of_manual(list(of_manual(document, asked)))],
        ["", "## Commands beyond it", "", *_offers_table(list(beyond_manual(document)))],
        ["", "## Models", "", *_models_table(asked)],
        ["", "## Switches", "", *_switches_table(asked)],
        [
            "",
            "## Chosen in code",
            "",
            *_table(("file", "where", "what"), map(_code_row, chosen_in_code())),
        ],
        ["", "## Open questions", "", *_questions_list(asked)],
    )
    return "\n".join(line for part in parts for line in part) + "\n"


def _of_manual(rows: Sequence[Offer]) -> list[str]:
    built = sum(BUILT in row.built for row in rows)
    legend = (
        f"{built} of {len(rows)} are built. {BUILT}: built; {NOT_BUILT}: not yet; {UNKNOWN}: the "
        "model does not know the command."
    )
    return [legend, "", *_offers_table(rows)]


def _offers_table(rows: Sequence[Offer]) -> list[str]:
    table = ((row.syntax, row.source, *row.built, row.open) for row in rows)
    return _table(("syntax", "source", *profile_names(), "open"), table)


def _models_table(asked: Sequence[Question]) -> list[str]:
    """Every value of every profile with its source; what is the base's stands there alone."""
    common = _values(base_profile())
    rows = [("all, if nothing else", *row, "") for row in common]
    for profile in map(load_profile, profile_names()):
        rows.append((profile.name, "", "", "", "", mentions(asked, profile.name)))
        rows += [("", *row, "") for row in _values(profile) if row not in common]
    return _table(("model", "what", "value", "source", "confidence", "open"), rows)


def _values(profile: Profile) -> list[tuple[str, str, str, str]]:
    return [
        (_words(key), _value(profile, key), source, confidence(source))
        for key, source in profile.sources.items()
    ]


def _words(key: str) -> str:
    return key.replace("quirks.field.", "quirk, dialect field: ").replace("quirks.", "quirk: ")


def _value(profile: Profile, key: str) -> str:
    table, _, name = key.rpartition(".")
    match table:
        case "quirks":
            value = profile.quirks[name]
        case "quirks.field":
            value = profile.field_quirks[name]
        case _:
            value = getattr(profile, name)
    return plain(tuple(sorted(value)) if isinstance(value, frozenset) else value) or "none"


def _switches_table(asked: Sequence[Question]) -> list[str]:
    head = ("switch", "manual", "confidence", "field", "confidence", "source", "open")
    return _table(head, (_switch_row(quirk, asked) for quirk in register()))


def _switch_row(quirk: Quirk, asked: Sequence[Question]) -> tuple[str, ...]:
    in_field = quirk.dialect_field
    return (
        quirk.name,
        plain(quirk.default),
        confidence(quirk.source),
        plain(in_field),
        confidence(quirk.source, as_printed=in_field == quirk.default),
        quirk.source,
        mentions(asked, quirk.name),
    )


def _code_row(found: tuple[str, str, str]) -> tuple[str, ...]:
    file, code, what = found
    shown = what if "`" in what else what.replace("<", "\\<")  # Markdown would take it for HTML
    return file, f"`{code}`" if code else "", shown


def _questions_list(asked: Sequence[Question]) -> list[str]:
    lines = ["From [open-questions.md](open-questions.md), which has the defaults.", ""]
    return lines + [f"* {q.number}, {q.topic}: {q.asks}" for q in asked]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]


def main(arguments: list[str] | None = None) -> int:
    """0 written, or as it should be; 1 with --check: it is not."""
    parser = argparse.ArgumentParser(description="Write docs/fidelity.md.")
    parser.add_argument("--check", action="store_true", help="only say whether it is up to date")
    options = parser.parse_args(arguments)
    if not options.check:
        PAGE.write_text(page(), encoding="utf-8")
        return 0
    written = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    if written == page():
        return 0
    print("docs/fidelity.md is out of date: run python docs/fidelity.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
