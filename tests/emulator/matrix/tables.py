"""The tables of the matrix, typed by hand: models.toml, rows/*.toml.

Nothing here is computed from the command table of the product.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

EXTENDED = ("+", "*")  # the first characters of extended commands (V.250 5.4.1)
HERE = Path(__file__).parent

STATES = ("none", "created", "opening", "registered", "leaving", "failed", "lost", "closed")
"""No instance; CREATEEX; OPEN unanswered; logged in; CLOSE unanswered; event 7; 31; 15."""


@dataclass(frozen=True, slots=True)
class Model:
    """One model as models.toml has it. `colon`: what stands behind it in +MIPL and other lines;
    `lacks`: sets of commands that it does not know."""

    name: str
    like: str
    colon: tuple[str, str]
    absent: frozenset[str]
    lacks: frozenset[str]

    def __str__(self) -> str:
        return self.name

    def bytes_of(self, answer: str) -> bytes:
        """An answer in the manual's spelling, lines joined by `|`, as this model writes it."""
        if "\r" in answer or not answer:
            return answer.encode()  # V0 and Q1 frame nothing
        return b"".join(f"\r\n{self._spelled(line)}\r\n".encode() for line in answer.split("|"))

    def _spelled(self, line: str) -> str:
        """Quirks mipl_colon and general_colon; an error keeps its blank in every dialect."""
        name, colon, fields = line.partition(": ")
        if not colon or name.endswith("ERROR"):
            return line
        mipl, general = self.colon
        return f"{name}:{mipl if name.startswith('+MIPL') else general}{fields}"


@dataclass(frozen=True, slots=True)
class Row:
    """What one line is answered in every state. `first`: lines before it; `undo`: lines after it;
    `changes`: it does something, where it is not refused, that other rows would notice and that no
    line takes back; `unknown`: no model has the command; `set`: the one it belongs to, "" for what
    all models have."""

    at: str
    by: str
    answers: Mapping[str, tuple[str, ...]]  # by model or column of decisions 7, "" for the others
    first: tuple[str, ...]
    undo: tuple[str, ...]
    changes: bool
    unknown: bool
    set: str = ""

    def answer(self, model: Model, state: str) -> str:
        """The answer in the manual's spelling; `-`: the line cannot be said here."""
        if command_of(self.at)[0] in model.absent or self.set in model.lacks:
            return "ERROR"  # decision 7
        key = next(key for key in (model.name, model.like, "") if key in self.answers)
        return self.answers[key][STATES.index(state)]


def command_of(line: str) -> tuple[str, str]:
    """Name and form (`=`, `?`, `=?` or nothing) of a line with one command."""
    body = line.removeprefix("AT")
    if not body.startswith(EXTENDED):
        name = body[: 2 if body.startswith("&") else 1]
        return name, "" if name != "S" else "=" if "=" in body else "?"
    name = body.partition("=")[0].partition("?")[0]
    rest = body.removeprefix(name)
    return name, rest if rest in ("?", "=?", "") else "="


def refused(answer: str) -> bool:
    """Whether nothing was done."""
    return answer == "ERROR" or answer.startswith(("+CIS ERROR", "+CME ERROR"))


def document(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))


def entries(folder: str, table: str) -> Iterator[dict[str, Any]]:
    """The entries `[[table]]` of all files in a folder."""
    for file in sorted((HERE / folder).glob("*.toml")):
        yield from document(f"{folder}/{file.name}").get(table, [])


def _row(entry: dict[str, Any]) -> Row:
    columns = {"": entry["in"], **entry.get("on", {})}
    return Row(
        entry["at"],
        entry["by"],
        {key: _answers(text, entry) for key, text in columns.items()},
        tuple(entry.get("first", ())),
        tuple(entry.get("undo", ())),
        entry.get("changes", False),
        entry.get("unknown", False),
    )


def _general(entry: dict[str, Any]) -> Iterator[Row]:
    """One command that knows no login, with what it is answered in each form, by model where models
    differ. It is tried without an instance, and logged in."""
    for form, answer in entry["answers"].items():
        by_model = {"": answer, **entry.get("on", {}).get(form, {})}
        sets = not form.startswith("=?") and form.startswith("=")
        yield Row(
            entry["at"] + form,
            entry["by"],
            {key: _seldom(text) for key, text in by_model.items()},
            tuple(entry.get("first", {}).get(form, ())),
            tuple(entry.get("undo", ())) if sets else (),
            entry.get("renews", False) or (entry.get("changes", False) and sets),
            False,
            entry.get("set", ""),
        )


def _seldom(answer: str) -> tuple[str, ...]:
    return tuple(answer if state in ("none", "registered") else "-" for state in STATES)


def _answers(text: str, entry: dict[str, Any]) -> tuple[str, ...]:
    """`653 OK …`, a word for each state or one for all."""
    words = text.split()
    words = words * len(STATES) if len(words) == 1 else words
    assert len(words) == len(STATES), f"{entry['at']}: {text}"
    return tuple(_answer(word, entry) for word in words)


def _answer(word: str, entry: dict[str, Any]) -> str:
    """A number is a +CIS ERROR, another word stands for what the entry has under it."""
    if word in ("OK", "ERROR", "-"):
        return word
    return f"+CIS ERROR: {word}" if word.isdigit() else str(entry[word])


MODELS = tuple(
    Model(
        name,
        entry["like"],
        tuple(entry["colon"]),
        frozenset(entry["absent"]),
        frozenset(entry["lacks"]),
    )
    for name, entry in document("models.toml").items()
)
ROWS = (
    *map(_row, entries("rows", "row")),
    *(row for entry in entries("rows", "general") for row in _general(entry)),
)
