"""The scenarios of examples/ play as they are written, and fail without what they are about."""

from dataclasses import replace
from pathlib import Path

import pytest

from emulator.scenario.files import to_play
from emulator.scenario.stage import play

FILES = sorted((Path(__file__).parents[2] / "examples" / "scenarios").glob("*.yaml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_scenario_plays_as_it_is_written(file: Path) -> None:
    over = play(to_play(file))
    assert over.failure is None, over.failure


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_it_fails_when_its_events_do_not_happen(file: Path) -> None:
    scenario = to_play(file)
    assert play(replace(scenario, events=())).failure is not None
