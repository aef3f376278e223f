"""The time that a handshake takes: real time, since the libraries' timers are C clocks."""

import asyncio
from collections.abc import Callable

from transport.dtls.session import Session


class Handshake:
    """Holds the loop's clock to real time, if the loop can jump or run fast, until `end`.

    `retried` is called when the session has taken a turn of its own and may have something to
    send; `given_up` after `patience` seconds. Such a loop has `hold_enter` and `hold_leave`.
    """

    def __init__(
        self,
        session: Session,
        patience: float,
        retried: Callable[[], None],
        given_up: Callable[[], None],
    ) -> None:
        self._session = session
        self._retried = retried
        self._loop = asyncio.get_running_loop()
        self._hold("hold_enter")
        self._ended = False
        self._timer: asyncio.TimerHandle | None = None
        self._patience = self._loop.call_later(patience, given_up)
        self.rearm()

    def rearm(self) -> None:
        """After every call of the session: its timer may be another."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        seconds = None if self._ended else self._session.timeout()
        if seconds is not None:
            self._timer = self._loop.call_later(seconds, self._due)

    def end(self) -> None:
        """May be repeated."""
        if not self._ended:
            self._ended = True
            self._patience.cancel()
            self.rearm()
            self._hold("hold_leave")

    def _due(self) -> None:
        self._timer = None
        self._session.handle_timeout()
        self._retried()

    def _hold(self, name: str) -> None:
        hold: Callable[[], None] | None = getattr(self._loop, name, None)
        if hold is not None:
            hold()
