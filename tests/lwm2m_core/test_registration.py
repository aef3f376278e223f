"""Register, Update and DELETE: what each answer means (decisions 20 to 27)."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from lwm2m_core.accounts import Account
from lwm2m_core.client import Client
from lwm2m_core.client_outputs import (
    ClientOutput,
    CloseLink,
    Deregistered,
    DeregisterFailed,
    Received,
    Registered,
    RegisterFailed,
    Send,
    SessionLost,
    Updated,
    UpdateFailed,
)
from lwm2m_core.errors import EngineError
from lwm2m_core.login import State
from lwm2m_core.operations import Read
from lwm2m_core.paths import Path
from lwm2m_core.registration import UPDATE_LIMIT

H = bytes.fromhex
Fields = Callable[[bytes], tuple[int, int, int, bytes, list[tuple[int, bytes]], bytes]]

SERVER = Account("127.0.0.1", 5683)
UPDATE = H("4402 1001 a0000002 b2 7264 04 35613366")
DELETE = H("4404 1001 a0000002 b2 7264 04 35613366")
NOT_FOUND = 0x84


@pytest.fixture
def registering(client: Client) -> Client:
    """The Register, id 1000 and token a0000001, has just left over link 1, at t = 0."""
    client.open(SERVER, bootstrap=False, lifetime=86400, timeout=30, now=0.0)
    client.link_up(1, 0.0)
    client.outputs()
    return client


@pytest.mark.parametrize(
    ("options", "location"),
    [
        ("81 35", "/5"),
        ("82 7264 01 35", "/rd/5"),
        ("82 7264 04 35613366", "/rd/5a3f"),
        ("83 617069 02 7264 05 64657669 63 01 31", "/api/rd/devic/1"),
    ],
)
def test_2_01_with_any_location_registers(registering: Client, options: str, location: str) -> None:
    registering.datagram_received(1, H("6441 1000 a0000001") + H(options), 1.5)
    assert registering.outputs() == [Registered(location)]
    assert (registering.state, registering.expires_at) == (State.REGISTERED, 86401.5)


def test_a_separate_answer_registers_core_09(registering: Client) -> None:
    registering.datagram_received(1, H("6000 1000"), 1.0)
    assert registering.outputs() == []
    registering.datagram_received(1, H("4441 0007 a0000001 82 7264 01 35"), 2.0)
    assert registering.outputs() == [Send(1, H("6000 0007")), Registered("/rd/5")]
    registering.datagram_received(1, H("4441 0007 a0000001 82 7264 01 35"), 3.0)
    assert registering.outputs() == [Send(1, H("6000 0007"))]  # its ACK was lost


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("6480", 0x80),  # 4.00: Leshan and Wakaama without lwm2m (SV 2.1)
        ("6483", 0x83),  # 4.03
        ("648c", 0x8C),  # 4.12: Wakaama, lwm2m=1.0.0
        ("64a0", 0xA0),  # 5.00
        ("6444", 0x44),  # 2.04 is no 2.01
        ("6441", 0x41),  # 2.01 without a location
    ],
)
def test_any_other_answer_is_a_refusal(registering: Client, answer: str, code: int) -> None:
    registering.datagram_received(1, H(answer) + H("1000 a0000001"), 1.0)
    assert registering.outputs() == [CloseLink(1), RegisterFailed("refused", code)]
    assert (registering.state, registering.expires_at) == (State.IDLE, None)


def test_rst_is_a_refusal_without_a_code(registering: Client) -> None:
    registering.datagram_received(1, H("7000 1000"), 1.0)
    assert registering.outputs() == [CloseLink(1), RegisterFailed("refused", None)]


def test_register_is_repeated_and_given_up_decision_28(client: Client) -> None:
    """T, 3T, 7T, 15T after the first, given up at 31T with T = 2 s; a longer OPEN timeout does not
    begin it again (decision 22: no retry)."""
    client.open(SERVER, bootstrap=False, lifetime=86400, timeout=65535, now=0.0)
    client.link_up(1, 0.0)
    [*_, first] = client.outputs()
    for at in (2.0, 6.0, 14.0, 30.0):
        assert client.deadline() == at
        client.handle_timeout(at)
        assert client.outputs() == [first]
    assert client.deadline() == 62.0
    client.handle_timeout(62.0)
    assert client.outputs() == [CloseLink(1), RegisterFailed("timeout", None)]


def test_an_icmp_error_is_a_lost_datagram(registering: Client) -> None:
    registering.send_failed(1, 0.0)
    assert (registering.outputs(), registering.state) == ([], State.REGISTERING)
    registering.handle_timeout(2.0)
    assert len(registering.outputs()) == 1


def test_requests_are_served_while_registering_conformance_9(registering: Client) -> None:
    registering.datagram_received(1, H("4401 9c41 deadbeef b4 33323030 01 30"), 0.5)
    assert registering.outputs() == [Received(Read(40001, Path(3200, 0)))]
    registering.respond(40001, 0x45, 0.6, payload=b"", content_format=11542)
    registering.datagram_received(1, H("6441 1000 a0000001 82 7264 01 35"), 1.0)
    assert registering.outputs() == [
        Send(1, H("6445 9c41 deadbeef c2 2d16")),
        Registered("/rd/5"),
    ]


def test_requests_of_the_rejected_session_are_gone(registering: Client) -> None:
    registering.datagram_received(1, H("4401 9c41 deadbeef b4 33323030 01 30"), 0.5)
    registering.datagram_received(1, H("6483 1000 a0000001"), 1.0)
    with pytest.raises(EngineError):
        registering.respond(40001, 0x45, 1.0)


# Update


def test_empty_update_restarts_the_lifetime(registered: Client) -> None:
    """Decision 24; nothing but a 2.04 moves the end of the registration."""
    assert registered.expires_at == 86400.0
    assert registered.update(100.0) == 1
    assert registered.outputs() == [Send(1, UPDATE)]
    assert registered.expires_at == 86400.0
    registered.datagram_received(1, H("6444 1001 a0000002"), 101.0)
    assert registered.outputs() == [Updated(1)]
    assert (registered.lifetime, registered.expires_at) == (86400, 86501.0)


def test_update_with_the_object_list(registered: Client) -> None:
    registered.update(0.0, lifetime=60, with_objects=True)
    assert registered.outputs() == [
        Send(1, UPDATE + H("11 28 35") + b'lt=60\xff</>;rt="oma.lwm2m",</3200/0>')
    ]


def test_settings_of_a_session_are_those_it_began_with(registered: Client) -> None:
    registered.settings = replace(registered.settings, binding="UQ")
    registered.update(0.0)
    assert registered.outputs() == [Send(1, UPDATE)]


def test_an_update_may_change_the_binding_for_good(registered: Client) -> None:
    """Decision 25: `b` behind `lt`, and in every Update from then on (decision 18)."""
    registered.update(1.0, lifetime=60, binding="UQ")
    registered.update(2.0)
    registered.update(3.0, binding="U")
    assert registered.outputs() == [
        Send(1, UPDATE + H("45") + b"lt=60" + H("04") + b"b=UQ"),
        Send(1, H("4402 1002 a0000003 b2 7264 04 35613366 44") + b"b=UQ"),
        Send(1, H("4402 1003 a0000004 b2 7264 04 35613366 43") + b"b=U"),
    ]


@pytest.mark.parametrize(
    ("answer", "lifetime", "wanted"),
    [
        ("6444 1001 a0000002", 60, 60),
        ("6480 1001 a0000002", 86400, 86400),
        ("7000 1001", 86400, 86400),
    ],
)
def test_a_lifetime_is_wanted_until_it_is_answered(
    registered: Client, answer: str, lifetime: int, wanted: int
) -> None:
    """Decision 23: 1/0/1 shows it at once, and the old one again if the server refuses."""
    registered.update(1.0, lifetime=60)
    assert (registered.lifetime, registered.wanted_lifetime) == (86400, 60)
    registered.datagram_received(1, H(answer), 2.0)
    assert (registered.lifetime, registered.wanted_lifetime) == (lifetime, wanted)


def test_several_updates_may_be_outstanding_and_overtake_each_other(registered: Client) -> None:
    assert [registered.update(0.0, lifetime=60), registered.update(0.0, lifetime=90)] == [1, 2]
    registered.outputs()
    registered.datagram_received(1, H("6444 1002 a0000003"), 1.0)
    assert (registered.outputs(), registered.lifetime) == ([Updated(2)], 90)
    registered.datagram_received(1, H("6444 1001 a0000002"), 2.0)
    assert (registered.outputs(), registered.expires_at) == ([Updated(1)], 62.0)


def test_an_update_too_many_is_an_error_and_changes_nothing(registered: Client) -> None:
    for number in range(1, UPDATE_LIMIT + 1):
        assert registered.update(0.0) == number
    registered.outputs()
    with pytest.raises(EngineError):
        registered.update(0.0, binding="UQ")
    assert registered.outputs() == []
    registered.datagram_received(1, H("6444 1001 a0000002"), 1.0)
    assert registered.outputs() == [Updated(1)]
    assert registered.update(1.0) == UPDATE_LIMIT + 1
    assert registered.outputs() == [Send(1, H("4402 1011 a0000012 b2 7264 04 35613366"))]


def test_4_04_ends_the_session_decision_25(registered: Client) -> None:
    """And with it the other Updates, without a word on them."""
    registered.update(0.0)
    registered.update(0.0)
    registered.outputs()
    registered.datagram_received(1, H("6484 1001 a0000002"), 1.0)
    assert registered.outputs() == [CloseLink(1), SessionLost()]
    assert (registered.state, registered.expires_at, registered.deadline()) == (
        State.IDLE,
        None,
        None,
    )
    with pytest.raises(EngineError):
        registered.update(2.0)


@pytest.mark.parametrize(
    ("answer", "failed"),
    [
        ("6480 1001 a0000002", UpdateFailed(1, "refused", 0x80)),
        ("64a0 1001 a0000002", UpdateFailed(1, "refused", 0xA0)),
        ("7000 1001", UpdateFailed(1, "refused", None)),
    ],
)
def test_any_other_answer_fails_the_update_alone(
    registered: Client, answer: str, failed: UpdateFailed
) -> None:
    registered.update(0.0, lifetime=60)
    registered.outputs()
    registered.datagram_received(1, H(answer), 1.0)
    assert registered.outputs() == [failed]
    assert (registered.state, registered.lifetime) == (State.REGISTERED, 86400)


def test_an_unanswered_update_fails_alone(registered: Client) -> None:
    registered.update(0.0)
    outputs = _run(registered, until=62.0)
    assert outputs == [Send(1, UPDATE)] * 5 + [UpdateFailed(1, "timeout", None)]
    assert registered.state is State.REGISTERED


# Close


def test_2_02_deregisters(registered: Client) -> None:
    registered.close(0.0)
    assert registered.outputs() == [Send(1, DELETE)]
    registered.datagram_received(1, H("6442 1001 a0000002"), 1.0)
    assert registered.outputs() == [CloseLink(1), Deregistered()]


def test_unanswered_close_leaves_registered_and_may_be_repeated_decision_27(
    registered: Client,
) -> None:
    registered.close(0.0)
    assert _run(registered, until=62.0) == [
        *[Send(1, DELETE)] * 5,
        DeregisterFailed("timeout", None),
    ]
    assert (registered.state, registered.expires_at) == (State.REGISTERED, 86400.0)
    registered.close(70.0)
    assert registered.outputs() == [Send(1, H("4404 1002 a0000003 b2 7264 04 35613366"))]
    # The first DELETE had arrived, its answer had not.
    registered.datagram_received(1, H("6484 1002 a0000003"), 71.0)
    assert registered.outputs() == [CloseLink(1), Deregistered()]


def test_close_while_the_delete_is_under_way_changes_nothing(registered: Client) -> None:
    registered.close(0.0)
    registered.outputs()
    registered.close(1.0)
    assert (registered.outputs(), registered.state) == ([], State.DEREGISTERING)


@pytest.mark.parametrize(
    ("answer", "failed"),
    [
        ("64a3 1001 a0000002", DeregisterFailed("refused", 0xA3)),
        ("7000 1001", DeregisterFailed("refused", None)),
    ],
)
def test_refused_close_leaves_registered(
    registered: Client, answer: str, failed: DeregisterFailed
) -> None:
    registered.close(0.0)
    registered.outputs()
    registered.datagram_received(1, H(answer), 1.0)
    assert (registered.outputs(), registered.state) == ([failed], State.REGISTERED)


def test_while_the_delete_is_unanswered_the_session_goes_on(registered: Client) -> None:
    """Decision 27: still registered; an Update then tells that it is over."""
    registered.close(0.0)
    registered.outputs()
    registered.datagram_received(1, H("4401 9c41 deadbeef b4 33323030 01 30"), 0.5)
    assert registered.outputs() == [Received(Read(40001, Path(3200, 0)))]
    assert registered.update(1.0) == 1
    registered.outputs()
    registered.datagram_received(1, H("6484 1002 a0000003"), 2.0)
    assert registered.outputs() == [CloseLink(1), SessionLost()]
    assert registered.state is State.IDLE


def test_a_day_with_lifetime_updates(registered: Client, fields: Fields) -> None:
    """An Update of 30 min every 25 min; every seventh is refused with 5.03 and asked again, every
    tenth lost once. The registration never runs out, and no id or token is used twice."""
    used: set[tuple[int, bytes]] = set()

    def update(at: float, answer: int) -> list[ClientOutput]:
        registered.update(at, lifetime=1800)
        [sent] = registered.outputs()
        assert isinstance(sent, Send)
        type_, code, mid, token, options, payload = fields(sent.data)
        assert (type_, code, payload) == (0, 2, b"")
        assert options == [(11, b"rd"), (11, b"5a3f"), (15, b"lt=1800")]
        assert (mid, token) not in used
        used.add((mid, token))
        if len(used) % 10 == 0:
            registered.handle_timeout(at + 2.0)
            assert registered.outputs() == [sent]
        reply = bytes((0x64, answer)) + mid.to_bytes(2, "big") + token
        registered.datagram_received(1, reply, at + 3.0)
        return registered.outputs()

    for at in range(0, 24 * 3600, 25 * 60):
        assert registered.expires_at is not None and registered.expires_at > at
        if len(used) % 7 == 6:
            assert update(at, 0xA3) == [UpdateFailed(len(used), "refused", 0xA3)]
            at += 10
        assert update(at, 0x44) == [Updated(len(used))]
        assert (registered.expires_at, registered.deadline()) == (at + 1803.0, None)
    assert len(used) == 58 + 9


def _run(client: Client, until: float) -> list[ClientOutput]:
    """Let the clock run and collect what comes of it."""
    found = client.outputs()
    while (due := client.deadline()) is not None and due <= until:
        client.handle_timeout(due)
        found += client.outputs()
    return found
