"""Every row of the login table, and that every pair without a row is an error."""

import pytest

from lwm2m_core.errors import EngineError
from lwm2m_core.login import Event, State, follow

# Rows as drawn from decisions 22 to 27, one line per (state, event); anything else must not be.
ROWS = """
IDLE                  OPEN_BOOTSTRAP      CONNECTING_BOOTSTRAP
IDLE                  OPEN_DIRECT         CONNECTING
IDLE                  ABANDON             IDLE
CONNECTING_BOOTSTRAP  LINK_UP             BOOTSTRAPPING
CONNECTING_BOOTSTRAP  LINK_LOST           IDLE
CONNECTING_BOOTSTRAP  FAILED              IDLE
CONNECTING_BOOTSTRAP  ABANDON             IDLE
BOOTSTRAPPING         BOOTSTRAP_FINISHED  CONNECTING
BOOTSTRAPPING         LINK_LOST           IDLE
BOOTSTRAPPING         FAILED              IDLE
BOOTSTRAPPING         ABANDON             IDLE
CONNECTING            LINK_UP             REGISTERING
CONNECTING            LINK_LOST           IDLE
CONNECTING            FAILED              IDLE
CONNECTING            ABANDON             IDLE
REGISTERING           REGISTER_ACCEPTED   REGISTERED
REGISTERING           LINK_LOST           IDLE
REGISTERING           FAILED              IDLE
REGISTERING           ABANDON             IDLE
REGISTERED            LINK_UP             REGISTERED
REGISTERED            LINK_LOST           REGISTERED
REGISTERED            CLOSE               DEREGISTERING
REGISTERED            SESSION_LOST        IDLE
REGISTERED            ABANDON             IDLE
DEREGISTERING         LINK_UP             DEREGISTERING
DEREGISTERING         LINK_LOST           DEREGISTERING
DEREGISTERING         CLOSE               DEREGISTERING
DEREGISTERING         CLOSE_FAILED        REGISTERED
DEREGISTERING         DEREGISTERED        IDLE
DEREGISTERING         SESSION_LOST        IDLE
DEREGISTERING         ABANDON             IDLE
"""
DRAWN = {
    (State[state], Event[event]): State[after]
    for state, event, after in (row.split() for row in ROWS.strip().splitlines())
}


@pytest.mark.parametrize(("row", "after"), DRAWN.items())
def test_drawn_rows(row: tuple[State, Event], after: State) -> None:
    assert follow(*row) is after


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("event", Event)
def test_anything_else_is_an_error(state: State, event: Event) -> None:
    if (state, event) not in DRAWN:
        with pytest.raises(EngineError, match=f"{event.name} while {state.name}"):
            follow(state, event)
