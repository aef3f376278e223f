"""The LwM2M 1.0 client of one module: bootstrap, registration, and the server's requests.

Pure: datagrams and `now` (float seconds of any monotonic clock) come in, `outputs()` and
`deadline()` go out. Whatever the login may do stands in `login.TRANSITIONS`.
"""

from lwm2m_core import client_outputs as out
from lwm2m_core.accounts import Account
from lwm2m_core.endpoint import Rng
from lwm2m_core.errors import EngineError
from lwm2m_core.login import Event, State
from lwm2m_core.management import Management
from lwm2m_core.message import Type
from lwm2m_core.nothing import NO_ITEMS
from lwm2m_core.objects import ObjectTree
from lwm2m_core.observations import Observation, Observations
from lwm2m_core.peer import Peer
from lwm2m_core.registration import Registration
from lwm2m_core.requests import Changes, Settings
from lwm2m_core.session import REGISTERED, Session

__all__ = ["Account", "Client", "Settings", "State"]


HEAD = 24
"""Bytes of a notification before its payload, at most: header 4, token 8, Observe 4, Content-Format
3, Block2 4, marker 1 (RFC 7252 3, RFC 7641 2, RFC 7959 2.1)."""


class Client:
    """One registration at a time. Calls that do not fit the state raise EngineError."""

    __slots__ = ("settings", "_outputs", "_session")

    def __init__(self, settings: Settings, tree: ObjectTree, rng: Rng) -> None:
        self.settings = settings
        """May be replaced until open(); a session keeps those it began with."""
        self._outputs: list[out.ClientOutput] = NO_ITEMS
        self._session = Session(settings, tree, rng, self._tell)

    # What the owner asks for.

    def open(
        self, account: Account, *, bootstrap: bool, lifetime: int, timeout: float, now: float
    ) -> None:
        """Log in to `account`, or to the server that its bootstrap hands out.

        `timeout` covers all of it. Ends in Registered, RegisterFailed or BootstrapFailed
        (decision 22).
        """
        role: out.Role = "bootstrap" if bootstrap else "lwm2m"
        self._session.begin(self.settings, account, role, lifetime, now + timeout)

    def update(
        self,
        now: float,
        *,
        lifetime: int | None = None,
        with_objects: bool = False,
        binding: str | None = None,
    ) -> int:
        """Send an Update; its number comes back in Updated or UpdateFailed (decision 25).

        `binding`: from now on another than the settings say.
        """
        registration = self._registration()
        registration.require_room()
        if binding is not None:
            self._session.bind(binding)
        number = registration.update(now, Changes(lifetime, with_objects))
        self._session.pump(now)
        return number

    def close(self, now: float) -> None:
        """Deregister; ends in Deregistered or DeregisterFailed (decision 27).

        Asked again while the DELETE is under way, it changes nothing: the endpoint repeats it.
        """
        under_way = self.state is State.DEREGISTERING
        self._session.go(Event.CLOSE)
        if not under_way:
            self._session.empty_backlog(now)
            self._registration().deregister(now)
            self._session.pump(now)

    def abandon(self, now: float) -> None:
        """Drop everything at once: links are closed, nothing is sent, nothing is reported."""
        self._session.end(Event.ABANDON)
        self._session.bootstrapped = None

    def renew_link(self, now: float) -> None:
        """Close the link of the session and open another; datagrams wait for it (decision 47)."""
        self._registration()
        assert self._session.peer is not None
        self._session.peer.connect()

    @property
    def idle_limit(self) -> float | None:
        """Seconds without a datagram after which a secured link is renewed before the next one is
        sent, which LinkAged tells; None for never (decision 47)."""
        return self._session.ageing.limit

    @idle_limit.setter
    def idle_limit(self, seconds: float | None) -> None:
        self._session.ageing.limit = seconds

    def has_room(self, payload: int, now: float) -> bool:
        """Whether a message with so many bytes of payload can leave, or wait for a link."""
        return self._session.has_room(HEAD + payload, now)

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
        self._management().respond(mid, code, now, payload, content_format)
        self._session.pump(now)

    def forget(self, mid: int) -> None:
        """Never answer request `mid`, nor report its repetition (decision 32)."""
        self._management().forget(mid)

    def notify(
        self,
        observation: Observation,
        payload: bytes,
        content_format: int | None,
        now: float,
        *,
        confirmable: bool,
        mid: int | None = None,
        type: Type | None = None,
        max_retransmit: int | None = None,
    ) -> int:
        """Send one notification and return its message id: `mid` if given, else a fresh one.

        `type` and `max_retransmit` as in Endpoint.notify. EngineError if `observation` is over or
        UNACKNOWLEDGED_LIMIT are in flight.
        """
        management = self._management()
        self._session.wake(now)
        confirmable = confirmable if type is None else type == Type.CON
        sent = management.notify(
            observation,
            payload,
            content_format,
            now,
            confirmable=confirmable,
            mid=mid,
            type=type,
            max_retransmit=max_retransmit,
        )
        # A notification given up because its id is used again is reported before it is noted anew.
        self._session.pump(now)
        management.sent(sent, observation, confirmable=confirmable)
        return sent

    # What the owner may look at.

    @property
    def state(self) -> State:
        return self._session.state

    @property
    def is_awake(self) -> bool:
        """Whether datagrams are heard: always, but in queue mode (LwM2M 1.0 8.3)."""
        return self._session.queue_mode.is_awake

    @property
    def bootstrapped(self) -> Account | None:
        """What the last bootstrap handed out, once a registration there has succeeded: a later
        open() may go there directly (decision 23)."""
        return self._session.bootstrapped

    @property
    def lifetime(self) -> int:
        """Seconds, as the server last accepted it, also after the session; while logging in, as
        open() was told."""
        registration = self._session.registration
        return self._session.lifetime if registration is None else registration.lifetime

    @property
    def wanted_lifetime(self) -> int:
        """Seconds, as they were last asked for: an Update that says so may be under way."""
        registration = self._session.registration
        return self._session.lifetime if registration is None else registration.wanted_lifetime

    @property
    def expires_at(self) -> float | None:
        """When the registration runs out at the server; nothing happens here then."""
        registration = self._session.registration
        return None if registration is None else registration.expires_at

    @property
    def observations(self) -> Observations:
        """Those of this session; empty without one."""
        management = self._session.management
        return Observations() if management is None else management.observations

    @property
    def unacknowledged(self) -> int:
        """CON notifications in flight."""
        return self.observations.unacknowledged

    # What the network and the clock bring.

    def link_up(self, link: int, now: float) -> None:
        peer = self._peer(link)
        if peer is not None:
            self._session.link_up(peer, now)

    def link_lost(self, link: int, reason: str, now: float) -> None:
        """The link died. It ends an attempt; a session goes on over the next link it needs."""
        peer = self._peer(link)
        if peer is not None:
            self._session.link_lost(peer)

    def send_failed(self, link: int, now: float) -> None:
        """A datagram was refused on its way (ICMP). In every state it counts as lost, as it would
        be behind a cell network: it is sent again, or given up in time (decision 28)."""

    def datagram_received(self, link: int, data: bytes, now: float) -> None:
        peer = self._peer(link)
        if peer is not None and peer.is_up:
            self._session.receive(peer, data, now)

    def handle_timeout(self, now: float) -> None:
        self._session.handle_timeout(now)

    def deadline(self) -> float | None:
        """When handle_timeout() is due; None if nothing is waited for."""
        return self._session.deadline()

    def outputs(self) -> list[out.ClientOutput]:
        """All that has come about since the last call, in order."""
        drained, self._outputs = self._outputs, NO_ITEMS
        return drained or []

    def _tell(self, output: out.ClientOutput) -> None:
        if self._outputs:
            self._outputs.append(output)
        else:
            self._outputs = [output]

    def _peer(self, link: int) -> Peer | None:
        """The peer whose link this is; None for a link of an older generation."""
        peer = self._session.peer
        return peer if peer is not None and peer.is_current(link) else None

    def _registration(self) -> Registration:
        registration = self._session.registration
        if registration is None or self.state not in REGISTERED:
            raise EngineError("not registered")
        return registration

    def _management(self) -> Management:
        if self._session.management is None:
            raise EngineError("no session")
        return self._session.management
