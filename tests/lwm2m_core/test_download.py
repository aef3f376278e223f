"""A file fetched by CoAP, as datagrams typed by hand (RFC 7252 6.4, RFC 7959 2.4).

In a request 81 nn is Block2 (23) behind Uri-Query (15) and c1 nn behind Uri-Path (11); in an answer
d1 0a nn alone, 41 e1 d1 06 nn behind a one-byte ETag (4). The exponents: 0 for 16 bytes, 5 for 512.
"""

from collections.abc import Callable
from typing import Any

import pytest

from lwm2m_core.accounts import Account
from lwm2m_core.client_outputs import CloseLink, OpenLink, Send
from lwm2m_core.download import (
    BODY_LIMIT,
    Download,
    Downloaded,
    DownloadFailed,
    Progress,
    Reason,
)
from lwm2m_core.endpoint import Rng
from lwm2m_core.errors import EngineError

H = bytes.fromhex
A, B = b"a" * 512, b"b" * 512
FIRST = H("4401 1000 a0000001 b2 6677 05 696d616765 43 763d32 81 05 50")

Downloads = Callable[..., Download]


@pytest.fixture
def make(counting: Rng) -> Downloads:
    """A download of /fw/image?v=2, under way."""

    def make(**arguments: Any) -> Download:
        download = Download("coap://127.0.0.1:5700/fw/image?v=2", counting, **arguments)
        download.start(0.0)
        assert download.outputs() == [OpenLink(1, Account("127.0.0.1", 5700), "download")]
        download.link_up(1, 1.0)
        return download

    return make


@pytest.fixture
def download(make: Downloads) -> Download:
    download = make()
    assert download.outputs() == [Send(1, FIRST)]
    return download


def feed(download: Download, data: bytes, now: float = 2.0) -> list[object]:
    download.datagram_received(1, data, now)
    return list(download.outputs())


def asks(mid: str, token: str, block: str) -> Send:
    return Send(1, H(f"4401 {mid} {token} b2 6677 05 696d616765 43 763d32 {block}"))


def test_three_blocks(download: Download) -> None:
    """2:0/1/512 with Size2 1027 (51 in front of 0403), 2:1/1/512, 2:2/0/512."""
    answer = H("6445 1000 a0000001 d1 0a 0d 52 0403 ff") + A
    assert feed(download, answer) == [Progress(512, 1027), asks("1001", "a0000002", "81 15")]
    answer = H("6445 1001 a0000002 d1 0a 1d ff") + B
    assert feed(download, answer) == [Progress(1024, 1027), asks("1002", "a0000003", "81 25")]
    assert feed(download, H("6445 1002 a0000003 d1 0a 25 ff") + b"end") == [
        CloseLink(1),
        Downloaded(A + B + b"end"),
    ]
    assert download.deadline() is None


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param("6445 1000 a0000001 ff 6162", id="no blocks"),
        pytest.param("6445 1000 a0000001 d1 0a 05 ff 6162", id="one block"),
    ],
)
def test_a_short_file(download: Download, answer: str) -> None:
    assert feed(download, H(answer)) == [CloseLink(1), Downloaded(b"ab")]


def test_the_server_chooses_a_smaller_size(download: Download) -> None:
    """RFC 7959 figure 3: asked for 512, given 64; then 32 in the middle."""
    assert feed(download, H("6445 1000 a0000001 d1 0a 0a ff") + A[:64]) == [
        Progress(64, None),
        asks("1001", "a0000002", "81 12"),
    ]
    assert feed(download, H("6445 1001 a0000002 d1 0a 29 ff") + B[:32]) == [
        Progress(96, None),
        asks("1002", "a0000003", "81 31"),
    ]
    assert feed(download, H("6445 1002 a0000003 d1 0a 31 ff") + b"end") == [
        CloseLink(1),
        Downloaded(A[:64] + B[:32] + b"end"),
    ]


@pytest.mark.parametrize(
    ("size", "option"),
    [(16, ""), (32, "01"), (64, "02"), (128, "03"), (256, "04"), (512, "05"), (1024, "06")],
)
def test_the_size_that_is_preferred(make: Downloads, size: int, option: str) -> None:
    block = f"8{len(option) // 2} {option}"
    assert make(block_size=size).outputs() == [asks("1000", "a0000001", block + " 50")]


def test_a_separate_answer_and_lost_requests(download: Download) -> None:
    """RFC 7252 4.2 and 5.2.2: a block is a message like any other."""
    assert download.deadline() == 3.0
    download.handle_timeout(3.0)
    assert download.outputs() == [Send(1, FIRST)]
    assert feed(download, H("6000 1000"), 3.5) == []
    assert feed(download, H("4445 7777 a0000001 d1 0a 0d ff") + A, 4.0) == [
        Send(1, H("6000 7777")),
        Progress(512, None),
        asks("1001", "a0000002", "81 15"),
    ]
    assert feed(download, H("4445 7777 a0000001 d1 0a 0d ff") + A, 5.0) == [Send(1, H("6000 7777"))]


def test_a_block_that_comes_again_counts_once(download: Download) -> None:
    answer = H("6445 1000 a0000001 d1 0a 0d ff") + A
    feed(download, answer)
    assert feed(download, answer) == []
    assert feed(download, H("6445 1001 a0000002 d1 0a 15 ff") + b"end") == [
        CloseLink(1),
        Downloaded(A + b"end"),
    ]


def test_a_file_that_is_replaced_begins_anew_once(download: Download) -> None:
    """RFC 7959 2.4: the ETag tells."""
    feed(download, H("6445 1000 a0000001 41 e1 d1 06 0d ff") + A)
    assert feed(download, H("6445 1001 a0000002 41 e2 d1 06 15 ff") + b"new") == [
        Progress(0, None),
        asks("1002", "a0000003", "81 05"),
    ]
    feed(download, H("6445 1002 a0000003 41 e2 d1 06 0d ff") + B)
    assert feed(download, H("6445 1003 a0000004 41 e2 d1 06 15 ff") + b"new") == [
        CloseLink(1),
        Downloaded(B + b"new"),
    ]


def test_a_file_that_is_replaced_again_is_broken(download: Download) -> None:
    feed(download, H("6445 1000 a0000001 41 e1 d1 06 0d ff") + A)
    feed(download, H("6445 1001 a0000002 41 e2 d1 06 15 ff") + b"new")
    feed(download, H("6445 1002 a0000003 41 e2 d1 06 0d ff") + B)
    assert feed(download, H("6445 1003 a0000004 41 e3 d1 06 15 ff") + b"newer") == [
        CloseLink(1),
        DownloadFailed("broken"),
    ]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(H("d1 0a 2d ff") + B, id="a gap"),
        pytest.param(H("d1 0a 0d ff") + B, id="the block before"),
        pytest.param(H("d1 0a 1d ff") + B[:-1], id="too short"),
        pytest.param(H("d1 0a 15 ff") + B + b"x", id="too long"),
        pytest.param(H("d1 0a 17 ff") + B, id="the reserved size"),
        pytest.param(H("ff") + B, id="no blocks any more"),
    ],
)
def test_blocks_that_do_not_follow_one_another(download: Download, answer: bytes) -> None:
    feed(download, H("6445 1000 a0000001 d1 0a 0d ff") + A)
    assert feed(download, H("6445 1001 a0000002") + answer) == [
        CloseLink(1),
        DownloadFailed("broken"),
    ]


@pytest.mark.parametrize(
    ("answer", "code"), [("6484 1000 a0000001", 0x84), ("6443 1000 a0000001", 0x43)]
)
def test_the_server_refuses(download: Download, answer: str, code: int) -> None:
    assert feed(download, H(answer)) == [CloseLink(1), DownloadFailed("refused", code)]


def test_the_server_refuses_a_later_block(download: Download) -> None:
    feed(download, H("6445 1000 a0000001 d1 0a 0d ff") + A)
    assert feed(download, H("6488 1001 a0000002")) == [
        CloseLink(1),
        DownloadFailed("refused", 0x88),
    ]


def test_a_reset(download: Download) -> None:
    assert feed(download, H("7000 1000")) == [CloseLink(1), DownloadFailed("refused")]


def test_nobody_answers(download: Download) -> None:
    """31 T after the first (decision 28)."""
    for now in (3.0, 7.0, 15.0, 31.0):
        assert download.deadline() == now
        download.handle_timeout(now)
        assert download.outputs() == [Send(1, FIRST)]
    assert download.deadline() == 63.0
    download.handle_timeout(63.0)
    assert download.outputs() == [CloseLink(1), DownloadFailed("timeout")]


def test_a_limit_holds_before_anything_is_kept(make: Downloads) -> None:
    """By Size2, by a body that goes on, by one in a single datagram."""
    for answer in (
        H("6445 1000 a0000001 d1 0a 0d 52 0401 ff") + A,
        H("6445 2000 a0000002 ff") + A + B + b"x",
    ):
        download = make(body_limit=1024)
        download.outputs()
        assert feed(download, answer) == [CloseLink(1), DownloadFailed("too large")]
    download = make(body_limit=1024)
    feed(download, H("6445 3000 a0000003 d1 0a 0d ff") + A)
    assert feed(download, H("6445 3001 a0000004 d1 0a 1d ff") + B)[0] == Progress(1024, None)
    assert feed(download, H("6445 3002 a0000005 d1 0a 25 ff") + b"x") == [
        CloseLink(1),
        DownloadFailed("too large"),
    ]


def test_a_file_of_exactly_the_limit(make: Downloads) -> None:
    download = make(body_limit=1024)
    feed(download, H("6445 1000 a0000001 d1 0a 0d 52 0400 ff") + A)
    assert feed(download, H("6445 1001 a0000002 d1 0a 15 ff") + B)[-1] == Downloaded(A + B)


def test_a_server_without_end(make: Downloads) -> None:
    """It sends block after block of 16 bytes: bounded by the limit, as everything is."""
    download = make(body_limit=160)
    download.outputs()
    for number in range(10):
        block = f"d1 0a {number << 4 | 8:02x}"
        ids = f"{0x1000 + number:04x} a00000{number + 1:02x}"
        feed(download, H(f"6445 {ids} {block} ff") + b"x" * 16)
    assert feed(download, H("6445 100a a000000b d1 0a a8 ff") + b"x" * 16) == [
        CloseLink(1),
        DownloadFailed("too large"),
    ]
    assert BODY_LIMIT == 1 << 20


@pytest.mark.parametrize(
    ("uri", "reason"),
    [
        ("coap://127.0.0.1:0/fw", "invalid URI"),
        ("", "invalid URI"),
        ("https://127.0.0.1/fw", "unsupported scheme"),
        ("coaps://127.0.0.1/fw", "unsupported scheme"),
    ],
)
def test_a_uri_that_cannot_be_fetched(counting: Rng, uri: str, reason: Reason) -> None:
    download = Download(uri, counting)
    assert download.outputs() == []
    download.start(0.0)
    assert download.outputs() == [DownloadFailed(reason)]
    assert download.deadline() is None


def test_a_host_name_goes_along(counting: Rng) -> None:
    """Uri-Host 3: 3b and eleven bytes; Uri-Path is then 8 further on, Block2 12 (c1), Size2 5."""
    download = Download("coap://EXAMPLE.com/fw", counting)
    download.start(0.0)
    assert download.outputs() == [OpenLink(1, Account("example.com", 5683), "download")]
    download.link_up(1, 0.0)
    assert download.outputs() == [
        Send(1, H("4401 1000 a0000001 3b 6578616d706c652e636f6d 82 6677 c1 05 50"))
    ]


@pytest.mark.parametrize("up", [False, True])
def test_the_link_is_lost(counting: Rng, up: bool) -> None:
    download = Download("coap://127.0.0.1/fw", counting)
    download.start(0.0)
    if up:
        download.link_up(1, 0.0)
    download.outputs()
    download.link_lost(1, "no route", 1.0)
    assert download.outputs() == [DownloadFailed("link")]
    download.link_lost(1, "no route", 1.0)
    assert download.outputs() == []


def test_a_datagram_that_could_not_be_sent_is_sent_again(download: Download) -> None:
    download.send_failed(1, 1.1)
    assert download.outputs() == []
    download.handle_timeout(3.0)
    assert download.outputs() == [Send(1, FIRST)]


@pytest.mark.parametrize("up", [False, True])
def test_cancelled_it_is_silent(counting: Rng, up: bool) -> None:
    download = Download("coap://127.0.0.1/fw", counting)
    download.start(0.0)
    if up:
        download.link_up(1, 0.0)
    download.outputs()
    download.cancel(1.0)
    assert download.outputs() == [CloseLink(1)]
    assert download.deadline() is None
    for _ in range(2):
        download.datagram_received(1, H("6445 1000 a0000001 ff 61"), 2.0)
        download.link_up(1, 2.0)
        download.link_lost(1, "", 2.0)
        download.handle_timeout(99.0)
        download.cancel(99.0)
    assert download.outputs() == []


def test_what_comes_over_another_link_or_before_the_link_is_nothing(counting: Rng) -> None:
    download = Download("coap://127.0.0.1/fw", counting)
    download.start(0.0)
    download.outputs()
    download.datagram_received(1, H("4000 0001"), 1.0)  # a ping
    download.link_up(2, 1.0)
    download.handle_timeout(50.0)
    assert download.outputs() == []
    download.link_up(1, 50.0)
    assert len(download.outputs()) == 1
    download.datagram_received(2, H("6445 1000 a0000001 ff 61"), 51.0)
    download.link_up(1, 51.0)
    assert download.outputs() == []


def test_we_serve_nothing_there(download: Download) -> None:
    assert feed(download, H("4101 0001 20 b3 333230")) == [Send(1, H("6184 0001 20"))]
    assert feed(download, H("4000 0002")) == [Send(1, H("7000 0002"))]


def test_calls_that_do_not_fit(counting: Rng) -> None:
    for size in (0, 8, 100, 2048):
        with pytest.raises(EngineError):
            Download("coap://127.0.0.1/fw", counting, block_size=size)
    download = Download("coap://127.0.0.1/fw", counting)
    download.start(0.0)
    with pytest.raises(EngineError):
        download.start(0.0)
