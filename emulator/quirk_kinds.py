"""What may be written as the value of a quirk: one of several words, a number, some of several."""

from dataclasses import dataclass
from typing import Any

NUMBER = "number"  # in `values`: any number that is not negative


@dataclass(frozen=True, slots=True)
class AnyOf:
    """In `values`: some of `parts`, as a tuple in their order; written `one+other` or `none`."""

    parts: tuple[Any, ...]

    def __str__(self) -> str:
        return f"none, or any of {', '.join(map(str, self.parts))} joined by +"

    def read(self, value: Any) -> tuple[Any, ...] | None:
        """The parts that `value`, a text or several parts, stands for; None if it is wrong."""
        several = isinstance(value, tuple | list | set | frozenset)
        words = [str(part).strip() for part in (value if several else str(value).split("+"))]
        if words == ["none"]:
            words = []
        if not set(words) <= set(map(str, self.parts)):
            return None
        return tuple(part for part in self.parts if str(part) in words)


@dataclass(frozen=True, slots=True)
class Between:
    """In `values`: any number from `least` to `most`."""

    least: float
    most: float

    def __str__(self) -> str:
        return f"{self.least:g} to {self.most:g}"

    def read(self, value: Any) -> float | None:
        """The number that `value` stands for; None if it is none, or outside."""
        found = number(value)
        return found if found is not None and self.least <= found <= self.most else None


def read(allowed: Any, value: Any) -> Any:
    """`value` as this entry of `values` has it; None if it is something else."""
    if isinstance(allowed, AnyOf | Between):
        return allowed.read(value)
    if allowed == NUMBER:
        return number(value)
    return allowed if str(allowed) == str(value) else None


def choice(value: Any) -> str:
    """An entry of `values` for people; nothing for a default that another entry covers."""
    if isinstance(value, float):  # a default, which the figure beside it covers
        return ""
    return "a number from 0 up" if value == NUMBER else str(value)


def number(value: Any) -> float | None:
    """A number that is not negative; None for anything else."""
    try:
        found = float(value)
    except (TypeError, ValueError):
        return None
    return found if 0 <= found < float("inf") else None


def written(value: Any) -> str:
    """A value as NAME=VALUE has it; `checked` reads it back."""
    if isinstance(value, tuple):
        return "+".join(map(str, value)) or "none"
    return f"{value:.15g}" if isinstance(value, float) else str(value)
