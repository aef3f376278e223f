"""A network that loses, delays, duplicates and reorders datagrams, the same way for each seed."""

import asyncio
import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from transport.link import Address, Direction, Link, LinkOpener, LinkReceiver, Tap
from transport.nat import Nat

UNDER_WAY_LIMIT = 1024  # datagrams of one direction of one link; more are lost
LEAVING_LIMIT = 1024  # closed links with datagrams under way; those of further ones are lost
REORDER_PATIENCE = 1.0  # seconds a held datagram waits for another one to overtake it


@dataclass(frozen=True, slots=True)
class Impairment:
    """What happens in one direction. The first three are probabilities, 0 to 1.

    `reordering`: the datagram is held until the next one of this direction has passed, or until
    `REORDER_PATIENCE` is over. `delay`: least and most seconds, drawn for each datagram and copy.
    """

    loss: float = 0.0
    duplication: float = 0.0
    reordering: float = 0.0
    delay: tuple[float, float] = (0.0, 0.0)

    def __post_init__(self) -> None:
        if not all(0 <= p <= 1 for p in (self.loss, self.duplication, self.reordering)):
            raise ValueError(f"a probability is not between 0 and 1: {self}")
        if not 0 <= self.delay[0] <= self.delay[1]:
            raise ValueError(f"not a range of seconds: {self.delay}")


PERFECT = Impairment()


@dataclass(slots=True)
class Counts:
    """What was done to the datagrams of one direction. `arrived` counts copies too.

    `aged` were not offered, because the NAT had forgotten whose they are.
    """

    offered: int = 0
    lost: int = 0
    aged: int = 0
    duplicated: int = 0
    reordered: int = 0
    delayed: int = 0
    arrived: int = 0


class BadNetwork:
    """Opens links through `opener` (`open_udp`, a `MemoryNetwork`'s `open_link`) and spoils them.

    A tap sees what passes on the way up, and on the way down what has come as far as us.
    Each direction of each link draws from a source of its own, so that the traffic of one link
    does not change the fate of another's. `up` and `down` count over all links.

    `nat_seconds`: between us and the platform is a NAT that forgets a binding after so many
    seconds without a datagram either way (RFC 4787 section 4.3). What comes from the platform
    then is lost, and what goes there next comes from another port.

    What a link has sent arrives though the link is closed meanwhile; until then its port stays
    open. So a `BadNetwork` over real sockets must be closed before the event loop ends.
    """

    def __init__(
        self,
        opener: LinkOpener,
        *,
        seed: int,
        up: Impairment = PERFECT,
        down: Impairment = PERFECT,
        nat_seconds: float = math.inf,
    ) -> None:
        self.up, self.down = Counts(), Counts()
        self._opener = opener
        self._seed = seed
        self._on_the_way_up, self._on_the_way_down = up, down
        self._nat_seconds = nat_seconds
        self._links = 0
        self._leaving: dict[_Way, Callable[[], None]] = {}

    async def open_link(
        self, remote: Address, receiver: LinkReceiver, *, tap: Tap | None = None
    ) -> "ImpairedLink":
        self._links += 1
        nat = Nat(self._nat_seconds, self._aged)
        down = _Way(self._on_the_way_down, self.down, self._rng("down"), receiver.datagram_received)
        heard = _ImpairedReceiver(receiver, nat.gate(down.offer))
        inner = await self._opener(remote, heard, tap=tap)
        up = _Way(self._on_the_way_up, self.up, self._rng("up"), nat.sender(inner))
        return ImpairedLink(inner, up, down, nat, heard, self._leave)

    def close(self) -> None:
        """What closed links have sent is lost where it has not arrived. Open links stay open."""
        for way in list(self._leaving):
            way.clear()
            self._left(way)

    def _leave(self, up: "_Way", end: Callable[[], None]) -> None:
        """`end` when the last datagram has arrived."""
        if len(self._leaving) >= LEAVING_LIMIT:
            up.clear()
        if up.is_empty:
            end()
            return
        self._leaving[up] = end
        up.emptied = partial(self._left, up)

    def _left(self, up: "_Way") -> None:
        self._leaving.pop(up)()

    def _aged(self) -> None:
        self.down.aged += 1

    def _rng(self, direction: Direction) -> random.Random:
        return random.Random(f"{self._seed} {self._links} {direction}")


class ImpairedLink:
    """A link whose datagrams may not arrive, arrive late, twice or in another order."""

    def __init__(
        self,
        inner: Link,
        up: "_Way",
        down: "_Way",
        nat: Nat,
        heard: "_ImpairedReceiver",
        leave: Callable[["_Way", Callable[[], None]], None],
    ) -> None:
        self._inner, self._up, self._down, self._nat = inner, up, down, nat
        self._heard, self._leave = heard, leave
        self._is_open = True

    @property
    def local(self) -> Address:
        return self._inner.local

    @property
    def remote(self) -> Address:
        return self._inner.remote

    def send(self, data: bytes) -> None:
        if self._is_open:
            self._up.offer(data)

    def rebind(self) -> None:
        """What is under way belongs to the old port, and is lost with it."""
        if not self._is_open:
            return
        self._up.clear()
        self._down.clear()
        self._nat.bind()
        self._inner.rebind()

    def close(self) -> None:
        """What has been sent still arrives; what comes finds nobody."""
        if not self._is_open:
            return
        self._is_open = self._heard.is_open = False
        self._down.clear()
        self._leave(self._up, self._inner.close)


class _ImpairedReceiver:
    """Between the inner link and the receiver: only datagrams take the bad way."""

    def __init__(self, receiver: LinkReceiver, arrive: Callable[[bytes], None]) -> None:
        self._receiver, self._arrive = receiver, arrive
        self.is_open = True

    def datagram_received(self, data: bytes) -> None:
        if self.is_open:
            self._arrive(data)

    def send_failed(self, reason: str) -> None:
        if self.is_open:
            self._receiver.send_failed(reason)

    def link_lost(self, reason: str) -> None:
        if self.is_open:
            self._receiver.link_lost(reason)


class _Way:
    """One direction of one link. `emptied` is called when nothing is under way any more."""

    def __init__(
        self,
        impairment: Impairment,
        counts: Counts,
        rng: random.Random,
        deliver: Callable[[bytes], None],
    ) -> None:
        self._impairment = impairment
        self._counts = counts
        self._rng = rng
        self._deliver = deliver
        self._loop = asyncio.get_running_loop()
        self._under_way: dict[int, tuple[asyncio.TimerHandle, list[bytes]]] = {}
        self._number = 0
        self._held: int | None = None
        self.emptied: Callable[[], None] | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is under way."""
        return not self._under_way

    def offer(self, data: bytes) -> None:
        self._counts.offered += 1
        bad = self._impairment
        # Every datagram draws the same five numbers, so that changing one probability does not
        # change what the others do.
        lose, copy, hold, wait, copy_wait = (self._rng.random() for _ in range(5))
        if lose < bad.loss:
            self._counts.lost += 1
            return
        copied = copy < bad.duplication
        if hold < bad.reordering and self._held is None:
            self._counts.reordered += 1
            self._held = self._schedule(REORDER_PATIENCE, [data])
        else:
            self._pass([data, *self._take_held()], wait)
        if copied:
            self._counts.duplicated += 1
            self._pass([data], copy_wait)

    def clear(self) -> None:
        """Lose everything that is under way."""
        for timer, datagrams in self._under_way.values():
            timer.cancel()
            self._counts.lost += len(datagrams)
        self._under_way.clear()
        self._held = None

    def _take_held(self) -> list[bytes]:
        if self._held is None:
            return []
        timer, datagrams = self._under_way.pop(self._held)
        timer.cancel()
        self._held = None
        return datagrams

    def _pass(self, datagrams: list[bytes], draw: float) -> None:
        least, most = self._impairment.delay
        if not most:
            self._arrive(datagrams)
            return
        self._counts.delayed += len(datagrams)
        self._schedule(least + (most - least) * draw, datagrams)

    def _schedule(self, seconds: float, datagrams: list[bytes]) -> int | None:
        if len(self._under_way) >= UNDER_WAY_LIMIT:
            self._counts.lost += len(datagrams)
            return None
        self._number += 1
        timer = self._loop.call_later(seconds, self._due, self._number)
        self._under_way[self._number] = timer, datagrams
        return self._number

    def _due(self, number: int) -> None:
        _, datagrams = self._under_way.pop(number)
        if number == self._held:
            self._held = None
        self._arrive(datagrams)
        if self.emptied is not None and self.is_empty:
            self.emptied()

    def _arrive(self, datagrams: list[bytes]) -> None:
        self._counts.arrived += len(datagrams)
        for data in datagrams:
            self._deliver(data)
