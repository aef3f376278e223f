"""How a secured link ages: behind a NAT that has forgotten it, nothing of it arrives any more."""

from lwm2m_core.peer import Peer

NEVER = float("-inf")


class Ageing:
    """Whether the link of a session is too old to send over it (decision 47).

    `limit`: seconds without a datagram in either direction after which it is; None for never.
    """

    __slots__ = ("limit", "_used_at")

    def __init__(self) -> None:
        self.limit: float | None = None
        self._used_at = NEVER

    def used(self, now: float) -> None:
        """A datagram has passed, or a handshake is over."""
        self._used_at = now

    def doubt(self) -> None:
        """The server has not answered in the end, and may have lost the session: a restart ends it
        without a word (chosen)."""
        self._used_at = NEVER

    def is_over(self, peer: Peer, now: float) -> bool:
        """A link that is not up yet is as new as can be."""
        if self.limit is None or not (peer.is_secure and peer.is_up):
            return False
        return now - self._used_at >= self.limit
