"""The journal as JSON Lines, schema version 1: one head line, then one line per record.

docs/recordings.md has every field. Whoever reads them skips fields and kinds that it does not
know: later versions of the program may add some without another schema version.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from difflib import get_close_matches
from typing import Any, Final, TypeVar

from emulator.journal import Record

FORMAT = "mipl-journal"
SCHEMA = 1

DECIMALS = 6  # of a time: microseconds

T = TypeVar("T", int, float, str)

_HEAD_KINDS: Final[Mapping[str, tuple[type, ...]]] = {  # of what may be missing
    "timing": (str,),
    "seed": (int, type(None)),
    "quirks": (dict,),
    "faults": (list,),
    "network": (dict,),
    "scenario": (str, type(None)),
    "start": (str, type(None)),
    "redacted": (bool,),
}
_NAMED: Final = {
    str: "a text",
    int: "a whole number",
    dict: "an object",
    list: "a list",
    bool: "true or false",
}
_PLAIN = "\r\n\t"  # control characters that stand in a text as themselves


class LineError(Exception):
    """A line is not what it should be; the text names the field and the cause."""


@dataclass(frozen=True, slots=True)
class Head:
    """The first line: what was recorded, by what.

    `seed` and `start` are None where there is none; `start` is the moment of time 0 by the wall
    clock, in ISO 8601 with its zone. `quirks`: those that were set, as for `--quirk`; `faults`, as
    for `--fault`, and `network`, what was not as usual, as for `--network`, at the start;
    `scenario`: the name of its file. `redacted`: whether keys, auth codes, IMEI and IMSI were left
    out.
    """

    program: str
    model: str
    dialect: str
    timing: str = "module"
    seed: int | None = None
    quirks: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[str, ...] = ()
    network: Mapping[str, str] = field(default_factory=dict)
    scenario: str | None = None
    start: str | None = None
    redacted: bool = True


def head_line(head: Head) -> str:
    """The head as one line, without its end."""
    return _dumped({"format": FORMAT, "schema": SCHEMA, **asdict(head)})


def head_of(line: str) -> Head:
    """The head that a line holds; LineError where it is none, or of another schema."""
    found = _object(line)
    if found.get("format") != FORMAT:
        raise LineError(f'no head of a recording, which has "format": "{FORMAT}"')
    schema = _of(found, "schema", int)
    if schema != SCHEMA:
        raise LineError(f"schema {schema} is unknown here; this program reads schema {SCHEMA}")
    known = {each.name: found[each.name] for each in fields(Head) if each.name in found}
    for name in ("program", "model", "dialect"):
        _of(found, name, str)
    for name, kinds in _HEAD_KINDS.items():
        value = known.get(name)
        if name in known and type(value) not in kinds:
            raise LineError(f"field '{name}' is {value!r:.40}, not {_NAMED[kinds[0]]}")
    known["faults"] = tuple(map(str, known.get("faults", ())))
    return Head(**known)


def line_of(record: Record, **more: Any) -> str:
    """A record as one line, without its end; `more` are further fields of it.

    `data` is the text that the bytes are in UTF-8, where all of it is printable (CR, LF and TAB
    are too); other bytes are `hex` instead. Both are exact.
    """
    line: dict[str, Any] = {
        "number": record.number,
        "cause": record.cause,
        "time": round(record.time, DECIMALS),
        "kind": record.kind,
    }
    if record.text:
        line["text"] = record.text
    if record.data:
        text = _readable(record.data)
        line.update({"hex": record.data.hex()} if text is None else {"data": text})
    return _dumped(line | more)


def record_of(line: str) -> Record:
    """The record that a line holds, its further fields left out. LineError."""
    found = _object(line)
    return Record(
        _of(found, "number", int),
        _of(found, "cause", int, 0),
        _of(found, "time", float),
        _of(found, "kind", str),
        _bytes(found),
        _of(found, "text", str, ""),
    )


def _readable(data: bytes) -> str | None:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text if all(c.isprintable() or c in _PLAIN for c in text) else None


def _bytes(found: dict[str, Any]) -> bytes:
    digits, text = _of(found, "hex", str, ""), _of(found, "data", str, "")
    try:
        return bytes.fromhex(digits) if digits else text.encode("utf-8")
    except ValueError as error:
        name = "hex" if digits else "data"
        raise LineError(f"field '{name}' stands for no bytes: {error}") from error


def _dumped(line: dict[str, Any]) -> str:
    """Readable, but a character that some program takes for the end of a line is escaped."""
    text = json.dumps(line, ensure_ascii=False)
    return text if text.isprintable() else json.dumps(line)


def _object(line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError as error:
        raise LineError(f"not JSON: {error}") from error
    except RecursionError as error:
        raise LineError("not JSON of ours: nested too deeply") from error
    if not isinstance(found, dict):
        raise LineError("not a JSON object")
    return found


def _of(found: dict[str, Any], name: str, kind: type[T], *default: T) -> T:
    """A field of this type; LineError where it is missing without a default, or of another type."""
    if name not in found:
        if default:
            return default[0]
        near = get_close_matches(name, found, 1)
        raise LineError(f"field '{name}' is missing" + (f"; is it '{near[0]}'?" if near else ""))
    value = found[name]
    accepted = (int, float) if kind is float else kind
    if not isinstance(value, accepted) or isinstance(value, bool):
        raise LineError(f"field '{name}' is {value!r:.40}, not of type {kind.__name__}")
    return kind(value)
