"""Modules for the pure ring."""

from collections.abc import Callable
from typing import Any

import pytest

from emulator.modem import ModemSettings
from tests.desk import Desk


@pytest.fixture
def desk() -> Callable[..., Desk]:
    """Makes modules: `desk(model="MN316", dialect="field", quirks={…})`; bugs raise."""

    def make(**settings: Any) -> Desk:
        return Desk(ModemSettings(**{"strict": True, "seed": 1, **settings}))

    return make
