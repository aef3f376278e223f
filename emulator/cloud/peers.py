"""The far ends of one server: a CoAP endpoint for each address that has sent something."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Final

from lwm2m_core.endpoint import Datagram, Endpoint, Failed, Response, Rng, Transmission
from lwm2m_core.outputs import Output as EndpointOutput
from lwm2m_core.timers import Timers
from lwm2m_core.transfers import Transfers

STRANGER_LIMIT: Final = 1024
"""Addresses without a registration that are remembered; the one silent longest goes first.
Every endpoint keeps its duplicates for 247 s, up to `Transmission.duplicate_limit` of them."""

ANSWER_LIMIT: Final = 1 << 16
"""Bytes of a device's answer, which comes in blocks if it is long (chosen)."""


PLAIN: Final = 0
SECURE: Final = 1  # the listener of an engine that speaks DTLS


@dataclass(frozen=True, slots=True)
class Peer:
    """Where a datagram comes from: a numeric address, and which of our listeners it came to, for a
    secure one and a plain one may hear from the same address."""

    host: str
    port: int
    listener: int = PLAIN

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Send:
    """A datagram to be sent."""

    peer: Peer
    data: bytes


@dataclass(frozen=True, slots=True)
class PeerDue:
    """The timer key of an endpoint."""

    peer: Peer


class Peers:
    """Endpoints by address. What they want sent is given to `send`, what else they tell to `take`,
    in the order in which it happened; `take` may use them meanwhile."""

    def __init__(
        self,
        transmission: Transmission,
        rng: Rng,
        timers: Timers[Hashable],
        send: Callable[[Send], None],
        take: Callable[[Peer, EndpointOutput, float], None],
    ) -> None:
        self._transmission = transmission
        self._rng = rng
        self._timers = timers
        self._send = send
        self._take = take
        self._strangers: OrderedDict[Peer, Transfers] = OrderedDict()
        self._kept: dict[Peer, Transfers] = {}

    def receive(self, data: bytes, peer: Peer, now: float) -> None:
        endpoint = self.get(peer) or self._meet(peer)
        if peer in self._strangers:
            self._strangers.move_to_end(peer)
        endpoint.receive(data, now)
        self.drain(peer, now)

    def handle_timeout(self, peer: Peer, now: float) -> None:
        endpoint = self.get(peer)
        if endpoint is not None:
            endpoint.handle_timeout(now)
            self.drain(peer, now)

    def drain(self, peer: Peer, now: float) -> None:
        """Pass on what an endpoint has to tell; to be called after each use of it."""
        transfers = self._find(peer)
        while transfers is not None and (outputs := transfers.endpoint.outputs()):
            for output in outputs:
                match output:
                    case Datagram(data):
                        self._send(Send(peer, data))
                    case Response() | Failed():
                        if whole := transfers.take(output, now):
                            self._take(peer, whole, now)
                    case _:
                        self._take(peer, output, now)
        deadline = None if transfers is None else transfers.endpoint.deadline()
        if deadline is None:
            self._timers.cancel(PeerDue(peer))
        else:
            self._timers.set(PeerDue(peer), deadline)

    def get(self, peer: Peer) -> Endpoint | None:
        transfers = self._find(peer)
        return None if transfers is None else transfers.endpoint

    def __getitem__(self, peer: Peer) -> Endpoint:
        return self.transfers(peer).endpoint

    def transfers(self, peer: Peer) -> Transfers:
        """What makes our requests there, whatever their length and that of the answers."""
        return self._kept[peer] if peer in self._kept else self._strangers[peer]

    def _find(self, peer: Peer) -> Transfers | None:
        return self._kept.get(peer) or self._strangers.get(peer)

    def keep(self, peer: Peer) -> None:
        """Never drop this address for newer ones, until `release`."""
        transfers = self._strangers.pop(peer, None)
        if transfers is not None:
            self._kept[peer] = transfers

    def release(self, peer: Peer) -> None:
        transfers = self._kept.pop(peer, None)
        if transfers is not None:
            self._add(peer, transfers)

    def move(self, old: Peer, new: Peer, now: float) -> None:
        """A kept address has become another one, with all that is under way; what is known of the
        new address otherwise is dropped."""
        self._drop(new)
        self._kept[new] = self._kept.pop(old)
        self._timers.cancel(PeerDue(old))
        self.drain(new, now)

    def _meet(self, peer: Peer) -> Endpoint:
        endpoint = Endpoint(self._transmission, self._rng)
        self._add(peer, Transfers(endpoint, ANSWER_LIMIT))
        return endpoint

    def _add(self, peer: Peer, transfers: Transfers) -> None:
        while len(self._strangers) >= STRANGER_LIMIT:
            self._drop(next(iter(self._strangers)))
        self._strangers[peer] = transfers

    def _drop(self, peer: Peer) -> None:
        self._strangers.pop(peer, None)
        self._timers.cancel(PeerDue(peer))
