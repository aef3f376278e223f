"""Queue mode: when the receiver is on, and what the server hears of it (LwM2M 1.0 5.3.1.1, 8.3)."""

from collections.abc import Callable

import pytest

from lwm2m_core.accounts import Account
from lwm2m_core.client import Client
from lwm2m_core.client_outputs import (
    ClientOutput,
    CloseLink,
    Deregistered,
    FellAsleep,
    NotificationAcked,
    NotificationLost,
    Received,
    Registered,
    Send,
    SessionLost,
    Updated,
    UpdateFailed,
    Woke,
)
from lwm2m_core.operations import Observe, Read
from lwm2m_core.paths import Path
from lwm2m_core.queue_mode import QueueMode
from lwm2m_core.requests import Settings

H = bytes.fromhex
SERVER = Account("127.0.0.1", 5683)

CREATED = H("6441 1000 a0000001 82 7264 04 35613366")  # at /rd/5a3f
READ = H("4401 9c41 deadbeef b4 33323030 01 30")  # GET /3200/0
OBSERVE = H("4401 9c42 cafe0001 60 54 33323030 01 30")  # the same with Observe 0
# POST /rd/5a3f?b=UQ, nothing else: Uri-Path rd, 5a3f, Uri-Query b=UQ (decision 25).
WAKING = H("4402 1001 a0000002 b2 7264 04 35613366 44 623d5551")


@pytest.fixture
def queueing(make_client: Callable[..., Client]) -> Client:
    """Registered in queue mode at t = 0, at /rd/5a3f; next come id 1001 and token a0000002."""
    return _registered(make_client, Settings("dev1", binding="UQ"))


def _registered(make_client: Callable[..., Client], settings: Settings) -> Client:
    client = make_client(settings=settings)
    client.open(SERVER, bootstrap=False, lifetime=86400, timeout=30, now=0.0)
    client.link_up(1, 0.0)
    client.datagram_received(1, CREATED, 0.0)
    assert client.outputs()[-1] == Registered("/rd/5a3f")
    return client


def _run(client: Client, until: float) -> list[tuple[float, ClientOutput]]:
    """Let the clock run; what came of it, and when."""
    found = []
    while (due := client.deadline()) is not None and due <= until:
        client.handle_timeout(due)
        found += [(due, output) for output in client.outputs()]
    return found


def _observed(client: Client, now: float) -> None:
    client.datagram_received(1, OBSERVE, now)
    client.respond(0x9C42, 0x45, now, payload=b"\xe1\x16\x00", content_format=11542)
    client.outputs()


# The rule by itself


def test_the_window_runs_from_the_last_exchange() -> None:
    mode = QueueMode(93.0)
    mode.exchanged(10.0)
    assert mode.deadline(is_busy=False) == 103.0
    mode.exchanged(50.0)
    assert not mode.handle_timeout(142.9, is_busy=False)
    assert mode.is_awake
    assert mode.handle_timeout(143.0, is_busy=False)
    assert not mode.is_awake
    assert mode.deadline(is_busy=False) is None, "it sleeps until something is sent"
    assert not mode.handle_timeout(999.0, is_busy=False), "it falls asleep once"


def test_what_is_under_way_keeps_it_awake() -> None:
    mode = QueueMode(5.0)
    mode.exchanged(0.0)
    assert mode.deadline(is_busy=True) is None
    assert not mode.handle_timeout(100.0, is_busy=True)
    assert mode.handle_timeout(100.0, is_busy=False)


def test_without_a_window_it_stays_awake() -> None:
    mode = QueueMode()
    mode.exchanged(0.0)
    assert mode.deadline(is_busy=False) is None
    assert not mode.handle_timeout(1e9, is_busy=False)


# The client


@pytest.mark.conformance("1.1-int-108", "LE-register-uq-binding", far="datagrams")
def test_uq_stands_in_register_and_update(make_client: Callable[..., Client]) -> None:
    """`b=UQ`, last of the query (decisions 18, 20)."""
    client = make_client(settings=Settings("dev1", binding="UQ"))
    client.open(SERVER, bootstrap=False, lifetime=86400, timeout=30, now=0.0)
    client.link_up(1, 0.0)
    register = H("4402 1000 a0000001 b2 7264 11 28 37") + b"ep=dev1" + H("08") + b"lt=86400"
    register += H("09") + b"lwm2m=1.0" + H("04") + b"b=UQ"
    register += H("ff") + b'</>;rt="oma.lwm2m",</3200/0>'
    assert client.outputs()[-1] == Send(1, register)
    client.datagram_received(1, CREATED, 0.0)
    client.outputs()
    client.update(1.0)
    assert client.outputs() == [Send(1, WAKING)]


def test_max_transmit_wait_after_the_registration_the_receiver_goes_off(queueing: Client) -> None:
    assert _run(queueing, 1000.0) == [(93.0, FellAsleep())]
    assert (queueing.is_awake, queueing.deadline()) == (False, None)


def test_every_datagram_begins_the_window_anew(queueing: Client) -> None:
    queueing.datagram_received(1, READ, 60.0)
    queueing.respond(0x9C41, 0x84, 61.0)
    queueing.datagram_received(1, H("4000 0007"), 100.0)  # a ping, answered at once
    queueing.outputs()
    assert _run(queueing, 1000.0) == [(193.0, FellAsleep())]


def test_what_comes_while_it_is_off_is_not_heard(queueing: Client) -> None:
    """1.1-int-109, the first half. Nothing is remembered either: the same datagram, when the
    receiver is on again, is a new request."""
    _run(queueing, 93.0)
    for data in (READ, H("4000 0007"), H("ff"), H("5001 0008"), b""):
        queueing.datagram_received(1, data, 100.0)
        assert (queueing.outputs(), queueing.deadline()) == ([], None)
    queueing.update(200.0)
    queueing.outputs()
    queueing.datagram_received(1, READ, 200.1)
    assert queueing.outputs() == [Received(Read(0x9C41, Path(3200, 0)))]


@pytest.mark.conformance("1.1-int-109", "LE-queue-awake-sleeping-awake", far="datagrams")
def test_an_update_opens_the_window_and_queued_requests_arrive(queueing: Client) -> None:
    _run(queueing, 93.0)
    assert queueing.update(3600.0) == 1
    assert queueing.outputs() == [Woke(), Send(1, WAKING)]
    assert queueing.is_awake
    queueing.datagram_received(1, H("6444 1001 a0000002"), 3600.2)
    assert queueing.outputs() == [Updated(1)]
    queueing.datagram_received(1, READ, 3600.3)
    assert queueing.outputs() == [Received(Read(0x9C41, Path(3200, 0)))]
    queueing.respond(0x9C41, 0x45, 3601.0, payload=b"\xe1\x16\x07", content_format=11542)
    assert queueing.outputs() == [Send(1, H("6445 9c41 deadbeef c2 2d16 ff e11607"))]
    assert _run(queueing, 9999.0) == [(3601.0 + 93.0, FellAsleep())]


@pytest.mark.conformance("1.1-int-109", far="datagrams")
def test_a_notification_out_of_sleep_comes_behind_an_update(queueing: Client) -> None:
    """LwM2M 1.0 8.3: a client that wakes sends an Update; the server then sends what it kept."""
    _observed(queueing, 1.0)
    assert _run(queueing, 93.0 + 1.0) == [(94.0, FellAsleep())]
    [observation] = queueing.observations
    queueing.notify(observation, b"\xe1\x16\x2a", 11542, 500.0, confirmable=False)
    assert queueing.outputs() == [
        Woke(),
        Send(1, WAKING),
        Send(1, H("5445 1002 cafe0001 61 02 62 2d16 ff e1162a")),
    ]
    queueing.datagram_received(1, H("6444 1001 a0000002"), 500.1)
    assert queueing.outputs() == [Updated(1)]
    queueing.notify(observation, b"\xe1\x16\x2b", 11542, 501.0, confirmable=False)
    assert queueing.outputs() == [Send(1, H("5445 1003 cafe0001 61 03 62 2d16 ff e1162b"))]


def test_close_out_of_sleep_sends_the_delete_alone(queueing: Client) -> None:
    _run(queueing, 93.0)
    queueing.close(500.0)
    assert queueing.outputs() == [Woke(), Send(1, H("4404 1001 a0000002 b2 7264 04 35613366"))]
    queueing.datagram_received(1, H("6442 1001 a0000002"), 500.1)
    assert queueing.outputs() == [CloseLink(1), Deregistered()]


def test_a_server_that_forgot_us_meanwhile_ends_the_session(queueing: Client) -> None:
    """4.04 to the Update on wake is 4.04 to any Update (decision 25)."""
    _observed(queueing, 1.0)
    _run(queueing, 94.0)
    [observation] = queueing.observations
    queueing.notify(observation, b"\xe1\x16\x2a", 11542, 500.0, confirmable=True)
    queueing.outputs()
    queueing.datagram_received(1, H("6484 1001 a0000002"), 500.1)
    assert queueing.outputs() == [CloseLink(1), SessionLost()]
    assert (queueing.is_awake, queueing.deadline()) == (True, None)


def test_retransmissions_keep_it_awake(make_client: Callable[..., Client]) -> None:
    """An Update that nobody answers, with a window shorter than its pauses (2, 4, 8, 16, 32 s)."""
    client = _registered(make_client, Settings("dev1", binding="UQ", queue_awake=1.0))
    assert _run(client, 1.0) == [(1.0, FellAsleep())]
    client.update(100.0)
    client.outputs()
    again = [(at, Send(1, WAKING)) for at in (102.0, 106.0, 114.0, 130.0)]
    assert _run(client, 200.0) == [
        *again,
        (162.0, UpdateFailed(1, "timeout", None)),
        (162.0, FellAsleep()),
    ]


def test_a_notification_that_is_not_acknowledged_keeps_it_awake(
    make_client: Callable[..., Client],
) -> None:
    client = _registered(make_client, Settings("dev1", binding="UQ", queue_awake=20.0))
    _observed(client, 1.0)
    [observation] = client.observations
    mid = client.notify(observation, b"\xe1\x16\x2a", 11542, 2.0, confirmable=True)
    client.outputs()
    assert _run(client, 60.0)[-1][0] == 32.0, "its last repetition"
    client.datagram_received(1, H("6000") + mid.to_bytes(2, "big"), 60.0)  # late, and heard
    assert client.outputs() == [NotificationAcked(mid)]
    assert _run(client, 999.0) == [(80.0, FellAsleep())]
    mid = client.notify(observation, b"\xe1\x16\x2a", 11542, 100.0, confirmable=True)
    client.datagram_received(1, H("6444 1002 a0000002"), 100.1)  # the Update on wake
    client.outputs()
    assert _run(client, 999.0)[-2:] == [(162.0, NotificationLost(mid)), (162.0, FellAsleep())]


def test_a_request_that_waits_for_the_mcu_keeps_it_awake(queueing: Client) -> None:
    """And its repetitions are heard."""
    queueing.datagram_received(1, READ, 10.0)
    queueing.outputs()
    assert (_run(queueing, 240.0), queueing.is_awake) == ([], True)
    queueing.datagram_received(1, READ, 241.0)
    assert len(queueing.outputs()) == 1
    queueing.forget(0x9C41)
    assert _run(queueing, 999.0) == [(241.0 + 93.0, FellAsleep())]


def test_a_request_that_is_forgotten_after_the_window_lets_it_sleep_at_once(
    queueing: Client,
) -> None:
    queueing.datagram_received(1, READ, 10.0)
    queueing.outputs()
    _run(queueing, 300.0)
    queueing.forget(0x9C41)
    assert queueing.deadline() == 103.0, "long past"
    queueing.handle_timeout(300.0)
    assert queueing.outputs() == [FellAsleep()]


def test_an_answer_that_is_to_come_separately_is_waited_for(queueing: Client) -> None:
    """RFC 7252 5.2.2: the Update is acknowledged, its answer comes two minutes later."""
    queueing.update(50.0)
    queueing.datagram_received(1, H("6000 1001"), 50.1)
    queueing.outputs()
    assert _run(queueing, 200.0) == []
    queueing.datagram_received(1, H("4444 0007 a0000002"), 200.0)
    assert queueing.outputs() == [Send(1, H("6000 0007")), Updated(1)]


@pytest.mark.parametrize("binding", [None, "U"])
def test_without_queue_mode_the_receiver_stays_on(
    make_client: Callable[..., Client], binding: str | None
) -> None:
    client = _registered(make_client, Settings("dev1", binding=binding))
    assert (client.deadline(), client.is_awake) == (None, True)
    client.datagram_received(1, OBSERVE, 80000.0)
    assert client.outputs() == [Received(Observe(0x9C42, Path(3200, 0), H("cafe0001"), None))]


def test_the_window_may_have_no_end(make_client: Callable[..., Client]) -> None:
    client = _registered(make_client, Settings("dev1", binding="UQ", queue_awake=None))
    assert (client.deadline(), client.is_awake) == (None, True)


def test_a_bootstrap_and_a_login_are_no_time_to_sleep(make_client: Callable[..., Client]) -> None:
    """Queue mode is agreed on by the Register (LwM2M 1.0 8.3, step 1)."""
    client = make_client(settings=Settings("dev1", binding="UQ", queue_awake=1.0))
    client.open(SERVER, bootstrap=True, lifetime=86400, timeout=600, now=0.0)
    client.link_up(1, 0.0)
    client.datagram_received(1, H("6444 1000 a0000001"), 0.1)  # and then it takes its time
    client.outputs()
    assert (_run(client, 500.0), client.is_awake) == ([], True)
    write = H("4103 7001 11 b1 30 01 30 12 2d16 ff c80019")
    write += b"coap://183.230.40.40:5683" + H("c101 00 c10a 01")
    client.datagram_received(1, write, 500.0)
    client.datagram_received(1, H("4102 7002 12 b2 6273"), 500.1)
    client.link_up(2, 500.2)
    client.outputs()
    client.datagram_received(2, H("6000 2000"), 500.3)  # its answer comes separately
    assert (_run(client, 590.0), client.is_awake) == ([], True)


def test_another_binding_is_another_mode(registered: Client) -> None:
    """LwM2M 1.0 5.3.1.1: from the Update on that tells it."""
    registered.update(1.0, binding="UQ")
    registered.datagram_received(1, H("6444 1001 a0000002"), 2.0)
    registered.outputs()
    assert _run(registered, 200) == [(95.0, FellAsleep())]
    registered.update(300.0, binding="U")
    registered.datagram_received(1, H("6444 1002 a0000003"), 301.0)
    registered.outputs()
    assert registered.is_awake
    assert _run(registered, 86000) == []
