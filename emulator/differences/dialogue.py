"""The dialogue of a host and a module as lines, and what of a line counts as behaviour.

Times do not count, nor do numbers that chance gives: the message ids of the platform's requests,
which the host repeats, and those that +MIPLNSMI tells.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

from emulator.journal import Record
from emulator.secrecy import redact

Speaker = Literal["host", "module"]

LINE_LIMIT: Final = 8192  # bytes of one line; a longer one is told in pieces of this length

_SPEAKERS: Final[dict[str, Speaker]] = {"serial_in": "host", "serial_out": "module"}
_ENDS: Final = re.compile(rb"[\r\n]+")
FINAL: Final = re.compile(r"OK|ERROR|\+CM[ES] ERROR: ?.*|\+CIS ERROR: ?.*|NO CARRIER")
"""The last line of an answer (manual chapter 6, V.250 5.7.1)."""


@dataclass(frozen=True, slots=True)
class Said:
    """One line without its end. `at`: seconds of the modem's clock."""

    by: Speaker
    text: str
    at: float

    @property
    def is_final(self) -> bool:
        return self.by == "module" and FINAL.fullmatch(self.text) is not None

    def __str__(self) -> str:
        return f"{self.by:<6} {'>' if self.by == 'host' else '<'} {self.text}"


def dialogue_of(records: Iterable[Record]) -> Iterator[Said]:
    """What host and module say in a journal: whole lines, without echo, PSK and auth code."""
    for said, _ in lines_of(records):
        yield replace(said, text=shown(said.text))


def lines_of(records: Iterable[Record]) -> Iterator[tuple[Said, int]]:
    """The same with all that the journal has, each with the count of the record that ends it."""
    rest: dict[Speaker, bytes] = {"host": b"", "module": b""}
    for count, record in enumerate(records, 1):
        by = _SPEAKERS.get(record.kind)
        if by is None:
            continue
        *lines, rest[by] = _ENDS.split(rest[by] + record.data)
        while len(rest[by]) > LINE_LIMIT:
            lines.append(rest[by][:LINE_LIMIT])
            rest[by] = rest[by][LINE_LIMIT:]
        yield from ((Said(by, _text(line), record.time), count) for line in lines if line)


def _text(line: bytes) -> str:
    return line.decode("utf-8", "backslashreplace")


def shown(line: str) -> str:
    """A line without secrets, and with control characters as people can see them."""
    return redact("".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in line))


_ASKS: Final = re.compile(r"(\+MIPL(?:OBSERVE|DISCOVER|READ|WRITE|EXECUTE|PARAMETER):\s*\d+,)(\d+)")
_ANSWERS: Final = re.compile(r"(AT\+MIPL\w+=\d+,)(\d+)", re.I)
_SENT: Final = re.compile(r"(\+MIPLNSMI:\s*\d+,\d+,)\d+")
_CLOCK: Final = re.compile(r'(\+CCLK:\s*)"?[\d/,:+-]+"?')


class Behaviour:
    """Takes out of the lines of one dialogue, in their order, what is not behaviour."""

    def __init__(self) -> None:
        self._mids: dict[str, str] = {}

    def of(self, said: Said) -> str:
        """The line with `<mid1>` for the first message id that the platform chose, and so on."""
        if said.by == "host":
            return _ANSWERS.sub(lambda m: m[1] + self._mids.get(m[2], m[2]), said.text)
        text = _ASKS.sub(lambda m: m[1] + self._named(m[2]), said.text)
        return _CLOCK.sub(r"\1<time>", _SENT.sub(r"\1<mid>", text))

    def _named(self, mid: str) -> str:
        return self._mids.setdefault(mid, f"<mid{len(self._mids) + 1}>")


_BLANK: Final = re.compile(r'("[^"]*"?)|\s+')


def meaning(text: str) -> str:
    """A line without the blanks outside of quotes: as two dialects spell it, it means the same."""
    return _BLANK.sub(lambda m: m[1] or "", text)
