"""What surrounds the module: whether a network is there, and what it is like."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import reduce
from typing import Any, Final

SIGNAL_MOST: Final = 31  # <rssi> of +CSQ: -51 dBm or more (27.007 8.5)


class ConditionError(Exception):
    """A condition was named or valued wrongly; the text says what was expected."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """`coverage`: whether there is a cell. `signal`: `<rssi>` of +CSQ, None for the profile's.
    `operator`: country and network code, None for the card's own; another one means roaming.
    `denied`: the network refuses the card (`<stat>` 3)."""

    coverage: bool = True
    signal: int | None = None
    operator: str | None = None
    denied: bool = False


def set_condition(conditions: Conditions, text: str) -> Conditions:
    """`conditions` with one changed, by `NAME=VALUE` as on the command line; an empty value is the
    usual one. ConditionError for what cannot be."""
    name, equals, value = text.partition("=")
    name = name.strip().lower()
    if not equals or name not in _READERS:
        near = get_close_matches(name, _READERS, 1)
        hint = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(_READERS)}"
        raise ConditionError(f"'{text}' is no condition of the network, NAME=VALUE{hint}")
    expected, read = _READERS[name]
    found = read(value.strip()) if value.strip() else getattr(Conditions(), name)
    if value.strip() and found is None:
        raise ConditionError(f"'{name}' is {expected}, not '{value}'")
    return replace(conditions, **{name: found})


def conditions_with(conditions: Conditions, changes: Mapping[str, Any]) -> Conditions:
    """`conditions` with these changed: values as `Conditions` has them, or as their texts; None is
    the usual one. ConditionError for what cannot be."""
    texts = (f"{name}={_text(value)}" for name, value in changes.items())
    return reduce(set_condition, texts, conditions)


def as_texts(conditions: Conditions) -> dict[str, str]:
    """Each as NAME=VALUE has it; empty: the usual one."""
    return {name: _text(getattr(conditions, name)) for name in _READERS}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return "" if value is None else str(value)


def _on_or_off(text: str) -> bool | None:
    return {"on": True, "off": False}.get(text)


def _signal(text: str) -> int | None:
    return int(text) if re.fullmatch("[0-9]{1,2}", text) and int(text) <= SIGNAL_MOST else None


def _operator(text: str) -> str | None:
    return text if re.fullmatch("[0-9]{5,6}", text) else None


_READERS: Final[Mapping[str, tuple[str, Callable[[str], Any]]]] = {
    "coverage": ("on or off", _on_or_off),
    "signal": (f"0 to {SIGNAL_MOST}", _signal),
    "operator": ("five or six digits", _operator),
    "denied": ("on or off", _on_or_off),
}
