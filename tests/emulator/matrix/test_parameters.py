"""Every parameter missing, empty, surplus, out of range, of the wrong type or with a quote that is
never closed, for every model in every login state: refused before anything else is looked at."""

import pytest

from tests.emulator.matrix.bench import Bench
from tests.emulator.matrix.faults import cases
from tests.emulator.matrix.tables import MODELS, ROWS, STATES, Model


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("model", MODELS, ids=str)
def test_every_fault_in_every_parameter(bench: Bench, model: Model, state: str) -> None:
    """Decisions 4, 7, 8 and 41; the ends of a range are taken, and what was refused has changed
    nothing."""
    complaints = bench.complaints(cases(model, state))
    unchanged = [row for row in ROWS if not (row.changes or row.undo or row.first)]
    complaints += bench.complaints(bench.rows(unchanged))
    assert not complaints, "\n" + "\n".join(complaints)
