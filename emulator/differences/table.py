"""One test or one host program with several models: what came of each, next to a reference.

A `Trial` is what came of one model; `table` puts those of one name side by side, in the order in
which the models first come. The first model is the reference.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal

from emulator.differences.comparing import Comparison, compared
from emulator.differences.dialogue import Said
from emulator.differences.timing import Pace, Slower, pace_of, slowest_change

Outcome = Literal["passed", "failed", "skipped"]

SHOWN_LIMIT: Final = 20  # differences that are shown of one trial; the others are counted


@dataclass(frozen=True, slots=True)
class Trial:
    """`name`: of the test or the program. `reason`: why it failed or was skipped, in one line."""

    name: str
    model: str
    outcome: Outcome
    reason: str = ""
    dialogue: tuple[Said, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Cell:
    """`found` and `slower` compare with the reference; None of the reference itself."""

    trial: Trial
    pace: Pace
    found: Comparison | None = None
    slower: Slower | None = None

    @property
    def is_same(self) -> bool:
        """Whether the outcome was passed and the dialogue was that of the reference."""
        return self.trial.outcome != "failed" and (self.found is None or self.found.is_same)


@dataclass(frozen=True, slots=True)
class Row:
    """All models of one name; the reference first."""

    name: str
    cells: tuple[Cell, ...]

    def of(self, model: str) -> Cell | None:
        return next((cell for cell in self.cells if cell.trial.model == model), None)


@dataclass(frozen=True, slots=True)
class Table:
    models: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def has_failed(self) -> bool:
        return any(cell.trial.outcome == "failed" for row in self.rows for cell in row.cells)

    @property
    def is_same(self) -> bool:
        """Whether nothing failed and every dialogue was that of the reference."""
        return all(cell.is_same for row in self.rows for cell in row.cells)


def table(trials: Iterable[Trial]) -> Table:
    """Of trials with one model and name the last counts."""
    by_name: dict[str, dict[str, Trial]] = {}
    models: dict[str, None] = {}
    for trial in trials:
        by_name.setdefault(trial.name, {})[trial.model] = trial
        models.setdefault(trial.model)
    return Table(tuple(models), tuple(_row(name, by_name[name], models) for name in by_name))


def _row(name: str, trials: dict[str, Trial], models: Iterable[str]) -> Row:
    present = [trials[model] for model in models if model in trials]
    reference = present[0]
    cells = [Cell(reference, pace_of(reference.dialogue))]
    for trial in present[1:]:
        found = compared(reference.dialogue, trial.dialogue)
        slower = slowest_change(reference.dialogue, trial.dialogue, found)
        cells.append(Cell(trial, pace_of(trial.dialogue), found, slower))
    return Row(name, tuple(cells))
