"""Lines as they came, and how one is asked for."""

import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from emulator.secrecy import redact

LINES_LIMIT = 20_000
"""Lines that are kept; the oldest make room, and are counted."""

LINE_LIMIT = 8192
"""Bytes of one line; a longer one comes in pieces of this length."""

NEAR = 0.75
"""How alike, of 1, a line must be to be told in the place of one that has not come (chosen)."""

Wanted = str | re.Pattern[str]
"""Text, or a compiled regular expression that is searched for in a line."""

Matches = Callable[[str], bool]

_COLON = re.compile(r"^([^:\"]*):[ \t]*")
_FIELD = re.compile(r'"[^"]*"|[^,]+|(?<=,)(?=,)|(?<=,)$')


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its end. `at`: seconds of the lab's clock; `number` counts from 0."""

    text: str
    at: float
    number: int

    @property
    def fields(self) -> tuple[str, ...]:
        """What stands between the commas behind the colon or the equals sign, without quotes."""
        _, _, rest = self.text.partition("=" if self.text[:2].upper() == "AT" else ":")
        return tuple(field.strip('"') for field in _FIELD.findall(rest.strip()))

    def __str__(self) -> str:
        return self.text


class Lines:
    """The latest lines of one source."""

    def __init__(self) -> None:
        self._lines: deque[Line] = deque(maxlen=LINES_LIMIT)
        self.count = 0

    def __iter__(self) -> Iterator[Line]:
        return iter(self._lines)

    def add(self, text: str, at: float) -> None:
        self._lines.append(Line(text, at, self.count))
        self.count += 1

    def after(self, number: int) -> list[Line]:
        """Those that are kept of the lines from this number on."""
        missing = self.count - number
        if missing >= len(self._lines):
            return list(self._lines)
        return [self._lines[-i] for i in range(missing, 0, -1)]

    def text(self) -> str:
        return "".join(f"{line.text}\n" for line in self._lines)


class Splitter:
    """Bytes in any pieces to lines; empty ones are left out."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[str]:
        *whole, self._rest = re.split(rb"[\r\n]+", self._rest + data)
        while len(self._rest) > LINE_LIMIT:
            whole.append(self._rest[:LINE_LIMIT])
            self._rest = self._rest[LINE_LIMIT:]
        return [_text(line) for line in whole if line]

    def end(self) -> list[str]:
        """The last line, which has no end of its own."""
        rest, self._rest = self._rest, b""
        return [_text(rest)] if rest else []


def at_line(wanted: Wanted) -> Matches:
    """Whether an AT line is the one that is wanted: text may go on behind it with another field,
    blanks behind the colon do not count, nor does the case of a command."""
    if isinstance(wanted, re.Pattern):
        return lambda line: wanted.search(line) is not None
    text = _COLON.sub(r"\1:", wanted.strip()).upper()
    open_ended = text.endswith((",", ":", "="))

    def matches(line: str) -> bool:
        line = _COLON.sub(r"\1:", line.strip()).upper()
        if not line.startswith(text):
            return False
        return open_ended or line[len(text) : len(text) + 1] in ("", ",", ":", "=", "?", ";")

    return matches


def any_line(wanted: Wanted) -> Matches:
    """Whether a line of a program's output has this in it."""
    if isinstance(wanted, re.Pattern):
        return lambda line: wanted.search(line) is not None
    return lambda line: wanted in line


def spelt(wanted: Wanted) -> str:
    """For people."""
    return f"/{wanted.pattern}/" if isinstance(wanted, re.Pattern) else wanted


def hint(lines: Lines, wanted: Wanted, after: int) -> str:
    """For people: what there is instead of an AT line that is not found from this number on."""
    if not lines.count:
        return "; not a line has come from there"
    matches = at_line(wanted)
    if any(matches(line.text) for line in lines if line.number < after):
        return "; it has come before, and what is expected next has to come behind it"
    if isinstance(wanted, re.Pattern):
        return ""
    texts = [redact(line.text) for line in lines.after(after)]
    near = get_close_matches(wanted, dict.fromkeys(texts), 1, NEAR)
    return f"; the nearest is {near[0]}" if near else ""


def _text(data: bytes) -> str:
    return data.decode("utf-8", "backslashreplace")
