"""The scenarios of examples/ play as they are written, and fail without what they are about."""

from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
import yaml

from emulator.scenario.files import to_play
from emulator.scenario.schema import schema
from emulator.scenario.stage import play

FILES = sorted((Path(__file__).parents[2] / "examples" / "scenarios").glob("*.yaml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_scenario_plays_as_it_is_written(file: Path) -> None:
    over = play(to_play(file))
    assert over.failure is None, over.failure


def test_an_editor_finds_nothing_wrong() -> None:
    """Not even one that reads YAML 1.1, where on and off are booleans."""
    validator = jsonschema.Draft7Validator(schema())
    for file in FILES:
        validator.validate(yaml.safe_load(file.read_text("utf-8")))


EVENTFUL = [file for file in FILES if to_play(file).events]


@pytest.mark.parametrize("file", EVENTFUL, ids=lambda file: file.stem)
def test_it_fails_without_any_of_its_events(file: Path) -> None:
    scenario = to_play(file)
    for left_out in scenario.events:
        others = (event for event in scenario.events if event is not left_out)
        events = tuple(replace(event, number=n) for n, event in enumerate(others))
        assert play(replace(scenario, events=events)).failure is not None, left_out


FAULTY = [file for file in FILES if to_play(file).faults]


@pytest.mark.parametrize("file", FAULTY, ids=lambda file: file.stem)
def test_it_fails_without_any_of_its_faults(file: Path) -> None:
    scenario = to_play(file)
    for left_out in scenario.faults:
        others = tuple(fault for fault in scenario.faults if fault is not left_out)
        assert play(replace(scenario, faults=others)).failure is not None, left_out
