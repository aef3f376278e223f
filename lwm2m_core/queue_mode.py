"""Queue mode: when the receiver of a registered client is on (LwM2M 1.0 5.3.1.1 and 8.3)."""

from typing import Final

MAX_TRANSMIT_WAIT: Final = 93.0
"""Seconds (RFC 7252 4.8.2). LwM2M 1.0 8.3 recommends them as the time to stay awake."""


class QueueMode:
    """The receiver goes off when for `window` seconds no datagram has passed either way and
    nothing is under way; whatever is sent switches it on. None as `window`: it stays on.

    What arrives while it is off is not heard: there is nobody to answer, and nothing is kept.
    """

    __slots__ = ("window", "is_awake", "_last_exchange")

    def __init__(self, window: float | None = None) -> None:
        self.window = window
        self.is_awake = True
        self._last_exchange = 0.0

    def exchanged(self, now: float) -> None:
        """A datagram was sent or heard."""
        self.is_awake = True
        self._last_exchange = now

    def deadline(self, *, is_busy: bool) -> float | None:
        """When to fall asleep; None: not before something else happens."""
        if self.window is None or is_busy or not self.is_awake:
            return None
        return self._last_exchange + self.window

    def handle_timeout(self, now: float, *, is_busy: bool) -> bool:
        """Whether the receiver goes off now."""
        due = self.deadline(is_busy=is_busy)
        if due is None or due > now:
            return False
        self.is_awake = False
        return True
