"""What a field may hold. Each kind reads a node and describes itself to editors: the check and the
JSON Schema come from the same declaration."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from emulator.scenario.nodes import Listing, Node, Scalar, Table
from emulator.scenario.scalars import Plain, resolved
from emulator.scenario.trouble import Finding, Wrong, nearest, quoted

TEXT_LIMIT: Final = 8192
"""Characters of one text."""

UNITS: Final[Mapping[str, float]] = {"ms": 0.001, "s": 1, "min": 60, "h": 3600, "d": 86400}
DURATION_LIMIT: Final = 31 * 86400.0
"""Seconds: a month."""

_DURATION = r"^([0-9]{1,9}(?:\.[0-9]{1,6})?)(ms|s|min|h|d)$"

Schema = dict[str, Any]


@dataclass(slots=True)
class Place:
    """Where in the document a value stands, and what has been found wrong so far."""

    field: str
    findings: list[Finding]

    def at(self, name: str) -> "Place":
        return Place(f"{self.field}.{name}" if self.field else name, self.findings)

    def entry(self, number: int) -> "Place":
        return Place(f"{self.field}[{number}]", self.findings)

    def wrong(self, node: Node, text: str) -> None:
        self.findings.append(Finding(node.line, self.field, text))


class Kind(Protocol):
    """`read` returns None where it has told what is wrong; no kind reads anything as None."""

    @property
    def expected(self) -> str: ...

    def schema(self) -> Schema: ...

    def read(self, node: Node, place: Place) -> Any: ...


@dataclass(frozen=True, slots=True)
class Row:
    """What a `Shape` has read: `values` by key, and the line of each."""

    line: int
    values: Mapping[str, Any]
    lines: Mapping[str, int]


def shown(node: Node) -> str:
    """A node as a finding repeats it."""
    match node:
        case Scalar(text):
            return quoted(text) if text else "nothing"
        case Listing():
            return "a list"
        case Table():
            return "a mapping"


# Texts, numbers and words.


@dataclass(frozen=True, slots=True)
class Text:
    """A text; with `read_text`, one that follows a grammar: it raises Wrong. `pattern` is as much
    of the grammar as an editor can check, by ECMA 262, which Python's `re` agrees with. What is
    `secret` is never repeated."""

    expected: str = "a text"
    pattern: str = ""
    read_text: Callable[[str], Any] = str
    secret: bool = False

    def schema(self) -> Schema:
        return {"type": "string", **({"pattern": self.pattern} if self.pattern else {})}

    def read(self, node: Node, place: Place) -> Any:
        text = _text(node, place, self.expected, self.secret)
        if text is None:
            return None
        if self.pattern and not re.search(self.pattern, text):
            what = "this" if self.secret else shown(node)
            place.wrong(node, f"expected {self.expected}, not {what}")
            return None
        try:
            return self.read_text(text)
        except Wrong as error:
            place.wrong(node, str(error))
            return None


def _text(node: Node, place: Place, expected: str, secret: bool) -> str | None:
    if not isinstance(node, Scalar):
        place.wrong(node, f"expected {expected}, not {shown(node)}; put the text in quotes")
        return None
    if not isinstance(resolved(node), str):
        is_said = "nothing is said" if node.text == "" else f"{shown(node)} is none without quotes"
        place.wrong(
            node, f"expected {expected}; {'it is none without quotes' if secret else is_said}"
        )
        return None
    if len(node.text) > TEXT_LIMIT:
        place.wrong(node, f"longer than {TEXT_LIMIT} characters")
        return None
    return node.text


@dataclass(frozen=True, slots=True)
class Choice:
    options: tuple[str, ...]

    @property
    def expected(self) -> str:
        return f"one of {', '.join(self.options)}"

    def schema(self) -> Schema:
        return {"enum": list(self.options)}

    def read(self, node: Node, place: Place) -> Any:
        if isinstance(node, Scalar) and node.text in self.options:
            return node.text
        word = node.text if isinstance(node, Scalar) else ""
        hint = nearest(word, self.options, "")
        meant = f"; {hint}" if hint.startswith("did") else ""
        place.wrong(node, f"expected {self.expected}, not {shown(node)}{meant}")
        return None


_SWITCH: Final[Mapping[Plain, bool]] = {"on": True, "off": False, True: True, False: False}


@dataclass(frozen=True, slots=True)
class OnOff:
    expected: str = "on or off"

    def schema(self) -> Schema:
        return {"enum": ["on", "off", True, False]}

    def read(self, node: Node, place: Place) -> Any:
        value = resolved(node) if isinstance(node, Scalar) else None
        if isinstance(value, str | bool) and value in _SWITCH:
            return _SWITCH[value]
        place.wrong(node, f"expected on or off, not {shown(node)}")
        return None


@dataclass(frozen=True, slots=True)
class Whole:
    least: int
    most: int

    @property
    def expected(self) -> str:
        only = f"the number {self.least}"
        return only if self.least == self.most else f"a number from {self.least} to {self.most}"

    def schema(self) -> Schema:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}

    def read(self, node: Node, place: Place) -> Any:
        value = resolved(node) if isinstance(node, Scalar) else None
        if isinstance(value, float) and value.is_integer():  # 1.0 is a whole number in JSON, too
            value = int(value)
        if type(value) is int and self.least <= value <= self.most:
            return value
        is_quoted = isinstance(node, Scalar) and not node.plain and node.text.isdigit()
        other = "without quotes" if is_quoted else f"not {shown(node)}"
        place.wrong(node, f"expected {self.expected}, {other}")
        return None


@dataclass(frozen=True, slots=True)
class Number:
    least: float
    most: float

    @property
    def expected(self) -> str:
        return f"a number from {self.least:g} to {self.most:g}"

    def schema(self) -> Schema:
        return {"type": "number", "minimum": self.least, "maximum": self.most}

    def read(self, node: Node, place: Place) -> Any:
        value = resolved(node) if isinstance(node, Scalar) else None
        if type(value) in (int, float) and self.least <= value <= self.most:  # type: ignore[operator]
            return value
        place.wrong(node, f"expected {self.expected}, not {shown(node)}")
        return None


@dataclass(frozen=True, slots=True)
class Duration:
    """Seconds as a float."""

    expected: str = "a time with its unit: 500ms, 30s, 1.5min, 2h, 1d"

    def schema(self) -> Schema:
        return {"type": "string", "pattern": _DURATION}

    def read(self, node: Node, place: Place) -> Any:
        if isinstance(node, Scalar):
            found = re.search(_DURATION, node.text)
            if found and (seconds := float(found[1]) * UNITS[found[2]]) <= DURATION_LIMIT:
                return seconds
            if found:
                place.wrong(node, f"{node.text} is longer than {DURATION_LIMIT / 86400:g} days")
                return None
            if type(resolved(node)) in (int, float):
                place.wrong(node, f"{shown(node)} has no unit; expected {self.expected}")
                return None
        place.wrong(node, f"expected {self.expected}, not {shown(node)}")
        return None


@dataclass(frozen=True, slots=True)
class Checked:
    """A scalar that another room judges: `judge` takes its text and raises Wrong. `types` and
    `also` describe it to editors: JSON types, or single values."""

    expected: str
    judge: Callable[[str], Any]
    described: Mapping[str, Any] = field(default_factory=dict)

    def schema(self) -> Schema:
        return dict(self.described)

    def read(self, node: Node, place: Place) -> Any:
        if not isinstance(node, Scalar):
            place.wrong(node, f"expected {self.expected}, not {shown(node)}")
            return None
        value = resolved(node)
        if value is None or (isinstance(value, float) and not math.isfinite(value)):
            place.wrong(node, f"expected {self.expected}, not {shown(node)}")
            return None
        text = ("on" if value else "off") if isinstance(value, bool) else node.text
        try:
            return self.judge(text)
        except Wrong as error:
            place.wrong(node, str(error))
            return None
