"""What is wrong with a scenario, and where."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

FINDINGS_LIMIT: Final = 100
"""Findings of one file; when there are so many, the first ones say enough."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """`line` counts from 1. `field` is where in the document, `events[0].at`; empty for the file
    as a whole. `text` says what is wrong and how to mend it."""

    line: int
    field: str
    text: str

    def __str__(self) -> str:
        return f"{self.field}: {self.text}" if self.field else self.text


class Malformed(Exception):
    """The text is no document that could be looked at; there is one finding."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(f"line {line}: {text}")
        self.finding = Finding(line, "", text)


class ScenarioError(Exception):
    """A file cannot be read or used; the text is all that is wrong with it."""


class Wrong(Exception):
    """A single value is not what is expected; the text names that, and what to write."""


SHOWN: Final = 40
"""Characters of a wrong value that a finding repeats."""


def quoted(text: str) -> str:
    """A text as a finding repeats it: short, and harmless to a terminal."""
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return f"'{shown[:SHOWN]}{'…' if len(shown) > SHOWN else ''}'"


NAMES_SHOWN: Final = 16
"""Names that a finding lists; where there are more, only the nearest is told."""


def nearest(word: str, known: Iterable[str], otherwise: str = "there are") -> str:
    """`did you mean 'after'?`, or all that there are, unless that is too much to read."""
    names = list(known)
    near = get_close_matches(word, names, 1)
    listed = f"{otherwise} {', '.join(names)}" if len(names) <= NAMES_SHOWN else ""
    return f"did you mean '{near[0]}'?" if near else listed
