"""The bench of a test that is parametrized by model and state."""

from collections.abc import Callable

import pytest

from tests.desk import Desk
from tests.emulator.matrix.bench import Bench
from tests.emulator.matrix.tables import Model


@pytest.fixture
def bench(desk: Callable[..., Desk], model: Model, state: str) -> Bench:
    return Bench(lambda: desk(model=model.name, timing="fast"), model, state)
