"""Answers in blocks as datagrams typed by hand: BLOCK_01, 02, 05, 06 and OBS_13, 14 of the CoAP
plugtest (conformance 8), and what else RFC 7959 asks of a server.

Block2 (23) is c1 nn behind Uri-Path (11) in a request, b1 nn behind Content-Format (12) in an
answer; Size2 (28) is 50 or 52 nnnn behind it. An answer of more than one block begins with an
ETag, 44 and four bytes: the CRC-32 of the body, here as gzip tells it. NUM, M, SZX of 10 are 1, 0,
16 bytes.
"""

from collections.abc import Callable
from dataclasses import replace

import pytest

from lwm2m_core.accounts import Account
from lwm2m_core.bodies import KEPT_LIFETIME, KEPT_LIMIT
from lwm2m_core.client import Client
from lwm2m_core.client_outputs import NotificationAcked, Received, Repeated, Send
from lwm2m_core.endpoint import Transmission
from lwm2m_core.message import Code
from lwm2m_core.objects import ObjectTree
from lwm2m_core.observations import Observation
from lwm2m_core.operations import CancelObserve, Discover, Execute, Observe, Read
from lwm2m_core.paths import Path
from lwm2m_core.requests import Settings

H = bytes.fromhex
Fields = Callable[[bytes], tuple[int, int, int, bytes, list[tuple[int, bytes]], bytes]]
RESOURCE = Path(3200, 0, 5750)
URI = "b4 33323030 01 30 04 35373530"
BEHIND_OBSERVE = "54 33323030 01 30 04 35373530"  # Uri-Path 5 behind Observe (6)

LOWER, UPPER, END = b"0123456789abcdef", b"0123456789ABCDEF", b"end"
SHORT = LOWER + UPPER + END
SHORT_ETAG = "44 5302f104"
LONG = b"a" * 1024 + b"b" * 1024 + b"c" * 9
LONG_ETAG = "44 c81ad2df"


def feed(client: Client, data: str, now: float = 1.0) -> list[object]:
    client.datagram_received(1, H(data), now)
    return list(client.outputs())


def get(mid: str, option: str = "", token: str = "deadbeef", head: str = "4401") -> str:
    return f"{head} {mid} {token} {URI} {option}"


def sent(head: str, payload: bytes = b"") -> list[Send]:
    return [Send(1, H(head) + (b"\xff" + payload if payload else b""))]


def answer(client: Client, mid: int, payload: bytes, now: float = 2.0) -> list[object]:
    """The owner's answer to a Read, as text/plain."""
    client.respond(mid, Code.CONTENT, now, payload=payload, content_format=0)
    return list(client.outputs())


# The size of the blocks


@pytest.mark.conformance("BLOCK_01", far="datagrams")
@pytest.mark.conformance("BLOCK_06", far="datagrams")
def test_a_size_agreed_early(registered: Client) -> None:
    """RFC 7959 figure 3: 2:0/0/16 in the first request (c0: a value of 0 is no byte at all). The
    owner is asked once."""
    assert feed(registered, get("04d2", "c0")) == [Received(Read(1234, RESOURCE))]
    first = sent(f"6445 04d2 deadbeef {SHORT_ETAG} 80 b1 08", LOWER)
    assert answer(registered, 1234, SHORT) == first
    assert feed(registered, get("04d3", "c1 10")) == sent(
        f"6445 04d3 deadbeef {SHORT_ETAG} 80 b1 18", UPPER
    )
    assert feed(registered, get("04d4", "c1 20", "cafe", "4201")) == sent(
        f"6245 04d4 cafe {SHORT_ETAG} 80 b1 20", END
    )


@pytest.mark.conformance("BLOCK_02", far="datagrams")
def test_a_size_agreed_late(registered: Client) -> None:
    """RFC 7959 figure 4: 2:0/1/1024 by us; the rest from 2:32/0/32 on, which is byte 1024."""
    feed(registered, get("04d2"))
    assert answer(registered, 1234, LONG) == sent(
        f"6445 04d2 deadbeef {LONG_ETAG} 80 b1 0e", b"a" * 1024
    )
    assert feed(registered, get("04d3", "c2 0201")) == sent(
        f"6445 04d3 deadbeef {LONG_ETAG} 80 b2 0209", b"b" * 32
    )
    assert feed(registered, get("04d4", "c2 0401")) == sent(
        f"6445 04d4 deadbeef {LONG_ETAG} 80 b2 0401", b"c" * 9
    )


@pytest.mark.conformance("AJ-block2-renegotiation", far="datagrams")
def test_a_smaller_size_in_the_middle(registered: Client) -> None:
    """512 twice, then 128 from byte 1024 on (8 << 4 | 3), and 1024 again."""
    feed(registered, get("04d2", "c1 05"))
    assert answer(registered, 1234, LONG) == sent(
        f"6445 04d2 deadbeef {LONG_ETAG} 80 b1 0d", b"a" * 512
    )
    assert feed(registered, get("04d3", "c1 15")) == sent(
        f"6445 04d3 deadbeef {LONG_ETAG} 80 b1 1d", b"a" * 512
    )
    assert feed(registered, get("04d4", "c1 83")) == sent(
        f"6445 04d4 deadbeef {LONG_ETAG} 80 b1 8b", b"b" * 128
    )
    assert feed(registered, get("04d5", "c1 26")) == sent(
        f"6445 04d5 deadbeef {LONG_ETAG} 80 b1 26", b"c" * 9
    )


@pytest.mark.conformance("AJ-block-sizes", far="datagrams")
@pytest.mark.parametrize(
    ("exponent", "size"), [(0, 16), (1, 32), (2, 64), (3, 128), (4, 256), (5, 512), (6, 1024)]
)
def test_every_size(registered: Client, exponent: int, size: int) -> None:
    """Whatever the size, the blocks are the body, each of its size, and only the last has no M."""
    body, number = b"", 0
    while len(body) < len(LONG):
        asks = number << 4 | exponent
        end = min((number + 1) * size, len(LONG))
        says = asks | (8 if end < len(LONG) else 0)
        asked = feed(registered, get(f"{2000 + number:04x}", _option("c", asks)))
        if number == 0:
            asked = answer(registered, 2000, LONG)
        expected = f"6445 {2000 + number:04x} deadbeef {LONG_ETAG} 80 {_option('b', says)}"
        assert asked == sent(expected, LONG[number * size : end])
        body, number = body + LONG[number * size : end], number + 1
    assert body == LONG


def _option(delta: str, value: int) -> str:
    digits = f"{value:x}" if value else ""
    digits = digits.zfill(len(digits) + len(digits) % 2)
    return f"{delta}{len(digits) // 2} {digits}"


def test_the_reserved_size_is_4_00(registered: Client) -> None:
    """RFC 7959 2.2: nobody is asked."""
    for mid, option in (("04d2", "07"), ("04d3", "17")):
        assert feed(registered, get(mid, f"c1 {option}")) == sent(f"6480 {mid} deadbeef")


def test_a_short_answer_where_blocks_were_asked_for(registered: Client) -> None:
    """One block, which is all of it: no ETag, 2:0/0/16. An answer without a payload is none."""
    feed(registered, get("04d2", "c0"))
    assert answer(registered, 1234, LOWER) == sent("6445 04d2 deadbeef c0 b0", LOWER)
    feed(registered, get("04d3", "c0"))
    registered.respond(1235, Code.NOT_FOUND, 2.0)
    assert registered.outputs() == sent("6484 04d3 deadbeef")
    feed(registered, get("04d4", "c0"))
    assert answer(registered, 1236, b"") == sent("6445 04d4 deadbeef c0")


def test_what_an_error_says_is_not_cut(registered: Client) -> None:
    feed(registered, get("04d2", "c0"))
    registered.respond(1234, Code.NOT_FOUND, 2.0, payload=SHORT)
    assert registered.outputs() == sent("6484 04d2 deadbeef", SHORT)


@pytest.mark.parametrize("length", [0, 1, 1000, 1024])
def test_up_to_1024_bytes_nothing_is_cut_unasked(registered: Client, length: int) -> None:
    feed(registered, get("04d2"))
    assert answer(registered, 1234, LONG[:length]) == sent("6445 04d2 deadbeef c0", LONG[:length])


def test_the_size_of_the_body_when_it_is_asked_for(registered: Client) -> None:
    """RFC 7959 4: Size2 (50) in the request; 2057 bytes are 0809, 35 bytes 23."""
    feed(registered, get("04d2", "c1 06 50"))
    assert answer(registered, 1234, LONG) == sent(
        f"6445 04d2 deadbeef {LONG_ETAG} 80 b1 0e 52 0809", b"a" * 1024
    )
    assert feed(registered, get("04d3", "c1 26 50")) == sent(
        f"6445 04d3 deadbeef {LONG_ETAG} 80 b1 26 52 0809", b"c" * 9
    )
    feed(registered, get("04d4", "c1 06 50"))
    assert answer(registered, 1236, SHORT) == sent("6445 04d4 deadbeef c0 b1 06 51 23", SHORT)


# Where a body is taken from


@pytest.mark.conformance("AJ-repeated-mid-block", far="datagrams")
def test_a_block_sent_again_gets_the_same_answer(registered: Client) -> None:
    """RFC 7252 4.5; conformance 9: the identical answer, also for a block; also for the request
    that waits for the owner."""
    feed(registered, get("04d2", "c0"))
    assert feed(registered, get("04d2", "c0")) == [Repeated(Read(1234, RESOURCE))]
    first = answer(registered, 1234, SHORT)
    second = feed(registered, get("04d3", "c1 10"))
    feed(registered, get("04d4", "c0"))
    answer(registered, 1236, LONG)
    for now in (3.0, 9.0):
        assert feed(registered, get("04d2", "c0"), now) == first
        assert feed(registered, get("04d3", "c1 10"), now) == second


@pytest.mark.conformance("AJ-block-unblocked-again", far="datagrams")
def test_the_first_request_without_blocks_comes_again(registered: Client) -> None:
    """Its answer was the first block: it gets that again, also when later ones have been sent."""
    feed(registered, get("04d2"))
    first = answer(registered, 1234, LONG)
    assert feed(registered, get("04d2")) == first
    feed(registered, get("04d3", "c1 16"))
    assert feed(registered, get("04d2")) == first
    assert feed(registered, get("04d4", "c1 26")) == sent(
        f"6445 04d4 deadbeef {LONG_ETAG} 80 b1 26", b"c" * 9
    )


@pytest.mark.conformance(
    "AJ-block-ping", "AJ-block-con-request", "AJ-block-non-request", far="datagrams"
)
def test_other_requests_between_the_blocks(registered: Client) -> None:
    """Conformance 9: a ping, a CON and a NON request while a body is fetched; the NON one writes
    what is being read, which is read on as it was."""
    feed(registered, get("04d2", "c0"))
    answer(registered, 1234, SHORT)
    assert feed(registered, "4000 0001") == sent("7000 0001")
    assert feed(registered, "4401 0002 cafecafe b4 33323030") == [Received(Read(2, Path(3200)))]
    registered.respond(2, Code.CONTENT, 1.0)
    assert registered.outputs() == sent("6445 0002 cafecafe")
    feed(registered, f"5403 0003 cafecafe {URI} ff 39")
    registered.respond(3, Code.CHANGED, 1.0)
    assert registered.outputs() == sent("5444 1001 cafecafe")
    assert feed(registered, get("04d3", "c1 10")) == sent(
        f"6445 04d3 deadbeef {SHORT_ETAG} 80 b1 18", UPPER
    )


@pytest.mark.conformance("AJ-block-out-of-order", far="datagrams")
def test_any_order_of_blocks(registered: Client) -> None:
    """Each block can be had at any time, and more than once."""
    feed(registered, get("04d2", "c0"))
    answer(registered, 1234, SHORT)
    for mid, (option, says, piece) in enumerate(
        [("c1 20", "b1 20", END), ("c1 10", "b1 18", UPPER), ("c1 20", "b1 20", END)]
    ):
        assert feed(registered, get(f"000{mid}", option)) == sent(
            f"6445 000{mid} deadbeef {SHORT_ETAG} 80 {says}", piece
        )


def test_a_number_beyond_the_end_is_4_00(registered: Client) -> None:
    feed(registered, get("04d2", "c0"))
    answer(registered, 1234, SHORT)
    assert feed(registered, get("04d3", "c1 30")) == sent("6480 04d3 deadbeef")
    assert feed(registered, get("04d4", "c3 fffff0")) == sent("6480 04d4 deadbeef")
    assert feed(registered, get("04d5", "c1 20")) != sent("6480 04d5 deadbeef")


def test_a_body_that_is_gone_is_asked_for_anew(registered: Client) -> None:
    """The ETag is the same if the body is: the peer can go on."""
    assert feed(registered, get("04d2", "c1 10")) == [Received(Read(1234, RESOURCE))]
    assert answer(registered, 1234, SHORT) == sent(
        f"6445 04d2 deadbeef {SHORT_ETAG} 80 b1 18", UPPER
    )
    assert feed(registered, get("04d3", "c1 20")) == sent(
        f"6445 04d3 deadbeef {SHORT_ETAG} 80 b1 20", END
    )
    assert feed(registered, get("04d4", "c1 10"), 1.0 + KEPT_LIFETIME) == [
        Received(Read(1236, RESOURCE))
    ]
    assert answer(registered, 1236, LOWER, 300.0) == sent("6480 04d4 deadbeef")


def test_a_body_lives_as_long_as_it_is_asked_for(registered: Client) -> None:
    feed(registered, get("04d2", "c0"))
    answer(registered, 1234, SHORT, 2.0)
    for number, now in enumerate((200.0, 400.0, 646.9)):
        assert feed(registered, get(f"000{number}", "c1 10"), now) == sent(
            f"6445 000{number} deadbeef {SHORT_ETAG} 80 b1 18", UPPER
        )
    assert feed(registered, get("0009", "c1 10"), 893.9) == [Received(Read(9, RESOURCE))]


def test_a_body_that_was_replaced_has_another_etag(registered: Client) -> None:
    feed(registered, get("04d2", "c0"))
    answer(registered, 1234, SHORT)
    feed(registered, get("04d3", "c0"))
    [replaced] = answer(registered, 1235, LONG)
    assert feed(registered, get("04d4", "c1 10")) == sent(
        f"6445 04d4 deadbeef {LONG_ETAG} 80 b1 18", b"a" * 16
    )
    assert replaced == Send(1, H(f"6445 04d3 deadbeef {LONG_ETAG} 80 b1 08 ff") + b"a" * 16)


def test_bodies_of_other_paths_and_formats_are_others(registered: Client) -> None:
    """Accept (17) is 6 behind Uri-Path, Block2 6 behind that: link-format 28 is a Discover."""
    feed(registered, get("04d2", "c0"))
    answer(registered, 1234, SHORT)
    assert feed(registered, get("04d3", "61 28 61 10")) == [Received(Discover(1235, RESOURCE))]
    registered.forget(1235)
    other = feed(registered, "4401 04d4 deadbeef b4 33323030 01 30 c1 10")
    assert other == [Received(Read(1236, Path(3200, 0)))]


@pytest.mark.parametrize("again", ["c1 10", "c0"])
def test_bodies_are_bounded(registered: Client, again: str) -> None:
    """One more than KEPT_LIMIT, and the one not asked for longest is made anew. Before that, the
    first is asked for once more, a later block of it or all of it."""

    def ask(mid: int, resource: int, option: str) -> list[object]:
        return feed(registered, f"4101 {mid:04x} 01 {URI[:-2]}{0x30 + resource:02x} {option}")

    for resource in range(KEPT_LIMIT + 1):
        if resource == KEPT_LIMIT:
            assert ask(0x2000, 0, "c1 10") != []
        ask(0x1000 + resource, resource, "c0")
        answer(registered, 0x1000 + resource, SHORT)
    assert ask(0x2001, 1, "c1 10") == [Received(Read(0x2001, Path(3200, 0, 5751)))]
    for resource in (0, 2, 3, 4):
        [block] = ask(0x2002 + resource, resource, "c1 10")
        assert isinstance(block, Send)


# Other ways of answering


@pytest.mark.conformance("BLOCK_05", far="datagrams")
def test_blocks_both_ways(registered: Client) -> None:
    """RFC 7959 figures 11 and 12: the last block of the request asks for blocks of 16 bytes (c0),
    the answer has both options; what fetches the rest has neither payload nor Block1."""
    first = f"4402 04d2 deadbeef {URI} d1 03 08 ff" + LOWER.hex()
    assert feed(registered, first) == sent("645f 04d2 deadbeef d1 0e 08")
    last = f"4402 04d3 deadbeef {URI} c0 41 10 ff" + END.hex()
    assert feed(registered, last) == [Received(Execute(1235, RESOURCE, None, LOWER + END))]
    registered.respond(1235, Code.CHANGED, 2.0, payload=SHORT, content_format=0)
    assert registered.outputs() == sent(f"6444 04d3 deadbeef {SHORT_ETAG} 80 b1 08 41 10", LOWER)
    assert feed(registered, f"4402 04d4 deadbeef {URI} c1 10") == sent(
        f"6444 04d4 deadbeef {SHORT_ETAG} 80 b1 18", UPPER
    )
    assert feed(registered, f"4402 04d5 deadbeef {URI} c1 20") == sent(
        f"6444 04d5 deadbeef {SHORT_ETAG} 80 b1 20", END
    )


def test_nothing_is_done_twice_for_an_answer_that_is_gone(registered: Client) -> None:
    """Chosen: 4.08, and nobody is asked to execute again."""
    assert feed(registered, f"4402 04d2 deadbeef {URI} c1 10") == sent("6488 04d2 deadbeef")
    assert feed(registered, f"4403 04d3 deadbeef {URI} c1 10 ff 39") == sent("6488 04d3 deadbeef")


def test_as_non_it_is_answered_as_non(registered: Client) -> None:
    feed(registered, get("04d2", "c0", head="5401"))
    assert answer(registered, 1234, SHORT) == sent(
        f"5445 1001 deadbeef {SHORT_ETAG} 80 b1 08", LOWER
    )
    assert feed(registered, get("04d3", "c1 10", head="5401")) == sent(
        f"5445 1002 deadbeef {SHORT_ETAG} 80 b1 18", UPPER
    )


def test_in_a_separate_response(make_client: Callable[..., Client], settings: Settings) -> None:
    """RFC 7252 5.2.2, for the first block; the others are at hand at once."""
    slow = replace(settings, transmission=Transmission(empty_ack_after=0.5))
    client = make_client(settings=slow)
    client.open(Account("h", 5683), bootstrap=False, lifetime=300, timeout=30, now=0.0)
    client.link_up(1, 0.0)
    feed(client, "6441 1000 a0000001 82 7264 04 35613366", 0.0)
    feed(client, get("04d2", "c0"), 1.0)
    client.handle_timeout(1.5)
    assert client.outputs() == sent("6000 04d2")
    first = sent(f"4445 1001 deadbeef {SHORT_ETAG} 80 b1 08", LOWER)
    assert answer(client, 1234, SHORT, 2.0) == first
    client.handle_timeout(4.0)
    assert client.outputs() == first
    assert feed(client, "6000 1001", 4.5) == []
    assert feed(client, get("04d3", "c1 10"), 5.0) == sent(
        f"6445 04d3 deadbeef {SHORT_ETAG} 80 b1 18", UPPER
    )


def test_a_discover_of_many_objects(registered: Client) -> None:
    """The module's own long answer: 120 links of 10 to 12 bytes, Content-Format 28 hex."""
    asked = feed(registered, "4401 04d2 deadbeef b4 33323030 61 28")
    assert asked == [Received(Discover(1234, Path(3200)))]
    links = b",".join(b"</3200/%d>" % number for number in range(120))
    registered.respond(1234, Code.CONTENT, 2.0, payload=links, content_format=40)
    [first] = registered.outputs()
    assert isinstance(first, Send)
    assert first.data[:10] == H("6445 04d2 deadbeef 44") + first.data[9:10]
    assert first.data[13:] == H("81 28 b1 0e ff") + links[:1024]
    [second] = feed(registered, "4401 04d3 deadbeef b4 33323030 61 28 61 16")
    assert isinstance(second, Send)
    assert second.data[4:13] == first.data[4:13]
    assert second.data[13:] == H("81 28 b1 16 ff") + links[1024:]


# Observing


def observe(client: Client, option: str = "c0") -> Observation:
    """With token deadbeef and id 04d2; the size of blocks is 16 unless `option` says otherwise."""
    asked = feed(client, f"4401 04d2 deadbeef 60 {BEHIND_OBSERVE} {option}")
    assert asked == [Received(Observe(1234, RESOURCE, H("deadbeef")))]
    client.respond(1234, Code.CONTENT, 2.0, payload=SHORT, content_format=0)
    [observation] = client.observations
    return observation


@pytest.mark.conformance("OBS_13", far="datagrams")
def test_observing_what_is_longer_than_a_block(registered: Client) -> None:
    """RFC 7959 figure 13: the first block with Observe (21 nn behind the ETag), the rest by GET
    without; then the same for a notification, in the size of the observation."""
    observation = observe(registered)
    assert registered.outputs() == sent(f"6445 04d2 deadbeef {SHORT_ETAG} 21 01 60 b1 08", LOWER)
    assert feed(registered, get("04d3", "c1 10", "0badcafe")) == sent(
        f"6445 04d3 0badcafe {SHORT_ETAG} 80 b1 18", UPPER
    )
    registered.notify(observation, LONG, 0, 5.0, confirmable=True)
    assert registered.outputs() == sent(f"4445 1001 deadbeef {LONG_ETAG} 21 02 60 b1 08", LONG[:16])
    assert feed(registered, "6000 1001") == [NotificationAcked(0x1001)]
    assert feed(registered, get("04d4", "c1 10", "0badcafe")) == sent(
        f"6445 04d4 0badcafe {LONG_ETAG} 80 b1 18", LONG[16:32]
    )
    registered.notify(observation, END, 0, 6.0, confirmable=False)
    assert registered.outputs() == sent("5445 1002 deadbeef 61 03 60", END)


def test_a_notification_of_more_than_1024_bytes(registered: Client) -> None:
    observation = observe(registered, "")
    assert registered.outputs() == sent("6445 04d2 deadbeef 61 01 60", SHORT)
    registered.notify(observation, LONG, 0, 5.0, confirmable=False)
    assert registered.outputs() == sent(
        f"5445 1001 deadbeef {LONG_ETAG} 21 02 60 b1 0e", LONG[:1024]
    )
    assert feed(registered, get("04d3", "c1 26")) == sent(
        f"6445 04d3 deadbeef {LONG_ETAG} 80 b1 26", b"c" * 9
    )


@pytest.mark.conformance("OBS_14", far="datagrams")
def test_observing_in_blocks_while_datagrams_are_lost(registered: Client) -> None:
    """The first block is sent again until it is acknowledged; a block asked for again, since its
    answer was lost, is the same; a newer notification shows by the ETag in the middle."""
    observation = observe(registered)
    registered.outputs()
    registered.notify(observation, LONG, 0, 5.0, confirmable=True)
    first = registered.outputs()
    assert first == sent(f"4445 1001 deadbeef {LONG_ETAG} 21 02 60 b1 08", LONG[:16])
    for now in (7.0, 11.0):
        registered.handle_timeout(now)
        assert registered.outputs() == first
    assert feed(registered, "6000 1001", 11.5) == [NotificationAcked(0x1001)]
    second = sent(f"6445 04d3 deadbeef {LONG_ETAG} 80 b1 18", LONG[16:32])
    for now in (12.0, 14.0, 18.0):
        assert feed(registered, get("04d3", "c1 10"), now) == second
    registered.notify(observation, SHORT, 0, 20.0, confirmable=False)
    assert registered.outputs() == sent(f"5445 1002 deadbeef {SHORT_ETAG} 21 03 60 b1 08", LOWER)
    assert feed(registered, get("04d4", "c1 20"), 21.0) == sent(
        f"6445 04d4 deadbeef {SHORT_ETAG} 80 b1 20", END
    )


def test_a_later_block_cannot_be_observed(registered: Client) -> None:
    """RFC 7959 2.6: it is a GET of that block; the observation is neither begun nor ended."""
    observe(registered)
    registered.outputs()
    for mid, head in (("04d3", "60"), ("04d4", "61 01")):
        assert feed(registered, f"4401 {mid} 0badcafe {head} {BEHIND_OBSERVE} c1 10") == sent(
            f"6445 {mid} 0badcafe {SHORT_ETAG} 80 b1 18", UPPER
        )
    [observation] = registered.observations
    assert observation.token == H("deadbeef")
    gone = "4401 04d5 0badcafe 60 54 33323030 01 30 04 35373531 c1 10"
    assert feed(registered, gone) == [Received(Read(1237, Path(3200, 0, 5751)))]
    assert feed(registered, gone) == [Repeated(Read(1237, Path(3200, 0, 5751)))]
    cancel = f"4401 04d6 deadbeef 61 01 {BEHIND_OBSERVE} c0"
    assert feed(registered, cancel) == [Received(CancelObserve(1238, RESOURCE, H("deadbeef")))]


def test_a_new_login_begins_without_bodies(registered: Client) -> None:
    feed(registered, get("04d2", "c0"))
    answer(registered, 1234, SHORT)
    registered.abandon(3.0)
    registered.open(Account("h", 5683), bootstrap=False, lifetime=300, timeout=30, now=3.0)
    registered.link_up(2, 3.0)
    registered.datagram_received(2, H("6441 2000 a0000002 82 7264 04 35613366"), 3.0)
    registered.outputs()
    registered.datagram_received(2, H(get("04d3", "c1 10")), 3.0)
    assert registered.outputs() == [Received(Read(1235, RESOURCE))]


# While bootstrapping


def test_a_long_bootstrap_discover(client: Client, tree: ObjectTree, fields: Fields) -> None:
    """GET / with Accept 40 (d1 04 28) and Block2 6 behind it; conformance 1.0-int-0."""
    tree.add_object(3303, range(120))
    client.open(Account("h", 5683), bootstrap=True, lifetime=300, timeout=30, now=0.0)
    client.link_up(1, 0.0)
    client.outputs()
    links = [b'lwm2m="1.0"', b"</0/1>", b"</3200/0>"] + [b"</3303/%d>" % n for n in range(120)]
    text = b",".join(links)
    [first] = feed(client, "4401 7001 deadbeef d1 04 28")
    [second] = feed(client, "4401 7002 deadbeef d1 04 28 61 16")
    [beyond] = feed(client, "4401 7003 deadbeef d1 04 28 61 26")
    assert isinstance(first, Send)
    assert isinstance(second, Send)
    etag = first.data[9:13]
    shape = [(4, etag), (12, b"\x28"), (23, b"\x0e")]
    assert fields(first.data) == (2, 0x45, 0x7001, H("deadbeef"), shape, text[:1024])
    shape = [(4, etag), (12, b"\x28"), (23, b"\x16")]
    assert fields(second.data) == (2, 0x45, 0x7002, H("deadbeef"), shape, text[1024:])
    assert beyond == Send(1, H("6480 7003 deadbeef"))
    assert feed(client, "4102 7004 14 b2 6273 c1 10") == [Send(1, H("6188 7004 14"))]
