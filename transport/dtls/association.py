"""One client of a listener, and how many of them there may be."""

from dataclasses import dataclass, field

from transport.dtls import records
from transport.dtls.handshake import Handshake
from transport.dtls.session import Session


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a listener keeps at most (all chosen).

    `half_open`: handshakes under way; `waiting`: ClientHellos that wait for one of them to end,
    some 600 bytes each. `sessions`: open ones; the one that was idle longest goes, with a
    close_notify. `idle_seconds`: so long a session may be silent. `half_open_seconds`: so long a
    handshake may take; `stale_seconds`: so long without getting on, while others wait.
    """

    half_open: int = 64
    waiting: int = 1024
    sessions: int = 4096
    idle_seconds: float = 86400.0
    half_open_seconds: float = 30.0
    stale_seconds: float = 10.0


@dataclass(slots=True)
class Association:
    session: Session
    random: bytes = field(repr=False)  # of the ClientHello that began it
    used: float  # while half open: when it last got on
    handshake: Handshake | None = None
    has_finished: bool = False  # the client has sent something encrypted

    def watch(self, data: bytes, now: float) -> None:
        """See whether a datagram takes the handshake further: what is repeated does not."""
        if not self.has_finished and records.is_protected(data):
            self.has_finished, self.used = True, now

    def end_handshake(self) -> None:
        """May be repeated."""
        if self.handshake is not None:
            self.handshake.end()
            self.handshake = None
