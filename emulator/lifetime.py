"""What comes about while the lifetime of a registration runs out (manual 4.5, 4.9; decision 26)."""

from collections.abc import Mapping
from contextlib import suppress
from enum import Enum
from typing import Protocol

from emulator.instance import Instance, Phase
from lwm2m_core.errors import EngineError
from lwm2m_core.nothing import NOTHING

AUTOMATIC_UPDATE_BEFORE, AUTOMATIC_LIFETIME_LEAST = 30, 60  # seconds (manual 4.5)
WARNED_OF = 0.1  # of the lifetime: what is left when an Update is needed (MB 2.7, XY and MT)


class Step(Enum):
    """What happens once in a lifetime."""

    WARN = "event 14"
    RENEW = "automatic Update"
    END = "event 9, and 15 where the automatic Update has failed"


class Sessions(Protocol):
    """The login, whose session may end."""

    def end_session(self, now: float) -> None:
        """The module gives it up, with event 15."""


class Lifetime:
    """The lifetime of one instance's registration."""

    __slots__ = ("_instance", "_login", "_automatic", "_done")

    def __init__(self, instance: Instance, login: Sessions) -> None:
        self._instance = instance
        self._login = login
        self._automatic = False
        self._done: Mapping[Step, float] = NOTHING  # and the end of that lifetime

    def set_automatic(self, on: bool) -> None:
        """AT+MIPLUPDATESET=: before OPEN only (manual 4.5; decision 26)."""
        self._instance.require_before_open()
        self._automatic = on

    def remaining(self, now: float) -> int:
        """Whole seconds of lifetime that are left, 0 while not registered (manual 4.9)."""
        end, _ = self._span()
        return 0 if end is None else max(0, int(end - now))

    def deadline(self) -> float | None:
        """When the next step is due."""
        if not (self._automatic or self._instance.module.events):
            return None  # asked for after every input
        moments = self._moments()
        return min(moments.values()) if moments else None

    def handle_timeout(self, now: float) -> None:
        """Do what is due, in order."""
        moments = self._moments()
        for step in sorted(moments, key=moments.__getitem__):
            if moments[step] <= now:
                self._do(step, now)

    def _moments(self) -> dict[Step, float]:
        """What is still to happen in this lifetime, and when."""
        events, moments = self._instance.module.events, {}
        warns, tells_the_end = 14 in events, 9 in events
        if not (warns or tells_the_end or self._automatic):
            return {}
        end, lifetime = self._span()
        if end is None:
            return {}
        renews = self._renews(lifetime)
        if warns:
            moments[Step.WARN] = end - lifetime * WARNED_OF
        if renews:
            moments[Step.RENEW] = end - AUTOMATIC_UPDATE_BEFORE
        if renews or tells_the_end:
            moments[Step.END] = end
        return {step: at for step, at in moments.items() if self._done.get(step) != end}

    def _do(self, step: Step, now: float) -> None:
        end, lifetime = self._span()
        client, module = self._instance.client, self._instance.module
        assert end is not None and client is not None
        self._done = {**self._done, step: end}
        match step:
            case Step.WARN:
                module.extra(14, round(end - now))
            case Step.RENEW:
                with suppress(EngineError):  # so many Updates are on their way that one will do
                    client.update(now, lifetime=None, with_objects=False)
            case Step.END:
                module.extra(9)
                if self._renews(lifetime):
                    self._login.end_session(now)

    def _renews(self, lifetime: int) -> bool:
        """Whether an Update goes out 30 s before the end (manual 4.5)."""
        return self._automatic and lifetime >= AUTOMATIC_LIFETIME_LEAST

    def _span(self) -> tuple[float | None, int]:
        """The end of the lifetime, None while not registered, and its length in seconds."""
        client = self._instance.client
        if client is None or self._instance.phase is not Phase.REGISTERED:
            return None, 0
        return client.expires_at, client.lifetime
