"""Trials that pass from process to process."""

import json
from collections.abc import Callable

import pytest

from emulator.differences.comparing import LINES_LIMIT
from emulator.differences.dialogue import Said
from emulator.differences.suite import common_name, packed, unpacked
from emulator.differences.table import Trial, table


@pytest.mark.parametrize(
    ("nodeid", "parameters", "model", "name"),
    [
        ("t.py::test[MN316]", "MN316", "MN316", "t.py::test"),
        ("t.py::test[MN316-S]", "MN316-S", "MN316-S", "t.py::test"),
        ("t.py::test[MN316-S-a]", "MN316-S-a", "MN316-S", "t.py::test[a]"),
        ("t.py::test[a-M5310-A-b]", "a-M5310-A-b", "M5310-A", "t.py::test[a-b]"),
        ("t.py::test[a-M5310-A]", "a-M5310-A", "M5310-A", "t.py::test[a]"),
    ],
)
def test_a_test_has_one_name_for_all_models(
    nodeid: str, parameters: str, model: str, name: str
) -> None:
    assert common_name(nodeid, parameters, model) == name


def test_a_trial_comes_out_as_it_went_in(dialogue: Callable[..., tuple[Said, ...]]) -> None:
    trial = Trial("a", "MN316", "failed", "why", dialogue("> AT", "< OK"))
    assert unpacked(json.loads(json.dumps(packed(trial)))) == trial


def test_a_long_dialogue_is_cut_and_it_shows(
    dialogue: Callable[..., tuple[Said, ...]],
) -> None:
    long = dialogue("> AT", "< OK") * LINES_LIMIT
    trials = [unpacked(packed(Trial("a", model, "passed", "", long))) for model in ("M1", "M2")]
    found = table(trials).rows[0].cells[1].found
    assert found is not None and found.cut == 2
