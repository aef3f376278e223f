"""What the pages in docs/ read of a JUnit result: tests, and what tests/conftest.py says of them.

The property `test` is pytest's name of a test; what it cites or stands for is in others.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from xml.etree import ElementTree


class Result(Enum):
    PASSED = "passed"
    FAILED = "FAILED"
    SKIPPED = "NOT RUN"


@dataclass(frozen=True, slots=True)
class Run:
    """One test of the run. `test` is `path::function`, `case` what is in brackets behind it;
    `shows` the values of the property that was asked for."""

    test: str
    case: str
    result: Result
    shows: tuple[str, ...]


def runs(junit: ElementTree.Element, name: str) -> Iterator[Run]:
    """The tests of a JUnit result that have the property `name`."""
    for element in junit.iter("testcase"):
        properties = [(p.get("name"), p.get("value", "")) for p in element.iter("property")]
        shows = tuple(value for key, value in properties if key == name)
        if shows:
            test, _, case = next(v for key, v in properties if key == "test").partition("[")
            yield Run(test, case.removesuffix("]"), _result(element), shows)


def _result(element: ElementTree.Element) -> Result:
    if element.find("failure") is not None or element.find("error") is not None:
        return Result.FAILED
    return Result.PASSED if element.find("skipped") is None else Result.SKIPPED
