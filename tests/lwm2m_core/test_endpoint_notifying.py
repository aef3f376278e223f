"""Notifications of ours: RFC 7641 sections 4.2 to 4.5, RFC 7252 section 4; decisions 30, 42.

Datagrams are hex. "<" marks what the endpoint sent; mids of ours begin with 10 unless chosen.
"""

import random

import pytest

from lwm2m_core.endpoint import (
    Acknowledged,
    Datagram,
    Endpoint,
    Failed,
    GaveUp,
    Output,
    Rejected,
    Response,
    Transmission,
)
from lwm2m_core.errors import EngineError
from lwm2m_core.message import Code, Type, options


def endpoint(transmission: Transmission | None = None) -> Endpoint:
    return Endpoint(transmission or Transmission(), random.Random(1), first_mid=0x1000)


def notify(
    server: Endpoint,
    now: float,
    *,
    confirmable: bool = True,
    mid: int | None = None,
    payload: bytes = b"1",
) -> int:
    observe = options(observe=5)
    return server.notify(
        b"\xaa",
        Code.CONTENT,
        now,
        options=observe,
        payload=payload,
        confirmable=confirmable,
        mid=mid,
    )


def told(server: Endpoint) -> list[str | Output]:
    return [
        "< " + output.data.hex() if isinstance(output, Datagram) else output
        for output in server.outputs()
    ]


def receive(server: Endpoint, datagram: str, now: float) -> list[str | Output]:
    server.receive(bytes.fromhex(datagram), now)
    return told(server)


def run_out(server: Endpoint) -> list[tuple[float, str | Output]]:
    found = []
    while (due := server.deadline()) is not None:
        server.handle_timeout(due)
        found += [(round(due, 3), each) for each in told(server)]
    return found


def test_a_non_notification_is_sent_once() -> None:
    server = endpoint()
    assert notify(server, 0.0, confirmable=False) == 0x1000
    assert told(server) == ["< 51451000aa6105ff31"]
    assert server.deadline() is None


def test_a_con_notification_is_acknowledged() -> None:
    server = endpoint()
    assert notify(server, 0.0) == 0x1000
    assert told(server) == ["< 41451000aa6105ff31"]
    assert receive(server, "60001000", 0.3) == [Acknowledged(0x1000)]
    assert server.deadline() is None
    assert receive(server, "60001000", 0.4) == []


def test_a_con_notification_is_sent_again_and_given_up_decision_28() -> None:
    server = endpoint()
    notify(server, 0.0)
    told(server)
    again = "< 41451000aa6105ff31"
    assert run_out(server) == [
        *((2.0, again), (6.0, again), (14.0, again), (30.0, again), (62.0, GaveUp(0x1000))),
    ]
    assert receive(server, "60001000", 62.1) == []


@pytest.mark.parametrize("confirmable", [True, False], ids=["CON", "NON"])
def test_a_reset_for_a_notification_is_told_once_rfc_7641_section_4_5(confirmable: bool) -> None:
    """aiocoap does not match a Reset to a NON notification (stack.md section 1); we must."""
    server = endpoint()
    notify(server, 0.0, confirmable=confirmable)
    told(server)
    assert receive(server, "70001000", 0.3) == [Rejected(0x1000)]
    assert server.deadline() is None
    assert receive(server, "70001000", 0.4) == []


def test_a_reset_for_a_non_notification_counts_for_247_seconds() -> None:
    server = endpoint()
    notify(server, 0.0, confirmable=False)
    notify(server, 0.0, confirmable=False)
    told(server)
    assert receive(server, "70001000", 246.999) == [Rejected(0x1000)]
    assert receive(server, "70001001", 247.0) == []


def test_a_reset_after_the_ack_is_no_news() -> None:
    server = endpoint()
    notify(server, 0.0)
    receive(server, "60001000", 0.3)
    assert receive(server, "70001000", 0.4) == []


def test_several_notifications_are_under_way_and_one_lost_touches_no_other() -> None:
    server = endpoint()
    mids = [notify(server, float(n)) for n in range(8)]
    told(server)
    assert receive(server, "60001003", 8.0) == [Acknowledged(0x1003)]
    assert receive(server, "70001005", 8.0) == [Rejected(0x1005)]
    ends = [(at, each) for at, each in run_out(server) if isinstance(each, GaveUp)]
    assert ends == [
        (62.0 + n, GaveUp(mid)) for n, mid in enumerate(mids) if mid not in (0x1003, 0x1005)
    ]


def test_a_lost_notification_leaves_requests_alone() -> None:
    server = endpoint()
    notify(server, 0.0)
    for due in (2.0, 6.0, 14.0, 30.0):
        server.handle_timeout(due)
    handle = server.request(Code.POST, 61.0, token=b"\xbb")
    told(server)
    server.handle_timeout(62.0)
    assert told(server) == [GaveUp(0x1000)]
    assert server.deadline() == 63.0
    server.receive(bytes.fromhex("61441001bb"), 62.5)
    assert [each.handle for each in server.outputs() if isinstance(each, Response)] == [handle]


def test_the_message_id_can_be_chosen_decision_42() -> None:
    server = endpoint()
    assert notify(server, 0.0, mid=33) == 33
    assert told(server) == ["< 41450021aa6105ff31"]
    assert receive(server, "60000021", 0.3) == [Acknowledged(33)]


def test_automatic_ids_skip_chosen_ones_for_247_seconds() -> None:
    server = endpoint()
    for mid in (0x1000, 0x1002):
        notify(server, 0.0, mid=mid, confirmable=False)
    assert [notify(server, 246.0, confirmable=False) for _ in range(2)] == [0x1001, 0x1003]


def test_a_chosen_id_of_a_notification_under_way_gives_that_up() -> None:
    server = endpoint()
    notify(server, 0.0, mid=33)
    told(server)
    notify(server, 1.0, mid=33, payload=b"2")
    assert told(server) == [GaveUp(33), "< 41450021aa6105ff32"]
    assert server.deadline() == 3.0
    assert receive(server, "60000021", 1.3) == [Acknowledged(33)]
    assert server.deadline() is None


def test_a_chosen_id_of_a_request_under_way_leaves_it_to_its_token() -> None:
    server = endpoint()
    handle = server.request(Code.POST, 0.0, token=b"\xbb")
    notify(server, 1.0, mid=handle)
    told(server)
    server.receive(bytes.fromhex("61441000bb"), 1.2)
    assert [each.handle for each in server.outputs() if isinstance(each, Response)] == [handle]
    assert receive(server, "60001000", 1.3) == [Acknowledged(0x1000)]
    assert server.deadline() is None


def test_a_chosen_id_of_a_request_that_is_never_answered_still_lets_it_end() -> None:
    server = endpoint()
    handle = server.request(Code.POST, 0.0, token=b"\xbb")
    notify(server, 1.0, mid=handle, confirmable=False)
    told(server)
    assert receive(server, "70001000", 1.1) == [Rejected(0x1000)]
    assert run_out(server) == [(248.0, Failed(handle, "timeout"))]


def test_a_notification_may_be_sent_in_an_ack_quirk_notify_type() -> None:
    server = endpoint()
    mid = server.notify(b"\xaa", Code.CONTENT, 0.0, confirmable=True, type=Type.ACK)
    assert (mid, told(server)) == (0x1000, ["< 61451000aa"])
    assert server.deadline() is None


def test_a_con_notification_may_be_sent_only_once_quirk_con_notify_once() -> None:
    server = endpoint()
    server.notify(b"\xaa", Code.CONTENT, 0.0, confirmable=True, max_retransmit=0)
    notify(server, 0.0)
    told(server)
    assert run_out(server)[:2] == [(2.0, GaveUp(0x1000)), (2.0, "< 41451001aa6105ff31")]


@pytest.mark.parametrize("code", [Code.EMPTY, Code.GET])
def test_only_responses_are_notifications(code: Code) -> None:
    with pytest.raises(EngineError):
        endpoint().notify(b"\xaa", code, 0.0, confirmable=True)


def test_a_notification_that_is_none_is_refused_and_leaves_no_trace() -> None:
    server = endpoint()
    notify(server, 0.0, mid=33)
    told(server)
    with pytest.raises(EngineError):
        server.notify(b"\xaa", Code.CONTENT, 0.0, confirmable=True, type=Type.RST)
    for mid in (-1, 0x10000):
        with pytest.raises(EngineError):
            notify(server, 0.0, mid=mid)
    with pytest.raises(EngineError):
        server.notify(bytes(9), Code.CONTENT, 0.0, confirmable=True, mid=33)
    assert told(server) == []
    assert receive(server, "60000021", 1.0) == [Acknowledged(33)]
