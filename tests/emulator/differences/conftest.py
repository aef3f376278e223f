"""Dialogues as they are read: `> ` what the host says, `< ` the module, every 20 ms."""

from collections.abc import Callable

import pytest

from emulator.differences.dialogue import Said

Dialogue = Callable[..., tuple[Said, ...]]


@pytest.fixture
def dialogue() -> Dialogue:
    """`dialogue("> AT", "< OK", step=0.02)`."""

    def make(*lines: str, step: float = 0.02) -> tuple[Said, ...]:
        return tuple(
            Said("host" if line[0] == ">" else "module", line[2:], round(number * step, 6))
            for number, line in enumerate(lines, 1)
        )

    return make
