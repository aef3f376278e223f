"""A fault in a scenario: one line of the grammar of docs/faults.md, or a mapping of its parts."""

from dataclasses import dataclass
from typing import Any, Final

from emulator.faults.errors import FaultError
from emulator.faults.grammar import WHENS, fault_from, parse_fault
from emulator.faults.whats import POSSIBLE
from emulator.scenario.kinds import Place, Schema, shown
from emulator.scenario.nodes import Listing, Node, Scalar, Table
from emulator.scenario.scalars import resolved

_KEYS: Final = ("where", "name", *WHENS, "what", "often")


@dataclass(frozen=True, slots=True)
class FaultKind:
    expected: str = "a fault, in quotes: 'command +MIPLNOTIFY nth 3: busy'"

    def schema(self) -> Schema:
        scalar = {"type": ["string", "number", "boolean"]}
        kinds = {"type": "object", "properties": {"kind": {"enum": list(POSSIBLE)}}}
        parts: Schema = {
            "type": "object",
            "properties": {
                **dict.fromkeys(_KEYS, scalar),
                "what": {"anyOf": [{"type": "string"}, {**kinds, "required": ["kind"]}]},
            },
            "required": ["where", "what"],
            "additionalProperties": False,
        }
        return {"anyOf": [{"type": "string"}, parts]}

    def read(self, node: Node, place: Place) -> Any:
        if isinstance(node, Table) and len(node.pairs) == 1 and " " in node.pairs[0][0].text:
            place.wrong(node, "a fault of one line has ': ' in it, so it goes in quotes")
            return None
        try:
            match node:
                case Scalar(text) if isinstance(resolved(node), str):
                    return parse_fault(text)
                case Table():
                    return fault_from(plain(node))
        except FaultError as error:
            place.wrong(_part(node, error.field), str(error))
            return None
        place.wrong(node, f"expected {self.expected}, not {shown(node)}")
        return None


def plain(node: Node) -> Any:
    """A node as texts, numbers, lists and mappings."""
    match node:
        case Scalar():
            return resolved(node)
        case Listing(items):
            return [plain(item) for item in items]
    return {key.text: plain(value) for key, value in node.pairs}


def _part(node: Node, field: str) -> Node:
    """The part of a mapping that is wrong, or all of it."""
    pairs = node.pairs if isinstance(node, Table) else ()
    return next((value for key, value in pairs if key.text == field), node)
