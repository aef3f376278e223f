"""Stages for transcripts."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from emulator.modem import ModemSettings
from tests.server import Server
from tests.transcripts.stages import Ring, Stage, make


@pytest.fixture
def stage() -> Iterator[Callable[..., Stage]]:
    """Makes modules with a platform: `stage("pty", server, model="MN316", quirks={…})`."""
    made: list[Stage] = []

    def build(ring: Ring, server: Server, **settings: Any) -> Stage:
        timing = {"timing": "fast"} if ring == "pty" else {}
        wanted = ModemSettings(**{"strict": True, "seed": 1, **timing, **settings})
        made.append(make(ring, wanted, server))
        return made[-1]

    yield build
    for stage in made:
        stage.close()
