"""Requests of ours: RFC 7252 sections 4.2, 5.2, 5.3; RFC 7641 section 3; decision 28.

Datagrams are hex. "<" marks what the endpoint sent; mids of ours begin with 10, the peer's with 70.
"""

import random

import pytest

from lwm2m_core.endpoint import Datagram, Endpoint, Failed, Output, Response, Transmission
from lwm2m_core.errors import EngineError
from lwm2m_core.message import Code, Message, options


def endpoint(transmission: Transmission | None = None) -> Endpoint:
    return Endpoint(transmission or Transmission(), random.Random(1), first_mid=0x1000)


def get(client: Endpoint, now: float = 0.0, *, confirmable: bool = True) -> int:
    path = options(path=["a"])
    return client.request(Code.GET, now, options=path, confirmable=confirmable, token=b"\xaa")


def observe(client: Endpoint, now: float = 0.0) -> int:
    asked = options(path=["a"], observe=0)
    return client.request(Code.GET, now, options=asked, token=b"\xaa")


def told(client: Endpoint) -> list[str | tuple[int, str] | Output]:
    """Outputs with datagrams as "< hex" and responses as (handle, payload)."""
    found: list[str | tuple[int, str] | Output] = []
    for output in client.outputs():
        match output:
            case Datagram(data):
                found.append("< " + data.hex())
            case Response(handle, Message(payload=payload)):
                found.append((handle, payload.decode()))
            case other:
                found.append(other)
    return found


def receive(client: Endpoint, datagram: str, now: float) -> list[str | tuple[int, str] | Output]:
    client.receive(bytes.fromhex(datagram), now)
    return told(client)


def run_out(client: Endpoint) -> list[tuple[float, str | tuple[int, str] | Output]]:
    """Everything that time alone brings about, with its time to the millisecond."""
    found = []
    while (due := client.deadline()) is not None:
        client.handle_timeout(due)
        found += [(round(due, 3), each) for each in told(client)]
    return found


# Retransmission


@pytest.mark.parametrize(
    ("ack_timeout", "again", "end"),
    [(2.0, [2.0, 6.0, 14.0, 30.0], 62.0), (4.0, [4.0, 12.0, 28.0, 60.0], 124.0)],
    ids=["default", "M5311"],
)
def test_con_is_sent_again_after_t_3t_7t_15t_and_given_up_at_31t_decision_28(
    ack_timeout: float, again: list[float], end: float
) -> None:
    client = endpoint(Transmission(ack_timeout=ack_timeout))
    assert get(client) == 0x1000
    assert told(client) == ["< 41011000aab161"]
    assert run_out(client) == [(at, "< 41011000aab161") for at in again] + [
        (end, Failed(0x1000, "timeout"))
    ]


def test_the_schedule_is_exact_on_a_clock_that_did_not_begin_at_zero() -> None:
    client = endpoint()
    get(client, 86_400.125)
    told(client)
    times = [at for at, _ in run_out(client)]
    assert times == [86_402.125, 86_406.125, 86_414.125, 86_430.125, 86_462.125]


def test_nothing_happens_a_millisecond_early() -> None:
    client = endpoint()
    get(client)
    told(client)
    for due in (2.0, 6.0, 14.0, 30.0, 62.0):
        client.handle_timeout(due - 0.001)
        assert told(client) == []
        assert client.deadline() == due
        client.handle_timeout(due)
        assert len(told(client)) == 1


def test_a_timer_that_is_served_late_does_not_move_the_next_ones() -> None:
    client = endpoint()
    get(client)
    client.handle_timeout(2.010)
    assert client.deadline() == 6.0


def test_after_a_long_sleep_one_datagram_goes_out_and_not_all_that_were_missed() -> None:
    client = endpoint()
    get(client)
    told(client)
    client.handle_timeout(20.0)
    assert told(client) == ["< 41011000aab161"]
    assert client.deadline() == 24.0


def test_max_retransmit_0_sends_once_and_fails_after_t() -> None:
    client = endpoint(Transmission(max_retransmit=0))
    get(client)
    told(client)
    assert run_out(client) == [(2.0, Failed(0x1000, "timeout"))]


def test_several_confirmable_requests_do_not_touch_each_other() -> None:
    """aiocoap ends all requests to a peer when one times out (stack.md section 1); we must not."""
    client = endpoint()
    first = client.request(Code.GET, 0.0, token=b"\xaa")
    second = client.request(Code.GET, 1.0, token=b"\xbb")
    third = client.request(Code.GET, 1.5, token=b"\xcc")
    assert (first, second, third) == (0x1000, 0x1001, 0x1002)
    told(client)
    assert receive(client, "61451002ccff33", 1.6) == [(third, "3")]
    while (due := client.deadline()) is not None and due <= 62.0:
        client.handle_timeout(due)
    assert [each for each in told(client) if isinstance(each, Failed)] == [Failed(first, "timeout")]
    assert client.deadline() == 63.0
    assert receive(client, "61451001bbff32", 62.5) == [(second, "2")]
    assert client.deadline() is None


# Answers


def test_a_piggybacked_response_ends_the_request_rfc_7252_section_5_2_1() -> None:
    client = endpoint()
    handle = get(client)
    told(client)
    assert receive(client, "61451000aaff31", 0.5) == [(handle, "1")]
    assert client.deadline() is None
    assert receive(client, "61451000aaff31", 0.6) == []


@pytest.mark.parametrize(
    "datagram",
    [
        "61451001aaff31",
        "61451000abff31",
        "60451000ff31",
        "60001001",
        "61011000aa",
        "61451000aad108ff31",
    ],
    ids=["mid", "token", "no token", "empty mid", "request code", "critical option"],
)
def test_an_ack_that_does_not_fit_is_dropped_and_sending_goes_on(datagram: str) -> None:
    """RFC 7252 sections 4.2, 5.3.2 and, for the critical option 21, 5.4.1."""
    client = endpoint()
    get(client)
    told(client)
    assert receive(client, datagram, 0.5) == []
    client.handle_timeout(2.0)
    assert told(client) == ["< 41011000aab161"]


def test_an_empty_ack_stops_retransmission_and_the_response_comes_later_figure_5() -> None:
    """RFC 7252 section 5.2.2; the separate Confirmable response is acknowledged."""
    client = endpoint()
    handle = get(client)
    told(client)
    assert receive(client, "60001000", 0.5) == []
    client.handle_timeout(60.0)
    assert told(client) == []
    assert receive(client, "41457001aaff31", 100.0) == ["< 60007001", (handle, "1")]
    assert client.deadline() is None


def test_a_separate_response_that_comes_again_is_acknowledged_again_without_an_event() -> None:
    client = endpoint()
    get(client)
    receive(client, "60001000", 0.5)
    receive(client, "41457001aaff31", 1.0)
    assert receive(client, "41457001aaff31", 3.0) == ["< 60007001"]
    assert receive(client, "41457001aaff31", 247.9) == ["< 60007001"]


def test_a_response_before_the_ack_counts_as_the_ack_rfc_7252_section_5_2_2() -> None:
    client = endpoint()
    handle = get(client)
    told(client)
    assert receive(client, "41457001aaff31", 1.0) == ["< 60007001", (handle, "1")]
    assert client.deadline() is None
    assert receive(client, "60001000", 1.1) == []


def test_a_response_to_a_con_request_may_come_as_non() -> None:
    client = endpoint()
    handle = get(client)
    told(client)
    assert receive(client, "51457001aaff31", 1.0) == [(handle, "1")]
    assert receive(client, "51457001aaff31", 1.1) == []


@pytest.mark.parametrize("code", ["45", "84", "a0", "60"], ids=["2.05", "4.04", "5.00", "3.00"])
@pytest.mark.parametrize("type", ["61", "41", "51"], ids=["ACK", "CON", "NON"])
def test_responses_of_every_class_and_type_are_responses(code: str, type: str) -> None:
    client = endpoint()
    handle = get(client)
    told(client)
    mid = "1000" if type == "61" else "7001"
    assert (handle, "1") in receive(client, f"{type}{code}{mid}aaff31", 1.0)


def test_a_reset_fails_the_request_rfc_7252_section_4_2() -> None:
    client = endpoint()
    handle = get(client)
    told(client)
    assert receive(client, "70001000", 0.5) == [Failed(handle, "reset")]
    assert client.deadline() is None
    assert receive(client, "70001000", 0.6) == []


def test_a_reset_that_is_not_empty_is_ignored_rfc_7252_section_4_2() -> None:
    client = endpoint()
    get(client)
    told(client)
    assert receive(client, "71451000aa", 0.5) == []
    assert client.deadline() == 2.0


def test_an_acknowledged_request_without_an_answer_fails_after_answer_timeout() -> None:
    client = endpoint()
    handle = get(client)
    told(client)
    receive(client, "60001000", 0.5)
    assert run_out(client) == [(247.5, Failed(handle, "timeout"))]


def test_a_non_request_is_sent_once_and_fails_without_an_answer() -> None:
    client = endpoint(Transmission(answer_timeout=100.0))
    handle = get(client, confirmable=False)
    assert told(client) == ["< 51011000aab161"]
    assert run_out(client) == [(100.0, Failed(handle, "timeout"))]


@pytest.mark.parametrize(
    ("datagram", "outcome"),
    [
        ("51457001aaff31", [(0x1000, "1")]),
        ("41457001aaff31", ["< 60007001", (0x1000, "1")]),
        ("70001000", [Failed(0x1000, "reset")]),
    ],
    ids=["NON", "CON", "RST"],
)
def test_a_non_request_is_answered(
    datagram: str, outcome: list[str | tuple[int, str] | Output]
) -> None:
    client = endpoint()
    get(client, confirmable=False)
    told(client)
    assert receive(client, datagram, 1.0) == outcome
    assert client.deadline() is None


@pytest.mark.parametrize("type", ["4", "5"], ids=["CON", "NON"])
def test_a_response_nobody_asked_for_is_reset_and_its_repeat_too(type: str) -> None:
    """RFC 7252 section 5.3.2; RFC 7641 section 3.6 for notifications."""
    client = endpoint()
    assert receive(client, f"{type}1457001eeff31", 0.0) == ["< 70007001"]
    assert receive(client, f"{type}1457001eeff31", 1.0) == ["< 70007001"]


def test_a_response_with_an_unknown_critical_option_is_reset_rfc_7252_section_5_4_1() -> None:
    client = endpoint()
    get(client)
    told(client)
    assert receive(client, "41457001aad108ff31", 1.0) == ["< 70007001"]
    assert client.deadline() == 2.0


def test_stop_ends_a_request_and_its_token() -> None:
    client = endpoint()
    handle = get(client)
    told(client)
    client.stop(handle)
    client.stop(handle)
    assert client.deadline() is None
    assert receive(client, "61451000aaff31", 0.5) == []
    assert receive(client, "41457001aaff31", 0.6) == ["< 70007001"]


# Observations


def test_notifications_follow_the_answer_to_observe_0_rfc_7641_section_1_2() -> None:
    client = endpoint()
    handle = observe(client)
    assert told(client) == ["< 41011000aa605161"]
    assert receive(client, "61451000aa6105ff31", 0.5) == [(handle, "1")]
    assert client.deadline() is None
    assert receive(client, "51457001aa6106ff32", 900.0) == [(handle, "2")]
    assert receive(client, "51457001aa6106ff32", 901.0) == []
    assert receive(client, "41457002aa6107ff33", 9000.0) == ["< 60007002", (handle, "3")]
    assert receive(client, "41457002aa6107ff33", 9002.0) == ["< 60007002"]


def test_stopping_an_observation_rejects_the_next_notification_rfc_7641_section_3_6() -> None:
    client = endpoint()
    handle = observe(client)
    receive(client, "61451000aa6105ff31", 0.5)
    client.stop(handle)
    assert receive(client, "51457001aa6106ff32", 5.0) == ["< 70007001"]


@pytest.mark.parametrize(
    "last",
    ["5184 7001 aa", "5145 7001 aa ff39", "5184 7001 aa 61 06"],
    ids=["4.04", "plain", "both"],
)
def test_an_observation_ends_with_an_error_or_a_response_without_observe(last: str) -> None:
    """RFC 7641 section 3.2."""
    client = endpoint()
    handle = observe(client)
    receive(client, "61451000aa6105ff31", 0.5)
    assert receive(client, last, 5.0)[0][0] == handle  # type: ignore[index]
    assert receive(client, "51457002aa6107ff32", 6.0) == ["< 70007002"]


def test_an_observe_answered_without_the_option_is_a_plain_answer() -> None:
    client = endpoint()
    handle = observe(client)
    told(client)
    assert receive(client, "61451000aaff31", 0.5) == [(handle, "1")]
    assert receive(client, "51457001aa6106ff32", 5.0) == ["< 70007001"]


# What overtakes the answer to its Observe: 41457001 and so on have the Observe's token, and nothing
# has acknowledged the Observe, 41011000 aa 60 51 61 (RFC 7252 section 5.2.2, RFC 7641 section 3.2).


def test_a_notification_may_overtake_the_answer_to_its_observe() -> None:
    client = endpoint()
    handle = observe(client)
    told(client)
    assert receive(client, "41457001aa6106ff32", 0.4) == ["< 60007001"]
    assert receive(client, "41457001aa6106ff32", 0.4) == ["< 60007001"]
    assert receive(client, "61451000aa6105ff31", 0.5) == [(handle, "1"), (handle, "2")]
    assert client.deadline() is None
    assert receive(client, "51457002aa6107ff33", 0.6) == [(handle, "3")]


def test_several_that_overtake_the_answer_come_in_their_order_rfc_7641_section_3_4() -> None:
    client = endpoint()
    handle = observe(client)
    told(client)
    for datagram in ("51457001aa6101ff33", "51457002aa6100ff32"):
        assert receive(client, datagram, 0.4) == []
    # the numbers have 24 bits: after 0xfffffe come 0 and 1
    answer = "61451000aa63fffffeff31"
    assert receive(client, answer, 0.5) == [(handle, "1"), (handle, "2"), (handle, "3")]


def test_the_observe_is_sent_again_for_an_answer_that_was_lost() -> None:
    client = endpoint()
    handle = observe(client)
    told(client)
    receive(client, "51457001aa6106ff32", 0.4)
    client.handle_timeout(2.0)
    assert told(client) == ["< 41011000aa605161"]
    assert receive(client, "61451000aa6105ff31", 2.5) == [(handle, "1"), (handle, "2")]


def test_an_empty_ack_makes_the_first_the_answer_and_so_does_silence() -> None:
    client = endpoint()
    handle = observe(client)
    told(client)
    receive(client, "41457001aa6106ff32", 0.4)
    assert receive(client, "60001000", 0.5) == [(handle, "2")]
    client = endpoint()
    handle = observe(client)
    receive(client, "41457001aa6106ff32", 0.4)
    assert run_out(client) == [(2.0, "< 41011000aa605161"), (6.0, (handle, "2"))]
    client = endpoint(Transmission(max_retransmit=0))
    handle = observe(client)
    receive(client, "41457001aa6106ff32", 0.4)
    assert run_out(client) == [(2.0, (handle, "2"))]


def test_of_nine_that_overtake_the_answer_the_first_is_taken_for_it() -> None:
    client = endpoint()
    handle = observe(client)
    told(client)
    for number in range(8):
        datagram = f"514570{number:02x}aa61{number + 6:02x}ff{number + 0x30:x}"
        assert receive(client, datagram, 0.4) == []
    expected = [(handle, str(number)) for number in range(9)]
    assert receive(client, "51457008aa610eff38", 0.4) == expected
    assert receive(client, "61451000aa6105ff39", 0.5) == []


def test_where_the_answer_observes_nothing_there_was_nothing_to_notify_of() -> None:
    client = endpoint()
    handle = observe(client)
    told(client)
    receive(client, "51457001aa6106ff32", 0.4)
    assert receive(client, "61841000aa", 0.5) == [(handle, "")]
    assert receive(client, "51457002aa6107ff33", 0.6) == ["< 70007002"]


def test_observe_1_with_the_same_token_cancels_and_tells_late_notifications_apart() -> None:
    """RFC 7641 section 3.6: a notification may be under way while the cancellation is."""
    client = endpoint()
    old = observe(client)
    receive(client, "61451000aa6105ff31", 0.5)
    asked = options(path=["a"], observe=1)
    new = client.request(Code.GET, 10.0, options=asked, token=b"\xaa")
    assert told(client) == ["< 41011001aa61015161"]
    assert receive(client, "41457001aa6106ff32", 10.1) == ["< 60007001", (old, "2")]
    assert client.deadline() == 12.0
    assert receive(client, "61451001aaff33", 10.2) == [(new, "3")]
    assert receive(client, "51457002aa6107ff34", 10.3) == ["< 70007002"]
    assert client.deadline() is None


def test_observing_again_with_the_same_token_renews_rfc_7641_section_3_1() -> None:
    client = endpoint()
    observe(client)
    receive(client, "61451000aa6105ff31", 0.5)
    new = observe(client, 10.0)
    told(client)
    assert receive(client, "61451001aa6106ff32", 10.1) == [(new, "2")]
    assert receive(client, "51457001aa6107ff33", 10.2) == [(new, "3")]


def test_the_handle_of_a_living_observation_is_not_given_out_again() -> None:
    client = endpoint()
    observe(client)
    receive(client, "61451000aa6105ff31", 0.5)
    now, mids = 1.0, set()
    for _ in range(0xFFFF):
        now += 1.0
        mids.add(client.notify(b"", Code.CONTENT, now, confirmable=False))
    mids.add(client.ping(now + 1.0))
    assert 0x1000 not in mids and len(mids) == 0xFFFF


# Ids, tokens, misuse


def test_first_mid_and_tokens_come_from_the_rng_alone() -> None:
    traces = []
    for global_seed in (1, 2):
        random.seed(global_seed)
        before = random.getstate()
        client = Endpoint(Transmission(), random.Random(7))
        for _ in range(3):
            client.request(Code.GET, 0.0)
        traces.append(told(client))
        assert random.getstate() == before
    assert traces[0] == traces[1]
    assert len({str(each)[10:18] for each in traces[0]}) == 3
    other = Endpoint(Transmission(), random.Random(8))
    other.request(Code.GET, 0.0)
    assert told(other)[0] != traces[0][0]


@pytest.mark.parametrize("length", [0, 1, 4, 8])
def test_tokens_have_the_length_asked_for(length: int) -> None:
    client = endpoint(Transmission(token_length=length))
    client.request(Code.GET, 0.0)
    (sent,) = told(client)
    assert str(sent)[:10] == f"< 4{length}011000" and len(str(sent)) == 10 + 2 * length


def test_tokens_of_requests_under_way_are_not_drawn_again() -> None:
    client = endpoint(Transmission(token_length=1))
    for _ in range(256):
        client.request(Code.GET, 0.0)
    assert len({str(each)[-2:] for each in told(client)}) == 256
    with pytest.raises(EngineError):
        client.request(Code.GET, 0.0)


def test_last_mid_is_the_last_id_of_our_own() -> None:
    client = endpoint()
    assert client.last_mid is None
    get(client)
    assert client.last_mid == 0x1000
    receive(client, "4101700101", 0.0)
    client.respond(0x7001, Code.CONTENT, 0.0)
    assert client.last_mid == 0x1000


@pytest.mark.parametrize("code", [Code.EMPTY, Code.CONTENT])
def test_what_is_no_request_is_refused(code: Code) -> None:
    with pytest.raises(EngineError):
        endpoint().request(code, 0.0)


def test_a_request_that_cannot_be_encoded_leaves_no_trace() -> None:
    client = endpoint()
    handle = observe(client)
    receive(client, "61451000aa6105ff31", 0.5)
    with pytest.raises(EngineError):
        client.request(Code.GET, 1.0, token=b"\xaa", options=((11, bytes(70_000)),))
    with pytest.raises(EngineError):
        client.request(Code.GET, 1.0, token=bytes(9))
    assert client.deadline() is None
    assert told(client) == []
    assert receive(client, "51457001aa6106ff32", 2.0) == [(handle, "2")]


@pytest.mark.parametrize(
    "make",
    [
        lambda: Transmission(ack_timeout=0.0),
        lambda: Transmission(max_retransmit=-1),
        lambda: Transmission(token_length=9),
        lambda: Transmission(duplicate_limit=0),
        lambda: Transmission(waiting_limit=0),
    ],
)
def test_impossible_parameters_are_refused(make: object) -> None:
    with pytest.raises(EngineError):
        make()  # type: ignore[operator]
