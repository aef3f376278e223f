"""Scenario files as tests of pytest: each is played, host included, in virtual time.

These are subclasses because pytest has no other place for tests that are not Python.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from emulator.scenario.files import to_play
from emulator.scenario.report import outcome
from emulator.scenario.stage import play
from emulator.scenario.trouble import ScenarioError


class ScenarioFile(pytest.File):
    """Has one test, called as the file."""

    def collect(self) -> Iterator[pytest.Item]:
        yield ScenarioItem.from_parent(self, name=self.path.name)


class ScenarioItem(pytest.Item):
    def runtest(self) -> None:
        """Fails with what `mipl play` says."""
        try:
            over = play(to_play(self.path))
        except ScenarioError as error:
            pytest.fail(str(error), pytrace=False)
        if over.failure is not None:
            pytest.fail("\n".join(outcome(str(self.path), over)), pytrace=False)

    def reportinfo(self) -> tuple[Any, int, str]:
        return self.path, 0, self.name
