"""Where the values of reports come from. Each modem has a series of its own, which follows its
seed."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

DECIMALS: Final = 2
"""Digits behind the point of a value that is not whole."""

ROWS_LIMIT: Final = 100_000
"""Rows that are taken from one CSV file."""

VALUE_LIMIT: Final = 200
"""Characters of one value."""


class Chance(Protocol):
    """What `random.Random` does of what is needed here."""

    def uniform(self, a: float, b: float) -> float: ...


Number = float
NextValue = Callable[[float], float | str]
"""The value at a time, in seconds since the modem began to report."""


@dataclass(frozen=True, slots=True)
class Constant:
    value: str

    def begun(self, chance: Chance, number: int) -> NextValue:
        return lambda at: self.value


@dataclass(frozen=True, slots=True)
class Ramp:
    """`step` more each time; beyond `most` it begins anew at `least`."""

    least: float
    most: float
    step: float

    def begun(self, chance: Chance, number: int) -> NextValue:
        next_value = self.least

        def value(at: float) -> float:
            nonlocal next_value
            current, next_value = next_value, next_value + self.step
            if next_value > self.most:
                next_value = self.least
            return current

        return value


@dataclass(frozen=True, slots=True)
class Walk:
    """Each time at most `step` more or less than before, never beyond `least` and `most`."""

    start: float
    step: float
    least: float
    most: float

    def begun(self, chance: Chance, number: int) -> NextValue:
        current = self.start

        def value(at: float) -> float:
            nonlocal current
            before = current
            moved = current + chance.uniform(-self.step, self.step)
            current = min(max(moved, self.least), self.most)
            return before

        return value


@dataclass(frozen=True, slots=True)
class Sine:
    """Once around in `period` seconds; each modem begins somewhere else in it."""

    mean: float
    amplitude: float
    period: float

    def begun(self, chance: Chance, number: int) -> NextValue:
        begin = chance.uniform(0, self.period)

        def value(at: float) -> float:
            turn = 2 * math.pi * ((at + begin) / self.period)
            return self.mean + self.amplitude * math.sin(turn)

        return value


@dataclass(frozen=True, slots=True)
class Replay:
    """The rows of a file, over and over; modem n begins with row n."""

    rows: tuple[str, ...]

    def begun(self, chance: Chance, number: int) -> NextValue:
        row = number - 1

        def value(at: float) -> str:
            nonlocal row
            row = (row + 1) % len(self.rows)
            return self.rows[row]

        return value


Series = Constant | Ramp | Walk | Sine | Replay


def is_number(text: str, whole: bool) -> bool:
    """Whether a type of resource that has numbers can have this one."""
    try:
        value = float(text)
    except ValueError:
        return False
    return math.isfinite(value) and (not whole or value.is_integer())


def spelt(value: float | str, whole: bool) -> str:
    """A value as AT+MIPLNOTIFY takes it."""
    if isinstance(value, str):
        return str(int(float(value))) if whole else value
    return str(round(value)) if whole else f"{value:.{DECIMALS}f}"
