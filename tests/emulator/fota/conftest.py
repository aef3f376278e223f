"""A module that is logged in, and the platform that updates it."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.emulator.fota.platform import Platform


@pytest.fixture
def platform(desk: Any) -> Callable[..., Platform]:
    """`platform(model="MN316", quirks={…})`: a module with object 3200, registered."""

    def make(**settings: Any) -> Platform:
        table = desk(**settings)
        table.log_in()
        return Platform(table)

    return make
