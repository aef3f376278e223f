"""OPEN, UPDATE, CLOSE and DELETE of an instance, and the events they end in (decisions 20–28)."""

from emulator import urc
from emulator.access import server_of, settings_of
from emulator.at.results import Done, Failed, Fault, Later, Result
from emulator.instance import Instance, Phase, Platform
from emulator.lifetime import Lifetime
from lwm2m_core.client import Client
from lwm2m_core.client_outputs import (
    BootstrapFailed,
    Bootstrapped,
    Deregistered,
    DeregisterFailed,
    Registered,
    RegisterFailed,
    SessionLost,
    Updated,
    UpdateFailed,
)
from lwm2m_core.errors import EngineError

LoginEvent = (
    Bootstrapped
    | BootstrapFailed
    | Registered
    | RegisterFailed
    | Updated
    | UpdateFailed
    | SessionLost
    | Deregistered
    | DeregisterFailed
)

UPDATE_LIFETIME_LEAST, UPDATE_LIFETIME_ELSE = 10, 86400  # seconds (manual 3.7)
NEVER = float("inf")


class Login:
    """The login of one instance. `queries`: Updates sent by AT+MIPLOPEN? (decision 24)."""

    def __init__(self, instance: Instance) -> None:
        self.lifetime = Lifetime(instance, self._end_session)
        self._instance = instance
        self._queries: set[int] = set()
        self._deleting = False

    def open(self, lifetime: int, timeout: int, now: float) -> Done:
        """AT+MIPLOPEN=: `OK`, then 6, 7 or 3 within `timeout` seconds (decision 22)."""
        instance = self._instance
        if instance.phase not in (Phase.IDLE, Phase.OUT):
            raise Failed(Fault.STATE)
        account, bootstrap = server_of(instance)
        instance.client = Client(settings_of(instance), instance.tree, instance.module.rng)
        instance.client.open(
            account, bootstrap=bootstrap, lifetime=lifetime, timeout=timeout, now=now
        )
        instance.phase = Phase.LOGGING_IN
        return Done()

    def query(self, now: float) -> Done:
        """AT+MIPLOPEN?: an empty Update, answered by event 6; OneNET only (decision 24)."""
        client = self._registered()
        if self._instance.platform is not Platform.ONENET:
            raise Failed(Fault.NOT_ALLOWED)
        self._queries.add(_update(client, now, None, False))
        return Done()

    def update(self, lifetime: int, with_objects: bool, now: float) -> Done:
        """AT+MIPLUPDATE=: `OK`, then event 11 (manual 3.7, decision 25)."""
        client = self._registered()
        small = lifetime < UPDATE_LIFETIME_LEAST
        keep = small and self._instance.module.quirks.update_lifetime_small == "keep"
        wanted = UPDATE_LIFETIME_ELSE if small else lifetime
        _update(client, now, None if keep else wanted, with_objects)
        return Done()

    def close(self, now: float) -> Result:
        """AT+MIPLCLOSE=: `OK`, then event 15 when the platform has answered (decision 27)."""
        client = self._registered(Phase.REGISTERED, Phase.LEAVING)
        client.close(now)
        if self._instance.module.quirks.close_wire == "forget":
            client.abandon(now)  # the DELETE is out, its answer is not waited for
            self._finish_leaving()
            self._instance.module.emit(urc.event(15))
            return Done()
        self._instance.phase = Phase.LEAVING
        return Done()

    def delete(self, now: float) -> Result:
        """AT+MIPLDELETE=: the socket is closed, nothing goes out (manual 3.2, decision 27)."""
        instance = self._instance
        how = instance.module.quirks.delete_registered
        if instance.phase is Phase.REGISTERED and how == "refuse":
            raise Failed(Fault.NOT_ALLOWED)
        if instance.phase is Phase.REGISTERED and how == "deregister":
            assert instance.client is not None
            instance.client.close(now)
            instance.phase = Phase.LEAVING
            self._deleting = True
            return Later(NEVER, lambda at: Done())
        self.abandon(now)
        return Done()

    def abandon(self, now: float) -> None:
        """Drop the session without a word on the wire."""
        if self._instance.client is not None:
            self._instance.client.abandon(now)
        self._queries.clear()
        self._instance.phase = Phase.OUT

    def _registered(self, *phases: Phase) -> Client:
        """The client, or 602 where the login is in another phase (manual chapter 6)."""
        client = self._instance.client
        if client is None or self._instance.phase not in (phases or (Phase.REGISTERED,)):
            raise Failed(Fault.STATE)
        return client

    def happened(self, event: LoginEvent, now: float) -> Result | None:
        """What the engine reports. A Result ends a command that waited for it."""
        instance, emit = self._instance, self._instance.module.emit
        match event:
            case Bootstrapped(account=account):
                instance.handed_out = account
                emit(urc.event(2))
            case BootstrapFailed():
                instance.phase = Phase.OUT
                emit(urc.event(3))
            case Registered():
                instance.phase = Phase.REGISTERED
                instance.skip_bootstrap = True
                emit(urc.event(6))
            case RegisterFailed(reason=reason):
                instance.phase = Phase.OUT
                late = reason == "timeout"
                emit(urc.event(instance.module.quirks.reg_timeout_event if late else 7))
            case Updated(number=number):
                emit(urc.event(6 if number in self._queries else 11))
                self._queries.discard(number)
            case UpdateFailed(number=number):
                self._queries.discard(number)
                self._update_failed(now)
            case SessionLost():
                self._queries.clear()
                instance.phase = Phase.OUT
                emit(urc.event(31))
            case Deregistered():
                return self._left()
            case DeregisterFailed():
                instance.phase = Phase.REGISTERED
                if self._deleting:
                    self.abandon(now)
                    return Done()
        return None

    def _left(self) -> Result | None:
        self._finish_leaving()
        if self._deleting:
            return Done(lines=(urc.event(15),))
        self._instance.module.emit(urc.event(15))
        return None

    def _finish_leaving(self) -> None:
        self._instance.phase = Phase.IDLE
        self._queries.clear()
        self._instance.forget_resources()

    def _update_failed(self, now: float) -> None:
        """Silence, or the events of other firmware (decision 25, MB 2.7)."""
        match self._instance.module.quirks.update_fail:
            case "silent":
                pass
            case "12":
                self._instance.module.emit(urc.event(12))
            case "12+15":
                self._instance.module.emit(urc.event(12))
                self._end_session(now)

    def _end_session(self, now: float) -> None:
        """The module gives the session up, without a DELETE (decision 26)."""
        self.abandon(now)
        self._instance.module.emit(urc.event(15))


def _update(client: Client, now: float, lifetime: int | None, with_objects: bool) -> int:
    """Send an Update; more of them on their way than the engine follows is 652."""
    try:
        return client.update(now, lifetime=lifetime, with_objects=with_objects)
    except EngineError:
        raise Failed(Fault.BUSY) from None
