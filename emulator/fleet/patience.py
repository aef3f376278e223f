"""How long the end of a run may take."""

from typing import Final

from emulator.fleet.crew import CLOSES_PER_SECOND, CLOSING
from emulator.fleet.host import ANSWER_PATIENCE
from emulator.fleet.plan import Fleet
from emulator.fleet.reports import MARGIN, WAITS
from emulator.modem_settings import ModemSettings, quirks_of

OVERDUE: Final = 60.0
"""Seconds after which a worker that should be through is ended by force."""


def ending(fleet: Fleet, members: int) -> float:
    """Seconds from when nothing more is reported until the last modem has left, at the most: final
    results, confirmations, leaving."""
    closing = CLOSING * 2 + members / CLOSES_PER_SECOND
    return ANSWER_PATIENCE + WAITS * _ack_timeout(fleet) + MARGIN + closing


def _ack_timeout(fleet: Fleet) -> float:
    """The longest that a modem has."""
    return max(
        quirks_of(
            ModemSettings(model=model, dialect=group.dialect, quirks=group.quirks)
        ).ack_timeout_s
        for group in fleet.groups
        for model, _ in group.models
    )
