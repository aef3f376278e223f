"""How long commands take in a dialogue, and where two dialogues differ in that."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from emulator.differences.comparing import Comparison
from emulator.differences.dialogue import Said, meaning

TELLING_S: Final = 0.1
"""Seconds that a command must take longer before it is told: less is a busy machine."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds. `answers`: how many commands had a final result. `login`: from the last AT+MIPLOPEN
    before it to the first event 6; None without a login."""

    answers: int
    middle: float
    longest: float
    login: float | None


@dataclass(frozen=True, slots=True)
class Slower:
    """The command whose result took `second` seconds where it took `first` in the reference."""

    command: Said
    first: float
    second: float


def pace_of(lines: Sequence[Said]) -> Pace:
    took = list(_answered(lines).values())
    return Pace(len(took), median(took or [0.0]), max(took, default=0.0), _login(lines))


def slowest_change(
    reference: Sequence[Said], other: Sequence[Said], found: Comparison
) -> Slower | None:
    """The command that both have and whose time differs most, if that is worth telling."""
    first, second = _answered(reference), _answered(other)
    both = [(i, j) for i, j in found.pairs if i in first and j in second]
    if not both:
        return None
    i, j = max(both, key=lambda pair: abs(first[pair[0]] - second[pair[1]]))
    if abs(first[i] - second[j]) < TELLING_S:
        return None
    return Slower(reference[i], first[i], second[j])


def _answered(lines: Sequence[Said]) -> dict[int, float]:
    """Seconds until the final result, by the number of the command's line."""
    took: dict[int, float] = {}
    asked: int | None = None
    for number, said in enumerate(lines):
        if said.by == "host":
            asked = number
        elif said.is_final and asked is not None:
            took[asked] = said.at - lines[asked].at
            asked = None
    return took


def _login(lines: Sequence[Said]) -> float | None:
    asked: float | None = None
    for said in lines:
        if said.by == "host" and said.text.upper().startswith("AT+MIPLOPEN="):
            asked = said.at
        elif meaning(said.text) == "+MIPLEVENT:0,6" and asked is not None:
            return said.at - asked
    return None
