"""The journal as lines for people: AT lines and CoAP datagrams, secrets left out."""

import re
from collections.abc import Callable
from typing import TextIO

from emulator.journal import Record
from emulator.secrecy import HIDDEN, redact
from lwm2m_core.block_option import Block
from lwm2m_core.codec import FormatError, decode
from lwm2m_core.message import Code, Message, Option, Type, code_text, is_request

ARROWS = {
    "command": "host  >",
    "serial_out": "host  <",
    "datagram_out": "cloud >",
    "datagram_in": "cloud <",
    "datagram_unheard": "unheard",
}
TOLD = ("open_link", "link_lost", "send_failed", "receiver", "reboot", "fault")
PAYLOAD_SHOWN = 60  # bytes of a payload in one line


def narrator(label: str, stream: TextIO) -> Callable[[Record], None]:
    """A journal sink that writes one line per AT line and datagram to `stream`."""
    start: list[float] = []

    def narrate(record: Record) -> None:
        start.append(record.time) if not start else None
        for text in _texts(record):
            since = record.time - start[0]
            print(f"{label and label + ' '}{since:9.3f} {text}", file=stream, flush=True)

    return narrate


def _texts(record: Record) -> list[str]:
    arrow = ARROWS.get(record.kind)
    if arrow is None:
        wanted = record.kind in TOLD
        return [f"{record.kind}: {record.text}"] if wanted else []
    if record.kind == "command":  # whole, however it arrived: a piece could hide its secret
        return [f"{arrow} {line}" for line in _at_lines(record.text.encode("latin-1"))]
    if record.kind == "serial_out":
        return [f"{arrow} {line}" for line in _at_lines(record.data)]
    return [f"{arrow} {describe(record.data)}"]


def _at_lines(data: bytes) -> list[str]:
    text = data.decode("utf-8", "backslashreplace")
    lines = [line for line in re.split(r"[\r\n]+", text) if line]
    return [
        redact("".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in line))
        for line in lines
    ]


def describe(datagram: bytes) -> str:
    """A datagram in words: type, code, message id, path, query, format, payload."""
    try:
        message = decode(datagram)
    except FormatError as error:
        return f"malformed datagram of {len(datagram)} bytes: {error}"
    parts = [Type(message.type).name, _code(message), f"mid {message.mid}"]
    if message.token:
        parts.append(f"token {message.token.hex()}")
    if is_request(message.code):
        parts.append("/" + "/".join(message.path) + _query(message))
    parts += _options(message)
    if message.payload:
        parts.append(_payload(message.payload))
    return " ".join(parts)


def _code(message: Message) -> str:
    if message.code == Code.EMPTY:
        return "empty"
    return Code(message.code).name if is_request(message.code) else code_text(message.code)


def _query(message: Message) -> str:
    shown = [f"authcode={HIDDEN}" if q.startswith("authcode=") else q for q in message.query]
    return "?" + "&".join(shown) if shown else ""


def _options(message: Message) -> list[str]:
    names = (
        ("observe", message.observe),
        ("ct", message.content_format),
        ("accept", message.accept),
    )
    shown = [f"{name}={value}" for name, value in names if value is not None]
    for option in (Option.BLOCK1, Option.BLOCK2):  # as in RFC 7959 3: number, more, size
        if block := Block.of(message, option):
            shown.append(f"{option.name.lower()}={block.number}/{int(block.more)}/{block.size}")
    location = message.options_of(Option.LOCATION_PATH)
    if location:
        shown.append("location /" + "/".join(part.decode("utf-8", "replace") for part in location))
    return shown


def _payload(payload: bytes) -> str:
    shown = payload[:PAYLOAD_SHOWN]
    readable = all(32 <= byte < 127 for byte in shown)
    text = repr(shown.decode("ascii")) if readable else shown.hex()
    more = f"… {len(payload)} bytes" if len(payload) > PAYLOAD_SHOWN else ""
    return text + more
