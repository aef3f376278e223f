"""Which LwM2M operation a datagram belongs to, read off the datagrams alone (LwM2M 1.0, 8.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from emulator.journal import Record
from emulator.narration import describe
from emulator.recording.texts import link_in
from lwm2m_core.codec import FormatError, decode
from lwm2m_core.message import Code, Message, code_text, is_request, is_response
from lwm2m_core.operations import (
    CancelObserve,
    Create,
    Delete,
    Discover,
    Execute,
    Observe,
    Read,
    Write,
    WriteAttributes,
    classify,
)

PENDING_LIMIT = 256  # requests whose answers are waited for, and observations; the oldest go first

_NAMES: Final[Mapping[type, str]] = {
    Read: "read",
    Discover: "discover",
    Observe: "observe",
    CancelObserve: "cancel-observe",
    Write: "write",
    WriteAttributes: "write-attributes",
    Execute: "execute",
    Create: "create",
    Delete: "delete",
}
_BOOTSTRAP, _REGISTRY = "bs", "rd"
_OF_MODULE: Final[Mapping[tuple[int, bool], str]] = {  # by method, and whether it is at /rd itself
    (Code.POST, True): "register",
    (Code.POST, False): "update",
    (Code.DELETE, False): "deregister",
    (Code.GET, False): "download",
}
_DIRECTIONS = {"datagram_in": "in", "datagram_out": "out"}
DATAGRAMS = (*_DIRECTIONS, "datagram_unheard")


@dataclass(frozen=True, slots=True)
class Operation:
    """What a datagram is part of. `request` is the number of the record that asked, `code` the
    answer's as people write it; both None in the request itself."""

    name: str
    path: str
    request: int | None = None
    code: str | None = None

    def __str__(self) -> str:
        answer = "" if self.code is None else f": {self.code}"
        return f"{self.name} {self.path}{answer}"

    @property
    def fields(self) -> dict[str, Any]:
        """As a line has it."""
        found = {"name": self.name, "path": self.path, "request": self.request, "code": self.code}
        return {name: value for name, value in found.items() if value is not None}


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request that waits for its answer, or an observation, which waits for more."""

    name: str
    path: str
    number: int


class Operations:
    """Takes the records of one modem in their order."""

    def __init__(self) -> None:
        self._asked: dict[tuple[int | None, str, bytes], _Asked] = {}

    def of(self, record: Record) -> Operation | None:
        """None for what is no datagram, and for one that belongs to no operation."""
        way = _DIRECTIONS.get(record.kind)
        if way is None:
            return None
        try:
            message = decode(record.data)
        except FormatError:
            return None
        link = link_in(record.text)
        if is_request(message.code):
            return self._request(record.number, message, link, way)
        if is_response(message.code):
            return self._answer(message, link, "in" if way == "out" else "out")
        return None

    def _request(self, number: int, message: Message, link: int | None, way: str) -> Operation:
        path = "/" + "/".join(message.path)
        name = _of_server(message) if way == "in" else _of_module(message)
        key = (link, way, message.token)
        self._asked.pop(key, None)
        self._asked[key] = _Asked(name, path, number)
        while len(self._asked) > PENDING_LIMIT:
            del self._asked[next(iter(self._asked))]
        return Operation(name, path)

    def _answer(self, message: Message, link: int | None, asked_by: str) -> Operation | None:
        """An observation goes on after its answer: what comes then are notifications."""
        key = (link, asked_by, message.token)
        asked = self._asked.get(key)
        if asked is None:
            return None
        if asked.name == "observe" and message.observe is not None:
            self._asked[key] = _Asked("notify", asked.path, asked.number)
        elif asked.name != "notify":
            del self._asked[key]
        return Operation(asked.name, asked.path, asked.number, code_text(message.code))


def details(record: Record, operation: Operation | None) -> dict[str, Any]:
    """Further fields of a record's line: a datagram in words, and what it is part of."""
    if record.kind not in DATAGRAMS:
        return {}
    words: dict[str, Any] = {"coap": describe(record.data)}
    return words if operation is None else words | {"operation": operation.fields}


def _of_server(message: Message) -> str:
    if message.code == Code.POST and message.path == (_BOOTSTRAP,):
        return "bootstrap-finish"
    name = _NAMES.get(type(classify(message)))
    return name or _method(message)


def _of_module(message: Message) -> str:
    if message.code == Code.POST and message.path == (_BOOTSTRAP,):
        return "bootstrap-request"
    name = _OF_MODULE.get((message.code, message.path == (_REGISTRY,)))
    return name or _method(message)


def _method(message: Message) -> str:
    try:
        return Code(message.code).name.lower()
    except ValueError:
        return code_text(message.code)
