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


def table(figures: tuple[Figure, ...], reference: str) -> list[str]:
    """Markdown rows: median of the rounds, their spread, and the ratio round by round."""
    base = next(figure for figure in figures if figure.subject == reference)
    lines = [
        f"| subject | median ({base.unit}) | min–max | ratio to {reference} (median, min–max) |",
        "| --- | --- | --- | --- |",
    ]
    for figure in figures:
        ratios = [mine / theirs for mine, theirs in zip(figure.values, base.values, strict=True)]
        spread = f"{min(ratios):.2f}–{max(ratios):.2f}"
        lines.append(
            f"| {figure.subject} | {figure.middle:.1f} | {min(figure.values):.1f}–"
            f"{max(figure.values):.1f} | {median(ratios):.2f}, {spread} |"
        )
    return lines
