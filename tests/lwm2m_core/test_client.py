"""A whole life against a scripted server: every datagram is typed by hand, both ways.

Layout of the hex (RFC 7252 3): version/type/token length and code, mid, token, then options as
delta/length nibbles and value, ff, payload.
"""

from collections.abc import Callable

import pytest

from lwm2m_core.accounts import Account
from lwm2m_core.backlog import BACKLOG_LIMIT
from lwm2m_core.client import Client
from lwm2m_core.client_outputs import (
    BootstrapFailed,
    Bootstrapped,
    BootstrapStarted,
    CloseLink,
    Connected,
    Deregistered,
    OpenLink,
    Received,
    Registered,
    RegisterFailed,
    Send,
    Updated,
)
from lwm2m_core.errors import EngineError
from lwm2m_core.login import State
from lwm2m_core.operations import Read
from lwm2m_core.paths import Path

H = bytes.fromhex

BOOTSTRAP_SERVER = Account("183.230.40.39", 5683)
SERVER = Account("183.230.40.40", 5683)

OBJECTS = b'</>;rt="oma.lwm2m",</3200/0>'  # decision 20

REGISTER = (
    H("4402 2000 a0000002 b2 7264 11 28")  # CON POST, Uri-Path rd, Content-Format 40
    + H("37")
    + b"ep=dev1"
    + H("08")
    + b"lt=86400"
    + H("09")
    + b"lwm2m=1.0"
    + H("ff")
    + OBJECTS
)
CREATED = H("6441 2000 a0000002 82 7264 04 35613366")  # ACK 2.01, Location-Path rd, 5a3f


def state(client: Client) -> State:
    return client.state


def test_a_whole_life(client: Client) -> None:
    """Conformance 1.0-int-0, 101, 201, 102, 103 in one go, as manual 5.1 does it."""
    client.open(BOOTSTRAP_SERVER, bootstrap=True, lifetime=86400, timeout=30, now=0.0)
    assert state(client) is State.CONNECTING_BOOTSTRAP
    assert client.outputs() == [OpenLink(1, BOOTSTRAP_SERVER, "bootstrap")]
    assert client.deadline() == 30.0

    client.link_up(1, 0.1)
    assert state(client) is State.BOOTSTRAPPING
    assert client.outputs() == [
        BootstrapStarted(),
        Send(1, H("4402 1000 a0000001 b2 6273 47") + b"ep=dev1"),
    ]
    client.datagram_received(1, H("6444 1000 a0000001"), 0.5)
    assert client.outputs() == []

    # PUT /0/0, TLV: 0 the URI (25 bytes), 1 false, 10 short server id 1 (MB 2.5).
    write = H("4103 7001 11 b1 30 01 30 12 2d16 ff c80019")
    write += b"coap://183.230.40.40:5683" + H("c101 00 c10a 01")
    client.datagram_received(1, write, 0.6)
    assert client.outputs() == [Send(1, H("6144 7001 11"))]

    client.datagram_received(1, H("4102 7002 12 b2 6273"), 0.7)  # POST /bs: finish
    assert state(client) is State.CONNECTING
    assert client.outputs() == [
        Send(1, H("6144 7002 12")),
        CloseLink(1),
        Bootstrapped(SERVER, None, 1),
        OpenLink(2, SERVER, "lwm2m"),
    ]
    assert client.bootstrapped is None

    client.link_up(2, 0.8)
    assert client.outputs() == [Connected(), Send(2, REGISTER)]
    client.datagram_received(2, CREATED, 1.0)
    assert client.outputs() == [Registered("/rd/5a3f")]
    assert state(client) is State.REGISTERED
    assert client.bootstrapped == SERVER
    assert client.expires_at == 86401.0
    assert client.deadline() is None

    client.datagram_received(2, H("4401 9c41 deadbeef b4 33323030 01 30"), 5.0)  # GET /3200/0
    assert client.outputs() == [Received(Read(40001, Path(3200, 0)))]
    client.respond(40001, 0x45, 8.0, payload=H("e4 1676 3f800000"), content_format=11542)
    assert client.outputs() == [Send(2, H("6445 9c41 deadbeef c2 2d16 ff e416763f800000"))]

    assert client.update(9.0, lifetime=60) == 1
    update = H("4402 2001 a0000003 b2 7264 04 35613366 45") + b"lt=60"
    assert client.outputs() == [Send(2, update)]
    client.datagram_received(2, H("6444 2001 a0000003"), 9.2)
    assert client.outputs() == [Updated(1)]
    assert (client.lifetime, client.expires_at) == (60, 69.2)

    client.close(10.0)
    assert state(client) is State.DEREGISTERING
    assert client.outputs() == [Send(2, H("4404 2002 a0000004 b2 7264 04 35613366"))]
    client.datagram_received(2, H("6442 2002 a0000004"), 10.1)
    assert client.outputs() == [CloseLink(2), Deregistered()]
    assert state(client) is State.IDLE
    assert (client.expires_at, client.deadline(), client.bootstrapped) == (None, None, SERVER)


def test_the_owner_may_go_to_the_bootstrapped_account_directly(client: Client) -> None:
    """Decision 23: later OPENs skip the bootstrap (1.1-int-6)."""
    test_a_whole_life(client)
    assert client.bootstrapped is not None
    client.open(client.bootstrapped, bootstrap=False, lifetime=60, timeout=30, now=20.0)
    client.link_up(3, 20.0)
    assert client.outputs() == [
        OpenLink(3, SERVER, "lwm2m"),
        Connected(),
        Send(
            3,
            H("4402 3000 a0000005 b2 7264 11 28 37")
            + b"ep=dev1"
            + H("05")
            + b"lt=60"
            + H("09")
            + b"lwm2m=1.0"
            + H("ff")
            + OBJECTS,
        ),
    ]


def test_a_failed_registration_leaves_nothing_to_skip_the_bootstrap_with(client: Client) -> None:
    client.open(BOOTSTRAP_SERVER, bootstrap=True, lifetime=86400, timeout=30, now=0.0)
    client.link_up(1, 0.0)
    write = H("4103 7001 11 b1 30 01 30 12 2d16 ff c80019") + b"coap://183.230.40.40:5683"
    client.datagram_received(1, write, 0.0)
    client.datagram_received(1, H("4102 7002 12 b2 6273"), 0.0)
    client.link_up(2, 0.0)
    client.datagram_received(2, H("6483 2000 a0000002"), 0.0)  # 4.03
    assert client.outputs()[-2:] == [CloseLink(2), RegisterFailed("refused", 0x83)]
    assert client.bootstrapped is None


def test_timeout_covers_everything_and_says_where_it_ran_out(client: Client) -> None:
    """Decision 22: event 3 while bootstrapping, event 7 afterwards."""
    for link_up in (False, True):
        client.open(BOOTSTRAP_SERVER, bootstrap=True, lifetime=86400, timeout=5, now=100.0)
        [opened] = client.outputs()
        assert isinstance(opened, OpenLink)
        if link_up:
            client.link_up(opened.link, 104.0)
        client.outputs()
        client.handle_timeout(104.999)
        assert client.state is not State.IDLE
        assert client.outputs() == []
        client.handle_timeout(105.0)
        assert client.outputs() == [CloseLink(opened.link), BootstrapFailed("timeout", None)]
        assert (client.state, client.deadline()) == (State.IDLE, None)


@pytest.mark.parametrize("link_up", [False, True])
def test_timeout_while_connecting_or_registering(client: Client, link_up: bool) -> None:
    client.open(SERVER, bootstrap=False, lifetime=86400, timeout=5, now=0.0)
    if link_up:
        client.link_up(1, 1.0)
    client.outputs()
    client.handle_timeout(5.0)
    assert client.outputs() == [CloseLink(1), RegisterFailed("timeout", None)]
    assert client.state is State.IDLE


@pytest.mark.parametrize(
    ("bootstrap", "link_up", "failed"),
    [
        (True, False, BootstrapFailed("link", None)),
        (True, True, BootstrapFailed("link", None)),
        (False, False, RegisterFailed("link", None)),
        (False, True, RegisterFailed("link", None)),
    ],
)
def test_a_lost_link_ends_an_attempt(
    client: Client, bootstrap: bool, link_up: bool, failed: BootstrapFailed | RegisterFailed
) -> None:
    """A DTLS handshake that fails, for one. There is no link left to close."""
    client.open(SERVER, bootstrap=bootstrap, lifetime=86400, timeout=5, now=0.0)
    if link_up:
        client.link_up(1, 1.0)
    client.outputs()
    client.link_lost(1, "alert 115", 2.0)
    assert client.outputs() == [failed]
    assert (client.state, client.deadline()) == (State.IDLE, None)


def test_a_session_outlives_its_link(registered: Client) -> None:
    """The registration is the server's; what is sent next waits for the next link."""
    registered.link_lost(1, "close_notify", 10.0)
    assert (registered.state, registered.outputs()) == (State.REGISTERED, [])
    registered.update(20.0, lifetime=None)
    assert registered.outputs() == [OpenLink(2, SERVER_OF_FIXTURE, "lwm2m")]
    registered.link_up(2, 21.0)
    update = H("4402 1001 a0000002 b2 7264 04 35613366")
    assert registered.outputs() == [Send(2, update)]
    registered.datagram_received(2, H("6444 1001 a0000002"), 21.5)
    assert registered.outputs() == [Updated(1)]


def test_a_renewed_link_carries_what_waited_for_it_in_order(registered: Client) -> None:
    """Decision 47: new socket, new session, flush in order."""
    registered.renew_link(10.0)
    registered.update(10.0, lifetime=60)
    registered.close(10.1)
    assert registered.outputs() == [CloseLink(1), OpenLink(2, SERVER_OF_FIXTURE, "lwm2m")]
    registered.datagram_received(1, H("4401 9c41 deadbeef b4 33323030 01 30"), 10.2)
    assert registered.outputs() == []
    registered.link_up(2, 10.3)
    location = H("b2 7264 04 35613366")
    assert registered.outputs() == [
        Send(2, H("4402 1001 a0000002") + location + H("45") + b"lt=60"),
        Send(2, H("4404 1002 a0000003") + location),
    ]


SERVER_OF_FIXTURE = Account("127.0.0.1", 5683)


def test_what_comes_over_an_older_link_is_dropped(client: Client) -> None:
    client.open(SERVER, bootstrap=False, lifetime=60, timeout=5, now=0.0)
    client.abandon(1.0)
    client.open(SERVER, bootstrap=False, lifetime=60, timeout=5, now=2.0)
    client.outputs()
    client.link_up(1, 2.0)
    client.datagram_received(1, H("6441 1000 a0000001 82 7264"), 2.1)
    client.link_lost(1, "late", 2.2)
    client.send_failed(1, 2.3)
    assert client.outputs() == []
    assert client.state is State.CONNECTING


def test_requests_without_a_session_are_ignored_mb_2_8(client: Client) -> None:
    """Before there is one, while the link is being opened, and after it."""
    read = H("4401 9c41 deadbeef b4 33323030 01 30")
    client.datagram_received(1, read, 0.0)
    client.open(SERVER, bootstrap=False, lifetime=60, timeout=5, now=0.0)
    client.datagram_received(1, read, 0.0)
    assert client.outputs() == [OpenLink(1, SERVER, "lwm2m")]
    client.link_up(1, 0.0)
    client.datagram_received(1, read, 0.0)  # the server tries again, and is heard
    assert client.outputs()[2:] == [Received(Read(40001, Path(3200, 0)))]
    client.abandon(0.0)
    client.outputs()
    client.datagram_received(1, read, 0.0)
    assert client.outputs() == []


def test_what_waits_for_a_link_is_bounded(registered: Client) -> None:
    """The oldest go first: ten of twelve Updates are left, by decision 47's number."""
    registered.link_lost(1, "close_notify", 1.0)
    for _ in range(BACKLOG_LIMIT + 2):
        registered.update(1.0)
    assert registered.outputs() == [OpenLink(2, SERVER_OF_FIXTURE, "lwm2m")]
    registered.link_up(2, 1.1)
    sent = [output.data[:4] for output in registered.outputs() if isinstance(output, Send)]
    assert sent == [H("4402") + mid.to_bytes(2, "big") for mid in range(0x1003, 0x100D)]


def test_a_link_that_cannot_be_opened_is_tried_again_for_the_next_datagram(
    registered: Client,
) -> None:
    registered.link_lost(1, "close_notify", 1.0)
    registered.update(1.0)
    registered.link_lost(2, "alert 115", 1.5)
    assert registered.outputs() == [OpenLink(2, SERVER_OF_FIXTURE, "lwm2m")]
    registered.handle_timeout(3.0)
    registered.link_up(3, 3.1)
    update = H("4402 1001 a0000002 b2 7264 04 35613366")
    assert registered.outputs() == [OpenLink(3, SERVER_OF_FIXTURE, "lwm2m"), Send(3, update)]


@pytest.mark.parametrize("steps", range(5))
def test_abandon_closes_the_link_and_is_silent_in_every_state(client: Client, steps: int) -> None:
    """Decision 27: DELETE closes the socket, nothing on the wire."""
    life: list[Callable[[], None]] = [
        lambda: client.open(SERVER, bootstrap=False, lifetime=60, timeout=5, now=0.0),
        lambda: client.link_up(1, 0.1),
        lambda: client.datagram_received(1, H("6441 1000 a0000001 82 7264 01 35"), 0.2),
        lambda: client.close(0.3),
    ]
    for step in life[:steps]:
        step()
    client.outputs()
    client.abandon(0.4)
    assert client.outputs() == ([CloseLink(1)] if steps else [])
    assert (client.state, client.deadline(), client.expires_at) == (State.IDLE, None, None)
    client.handle_timeout(100.0)
    assert client.outputs() == []


def test_abandon_forgets_what_a_bootstrap_handed_out(client: Client) -> None:
    test_a_whole_life(client)
    client.abandon(20.0)
    assert client.bootstrapped is None


def test_calls_out_of_season_are_errors(client: Client) -> None:
    """Decision 22: while registering, OPEN, CLOSE and UPDATE are 602."""
    for season in range(2):
        if season:
            client.open(SERVER, bootstrap=False, lifetime=60, timeout=5, now=0.0)
            client.link_up(1, 0.0)
            with pytest.raises(EngineError):
                client.open(SERVER, bootstrap=False, lifetime=60, timeout=5, now=0.0)
        with pytest.raises(EngineError):
            client.update(0.0)
        with pytest.raises(EngineError):
            client.close(0.0)
        with pytest.raises(EngineError):
            client.renew_link(0.0)
        with pytest.raises(EngineError):
            client.respond(40001, 0x45, 0.0)


def test_opening_twice_while_registered_is_an_error(registered: Client) -> None:
    with pytest.raises(EngineError, match="OPEN_DIRECT while REGISTERED"):
        registered.open(SERVER, bootstrap=False, lifetime=60, timeout=5, now=0.0)
