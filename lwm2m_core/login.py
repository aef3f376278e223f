"""The login of one module as a table: (state, event) -> state. A missing key is the error.

Nothing else in the engine changes the state, and nothing here knows what a datagram is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType
from typing import Literal

from lwm2m_core.errors import EngineError


class State(Enum):
    """Where the login stands; the names the AT side asks for (decision 22)."""

    IDLE = auto()
    CONNECTING_BOOTSTRAP = auto()
    BOOTSTRAPPING = auto()
    CONNECTING = auto()
    REGISTERING = auto()
    REGISTERED = auto()
    DEREGISTERING = auto()


class Event(Enum):
    """What may move the login on: calls of the owner, and what the network brought."""

    OPEN_BOOTSTRAP = auto()
    OPEN_DIRECT = auto()
    LINK_UP = auto()
    LINK_LOST = auto()
    BOOTSTRAP_FINISHED = auto()
    FAILED = auto()
    """The attempt was refused, was answered by nobody, or its time ran out (decision 22)."""
    REGISTER_ACCEPTED = auto()
    SESSION_LOST = auto()
    """An Update answered 4.04: the server no longer knows the location (decision 25)."""
    CLOSE = auto()
    DEREGISTERED = auto()
    CLOSE_FAILED = auto()
    ABANDON = auto()


_IDLE = State.IDLE
_ATTEMPTS = (
    State.CONNECTING_BOOTSTRAP,
    State.BOOTSTRAPPING,
    State.CONNECTING,
    State.REGISTERING,
)
_SESSION = (State.REGISTERED, State.DEREGISTERING)

TRANSITIONS: Mapping[tuple[State, Event], State] = MappingProxyType(
    {
        (State.IDLE, Event.OPEN_BOOTSTRAP): State.CONNECTING_BOOTSTRAP,
        (State.IDLE, Event.OPEN_DIRECT): State.CONNECTING,
        (State.CONNECTING_BOOTSTRAP, Event.LINK_UP): State.BOOTSTRAPPING,
        (State.BOOTSTRAPPING, Event.BOOTSTRAP_FINISHED): State.CONNECTING,
        (State.CONNECTING, Event.LINK_UP): State.REGISTERING,
        (State.REGISTERING, Event.REGISTER_ACCEPTED): State.REGISTERED,
        # No retry: an attempt that fails ends, and the host opens again (decision 22).
        **{(state, Event.FAILED): _IDLE for state in _ATTEMPTS},
        **{(state, Event.LINK_LOST): _IDLE for state in _ATTEMPTS},
        # The registration lives at the server, not in the socket: the next datagram opens
        # another link (decision 47 renews links on purpose).
        **{(state, Event.LINK_LOST): state for state in _SESSION},
        **{(state, Event.LINK_UP): state for state in _SESSION},
        **{(state, Event.SESSION_LOST): _IDLE for state in _SESSION},
        # CLOSE may be repeated while the first DELETE is still unanswered (decision 27).
        **{(state, Event.CLOSE): State.DEREGISTERING for state in _SESSION},
        (State.DEREGISTERING, Event.DEREGISTERED): _IDLE,
        (State.DEREGISTERING, Event.CLOSE_FAILED): State.REGISTERED,
        **{(state, Event.ABANDON): _IDLE for state in State},
    }
)


Why = Literal["refused", "timeout", "link"]
"""refused: answered with another code than success, or with RST (then there is no code);
timeout: answered by nobody, or the time given to open() ran out; link: the link died."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an answer, or its absence, means for the login."""

    event: Event
    why: Why = "refused"
    code: int | None = None


def follow(state: State, event: Event) -> State:
    """The state after `event`; EngineError when the table has no such row."""
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise EngineError(f"{event.name} while {state.name}") from None
