"""Blocks as datagrams typed by hand: BLOCK_03, 04 and 06 of the CoAP plugtest (conformance 8), and
the ideas of Anjay's suite (conformance 9).

d1 03 nn is Block1 (option 27) behind Uri-Path (11), d1 02 nn behind Content-Format (12), d1 0e nn
alone, as it is in our answers. 2.31 is 5f, 2.04 is 44, 4.08 is 88, 4.13 is 8d.
"""

from collections.abc import Callable
from dataclasses import replace

import pytest

from lwm2m_core.accounts import Account
from lwm2m_core.client import Client
from lwm2m_core.client_outputs import Received, Repeated, Send
from lwm2m_core.errors import EngineError
from lwm2m_core.message import Code
from lwm2m_core.operations import Execute, Part, Read, Write
from lwm2m_core.paths import Path
from lwm2m_core.requests import Settings

H = bytes.fromhex
RESOURCE = Path(3200, 0, 5750)
URI = "b4 33323030 01 30 04 35373530"
A, B, C = b"a" * 128, b"b" * 128, b"c" * 100


def feed(client: Client, data: bytes, now: float = 1.0) -> list[object]:
    client.datagram_received(1, data, now)
    return list(client.outputs())


def put(mid: str, option: str, payload: bytes, head: str = "4403") -> bytes:
    return H(f"{head} {mid} deadbeef {URI} {option} ff") + payload


@pytest.mark.conformance("BLOCK_03", far="datagrams")
def test_a_put_in_three_blocks_rfc7959_figure_7(registered: Client) -> None:
    """Message ids 1234 to 1236, 1:0/1/128, 1:1/1/128, 1:2/0/128, as in the figure."""
    assert feed(registered, put("04d2", "d1 03 0b", A)) == [
        Send(1, H("645f 04d2 deadbeef d1 0e 0b")),
    ]
    assert feed(registered, put("04d3", "d1 03 1b", B)) == [
        Send(1, H("645f 04d3 deadbeef d1 0e 1b")),
    ]
    assert feed(registered, put("04d4", "d1 03 23", C)) == [
        Received(Write(1236, RESOURCE, None, A + B + C, True))
    ]
    registered.respond(1236, Code.CHANGED, 2.0)
    assert registered.outputs() == [Send(1, H("6444 04d4 deadbeef d1 0e 23"))]


@pytest.mark.conformance("AJ-repeated-mid-block", "AJ-block-duplicate", far="datagrams")
def test_each_block_sent_again_gets_the_same_answer(registered: Client) -> None:
    """RFC 7252 4.5; conformance 9: a repeated message id gets the identical answer."""
    for mid, option, payload in (("04d2", "0b", A), ("04d3", "1b", B)):
        for now in (1.0, 3.0, 7.0):
            assert feed(registered, put(mid, f"d1 03 {option}", payload), now) == [
                Send(1, H(f"645f {mid} deadbeef d1 0e {option}"))
            ]
    last = put("04d4", "d1 03 23", C)
    asked = Write(1236, RESOURCE, None, A + B + C, True)
    assert feed(registered, last) == [Received(asked)]
    assert feed(registered, last) == [Repeated(asked)]
    registered.respond(1236, Code.CHANGED, 2.0)
    registered.outputs()
    assert feed(registered, last) == [Send(1, H("6444 04d4 deadbeef d1 0e 23"))]


@pytest.mark.conformance("BLOCK_04", "BLOCK_06", far="datagrams")
def test_a_post_in_blocks_of_16_bytes_with_a_content_format(registered: Client) -> None:
    """BLOCK_04, BLOCK_06: an Execute in text/plain (10 is Content-Format 0)."""
    assert feed(registered, put("04d2", "10 d1 02 08", b"0123456789abcdef", "4402")) == [
        Send(1, H("645f 04d2 deadbeef d1 0e 08"))
    ]
    assert feed(registered, put("04d3", "10 d1 02 10", b"g", "4402")) == [
        Received(Execute(1235, RESOURCE, 0, b"0123456789abcdefg"))
    ]


def test_as_non_it_is_answered_as_non(registered: Client) -> None:
    assert feed(registered, put("04d2", "d1 03 0b", A, "5403")) == [
        Send(1, H("545f 1001 deadbeef d1 0e 0b"))
    ]
    feed(registered, put("04d3", "d1 03 13", B, "5403"))
    registered.respond(1235, Code.CHANGED, 2.0)
    assert registered.outputs() == [Send(1, H("5444 1002 deadbeef d1 0e 13"))]


@pytest.mark.conformance("AJ-block-not-first", far="datagrams")
def test_a_block_that_is_missing(registered: Client) -> None:
    """RFC 7959 2.9.2; no option in the answer, so 6488 mid token is all."""
    assert feed(registered, put("04d2", "d1 03 1b", B)) == [Send(1, H("6488 04d2 deadbeef"))]


def test_what_is_refused_anyway_is_refused_with_its_first_block(registered: Client) -> None:
    other = H("4403 04d2 deadbeef b4 33333033 01 30 04 35373030 d1 03 0b ff") + A
    assert feed(registered, other) == [Send(1, H("6484 04d2 deadbeef"))]


@pytest.mark.conformance(
    "AJ-block-ping", "AJ-block-con-request", "AJ-block-non-request", far="datagrams"
)
def test_other_requests_on_the_way(registered: Client) -> None:
    """Conformance 9: ping, CON and NON in mid-transfer."""
    feed(registered, put("04d2", "d1 03 0b", A))
    assert feed(registered, H("4000 0001")) == [Send(1, H("7000 0001"))]
    assert feed(registered, H("5401 0002 cafecafe b4 33323030")) == [Received(Read(2, Path(3200)))]
    registered.respond(2, Code.CONTENT, 1.0)
    assert registered.outputs() == [Send(1, H("5445 1001 cafecafe"))]
    assert feed(registered, H("4403 0003 cafecafe") + H(URI) + H("ff 39")) == [
        Received(Write(3, RESOURCE, None, b"9", True))
    ]
    registered.respond(3, Code.CHANGED, 1.0)
    assert registered.outputs() == [Send(1, H("6444 0003 cafecafe"))]
    assert feed(registered, put("04d3", "d1 03 13", B)) == [
        Received(Write(1235, RESOURCE, None, A + B, True))
    ]


@pytest.mark.conformance("AJ-block-single", far="datagrams")
@pytest.mark.parametrize(("option", "size"), [("d0 03", 16), ("d1 03 02", 64), ("d1 03 06", 1024)])
def test_a_single_block(registered: Client, option: str, size: int) -> None:
    """NUM 0 without M is all of it; the answer says so (1:0/0/16 is an empty option, d0 0e)."""
    for mid, payload in ((1, b"9"), (2, b"9" * size)):
        assert feed(registered, put(f"{mid:04x}", option, payload)) == [
            Received(Write(mid, RESOURCE, None, payload, True))
        ]
        registered.respond(mid, Code.CHANGED, 2.0)
        echoed = option.replace("03", "0e", 1)
        assert registered.outputs() == [Send(1, H(f"6444 {mid:04x} deadbeef {echoed}"))]


@pytest.mark.conformance("AJ-block-sizes", far="datagrams")
@pytest.mark.parametrize(
    ("exponent", "size"), [(0, 16), (1, 32), (2, 64), (3, 128), (4, 256), (5, 512), (6, 1024)]
)
def test_every_size(registered: Client, exponent: int, size: int) -> None:
    """A block that is full, and one byte more but for 1024, where that would be too long."""
    last = b"." if size < 1024 else b""
    full = f"{8 | exponent:02x}"
    assert feed(registered, put("0001", f"d1 03 {full}", b"x" * size)) == [
        Send(1, H(f"645f 0001 deadbeef d1 0e {full}"))
    ]
    assert feed(registered, put("0002", f"d1 03 1{exponent}", last).removesuffix(b"\xff")) == [
        Received(Write(2, RESOURCE, None, b"x" * size + last, True))
    ]


@pytest.mark.conformance("AJ-block-out-of-order", far="datagrams")
@pytest.mark.parametrize(
    ("order", "codes"),
    [
        ((0, 2, 1), ("5f", "88", "88")),
        ((0, 1, 3), ("5f", "5f", "88")),
        ((1, 0, 2), ("88", "5f", "88")),
    ],
)
def test_blocks_out_of_order(
    registered: Client, order: tuple[int, ...], codes: tuple[str, ...]
) -> None:
    """The first that does not follow gets 4.08 (RFC 7959 2.9.2), and with it the body is over."""
    for number, code in zip(order, codes, strict=True):
        echoed = f"d1 0e {number}8" if code == "5f" else ""
        assert feed(registered, put(f"000{number}", f"d1 03 {number}8", b"x" * 16)) == [
            Send(1, H(f"64{code} 000{number} deadbeef {echoed}"))
        ]


@pytest.mark.conformance("AJ-block-broken-stream", far="datagrams")
def test_a_write_that_breaks_off_and_another(registered: Client) -> None:
    """Block 0 begins anew, with another content; what comes late of the old one is 4.08."""
    feed(registered, put("0001", "d1 03 08", b"a" * 16))
    feed(registered, put("0002", "d1 03 18", b"b" * 16))
    feed(registered, put("0003", "d1 03 08", b"c" * 16))
    assert feed(registered, put("0004", "d1 03 10", b"d")) == [
        Received(Write(4, RESOURCE, None, b"c" * 16 + b"d", True))
    ]
    assert feed(registered, put("0005", "d1 03 20", b"e")) == [Send(1, H("6488 0005 deadbeef"))]


@pytest.mark.conformance("AJ-block-duplicate", far="datagrams")
def test_a_block_that_comes_twice_under_two_ids(registered: Client) -> None:
    """Its answer was lost and the server asked anew: it counts once."""
    feed(registered, put("0001", "d1 03 08", b"a" * 16))
    for mid in ("0002", "0003"):
        assert feed(registered, put(mid, "d1 03 18", b"b" * 16)) == [
            Send(1, H(f"645f {mid} deadbeef d1 0e 18"))
        ]
    assert feed(registered, put("0004", "d1 03 20", b"c")) == [
        Received(Write(4, RESOURCE, None, b"a" * 16 + b"b" * 16 + b"c", True))
    ]


@pytest.mark.conformance("AJ-block-size-change", far="datagrams")
def test_another_size_in_mid_transfer(registered: Client) -> None:
    """128 bytes, then 1:8/1/16, 1:9/1/16, then 1:5/0/32 from byte 160 on."""
    pieces = (b"a" * 128, b"b" * 16, b"c" * 16)
    for mid, option, piece in zip((1, 2, 3), ("0b", "88", "98"), pieces, strict=True):
        assert feed(registered, put(f"000{mid}", f"d1 03 {option}", piece)) == [
            Send(1, H(f"645f 000{mid} deadbeef d1 0e {option}"))
        ]
    assert feed(registered, put("0004", "d1 03 51", b"d" * 9)) == [
        Received(Write(4, RESOURCE, None, b"".join(pieces) + b"d" * 9, True))
    ]


@pytest.mark.conformance("AJ-block-unblocked-again", far="datagrams")
def test_a_request_without_blocks_again_before_those_with(registered: Client) -> None:
    """The server sends it twice, and then the same body in blocks: each id is one request."""
    whole = H(f"4403 0001 deadbeef {URI} ff") + b"9" * 20
    assert feed(registered, whole) == [Received(Write(1, RESOURCE, None, b"9" * 20, True))]
    assert feed(registered, whole) == [Repeated(Write(1, RESOURCE, None, b"9" * 20, True))]
    registered.respond(1, Code.CHANGED, 2.0)
    assert registered.outputs() == [Send(1, H("6444 0001 deadbeef"))]
    feed(registered, put("0002", "d1 03 08", b"9" * 16))
    assert feed(registered, whole) == [Send(1, H("6444 0001 deadbeef"))]
    assert feed(registered, put("0003", "d1 03 10", b"9" * 4)) == [
        Received(Write(3, RESOURCE, None, b"9" * 20, True))
    ]


K = b"k" * 1024


def test_beyond_1024_bytes_the_owner_answers_each_block(registered: Client) -> None:
    """Decision 36: 1:0/1/1024 by ourselves, 1:1/1/1024 and 1:2/0/1024 by the owner."""
    assert feed(registered, put("04d2", "d1 03 0e", K)) == [
        Send(1, H("645f 04d2 deadbeef d1 0e 0e"))
    ]
    second = put("04d3", "d1 03 1e", K)
    asked = Write(1235, RESOURCE, None, K, True, Part(K, last=False))
    assert feed(registered, second) == [Received(asked)]
    assert feed(registered, second) == [Repeated(asked)]
    registered.respond(1235, Code.CONTINUE, 2.0)
    assert registered.outputs() == [Send(1, H("645f 04d3 deadbeef d1 0e 1e"))]
    third = put("04d4", "d1 03 26", b"end")
    assert feed(registered, third) == [
        Received(Write(1236, RESOURCE, None, b"end", True, Part(None, last=True)))
    ]
    registered.respond(1236, Code.CHANGED, 3.0)
    assert registered.outputs() == [Send(1, H("6444 04d4 deadbeef d1 0e 26"))]


def test_another_answer_ends_it(registered: Client) -> None:
    feed(registered, put("04d2", "d1 03 0e", K))
    feed(registered, put("04d3", "d1 03 1e", K))
    registered.respond(1235, Code.BAD_REQUEST, 2.0)
    assert registered.outputs() == [Send(1, H("6480 04d3 deadbeef"))]
    assert feed(registered, put("04d4", "d1 03 26", b"end")) == [Send(1, H("6488 04d4 deadbeef"))]


def test_a_block_that_is_forgotten_ends_it(registered: Client) -> None:
    """Decision 32: neither it nor its repetition is answered; the next one is 4.08."""
    feed(registered, put("04d2", "d1 03 0e", K))
    feed(registered, put("04d3", "d1 03 1e", K))
    registered.forget(1235)
    assert feed(registered, put("04d3", "d1 03 1e", K), 40.0) == []
    assert feed(registered, put("04d4", "d1 03 26", b"end"), 40.0) == [
        Send(1, H("6488 04d4 deadbeef"))
    ]


def test_an_execute_of_more_than_1024_bytes(registered: Client) -> None:
    """Decision 36: 4.13, in blocks or in one datagram."""
    feed(registered, put("04d2", "d1 03 0e", K, "4402"))
    assert feed(registered, put("04d3", "d1 03 16", b"x", "4402")) == [
        Send(1, H("648d 04d3 deadbeef"))
    ]
    assert feed(registered, H("4402 04d4 deadbeef") + H(URI) + b"\xff" + K + b"x") == [
        Send(1, H("648d 04d4 deadbeef"))
    ]


def test_every_block_by_itself_where_the_settings_say_so(
    make_client: Callable[..., Client], settings: Settings
) -> None:
    """Quirk block_passthrough."""
    client = make_client(settings=replace(settings, assembled_limit=0))
    client.open(Account("h", 5683), bootstrap=False, lifetime=300, timeout=30, now=0.0)
    client.link_up(1, 0.0)
    feed(client, H("6441 1000 a0000001 82 7264 04 35613366"))
    assert feed(client, put("04d2", "d1 03 0b", A)) == [
        Received(Write(1234, RESOURCE, None, A, True, Part(b"", last=False)))
    ]
    client.respond(1234, Code.CONTINUE, 2.0)
    assert client.outputs() == [Send(1, H("645f 04d2 deadbeef d1 0e 0b"))]


def test_the_id_of_a_block_may_be_used_again_after_its_time(registered: Client) -> None:
    """RFC 7252 4.4: an answer to the new request carries nothing of the old one."""
    feed(registered, put("04d2", "d1 03 03", A))
    assert feed(registered, H("4401 04d2 cafecafe b4 33323030"), 300.0) == [
        Received(Read(1234, Path(3200)))
    ]
    registered.respond(1234, Code.CONTENT, 300.0)
    assert registered.outputs() == [Send(1, H("6445 04d2 cafecafe"))]


def test_a_new_login_begins_without_blocks(registered: Client) -> None:
    feed(registered, put("04d2", "d1 03 0b", A))
    registered.abandon(2.0)
    registered.outputs()
    registered.open(Account("h", 5683), bootstrap=False, lifetime=300, timeout=30, now=3.0)
    registered.link_up(2, 3.0)
    registered.datagram_received(2, H("6441 2000 a0000002 82 7264 04 35613366"), 3.0)
    registered.outputs()
    registered.datagram_received(2, put("04d3", "d1 03 13", B), 3.0)
    assert registered.outputs() == [Send(2, H("6488 04d3 deadbeef"))]
    with pytest.raises(EngineError):
        registered.respond(1234, Code.CHANGED, 4.0)
