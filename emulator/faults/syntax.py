"""How the arguments of a fault are read, from words and from mappings alike, and written."""

import re
from collections.abc import Callable
from dataclasses import MISSING, dataclass, field
from typing import Any, Final, Literal

from emulator.faults.words import quoted

TIME_LIMIT: Final = 1e9  # seconds, thirty years
COUNT_LIMIT: Final = 1_000_000

_UNITS: Final = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
_SECONDS = re.compile(r"([0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?)(ms|s|min|h|d)", re.ASCII)
_CODE = re.compile(r"([2-5])\.([0-9]{2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Syntax:
    """`read` gives None for what is not `expected`; `quotes`: whether it stands in them."""

    expected: str
    read: Callable[[object], Any]
    write: Callable[[Any], str] = str
    quotes: Literal["no", "yes", "may"] = "no"


def _seconds(value: object) -> float | None:
    """A number is one of seconds; in a text its unit stands behind it, lest 500 be taken for ms."""
    if isinstance(value, str) and (found := _SECONDS.fullmatch(value)):
        number = float(found[1])
        value = number / 1000 if found[2] == "ms" else number * _UNITS[found[2]]
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= TIME_LIMIT else None


def seconds_text(seconds: float) -> str:
    """`5s`, `0.25s`; read back it is the same number."""
    return f"{int(seconds)}s" if seconds == int(seconds) else f"{seconds!r}s"


def _integer(value: object) -> int | None:
    if isinstance(value, str) and re.fullmatch("[0-9]{1,7}", value, re.ASCII):
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _count(value: object) -> int | None:
    number = _integer(value)
    return number if number is not None and 1 <= number <= COUNT_LIMIT else None


def _offset(value: object) -> int | None:
    number = _integer(value)
    return number if number is not None and 0 <= number <= COUNT_LIMIT else None


def _chance(value: object) -> float | None:
    if isinstance(value, str):
        percent = value.endswith("%")
        try:
            value = float(value.removesuffix("%")) / (100 if percent else 1)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 < value <= 1 else None


def _error_code(value: object) -> int | Literal["ok"] | None:
    """A number that `+CIS ERROR:` can carry, or `ok`."""
    if isinstance(value, str) and value.lower() == "ok":
        return "ok"
    number = _integer(value)
    return number if number is not None and 0 <= number <= 9999 else None


def _response(value: object) -> str | None:
    text = f"{value:.2f}" if isinstance(value, float) else value
    found = _CODE.fullmatch(text) if isinstance(text, str) else None
    return found[0] if found and int(found[2]) <= 31 else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


SECONDS = Syntax("a time such as 5s, 500ms or 2min", _seconds, seconds_text)
COUNT = Syntax(f"a number from 1 to {COUNT_LIMIT}", _count)
OFFSET = Syntax("a number of bytes", _offset)
CHANCE = Syntax("a probability above 0 and up to 1, such as 0.1 or 10%", _chance, repr)
ERROR_CODE = Syntax("a number of +CIS ERROR, such as 652, or ok", _error_code)
RESPONSE = Syntax("a CoAP code from 2.00 to 5.31", _response)
TEXT = Syntax('a text in quotes, such as "+MIPLEVENT: 0,33"', _text, quoted, "yes")


@dataclass(frozen=True, slots=True)
class Arg:
    """One argument: `one` and `many` by their place, `key` behind their name, `word` one of
    `words`, which stands for itself."""

    how: Literal["one", "many", "key", "word"]
    syntax: Syntax
    words: tuple[str, ...] = ()


def one(syntax: Syntax, default: Any = MISSING) -> Any:
    return field(default=default, metadata={"arg": Arg("one", syntax)})


def many(syntax: Syntax, default: Any = MISSING) -> Any:
    return field(default=default, metadata={"arg": Arg("many", syntax)})


def key(syntax: Syntax, default: Any) -> Any:
    return field(default=default, metadata={"arg": Arg("key", syntax)})


def word(*words: str, default: str = "") -> Any:
    def read(value: object) -> str | None:
        if value is True and len(words) == 1:
            return words[0]
        return value if isinstance(value, str) and value in words else None

    return field(
        default=default, metadata={"arg": Arg("word", Syntax(" or ".join(words), read), words)}
    )
