"""The bootstrap as an exchange of datagrams, typed by hand, with servers good, slow and hostile."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lwm2m_core.accounts import Account
from lwm2m_core.bootstrap import REQUEST_LIMIT
from lwm2m_core.bootstrap_objects import INSTANCE_LIMIT
from lwm2m_core.client import Client
from lwm2m_core.client_outputs import (
    BootstrapFailed,
    Bootstrapped,
    ClientOutput,
    CloseLink,
    OpenLink,
    Send,
)
from lwm2m_core.login import State

H = bytes.fromhex
Fields = Callable[[bytes], tuple[int, int, int, bytes, list[tuple[int, bytes]], bytes]]

SERVER = Account("127.0.0.1", 5783)
URI = b"coap://127.0.0.1:5683"
REQUEST = H("4402 1000 a0000001 b2 6273 47") + b"ep=dev1"
PUT_SECURITY = H("4103 7001 11 b1 30 01 30 12 2d16 ff c80015") + URI + H("c10a 01")
PUT_SERVER = H("4103 7002 12 b1 31 01 30 12 2d16 ff c100 01 c202 0e10 c201 012c")
FINISH = H("4102 7003 13 b2 6273")


@pytest.fixture
def bootstrapping(client: Client) -> Client:
    """The bootstrap request, id 1000 and token a0000001, has just left over link 1, at t = 0."""
    client.open(SERVER, bootstrap=True, lifetime=86400, timeout=300, now=0.0)
    client.link_up(1, 0.0)
    client.outputs()
    return client


def feed(client: Client, *datagrams: bytes, now: float = 1.0) -> list[ClientOutput]:
    for data in datagrams:
        client.datagram_received(1, data, now)
    return client.outputs()


def test_the_lifetime_handed_out_is_told_and_opens_wins_decision_23(bootstrapping: Client) -> None:
    feed(bootstrapping, H("6444 1000 a0000001"))
    account = Account("127.0.0.1", 5683)
    assert feed(bootstrapping, PUT_SECURITY, PUT_SERVER, FINISH) == [
        Send(1, H("6144 7001 11")),
        Send(1, H("6144 7002 12")),
        Send(1, H("6144 7003 13")),
        CloseLink(1),
        Bootstrapped(account, 300, 1),
        OpenLink(2, account, "lwm2m"),
    ]
    bootstrapping.link_up(2, 2.0)
    [_, register] = bootstrapping.outputs()
    assert isinstance(register, Send)
    assert b"lt=86400" in register.data


def test_a_psk_bootstrap_opens_a_secure_link_1_1_int_1(bootstrapping: Client) -> None:
    psk = H("4103 7001 11 b1 30 01 30 12 2d16 ff c80016") + b"coaps://127.0.0.1:5684"
    psk += H("c101 00 c403") + b"dev1" + H("c605") + b"secret"
    outputs = feed(bootstrapping, psk, FINISH)
    account = Account("127.0.0.1", 5684, True, b"dev1", b"secret")
    assert outputs[-1] == OpenLink(2, account, "lwm2m")


def test_discover_on_the_wire(bootstrapping: Client) -> None:
    """GET / with Accept 40: option 17, one byte 28 hex; the answer has Content-Format 40."""
    [answer] = feed(bootstrapping, H("4101 7001 11 d1 04 28"))
    text = b'lwm2m="1.0",</0/1>,</3200/0>'
    assert answer == Send(1, H("6145 7001 11 c1 28 ff") + text)


def test_the_server_may_begin_before_its_answer_or_without_one(bootstrapping: Client) -> None:
    assert feed(bootstrapping, PUT_SECURITY) == [Send(1, H("6144 7001 11"))]
    for at in (2.0, 6.0, 14.0, 30.0, 62.0):  # our request is given up: decision 28
        bootstrapping.handle_timeout(at)
    assert bootstrapping.outputs() == [Send(1, REQUEST)] * 4
    assert bootstrapping.state is State.BOOTSTRAPPING
    assert feed(bootstrapping, FINISH, now=70.0)[-1] == OpenLink(
        2, Account("127.0.0.1", 5683), "lwm2m"
    )


def test_a_repeated_write_is_answered_again_and_done_once(bootstrapping: Client) -> None:
    delete = H("4104 7009 19 b1 30")
    assert feed(bootstrapping, PUT_SECURITY, delete, PUT_SECURITY) == [
        Send(1, H("6144 7001 11")),
        Send(1, H("6142 7009 19")),
        Send(1, H("6144 7001 11")),
    ]
    assert feed(bootstrapping, FINISH) == [Send(1, H("6186 7003 13"))]  # 4.06: it is deleted


@pytest.mark.parametrize(
    ("answer", "failed"),
    [
        ("6480 1000 a0000001", BootstrapFailed("refused", 0x80)),  # Leshan: endpoint unknown
        ("64a0 1000 a0000001", BootstrapFailed("refused", 0xA0)),
        ("6441 1000 a0000001", BootstrapFailed("refused", 0x41)),
        ("7000 1000", BootstrapFailed("refused", None)),
    ],
)
def test_refused_decision_22(bootstrapping: Client, answer: str, failed: BootstrapFailed) -> None:
    assert feed(bootstrapping, H(answer)) == [CloseLink(1), failed]
    assert (bootstrapping.state, bootstrapping.deadline()) == (State.IDLE, None)


def test_given_up_when_nobody_answers(bootstrapping: Client) -> None:
    for at in (2.0, 6.0, 14.0, 30.0, 62.0):
        bootstrapping.handle_timeout(at)
    assert bootstrapping.outputs() == [
        *[Send(1, REQUEST)] * 4,
        CloseLink(1),
        BootstrapFailed("timeout", None),
    ]


def test_an_accepted_request_after_which_nothing_comes_times_out(bootstrapping: Client) -> None:
    feed(bootstrapping, H("6444 1000 a0000001"))
    assert bootstrapping.deadline() == 300.0
    bootstrapping.handle_timeout(300.0)
    assert bootstrapping.outputs() == [CloseLink(1), BootstrapFailed("timeout", None)]


def test_an_inconsistent_finish_may_be_mended_until_the_timeout(bootstrapping: Client) -> None:
    assert feed(bootstrapping, FINISH) == [Send(1, H("6186 7003 13"))]
    again = H("4102 7004 14 b2 6273")
    assert feed(bootstrapping, PUT_SECURITY, again)[1:3] == [
        Send(1, H("6144 7004 14")),
        CloseLink(1),
    ]


def test_requests_are_bounded_in_number(bootstrapping: Client) -> None:
    """The server that never comes to an end gets 5.03 from then on, also to its finish."""
    for number in range(REQUEST_LIMIT - 1):
        [answer] = feed(bootstrapping, H("4104") + number.to_bytes(2, "big") + H("10 b1 30"))
        assert isinstance(answer, Send) and answer.data[1] == 0x42
    assert feed(bootstrapping, PUT_SECURITY, FINISH) == [
        Send(1, H("6144 7001 11")),
        Send(1, H("61a3 7003 13")),
    ]
    assert bootstrapping.state is State.BOOTSTRAPPING


def test_management_of_a_bootstrap_server_is_refused(bootstrapping: Client) -> None:
    """Execute, Observe, Write-Attributes are no bootstrap operations; there is no session yet."""
    get_observe = H("4101 7001 11 60 53 33323030")
    assert feed(bootstrapping, get_observe) == [Send(1, H("6185 7001 11"))]
    assert len(bootstrapping.observations) == 0


# Hostile servers. hypothesis only chooses what is sent.

_codes = st.sampled_from([0, 1, 2, 3, 4, 5, 7, 0x44, 0x45, 0x84, 0xFF])
_segments = st.lists(
    st.sampled_from([b"0", b"1", b"3200", b"7", b"65535", b"99999", b"bs", b""]), max_size=4
)
_tlv = st.builds(
    lambda kind, number, value: bytes((kind << 6 | 8, number, len(value))) + value,
    st.integers(0, 3),
    st.integers(0, 12),
    st.one_of(st.binary(max_size=40), st.just(URI), st.just(b"\1"), st.just(b"")),
)
_bodies = st.one_of(st.binary(max_size=60), st.lists(_tlv, max_size=6).map(b"".join))


def _request(code: int, mid: int, path: list[bytes], number: int | None, body: bytes) -> bytes:
    data = bytes((0x40, code)) + mid.to_bytes(2, "big")
    delta = 11
    for segment in path:
        data += bytes((delta << 4 | len(segment),)) + segment
        delta = 0
    if number is not None:
        data += bytes(((12 if not path else 1) << 4 | 2,)) + number.to_bytes(2, "big")
    return data + (b"\xff" + body if body else b"")


_requests = st.builds(
    _request,
    _codes,
    st.integers(0, 40),
    _segments,
    st.sampled_from([None, 0, 40, 42, 1542, 11542, 11543]),
    _bodies,
)


@given(st.lists(st.one_of(st.binary(max_size=40), _requests), max_size=25))
@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_hostile_content_is_answered_or_dropped(
    make_client: Callable[[], Client], datagrams: list[bytes]
) -> None:
    """No exception, at most one datagram for one, nothing kept beyond the bounds, and the attempt
    still ends when its time is over."""
    client = make_client()
    client.open(SERVER, bootstrap=True, lifetime=86400, timeout=30, now=0.0)
    client.link_up(1, 0.0)
    client.outputs()
    for data in datagrams:
        client.datagram_received(1, data, 1.0)
        sent = [output for output in client.outputs() if isinstance(output, Send)]
        assert len(sent) <= 1
    if client.state is State.BOOTSTRAPPING:
        client.datagram_received(1, H("4101 fff0 11 d1 04 28"), 1.0)  # discover /
        [links] = client.outputs()
        assert isinstance(links, Send) and links.data[1] == 0x45
        assert links.data.count(b"</0/") <= INSTANCE_LIMIT + 1
        assert links.data.count(b"</1/") <= INSTANCE_LIMIT
    if client.state is not State.IDLE:
        client.handle_timeout(30.0)
        assert type(client.outputs()[-1]).__name__ in ("BootstrapFailed", "RegisterFailed")
    assert (client.state, client.deadline()) == (State.IDLE, None)
