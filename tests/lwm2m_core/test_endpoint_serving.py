"""Requests of the peer: RFC 7252 sections 4.2 to 4.5, 5.2 and 5.4; decisions 31, 32, 50.

Datagrams are hex. "<" marks what the endpoint sent; mids of ours begin with 10, the peer's with 70.
"""

import random

import pytest

from lwm2m_core.endpoint import (
    Acknowledged,
    Datagram,
    Duplicate,
    Endpoint,
    GaveUp,
    Output,
    Rejected,
    Request,
    Transmission,
)
from lwm2m_core.errors import EngineError
from lwm2m_core.message import Code, Message, Type, options

READ = "41017001aab161"  # CON GET /a, mid 0x7001, token aa
READ_MESSAGE = Message(Type.CON, Code.GET, 0x7001, b"\xaa", ((11, b"a"),))
NON_READ = "51017001aab161"


def endpoint(transmission: Transmission | None = None) -> Endpoint:
    return Endpoint(transmission or Transmission(), random.Random(1), first_mid=0x1000)


def told(server: Endpoint) -> list[str | Output]:
    return [
        "< " + output.data.hex() if isinstance(output, Datagram) else output
        for output in server.outputs()
    ]


def receive(server: Endpoint, datagram: str, now: float) -> list[str | Output]:
    server.receive(bytes.fromhex(datagram), now)
    return told(server)


def respond(server: Endpoint, now: float, payload: bytes = b"1") -> list[str | Output]:
    server.respond(0x7001, Code.CONTENT, now, payload=payload)
    return told(server)


# Answers


def test_the_answer_travels_in_the_ack_rfc_7252_section_5_2_1() -> None:
    server = endpoint()
    assert receive(server, READ, 0.0) == [Request(READ_MESSAGE)]
    assert server.is_open(0x7001)
    assert server.deadline() is None  # withheld for as long as the MCU takes, decision 31
    assert respond(server, 29.0) == ["< 61457001aaff31"]
    assert not server.is_open(0x7001)
    assert server.deadline() is None


def test_options_of_an_answer_are_sent() -> None:
    server = endpoint()
    receive(server, READ, 0.0)
    server.respond(0x7001, Code.CREATED, 1.0, options=options(location=["rd", "5a3f"]))
    assert told(server) == ["< 61417001aa8272640435613366"]


def test_a_non_request_gets_a_non_response_with_an_id_of_ours_rfc_7252_section_5_2_3() -> None:
    server = endpoint()
    assert receive(server, NON_READ, 0.0) == [
        Request(Message(Type.NON, Code.GET, 0x7001, b"\xaa", ((11, b"a"),)))
    ]
    assert respond(server, 1.0) == ["< 51451000aaff31"]
    assert server.last_mid == 0x1000
    assert server.deadline() is None


def test_an_empty_ack_after_the_time_set_and_a_separate_answer_rfc_7252_section_5_2_2() -> None:
    server = endpoint(Transmission(empty_ack_after=0.5))
    receive(server, READ, 10.0)
    assert server.deadline() == 10.5
    server.handle_timeout(10.499)
    assert told(server) == []
    server.handle_timeout(10.5)
    assert told(server) == ["< 60007001"]
    assert server.is_open(0x7001)
    assert respond(server, 20.0) == ["< 41451000aaff31"]
    assert server.last_mid == 0x1000
    server.handle_timeout(22.0)
    assert told(server) == ["< 41451000aaff31"]
    assert receive(server, "60001000", 22.1) == [Acknowledged(0x1000)]
    assert server.deadline() is None


def test_an_answer_before_the_empty_ack_makes_that_superfluous() -> None:
    server = endpoint(Transmission(empty_ack_after=0.5))
    receive(server, READ, 0.0)
    assert respond(server, 0.4) == ["< 61457001aaff31"]
    assert server.deadline() is None


def test_a_non_request_is_never_acknowledged() -> None:
    server = endpoint(Transmission(empty_ack_after=0.5))
    receive(server, NON_READ, 0.0)
    assert server.deadline() is None


def test_a_separate_answer_may_be_rejected_or_lost() -> None:
    server = endpoint(Transmission(empty_ack_after=0.0))
    for mid in ("7001", "7002"):
        receive(server, f"4101{mid}aa", 0.0)
    server.handle_timeout(0.0)
    server.respond(0x7001, Code.CONTENT, 0.0)
    server.respond(0x7002, Code.CONTENT, 0.0)
    told(server)
    assert receive(server, "70001000", 0.1) == [Rejected(0x1000)]
    while (due := server.deadline()) is not None:
        server.handle_timeout(due)
    assert told(server)[-1] == GaveUp(0x1001)


def test_a_non_answer_may_be_rejected() -> None:
    server = endpoint()
    receive(server, NON_READ, 0.0)
    respond(server, 1.0)
    assert receive(server, "70001000", 1.1) == [Rejected(0x1000)]
    assert receive(server, "70001000", 1.2) == []


def test_only_a_waiting_request_can_be_answered_and_only_once() -> None:
    server = endpoint()
    with pytest.raises(EngineError):
        server.respond(0x7001, Code.CONTENT, 0.0)
    receive(server, READ, 0.0)
    with pytest.raises(EngineError):
        server.respond(0x7001, Code.GET, 0.0)
    respond(server, 0.0)
    with pytest.raises(EngineError):
        server.respond(0x7001, Code.CONTENT, 0.0)
    assert told(server) == []


def test_requests_with_codes_of_no_method_are_the_owners_to_refuse() -> None:
    """RFC 7252 section 5.8: an unrecognized method gets 4.05, which is not the layer's affair."""
    server = endpoint()
    (request,) = receive(server, "411f7001aa", 0.0)
    assert isinstance(request, Request) and request.message.code == 31


# Duplicates


def test_a_repeat_while_unanswered_is_told_and_not_answered_decision_31() -> None:
    server = endpoint()
    receive(server, READ, 0.0)
    assert receive(server, READ, 2.0) == [Duplicate(READ_MESSAGE)]
    assert receive(server, READ, 6.0) == [Duplicate(READ_MESSAGE)]
    assert respond(server, 7.0) == ["< 61457001aaff31"]


def test_a_repeat_after_the_empty_ack_gets_it_again_and_is_told() -> None:
    server = endpoint(Transmission(empty_ack_after=0.5))
    receive(server, READ, 0.0)
    server.handle_timeout(0.5)
    told(server)
    assert receive(server, READ, 2.0) == ["< 60007001", Duplicate(READ_MESSAGE)]
    assert respond(server, 3.0) == ["< 41451000aaff31"]
    assert receive(server, READ, 6.0) == ["< 60007001"]


def test_a_repeat_after_the_answer_gets_the_same_datagram_without_an_event_decision_31() -> None:
    server = endpoint()
    receive(server, READ, 0.0)
    respond(server, 7.0)
    assert receive(server, READ, 14.0) == ["< 61457001aaff31"]
    assert receive(server, READ, 246.999) == ["< 61457001aaff31"]


def test_after_247_seconds_the_same_id_is_a_new_request() -> None:
    server = endpoint()
    receive(server, READ, 0.0)
    respond(server, 7.0)
    assert receive(server, READ, 247.0) == [Request(READ_MESSAGE)]
    assert respond(server, 248.0, b"2") == ["< 61457001aaff32"]


def test_a_repeat_of_a_non_request_is_told_then_answered_alike_decision_31() -> None:
    server = endpoint()
    (request,) = receive(server, NON_READ, 0.0)
    assert isinstance(request, Request)
    assert receive(server, NON_READ, 1.0) == [Duplicate(request.message)]
    respond(server, 2.0)
    assert receive(server, NON_READ, 3.0) == ["< 51451000aaff31"]


def test_a_forgotten_request_is_silent_for_247_seconds_decision_32() -> None:
    server = endpoint()
    receive(server, READ, 0.0)
    server.forget(0x7001)
    assert not server.is_open(0x7001)
    assert receive(server, READ, 30.0) == []
    assert receive(server, READ, 246.999) == []
    with pytest.raises(EngineError):
        server.respond(0x7001, Code.CONTENT, 246.999)
    assert receive(server, READ, 247.0) == [Request(READ_MESSAGE)]


def test_forgetting_takes_back_the_empty_ack() -> None:
    server = endpoint(Transmission(empty_ack_after=0.5))
    for now in (0.0, 300.0):
        receive(server, READ, now)
        if now:
            server.handle_timeout(300.5)
        server.forget(0x7001)
        told(server)
        assert server.deadline() is None
        assert receive(server, READ, now + 2.0) == []


def test_forgetting_what_does_not_wait_changes_nothing() -> None:
    server = endpoint()
    server.forget(0x7001)
    receive(server, READ, 0.0)
    respond(server, 1.0)
    server.forget(0x7001)
    assert receive(server, READ, 2.0) == ["< 61457001aaff31"]


def test_by_the_id_alone_other_bytes_are_a_repeat_rfc_7252_section_4_5() -> None:
    server = endpoint()
    receive(server, READ, 0.0)
    assert receive(server, "41017001bbb162", 1.0) == [Duplicate(READ_MESSAGE)]
    respond(server, 2.0)
    assert receive(server, "41017001bbb162", 3.0) == ["< 61457001aaff31"]


def test_strictly_other_bytes_with_a_known_id_get_no_answer_decision_50() -> None:
    server = endpoint(Transmission(strict_duplicates=True))
    receive(server, READ, 0.0)
    assert receive(server, "41017001bbb162", 1.0) == []
    assert receive(server, READ, 1.5) == [Duplicate(READ_MESSAGE)]
    respond(server, 2.0)
    assert receive(server, "41017001bbb162", 3.0) == []
    assert receive(server, READ, 246.0) == ["< 61457001aaff31"]
    assert len(receive(server, "41017001bbb162", 247.0)) == 1


def test_strictly_a_repeated_ackid_is_swallowed_decision_50() -> None:
    """Two notifications with one message id: the second has other bytes, and gets no ACK."""
    cloud = endpoint(Transmission(strict_duplicates=True))
    cloud.request(Code.GET, 0.0, options=options(observe=0), token=b"\xaa")
    receive(cloud, "61451000aa6105ff31", 0.1)
    assert receive(cloud, "41450021aa6106ff32", 1.0)[0] == "< 60000021"
    assert receive(cloud, "41450021aa6107ff33", 2.0) == []
    assert receive(cloud, "41450021aa6106ff32", 3.0) == ["< 60000021"]


def test_beyond_the_limit_the_oldest_is_forgotten_and_would_be_served_twice() -> None:
    server = endpoint(Transmission(duplicate_limit=2))
    for mid in ("7001", "7002", "7003"):
        receive(server, f"4101{mid}aa", 0.0)
        server.respond(int(mid, 16), Code.CONTENT, 0.0)
        told(server)
    assert receive(server, "41017003aa", 1.0) == ["< 61457003aa"]
    assert len(receive(server, "41017001aa", 1.0)) == 1
    assert server.is_open(0x7001)


def test_beyond_the_limit_a_waiting_request_is_kept() -> None:
    server = endpoint(Transmission(duplicate_limit=1))
    receive(server, READ, 0.0)
    receive(server, "41017002bb", 0.0)
    assert receive(server, READ, 1.0) == [Duplicate(READ_MESSAGE)]
    assert respond(server, 2.0) == ["< 61457001aaff31"]


def test_too_many_waiting_requests_are_dropped_until_there_is_room() -> None:
    server = endpoint(Transmission(waiting_limit=2))
    for mid in ("7001", "7002"):
        assert len(receive(server, f"4101{mid}aa", 0.0)) == 1
    assert receive(server, "41017003aa", 0.0) == []
    assert not server.is_open(0x7003)
    respond(server, 1.0)
    assert receive(server, "41017003aa", 2.0) == [
        Request(Message(Type.CON, Code.GET, 0x7003, b"\xaa"))
    ]


def test_a_request_waiting_for_over_247_seconds_can_be_answered() -> None:
    """Quirk mcu_answer_timeout_s 300; after an empty ACK the peer may well still be waiting."""
    server = endpoint(Transmission(empty_ack_after=0.5))
    receive(server, READ, 0.0)
    server.handle_timeout(0.5)
    told(server)
    assert respond(server, 299.0) == ["< 41451000aaff31"]


def test_a_new_request_takes_the_place_of_one_that_waited_for_over_247_seconds() -> None:
    server = endpoint(Transmission(empty_ack_after=0.5))
    receive(server, READ, 0.0)
    server.handle_timeout(0.5)
    told(server)
    other = Message(Type.CON, Code.GET, 0x7001, b"\xbb")
    assert receive(server, "41017001bb", 247.0) == [Request(other)]
    assert server.deadline() == 247.5
    assert respond(server, 247.1) == ["< 61457001bbff31"]
    assert server.deadline() is None


def test_with_the_request_goes_its_empty_ack_even_if_that_was_to_come_later_still() -> None:
    server = endpoint(Transmission(empty_ack_after=300.0))
    receive(server, READ, 0.0)
    receive(server, NON_READ, 247.0)
    assert server.deadline() is None


# Refusals


def test_an_unknown_critical_option_gets_4_02_and_so_does_its_repeat() -> None:
    """RFC 7252 section 5.4.1: option 9 is odd, hence critical; the payload names it."""
    server = endpoint()
    refused = "< 61827001aaff" + b"option 9".hex()
    assert receive(server, "41017001aa9161" + "2161", 0.0) == [refused]
    assert not server.is_open(0x7001)
    assert receive(server, "41017001aa9161" + "2161", 2.0) == [refused]


def test_an_unknown_critical_option_in_a_non_request_is_rejected() -> None:
    """RFC 7252 section 5.4.1: rejected as in section 4.3, where a Reset may be sent."""
    server = endpoint()
    assert receive(server, "51017001aa9161", 0.0) == ["< 70007001"]
    assert receive(server, "51017001aa9161", 1.0) == ["< 70007001"]


def test_if_match_is_not_ignored() -> None:
    """RFC 7252 section 5.10.8.1: executing the Write regardless would be wrong."""
    server = endpoint()
    assert receive(server, "41037001aa10a161", 0.0) == ["< 61827001aaff" + b"option 1".hex()]


def test_an_unknown_elective_option_is_ignored_rfc_7252_section_5_4_1() -> None:
    server = endpoint()
    assert len(receive(server, "41017001aab1619161", 0.0)) == 1  # options 11 and 20
    assert server.is_open(0x7001)


@pytest.mark.parametrize(
    "datagram", ["41017001aad116" + "61", "41017001aad41a636f6170"], ids=["uri", "scheme"]
)
def test_we_are_no_proxy_rfc_7252_section_5_10_2(datagram: str) -> None:
    server = endpoint()
    assert receive(server, datagram, 0.0) == ["< 61a57001aa"]


def test_the_auth_code_is_understood_decision_21() -> None:
    server = endpoint()
    assert len(receive(server, "41027001aad332616263", 0.0)) == 1
    assert server.is_open(0x7001)
