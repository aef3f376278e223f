"""Where the lines of a plot's grid are, and what is written there. Numbers that people like."""

from math import ceil, floor, log10
from typing import Final

INTERVALS: Final = 4
"""Of an axis, at most, but for a rounding."""

_CLOCK: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200)
_DAY: Final = 86400


def ticks(most: float, *, whole: bool = False) -> list[float]:
    """From 0 to a round number not less than `most`; `whole`: of things that are counted."""
    step = _round(max(most, 1e-6) / INTERVALS)
    if whole:
        step = max(1.0, step)
    return [float(f"{number * step:.6g}") for number in range(max(1, ceil(most / step - 1e-9)) + 1)]


def _round(least: float) -> float:
    """The first of 1, 2, 5, 10, … and their tenths that is not less."""
    unit = 10.0 ** floor(log10(least))
    return next(each * unit for each in (1, 2, 5, 10) if each * unit >= least * (1 - 1e-9))


def moments(end: float) -> list[float]:
    """Seconds from 0 on that are not after `end`: round in the way of clocks."""
    least = end / 6
    step = next((each for each in _CLOCK if each >= least), None) or _DAY * ceil(least / _DAY)
    return [float(each * step) for each in range(floor(end / step) + 1)] if end > 0 else [0.0]


def clock(seconds: float) -> str:
    """`40 s`, `1:30 min`, `2:05 h`; no part that is 0."""
    for unit, size, part in (("h", 3600, 60), ("min", 60, 1)):
        if seconds >= size:
            big, rest = divmod(round(seconds / part), size // part)
            return f"{big}:{rest:02d} {unit}" if rest else f"{big} {unit}"
    return f"{seconds:.0f} s"
