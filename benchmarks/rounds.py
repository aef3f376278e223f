"""Interleaved rounds: every subject once per round, so that drift of the machine hits all alike."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Figure:
    """Medians of one subject, one per round, in `unit`."""

    subject: str
    unit: str
    values: tuple[float, ...]

    @property
    def middle(self) -> float:
        return median(self.values)


def interleave(
    subjects: Mapping[str, Callable[[], float]], rounds: int, unit: str
) -> tuple[Figure, ...]:
    """Call every subject `rounds` times in turn; each call gives one figure in `unit`."""
    values: dict[str, list[float]] = {name: [] for name in subjects}
    for _ in range(rounds):
        for name, measure in subjects.items():
            values[name].append(measure())
    return tuple(Figure(name, unit, tuple(found)) for name, found in values.items())


def ratios(figure: Figure, base: Figure) -> list[float]:
    """Round by round, and so of two figures of the same moment."""
    return [mine / theirs for mine, theirs in zip(figure.values, base.values, strict=True)]
