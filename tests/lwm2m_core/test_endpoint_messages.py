"""Messages below requests and responses: malformed, Empty, pings. RFC 7252 sections 3, 4.1 to 4.3.

Datagrams are hex. "<" marks what the endpoint sent; mids of ours begin with 10, the peer's with 70.
"""

import random
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lwm2m_core.endpoint import (
    Acknowledged,
    Datagram,
    Endpoint,
    GaveUp,
    Output,
    Rejected,
    Request,
    Transmission,
)
from lwm2m_core.message import Code

MALFORMED = {
    "token length 9": "{}9017001000000000000000000",
    "token cut short": "{}2017001aa",
    "marker without payload": "{}1017001aaff",
    "option delta 15": "{}1017001aaf0",
    "option cut short": "{}1017001aab361",
    "path that is not UTF-8": "{}1017001aab1ff",
    "empty with a token": "{}1007001aa",
    "empty with a payload": "{}0007001ff61",
    "class 1": "{}0207001",
    "class 6": "{}0c07001",
    "class 7": "{}0e17001",
}


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


@pytest.mark.parametrize("datagram", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_con_is_reset_and_others_are_ignored_rfc_7252_section_4_2(
    datagram: str,
) -> None:
    server = endpoint()
    assert receive(server, datagram.format("4"), 0.0) == ["< 70007001"]
    for type in "567":
        assert receive(server, datagram.format(type), 0.0) == []


@pytest.mark.parametrize("datagram", ["", "4001", "400170", "00017001", "80017001", "c0017001"])
def test_what_is_no_coap_1_is_ignored_rfc_7252_section_3(datagram: str) -> None:
    assert receive(endpoint(), datagram, 0.0) == []


def test_a_malformed_response_does_not_end_the_request() -> None:
    client = endpoint()
    client.request(Code.GET, 0.0, token=b"\xaa")
    told(client)
    assert receive(client, "61451000aaff", 0.5) == []
    assert client.deadline() == 2.0


def test_a_ping_is_answered_by_a_reset_every_time_rfc_7252_section_4_3() -> None:
    server = endpoint()
    assert receive(server, "40007001", 0.0) == ["< 70007001"]
    assert receive(server, "40007001", 1.0) == ["< 70007001"]


def test_an_empty_non_is_ignored_rfc_7252_section_4_3() -> None:
    assert receive(endpoint(), "50007001", 0.0) == []


@pytest.mark.parametrize("datagram", ["60001000", "70001000"], ids=["ACK", "RST"])
def test_an_ack_or_reset_for_nothing_is_ignored(datagram: str) -> None:
    assert receive(endpoint(), datagram, 0.0) == []


def test_our_ping_ends_with_the_reset_that_answers_it() -> None:
    client = endpoint()
    assert client.ping(0.0) == 0x1000
    assert told(client) == ["< 40001000"]
    assert client.deadline() == 2.0
    assert receive(client, "70001000", 0.2) == [Rejected(0x1000)]
    assert client.deadline() is None


def test_our_ping_may_be_acknowledged_by_a_sloppy_peer() -> None:
    client = endpoint()
    client.ping(0.0)
    told(client)
    assert receive(client, "60001000", 0.2) == [Acknowledged(0x1000)]


def test_our_ping_is_sent_again_and_given_up() -> None:
    client = endpoint()
    client.ping(0.0)
    while (due := client.deadline()) is not None:
        client.handle_timeout(due)
    assert told(client) == ["< 40001000"] * 5 + [GaveUp(0x1000)]


def test_ids_of_both_sides_do_not_meet() -> None:
    """RFC 7252 section 4.4: each side counts its own; the same id may be under way both ways."""
    both = endpoint()
    both.request(Code.GET, 0.0, token=b"\xaa")
    told(both)
    (request,) = receive(both, "41011000bb", 0.1)
    assert isinstance(request, Request)
    both.respond(0x1000, Code.CONTENT, 0.2)
    assert told(both) == ["< 61451000bb"]
    assert both.deadline() == 2.0


def test_outputs_are_handed_out_once() -> None:
    client = endpoint()
    client.ping(0.0)
    assert len(client.outputs()) == 1
    assert client.outputs() == []


SEEDS = ["41017001aab161", "51017001aab161", "61451000aaff31", "41457001aa6105ff31", "70001000"]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(SEEDS),
            st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255)), max_size=3),
            st.floats(0.0, 100.0),
        ),
        max_size=30,
    )
)
def test_no_datagram_is_raised_about(
    steps: list[tuple[str, list[tuple[int, int]], float]],
) -> None:
    """Damaged datagrams of every kind, into an endpoint with everything going on."""
    server = endpoint(Transmission(empty_ack_after=1.0, duplicate_limit=8, waiting_limit=4))
    server.request(Code.GET, 0.0, token=b"\xaa")
    server.notify(b"\xbb", Code.CONTENT, 0.0, confirmable=True)
    now = 0.0
    for datagram, damage, pause in steps:
        data = bytearray.fromhex(datagram)
        for at, value in damage:
            data[at % len(data)] = value
        now += pause
        server.handle_timeout(now)
        server.receive(bytes(data), now)
        assert len(server._heard.waiting) <= 4
        assert len(server._heard._heard) <= 8
        assert len(server._sender.exchanges) <= 2 + len(steps)


@given(st.binary(max_size=40))
def test_arbitrary_bytes_cause_at_most_one_datagram_and_one_event(data: bytes) -> None:
    server = endpoint()
    server.receive(data, 0.0)
    assert len(server.outputs()) <= 2


def test_memory_is_bounded_under_a_flood_of_requests_and_responses() -> None:
    server = endpoint(Transmission(duplicate_limit=64, waiting_limit=16))
    rng = random.Random(3)

    def flood(count: int) -> None:
        for n in range(count):
            head = rng.choice(["4101", "5101", "4145", "5145", "6145", "7000", "40c0", "4102"])
            server.receive(bytes.fromhex(head) + rng.randbytes(12), n * 0.001)
            server.outputs()

    flood(2000)
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    flood(5000)
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(server._heard.waiting) == 16
    assert after - before < 200_000
