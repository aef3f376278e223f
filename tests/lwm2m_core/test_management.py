"""Requests of the server, observations and notifications, as datagrams typed by hand.

61 nn is Observe (option 6), 62 2d16 Content-Format 11542 after it, c2 2d16 without it.
"""

from collections.abc import Callable
from dataclasses import replace

import pytest

from lwm2m_core.accounts import Account
from lwm2m_core.client import Client
from lwm2m_core.client_outputs import (
    NotificationAcked,
    NotificationLost,
    NotificationRejected,
    Received,
    Repeated,
    Send,
    Updated,
)
from lwm2m_core.endpoint import Transmission
from lwm2m_core.errors import EngineError
from lwm2m_core.message import Code, Type
from lwm2m_core.observations import OBSERVATION_LIMIT, UNACKNOWLEDGED_LIMIT, Observation
from lwm2m_core.operations import CancelObserve, Discover, Execute, Observe, Read, Write
from lwm2m_core.paths import Path
from lwm2m_core.requests import Settings

H = bytes.fromhex

INSTANCE = Path(3200, 0)
RESOURCE = Path(3200, 0, 5750)
RESOURCE_GET = "4401 9c41 deadbeef b4 33323030 01 30 04 35373530 61 00"  # Accept text/plain
RESOURCE_PUT = "4403 9c41 deadbeef b4 33323030 01 30 04 35373530 10 ff 39"  # text/plain "9"
RESOURCE_POST = "4402 9c41 deadbeef b4 33323030 01 30 04 35373530 ff 61"  # "a"
OBSERVE = H("4401 9c41 deadbeef 60 54 33323030 01 30")
VALUE = H("e4 1676 3f800000")  # resource 5750, float 1.0
OBSERVED = Observation(INSTANCE, H("deadbeef"), 40001, None)


@pytest.fixture
def observed(registered: Client) -> Client:
    """3200/0 is observed with token deadbeef; Observe 1 has been used, the next id is 1001."""
    registered.datagram_received(1, OBSERVE, 1.0)
    registered.respond(40001, Code.CONTENT, 1.0, payload=VALUE, content_format=11542)
    registered.outputs()
    return registered


def feed(client: Client, data: str, now: float = 1.0) -> list[object]:
    client.datagram_received(1, H(data), now)
    return list(client.outputs())


def notify(client: Client, *, confirmable: bool, mid: int | None = None, now: float = 2.0) -> int:
    return client.notify(OBSERVED, VALUE, 11542, now, confirmable=confirmable, mid=mid)


@pytest.mark.parametrize(
    ("request_", "operation"),
    [
        (RESOURCE_GET, Read(40001, RESOURCE, 0)),
        ("4401 9c41 deadbeef b4 33323030 61 28", Discover(40001, Path(3200))),
        (RESOURCE_PUT, Write(40001, RESOURCE, 0, b"9", True)),
        (RESOURCE_POST, Execute(40001, RESOURCE, None, b"a")),
    ],
)
def test_a_request_waits_for_the_owner_decision_31(
    registered: Client, request_: str, operation: Read | Discover | Write | Execute
) -> None:
    """No ACK before the owner answers; then one piggybacked, and the same again for a repeat."""
    assert feed(registered, request_) == [Received(operation)]
    assert feed(registered, request_) == [Repeated(operation)]
    registered.respond(40001, Code.CHANGED, 5.0)
    assert registered.outputs() == [Send(1, H("6444 9c41 deadbeef"))]
    assert feed(registered, request_, 6.0) == [Send(1, H("6444 9c41 deadbeef"))]


def test_a_non_request_is_answered_non_core_05(registered: Client) -> None:
    assert feed(registered, "5401 9c41 deadbeef b4 33323030") == [Received(Read(40001, Path(3200)))]
    registered.respond(40001, Code.CONTENT, 2.0, payload=VALUE, content_format=1542)
    assert registered.outputs() == [Send(1, H("5445 1001 deadbeef c2 0606 ff") + VALUE)]


def test_a_forgotten_request_is_never_answered_decision_32(registered: Client) -> None:
    request = "4401 9c41 deadbeef b4 33323030"
    feed(registered, request)
    registered.forget(40001)
    assert feed(registered, request, 31.0) == []
    with pytest.raises(EngineError):
        registered.respond(40001, Code.CONTENT, 32.0)


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        ("4401 9c41 deadbeef b1 30 01 30", "6481 9c41 deadbeef"),  # 0/0: 4.01
        ("4401 9c41 deadbeef b2 3136", "6484 9c41 deadbeef"),  # 16: 4.04
        ("4404 9c41 deadbeef b4 33323030 01 30", "6485 9c41 deadbeef"),  # Delete: 4.05
        ("4401 9c41 deadbeef b4 33323030 61 3c", "6486 9c41 deadbeef"),  # Accept CBOR: 4.06
        ("4403 9c41 deadbeef b4 33323030 01 30 11 3c", "648f 9c41 deadbeef"),  # 4.15
        ("4401 9c41 deadbeef", "6480 9c41 deadbeef"),  # /: 4.00
        ("4403 9c41 deadbeef b4 33323030 01 30 46 706d696e3d78", "6480 9c41 deadbeef"),  # pmin=x
        ("4001 9c41 60 54 33323030 01 30", "6080 9c41"),  # Observe without a token (MB 2.8)
    ],
)
def test_refused_at_once_and_again(registered: Client, request_: str, answer: str) -> None:
    for _ in range(2):
        assert feed(registered, request_) == [Send(1, H(answer))]


# Observe


def test_observe_answered_2_05_begins_an_observation(registered: Client) -> None:
    registered.datagram_received(1, OBSERVE, 1.0)
    assert registered.outputs() == [Received(Observe(40001, INSTANCE, H("deadbeef"), None))]
    assert len(registered.observations) == 0
    registered.respond(40001, Code.CONTENT, 1.0, payload=VALUE, content_format=11542)
    assert registered.outputs() == [Send(1, H("6445 9c41 deadbeef 61 01 62 2d16 ff") + VALUE)]
    assert list(registered.observations) == [OBSERVED]


@pytest.mark.parametrize("code", [Code.METHOD_NOT_ALLOWED, Code.NOT_FOUND, Code.CHANGED])
def test_any_other_answer_begins_none(registered: Client, code: Code) -> None:
    registered.datagram_received(1, OBSERVE, 1.0)
    registered.respond(40001, code, 1.0)
    assert registered.outputs()[-1] == Send(1, bytes((0x64, code)) + H("9c41 deadbeef"))
    assert len(registered.observations) == 0


def test_a_forgotten_observe_begins_none(registered: Client) -> None:
    registered.datagram_received(1, OBSERVE, 1.0)
    registered.forget(40001)
    assert len(registered.observations) == 0


def test_observing_again_notifies_under_the_new_token_mb_2_10(observed: Client) -> None:
    feed(observed, "4401 9c42 cafe0001 60 54 33323030 01 30 61 3c")  # Accept 60: 4.06
    assert list(observed.observations) == [OBSERVED]
    feed(observed, "4401 9c43 cafe0002 60 54 33323030 01 30")
    observed.respond(40003, Code.CONTENT, 2.0)
    observed.outputs()
    with pytest.raises(EngineError, match="/3200/0 is not observed"):
        notify(observed, confirmable=False)
    renewed = observed.observations.covering([RESOURCE])
    assert renewed == Observation(INSTANCE, H("cafe0002"), 40003, None)
    observed.notify(renewed, VALUE, 11542, 3.0, confirmable=False)
    assert observed.outputs() == [Send(1, H("5445 1001 cafe0002 61 03 62 2d16 ff") + VALUE)]


def test_observe_1_cancels_conformance_303(observed: Client) -> None:
    cancel = "4401 9c42 deadbeef 61 01 54 33323030 01 30"
    assert feed(observed, cancel) == [Received(CancelObserve(40002, INSTANCE, H("deadbeef")))]
    assert len(observed.observations) == 0
    observed.respond(40002, Code.CONTENT, 2.0, payload=VALUE, content_format=11542)
    assert observed.outputs() == [Send(1, H("6445 9c42 deadbeef c2 2d16 ff") + VALUE)]


def test_a_plain_get_cancels_nothing_obs_10(observed: Client) -> None:
    feed(observed, "4401 9c42 deadbeef b4 33323030 01 30")
    assert list(observed.observations) == [OBSERVED]


def test_observations_are_bounded(registered: Client) -> None:
    """One too many: 5.03, and nobody is asked."""
    for resource in range(OBSERVATION_LIMIT + 1):
        number = str(10000 + resource).encode()
        request = H("4401") + resource.to_bytes(2, "big") + resource.to_bytes(4, "big")
        request += H("60 54 33323030 01 30 05") + number
        registered.datagram_received(1, request, 1.0)
        if resource < OBSERVATION_LIMIT:
            registered.respond(resource, Code.CONTENT, 1.0)
            registered.outputs()
    assert registered.outputs() == [Send(1, H("64a3 0040 00000040"))]
    assert len(registered.observations) == OBSERVATION_LIMIT


def test_observe_requests_left_unanswered_are_bounded(registered: Client) -> None:
    """What is forgotten or answered leaves nothing behind; see Transmission.waiting_limit."""
    for mid in range(1000):
        request = H("4401") + mid.to_bytes(2, "big") + H("deadbeef 60 54 33323030 01 30")
        registered.datagram_received(1, request, 1.0)
        registered.outputs()
    registered.respond(0, Code.CONTENT, 1.0)
    assert len(registered.observations) == 1
    with pytest.raises(EngineError):
        registered.respond(999, Code.CONTENT, 1.0)


def test_an_id_may_come_again_for_another_request_rfc7252_4_4(registered: Client) -> None:
    """An Observe never answered, and EXCHANGE_LIFETIME later a Read with the same id."""
    registered.datagram_received(1, OBSERVE, 0.0)
    feed(registered, "4401 9c41 cafe0001 b4 33323030 01 30", 247.5)
    registered.respond(40001, Code.CONTENT, 248.0)
    assert registered.outputs() == [Send(1, H("6445 9c41 cafe0001"))]
    assert len(registered.observations) == 0


# Notifications


def test_non_without_ackid_con_with_it_decision_42(observed: Client) -> None:
    """Observe rises, ids are fresh unless chosen; text/plain where the owner says so."""
    assert notify(observed, confirmable=False) == 0x1001
    assert notify(observed, confirmable=True) == 0x1002
    assert notify(observed, confirmable=True, mid=11) == 11
    observed.notify(OBSERVED, b"9", 0, 3.0, confirmable=False)
    assert observed.outputs() == [
        Send(1, H("5445 1001 deadbeef 61 02 62 2d16 ff") + VALUE),
        Send(1, H("4445 1002 deadbeef 61 03 62 2d16 ff") + VALUE),
        Send(1, H("4445 000b deadbeef 61 04 62 2d16 ff") + VALUE),
        Send(1, H("5445 1003 deadbeef 61 05 60 ff 39")),
    ]
    assert observed.unacknowledged == 2


def test_ack_is_told_once_event_26(observed: Client) -> None:
    notify(observed, confirmable=True, mid=11)
    observed.outputs()
    assert feed(observed, "6000 000b") == [NotificationAcked(11)]
    assert feed(observed, "6000 000b") == []
    assert (observed.unacknowledged, observed.deadline()) == (0, None)


@pytest.mark.parametrize("confirmable", [False, True])
def test_rst_ends_the_observation_conformance_302(observed: Client, confirmable: bool) -> None:
    mid = notify(observed, confirmable=confirmable)
    observed.outputs()
    assert mid == 0x1001
    assert feed(observed, "7000 1001") == [NotificationRejected(mid, OBSERVED)]
    assert (len(observed.observations), observed.unacknowledged) == (0, 0)
    assert observed.deadline() is None
    assert feed(observed, "7000 1001") == []


def test_rst_after_the_observation_is_over_has_none_to_end(observed: Client) -> None:
    notify(observed, confirmable=False)
    feed(observed, "4401 9c42 deadbeef 61 01 54 33323030 01 30")
    assert feed(observed, "7000 1001") == [NotificationRejected(0x1001, None)]


def test_a_lost_notification_leaves_the_observation_decision_42(observed: Client) -> None:
    """And nothing else is held up or broken by it: an Update goes out and is answered."""
    notify(observed, confirmable=True, mid=11, now=0.0)
    assert observed.update(0.5) == 1
    observed.outputs()
    assert feed(observed, "6444 1001 a0000002") == [Updated(1)]
    sent = 0
    while (due := observed.deadline()) is not None and due < 62.0:
        observed.handle_timeout(due)
        sent += len(observed.outputs())
    assert (sent, due) == (4, 62.0)
    observed.handle_timeout(62.0)
    assert observed.outputs() == [NotificationLost(11)]
    assert list(observed.observations) == [OBSERVED]
    assert observed.unacknowledged == 0


def test_an_id_used_again_while_in_flight_gives_the_first_up_hf_22(observed: Client) -> None:
    """Hosts repeat their ackid: the first is lost, the second has its own fate."""
    notify(observed, confirmable=True, mid=11)
    observed.outputs()
    notify(observed, confirmable=True, mid=11)
    again = Send(1, H("4445 000b deadbeef 61 03 62 2d16 ff") + VALUE)
    assert observed.outputs() == [NotificationLost(11), again]
    assert observed.unacknowledged == 1
    assert feed(observed, "6000 000b") == [NotificationAcked(11)]
    assert observed.unacknowledged == 0


def test_eight_may_be_in_flight_decision_42(observed: Client) -> None:
    for _ in range(UNACKNOWLEDGED_LIMIT):
        notify(observed, confirmable=True)
    observed.outputs()
    with pytest.raises(EngineError):
        notify(observed, confirmable=True)
    assert (observed.unacknowledged, observed.outputs()) == (8, [])
    notify(observed, confirmable=False)
    observed.update(3.0)
    observed.close(3.0)
    assert len(observed.outputs()) == 3


def test_notification_as_an_ack_is_not_waited_for(observed: Client) -> None:
    """Quirk notify_type: RDA's notifications leave as ACK (MB 2.11)."""
    observed.notify(OBSERVED, VALUE, 11542, 2.0, confirmable=True, type=Type.ACK)
    assert observed.outputs() == [Send(1, H("6445 1001 deadbeef 61 02 62 2d16 ff") + VALUE)]
    assert (observed.unacknowledged, observed.deadline()) == (0, None)


def test_notification_sent_only_once(observed: Client) -> None:
    """Quirk con_notify_once (MB 2.11)."""
    observed.notify(OBSERVED, VALUE, 11542, 0.0, confirmable=True, mid=11, max_retransmit=0)
    observed.outputs()
    due = observed.deadline()
    assert due is not None
    observed.handle_timeout(due)
    assert observed.outputs() == [NotificationLost(11)]


def test_notifications_need_a_session(observed: Client) -> None:
    observed.abandon(1.0)
    assert len(observed.observations) == 0
    with pytest.raises(EngineError, match="no session"):
        notify(observed, confirmable=False)


def test_a_new_session_begins_without_observations(observed: Client) -> None:
    observed.abandon(1.0)
    account = Account("127.0.0.1", 5683)
    observed.open(account, bootstrap=False, lifetime=60, timeout=30, now=2.0)
    observed.link_up(2, 2.0)
    observed.datagram_received(2, H("6441 2000 a0000002 81 35"), 2.0)
    assert len(observed.observations) == 0


def test_the_ack_of_a_separate_response_is_no_notifications(
    make_client: Callable[..., Client], settings: Settings
) -> None:
    """Quirk empty_ack_after_s: early ACK, separate CON response; its end is nobody's business."""
    settings = replace(settings, transmission=Transmission(empty_ack_after=1.0))
    client = make_client(settings=settings)
    account = Account("127.0.0.1", 5683)
    client.open(account, bootstrap=False, lifetime=60, timeout=30, now=0.0)
    client.link_up(1, 0.0)
    client.datagram_received(1, H("6441 1000 a0000001 81 35"), 0.0)
    client.outputs()
    feed(client, "4401 9c41 deadbeef b4 33323030", now=10.0)
    assert client.deadline() == 11.0
    client.handle_timeout(11.0)
    assert client.outputs() == [Send(1, H("6000 9c41"))]
    client.respond(40001, Code.CONTENT, 12.0)
    assert client.outputs() == [Send(1, H("4445 1001 deadbeef"))]
    assert feed(client, "6000 1001", now=13.0) == []
    assert client.deadline() is None
