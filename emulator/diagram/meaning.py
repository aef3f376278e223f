"""What a datagram means: the LwM2M operation, its type and message id, and what it belongs to."""

import re
from dataclasses import dataclass
from typing import Final

from emulator.diagram.row import Path
from emulator.diagram.values import value_words, with_values
from emulator.journal import Record
from emulator.recording.operations import Operation, Operations
from emulator.recording.texts import link_in
from lwm2m_core.block_option import Block
from lwm2m_core.codec import FormatError, decode
from lwm2m_core.message import Code, Message, Option, Type, code_text, is_request, is_response

SEEN_LIMIT: Final = 512  # message ids of the last datagrams
EXCHANGE_S: Final = 247.0  # so long a message id stays what it is (RFC 7252 4.8.2)

_NAMES: Final = {
    "bootstrap-request": "Bootstrap-Request",
    "bootstrap-finish": "Bootstrap-Finish",
    "cancel-observe": "Cancel Observe",
    "write-attributes": "Write-Attributes",
}
_HIDDEN: Final = re.compile(r"\*{4,}")  # a secret, which takes no room here
_DEEP: Final = ("notify", "read", "observe")  # their answers say values of the path


@dataclass(frozen=True, slots=True)
class Meaning:
    """`text` in words; the rest as in Row."""

    text: str
    mid: int | None = None
    path: Path = ()
    awaits: bool = False
    confirms: int = 0
    repeats: int = 0


@dataclass(frozen=True, slots=True)
class _Seen:
    number: int
    time: float
    token: bytes
    words: str
    path: Path


_Key = tuple[int | None, bool, int, int]
"""Link, whether it goes to the platform, type, message id."""


class Meanings:
    """Takes the datagrams of one modem in their order, also those that were not heard."""

    def __init__(self) -> None:
        self._operations = Operations()
        self._seen: dict[_Key, _Seen] = {}

    def of(self, record: Record) -> Meaning:
        """Datagrams that are no CoAP have a meaning, too: that they are none."""
        is_up = record.kind == "datagram_out"
        try:
            message = decode(record.data)
        except FormatError as error:
            size = len(record.data)
            return Meaning(f"no CoAP: {error} ({size} bytes) {value_words(record.data)}")
        kind = "datagram_out" if is_up else "datagram_in"
        operation = self._operations.of(record._replace(kind=kind))
        link = link_in(record.text)
        words, path = _words(message, operation), _path(operation)
        key = (link, is_up, int(message.type), message.mid)
        before = self._before(record, message, key)
        if before is not None and operation is None:
            words, path = before.words, before.path
        self._note(key, _Seen(record.number, record.time, message.token, words, path))
        confirms = self._confirmed(message, link, is_up, record.time)
        if not confirms and operation is not None and operation.name != "notify":
            confirms = operation.request or 0
        ending = ", again" if before else ""
        return Meaning(
            f"{_HIDDEN.sub('***', words)} ({Type(message.type).name} {message.mid}{ending})",
            message.mid,
            path,
            message.type == Type.CON,
            confirms,
            before.number if before else 0,
        )

    def _before(self, record: Record, message: Message, key: _Key) -> _Seen | None:
        """The same datagram, if it was there before; faults do not tell the link."""
        seen = self._seen.get(key) or self._seen.get((None, *key[1:]))
        if seen is None or seen.token != message.token or record.time - seen.time >= EXCHANGE_S:
            return None
        return seen

    def _note(self, key: _Key, seen: _Seen) -> None:
        self._seen.pop(key, None)
        self._seen[key] = seen
        while len(self._seen) > SEEN_LIMIT:
            del self._seen[next(iter(self._seen))]

    def _confirmed(self, message: Message, link: int | None, is_up: bool, now: float) -> int:
        if message.type not in (Type.ACK, Type.RST):
            return 0
        for type_ in (Type.CON, Type.NON):
            seen = self._seen.get((link, not is_up, int(type_), message.mid))
            if seen is not None and now - seen.time < EXCHANGE_S:
                return seen.number
        return 0


def _words(message: Message, operation: Operation | None) -> str:
    if message.code == Code.EMPTY:
        return {Type.CON: "Ping", Type.ACK: "Acknowledged", Type.RST: "Reset"}.get(
            Type(message.type), "empty"
        )
    if is_request(message.code):
        return _request(message, operation)
    if is_response(message.code):
        return _response(message, operation)
    return f"code {code_text(message.code)}, which CoAP has not"


def _request(message: Message, operation: Operation | None) -> str:
    name = "" if operation is None else operation.name
    path = "/" + "/".join(message.path)
    parts = [_NAMES.get(name, name.capitalize()), with_values(path, message)]
    if message.query:
        parts[1:1] = [path, *message.query]
        parts[-1] = with_values("", message)
    return " ".join(filter(None, [*parts, *_blocks(message)]))


def _response(message: Message, operation: Operation | None) -> str:
    name, path = ("", "") if operation is None else (operation.name, operation.path)
    if _is_notification(message, operation) and message.code == Code.CONTENT:
        return " ".join(["Notify", with_values(path, message), *_blocks(message)])
    parts = [code_text(message.code), _code_name(message.code)]
    if message.location:
        parts.append("/" + "/".join(message.location))
    if message.payload:
        parts.append(with_values(path if name in _DEEP else "", message))
    return " ".join([*parts, *_blocks(message)])


def _is_notification(message: Message, operation: Operation | None) -> bool:
    """Also one whose Observe was before the recording: no answer to it has Observe and no ACK."""
    if operation is None:
        return message.observe is not None and message.type != Type.ACK
    return operation.name == "notify"


def _code_name(code: int) -> str:
    try:
        return Code(code).name.replace("_", " ").title()
    except ValueError:
        return "(a code that CoAP has not)"


def _blocks(message: Message) -> list[str]:
    """Which part of a body it is, counted from 0 as in RFC 7959."""
    blocks = (Block.of(message, option) for option in (Option.BLOCK1, Option.BLOCK2))
    return [f"[block {each.number}{', more' if each.more else ''}]" for each in blocks if each]


def _path(operation: Operation | None) -> Path:
    parts = () if operation is None else operation.path.strip("/").split("/")
    return tuple(map(int, parts)) if all(each.isdecimal() for each in parts) else ()
