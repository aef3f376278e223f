"""One call of an HTTP API: its declaration, and what a request of it says."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from emulator.web.fields import (
    Field,
    FieldError,
    Json,
    Kind,
    MapOf,
    Record,
    from_json,
    from_object,
    from_text,
    refuse_strangers,
)

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]

Given = Mapping[str, Any]
"""What a request says, by the names of the fields, each as its kind has it."""


@dataclass(frozen=True, slots=True)
class Call:
    """`path` with the names of `places` in braces. A `body` is an object; it may be left out where
    none of its fields is required; one with any names is read as the field `body`. `closed`: a
    parameter that is not declared is refused. `lenient`: fields of the query may stand in a JSON
    body instead (OneNET's documents show both). `answer` is the data of a success, None if there
    is none."""

    name: str
    method: Method
    path: str
    about: str
    places: tuple[Field, ...] = ()
    query: tuple[Field, ...] = ()
    body: Record | MapOf | None = None
    answer: Kind | None = None
    closed: bool = False
    lenient: bool = False

    def read(
        self, places: Mapping[str, str], query: Iterable[tuple[str, str]], body: bytes
    ) -> Given:
        """Everything that a request says. FieldError for the first thing that is wrong."""
        found = {
            each.name: from_text(each.kind, places[each.name], each.name) for each in self.places
        }
        pairs = dict(reversed(list(query)))  # of two with one name the first counts
        if self.closed:
            refuse_strangers(pairs, self.query)
        loose = _object(body) if self.lenient and body.strip() else {}
        for each in self.query:
            found[each.name] = _of_query(each, pairs, loose)
        match self.body:
            case Record(fields):
                empty = not body.strip() and not any(each.required for each in fields)
                found |= from_object(self.body, {} if empty else _object(body))
            case MapOf():
                found["body"] = from_json(self.body, _object(body), "body")
        return found


def _of_query(each: Field, pairs: Mapping[str, str], loose: Mapping[str, Json]) -> Json:
    if pairs.get(each.name):
        return from_text(each.kind, pairs[each.name], each.name)
    if each.name in pairs:
        raise FieldError(each.name, "is empty", missing=True)
    if each.name in loose:
        return from_json(each.kind, loose[each.name], each.name)
    if each.required:
        raise FieldError(each.name, "is missing", missing=True)
    return each.default


def _object(body: bytes) -> Mapping[str, Json]:
    try:
        parsed = json.loads(without_trailing_commas(body.decode("utf-8-sig")), parse_constant=_none)
    except (ValueError, RecursionError) as error:
        raise FieldError("body", f"not JSON: {error}", missing=True) from None
    if not isinstance(parsed, dict):
        raise FieldError("body", "not an object", missing=True)
    return parsed


def _none(constant: str) -> Json:
    raise ValueError(f"{constant} is not JSON")


_STRING_OR_COMMA: Final = re.compile(r'("(?:[^"\\]|\\.)*"?)|,(?=\s*[\]}])', re.DOTALL)


def without_trailing_commas(text: str) -> str:
    """Commas before a closing bracket, as the manual's own example has one, left out
    (decision 52)."""
    return _STRING_OR_COMMA.sub(lambda found: found[1] or "", text)
