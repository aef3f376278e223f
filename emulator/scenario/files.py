"""Scenario files on the disk."""

from pathlib import Path

from emulator.scenario.document import Scenario
from emulator.scenario.nodes import SIZE_LIMIT
from emulator.scenario.playable import unplayable
from emulator.scenario.reading import Reading, read_scenario
from emulator.scenario.trouble import Finding, ScenarioError


def load(file: Path) -> Reading:
    """What a file says. ScenarioError if there is none, or it cannot be read."""
    try:
        with file.open("rb") as stream:
            return read_scenario(stream.read(SIZE_LIMIT + 1))
    except OSError as error:
        raise ScenarioError(f"{file}: cannot be read ({error.strerror})") from error


def to_run(file: Path) -> Scenario:
    """A scenario in which nothing is wrong. ScenarioError, with all that is."""
    reading = load(file)
    if reading.scenario is None:
        raise ScenarioError(_told(file, reading.findings))
    return reading.scenario


def to_play(file: Path) -> Scenario:
    """One that needs no host. ScenarioError, with all that is wrong."""
    scenario = to_run(file)
    if findings := tuple(unplayable(scenario)):
        raise ScenarioError(_told(file, findings))
    return scenario


def _told(file: Path, findings: tuple[Finding, ...]) -> str:
    return "\n".join(f"{file}:{finding.line}: {finding}" for finding in findings)
