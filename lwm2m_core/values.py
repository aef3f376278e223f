"""The values of resources, and what a peer's bytes are when they are none."""

import math
import re
from enum import IntEnum

from lwm2m_core.errors import EngineError

Value = str | bytes | int | float | bool
"""What a resource holds. A `str` keeps bytes that are no UTF-8 as surrogate escapes (PEP 383):
<type> 6 of the manual sends arbitrary bytes as a string (3.9, footnote 2)."""

_NO_ESCAPE = re.compile("[\ud800-\udc7f\udd00-\udfff]")
"""Surrogates that stand for no byte."""

INTEGER_RANGE = range(-(2**63), 2**63)
"""LwM2M integers have up to 64 bits, signed (LwM2M 1.0, Appendix C)."""


class ResourceType(IntEnum):
    """<type> of the manual (3.9). Its 6, hex text, is a STRING by the time it gets here."""

    STRING = 1
    OPAQUE = 2
    INTEGER = 3
    FLOAT = 4
    BOOLEAN = 5


class ContentError(Exception):
    """The peer's payload, or one of its parameters, is not what it has to be."""


def check_value(type_: ResourceType, value: Value) -> None:
    """EngineError unless `value` is a value of `type_`: floats finite, integers within 64 bits."""
    if not _fits(type_, value):
        raise EngineError(f"{value!r} is no {type_.name}")


def _fits(type_: ResourceType, value: Value) -> bool:
    match type_:
        case ResourceType.STRING:
            return isinstance(value, str) and _NO_ESCAPE.search(value) is None
        case ResourceType.OPAQUE:
            return isinstance(value, bytes)
        case ResourceType.INTEGER:
            return isinstance(value, int) and not isinstance(value, bool) and value in INTEGER_RANGE
        case ResourceType.FLOAT:
            return isinstance(value, float) and math.isfinite(value)
        case ResourceType.BOOLEAN:
            return isinstance(value, bool)
