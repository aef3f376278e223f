"""A disturbed life, and what is odd in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from emulator.explore.account import Account, Said
from emulator.explore.calm import Order
from emulator.explore.placement import Placement
from emulator.scenario.document import Side

CHANGING: Final = frozenset({"write", "execute", "parameter"})
"""Requests behind which a host may say something else than undisturbed."""


LATE: Final = "withheld"
"""The position of a line of the module's own that is late."""


@dataclass(frozen=True, slots=True)
class Sign:
    """By what a scenario shows a break. `side` says `pattern`, and a host that is right lets that
    come `more_than` times at most. `hasty`: a command and what came before its result. `report`: a
    path, and how often it is reported at least. `order`: a command that came before the line for
    which it waits. `stalls`: seconds that a host that is right takes for any line, at most; None
    for as long as is usual. `said`: the line that gave it away; `awaited`: lines that came, and
    behind which the host wrote nothing more."""

    side: Side = "host"
    pattern: str = ""
    more_than: int = 0
    hasty: tuple[str, str] | None = None
    report: tuple[str, int] | None = None
    said: Said | None = None
    order: Order | None = None
    stalls: float | None = None
    awaited: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lived:
    """What is known of a disturbed life. `sent`, `reports`, `hasty` as in a Sheet; `answered`: the
    message ids; `is_over`: the host has ended by itself. `struck_at`: when it collided."""

    placed: Placement
    sent: Mapping[str, int] = field(default_factory=dict)
    answered: frozenset[int] = frozenset()
    reports: Mapping[str, int] = field(default_factory=dict)
    hasty: tuple[str, str] | None = None
    account: Account = Account()
    is_over: bool = True
    struck_at: float = 0.0

    @property
    def changes(self) -> bool:
        """Whether a host that is right may say something else from now on."""
        return changes(self.placed)

    @property
    def mids(self) -> frozenset[int]:
        return frozenset(line.mid for line in self.placed.lines if line.mid is not None)


def changes(placed: Placement) -> bool:
    """Whether it may change what the host says: by its lines, or because what the host waits for is
    so late that the platform asks before."""
    is_late = placed.position == LATE or any(fault.where == "urc" for fault in placed.beside)
    return is_late or any(line.kind in CHANGING for line in placed.lines)


Odd = tuple[str, Sign]
"""In words, and how it shows."""
