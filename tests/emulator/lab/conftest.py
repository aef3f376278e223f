"""A lab of its own for each test."""

import sys
from collections.abc import Iterator

import pytest

from emulator.lab.lab import Lab
from emulator.lab.modem import LabModem


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab(seed=1, limit=20.0) as lab:
        yield lab


@pytest.fixture
def module(lab: Lab) -> LabModem:
    return lab.modem(timing="fast")


def python(text: str) -> tuple[str, str, str]:
    """The words that run it as a host."""
    return sys.executable, "-c", text
