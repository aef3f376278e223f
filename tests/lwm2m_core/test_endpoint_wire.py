"""Two endpoints over a wire that loses, repeats and reorders (RFC 7252 section 4).

What must hold whatever the wire does: every Confirmable message has exactly one end, no request is
processed twice, and afterwards nothing is left running.
"""

import heapq
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lwm2m_core.endpoint import (
    Acknowledged,
    Datagram,
    Duplicate,
    Endpoint,
    Failed,
    GaveUp,
    Output,
    Rejected,
    Request,
    Response,
    Transmission,
)
from lwm2m_core.message import Code, options


@dataclass
class Wire:
    """Both directions, with its own clock. `loss` and `repeat` are probabilities; each datagram
    takes up to `latency` seconds, so that the later one may arrive first."""

    rng: random.Random
    loss: float
    repeat: float
    latency: float
    now: float = 0.0
    counts: Counter[str] = field(default_factory=Counter)
    _agenda: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    _number: int = 0
    _newest: dict[int, int] = field(default_factory=dict)

    def at(self, when: float, do: Callable[[], None]) -> None:
        self._number += 1
        heapq.heappush(self._agenda, (when, self._number, do))

    def carry(self, data: bytes, to: "Side") -> None:
        self.counts["carried"] += 1
        if self.rng.random() < self.loss:
            self.counts["lost"] += 1
            return
        copies = 1
        if self.rng.random() < self.repeat:
            copies = 2
            self.counts["repeated"] += 1
        for _ in range(copies):
            number = self._number + 1
            delay = self.rng.random() * self.latency
            self.at(self.now + delay, partial(self._deliver, data, to, number))

    def _deliver(self, data: bytes, to: "Side", number: int) -> None:
        if number < self._newest.get(id(to), 0):
            self.counts["reordered"] += 1
        self._newest[id(to)] = max(number, self._newest.get(id(to), 0))
        to.endpoint.receive(data, self.now)

    def run(self, sides: list["Side"]) -> None:
        """Until nothing is under way and no timer is set."""
        for _ in range(100_000):
            for side in sides:
                side.drain()
            dues = [due for side in sides if (due := side.endpoint.deadline()) is not None]
            dues += [entry[0] for entry in self._agenda[:1]]
            if not dues:
                return
            self.now = max(self.now, min(dues))
            if self._agenda and self._agenda[0][0] <= self.now:
                heapq.heappop(self._agenda)[2]()
            for side in sides:
                side.endpoint.handle_timeout(self.now)
        raise AssertionError("the wire does not come to rest")


@dataclass
class Side:
    """One endpoint, what it told, and how it reacts to requests."""

    endpoint: Endpoint
    wire: Wire
    told: list[Output] = field(default_factory=list)
    confirmable: list[int] = field(default_factory=list)
    peer: "Side | None" = None

    def drain(self) -> None:
        for output in self.endpoint.outputs():
            match output:
                case Datagram(data):
                    assert self.peer is not None
                    self.wire.carry(data, self.peer)
                case Request(message):
                    self.told.append(output)
                    self._react(message.mid, message.token, message.observe == 0)
                case other:
                    self.told.append(other)

    def ask(self, name: str, *, observe: bool = False) -> None:
        asked = options(path=[name], observe=0 if observe else None)
        self.confirmable.append(self.endpoint.request(Code.GET, self.wire.now, options=asked))

    def _react(self, mid: int, token: bytes, observe: bool) -> None:
        """At once, before or after the empty ACK, or never."""
        pause = self.wire.rng.choice([0.0, 0.3, 5.0, 40.0])
        if self.wire.rng.random() < 0.1:
            self.wire.at(self.wire.now + pause, partial(self.endpoint.forget, mid))
        else:
            self.wire.at(self.wire.now + pause, partial(self._answer, mid, token, observe))

    def _answer(self, mid: int, token: bytes, observe: bool) -> None:
        before = self.endpoint.last_mid
        given = options(observe=1 if observe else None)
        self.endpoint.respond(mid, Code.CONTENT, self.wire.now, options=given)
        if self.endpoint.last_mid != before and self.endpoint.last_mid is not None:
            self.confirmable.append(self.endpoint.last_mid)  # a separate response
        for number in range(2, 5) if observe else ():
            self.wire.at(self.wire.now + number * 3.0, partial(self._notify, token, number))

    def _notify(self, token: bytes, number: int) -> None:
        self.confirmable.append(
            self.endpoint.notify(
                token,
                Code.CONTENT,
                self.wire.now,
                options=options(observe=number),
                confirmable=True,
            )
        )


def conversation(seed: int, loss: float, repeat: float, latency: float) -> tuple[Wire, list[Side]]:
    """Twelve requests each way within 30 seconds, every fourth an observation, to the end."""
    rng = random.Random(seed)
    wire = Wire(rng, loss, repeat, latency)
    parameters = (Transmission(), Transmission(empty_ack_after=1.0))
    sides = [Side(Endpoint(each, rng), wire) for each in parameters]
    sides[0].peer, sides[1].peer = sides[1], sides[0]
    for number in range(24):
        side = sides[number % 2]
        wire.at(rng.random() * 30.0, partial(side.ask, str(number), observe=number % 8 < 2))
    wire.run(sides)
    return wire, sides


def ends(side: Side) -> Counter[int]:
    """How often each Confirmable message of ours ended; a Response of an observation counts once,
    whatever notifications follow."""
    found: Counter[int] = Counter()
    responses = set()
    for output in side.told:
        match output:
            case Failed(mid, _) | Acknowledged(mid) | Rejected(mid) | GaveUp(mid):
                found[mid] += 1
            case Response(handle, _):
                responses.add(handle)
    return found + Counter(responses)


def check(sides: list[Side]) -> None:
    for side in sides:
        assert len(set(side.confirmable)) == len(side.confirmable)
        assert ends(side) == Counter(side.confirmable)
        requests = [each.message.token for each in side.told if isinstance(each, Request)]
        assert len(set(requests)) == len(requests)
        assert side.endpoint.deadline() is None
        assert side.endpoint._sender.exchanges == {}


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**32),
    st.floats(0.0, 0.9),
    st.floats(0.0, 0.9),
    st.sampled_from([0.0, 0.05, 3.0, 30.0]),
)
def test_every_confirmable_message_has_exactly_one_end(
    seed: int, loss: float, repeat: float, latency: float
) -> None:
    _, sides = conversation(seed, loss, repeat, latency)
    check(sides)


@pytest.mark.parametrize("seed", range(5))
def test_a_bad_wire_was_bad_and_yet_most_was_answered(seed: int) -> None:
    wire, sides = conversation(seed, 0.3, 0.3, 4.0)
    check(sides)
    assert wire.counts["lost"] > 20
    assert wire.counts["repeated"] > 20
    assert wire.counts["reordered"] > 20
    told = [output for side in sides for output in side.told]
    kinds = Counter(type(output).__name__ for output in told)
    assert kinds["Duplicate"] > 0
    assert kinds["Response"] >= 15


def test_a_good_wire_answers_everything_that_is_not_forgotten() -> None:
    wire, sides = conversation(1, 0.0, 0.0, 0.0)
    check(sides)
    told = [output for side in sides for output in side.told]
    assert wire.counts["lost"] == wire.counts["repeated"] == 0
    assert not any(isinstance(output, GaveUp | Rejected) for output in told)
    answered = {output.handle for output in sides[1].told if isinstance(output, Response)}
    failed = [output.handle for output in sides[1].told if isinstance(output, Failed)]
    assert answered.isdisjoint(failed) and len(answered) + len(failed) == 12


def test_a_dead_wire_fails_everything_after_62_seconds() -> None:
    wire, sides = conversation(1, 1.0, 0.0, 0.0)
    check(sides)
    assert wire.counts["lost"] == wire.counts["carried"] == 24 * 5
    for side in sides:
        assert [type(output) for output in side.told] == [Failed] * 12
    assert not any(isinstance(output, Duplicate) for side in sides for output in side.told)


def test_two_runs_of_one_seed_are_the_same() -> None:
    runs = [conversation(7, 0.3, 0.3, 4.0) for _ in range(2)]
    assert [side.told for side in runs[0][1]] == [side.told for side in runs[1][1]]
    assert runs[0][0].counts == runs[1][0].counts
