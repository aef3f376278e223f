"""Requests of the platform as the module prints them, and what a platform has to ask for them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from emulator.cloud.manners import Manner
from emulator.cloud.operations import (
    CancelObserve,
    Discover,
    Execute,
    Observe,
    Operation,
    Read,
    WriteAttributes,
)
from emulator.cloud.requests import write_of
from lwm2m_core.errors import EngineError
from lwm2m_core.paths import Path
from lwm2m_core.values import Value

_LINE: Final = re.compile(
    r"\+MIPL(OBSERVE|DISCOVER|READ|WRITE|EXECUTE|PARAMETER):\s*\d+\s*,\s*(\d+|\{\w+\})\s*,(.*)",
    re.S,
)
_FIELD: Final = re.compile(r'\s*("(?:[^"]|"(?!\s*(?:,|$)))*"|[^,]*)\s*(?:,|$)')
_ATTRIBUTE: Final = re.compile(r"(pmin|pmax|gt|lt|stp?)=(-?[0-9.]+)")

FIELDS_LIMIT: Final = 8  # of a line; none has more behind its mid


@dataclass(frozen=True, slots=True)
class Request:
    """`kind` as in the name of the line, `READ`; `mid` as it is printed; `fields` behind it."""

    kind: str
    mid: str
    fields: tuple[str, ...]

    @property
    def is_part(self) -> bool:
        """Whether a Write goes on in the next line with this mid: its <flag> is not 0."""
        return self.kind == "WRITE" and len(self.fields) > 6 and self.fields[6] in ("1", "2")


def request_of(line: str) -> Request | None:
    """None for a line that is none."""
    found = _LINE.fullmatch(line)
    if found is None:
        return None
    fields = found[3]
    if found[1] == "WRITE":
        return Request(found[1], found[2], _of_write(fields))
    return Request(found[1], found[2], tuple(each.strip() for each in _fields(fields)))


def _fields(text: str) -> list[str]:
    """What stands between the commas outside of quotes, a few of them; behind the last character
    there is no field more."""
    found = _FIELD.findall(text)
    return found[:FIELDS_LIMIT] if text.rstrip().endswith(",") else found[:-1][:FIELDS_LIMIT]


def _of_write(text: str) -> tuple[str, ...]:
    """`objid,insid,resid,type,len,value,flag[,0]`, where commas in the value are part of it, as
    many as <len> says or as are left."""
    head = [each.strip() for each in text.split(",", 5)]
    if len(head) < 6:
        return tuple(head)
    rest, length = head[5], head[4]
    ends = re.fullmatch(r"(.*?)\s*,\s*([012])(?:\s*,\s*0)?", rest, re.S)
    if ends is None:
        return (*head[:5], rest)
    value = rest[: int(length)] if length.isdigit() and len(rest) > int(length) else ends[1]
    behind = rest[len(value) :]
    if not re.fullmatch(r"\s*,\s*[012](?:\s*,\s*0)?", behind):
        value = ends[1]
    return (*head[:5], value, ends[2])


def operation_of(requests: Sequence[Request], manner: Manner) -> Operation:
    """What the platform asks so that the module prints these lines, which are one request.
    EngineError for what no platform can ask."""
    first = requests[0]
    path = _path(first)
    match first.kind:
        case "OBSERVE" if first.fields[:1] == ("0",):
            return CancelObserve(path)
        case "OBSERVE":
            return Observe(path)
        case "DISCOVER":
            return Discover(path)
        case "READ":
            return Read(path)
        case "EXECUTE":
            return Execute(path, _arguments(first))
        case "PARAMETER":
            found = _ATTRIBUTE.findall(first.fields[-1])
            return WriteAttributes(
                path, tuple(f"{n[:2] if n == 'stp' else n}={v}" for n, v in found)
            )
    values = {_number(each, 2): _value(each) for each in requests}
    if len(values) > 1:
        return write_of(manner, Path(path.object, path.instance), values)
    return write_of(manner, path, values[_number(first, 2)])


def _path(request: Request) -> Path:
    start = 1 if request.kind == "OBSERVE" else 0
    ids = []
    for field in request.fields[start : start + (1 if request.kind == "DISCOVER" else 3)]:
        if field == "-1":
            break
        if not re.fullmatch("[0-9]{1,5}", field):
            raise EngineError(f"'{field[:20]}' is no id in +MIPL{request.kind}")
        ids.append(int(field))
    if not ids or max(ids) > 65535:
        raise EngineError(f"+MIPL{request.kind} names no object")
    return Path(*ids)


def _number(request: Request, position: int) -> int:
    field = request.fields[position] if len(request.fields) > position else ""
    if not re.fullmatch("[0-9]{1,5}", field):
        raise EngineError(f"'{field[:20]}' is no id of a resource in +MIPL{request.kind}")
    return int(field)


def _arguments(request: Request) -> str:
    text = request.fields[4] if len(request.fields) > 4 else ""
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text


def _value(request: Request) -> Value:
    if len(request.fields) < 6:
        raise EngineError("+MIPLWRITE has too few fields")
    type_, text = request.fields[3], request.fields[5]
    try:
        match int(type_):  # manual 3.9
            case 2 | 6:
                return bytes.fromhex(text.strip('"'))
            case 3:
                return int(text)
            case 4:
                return float(text)
            case 5:
                return text in ("1", "true")
    except ValueError as error:
        raise EngineError(f"'{text[:20]}' is no value of <type> {type_[:5]}") from error
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text
