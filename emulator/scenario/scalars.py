"""What a scalar stands for by the core schema of YAML 1.2 (its section 10.3.2)."""

import re
from typing import Final

from emulator.scenario.nodes import Scalar

Plain = str | int | float | bool | None

_NULLS: Final = ("", "~", "null", "Null", "NULL")
_TRUTHS: Final = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?[0-9]+")
_OCTAL, _HEX = re.compile("0o[0-7]+"), re.compile("0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_INFINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")

DIGITS_LIMIT: Final = 300
"""Characters of a number; longer ones are taken for texts."""


def resolved(scalar: Scalar) -> Plain:
    """The value that readers of YAML 1.2 see; text for what is in quotes."""
    text = scalar.text
    if not scalar.plain or len(text) > DIGITS_LIMIT:
        return text
    if text in _NULLS:
        return None
    if text in _TRUTHS:
        return _TRUTHS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _OCTAL.fullmatch(text) or _HEX.fullmatch(text):
        return int(text, 0)
    if _FLOAT.fullmatch(text):
        return float(text)
    if _INFINITE.fullmatch(text):
        return float(text.replace(".", ""))
    return text
