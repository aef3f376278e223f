"""Times as counts in classes: small enough to be shared by processes, exact to 6 %."""

import math
from collections.abc import Sequence
from typing import Final

LEAST: Final = 1e-5
"""Seconds; what is shorter counts as this."""

PER_DECADE: Final = 20
DECADES: Final = 8
CLASSES: Final = PER_DECADE * DECADES + 1
"""From 10 µs to 1000 s; what is longer is in the last one."""


def class_of(seconds: float) -> int:
    """Where a time is counted."""
    if seconds <= LEAST:
        return 0
    return min(math.ceil(math.log10(seconds / LEAST) * PER_DECADE), CLASSES - 1)


def edge(number: int) -> float:
    """The longest time of a class, in seconds."""
    return float(LEAST * 10 ** (number / PER_DECADE))


def quantile(counts: Sequence[int], share: float) -> float | None:
    """The time that `share` (0 to 1) of all do not exceed; None where there are none."""
    total = sum(counts)
    if not total:
        return None
    wanted, seen = math.ceil(share * total) or 1, 0
    for number, count in enumerate(counts):
        seen += count
        if seen >= wanted:
            return edge(number)
    return edge(CLASSES - 1)
