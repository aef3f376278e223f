"""What a call takes and gives: declarations that check an input, and that describe themselves.

A field of a query is text and is read by `from_text`; one of a body is JSON and is read by
`from_json`.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Final

Json = Any
"""What json.loads returns and json.dumps takes."""

_DECIMAL: Final = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", re.ASCII)
_HALF_A_PAIR: Final = re.compile("[\ud800-\udfff]")


class FieldError(Exception):
    """An input that is wrong; the text names the field. `missing`: it is not there at all;
    `oversized`: it is too long."""

    def __init__(
        self, name: str, reason: str, *, missing: bool = False, oversized: bool = False
    ) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.missing = missing
        self.oversized = oversized


@dataclass(frozen=True, slots=True)
class Text:
    """`pattern` is one that Python and JSON Schema read alike; `hint` says it for people."""

    least: int = 0
    most: int = 256
    pattern: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number."""

    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Real:
    """A finite number."""

    least: float = -1e15
    most: float = 1e15


@dataclass(frozen=True, slots=True)
class Flag:
    """`lenient`: what is neither true nor false is false."""

    lenient: bool = False


@dataclass(frozen=True, slots=True)
class OneOf:
    values: tuple[str, ...]
    any_case: bool = False


@dataclass(frozen=True, slots=True)
class Scalar:
    """What a resource can hold: a string, boolean or number, and with `hex` bytes as
    {"hex": "0AFF"}."""

    hex: bool = False


@dataclass(frozen=True, slots=True)
class Anything:
    """Any JSON; nobody looks into it."""


@dataclass(frozen=True, slots=True)
class ListOf:
    """In a query, texts with commas between them."""

    each: "Kind"
    most: int
    least: int = 0


@dataclass(frozen=True, slots=True)
class MapOf:
    """An object with any names of that pattern."""

    names: Text
    each: "Kind"
    most: int
    least: int = 0


@dataclass(frozen=True, slots=True)
class Record:
    """An object. `closed`: with no other fields than these."""

    fields: tuple["Field", ...]
    closed: bool = False


Kind = Text | Number | Real | Flag | OneOf | Scalar | Anything | ListOf | MapOf | Record


@dataclass(frozen=True, slots=True)
class Field:
    """`default` stands for a field that is not there; it may only lack if it is not `required`."""

    name: str
    kind: Kind
    about: str = ""
    required: bool = False
    default: Json = field(default=None, compare=False)


def all_of(*fields: tuple[str, Kind]) -> Record:
    """A record of an answer that always has all of its fields."""
    return Record(tuple(Field(name, kind, required=True) for name, kind in fields))


def from_text(kind: Kind, text: str, name: str) -> Json:
    """A value of a query. FieldError."""
    match kind:
        case Number(least, most):
            if re.fullmatch("-?[0-9]{1,15}", text, re.ASCII) and least <= int(text) <= most:
                return int(text)
            raise FieldError(name, f"not a number from {least} to {most}")
        case Real():
            if not _DECIMAL.fullmatch(text):
                raise FieldError(name, "not a decimal number")
            return _real(kind, float(text), name)
        case Flag(lenient):
            if not lenient and text not in ("true", "false"):
                raise FieldError(name, "neither true nor false")
            return text == "true"
        case ListOf(each):
            return _list(kind, [from_text(each, part, name) for part in text.split(",")], name)
        case Text() | OneOf():
            return from_json(kind, text, name)
    raise FieldError(name, "has no place in a query")


def from_json(kind: Kind, value: Json, name: str) -> Json:
    """A value of a body; `name` tells where it is. FieldError."""
    match kind:
        case Text():
            return _text(kind, value, name)
        case Number(least, most):
            if type(value) is float and value.is_integer():
                value = int(value)  # in JSON 5.0 is the number 5
            if type(value) is int and least <= value <= most:
                return value
            raise FieldError(name, f"not a number from {least} to {most}")
        case Real():
            return _real(kind, value, name)
        case Flag(lenient):
            if not lenient and type(value) is not bool:
                raise FieldError(name, "neither true nor false")
            return value is True or value == "true"
        case OneOf(values, any_case):
            return _one_of(values, any_case, value, name)
        case Scalar():
            return _scalar(kind, value, name)
        case Anything():
            return value
        case ListOf(each):
            if not isinstance(value, list):
                raise FieldError(name, "not an array")
            found = [from_json(each, item, f"{name}[{at}]") for at, item in enumerate(value)]
            return _list(kind, found, name)
        case MapOf():
            return _map(kind, value, name)
        case Record():
            return from_object(kind, value, name)


def from_object(record: Record, value: Json, name: str = "body") -> dict[str, Json]:
    """All fields of a record by their names, whether they are there or not. FieldError."""
    if not isinstance(value, dict):
        raise FieldError(name, "not an object")
    prefix = "" if name == "body" else f"{name}."
    if record.closed:
        refuse_strangers(value, record.fields, prefix)
    found: dict[str, Json] = {}
    for each in record.fields:
        if each.name in value:
            found[each.name] = from_json(each.kind, value[each.name], prefix + each.name)
        elif each.required:
            raise FieldError(prefix + each.name, "is missing", missing=True)
        else:
            found[each.name] = each.default
    return found


def refuse_strangers(
    given: Mapping[str, Json], fields: tuple[Field, ...], prefix: str = ""
) -> None:
    """FieldError for a name that nobody has declared."""
    known = [each.name for each in fields]
    for name in given:
        if name not in known:
            near = get_close_matches(name, known, 1)
            hint = f"did you mean '{near[0]}'?" if near else f"there is {', '.join(known) or '-'}"
            raise FieldError(f"{prefix}{name[:40]}", f"unknown; {hint}")


def _text(kind: Text, value: Json, name: str) -> str:
    if not isinstance(value, str):
        raise FieldError(name, "not a string")
    if len(value) > kind.most:
        raise FieldError(name, f"longer than {kind.most} characters", oversized=True)
    if not value and kind.least:
        raise FieldError(name, "is empty", missing=True)
    if len(value) < kind.least:
        raise FieldError(name, kind.hint or f"shorter than {kind.least} characters")
    if kind.pattern and not re.fullmatch(kind.pattern, value):
        raise FieldError(name, kind.hint or f"does not match {kind.pattern}")
    if _HALF_A_PAIR.search(value):
        raise FieldError(name, "half a surrogate pair")
    return value


def _real(kind: Real, value: Json, name: str) -> float:
    if type(value) not in (int, float) or not kind.least <= value <= kind.most:
        raise FieldError(name, f"not a number from {kind.least:g} to {kind.most:g}")
    return float(value)


def _one_of(values: tuple[str, ...], any_case: bool, value: Json, name: str) -> str:
    for each in values:
        if isinstance(value, str) and (
            value == each or (any_case and value.lower() == each.lower())
        ):
            return each
    raise FieldError(name, f"not {' or '.join(values)}")


def _scalar(kind: Scalar, value: Json, name: str) -> str | bool | int | float | bytes:
    if kind.hex and isinstance(value, dict):
        text = value.get("hex")
        if len(value) != 1 or not isinstance(text, str) or not is_hex(text):
            raise FieldError(name, 'not {"hex": "…"} with an even number of hex digits')
        return bytes.fromhex(text)
    if isinstance(value, str):
        return _text(Text(most=1 << 20), value, name)
    if isinstance(value, int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    raise FieldError(name, "not a string, boolean or number")


def is_hex(text: str) -> bool:
    return re.fullmatch("([0-9A-Fa-f]{2})*", text) is not None


def _list(kind: ListOf, found: list[Json], name: str) -> list[Json]:
    if len(found) < kind.least:
        raise FieldError(name, f"fewer than {kind.least}", missing=not found)
    if len(found) > kind.most:
        raise FieldError(name, f"more than {kind.most}", oversized=True)
    return found


def _map(kind: MapOf, value: Json, name: str) -> dict[str, Json]:
    if not isinstance(value, dict):
        raise FieldError(name, "not an object")
    if not kind.least <= len(value) <= kind.most:
        raise FieldError(name, f"not {kind.least} to {kind.most} fields")
    prefix = "" if name == "body" else f"{name}."
    found = {}
    for key, item in value.items():
        place = f"{prefix}{key[:40]}"
        found[_text(kind.names, key, place)] = from_json(kind.each, item, place)
    return found
