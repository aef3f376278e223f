"""The firmware update as a table: (state, event) -> (state, result). A missing row is refused.

States and results are the values of 5/0/3 and 5/0/5 (LwM2M 1.0, E.6). Nothing else changes them.
"""

from collections.abc import Mapping
from enum import Enum, IntEnum, auto
from types import MappingProxyType


class State(IntEnum):
    """State, 5/0/3."""

    IDLE = 0
    DOWNLOADING = 1
    DOWNLOADED = 2
    UPDATING = 3


class Result(IntEnum):
    """Update Result, 5/0/5."""

    INITIAL = 0
    UPDATED = 1
    NO_STORAGE = 2
    NO_MEMORY = 3
    CONNECTION_LOST = 4
    INTEGRITY = 5
    PACKAGE_TYPE = 6
    INVALID_URI = 7
    UPDATE_FAILED = 8
    PROTOCOL = 9


class Event(Enum):
    """What may move an update on: requests of the platform, and what came of them."""

    RESET = auto()
    """An empty Package or Package URI was written."""
    DELIVERY = auto()
    """The first bytes of a Package, or a Package URI."""
    DELIVERED = auto()
    DELIVERY_FAILED = auto()
    """It ends in a result of its own, one of `DELIVERY_FAILURES`."""
    UPDATE = auto()
    """5/0/2 was executed."""
    INSTALLED = auto()
    NOT_INSTALLED = auto()


DELIVERY_FAILURES = frozenset(
    {
        Result.NO_STORAGE,
        Result.NO_MEMORY,
        Result.CONNECTION_LOST,
        Result.INTEGRITY,
        Result.PACKAGE_TYPE,
        Result.INVALID_URI,
        Result.PROTOCOL,
    }
)

TRANSITIONS: Mapping[tuple[State, Event], tuple[State, Result | None]] = MappingProxyType(
    {
        (State.IDLE, Event.RESET): (State.IDLE, Result.INITIAL),
        (State.DOWNLOADING, Event.RESET): (State.IDLE, Result.INITIAL),
        (State.DOWNLOADED, Event.RESET): (State.IDLE, Result.INITIAL),
        # Whatever begins resets the result (E.6, resource 5).
        (State.IDLE, Event.DELIVERY): (State.DOWNLOADING, Result.INITIAL),
        (State.DOWNLOADING, Event.DELIVERED): (State.DOWNLOADED, Result.INITIAL),
        (State.DOWNLOADING, Event.DELIVERY_FAILED): (State.IDLE, None),
        (State.DOWNLOADED, Event.UPDATE): (State.UPDATING, Result.INITIAL),
        (State.UPDATING, Event.INSTALLED): (State.IDLE, Result.UPDATED),
        # The package stays where it is, and may be tried again (E.6, resource 3; 1.0-int-779).
        (State.UPDATING, Event.NOT_INSTALLED): (State.DOWNLOADED, Result.UPDATE_FAILED),
    }
)
"""The result None stands for the one that DELIVERY_FAILED comes with."""


def follow(
    state: State, event: Event, failure: Result | None = None
) -> tuple[State, Result] | None:
    """State and result after `event`; None where the table has no such row, which is refused.

    `failure`: how a delivery has failed, given with DELIVERY_FAILED alone.
    """
    row = TRANSITIONS.get((state, event))
    if row is None:
        return None
    after, result = row
    if result is not None:
        return after, result
    assert failure in DELIVERY_FAILURES
    return after, failure
