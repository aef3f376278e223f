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


def table(figures: tuple[Figure, ...], *references: str) -> list[str]:
    """Markdown rows: median of the rounds, their spread, and the ratios round by round."""
    bases = [next(figure for figure in figures if figure.subject == name) for name in references]
    ratios = "".join(f" ratio to {name} (median, min–max) |" for name in references)
    lines = [
        f"| subject | median ({bases[0].unit}) | min–max |{ratios}",
        "| --- | --- | --- |" + " --- |" * len(bases),
    ]
    for figure in figures:
        spread = f"{min(figure.values):.1f}–{max(figure.values):.1f}"
        row = f"| {figure.subject} | {figure.middle:.1f} | {spread} |"
        lines.append(row + "".join(f" {_ratio(figure, base)} |" for base in bases))
    return lines


def _ratio(figure: Figure, base: Figure) -> str:
    ratios = [mine / theirs for mine, theirs in zip(figure.values, base.values, strict=True)]
    return f"{median(ratios):.2f}, {min(ratios):.2f}–{max(ratios):.2f}"
