"""The journal without what identifies or protects a device: keys, auth codes, IMEI, IMSI, ICCID.

Every record stays, with its number, and every length.
"""

import re

from emulator.identity import Identity
from emulator.journal import Record
from emulator.recording.masks import HIDDEN, Masks
from emulator.recording.texts import link_in
from emulator.secrecy import secret_start
from lwm2m_core.block_option import Block
from lwm2m_core.codec import FormatError, decode, encode
from lwm2m_core.formats.tlv import TlvType, header
from lwm2m_core.message import Code, ContentFormat, Message, Option
from lwm2m_core.values import ContentError

LINE_LIMIT = 4096  # bytes of an AT line that are looked at; no command is longer (at/lines.py)
BLOCKS_KEPT = 16  # ends of blocks that the next block of a transfer is joined to
SECURITY, SECRET_KEY = "0", 5  # LwM2M 1.0 E.1: object 0, resource 5

_ENDS = b"\r\n"
_RUBOUTS = b"\b\x7f"  # V.250 S5, and what terminals send instead
_PIECES = re.compile(rb"[\r\n]+|[\b\x7f]|[^\r\n\b\x7f,]*,|[^\r\n\b\x7f,]+")
_CREATES, _TELLS = b"MIPLCREAT", b"MIPLDEVINFO"  # what may lead to a secret
_AUTH_CODE = b"authcode="  # CTWing's query
_TLV = (ContentFormat.TLV, ContentFormat.TLV_OLD)
_CARRIES_KEYS = (Code.PUT, Code.POST)


class Redactor:
    """`redact` takes the records of one modem in their order."""

    def __init__(self, imei: str, imsi: str) -> None:
        self._masks = Masks(imei, imsi, Identity(imei, imsi).iccid)
        self._serial = {kind: _Serial() for kind in ("serial_in", "echo_out", "serial_out")}
        self._blocks: dict[tuple[str, str, int], bytes] = {}

    def hide(self, text: str) -> str:
        """A text of ours without what is known to be secret by now."""
        return self._masks.hide(text.encode()).decode("utf-8", "replace")

    def redact(self, record: Record) -> Record:
        """The same record, as others may see it."""
        data = record.data
        match record.kind:
            case "serial_in" | "echo_out" | "serial_out":
                data = self._serial[record.kind].hide(data, self._masks)
            case "command":
                self._learn(record.text)
            case "datagram_in" | "datagram_out" | "datagram_unheard":
                data = self._datagram(record)
            case "session_secret":
                data = HIDDEN * len(data)
            case "ciphertext_in" | "ciphertext_out":
                data = self._masks.hide(data)
            case "fault":
                data = self._struck(record)
            case _:
                data = _Serial().hide(data, self._masks)
        return record._replace(data=data, text=self._text(record.text))

    def _text(self, text: str) -> str:
        if not text:
            return ""
        start = secret_start(text)
        if start is not None:
            text = text[:start] + "*" * (len(text) - start)
        return self.hide(text)

    def _learn(self, command: str) -> None:
        """Values that may come again elsewhere: the auth code on its way to the platform."""
        start = secret_start(command)
        for part in command[start:].split(",") if start is not None else ():
            value = part.strip(' "')
            self._masks.add(value.encode("latin-1", "replace"))
            if len(value) % 2 == 0 and all(c in "0123456789abcdefABCDEF" for c in value):
                self._masks.add(bytes.fromhex(value))

    def _struck(self, record: Record) -> bytes:
        """What a fault has struck: a line or a datagram, as it was before. What is left of it may
        come in pieces, or spoiled."""
        shown = _Serial().hide(record.data, self._masks)
        if shown == record.data:
            return self._datagram(record)
        for line in record.data.decode("latin-1").splitlines():
            self._learn(line)
        return shown

    def _datagram(self, record: Record) -> bytes:
        data = record.data
        try:
            message = decode(data)
            hidden = self._without_keys(message)
            if hidden is not message:
                data = encode(hidden) if encode(message) == data else _headless(data, message)
        except FormatError:
            return self._masks.hide(data)
        size = len(message.payload)
        payload = data[len(data) - size :]
        before = self._before(record, message)
        return self._masks.hide(data[: len(data) - size]) + self._masks.hide(payload, before)

    def _before(self, record: Record, message: Message) -> bytes:
        """The end of the block before this one. A repeated block finds the same again."""
        option = Option.BLOCK1 if message.code < 32 else Option.BLOCK2
        block = Block.of(message, option)
        if block is None:
            return b""
        stream, link = record.kind, str(link_in(record.text))
        before = self._blocks.get((stream, link, block.start), b"") if block.number else b""
        end = (before + message.payload)[-self._masks.reach :]
        self._blocks[stream, link, block.start + len(message.payload)] = end
        while len(self._blocks) > BLOCKS_KEPT:
            self._blocks.pop(next(iter(self._blocks)))
        return before

    def _without_keys(self, message: Message) -> Message:
        """What is secret by its place. The same message where nothing is."""
        options = tuple((number, self._option(number, value)) for number, value in message.options)
        payload = message.payload
        if message.code in _CARRIES_KEYS and message.path[:1] == (SECURITY,):
            payload = self._security(message)
        if options == message.options and payload == message.payload:
            return message
        return message._replace(options=options, payload=payload)

    def _option(self, number: int, value: bytes) -> bytes:
        if number == Option.AUTH_CODE:
            secret = value
        elif number == Option.URI_QUERY and value.startswith(_AUTH_CODE):
            secret = value[len(_AUTH_CODE) :]
        else:
            return value
        self._masks.add(secret)
        return value[: len(value) - len(secret)] + HIDDEN * len(secret)

    def _security(self, message: Message) -> bytes:
        """Of a bootstrap server's account for the module: the key alone where it can be told from
        the rest, else all of it."""
        payload = message.payload
        whole = HIDDEN * len(payload)
        if Block.of(message, Option.BLOCK1) is not None:
            return whole
        if len(message.path) > 2:
            return payload if message.path[2] != str(SECRET_KEY) else whole
        if message.content_format not in _TLV:
            return whole
        shown = bytearray(payload)
        try:
            self._hide_keys(shown, 0, len(payload))
        except ContentError:
            return whole
        return bytes(shown)

    def _hide_keys(self, body: bytearray, at: int, end: int) -> None:
        while at < end:
            item = header(bytes(body[:end]), at)
            if item.end > end:
                raise ContentError("a TLV item is cut off")
            if item.type is TlvType.OBJECT_INSTANCE:
                self._hide_keys(body, item.start, item.end)
            elif item.id == SECRET_KEY:
                self._masks.add(bytes(body[item.start : item.end]))
                body[item.start : item.end] = HIDDEN * (item.end - item.start)
            at = item.end


def _headless(data: bytes, message: Message) -> bytes:
    """A message that is spelt in a way of its own: what follows its token is not shown."""
    start = 4 + len(message.token)
    rest = len(data) - start
    return data[:start] + b"\xff" * min(rest, 1) + HIDDEN * (rest - 1)


class _Serial:
    """One direction of the serial line, as it comes: a secret is hidden from its first character
    on, wherever the pieces are cut."""

    def __init__(self) -> None:
        self._line = bytearray()  # up to where it becomes secret
        self._is_secret = False
        self._before = b""

    def hide(self, data: bytes, masks: Masks) -> bytes:
        shown = bytearray(masks.hide(data, self._before))
        self._before = (self._before + data)[-masks.reach :]
        for piece in _PIECES.finditer(data):
            if self._takes(piece[0]):
                shown[piece.start() : piece.end()] = HIDDEN * len(piece[0])
        return bytes(shown)

    def _takes(self, piece: bytes) -> bool:
        """Whether this piece, which comes next, is secret by its place."""
        if piece[0] in _ENDS:
            self._line.clear()
            self._is_secret = False
        elif self._is_secret:
            return True
        elif piece[0] in _RUBOUTS:
            del self._line[-1:]
        else:
            self._line += piece[: LINE_LIMIT - len(self._line)]
            if piece.endswith(b","):  # what follows one may be secret
                self._is_secret = self._leads_to_a_secret()
        return False

    def _leads_to_a_secret(self) -> bool:
        upper = self._line.upper()
        if len(self._line) >= LINE_LIMIT:
            return _CREATES in upper
        if _CREATES not in upper and _TELLS not in upper:
            return False
        return secret_start(self._line.decode("latin-1")) is not None
