"""What comes about while the lifetime of a registration runs out (manual 4.5, 4.9; decision 26)."""

from collections.abc import Callable
from contextlib import suppress

from emulator.instance import Instance, Phase
from lwm2m_core.errors import EngineError

AUTOMATIC_UPDATE_BEFORE, AUTOMATIC_LIFETIME_LEAST = 30, 60  # seconds (manual 4.5)


class Lifetime:
    """The lifetime of one instance's registration. `end_session` ends it with event 15."""

    def __init__(self, instance: Instance, end_session: Callable[[float], None]) -> None:
        self._instance = instance
        self._end_session = end_session
        self._automatic = False
        self._renewing: float | None = None  # the end of lifetime that an Update is to put off

    def set_automatic(self, on: bool) -> None:
        """AT+MIPLUPDATESET=: before OPEN only (manual 4.5; decision 26)."""
        self._instance.require_before_open()
        self._automatic = on

    def remaining(self, now: float) -> int:
        """Whole seconds of lifetime that are left, 0 while not registered (manual 4.9)."""
        end = self._end()
        return 0 if end is None else max(0, int(end - now))

    def deadline(self) -> float | None:
        """When an automatic Update is due, or its failure (decision 26)."""
        end = self._end()
        client = self._instance.client
        if not self._automatic or end is None or client is None:
            return None
        if client.lifetime < AUTOMATIC_LIFETIME_LEAST:
            return None
        return end if self._renewing == end else end - AUTOMATIC_UPDATE_BEFORE

    def handle_timeout(self, now: float) -> None:
        """30 s before the end an Update; at the end without success event 15 (manual 4.5)."""
        due = self.deadline()
        if due is None or now < due:
            return
        end = self._end()
        if self._renewing == end:
            self._end_session(now)
            return
        assert self._instance.client is not None
        self._renewing = end
        with suppress(EngineError):  # so many Updates are on their way that one will do
            self._instance.client.update(now, lifetime=None, with_objects=False)

    def _end(self) -> float | None:
        client = self._instance.client
        if client is None or self._instance.phase is not Phase.REGISTERED:
            return None
        return client.expires_at
