"""What the host writes, line by line, for faults that strike a line of it."""

import re
from typing import NamedTuple

from emulator.at.lines import LINE_LIMIT

_PIECE = re.compile(rb"[^\r\n]*[\r\n]+|[^\r\n]+\Z")


class HostLine(NamedTuple):
    """Bytes with their line end; `text` is empty where they are no whole line."""

    data: bytes
    text: bytes


class HostLines:
    """Keeps the beginning of a line until its end comes, LINE_LIMIT bytes at most: what is longer
    passes as it comes, and is none of the lines that a fault may strike."""

    def __init__(self) -> None:
        self._begun = b""
        self._overlong = False

    @property
    def in_line(self) -> bool:
        return bool(self._begun)

    def feed(self, data: bytes) -> list[HostLine]:
        lines: list[HostLine] = []
        for piece in _PIECE.findall(data):
            whole, self._begun = self._begun + piece, b""
            if piece[-1:] in (b"\r", b"\n"):
                text = b"" if self._overlong else whole.strip(b"\r\n\0 \t")
                lines.append(HostLine(whole, text))
                self._overlong = False
            elif whole in (b"A/", b"a/"):  # acts without an end (V.250 5.2.4)
                lines.append(HostLine(whole, whole))
            elif self._overlong or len(whole) > LINE_LIMIT:
                self._overlong = True
                lines.append(HostLine(whole, b""))
            else:
                self._begun = whole
        return lines

    def reset(self) -> None:
        self._begun, self._overlong = b"", False
