"""What a module can print at all is known, so that a scenario that waits for more is refused."""

import re
from pathlib import Path
from typing import Any

import pytest

from emulator.profile import profile_names
from emulator.scenario.document import Scenario, Setup
from emulator.scenario.patterns import parse_pattern
from emulator.scenario.printable import Module


def module(**setup: Any) -> Module:
    return Module.of(Scenario(Setup(**setup)))


EMULATOR = Path(__file__).parents[3] / "emulator"


def test_every_line_that_the_firmware_makes_is_known() -> None:
    """A line that is not would make a good scenario be refused."""
    made = {
        name
        for file in EMULATOR.rglob("*.py")
        for name in re.findall(r'\binfo\(\s*"([+*^][A-Z0-9]+)"', file.read_text("utf-8"))
    }
    known = {head for name in profile_names() for head in module(model=name).heads}
    assert len(made) > 30
    assert made - known == set()


@pytest.mark.parametrize(
    ("model", "line", "reason"),
    [
        ("MN316", "+MIPLEVENT: 0,6", ""),
        ("MN316", "+MIPLEVENT{*}", ""),
        ("MN316", "+MIPL{*}", ""),
        (
            "MN316",
            "+MIPLOBSERVE:",
            "no line ends with the colon behind its name; did you mean '+MIPLOBSERVE: {*}'?",
        ),
        ("MN316", "+MIPLOBSERVE:{*}", ""),
        ("MN316", "{*}", ""),
        ("MN316", "869975030000461", ""),
        ("MN316", "REBOOTING", ""),
        ("MN316", "+CIS ERROR: 652", ""),
        ("M5311", "*ATREADY: 1", ""),  # decision 10
        ("M5311", "+IP: {*}", ""),
        ("MN316", "*ATREADY: 1", "MN316 prints no line that begins with '*ATREADY'"),
        ("MN316", "+MIPLLTRDP: 0,5", "MN316 prints no line that begins with '+MIPLLTRDP'"),
        ("M5310-A", "+MIPLLTRDP: 0,5", ""),  # decisions 7
        (
            "MN316",
            "+MIPLEVNT: 0,6",
            "MN316 prints no line that begins with '+MIPLEVNT'; did you mean '+MIPLEVENT'?",
        ),
        (
            "MN316",
            "+MIPLEVENT: 0,12",
            "MN316 prints no event 12 with these quirks; 'extra_events: 12' is one that has it",
        ),
    ],
)
def test_whether_a_line_can_come(model: str, line: str, reason: str) -> None:
    assert module(model=model).cannot_print(parse_pattern(line)) == reason


@pytest.mark.parametrize(
    "quirks", [{"extra_events": "12"}, {"update_fail": "12+15"}, {"update_fail": "12"}]
)
def test_a_quirk_brings_an_event(quirks: dict[str, str]) -> None:
    assert module(quirks=quirks).cannot_print(parse_pattern("+MIPLEVENT: 0,12")) == ""
