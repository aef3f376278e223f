"""The sessions of a listener that are complete, and which of them end for having been idle."""

import asyncio
from collections.abc import Callable

from transport.dtls.association import Association, Bounds
from transport.dtls.session import Session
from transport.link import Address


class Established:
    """`by_address`: the one that was idle longest first. `flush` sends what a session has."""

    def __init__(self, bounds: Bounds, flush: Callable[[Address, Session], None]) -> None:
        self.by_address: dict[Address, Association] = {}
        self._bounds, self._flush = bounds, flush
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None

    def add(self, source: Address, association: Association) -> None:
        """A new session takes the place of an old one of its address, or else of the one that was
        idle longest where there are too many."""
        old = self.by_address.pop(source, None)
        if old is not None:
            old.session.close(notify=False)
        while len(self.by_address) >= self._bounds.sessions:
            self._retire(next(iter(self.by_address)))
        self.touch(source, association)
        self._watch()

    def touch(self, source: Address, association: Association) -> None:
        """It is in use."""
        association.used = self._loop.time()
        self.by_address.pop(source, None)
        self.by_address[source] = association

    def drop(self, source: Address) -> None:
        """It has ended of itself; nothing where there is none."""
        self.by_address.pop(source, None)

    def close(self) -> None:
        """End all, with a close_notify to each."""
        for source, association in self.by_address.items():
            association.session.close()
            self._flush(source, association.session)
        self.by_address.clear()
        if self._timer is not None:
            self._timer.cancel()

    def _retire(self, source: Address) -> None:
        association = self.by_address.pop(source)
        association.session.close()
        self._flush(source, association.session)

    def _watch(self) -> None:
        """Wake up when the first session has been idle for too long."""
        if self._timer is not None or not self.by_address:
            return
        oldest = next(iter(self.by_address.values()))
        self._timer = self._loop.call_at(oldest.used + self._bounds.idle_seconds, self._idle)

    def _idle(self) -> None:
        self._timer = None
        now, patience = self._loop.time(), self._bounds.idle_seconds
        # The sum that the timer was set to: a difference may be less by a rounding, for ever.
        for source in [s for s, a in self.by_address.items() if a.used + patience <= now]:
            self._retire(source)
        self._watch()
