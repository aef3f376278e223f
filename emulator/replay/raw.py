"""Bytes of a log as lines of text: whatever encoding, line ends and control characters.

One line is held at a time. Each is UTF-8, GBK or Latin-1 for itself: tools write their own signs
in one encoding, and pass on what came in another.
"""

import codecs
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from emulator.replay.entry import Break

LINE_LIMIT: Final = 1 << 16  # bytes; the longest line of a module has some 4000
PIECE: Final = 1 << 16  # bytes that are read at once
NOISE: Final = 16
"""Control characters in a line, and more than half of it, that show that it is no text."""

ENCODINGS: Final = ("utf-8", "gbk")
_BOMS: Final = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le"} | {
    codecs.BOM_UTF16_BE: "utf-16-be"
}
_END: Final = re.compile(rb"\r\n|\n|\r")
_ESCAPE: Final = re.compile(
    r"\x1b(?:\[(?P<number>[0-?]*)[ -/]*(?P<letter>[@-~])"
    r"|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])"
)
_NOISE: Final = re.compile(r"[\x01-\x07\x0b\x0c\x0e-\x1a\x1c-\x1f\x80-\x9f\ufffd]")
_CLEAN: Final = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f]*")


@dataclass(frozen=True, slots=True)
class Raw:
    """A line as people see it. `number` counts from 1; `whole`: its end is there."""

    number: int
    text: str
    whole: bool


class RawLines:
    """Iterates over the lines of a stream, once. `broken` says where it could not go on, and
    `encodings` how many lines were in which."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.broken: Break | None = None
        self.encodings: Counter[str] = Counter()

    def __iter__(self) -> Iterator[Raw]:
        for number, (data, whole) in enumerate(self._lines(), 1):
            if len(data) > LINE_LIMIT:
                self.broken = Break(number, f"it is longer than {LINE_LIMIT} bytes")
                return
            text = self._decoded(data)
            noise = sum(_NOISE.match(c) is not None for c in text)
            if noise > NOISE and noise * 2 > len(text):
                reason = f"it is no text: {noise} of its {len(text)} characters are none"
                self.broken = Break(number, f"{reason} (another baud rate, or a binary file)")
                return
            yield Raw(number, seen(text), whole)

    def _lines(self) -> Iterator[tuple[bytes, bool]]:
        """What stands between line ends, and whether there was one behind it."""
        rest = b""
        for piece in _in_utf8(self._stream):
            rest += piece
            held = rest[-1:] == b"\r"  # its LF may be to come
            lines = _END.split(rest[:-1] if held else rest)
            rest = lines.pop() + (b"\r" if held else b"")
            yield from ((line, True) for line in lines)
            if len(rest) > LINE_LIMIT + 1:
                yield rest, True
                return
        if rest:
            yield rest.removesuffix(b"\r"), rest[-1:] == b"\r"

    def _decoded(self, data: bytes) -> str:
        for encoding in ENCODINGS:
            try:
                text = data.decode(encoding)
            except UnicodeDecodeError:
                continue
            self.encodings["ascii" if text.isascii() else encoding] += 1
            return text
        self.encodings["latin-1"] += 1
        return data.decode("latin-1")


def _in_utf8(stream: BinaryIO) -> Iterator[bytes]:
    """The stream without its byte order mark; UTF-16 as UTF-8."""
    first = stream.read(PIECE)
    for mark, encoding in _BOMS.items():
        if first.startswith(mark):
            decoder = codecs.getincrementaldecoder(encoding)("replace")
            piece, first = first[len(mark) :], b""
            while piece:
                yield decoder.decode(piece).encode("utf-8", "replace")
                piece = stream.read(PIECE)
    while first:
        yield first
        first = stream.read(PIECE)


def seen(text: str) -> str:
    """What a terminal shows of a line in the end: rubouts, moves of the cursor and erasing carried
    out, colours and other control characters left out."""
    clean = _CLEAN.match(text)
    if clean is not None and clean.end() == len(text):
        return text
    cells: list[str] = []
    cursor = at = 0
    while at < len(text):
        escape = _ESCAPE.match(text, at)
        if escape is not None:
            at = escape.end()
            cursor = _moved(cells, cursor, escape["letter"] or "", escape["number"] or "")
            continue
        c, at = text[at], at + 1
        if c == "\b":
            cursor = max(0, cursor - 1)
        elif c == "\x7f":
            cursor = max(0, cursor - 1)
            del cells[cursor : cursor + 1]
        elif c >= " " or c == "\t":
            cells[cursor : cursor + 1] = [c]
            cursor += 1
    return "".join(cells).rstrip(" ") if "\b" in text else "".join(cells)


def _moved(cells: list[str], cursor: int, letter: str, number: str) -> int:
    """Where the cursor is behind a control sequence (ECMA-48 8.3), within what there is."""
    count = int(number) if number.isascii() and number.isdigit() and len(number) < 5 else 1
    match letter:
        case "D":
            return max(0, cursor - count)
        case "C":
            return min(len(cells), cursor + count)
        case "K" if number in ("", "0"):
            del cells[cursor:]
        case "K" if number == "2":
            cells[:] = [" "] * min(cursor, len(cells))
    return cursor
