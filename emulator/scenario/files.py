"""Scenario files on the disk."""

from pathlib import Path

from emulator.cli import UsageError
from emulator.scenario.nodes import SIZE_LIMIT
from emulator.scenario.reading import Reading, read_scenario


def load(file: Path) -> Reading:
    """What a file says. UsageError if there is none, or it cannot be read."""
    try:
        with file.open("rb") as stream:
            return read_scenario(stream.read(SIZE_LIMIT + 1))
    except OSError as error:
        raise UsageError(f"{file}: cannot be read ({error.strerror})") from error
