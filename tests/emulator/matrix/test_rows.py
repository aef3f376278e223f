"""Every command form x model x login state: the exact bytes of the answer."""

import pytest

from tests.emulator.matrix.bench import Bench
from tests.emulator.matrix.tables import MODELS, ROWS, STATES, Model


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("model", MODELS, ids=str)
def test_every_row(bench: Bench, model: Model, state: str) -> None:
    """What a row rests on stands in it."""
    complaints = bench.complaints(bench.rows(ROWS))
    assert not complaints, "\n" + "\n".join(complaints)
