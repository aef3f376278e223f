"""Faulty lines, made from parameters/*.toml; what they are answered stands in faults.toml.

A parameter `is` a ref, a number `from`–`to`, an integer without bounds, `one of` some numbers, a
word or a text; `good` is a value of it. `outside` and `edges` list what is just not and just still
taken, where the kind does not say it or says too much. Nothing is quoted `behind_value`: a quote
there belongs to <value> (decision 4).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tests.emulator.matrix.bench import Case
from tests.emulator.matrix.tables import ROWS, Model, Row, document, entries, refused

FAULTS = document("faults.toml")
WRONG_TYPES = ("abc", "1.5", '"x"')
ROW = "row"  # in faults.toml: no fault, the answer is that of the row

# What is no fault changes the module, and a new one takes time: it is tried where it can do
# something, with one model of each kind: the manual's, one that refuses more, dialect field.
ACTIVE = ("none", "created", "registered")
KINDS = ("MN316", "ML305A", "M5311")


@dataclass(frozen=True, slots=True)
class Input:
    """A line with something about one parameter. `code`: an error, or ROW."""

    line: str
    code: str
    about: str


@dataclass(frozen=True, slots=True)
class Command:
    """One way to set a command, as described. `row`: its good line in the matrix."""

    at: str
    by: str
    parameters: tuple[dict[str, Any], ...]

    @property
    def good(self) -> tuple[str, ...]:
        return tuple(_good(parameter) for parameter in self.parameters)

    @property
    def row(self) -> Row:
        return row_of(self.line(self.good))

    def line(self, values: Sequence[str]) -> str:
        return f"{self.at}={','.join(values)}"

    def inputs(self) -> Iterator[Input]:
        family = "mipl" if self.at.startswith("AT+MIPL") else "general"
        yield Input(self.line((*self.good, "0")), FAULTS[family]["surplus"], "one too many")
        for place, parameter in enumerate(self.parameters):
            for text, about in _values(parameter):
                yield Input(self._with(place, text), _code(family, parameter, about), about)
            missing = _code(family, parameter, "missing")
            yield Input(self.line(self.good[:place]), missing, "missing")
            unclosed = (*self.good[:place], '"' + self.good[place].strip('"'))
            yield Input(self.line(unclosed), FAULTS[family]["unclosed"], "unclosed")

    def _with(self, place: int, text: str) -> str:
        return self.line((*self.good[:place], text, *self.good[place + 1 :]))


def _good(parameter: dict[str, Any]) -> str:
    return str(parameter.get("good", "0"))


def _values(parameter: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What is put in the parameter's place, and what that is."""
    aliens = () if parameter["is"] == "text" else WRONG_TYPES
    kinds = {"empty": [""], "outside": _outside(parameter), "edge": _edges(parameter)}
    for about, texts in {**kinds, "alien": aliens}.items():
        for text in texts:
            if '"' not in text or not parameter.get("behind_value"):
                yield text, about


def _outside(parameter: dict[str, Any]) -> list[str]:
    if "outside" in parameter:
        return list(parameter["outside"])
    match parameter["is"]:
        case "ref":
            return ["1", "-1", "255"]
        case "number":
            return [str(parameter["from"] - 1), str(parameter["to"] + 1)]
        case "one of":
            taken = parameter["of"]
            near = {number + step for number in taken for step in (-1, 1)}
            return [str(number) for number in sorted(near.difference(taken))]
        case _:
            return []


def _edges(parameter: dict[str, Any]) -> list[str]:
    """Ends of ranges, and spellings that are taken too (decision 4: quoted, hex)."""
    if "edges" in parameter:
        return list(parameter["edges"])
    good = _good(parameter)
    match parameter["is"]:
        case "ref":
            return ['"0"', "0x0"]
        case "number":
            return [str(parameter["from"]), str(parameter["to"]), f'"{good}"', f"{int(good):#x}"]
        case "integer":
            return ["-1", "2147483648", f'"{good}"', f"{int(good):#x}"]
        case "one of":
            return [str(number) for number in parameter["of"]] + [f'"{good}"']
        case _:
            return []


def _code(family: str, parameter: dict[str, Any], about: str) -> str:
    if about == "edge":
        return ROW
    table = FAULTS[family]
    if parameter.get("optional"):
        table = {**table, **table["optional"]}
    if parameter["is"] == "ref":
        table = {**table, **table["ref"]}
    return str(table[about])


def row_of(line: str) -> Row:
    found = [row for row in ROWS if row.at == line and not row.first]
    assert len(found) == 1, f"{line} is in {len(found)} rows"
    return found[0]


COMMANDS = tuple(
    Command(entry["at"], entry["by"], tuple(entry["parameters"]))
    for entry in entries("parameters", "command")
)


def _value_inputs() -> Iterator[tuple[Row, Input]]:
    """`<type>,<len>,<value>` of NOTIFY and READRSP (decision 41)."""
    for entry in entries("parameters", "values"):
        for line in entry["lines"]:
            row = row_of(line.format('1,4,"test"'))
            for value in entry["good"]:
                yield row, Input(line.format(value), ROW, "value")
            for value in entry["outside"]:
                yield row, Input(line.format(value), FAULTS["mipl"]["outside"], "value")


def _basic_inputs() -> Iterator[tuple[Row, Input]]:
    """V.250's own commands have a number without `=` (V.250 5.3.1)."""
    for entry in entries("parameters", "basic"):
        for number in (entry["to"] + 1, 99, 256):
            fault = FAULTS["general"]["outside"]
            yield row_of(entry["at"]), Input(f"{entry['at']}{number}", fault, "outside")
        for number in entry.get("edges", ()):
            yield row_of(entry["at"]), Input(f"{entry['at']}{number}", ROW, "edge")


INPUTS: tuple[tuple[Row, Input], ...] = (
    *((command.row, made) for command in COMMANDS for made in command.inputs()),
    *_value_inputs(),
    *_basic_inputs(),
)


def cases(model: Model, state: str) -> Iterator[Case]:
    """Every made line as a case: refused with its code, or answered as its row is."""
    for row, made in INPUTS:
        if made.code == ROW and not (state in ACTIVE and model.name in KINDS):
            continue
        answer = row.answer(model, state)
        if answer == "-":
            continue
        if answer != "ERROR" or made.code == "ERROR":
            yield _case(row, made, answer)
        else:
            yield Case(made.line, "ERROR", "decision 7: no such command here")


def _case(row: Row, made: Input, answer: str) -> Case:
    by = f"{made.about}; {row.by}"
    if made.code == ROW:
        return Case(made.line, answer, by, row.changes and not refused(answer), (), row.undo)
    error = made.code if made.code == "ERROR" else f"+CIS ERROR: {made.code}"
    return Case(made.line, error, by)
