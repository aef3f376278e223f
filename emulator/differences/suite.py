"""Trials on their way from the processes of a test run to the one that reports."""

from collections.abc import Mapping
from typing import Any

from emulator.differences.comparing import LINES_LIMIT
from emulator.differences.dialogue import Said
from emulator.differences.table import Trial


def packed(trial: Trial) -> dict[str, Any]:
    """In lists, texts and numbers alone; of the dialogue what is compared, and one line more, so
    that it shows that there were more."""
    lines = [[said.by, said.text, said.at] for said in trial.dialogue[: LINES_LIMIT + 1]]
    return {
        "name": trial.name,
        "model": trial.model,
        "outcome": trial.outcome,
        "reason": trial.reason,
        "dialogue": lines,
    }


def unpacked(trial: Mapping[str, Any]) -> Trial:
    """What `packed` made."""
    dialogue = tuple(Said(by, text, at) for by, text, at in trial["dialogue"])
    return Trial(trial["name"], trial["model"], trial["outcome"], trial["reason"], dialogue)


def common_name(nodeid: str, parameters: str, model: str) -> str:
    """The name of a test without the model among its parameters, which pytest joins by hyphens:
    `t.py::test[MN316-S-a]` with MN316-S is `t.py::test[a]`."""
    base = nodeid.removesuffix(f"[{parameters}]")
    left = f"-{parameters}-".replace(f"-{model}-", "-", 1).strip("-")
    return f"{base}[{left}]" if left else base
