"""OMA's JSON (LwM2M 1.0, 6.4.4): a base name, and values each named below it."""

import json
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from lwm2m_core.errors import EngineError
from lwm2m_core.formats.entries import Entry, Form, RawEntry
from lwm2m_core.formats.text import decode_utf8, shortest_decimal
from lwm2m_core.formats.tlv import FloatWidth
from lwm2m_core.paths import Path
from lwm2m_core.values import INTEGER_RANGE, ContentError, Value

SIZE_LIMIT = 4096
"""Bytes of a body: twice what the public clients put together from blocks (MB 2.3)."""

ENTRY_LIMIT = 1024
"""Values of a body; the shortest, `{"v":0},`, takes 8 bytes."""

DEPTH_LIMIT = 4
"""Brackets within brackets. The format has three levels; Python's parser recurses on each."""

_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*"|([\[{])|([\]}])', re.DOTALL)
_VALUES = frozenset({"v", "bv", "sv", "ov"})
_T = TypeVar("_T")


def encode_json(base: Path, entries: Sequence[Entry], float_width: FloatWidth) -> bytes:
    """The base name is that of the request: with a slash behind it, names go on from there; without
    one it is the name of the only value, which then has none of its own.

    Numbers are shortest decimals whatever `float_width` says. Of two values for one place the later
    counts (decision 40). Bytes of a string that are no UTF-8 go out as they are (manual 3.9).
    """
    values: dict[str, str] = {}
    for entry in entries:
        if not base.covers(entry.path):
            raise EngineError(f"{entry.path} is not below {base}")
        values[_name(base, entry)] = _encode_value(entry.value)
    if "" not in values:
        named = (f'{{"n":"{name}",{value}}}' for name, value in values.items())
        return _encode_root(f"{base}/", named)
    if len(values) > 1:
        raise EngineError(f"{base} has one value and several")
    return _encode_root(str(base), (f"{{{values['']}}}",))


def _encode_root(base_name: str, entries: Iterator[str] | Sequence[str]) -> bytes:
    text = f'{{"bn":"{base_name}","e":[{",".join(entries)}]}}'
    return text.encode("utf-8", "surrogateescape")


def _name(base: Path, entry: Entry) -> str:
    ids = entry.path.ids[base.depth :]
    if entry.resource_instance is not None:
        ids = (*ids, entry.resource_instance)
    return "/".join(map(str, ids))


def _encode_value(value: Value) -> str:
    match value:
        case str():
            return f'"sv":{json.dumps(value, ensure_ascii=False)}'
        case bytes():
            return f'"sv":"{b64encode(value).decode()}"'
        case bool():
            return f'"bv":{"true" if value else "false"}'
        case int():
            return f'"v":{value}'
        case float():
            return f'"v":{shortest_decimal(value)}'


def decode_json(base: Path, payload: bytes) -> tuple[RawEntry, ...]:
    """The values of a Write to `base`, in their order; of one that is there at several times the
    latest. ContentError for what is no such body, a name that is not below `base`, one value twice
    at one time, and a body without anything for the resource that it is written to."""
    root = _parse(payload)
    base_name = _member(root, "bn", str, "")
    _member(root, "bt", _Number, _ZERO)
    items = _member(root, "e", list, None)
    if len(items) > ENTRY_LIMIT:
        raise ContentError(f"more than {ENTRY_LIMIT} values")
    found: dict[tuple[Path, int | None], tuple[float, RawEntry]] = {}
    for item in items:
        entry = _entry(base, base_name, item)
        time = float(_member(item, "t", _Number, _ZERO).text)
        known = found.get((entry.path, entry.resource_instance))
        if known is not None and known[0] == time:
            raise ContentError(f"{entry.path} twice")
        if known is None or known[0] < time:
            found[entry.path, entry.resource_instance] = time, entry
    if base.resource is not None and not found:
        raise ContentError(f"nothing for {base}")
    return tuple(entry for _, entry in found.values())


@dataclass(frozen=True, slots=True)
class _Number:
    """A JSON number as it was spelled: 0.1 is not yet the nearest double, 2⁶³ − 1 still exact."""

    text: str


_ZERO = _Number("0")


def _parse(payload: bytes) -> Mapping[str, object]:
    if len(payload) > SIZE_LIMIT:
        raise ContentError(f"more than {SIZE_LIMIT} bytes of JSON")
    text = decode_utf8(payload)
    _check_depth(text)
    try:
        root = json.loads(
            text,
            parse_int=_Number,
            parse_float=_Number,
            parse_constant=_refuse,
            object_pairs_hook=_members,
        )
    except json.JSONDecodeError as error:
        raise ContentError(f"not JSON: {error}") from error
    if not isinstance(root, dict):
        raise ContentError("JSON, but no object")
    return root


def _check_depth(text: str) -> None:
    depth = 0
    for found in _BRACKETS.finditer(text):
        depth += (found[1] is not None) - (found[2] is not None)
        if depth > DEPTH_LIMIT:
            raise ContentError(f"JSON deeper than {DEPTH_LIMIT} levels")


def _refuse(constant: str) -> object:
    raise ContentError(f"{constant} is no JSON")


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ContentError("a JSON object names a member twice")
    return members


def _member(members: Mapping[str, object], name: str, type_: type[_T], default: _T | None) -> _T:
    value = members.get(name, default)
    if not isinstance(value, type_):
        raise ContentError(f"no valid {name!r}")
    return value


def _entry(base: Path, base_name: str, item: object) -> RawEntry:
    if not isinstance(item, dict):
        raise ContentError("a value that is no JSON object")
    path, resource_instance = _place(base, base_name, _member(item, "n", str, ""))
    return RawEntry(path, _raw(item), Form.JSON, resource_instance)


def _place(base: Path, base_name: str, name: str) -> tuple[Path, int | None]:
    """What `base_name` and `name` mean in a body for `base`.

    By the specification the one stands before the other, nothing between them. Clients and servers
    also leave out the slash between the two, the one in front, or, by earlier drafts, the base name
    when it is that of the request (OMA_LwM2M_for_Developers, issue 380; Leshan).
    """
    below = f"{base}/{name}" if name else str(base)
    for text in (base_name + name, f"{base_name}/{name}", "" if base_name else below):
        place = _value_at(text)
        if place is not None and base.covers(place[0]):
            return place
    raise ContentError(f"{base_name!r} and {name!r} are not below {base}")


def _value_at(text: str) -> tuple[Path, int | None] | None:
    """A resource, by three ids, or a resource instance, by four."""
    segments = tuple(text.removeprefix("/").split("/"))
    path = Path.from_uri_path(segments[:3])
    if path is None or path.resource is None:
        return None
    if len(segments) == 3:
        return path, None
    instance = Path.from_uri_path(segments[3:])
    return (path, instance.object) if instance is not None and instance.depth == 1 else None


def _raw(item: Mapping[str, object]) -> bytes:
    names = item.keys() & _VALUES
    if len(names) != 1:
        raise ContentError("one value wanted")
    name = names.pop()
    match name, item[name]:
        case "v", _Number(text):
            return _plain(text)
        case "bv", bool(flag):
            return b"1" if flag else b"0"
        case "sv" | "ov", str(text):
            return _utf8(text)
    raise ContentError(f"no valid {name!r}")


def _plain(number: str) -> bytes:
    """JSON does not tell 25 from 25.0 or 2.5e1: an integer is spelled as one."""
    try:
        value = Decimal(number)
    except ArithmeticError as error:
        raise ContentError(f"out of range: {number[:32]}") from error
    fits = INTEGER_RANGE.start <= value < INTEGER_RANGE.stop
    return str(int(value)).encode() if fits and value == int(value) else number.encode()


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise ContentError("half a character") from error
