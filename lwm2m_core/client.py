"""The LwM2M 1.0 client of one module: bootstrap, registration, and the server's requests.

Pure: datagrams and `now` (float seconds of any monotonic clock) come in, `outputs()` and
`deadline()` go out. Whatever the login may do stands in `login.TRANSITIONS`.
"""

from collections.abc import Iterator
from itertools import count

from lwm2m_core import endpoint as coap
from lwm2m_core import outputs as out
from lwm2m_core.accounts import Account
from lwm2m_core.bootstrap import Bootstrap
from lwm2m_core.endpoint import Endpoint, Rng
from lwm2m_core.errors import EngineError
from lwm2m_core.login import Event, State, Verdict, Why, follow
from lwm2m_core.management import Management
from lwm2m_core.message import Message
from lwm2m_core.objects import ObjectTree
from lwm2m_core.observations import Observation, Observations
from lwm2m_core.peer import Peer
from lwm2m_core.provisioning import Provision
from lwm2m_core.registration import Registration
from lwm2m_core.requests import Changes, Settings

_BOOTSTRAP = (State.CONNECTING_BOOTSTRAP, State.BOOTSTRAPPING)
_SESSION = (State.REGISTERED, State.DEREGISTERING)


class Client:
    """One registration at a time. Calls that do not fit the state raise EngineError."""

    def __init__(self, settings: Settings, tree: ObjectTree, rng: Rng) -> None:
        self.settings = settings
        """May be replaced until open(); a session keeps those it began with."""
        self.state = State.IDLE
        self.bootstrapped: Account | None = None
        """What the last bootstrap handed out, once a registration there succeeded: a later
        open() may go there directly (decision 23)."""
        self._tree = tree
        self._rng = rng
        self._generations: Iterator[int] = count(1)
        self._numbers: Iterator[int] = count(1)
        self._outputs: list[out.ClientOutput] = []
        self._lifetime = 0
        self._give_up_at: float | None = None
        self._peer: Peer | None = None
        self._bootstrap: Bootstrap | None = None
        self._handed_out: Account | None = None
        self._registration: Registration | None = None
        self._management: Management | None = None

    # What the owner asks for.

    def open(
        self, account: Account, *, bootstrap: bool, lifetime: int, timeout: float, now: float
    ) -> None:
        """Log in to `account`, or to the server that its bootstrap hands out.

        `timeout` covers all of it. Ends in Registered, RegisterFailed or BootstrapFailed
        (decision 22).
        """
        self._go(Event.OPEN_BOOTSTRAP if bootstrap else Event.OPEN_DIRECT)
        self._lifetime = lifetime
        self._give_up_at = now + timeout
        self._meet(account, "bootstrap" if bootstrap else "lwm2m")

    def update(self, now: float, *, lifetime: int | None, with_objects: bool) -> int:
        """Send an Update; its number comes back in Updated or UpdateFailed (decision 25)."""
        number = self._session().update(now, Changes(lifetime, with_objects))
        self._pump(now)
        return number

    def close(self, now: float) -> None:
        """Deregister; ends in Deregistered or DeregisterFailed (decision 27).

        Asked again while the DELETE is under way, it changes nothing: the endpoint repeats it.
        """
        under_way = self.state is State.DEREGISTERING
        self._go(Event.CLOSE)
        if not under_way:
            self._session().deregister(now)
            self._pump(now)

    def abandon(self, now: float) -> None:
        """Drop everything at once: links are closed, nothing is sent, nothing is reported."""
        self._end(Event.ABANDON)
        self.bootstrapped = None

    def renew_link(self, now: float) -> None:
        """Close the link of the session and open another; datagrams wait for it (decision 47)."""
        self._session()
        assert self._peer is not None
        self._peer.connect()

    def respond(
        self,
        mid: int,
        code: int,
        now: float,
        *,
        payload: bytes = b"",
        content_format: int | None = None,
    ) -> None:
        """Answer a Received operation; 2.05 to an Observe begins the observation."""
        self._managed().respond(mid, code, now, payload, content_format)
        self._pump(now)

    def forget(self, mid: int) -> None:
        """Never answer request `mid`, nor report its repetition (decision 32)."""
        self._managed().forget(mid)

    def notify(
        self,
        observation: Observation,
        payload: bytes,
        content_format: int | None,
        now: float,
        *,
        confirmable: bool,
        mid: int | None = None,
        type: int | None = None,
    ) -> int:
        """Send one notification and return its message id: `mid` if given, else a fresh one.

        EngineError if `observation` is over or UNACKNOWLEDGED_LIMIT are in flight.
        """
        sent = self._managed().notify(
            observation, payload, content_format, now, confirmable=confirmable, mid=mid, type=type
        )
        self._pump(now)
        return sent

    # What the owner may look at.

    @property
    def lifetime(self) -> int:
        """Seconds, as the server last accepted it; while logging in, as open() was told."""
        return self._lifetime if self._registration is None else self._registration.lifetime

    @property
    def expires_at(self) -> float | None:
        """When the registration runs out at the server; nothing happens here then."""
        return None if self._registration is None else self._registration.expires_at

    @property
    def observations(self) -> Observations:
        """Those of this session; empty without one."""
        return Observations() if self._management is None else self._management.observations

    @property
    def unacknowledged(self) -> int:
        """CON notifications in flight."""
        return self.observations.unacknowledged

    # What the network and the clock bring.

    def link_up(self, link: int, now: float) -> None:
        peer = self._current(link)
        if peer is None:
            return
        self._go(Event.LINK_UP)
        peer.link_up()
        match self.state:
            case State.BOOTSTRAPPING:
                self._tell(out.BootstrapStarted())
                self._bootstrap = Bootstrap(self.settings, self._tree, peer.endpoint)
                self._bootstrap.request(now)
            case State.REGISTERING:
                self._tell(out.Connected())
                self._register(peer.endpoint, now)
        self._pump(now)

    def link_lost(self, link: int, reason: str, now: float) -> None:
        """The link died. It ends an attempt; a session goes on over the next link it needs."""
        peer = self._current(link)
        if peer is None:
            return
        peer.link_lost()
        if self.state in _SESSION:
            self._go(Event.LINK_LOST)
        else:
            self._fail(Event.LINK_LOST, "link", None)

    def send_failed(self, link: int, now: float) -> None:
        """A datagram was refused on its way (ICMP). In every state it counts as lost, as it would
        be behind a cell network: it is sent again, or given up in time (decision 28)."""

    def datagram_received(self, link: int, data: bytes, now: float) -> None:
        peer = self._current(link)
        if peer is not None:
            peer.endpoint.receive(data, now)
            self._pump(now)

    def handle_timeout(self, now: float) -> None:
        if self._give_up_at is not None and now >= self._give_up_at:
            self._fail(Event.FAILED, "timeout", None)
        elif self._peer is not None:
            self._peer.endpoint.handle_timeout(now)
            self._pump(now)

    def deadline(self) -> float | None:
        """When handle_timeout() is due; None if nothing is to be waited for."""
        due = None if self._peer is None else self._peer.endpoint.deadline()
        return min((at for at in (self._give_up_at, due) if at is not None), default=None)

    def outputs(self) -> list[out.ClientOutput]:
        """All that has come about since the last call, in order."""
        drained = self._outputs[:]
        self._outputs.clear()
        return drained

    # How it goes on from here.

    def _pump(self, now: float) -> None:
        """Carry out what the endpoint brought up, until it has nothing more, or is gone."""
        peer = self._peer
        while peer is not None and peer is self._peer and (batch := peer.endpoint.outputs()):
            for output in batch:
                if peer is self._peer:
                    self._take(peer, output, now)

    def _take(self, peer: Peer, output: coap.Output, now: float) -> None:
        match output:
            case coap.Datagram(data=data):
                peer.send(data)
            case coap.Request(message=message):
                self._requested(peer, message, now)
            case coap.Response(handle=handle, message=message):
                self._follow(self._answered(handle, message, now))
            case coap.Failed(handle=handle, reason=reason):
                why: Why = "timeout" if reason == "timeout" else "refused"
                self._follow(self._unanswered(handle, why))
            case _ if self._management is not None:
                self._management.heard(output)

    def _requested(self, peer: Peer, message: Message, now: float) -> None:
        if self._management is not None:
            self._management.requested(message, now)
        elif self._bootstrap is not None:
            self._bootstrap.requested(message, now)
            if self._bootstrap.provision is not None:
                # The answer to the finish leaves before its link is closed.
                peer.flush()
                self._move_on(self._bootstrap.provision)

    def _answered(self, handle: int, answer: Message, now: float) -> Verdict | None:
        if self._registration is not None:
            return self._registration.answered(handle, answer, now)
        return self._bootstrap and self._bootstrap.answered(handle, answer)

    def _unanswered(self, handle: int, why: Why) -> Verdict | None:
        if self._registration is not None:
            return self._registration.unanswered(handle, why)
        return self._bootstrap and self._bootstrap.unanswered(handle, why)

    def _follow(self, verdict: Verdict | None) -> None:
        if verdict is None:
            return
        match verdict.event:
            case Event.REGISTER_ACCEPTED:
                self._registered()
            case Event.DEREGISTERED:
                self._end(verdict.event)
                self._tell(out.Deregistered())
            case Event.CLOSE_FAILED:
                self._go(verdict.event)
                self._tell(out.DeregisterFailed(verdict.why, verdict.code))
            case Event.SESSION_LOST:
                self._end(verdict.event)
                self._tell(out.SessionLost())
            case event:
                self._fail(event, verdict.why, verdict.code)

    def _meet(self, account: Account, role: out.Role) -> None:
        endpoint = Endpoint(self.settings.transmission, self._rng)
        self._peer = Peer(account, role, endpoint, self._generations, self._tell)
        self._peer.connect()

    def _move_on(self, provision: Provision) -> None:
        """From the bootstrap server to the server that it handed out."""
        self._go(Event.BOOTSTRAP_FINISHED)
        self._leave()
        self._handed_out = provision.account
        self._tell(out.Bootstrapped(provision.account, provision.lifetime))
        self._meet(provision.account, "lwm2m")

    def _register(self, endpoint: Endpoint, now: float) -> None:
        self._registration = Registration(
            self.settings, self._tree, endpoint, self._lifetime, self._numbers, self._tell
        )
        # A server may ask before its answer to the Register arrives (conformance 9).
        self._management = Management(self._tree, endpoint, self._tell)
        self._registration.register(now)

    def _registered(self) -> None:
        self._go(Event.REGISTER_ACCEPTED)
        self._give_up_at = None
        self.bootstrapped = self._handed_out or self.bootstrapped
        self._tell(out.Registered(self._session().location))

    def _fail(self, event: Event, why: Why, code: int | None) -> None:
        bootstrapping = self.state in _BOOTSTRAP
        self._end(event)
        failed = out.BootstrapFailed if bootstrapping else out.RegisterFailed
        self._tell(failed(why, code))

    def _end(self, event: Event) -> None:
        self._go(event)
        self._leave()
        self._give_up_at = self._handed_out = None

    def _leave(self) -> None:
        """Close the link, and forget all that went over it."""
        if self._peer is not None:
            self._peer.disconnect()
        self._peer = self._bootstrap = self._registration = self._management = None

    def _go(self, event: Event) -> None:
        self.state = follow(self.state, event)

    def _tell(self, output: out.ClientOutput) -> None:
        self._outputs.append(output)

    def _current(self, link: int) -> Peer | None:
        """The peer whose link this is; None for an older generation."""
        return self._peer if self._peer is not None and self._peer.is_current(link) else None

    def _managed(self) -> Management:
        if self._management is None:
            raise EngineError("no session")
        return self._management

    def _session(self) -> Registration:
        if self._registration is None or self.state not in _SESSION:
            raise EngineError("not registered")
        return self._registration
