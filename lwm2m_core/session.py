"""The login as it runs: which server we are talking to, over which link, and how it goes on."""

from collections.abc import Callable
from dataclasses import replace

from lwm2m_core import client_outputs as out
from lwm2m_core import endpoint as coap
from lwm2m_core.accounts import Account
from lwm2m_core.ageing import Ageing
from lwm2m_core.bootstrap import Bootstrap
from lwm2m_core.endpoint import Endpoint, Rng
from lwm2m_core.login import Event, State, Verdict, Why, follow
from lwm2m_core.management import Management
from lwm2m_core.message import Message
from lwm2m_core.objects import ObjectTree
from lwm2m_core.peer import Peer
from lwm2m_core.provisioning import Provision
from lwm2m_core.queue_mode import QueueMode
from lwm2m_core.registration import Registration
from lwm2m_core.requests import Changes, Settings
from lwm2m_core.timers import earliest

REGISTERED = (State.REGISTERED, State.DEREGISTERING)
"""A server holds our registration, be it that we have asked it to end it (decision 27)."""

_BOOTSTRAP = (State.CONNECTING_BOOTSTRAP, State.BOOTSTRAPPING)


class Session:
    """One login after another. `bootstrap`, `registration` and `management` are there only while
    that part of the login lasts."""

    __slots__ = (
        "state", "lifetime", "bootstrapped", "peer", "bootstrap", "registration", "management",
        "queue_mode", "ageing", "_settings", "_tree", "_rng", "_tell", "_generation", "_number",
        "_handed_out", "_give_up_at",
    )  # fmt: skip

    def __init__(
        self,
        settings: Settings,
        tree: ObjectTree,
        rng: Rng,
        tell: Callable[[out.ClientOutput], None],
    ) -> None:
        self.state = State.IDLE
        self.lifetime = 0
        self.bootstrapped: Account | None = None
        self.peer: Peer | None = None
        self.bootstrap: Bootstrap | None = None
        self.registration: Registration | None = None
        self.management: Management | None = None
        self.queue_mode = QueueMode()
        self.ageing = Ageing()
        self._settings = settings
        self._tree = tree
        self._rng = rng
        self._tell = tell
        self._generation = 0  # of the last link
        self._number = 0  # of the last Update
        self._handed_out: Account | None = None
        self._give_up_at: float | None = None

    def begin(
        self, settings: Settings, account: Account, role: out.Role, lifetime: int, give_up_at: float
    ) -> None:
        """Log in, to `account` directly or by its bootstrap, until `give_up_at` (decision 22)."""
        self.go(Event.OPEN_BOOTSTRAP if role == "bootstrap" else Event.OPEN_DIRECT)
        self._settings = settings
        self.lifetime = lifetime
        self._give_up_at = give_up_at
        self._meet(account, role)

    def go(self, event: Event) -> None:
        self.state = follow(self.state, event)

    def end(self, event: Event) -> None:
        """The login is over: the link is closed, and all that belonged to it is forgotten."""
        self.go(event)
        self._leave()
        self._give_up_at = self._handed_out = None

    def link_up(self, peer: Peer, now: float) -> None:
        """Say the first word; in a session, what has been waiting for the link."""
        self.go(Event.LINK_UP)
        self.ageing.used(now)
        peer.link_up()
        match self.state:
            case State.BOOTSTRAPPING:
                self._tell(out.BootstrapStarted())
                self.bootstrap = Bootstrap(
                    self._settings, self._tree, peer.endpoint, peer.transfers
                )
                self.bootstrap.request(now)
            case State.REGISTERING:
                self._tell(out.Connected())
                self._register(peer, now)
        self.pump(now)

    def link_lost(self, peer: Peer) -> None:
        peer.link_lost()
        if self.state in REGISTERED:
            self.go(Event.LINK_LOST)
        else:
            self._fail(Event.LINK_LOST, "link", None)

    def wake(self, now: float) -> None:
        """Before anything but an Update or a DELETE is sent: an Update tells a server that queues
        its requests that they may come (LwM2M 1.0 8.3)."""
        if not self.queue_mode.is_awake and self.registration is not None:
            self.registration.update(now, Changes())
            self.pump(now)

    def bind(self, binding: str) -> None:
        """From now on this is the binding of the registration, and of its queue mode."""
        self._settings = replace(self._settings, binding=binding)
        self.queue_mode.window = self._settings.awake_window
        if self.registration is not None:
            self.registration.settings = self._settings

    def receive(self, peer: Peer, data: bytes, now: float) -> None:
        """A datagram of the server; while the receiver is off it is not heard."""
        if self.queue_mode.is_awake:
            self.queue_mode.exchanged(now)
            self.ageing.used(now)
            peer.endpoint.receive(data, now)
            self.pump(now)

    def handle_timeout(self, now: float) -> None:
        if self._give_up_at is not None and now >= self._give_up_at:
            self._fail(Event.FAILED, "timeout", None)
        elif self.peer is not None:
            self.peer.endpoint.handle_timeout(now)
            self.pump(now)
            if self.queue_mode.handle_timeout(now, is_busy=self._is_busy):
                self._tell(out.FellAsleep())

    def deadline(self) -> float | None:
        due = None if self.peer is None else self.peer.endpoint.deadline()
        if self.queue_mode.window is None:
            return due if self._give_up_at is None else earliest(self._give_up_at, due)
        asleep = self.queue_mode.deadline(is_busy=self._is_busy)
        return earliest(self._give_up_at, due, asleep)

    @property
    def _is_busy(self) -> bool:
        return self.peer is not None and self.peer.endpoint.is_busy

    def pump(self, now: float) -> None:
        """Carry out what the endpoint brought up, until it has nothing more, or is gone."""
        peer = self.peer
        while peer is not None and peer is self.peer and (batch := peer.endpoint.outputs()):
            for output in batch:
                if peer is self.peer:
                    self._take(peer, output, now)

    def _take(self, peer: Peer, output: coap.Output, now: float) -> None:
        match output:
            case coap.Datagram(data=data):
                self._send(peer, data, now)
            case coap.Request(message=message):
                self._requested(peer, message, now)
            case coap.Response() | coap.Failed():
                if isinstance(output, coap.Failed):
                    self.ageing.doubt()
                self._ended(peer.transfers.take(output, now), now)
            case _ if self.management is not None:
                if isinstance(output, coap.GaveUp):
                    self.ageing.doubt()
                self.management.heard(output)

    def _send(self, peer: Peer, data: bytes, now: float) -> None:
        if not self.queue_mode.is_awake:
            self._tell(out.Woke())
        self.queue_mode.exchanged(now)
        if self.state in REGISTERED and self.ageing.is_over(peer, now):
            self._tell(out.LinkAged())
            peer.connect()
        self.ageing.used(now)
        peer.send(data)

    def has_room(self, size: int, now: float) -> bool:
        """Whether a datagram of so many bytes can leave, or wait for a new session over DTLS.
        Others wait for a link only where one has died, and then the oldest goes."""
        peer = self.peer
        if peer is None or not peer.is_secure:
            return True
        if peer.is_up and not self.ageing.is_over(peer, now):
            return True
        return peer.backlog.has_room(size)

    def empty_backlog(self, now: float) -> None:
        """Nothing of what waits for a new session is sent any more (manual 4.8; decision 47)."""
        peer = self.peer
        if peer is not None and peer.is_secure:
            for data in peer.backlog:
                peer.endpoint.withdraw(int.from_bytes(data[2:4], "big"), now)
            peer.backlog.clear()

    def _requested(self, peer: Peer, message: Message, now: float) -> None:
        early = self.state is State.REGISTERING
        if early and not self._settings.manners.hears_early:
            peer.endpoint.forget(message.mid)
        elif self.management is not None:
            self.management.requested(message, now)
        elif self.bootstrap is not None:
            self.bootstrap.requested(message, now)
            if self.bootstrap.provision is not None:
                # The answer to the finish leaves before its link is closed.
                peer.flush()
                self._move_on(self.bootstrap.provision)

    def _ended(self, end: coap.Response | coap.Failed | None, now: float) -> None:
        """A request of ours, all blocks of it and of its answer."""
        asked = self.registration or self.bootstrap
        if end is None or asked is None:
            return
        match end:
            case coap.Response(handle=handle, message=message):
                self._follow(asked.answered(handle, message, now))
            case coap.Failed(handle=handle, reason="reset"):
                self._follow(asked.unanswered(handle, "refused"))
            case coap.Failed(handle=handle):  # nor is an answer one that breaks off
                self._follow(asked.unanswered(handle, "timeout"))

    def _follow(self, verdict: Verdict | None) -> None:
        if verdict is None:
            return
        match verdict.event:
            case Event.REGISTER_ACCEPTED:
                self._registered()
            case Event.DEREGISTERED:
                self.end(verdict.event)
                self._tell(out.Deregistered())
            case Event.CLOSE_FAILED:
                self.go(verdict.event)
                self._tell(out.DeregisterFailed(verdict.why, verdict.code))
            case Event.SESSION_LOST:
                self.end(verdict.event)
                self._tell(out.SessionLost())
            case event:
                self._fail(event, verdict.why, verdict.code)

    def _meet(self, account: Account, role: out.Role) -> None:
        endpoint = Endpoint(self._settings.transmission, self._rng)
        self.peer = Peer(account, role, endpoint, self._generation, self._tell)
        self.peer.connect()

    def _move_on(self, provision: Provision) -> None:
        """From the bootstrap server to the server that it handed out."""
        self.go(Event.BOOTSTRAP_FINISHED)
        self._leave()
        self._handed_out = provision.account
        told = out.Bootstrapped(provision.account, provision.lifetime, provision.short_id)
        self._tell(told)
        self._meet(provision.account, "lwm2m")

    def _register(self, peer: Peer, now: float) -> None:
        self.registration = Registration(
            self._settings, self._tree, peer.transfers, self.lifetime, self._number, self._tell
        )
        # A server may ask before its answer to the Register arrives (conformance 9).
        limit, manners = self._settings.assembled_limit, self._settings.manners
        self.management = Management(self._tree, peer.endpoint, self._tell, limit, manners)
        self.queue_mode = QueueMode(self._settings.awake_window)
        self.registration.register(now)

    def _registered(self) -> None:
        assert self.registration is not None
        self.go(Event.REGISTER_ACCEPTED)
        self._give_up_at = None
        self.bootstrapped = self._handed_out or self.bootstrapped
        self._tell(out.Registered(self.registration.location))

    def _fail(self, event: Event, why: Why, code: int | None) -> None:
        failed = out.BootstrapFailed if self.state in _BOOTSTRAP else out.RegisterFailed
        self.end(event)
        self._tell(failed(why, code))

    def _leave(self) -> None:
        if self.peer is not None:
            self.peer.disconnect()
            self._generation = self.peer.generation
        if self.registration is not None:
            self.lifetime = self.registration.lifetime
            self._number = self.registration.number
        self.peer = self.bootstrap = self.registration = self.management = None
        self.queue_mode = QueueMode()
