"""The tries to log in: that of AT+MIPLOPEN, and those of firmware that goes on by itself (MB 2)."""

from dataclasses import dataclass

from emulator.access import server_of, settings_of
from emulator.instance import Instance, Phase
from lwm2m_core.accounts import Account
from lwm2m_core.client import Client

RECONNECT_S, REREGISTER_S = 2.0, 5.0  # pauses, the same in all CIS firmware (MB 2.3)


@dataclass(frozen=True, slots=True)
class _Next:
    at: float
    account: Account
    bootstrap: bool


class Attempts:
    """Every try has the lifetime and the timeout of the host's OPEN. Between two of them the
    instance is logging in, so that only DELETE ends it (decision 22)."""

    __slots__ = ("_instance", "_lifetime", "_timeout", "_next")

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._lifetime = self._timeout = 0
        self._next: _Next | None = None

    def begin(self, lifetime: int, timeout: int, now: float) -> None:
        """Log in as the host has asked; both in seconds."""
        self._lifetime, self._timeout = lifetime, timeout
        self._next = None
        self._try(*server_of(self._instance), now)

    def stop(self) -> None:
        """No further try."""
        self._next = None

    def bootstrap_again(self, now: float) -> None:
        """The bootstrap has failed: start over after a pause."""
        self._plan(now + RECONNECT_S, *server_of(self._instance))

    def register_again(self, now: float, lifetime: int | None = None) -> None:
        """The registration has failed, or a session of `lifetime` seconds has ended: ask the same
        server after a pause."""
        if lifetime is not None:
            self._lifetime = lifetime
        self._plan(now + REREGISTER_S, self._current_server(), False)

    def come_back(self, at: float, lifetime: int) -> None:
        """Log in at the same server again then, unless the host opens before."""
        self._lifetime = lifetime
        self._next = _Next(at, self._current_server(), False)

    def deadline(self) -> float | None:
        """When the next try begins."""
        return None if self._next is None else self._next.at

    def handle_timeout(self, now: float) -> None:
        due = self._next
        if due is not None and due.at <= now:
            self._next = None
            self._try(due.account, due.bootstrap, now)

    def _current_server(self) -> Account:
        """The one that a bootstrap has handed out, or the one that the host has named."""
        return self._instance.handed_out or server_of(self._instance)[0]

    def _plan(self, at: float, account: Account, bootstrap: bool) -> None:
        self._next = _Next(at, account, bootstrap)
        self._instance.phase = Phase.LOGGING_IN

    def _try(self, account: Account, bootstrap: bool, now: float) -> None:
        instance = self._instance
        instance.client = Client(settings_of(instance), instance.tree, instance.module.rng)
        instance.client.idle_limit = instance.idle_limit
        instance.client.open(
            account, bootstrap=bootstrap, lifetime=self._lifetime, timeout=self._timeout, now=now
        )
        instance.phase = Phase.LOGGING_IN
