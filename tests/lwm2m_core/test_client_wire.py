"""A life on a bad wire: loss, duplication, delay and reordering from a seed, time as a number.

The server is a script: it reads fields with the table of conftest.py and writes bytes.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from heapq import heappop, heappush
from itertools import count

import pytest

from lwm2m_core.accounts import Account
from lwm2m_core.client import Client
from lwm2m_core.client_outputs import (
    BootstrapFailed,
    ClientOutput,
    CloseLink,
    Deregistered,
    DeregisterFailed,
    NotificationAcked,
    NotificationLost,
    OpenLink,
    Received,
    Registered,
    RegisterFailed,
    Send,
    Updated,
    UpdateFailed,
)
from lwm2m_core.login import State
from lwm2m_core.message import Code
from lwm2m_core.operations import Observe
from lwm2m_core.paths import Path

H = bytes.fromhex
Fields = Callable[[bytes], tuple[int, int, int, bytes, list[tuple[int, bytes]], bytes]]

SERVER = Account("127.0.0.1", 5783)
URI = b"coap://127.0.0.1:5683"
BOOTSTRAP = (
    H("4104 7001 11 b1 30"),  # DELETE /0
    H("4103 7002 12 b1 30 01 31 12 2d16 ff c80015") + URI + H("c101 00 c10a 01"),
    H("4103 7003 13 b1 31 01 31 12 2d16 ff c100 01"),
    H("4102 7004 14 b2 6273"),  # finish
)
OBSERVE = H("4101 8000 20 60 54 33323030 01 30")
READ = H("4101")  # then id, token and Uri-Path


@dataclass
class Server:
    """Answers what it is asked, each id alike, and repeats its own requests until answered."""

    fields: Fields
    send: Callable[[int, bytes], None]
    later: Callable[[float, Callable[[], None]], None]
    answers: dict[tuple[int, int], bytes] = field(default_factory=dict)
    replies: dict[tuple[int, int], bytes] = field(default_factory=dict)
    acked: set[int] = field(default_factory=set)

    def received(self, link: int, data: bytes) -> None:
        type_, code, mid, token, options, _ = self.fields(data)
        if type_ == 2:
            first = (link, mid) not in self.answers
            assert self.answers.setdefault((link, mid), data) == data
            if first:
                self.go_on(link, mid)
        elif code == 0x45:
            self.acked.add(mid)
            self.send(link, H("6000") + mid.to_bytes(2, "big"))
        elif type_ == 0:
            self.reply(link, code, mid, token, [v for n, v in options if n == 11])

    def reply(self, link: int, code: int, mid: int, token: bytes, path: list[bytes]) -> None:
        first = (link, mid) not in self.replies
        id_and_token = mid.to_bytes(2, "big") + token
        if path == [b"rd"]:
            answer = H("6441") + id_and_token + H("82 7264 01 35")
        else:
            answer = H("6442" if code == 4 else "6444") + id_and_token
        self.send(link, self.replies.setdefault((link, mid), answer))
        if first and path == [b"bs"]:
            self.ask(link, BOOTSTRAP[0])
        elif first and path == [b"rd"]:
            self.ask(link, OBSERVE)

    def go_on(self, link: int, mid: int) -> None:
        """The next request, once the last has been answered."""
        if 0x7001 <= mid < 0x7004:
            self.ask(link, BOOTSTRAP[mid - 0x7000])
        elif mid >= 0x8000:
            following = (mid + 1).to_bytes(2, "big")
            read = READ + following + H("21 b4 33323030 01 30")
            self.later(5.0, lambda: self.ask(link, read))

    def ask(self, link: int, request: bytes, tries: int = 8) -> None:
        mid = int.from_bytes(request[2:4], "big")
        if (link, mid) not in self.answers and tries:
            self.send(link, request)
            self.later(2.0, lambda: self.ask(link, request, tries - 1))


class Life:
    """The client with an owner that answers after a while, notifies and updates; and the wire."""

    def __init__(self, client: Client, seed: int, fields: Fields) -> None:
        self.client = client
        self.now = 0.0
        self.found: list[ClientOutput] = []
        self.weather: Counter[str] = Counter()
        self.server = Server(fields, self.to_client, self.later)
        self._rng = random.Random(seed)
        self._agenda: list[tuple[float, int, Callable[[], None]]] = []
        self._order: Iterator[int] = count()
        self.notified = 0

    def later(self, delay: float, action: Callable[[], None]) -> None:
        heappush(self._agenda, (self.now + delay, next(self._order), action))

    def run(self, until: float) -> None:
        while True:
            due = self.client.deadline()
            next_ = self._agenda[0][0] if self._agenda else None
            at = min((t for t in (due, next_) if t is not None), default=until)
            if at >= until:
                break
            self.now = at
            if next_ == at:
                heappop(self._agenda)[2]()
            else:
                self.client.handle_timeout(at)
            self.carry_out()
        self.now = until

    def carry_out(self) -> None:
        for output in self.client.outputs():
            self.found.append(output)
            match output:
                case OpenLink(link=link):
                    self.later(0.1, partial(self.link_up, link))
                case Send(link=link, data=data):
                    self.carry("up", partial(self.server.received, link, data))
                case Received(operation=operation):
                    delay = self._rng.uniform(0.0, 6.0)
                    self.later(delay, partial(self.answer, operation.mid))
                case Registered():
                    self.later(1.0, self.notify)
                    self.later(1.0, self.update)

    def link_up(self, link: int) -> None:
        self.client.link_up(link, self.now)

    def to_client(self, link: int, data: bytes) -> None:
        self.carry("down", lambda: self.client.datagram_received(link, data, self.now))

    def carry(self, direction: str, deliver: Callable[[], None]) -> None:
        """One datagram over the wire, once, twice or never."""
        chance = self._rng.random()
        copies = 0 if chance < 0.2 else 2 if chance < 0.3 else 1
        self.weather[f"{direction} {copies}"] += 1
        for _ in range(copies):
            self.later(self._rng.uniform(0.01, 1.5), deliver)

    def answer(self, mid: int) -> None:
        if self.client.state is not State.IDLE:
            self.client.respond(mid, Code.CONTENT, self.now, payload=b"", content_format=11542)

    def notify(self) -> None:
        if self.client.state is State.REGISTERED:
            observation = self.client.observations.covering([Path(3200, 0, 5750)])
            if observation is not None and self.client.unacknowledged < 8:
                self.notified += 1
                mid = 0xE000 + self.notified
                self.client.notify(observation, b"", 11542, self.now, confirmable=True, mid=mid)
            self.later(7.0, self.notify)

    def update(self) -> None:
        if self.client.state is State.REGISTERED:
            self.client.update(self.now)
            self.later(40.0, self.update)

    def count(self, *kinds: type) -> int:
        return sum(isinstance(output, kinds) for output in self.found)


@pytest.mark.parametrize("first_seed", range(0, 40, 10))
def test_everything_ends_once(
    make_client: Callable[..., Client], fields: Fields, first_seed: int
) -> None:
    """Each login, Update, notification and close has exactly one end; no request of the server is
    done twice; all its repeats are answered alike (asserted by the script)."""
    registered = 0
    for seed in range(first_seed, first_seed + 10):
        life = Life(make_client(random.Random(seed)), seed, fields)
        life.client.open(SERVER, bootstrap=True, lifetime=86400, timeout=200, now=0.0)
        life.carry_out()
        life.run(600.0)
        assert life.count(Registered, RegisterFailed, BootstrapFailed) == 1
        if not life.count(Registered):
            continue
        registered += 1
        life.client.close(life.now)
        life.carry_out()
        life.run(800.0)
        _check(life)
    assert registered >= 8


def _check(life: Life) -> None:
    assert life.count(Deregistered, DeregisterFailed) == 1
    updates = [o.number for o in life.found if isinstance(o, Updated | UpdateFailed)]
    assert sorted(updates) == list(range(1, len(updates) + 1))
    assert len(updates) >= 10
    fates = [o.mid for o in life.found if isinstance(o, NotificationAcked | NotificationLost)]
    assert len(fates) == len(set(fates))
    assert set(fates) <= {0xE001 + n for n in range(life.notified)}
    assert {o.mid for o in life.found if isinstance(o, NotificationAcked)} <= life.server.acked
    if life.count(Deregistered):
        assert life.count(OpenLink) == life.count(CloseLink) == 2
        assert life.client.deadline() is None
    else:
        assert life.notified == len(fates)
    operations = [o.operation for o in life.found if isinstance(o, Received)]
    assert len({operation.mid for operation in operations}) == len(operations)
    assert isinstance(operations[0], Observe)
    assert all(life.weather[f"{way} {copies}"] for way in ("up", "down") for copies in range(3))
