"""Values on the AT channel: `<type>,<value>` of NOTIFY and READRSP in, those of +MIPLWRITE out.

Text on the AT channel is held as one character per byte (latin-1), so that every byte survives.
"""

import re
from dataclasses import dataclass
from enum import IntEnum

from emulator.at.results import Failed, Fault
from emulator.quirks import Quirks
from lwm2m_core.formats import Form, RawEntry
from lwm2m_core.formats.text import shortest_decimal
from lwm2m_core.values import ResourceType, Value

INTEGER_MIN, INTEGER_MAX = -(2**63), 2**63 - 1  # decision 41
WHOLE_DIGITS, FRACTION_DIGITS = 10, 9  # manual 3.12, last note
UNSAFE = re.compile("[\r\n\0]")  # decision 12: these would forge lines

_BOOLEANS = {"0": False, "1": True, "false": False, "true": True}
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})*\Z")
_FLOAT = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?\Z", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d{1,20}\Z", re.ASCII)


class DataType(IntEnum):
    """`<type>` of manual 3.9 and 3.11."""

    STRING = 1
    OPAQUE = 2
    INTEGER = 3
    FLOAT = 4
    BOOLEAN = 5
    HEX_STRING = 6  # hex on the AT channel, a string on the wire

    @property
    def resource_type(self) -> ResourceType:
        """The type on the wire (manual 3.9, footnotes 1 and 2)."""
        return _RESOURCE_TYPES[self]


TYPES = {int(type_): type_ for type_ in DataType}
"""By number; as a call, `DataType(number)` takes ten times as long."""
_RESOURCE_TYPES = {
    type_: ResourceType.STRING if type_ is DataType.HEX_STRING else ResourceType(type_)
    for type_ in DataType
}


def parse_value(type_: DataType, text: str) -> Value:
    """The value that `<value>` stands for; 601 where it does not fit its type (decision 41)."""
    match type_:
        case DataType.STRING:
            return as_text(text.encode("latin-1"))
        case DataType.OPAQUE:
            return _hex(text)
        case DataType.HEX_STRING:
            return as_text(_hex(text))
        case DataType.INTEGER:
            return _integer(text)
        case DataType.FLOAT:
            return _float(text)
        case DataType.BOOLEAN:
            return _boolean(text)


def as_text(raw: bytes) -> str:
    """Bytes as the engine holds text: what is no UTF-8 survives as surrogate escapes."""
    return raw.decode("utf-8", "surrogateescape")


def _hex(text: str) -> bytes:
    if not _HEX.match(text):
        raise Failed(Fault.SYNTAX)
    return bytes.fromhex(text)


def _integer(text: str) -> int:
    if not _INTEGER.match(text) or not INTEGER_MIN <= int(text) <= INTEGER_MAX:
        raise Failed(Fault.SYNTAX)
    return int(text)


def _float(text: str) -> float:
    value = float(text) if _FLOAT.match(text) else float("inf")
    if value in (float("inf"), float("-inf")):
        raise Failed(Fault.SYNTAX)
    return value


def _boolean(text: str) -> bool:
    try:
        return _BOOLEANS[text.lower()]
    except KeyError:
        raise Failed(Fault.SYNTAX) from None


@dataclass(frozen=True, slots=True)
class Printed:
    """`<type>,<len>,<value>` of one +MIPLWRITE line."""

    type: int
    length: int
    text: str


class Printer:
    """Prints what the platform writes (manual 3.12, decision 34)."""

    def __init__(self, quirks: Quirks) -> None:
        self._undeclared = quirks.write_undeclared
        self._opaque_len = quirks.write_opaque_len
        self._quotes = quirks.write_string_quotes == "on"
        self._overflow = quirks.float_overflow
        self._raw = quirks.unsafe_string == "raw"
        self._upper = quirks.hex_case == "upper"

    def print(
        self,
        entry: RawEntry,
        declared: DataType | None,
        otherwise: DataType = DataType.HEX_STRING,
    ) -> Printed:
        """The fields for a received value; ContentError where its bytes do not fit `declared`.

        `otherwise` is the platform's type for what was not declared.
        """
        undeclared = otherwise if self._undeclared == "auto" else DataType(self._undeclared)
        match declared:
            case None:
                return self._undeclared_value(entry.raw, undeclared)
            case DataType.STRING:
                return self._string(entry.raw, undeclared)
            case DataType.OPAQUE if entry.form is Form.JSON:
                return self._opaque(declared, _octets(entry))
            case DataType.OPAQUE | DataType.HEX_STRING:
                return self._opaque(declared, entry.raw)
            case DataType.INTEGER:
                return _plain(declared, str(entry.as_type(ResourceType.INTEGER)))
            case DataType.BOOLEAN:
                return _plain(declared, str(int(bool(entry.as_type(ResourceType.BOOLEAN)))))
            case DataType.FLOAT:
                return _plain(declared, self._float(entry))

    def is_unsafe(self, raw: bytes) -> bool:
        """Whether printing these bytes as text would forge lines."""
        return not self._raw and UNSAFE.search(raw.decode("latin-1")) is not None

    def hex(self, raw: bytes) -> str:
        """Bytes as hex digits in this modem's case."""
        return raw.hex().upper() if self._upper else raw.hex()

    def _undeclared_value(self, raw: bytes, type_: DataType) -> Printed:
        if type_ is DataType.STRING and not self.is_unsafe(raw):
            return self._string(raw, type_)
        return self._opaque(type_, raw)

    def _string(self, raw: bytes, undeclared: DataType) -> Printed:
        if self.is_unsafe(raw):
            return self._opaque(undeclared, raw)
        text = raw.decode("latin-1")
        return Printed(DataType.STRING, len(text), f'"{text}"' if self._quotes else text)

    def _opaque(self, type_: DataType, raw: bytes) -> Printed:
        text = self.hex(raw)
        return Printed(type_, len(raw) if self._opaque_len == "bytes" else len(text), text)

    def _float(self, entry: RawEntry) -> str:
        value = entry.as_type(ResourceType.FLOAT)
        assert isinstance(value, float)
        return _limited(shortest_decimal(value, entry.float_width), self._overflow)


def _octets(entry: RawEntry) -> bytes:
    """JSON spells opaque values in Base64 (LwM2M 1.0, 6.4.4)."""
    value = entry.as_type(ResourceType.OPAQUE)
    assert isinstance(value, bytes)
    return value


def _plain(type_: DataType, text: str) -> Printed:
    return Printed(type_, len(text), text)


def _limited(text: str, overflow: str) -> str:
    """At most ten digits before the point and nine after it (manual 3.12)."""
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    whole, _, fraction = digits.partition(".")
    if len(whole) <= WHOLE_DIGITS and len(fraction) <= FRACTION_DIGITS:
        return text
    if overflow == "garbage":  # the digits of an overflown 32-bit integer (chosen)
        return "-2147483648.000000000"
    whole, fraction = whole[:WHOLE_DIGITS], fraction[:FRACTION_DIGITS].rstrip("0")
    return sign + whole + (f".{fraction}" if fraction else "")
