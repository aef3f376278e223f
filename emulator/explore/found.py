"""What a search has found."""

from collections import Counter
from dataclasses import dataclass, field

from emulator.explore.judging import Observed, Outcome, Verdict
from emulator.explore.placement import Placement
from emulator.explore.sheet import Sheet


@dataclass(frozen=True, slots=True)
class Break:
    """A collision that a host does not live through. `steady`: it did so each time."""

    placed: Placement
    why: str
    observed: Observed
    steady: bool = True


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one placement."""

    placed: Placement
    verdict: Verdict


@dataclass(slots=True)
class Found:
    """The result of a search. `first`: the first break, `least`: the simplest that breaks it, too.
    `unsteady`: placements that broke the host once and then no more. `planned`: how many placements
    there were, `left_out` those that only `every` has. `warning`: about the undisturbed lives.
    `kept`: the file of the scenario that repeats the simplest."""

    sheet: Sheet
    planned: int
    left_out: int
    kinds: tuple[str, ...] = ()
    warning: str = ""
    tried: list[Tried] = field(default_factory=list)
    breaks: list[Break] = field(default_factory=list)
    least: Break | None = None
    unsteady: list[Tried] = field(default_factory=list)
    shrunk: int = 0
    seconds: float = 0.0
    kept: str = ""

    @property
    def first(self) -> Break | None:
        return self.breaks[0] if self.breaks else None

    def count(self, outcome: Outcome) -> int:
        return sum(each.verdict.outcome == outcome for each in self.tried)

    @property
    def by_position(self) -> dict[tuple[str, Outcome], int]:
        """How many placements of each position had which outcome."""
        return Counter((each.placed.position, each.verdict.outcome) for each in self.tried)
