"""What a listener keeps, for whom, and for how long."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio

from tests.transport.dtls.pairs import KEYS, KINDS, PSK, Kind
from transport.dtls.association import Bounds
from transport.dtls.choice import client_session
from transport.dtls.listener import Failed, listen_dtls
from transport.dtls.session import DtlsSettings, Failure, Psk, Session, State
from transport.link import Address, Listener, ListenerReceiver, Tap

pytestmark = pytest.mark.asyncio(loop_factories=["real"])

Arrivals = Callable[[], Any]
A, B, C = (("127.0.0.1", port) for port in (50001, 50002, 50003))


class Below:
    """The listener below, in the hands of the test."""

    def __init__(self) -> None:
        self.address: Address = ("127.0.0.1", 5684)
        self.sent: list[tuple[bytes, Address]] = []
        self.receive: ListenerReceiver

    async def listen(
        self, local: Address, receiver: ListenerReceiver, *, tap: Tap | None = None
    ) -> Listener:
        self.receive = receiver
        return self

    def send(self, data: bytes, remote: Address) -> None:
        self.sent.append((data, remote))

    def close(self) -> None:
        pass

    def turn(self, client: Session, source: Address) -> list[bytes]:
        """The client's datagrams go there, and the answers come back; the plaintexts of these."""
        for datagram in client.outgoing():
            self.receive(datagram, source)
        answers = [data for data, remote in self.sent if remote == source]
        self.sent = [each for each in self.sent if each[1] != source]
        return [text for answer in answers for text in client.receive(answer)]


class Bench:
    def __init__(self, kind: Kind) -> None:
        self.below, self.kind, self.plain = Below(), kind, list[tuple[bytes, Address]]()

    async def start(self, *, failed: Failed | None = None, **bounds: Any) -> None:
        self.listener = await listen_dtls(
            self.below.address,
            lambda data, source: self.plain.append((data, source)),
            KEYS.get,
            DtlsSettings((self.kind.suite,), self.kind.server),
            bounds=Bounds(**bounds),
            listen=self.below.listen,
            failed=failed,
        )

    def client(self) -> Session:
        return client_session(PSK, DtlsSettings((self.kind.suite,), self.kind.client))

    def connect(self, source: Address) -> Session:
        client = self.client()
        for _ in range(4):
            self.below.turn(client, source)
        assert client.state is State.OPEN
        return client

    @property
    def held(self) -> tuple[int, int]:
        return self.listener.half_open, self.listener.sessions


@pytest_asyncio.fixture(params=KINDS, ids=str)
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    bench = Bench(request.param)
    yield bench
    bench.listener.close()


async def test_a_client_hello_without_a_cookie_costs_nothing_that_is_kept(bench: Bench) -> None:
    await bench.start()
    for port in range(1024, 1524):
        client = bench.client()
        for datagram in client.outgoing():
            bench.below.receive(datagram, ("127.0.0.1", port))
        client.close()
    assert bench.held == (0, 0)
    # RFC 6347 4.2.1: one HelloVerifyRequest each, shorter than what asked for it
    assert [data[13] for data, _ in bench.below.sent] == [3] * 500
    assert max(len(data) for data, _ in bench.below.sent) < 64


async def test_a_cookie_of_another_address_is_not_taken(bench: Bench) -> None:
    await bench.start()
    client = bench.client()
    bench.below.turn(client, A)
    for datagram in client.outgoing():
        bench.below.receive(datagram, B)
    assert bench.held == (0, 0)
    assert [data[13] for data, _ in bench.below.sent] == [3]  # asked for one of its own


async def _begun(bench: Bench, source: Address) -> Session:
    """A client that has sent its cookie."""
    client = bench.client()
    for _ in range(2):
        bench.below.turn(client, source)
    return client


async def test_of_too_many_handshakes_the_newest_waits(bench: Bench) -> None:
    await bench.start(half_open=2)
    first, second, third = [await _begun(bench, source) for source in (A, B, C)]
    assert (bench.held, bench.listener.waiting) == ((2, 0), 1)
    assert not third.outgoing()  # nobody has said anything to it but the HelloVerifyRequest
    bench.below.turn(second, B)
    assert (bench.held, bench.listener.waiting) == ((2, 1), 0)
    # Its turn has come without a word from it: RFC 6347 4.2.4, figure 1, the fourth flight.
    assert [data[13] for data, remote in bench.below.sent if remote == C] == [2, 14]
    for client, source in ((third, C), (first, A), (third, C)):
        bench.below.turn(client, source)
    assert [each.state for each in (first, second, third)] == [State.OPEN] * 3
    assert bench.held == (0, 3)


async def test_who_asks_for_a_cookie_need_not_wait(bench: Bench) -> None:
    await bench.start(half_open=1)
    await _begun(bench, A)
    bench.below.turn(bench.client(), B)
    assert (bench.held, bench.listener.waiting) == ((1, 0), 0)


async def test_who_begins_anew_takes_the_place_of_its_own_handshake(bench: Bench) -> None:
    await bench.start(half_open=1)
    await _begun(bench, A)
    bench.connect(A)
    assert (bench.held, bench.listener.waiting) == ((0, 1), 0)


async def test_a_line_that_is_full_takes_nobody_and_forgets_nobody(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    await bench.start(half_open=1, waiting=1)
    first, second = await _begun(bench, A), await _begun(bench, B)
    third = bench.client()
    bench.below.turn(third, C)
    [hello] = third.outgoing()
    bench.below.receive(hello, C)
    assert (bench.listener.waiting, bench.listener.turned_away) == (1, 1)
    bench.below.receive(hello, C)
    assert "1 DTLS clients wait already; more are not heard" in caplog.messages
    for client, source in ((first, A), (second, B)):
        for _ in range(2):
            bench.below.turn(client, source)
    bench.below.receive(hello, C)  # RFC 6347 4.2.4: it repeats its flight, and finds room
    for _ in range(2):
        bench.below.turn(third, C)
    assert (bench.held, first.state, second.state, third.state) == ((0, 3), *[State.OPEN] * 3)
    bench.listener.close()
    assert "2 ClientHellos of DTLS clients were not heard" in caplog.messages


async def test_a_handshake_that_does_not_get_on_makes_room_for_another(bench: Bench) -> None:
    told: list[tuple[Address, bytes, Failure]] = []
    await bench.start(half_open=1, stale_seconds=0, failed=lambda *failure: told.append(failure))
    wrong = Psk(PSK.identity, b"another key")
    stuck = client_session(wrong, DtlsSettings((bench.kind.suite,), bench.kind.client))
    for _ in range(3):
        bench.below.turn(stuck, A)
    assert bench.held == (1, 0)
    bench.connect(B)
    assert bench.held == (0, 1)
    assert told == [(A, PSK.identity, Failure.WRONG_KEY)]


async def test_a_handshake_that_gets_on_is_not_ended_for_another(bench: Bench) -> None:
    await bench.start(half_open=1, stale_seconds=3600)
    first, second = await _begun(bench, A), await _begun(bench, B)
    for _ in range(2):
        bench.below.turn(first, A)
        bench.below.turn(second, B)
    bench.below.turn(second, B)
    assert (first.state, second.state, bench.held) == (State.OPEN, State.OPEN, (0, 2))


async def test_of_too_many_sessions_the_one_goes_that_was_idle_longest(bench: Bench) -> None:
    await bench.start(sessions=2)
    first, second = bench.connect(A), bench.connect(B)
    first.send(b"not idle")
    bench.below.turn(first, A)
    bench.connect(C)
    bench.below.turn(second, B)
    assert (first.state, second.state) == (State.OPEN, State.CLOSED)
    assert bench.held == (0, 2)


async def test_a_client_that_begins_anew_from_its_address_replaces_its_session(
    bench: Bench,
) -> None:
    await bench.start()
    old = bench.connect(A)
    new = bench.client()
    for _ in range(2):
        bench.below.turn(new, A)
    assert bench.held == (1, 1)
    old.send(b"still under the old keys")
    bench.below.turn(old, A)
    assert bench.plain == [(b"still under the old keys", A)]
    # Its third flight completes it; what comes back is the server's last flight and nothing else,
    # above all no close_notify under the old keys.
    for datagram in new.outgoing():
        bench.below.receive(datagram, A)
    assert {data[0] for data, _ in bench.below.sent} == {20, 22}
    bench.below.turn(new, A)
    assert (new.state, bench.held) == (State.OPEN, (0, 1))
    new.send(b"new")
    bench.below.turn(new, A)
    assert bench.plain[1:] == [(b"new", A)]
    bench.listener.send(b"back", A)
    assert bench.below.turn(new, A) == [b"back"]
    old.send(b"old")
    bench.below.turn(old, A)
    assert len(bench.plain) == 2


async def test_a_client_that_begins_anew_in_the_middle_is_taken(bench: Bench) -> None:
    await bench.start()
    client = bench.client()
    for _ in range(2):
        bench.below.turn(client, A)
    assert bench.held == (1, 0)
    bench.connect(A)
    assert bench.held == (0, 1)


async def test_a_repeated_client_hello_belongs_to_its_session(bench: Bench) -> None:
    await bench.start()
    client = bench.client()
    bench.below.turn(client, A)
    [hello] = client.outgoing()
    for _ in range(3):
        bench.below.receive(hello, A)
    assert bench.held == (1, 0)
    for _ in range(4):
        bench.below.turn(client, A)
    assert client.state is State.OPEN
    bench.below.receive(hello, A)
    assert bench.held == (0, 1)
    client.send(b"x")
    bench.below.turn(client, A)
    assert bench.plain == [(b"x", A)]


async def test_strangers_get_no_answer(bench: Bench) -> None:
    await bench.start()
    for noise in (
        b"",
        b"\x40\x01\x00\x01",
        b"\x16\xfe\xfd",
        bytes(1500),
        bytes.fromhex("15fefd" + "00" * 9 + "020228"),
    ):
        bench.below.receive(noise, A)
    bench.listener.send(b"to nobody", A)
    assert (bench.below.sent, bench.plain, bench.held) == ([], [], (0, 0))
    assert (bench.listener.ignored, bench.listener.unsent) == (5, 1)


async def test_a_handshake_that_never_ends_is_given_up(bench: Bench) -> None:
    await bench.start(half_open_seconds=0.02)
    client = bench.client()
    bench.below.turn(client, A)
    bench.below.turn(client, A)
    assert bench.held == (1, 0)
    async with asyncio.timeout(5):
        while bench.listener.half_open:
            await asyncio.sleep(0.01)
    assert bench.held == (0, 0)
    assert client.state is State.HANDSHAKE


async def test_a_fatal_alert_frees_a_handshake(bench: Bench) -> None:
    await bench.start()
    client = bench.client()
    bench.below.turn(client, A)
    bench.below.turn(client, A)
    bench.below.receive(bytes.fromhex("15 fefd 0000 0000000000ff 0002 02 28"), A)
    assert bench.held == (0, 0)
