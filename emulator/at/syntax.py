"""What a parameter may be: the vocabulary of handler signatures.

A handler says `flag: UInt8` or `timeout: UInt16 = 30`; the alias carries the kind that parses the
parameter, bounds it and describes it for `=?`. Every kind raises `Failed(SYNTAX)` for what it does
not take (decision 8: count, type, range, quotes, hex are 601).
"""

import re
from dataclasses import dataclass
from typing import Annotated, Protocol

from emulator.at.lines import LINE_LIMIT
from emulator.at.parameters import Raw
from emulator.at.results import Failed, Fault

_NUMBER = re.compile(r"[+-]?[0-9]+|(0[xX][0-9A-Fa-f]+)")
_BITMAP = re.compile(r"[01]*")
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})*")


class Kind(Protocol):
    def parse(self, raw: Raw) -> object:
        """The value of `raw`; raises `Failed(SYNTAX)`."""

    def describe(self, name: str) -> str:
        """What `=?` prints for the parameter called `name`."""


def number(raw: Raw) -> int:
    """Decimal or `0x` hex, quoted or not (decision 4)."""
    text = raw.text
    if text.isdecimal() and text.isascii():
        return int(text)
    found = _NUMBER.fullmatch(text)
    if found is None:
        raise Failed(Fault.SYNTAX)
    return int(text, 16 if found[1] else 10)


@dataclass(frozen=True, slots=True)
class Integer:
    """`lowest` to `highest`, both included; None is no bound. `besides` is good as well."""

    lowest: int | None = None
    highest: int | None = None
    besides: int | None = None

    def parse(self, raw: Raw) -> int:
        value = number(raw)
        if value == self.besides:
            return value
        if self.lowest is not None and value < self.lowest:
            raise Failed(Fault.SYNTAX)
        if self.highest is not None and value > self.highest:
            raise Failed(Fault.SYNTAX)
        return value

    def describe(self, name: str) -> str:
        if self.lowest is None or self.highest is None:
            return f"<{name}>"
        ranges = _ranges(self.lowest, self.highest)
        return ranges if self.besides is None else f"({self.besides},{ranges[1:]}"


@dataclass(frozen=True, slots=True)
class Instance:
    """`<ref>`. Not a number: 601; another instance than 0: 653, said only when every other
    parameter is sound (decision 7). The table makes that second check."""

    def parse(self, raw: Raw) -> int:
        return number(raw)

    def describe(self, name: str) -> str:
        return "(0)"


class Choice:
    """One of some numbers, or one of some words (any case, quoted or not)."""

    __slots__ = ("_words", "values")

    def __init__(self, *values: int | str) -> None:
        self.values = values
        self._words = {value.lower(): value for value in values if isinstance(value, str)}

    def parse(self, raw: Raw) -> int | str:
        if self._words:
            word = self._words.get(raw.text.lower())
            if word is None:
                raise Failed(Fault.SYNTAX)
            return word
        value = number(raw)
        if value not in self.values:
            raise Failed(Fault.SYNTAX)
        return value

    def describe(self, name: str) -> str:
        if self._words:
            return "(" + ",".join(f'"{value}"' for value in self.values) + ")"
        return "(" + ",".join(str(value) for value in self.values) + ")"

    @property
    def word(self) -> str | None:
        """The word, if there is only one."""
        value = self.values[0]
        return value if len(self.values) == 1 and isinstance(value, str) else None

    def disjoint(self, other: "Choice") -> bool:
        """Whether no parameter can be both."""
        return not set(self._words or self.values) & set(other._words or other.values)


@dataclass(frozen=True, slots=True)
class Characters:
    """Text with or without quotes, `fewest` to `most` bytes, one character per byte."""

    most: int = LINE_LIMIT
    fewest: int = 0

    def parse(self, raw: Raw) -> str:
        if not self.fewest <= len(raw.text) <= self.most:
            raise Failed(Fault.SYNTAX)
        return raw.text

    def describe(self, name: str) -> str:
        return f"<{name}>"


@dataclass(frozen=True, slots=True)
class Bits:
    """Characters 0 and 1, quoted or not; none at all for zero instances (decision 15)."""

    def parse(self, raw: Raw) -> str:
        if not _BITMAP.fullmatch(raw.text):
            raise Failed(Fault.SYNTAX)
        return raw.text

    def describe(self, name: str) -> str:
        return f"<{name}>"


@dataclass(frozen=True, slots=True)
class HexDigits:
    """An even number of hex digits in any case, given to the handler as bytes."""

    most: int = LINE_LIMIT // 2
    fewest: int = 0

    def parse(self, raw: Raw) -> bytes:
        if not _HEX.fullmatch(raw.text) or not self.fewest <= len(raw.text) // 2 <= self.most:
            raise Failed(Fault.SYNTAX)
        return bytes.fromhex(raw.text)

    def describe(self, name: str) -> str:
        return f"<{name}>"


@dataclass(frozen=True, slots=True)
class Reported:
    """`<value>` of NOTIFY and READRSP: `"` and `,` are data in it, and only numbers may follow
    (decision 4). What it means depends on `<type>`, so any text passes here."""

    def parse(self, raw: Raw) -> str:
        return raw.text

    def describe(self, name: str) -> str:
        return f"<{name}>"


@dataclass(frozen=True, slots=True)
class Verbatim:
    """The parameter as sent, for a handler that must tell `""` from nothing."""

    def parse(self, raw: Raw) -> Raw:
        return raw

    def describe(self, name: str) -> str:
        return f"<{name}>"


def _ranges(lowest: int, highest: int) -> str:
    match highest - lowest:
        case 0:
            return f"({lowest})"
        case 1:
            return f"({lowest},{highest})"
        case _:
            return f"({lowest}-{highest})"


Int = Annotated[int, Integer()]
UInt8 = Annotated[int, Integer(0, 255)]
UInt16 = Annotated[int, Integer(0, 65535)]
Ref = Annotated[int, Instance()]
Mid = UInt16
ObserveMid = Annotated[int, Integer(0, 2**32 - 1)]
"""Of an observation: 32 bits where *observe_mid* is cis32."""
ObjId = UInt16
InsId = UInt16
ResId = UInt16
Lifetime = Annotated[int, Integer(1, 268435455)]
"""OPEN's `<lifetime>` in seconds (decision 22)."""
Text = Annotated[str, Characters()]
Bitmap = Annotated[str, Bits()]
HexText = Annotated[bytes, HexDigits()]
Value = Annotated[str, Reported()]
Param = Annotated[Raw, Verbatim()]
