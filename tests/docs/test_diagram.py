"""The picture and the text of section 5.1 in docs/recordings.md."""

from collections.abc import Callable
from types import ModuleType


def test_they_are_what_the_program_draws(program: Callable[[str], ModuleType]) -> None:
    assert program("diagram").main(["--check"]) == 0, "run: .venv/bin/python docs/diagram.py"
