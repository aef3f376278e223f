"""What a host has printed that may tell why it ended: stdout and stderr, in one order."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from emulator.explore.account import Account
from emulator.secrecy import redact

LINES_LIMIT: Final = 400
"""Lines of output that are kept of one life, the latest."""

SHOWN: Final = 100  # characters of a line
NAMED: Final = 3  # lines that are told, the latest

_NUMBER: Final = re.compile(r"[0-9]+")
_START: Final = re.compile(r"(?:^|(?<=\s))\S")


def shortened(text: str) -> str:
    """A line of which no more is shown than tells which it is."""
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}… ({len(text)} characters)"


def lines_of(output: str) -> tuple[str, ...]:
    """Those that are not empty."""
    return tuple(filter(None, map(str.strip, output.split("\n"))))[-LINES_LIMIT:]


def shapes_of(lines: Iterable[str]) -> frozenset[str]:
    """Lines without the numbers in them, which may be times."""
    return frozenset(_NUMBER.sub("#", line) for line in lines)


def last_words(lines: Sequence[str], usual: frozenset[str], account: Account) -> str:
    """For people, to be put behind what has happened: what it never said undisturbed, and what it
    said last; empty if it said nothing. `usual`: shapes. A line that shows one of host or module
    tells nothing new."""
    if not lines:
        return ""
    shown = {each.text for each in account.said}
    strange = [line for line in lines if not shapes_of([line]) <= usual and not shows(line, shown)]
    named = " / ".join(map(redact, strange[-NAMED:]))
    if named and strange[-1] != lines[-1]:
        return f"; it said: {named}; and last: {redact(lines[-1])}"
    return f"; it said last: {named or redact(lines[-1])}"


def shows(line: str, shown: set[str]) -> bool:
    """Whether one of these, lines of host or module, stands at its end, as in `< OK`."""
    return any(line[found.start() :] in shown for found in _START.finditer(line))
