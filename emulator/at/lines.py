"""Serial bytes to command lines (ITU-T V.250 section 5.2; decisions 4 and 6).

Bytes are consumed before anything is parsed: whatever a line says, the next one starts clean.
Text is "wire text": one character per byte (latin-1), so that any encoding a host uses comes back
out byte for byte.

* CR, LF and CRLF end a line; the LF of a CRLF belongs to its CR and is not even echoed.
* NUL is ignored everywhere (HF 17: one driver always sends its whole 128-byte array).
* Backspace (S5) and DEL take the last byte back.
* `A/` at the start of a line acts at once, without a terminator (V.250 5.2.4).
* Blank lines mean nothing.
"""

import re
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

LINE_LIMIT = 4096
"""Bytes of one line, without its terminator; a longer one is consumed unread (decision 6)."""

SHARED = 128  # lines that are one object for all modules to which they were written last

BLANKS = " \t"
"""What may stand around values. `str.strip()` alone would also eat the bytes 0x85 and 0xA0."""

_WHOLE = re.compile(rb"(?![Aa]/)([^\x00\b\n\r\x7f]{1,%d})\r\n?" % LINE_LIMIT)
_TOKENS = re.compile(rb"[^\x00\b\n\r\x7f]+|[\x00\b\n\r\x7f]")


class Mark(Enum):
    """A line that is not text."""

    REPEAT = "A/"
    OVERLONG = "over the limit"


class Piece(NamedTuple):
    """A stretch of input: what to echo for it, and the line it completes, if it does."""

    echo: bytes
    item: str | Mark | None


class LineReader:
    """Collects lines; holds never more than `LINE_LIMIT` bytes."""

    __slots__ = ("_after_cr", "_echo", "_line", "_overlong")

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self._line = b""
        self._echo = b""
        self._overlong = False
        self._after_cr = False

    @property
    def in_line(self) -> bool:
        """Whether a line that may still become a command has begun to arrive."""
        return bool(self._line)

    def feed(self, data: bytes) -> list[Piece]:
        """The pieces of `data` in order; together with the pieces of earlier calls they are the
        same for every way of cutting the input, but for the cuts themselves."""
        whole = _WHOLE.fullmatch(data)
        if whole and not self._line and not self._overlong:  # the common case at a third the cost
            self._after_cr = data.endswith(b"\r")
            return [Piece(whole[1] + b"\r", _text(whole[1]))]
        pieces: list[Piece] = []
        for token in _TOKENS.findall(data):
            match token:
                case b"\0":
                    continue
                case b"\n" if self._after_cr:
                    pass
                case b"\r" | b"\n":
                    pieces.append(self._end(token))
                case b"\b" | b"\x7f":
                    self._echo += token
                    self._line = self._line[:-1]
                case _:
                    self._add(token, pieces)
            self._after_cr = token == b"\r"
        if self._echo:
            pieces.append(Piece(self._take_echo(), None))
        return pieces

    def _add(self, text: bytes, pieces: list[Piece]) -> None:
        """Appends `text`, which may hold any number of `A/` at the start of its line."""
        while not self._overlong and (self._line + text[:2])[:2] in (b"A/", b"a/"):
            used = 2 - len(self._line)
            self._echo += text[:used]
            self._line = b""
            pieces.append(Piece(self._take_echo(), Mark.REPEAT))
            text = text[used:]
        self._echo += text
        if self._overlong or len(self._line) + len(text) > LINE_LIMIT:
            self._overlong = True
            self._line = b""
        else:
            self._line += text

    def _end(self, terminator: bytes) -> Piece:
        self._echo += terminator
        overlong, self._overlong = self._overlong, False
        line, self._line = self._line, b""
        if overlong:
            return Piece(self._take_echo(), Mark.OVERLONG)
        return Piece(self._take_echo(), _text(line))

    def _take_echo(self) -> bytes:
        echo, self._echo = self._echo, b""
        return echo


@lru_cache(SHARED)
def _text(line: bytes) -> str | None:
    return line.decode("latin-1").strip(BLANKS) or None
