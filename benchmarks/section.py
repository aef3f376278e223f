"""One measurement as it is asked for, and what is asked of its figures."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

from benchmarks.rounds import Figure, ratios
from benchmarks.size import Size

TIME = "Where the time goes: {}"
MEMORY = "Where the memory goes: a modem with a pty, registered, before its first value"


@dataclass(frozen=True, slots=True)
class Goal:
    """`subject` is to be `at_most` or `at_least` so much: in its unit, or where there is a
    `reference` as a ratio to it, round by round. `why` it is missed where it is, as far as that is
    known, and the heading of the `account` that it is seen in."""

    subject: str
    reference: str | None = None
    at_most: float | None = None
    at_least: float | None = None
    why: str = ""
    account: str = ""

    def reached(self, figures: tuple[Figure, ...]) -> float:
        """What there is instead."""
        by_subject = {figure.subject: figure for figure in figures}
        mine = by_subject[self.subject]
        if self.reference is None:
            return mine.middle
        return median(ratios(mine, by_subject[self.reference]))

    def document(self, figures: tuple[Figure, ...]) -> dict[str, Any]:
        reached = self.reached(figures)
        low = self.at_least is None or reached >= self.at_least
        high = self.at_most is None or reached <= self.at_most
        return {
            "subject": self.subject,
            "reference": self.reference,
            "at_most": self.at_most,
            "at_least": self.at_least,
            "reached": reached,
            "met": low and high,
            "why": self.why,
            "account": self.account,
        }


@dataclass(frozen=True, slots=True)
class Section:
    """`name` is what --only takes. `title` may name the `{crowd}` and `{dtls_crowd}` of a run.
    `references` are those of its subjects that the others are compared with; they may be missing
    where a program is not installed. `repeats`: another section runs the same programs, which is
    enough to see that they run."""

    name: str
    title: str
    measure: Callable[[Size], tuple[Figure, ...]]
    references: tuple[str, ...]
    goals: tuple[Goal, ...] = ()
    repeats: bool = False

    def document(self, size: Size) -> dict[str, Any]:
        """Measured, as JSON has it."""
        figures = self.measure(size)
        subjects = {figure.subject for figure in figures}
        return {
            "name": self.name,
            "title": self.title.format(crowd=size.crowd, dtls_crowd=size.dtls_crowd),
            "references": [name for name in self.references if name in subjects],
            "figures": [
                {"subject": f.subject, "unit": f.unit, "values": list(f.values)} for f in figures
            ],
            "goals": [goal.document(figures) for goal in self.goals if goal.subject in subjects],
        }
