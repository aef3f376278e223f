"""OPEN, UPDATE, CLOSE and DELETE of an instance, and the events they end in (decisions 20–28)."""

from contextlib import suppress

from emulator import urc
from emulator.at.results import Done, Failed, Fault, Result
from emulator.attempts import Attempts
from emulator.instance import SHORT_ID, Binding, Instance, Phase, Platform
from emulator.leaving import Leaving
from emulator.lifetime import Lifetime
from lwm2m_core.client import Client
from lwm2m_core.client_outputs import (
    BootstrapFailed,
    Bootstrapped,
    BootstrapStarted,
    Connected,
    Deregistered,
    DeregisterFailed,
    Registered,
    RegisterFailed,
    SessionLost,
    Updated,
    UpdateFailed,
)
from lwm2m_core.errors import EngineError
from lwm2m_core.login import Why
from lwm2m_core.timers import earliest

LoginEvent = (
    BootstrapStarted
    | Bootstrapped
    | BootstrapFailed
    | Connected
    | Registered
    | RegisterFailed
    | Updated
    | UpdateFailed
    | SessionLost
    | Deregistered
    | DeregisterFailed
)

UPDATE_LIFETIME_LEAST, UPDATE_LIFETIME_ELSE = 10, 86400  # seconds (manual 3.7)


class Login:
    """The login of one instance. `queries`: Updates sent by AT+MIPLOPEN? (decision 24)."""

    __slots__ = ("lifetime", "_instance", "_attempts", "_queries", "_leaving")

    def __init__(self, instance: Instance) -> None:
        self.lifetime = Lifetime(instance, self)
        self._instance = instance
        self._attempts = Attempts(instance)
        self._queries: tuple[int, ...] = ()
        self._leaving = Leaving(instance, self._attempts, self)

    def open(self, lifetime: int, timeout: int, now: float) -> Done:
        """AT+MIPLOPEN=: `OK`, then 6, 7 or 3 within `timeout` seconds (decision 22)."""
        instance = self._instance
        if instance.phase not in (Phase.IDLE, Phase.OUT):
            raise Failed(Fault.STATE)
        self._attempts.begin(lifetime, timeout, now)
        return Done()

    def deadline(self) -> float | None:
        """When handle_timeout() is due."""
        return earliest(self._attempts.deadline(), self.lifetime.deadline())

    def handle_timeout(self, now: float) -> None:
        """The next try to log in, or what the lifetime brings about."""
        self._attempts.handle_timeout(now)
        self.lifetime.handle_timeout(now)

    def query(self, now: float) -> Done:
        """AT+MIPLOPEN?: an empty Update, answered by event 6; OneNET only (decision 24)."""
        client = self._registered()
        if self._instance.platform is not Platform.ONENET:
            raise Failed(Fault.NOT_ALLOWED)
        self._instance.require_room(0, now)
        self._queries += (_update(client, now, None, False),)
        return Done()

    def update(self, lifetime: int, with_objects: bool, now: float) -> Done:
        """AT+MIPLUPDATE=: `OK`, then event 11 (manual 3.7, decision 25)."""
        client = self._registered()
        small = lifetime < UPDATE_LIFETIME_LEAST
        keep = small and self._instance.module.quirks.update_lifetime_small == "keep"
        wanted = UPDATE_LIFETIME_ELSE if small else lifetime
        self._instance.require_room(0, now)
        _update(client, now, None if keep else wanted, with_objects)
        return Done()

    def send_update(self, lifetime: int | None, binding: Binding | None, now: float) -> None:
        """The platform has asked for it, directly or by what it wrote to 1/0 (decision 25)."""
        client = self._instance.client
        if client is not None and self._instance.phase is Phase.REGISTERED:
            with suppress(EngineError):  # sixteen are on their way, and nothing is answered
                client.update(now, lifetime=lifetime, binding=binding)

    def leave_for(self, seconds: int, now: float) -> None:
        """The platform wants to be left alone for so long (LwM2M 1.0 E.2, Disable)."""
        client = self._instance.client
        if client is not None and self._instance.phase is Phase.REGISTERED:
            self._leaving.leave_for(client, seconds, now)

    def close(self, now: float) -> Result:
        """AT+MIPLCLOSE=: `OK`, then event 15 when the platform has answered (decision 27)."""
        client = self._registered(Phase.REGISTERED, Phase.LEAVING)
        return self._leaving.close(client, now)

    @property
    def is_deleting(self) -> bool:
        """Whether the instance goes when the session has ended."""
        return self._leaving.is_deleting

    def interrupted(self) -> Done | None:
        """The session has ended in another way: so does the command that waits for it."""
        return self._leaving.interrupted()

    def delete(self, now: float) -> Result:
        """AT+MIPLDELETE=: the socket is closed, nothing goes out (manual 3.2, decision 27)."""
        return self._leaving.delete(now)

    def abandon(self, now: float) -> None:
        """Drop the session without a word on the wire."""
        if self._instance.client is not None:
            self._instance.client.abandon(now)
        self._attempts.stop()
        self._queries = ()
        self._instance.phase = Phase.OUT

    def _registered(self, *phases: Phase) -> Client:
        """The client, or 602 where the login is in another phase (manual chapter 6)."""
        client = self._instance.client
        if client is None or self._instance.phase not in (phases or (Phase.REGISTERED,)):
            raise Failed(Fault.STATE)
        return client

    def happened(self, event: LoginEvent, now: float) -> Result | Failed | None:
        """What the engine reports. A result ends a command that waited for it."""
        instance, emit = self._instance, self._instance.module.emit
        match event:
            case BootstrapStarted():
                self._bootstrap_started()
            case Bootstrapped(account=account, short_id=short_id):
                instance.handed_out = account
                instance.short_id = SHORT_ID if short_id is None else short_id
                emit(urc.event(2))
            case BootstrapFailed():
                self._bootstrap_failed(now)
            case Connected():
                instance.module.extra(4)
            case Registered():
                self._registration_begins(now)
            case RegisterFailed(reason=reason):
                self._register_failed(reason, now)
            case Updated(number=number):
                emit(urc.event(6 if self._was_query(number) else 11))
            case UpdateFailed(number=number, reason=reason):
                self._was_query(number)
                self._update_failed(reason, now)
            case SessionLost():
                self._session_lost(now)
                return self.interrupted()
            case Deregistered():
                self._queries = ()
                return self._leaving.left(now)
            case DeregisterFailed():
                return self._leaving.stayed(now)
        return None

    def _was_query(self, number: int) -> bool:
        """Whether this Update, which has ended, was one."""
        before = self._queries
        self._queries = tuple(other for other in before if other != number)
        return self._queries != before

    @property
    def _bootstraps_for_ever(self) -> bool:
        """Vanilla CIS: events 1, 3, 1, 3 without an end (MB 2.2)."""
        return self._instance.module.quirks.bs_fail == "loop"

    def _bootstrap_started(self) -> None:
        if self._bootstraps_for_ever:
            self._instance.module.emit(urc.event(1))
        else:
            self._instance.module.extra(1)

    def _bootstrap_failed(self, now: float) -> None:
        self._instance.phase = Phase.OUT
        self._instance.module.emit(urc.event(3))
        if self._bootstraps_for_ever:
            self._attempts.bootstrap_again(now)
        else:
            self._instance.module.extra(10)  # MB 2.2, EC: 3, then 10

    def _registration_begins(self, now: float) -> None:
        instance = self._instance
        instance.phase = Phase.REGISTERED
        instance.skip_bootstrap, instance.registered_at = True, now
        instance.module.emit(urc.event(6))
        if instance.module.quirks.spurious_update == "on":
            assert instance.client is not None
            instance.client.update(now, with_objects=True)  # MB 2.7: of its own objects

    def _register_failed(self, reason: Why, now: float) -> None:
        """Event 7 for a refusal and for silence (manual 3.6)."""
        module = self._instance.module
        number = module.quirks.reg_timeout_event if reason == "timeout" else 7
        if reason == "link":
            module.extra(5)
        elif reason == "timeout" and number == 7:
            module.extra(8)
        self._instance.phase = Phase.OUT
        module.emit(urc.event(number))
        if module.quirks.reg_retry == "loop":
            self._attempts.register_again(now)

    def _update_failed(self, reason: Why, now: float) -> None:
        """Silence, or the events of other firmware and what it does then (decision 25, MB 2.7)."""
        module, late = self._instance.module, reason == "timeout"
        how = self._after_failed_update
        if late or how == "silent":
            module.extra(13 if late else 12)
        if how != "silent":
            module.emit(urc.event(12))
        if self._instance.phase is not Phase.REGISTERED:
            return  # it is leaving anyway
        if how == "12+15":
            self.end_session(now)
        elif self._registers_anew:
            self._register_anew(now)

    @property
    def _after_failed_update(self) -> str:
        return self._instance.module.quirks.update_fail

    @property
    def _registers_anew(self) -> bool:
        return self._after_failed_update == "reregister"

    def _session_lost(self, now: float) -> None:
        """The platform has forgotten the registration (manual 3.20, event 31; decision 25)."""
        stays = self._instance.phase is Phase.REGISTERED  # nobody has asked to leave
        self._queries = ()
        self._instance.phase = Phase.OUT
        self._instance.module.emit(urc.event(31))
        if stays and self._registers_anew:
            self._register_anew(now)

    def _register_anew(self, now: float) -> None:
        """MT: forget the session and register by itself (MB 2.7)."""
        assert self._instance.client is not None
        lifetime = self._instance.client.lifetime
        self.abandon(now)
        self._attempts.register_again(now, lifetime)

    def end_session(self, now: float) -> None:
        """The module gives the session up, without a DELETE (decision 26)."""
        self.abandon(now)
        self._instance.module.emit(urc.event(15))


def _update(client: Client, now: float, lifetime: int | None, with_objects: bool) -> int:
    """Send an Update; more of them on their way than the engine follows is 652."""
    try:
        return client.update(now, lifetime=lifetime, with_objects=with_objects)
    except EngineError:
        raise Failed(Fault.BUSY) from None
