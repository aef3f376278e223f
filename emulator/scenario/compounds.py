"""Kinds of fields that hold others: lists, mappings, and choices between such."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from emulator.scenario.kinds import Kind, Place, Row, Schema, shown
from emulator.scenario.nodes import Listing, Node, Table
from emulator.scenario.trouble import nearest, quoted

LIST_LIMIT: Final = 1000
"""Entries of one list."""


@dataclass(frozen=True, slots=True)
class At:
    """A value, and the line where it stands."""

    line: int
    value: Any


@dataclass(frozen=True, slots=True)
class ListOf:
    """A tuple of At; a finding in one entry does not hide those in others. `least`, `most`: of
    entries."""

    kind: Kind
    what: str
    least: int = 0
    most: int = LIST_LIMIT

    @property
    def expected(self) -> str:
        return f"a list of {self.what}"

    def schema(self) -> Schema:
        least = {"minItems": self.least} if self.least else {}
        return {"type": "array", "items": self.kind.schema(), "maxItems": self.most, **least}

    def read(self, node: Node, place: Place) -> Any:
        if not isinstance(node, Listing):
            place.wrong(node, f"expected {self.expected}, one after each '-', not {shown(node)}")
            return None
        if not self.least <= len(node.items) <= self.most:
            place.wrong(node, f"{len(node.items)} entries are not from {self.least} to {self.most}")
            return None
        read = [self.kind.read(item, place.entry(n)) for n, item in enumerate(node.items)]
        if any(value is None for value in read):
            return None
        return tuple(map(At, (item.line for item in node.items), read))


@dataclass(frozen=True, slots=True)
class OneOrSeveral:
    """A single value, or a list of such; a tuple of At in either case."""

    kind: Kind
    what: str

    @property
    def expected(self) -> str:
        return f"{self.kind.expected}, or a list of {self.what}"

    def schema(self) -> Schema:
        return {"anyOf": [self.kind.schema(), ListOf(self.kind, self.what, 1).schema()]}

    def read(self, node: Node, place: Place) -> Any:
        if isinstance(node, Listing):
            return ListOf(self.kind, self.what, 1).read(node, place)
        value = self.kind.read(node, place)
        return None if value is None else (At(node.line, value),)


@dataclass(frozen=True, slots=True)
class Either:
    """What is a mapping is read by `mapping`, all else by `other`."""

    other: Kind
    mapping: Kind

    @property
    def expected(self) -> str:
        return f"{self.other.expected}, or {self.mapping.expected}"

    def schema(self) -> Schema:
        return {"anyOf": [self.other.schema(), self.mapping.schema()]}

    def read(self, node: Node, place: Place) -> Any:
        kind = self.mapping if isinstance(node, Table) else self.other
        return kind.read(node, place)


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a `Shape`. `about` is what an editor shows. `with_one_of`: keys of which one must
    be there, too."""

    kind: Kind
    about: str
    required: bool = False
    with_one_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shape:
    """A mapping with these keys. Of each tuple in `just_one` exactly one key is there. `lists`:
    what lists the keys, where they are many."""

    what: str
    keys: Mapping[str, Key]
    just_one: tuple[tuple[str, ...], ...] = ()
    least: int = 0
    lists: str = ""

    @property
    def expected(self) -> str:
        return f"keys and values, as {self.what} has them"

    def schema(self) -> Schema:
        required = [name for name, key in self.keys.items() if key.required]
        schema: Schema = {
            "type": "object",
            "properties": {
                name: {**key.kind.schema(), "description": key.about}
                for name, key in self.keys.items()
            },
            "additionalProperties": False,
        }
        if required:
            schema["required"] = required
        if self.least:
            schema["minProperties"] = self.least
        if self.just_one:
            schema["allOf"] = [
                {"oneOf": [{"required": [name]} for name in names]} for names in self.just_one
            ]
        if needing := {name: key.with_one_of for name, key in self.keys.items() if key.with_one_of}:
            schema["dependencies"] = {
                name: {"anyOf": [{"required": [other]} for other in others]}
                for name, others in needing.items()
            }
        return schema

    def read(self, node: Node, place: Place) -> Any:
        if not isinstance(node, Table):
            place.wrong(node, f"expected {self.expected}, not {shown(node)}")
            return None
        before = len(place.findings)
        if len(node.pairs) < self.least:
            place.wrong(node, f"nothing in it; there are {', '.join(self.keys)}")
        self._missing(node, place)
        values: dict[str, Any] = {}
        lines: dict[str, int] = {}
        for name, value in node.pairs:
            key = self.keys.get(name.text)
            if key is None:
                hint = nearest(name.text, self.keys) or self.lists
                place.wrong(name, f"there is no {quoted(name.text)} in {self.what}; {hint}")
                continue
            lines[name.text] = value.line
            values[name.text] = key.kind.read(value, place.at(name.text))
        return None if len(place.findings) > before else Row(node.line, values, lines)

    def _missing(self, node: Table, place: Place) -> None:
        there = [name.text for name, _ in node.pairs]
        for name, key in self.keys.items():
            if key.required and name not in there:
                place.wrong(node, f"'{name}' is missing: {key.kind.expected}")
            if name in there and key.with_one_of and not set(key.with_one_of) & set(there):
                place.wrong(node, f"'{name}' goes with {' or '.join(key.with_one_of)} only")
        unknown = set(there) - set(self.keys)
        for names in self.just_one:
            found = [name for name in there if name in names]
            if len(found) > 1:
                place.wrong(node, f"{' and '.join(found)} exclude each other; only one can be")
            elif not found and not unknown:  # a misspelt one is told of anyway
                place.wrong(node, f"one of these is missing: {', '.join(names)}")
