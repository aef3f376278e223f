"""Which reports have come to the local platform, modem by modem."""

import re
from dataclasses import dataclass, field
from typing import Final

LEAP_LIMIT: Final = 100_000
"""Numbers that may be skipped at a time; a number beyond is none of ours."""

_NUMBERED = re.compile(rb"([0-9]{1,9}) ")


def number_of(raw: bytes) -> int | None:
    """The number that a report begins with."""
    found = _NUMBERED.match(raw)
    return int(found[1]) if found else None


@dataclass(slots=True)
class Arrivals:
    """The reports of one modem that have numbers: `top` is the highest, `absent` are those below
    that have not come. `twice` counts those that came again, `strange` those that make no sense."""

    top: int = 0
    absent: set[int] = field(default_factory=set)
    twice: int = 0
    strange: int = 0

    def take(self, number: int) -> bool:
        """Whether it is a new one."""
        if number > self.top:
            if number - self.top > LEAP_LIMIT:
                self.strange += 1
                return False
            self.absent.update(range(self.top + 1, number))
            self.top = number
            return True
        if number in self.absent:
            self.absent.remove(number)
            return True
        self.twice += 1
        return False

    def lacking(self, sent: int) -> frozenset[int]:
        """Of the reports 1 to `sent` those that have not come."""
        return frozenset(self.absent) | frozenset(range(self.top + 1, sent + 1))
