"""OPEN, UPDATE, CLOSE and DELETE of an instance, and the events they end in (decisions 20–28)."""

from contextlib import suppress
from dataclasses import replace

from emulator import urc
from emulator.at.results import Done, Failed, Fault, Later, Result
from emulator.instance import FLAG_BOOTSTRAP, Instance, Phase, Platform
from emulator.values import as_text
from lwm2m_core.accounts import Account
from lwm2m_core.blocks import ASSEMBLED_LIMIT
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
from lwm2m_core.endpoint import Transmission
from lwm2m_core.errors import EngineError
from lwm2m_core.paths import Path
from lwm2m_core.requests import Settings

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

AUTOMATIC_UPDATE_BEFORE, AUTOMATIC_LIFETIME_LEAST = 30, 60  # seconds (manual 4.5)
UPDATE_LIFETIME_LEAST, UPDATE_LIFETIME_ELSE = 10, 86400  # seconds (manual 3.7)
NEVER = float("inf")


class Login:
    """The login of one instance. `queries`: Updates sent by AT+MIPLOPEN? (decision 24)."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._queries: set[int] = set()
        self._deleting = False
        self._automatic = False
        self._renewing: float | None = None  # the end of lifetime that an Update is to put off

    def open(self, lifetime: int, timeout: int, now: float) -> Done:
        """AT+MIPLOPEN=: `OK`, then 6, 7 or 3 within `timeout` seconds (decision 22)."""
        instance = self._instance
        if instance.phase not in (Phase.IDLE, Phase.OUT):
            raise Failed(Fault.STATE)
        account, bootstrap = self._server()
        instance.client = Client(self._settings(), instance.tree, instance.module.rng)
        instance.client.open(
            account, bootstrap=bootstrap, lifetime=lifetime, timeout=timeout, now=now
        )
        instance.phase = Phase.LOGGING_IN
        return Done()

    def set_automatic(self, on: bool) -> None:
        """AT+MIPLUPDATESET=: before OPEN only (manual 4.5; decision 26)."""
        self._instance.require_before_open()
        self._automatic = on

    def remaining(self, now: float) -> int:
        """Whole seconds of lifetime that are left, 0 while not registered (manual 4.9)."""
        end = self._end_of_lifetime()
        return 0 if end is None else max(0, int(end - now))

    def deadline(self) -> float | None:
        """When an automatic Update is due, or its failure (decision 26)."""
        end = self._end_of_lifetime()
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
        end = self._end_of_lifetime()
        if self._renewing == end:
            self.abandon(now)
            self._instance.module.emit(urc.event(15))
            return
        assert self._instance.client is not None
        self._renewing = end
        with suppress(EngineError):  # so many Updates are on their way that one will do
            self._instance.client.update(now, lifetime=None, with_objects=False)

    def _end_of_lifetime(self) -> float | None:
        client = self._instance.client
        if client is None or self._instance.phase is not Phase.REGISTERED:
            return None
        return client.expires_at

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

    def _server(self) -> tuple[Account, bool]:
        """Where to log in, and whether a bootstrap comes first (decision 23)."""
        instance = self._instance
        bootstrap = bool(instance.target.flag & FLAG_BOOTSTRAP)
        again = instance.module.quirks.bootstrap_each_open == "on"
        if bootstrap and instance.skip_bootstrap and instance.handed_out is not None and not again:
            return instance.handed_out, False
        return self._with_identity(instance.target.account), bootstrap

    def _with_identity(self, account: Account) -> Account:
        """An empty `<PSKID>` is the platform's default (decision 21)."""
        if not account.secure or account.identity:
            return account
        instance = self._instance
        onenet = instance.platform is Platform.ONENET
        name = instance.module.identity.imei if onenet else instance.endpoint_name
        return replace(account, identity=name.encode())

    def _settings(self) -> Settings:
        instance, quirks = self._instance, self._instance.module.quirks
        carrier = quirks.authcode_carrier
        if carrier == "auto":  # decision 21
            carrier = "option63" if instance.platform is Platform.ONENET else "query"
        ack = quirks.empty_ack_after_s
        return Settings(
            endpoint=instance.endpoint_name,
            binding=instance.binding,
            lwm2m_query={"1.0": "1.0", "none": None}[quirks.lwm2m_query],
            auth_code=as_text(instance.target.auth_code.encode("latin-1")) or None,
            auth_carrier=carrier,
            transmission=Transmission(
                ack_timeout=quirks.ack_timeout_s, empty_ack_after=None if ack == "never" else ack
            ),
            security_object=quirks.security_object_in_register == "on",
            module_objects=self._module_objects(),
            assembled_limit=0 if quirks.block_passthrough == "always" else ASSEMBLED_LIMIT,
        )

    def _module_objects(self) -> tuple[Path, ...] | None:
        """The module's own instances that a registration lists; None: 3/0 if nothing else is."""
        match self._instance.module.quirks.module_objects_in_register:
            case "auto":
                return None
            case "on":
                return self._instance.tree.instances(owner="module")
            case "off":
                return ()

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
                self.abandon(now)
                self._instance.module.emit(urc.event(12))
                self._instance.module.emit(urc.event(15))


def _update(client: Client, now: float, lifetime: int | None, with_objects: bool) -> int:
    """Send an Update; more of them on their way than the engine follows is 652."""
    try:
        return client.update(now, lifetime=lifetime, with_objects=with_objects)
    except EngineError:
        raise Failed(Fault.BUSY) from None
