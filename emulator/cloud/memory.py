"""What a platform remembers: its latest events, what devices have, and a file that outlives it."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from emulator.clock import POWER_ON
from emulator.cloud.catalog import Catalog
from emulator.cloud.events import Event, Notified, Registered, Updated
from emulator.cloud.history import History
from emulator.cloud.kept import Change, KeepDevice, KeepPoints
from emulator.cloud.server import Server
from emulator.virtual_time import is_timeless

if TYPE_CHECKING:  # sqlite3 is imported when it is wanted
    from emulator.cloud.state import State


class Memory:
    """Learns from every event. `now` is the loop's clock; `zero` is what time it was when that
    stood at 0, in seconds since 1970, None for the real time, or 2026-01-01 where the
    loop's clock jumps, as a module has it."""

    def __init__(
        self,
        server: Server,
        now: Callable[[], float],
        *,
        zero: float | None = None,
        state: "State | None" = None,
    ) -> None:
        self.history = History(server.admission.identify)
        self.catalog = Catalog()
        self._server, self._now = server, now
        self._zero, self._state = zero, state
        if state is not None:
            server.restore(state.load(server.manner.name, self.wall(0.0)))

    def wall(self, at: float) -> float:
        """A time of the loop's clock in seconds since 1970."""
        if self._zero is None:
            timeless = is_timeless(asyncio.get_running_loop())
            self._zero = POWER_ON if timeless else time.time() - self._now()
        return self._zero + at

    def learn(self, event: Event) -> None:
        self.history.note(event, self._now())
        self.catalog.learn(event)
        if self._state is None:
            return
        match event:
            case Registered(name) | Updated(name):
                found = self._server.known(name)
                if found is not None:
                    registration, reported = found
                    self.keep(KeepDevice(name, registration, reported))
            case Notified(name, points) if points:
                wall = tuple(replace(each, at=self.wall(each.at)) for each in points)
                self.keep(KeepPoints(name, wall))

    def keep(self, change: Change) -> None:
        """Write it into the file, if there is one."""
        if self._state is not None:
            self._state.note(self._server.manner.name, change)
