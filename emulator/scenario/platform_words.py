"""The platform's side in one line each: what it does, and what it is expected to tell."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from emulator.cloud import events
from emulator.cloud.operations import (
    Answer,
    CancelObserve,
    Discover,
    Execute,
    Observe,
    Operation,
    Read,
    Write,
    WriteAttributes,
)
from emulator.cloud.points import points_of
from emulator.cloud.resources import entry_of
from emulator.scenario.trouble import Wrong, nearest, quoted
from lwm2m_core.errors import EngineError
from lwm2m_core.formats import encode_entries
from lwm2m_core.message import ContentFormat, code_text, is_success
from lwm2m_core.paths import Path
from lwm2m_core.values import ContentError, Value

Deed = Literal[
    "write", "read", "execute", "discover", "observe", "attributes", "cancel", "forget", "delete"
]

ATTRIBUTES: Final = ("pmin", "pmax", "gt", "lt", "st")
"""LwM2M 1.0 5.1.2"""

_SOMEWHERE: Final = Path(3200, 0, 5750)
_ATTRIBUTE = re.compile(r"(\w+)=([0-9]{1,9}(?:\.[0-9]{1,9})?)")
_CODE = re.compile(r"[245]\.[0-9]{2}")


@dataclass(frozen=True, slots=True)
class CloudDeed:
    """`values` of a write by resource ids; `arguments` of an execute; `attributes` of an observe
    or of attributes alone. `text` as it was written."""

    text: str
    deed: Deed
    path: Path | None = None
    values: Mapping[int, Value] | None = None
    arguments: str = ""
    attributes: Mapping[str, float] | None = None


def parse_deed(text: str) -> CloudDeed:
    """`write /3200/0/5750 "abcd"`, `execute /3200/0/5501`, `forget`. Wrong for another text."""
    word, _, rest = text.strip().partition(" ")
    reader = _DEEDS.get(word)
    if reader is None:
        raise Wrong(f"a platform does not {quoted(word)}; {nearest(word, _DEEDS, 'it can')}")
    return reader(text, rest.strip())


def _write(text: str, rest: str) -> CloudDeed:
    path_text, _, value_text = rest.partition(" ")
    path = _path(path_text)
    if not value_text.strip():
        raise Wrong('a write has a value, for example: write /3200/0/5750 "abcd"')
    value = _json(value_text.strip())
    if path.resource is not None:
        values = {path.resource: _single(value)}
    elif path.instance is None:
        raise Wrong(f"a write goes to a resource or an object instance, not to {path}")
    else:
        values = _several(value, path)
    return CloudDeed(text, "write", path, values)


def _several(value: object, path: Path) -> dict[int, Value]:
    if not isinstance(value, dict) or not value:
        raise Wrong(f'{path} is an instance and takes {{"5750": "abcd", …}}')
    for name in value:
        if not (re.fullmatch("[0-9]{1,5}", name) and int(name) <= 65535):
            raise Wrong(f"{quoted(name)} is no id of a resource, 0 to 65535")
    return {int(name): _single(each) for name, each in value.items()}


def _single(value: object) -> Value:
    if not isinstance(value, str | bytes | int | float | bool):
        raise Wrong("a value is a text, a number, true, false, or hex:0A0B for bytes")
    try:
        encode_entries(ContentFormat.TLV, _SOMEWHERE, [entry_of(_SOMEWHERE, value)])
    except (EngineError, ContentError, ValueError):
        raise Wrong("no resource can hold this value") from None
    return value


def _json(text: str) -> object:
    if text.startswith("hex:"):
        try:
            return bytes.fromhex(text[4:])
        except ValueError:
            raise Wrong(f"{quoted(text)} has no even number of hexadecimal digits") from None
    try:
        return json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Wrong(
            f'{quoted(text)} is no value: a text stands in double quotes, "abcd"; numbers, true, '
            "false and hex:0A0B stand without"
        ) from None


def _no_number(text: str) -> None:
    raise ValueError(text)


def _path(text: str) -> Path:
    try:
        return Path.parse(text)
    except ValueError:
        raise Wrong(f"{quoted(text)} is no path such as /3200/0/5750") from None


def _execute(text: str, rest: str) -> CloudDeed:
    path_text, _, arguments = rest.partition(" ")
    path = _path(path_text)
    if path.resource is None:
        raise Wrong(f"an execute goes to a resource, not to {path}")
    said = _json(arguments.strip()) if arguments.strip() else ""
    if not isinstance(said, str):
        raise Wrong("the arguments of an execute are a text in double quotes")
    return CloudDeed(text, "execute", path, arguments=said)


def _plain(deed: Deed) -> Callable[[str, str], CloudDeed]:
    return lambda text, rest: CloudDeed(text, deed, _path(rest))


def _alone(deed: Deed) -> Callable[[str, str], CloudDeed]:
    def read(text: str, rest: str) -> CloudDeed:
        if rest:
            raise Wrong(f"'{deed}' stands alone: it is about the device")
        return CloudDeed(text, deed)

    return read


def _conditional(deed: Deed) -> Callable[[str, str], CloudDeed]:
    def read(text: str, rest: str) -> CloudDeed:
        path, *words = rest.split() or [""]
        attributes = dict(map(_attribute, words))
        if deed == "attributes" and not attributes:
            raise Wrong("attributes need one at least, for example: attributes /3200/0 pmin=5")
        return CloudDeed(text, deed, _path(path), attributes=attributes)

    return read


def _attribute(word: str) -> tuple[str, float]:
    found = _ATTRIBUTE.fullmatch(word)
    if found is None or found[1] not in ATTRIBUTES:
        near = nearest(word.partition("=")[0], ATTRIBUTES)
        raise Wrong(f"{quoted(word)} is no attribute such as pmin=5; {near}")
    return found[1], float(found[2])


_DEEDS: Final[Mapping[str, Callable[[str, str], CloudDeed]]] = {
    "write": _write,
    "read": _plain("read"),
    "execute": _execute,
    "discover": _plain("discover"),
    "observe": _conditional("observe"),
    "attributes": _conditional("attributes"),
    "cancel": _plain("cancel"),
    "forget": _alone("forget"),
    "delete": _alone("delete"),
}


# What it tells.

_EVENTS: Final[Mapping[str, type]] = {
    "bootstrapped": events.Bootstrapped,
    "registered": events.Registered,
    "ready": events.Ready,
    "updated": events.Updated,
    "moved": events.Moved,
    "deregistered": events.Deregistered,
    "expired": events.Expired,
    "forgotten": events.Forgotten,
}
_OPERATIONS: Final[Mapping[str, type]] = {
    "write": Write,
    "read": Read,
    "execute": Execute,
    "discover": Discover,
    "observe": Observe,
    "attributes": WriteAttributes,
    "cancel": CancelObserve,
}
_WORDS: Final = (*_EVENTS, "refused", "reported", "answered", "unanswered")


@dataclass(frozen=True, slots=True)
class Telling:
    """An event of a platform that is waited for. `value` None is any; `code` "" is any of 2.xx for
    `answered`, any at all for `refused`."""

    text: str
    word: str
    path: Path | None = None
    operation: str = ""
    value: Value | None = None
    code: str = ""

    def fits(self, event: events.Event) -> bool:
        match event:
            case events.RegistrationRefused(_, code, _):
                return self.word == "refused" and self.code in ("", code_text(code))
            case events.BootstrapFailed(_, _, result):
                code_of = code_text(result.code) if isinstance(result, Answer) else ""
                return self.word == "refused" and self.code in ("", code_of)
            case events.Notified(_, points):
                return self.word == "reported" and any(
                    point.path == self.path and _same(self.value, point.value, point.raw)
                    for point in points
                )
            case events.Finished(_, _, operation, result):
                return self._is_of(operation) and self._is_result(operation, result)
        return type(event) is _EVENTS.get(self.word)

    def _is_of(self, operation: Operation) -> bool:
        if type(operation) is not _OPERATIONS.get(self.operation) or self.path is None:
            return False
        return self.path == operation.path or (
            isinstance(operation, Write) and any(self.path == e.path for e in operation.entries)
        )

    def _is_result(self, operation: Operation, result: Answer | str) -> bool:
        if not isinstance(result, Answer):
            return self.word == "unanswered"
        if self.word != "answered":
            return False
        if self.code:
            return self.code == code_text(result.code)
        return is_success(result.code) and (self.value is None or self._has(operation, result))

    def _has(self, operation: Operation, answer: Answer) -> bool:
        try:
            points = points_of(operation.path, answer.content_format, answer.payload)
        except ContentError:
            return False
        return any(_same(self.value, point.value, point.raw) for point in points)


def _same(wanted: Value | None, value: Value, raw: bytes) -> bool:
    """A number need not be of the type that was written: 5 is 5.0."""
    if wanted is None:
        return True
    if isinstance(wanted, bytes):
        return raw == wanted
    return wanted == value and isinstance(wanted, str) is isinstance(value, str)


def parse_telling(text: str) -> Telling:
    """`registered`, `reported /3200/0/5750 "abcd"`, `answered write /3200/0/5750 2.04`. Wrong."""
    word, _, rest = text.strip().partition(" ")
    rest = rest.strip()
    match word:
        case "reported":
            path, _, value = rest.partition(" ")
            return Telling(text, word, _path(path), value=_optional(value))
        case "answered" | "unanswered":
            return _operation(text, word, rest)
        case "refused":
            if rest and not _CODE.fullmatch(rest):
                raise Wrong(f"{quoted(rest)} is no code such as 4.03")
            return Telling(text, word, code=rest)
        case _ if word in _EVENTS:
            if rest:
                raise Wrong(f"'{word}' stands alone")
            return Telling(text, word)
    raise Wrong(f"a platform does not tell {quoted(word)}; {nearest(word, _WORDS, 'it tells')}")


def _optional(text: str) -> Value | None:
    return _single(_json(text.strip())) if text.strip() else None


def _operation(text: str, word: str, rest: str) -> Telling:
    operation, path, *more = [*rest.split(" ", 2), "", ""][:3]
    if operation not in _OPERATIONS:
        hint = nearest(operation, _OPERATIONS, "there are")
        raise Wrong(f"{quoted(operation)} is nothing that is {word}; {hint}")
    said = more[0].strip()
    if _CODE.fullmatch(said) and word == "answered":
        return Telling(text, word, _path(path), operation, code=said)
    if said and (word == "unanswered" or operation != "read"):
        raise Wrong(f"behind the path of '{word} {operation}' there can be a code, 2.04, only")
    return Telling(text, word, _path(path), operation, value=_optional(said))
