"""Values as text: text/plain bodies and decimal numbers (LwM2M 1.0, Appendix C)."""

import binascii
import math
import re
import struct
from base64 import b64decode, b64encode
from decimal import ROUND_HALF_EVEN, ROUND_UP, Context, Decimal
from typing import Literal

from lwm2m_core.values import INTEGER_RANGE, ContentError, ResourceType, Value, check_value

_INTEGER = re.compile(rb"([+-]?)([0-9]+)")
_FLOAT = re.compile(rb"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_INTEGER_DIGITS = 19
"""Decimal digits of 2⁶³. Longer ones are refused before they are computed with."""

_SINGLE_DIGITS = 9
"""Significant decimal digits that tell any two such numbers apart (IEEE 754-2008, 5.12.2)."""


def encode_value(type_: ResourceType, value: Value) -> bytes:
    """The text/plain body of one value. EngineError if `value` is none of `type_`."""
    check_value(type_, value)
    return spell(value)


def spell(value: Value) -> bytes:
    """As `encode_value`, of a value that has been checked."""
    match value:
        case str():
            return value.encode("utf-8", "surrogateescape")
        case bytes():
            return b64encode(value)
        case bool():
            return b"1" if value else b"0"
        case int():
            return str(value).encode()
        case float():
            return shortest_decimal(value).encode()


def decode_value(type_: ResourceType, raw: bytes) -> Value:
    """The value of `type_` that a text/plain body spells. ContentError if it spells none.

    More is read than is written: leading zeros (conformance 1.0-int-205), a sign, an exponent.
    """
    match type_:
        case ResourceType.STRING:
            return decode_utf8(raw)
        case ResourceType.OPAQUE:
            return _base64(raw)
        case ResourceType.INTEGER:
            return _integer(raw)
        case ResourceType.FLOAT:
            return decode_float(raw)
        case ResourceType.BOOLEAN if raw in (b"0", b"1"):
            return raw == b"1"
    raise ContentError(f"not a boolean: {raw[:32]!r}")


def decode_utf8(raw: bytes) -> str:
    """ContentError instead of UnicodeDecodeError."""
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise ContentError("not UTF-8") from error


def decode_float(raw: bytes) -> float:
    """A finite number in decimal notation. ContentError for anything else."""
    value = float(raw) if _FLOAT.fullmatch(raw) else math.nan
    if not math.isfinite(value):
        raise ContentError(f"not a decimal number: {raw[:32]!r}")
    return value


def _integer(raw: bytes) -> int:
    found = _INTEGER.fullmatch(raw)
    digits = found[2].lstrip(b"0") if found else b""
    if found is None or len(digits) > _INTEGER_DIGITS:
        raise ContentError(f"not an integer: {raw[:32]!r}")
    value = int(found[1] + b"0" + digits)
    if value not in INTEGER_RANGE:
        raise ContentError(f"over 64 bits: {value}")
    return value


def _base64(raw: bytes) -> bytes:
    try:
        return b64decode(raw, validate=True)
    except binascii.Error as error:
        raise ContentError("not Base64") from error


def shortest_decimal(value: float, width: Literal[4, 8] = 8) -> str:
    """The shortest decimal, without exponent, that gives the same number again.

    `width` is the number of bytes the number came in: the single-precision number 0.1 is no longer
    than "0.1", though as a double it is 0.10000000149011612 (decision 34).
    """
    shortest = _shortest_single(value) if width == 4 else Decimal(repr(value))
    text = format(shortest, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _shortest_single(value: float) -> Decimal:
    exact = Decimal(value)
    for digits in range(1, _SINGLE_DIGITS):
        # Next to a power of two the nearest decimal may miss where the one above still hits:
        # the gap to the next number is twice as wide on that side.
        for rounding in (ROUND_HALF_EVEN, ROUND_UP):
            rounded = Context(prec=digits, rounding=rounding).create_decimal(exact)
            if _as_single(float(rounded)) == value:
                return rounded
    return Context(prec=_SINGLE_DIGITS, rounding=ROUND_HALF_EVEN).create_decimal(exact)


def _as_single(value: float) -> float:
    """The nearest single-precision number; infinity where that is out of range."""
    try:
        rounded: float = struct.unpack(">f", struct.pack(">f", value))[0]
    except OverflowError:
        return math.copysign(math.inf, value)
    return rounded
