"""Blocks on bad networks and from peers that make no sense, from a seed; time is a number."""

import random
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lwm2m_core.accounts import Account
from lwm2m_core.client import Client
from lwm2m_core.client_outputs import (
    CloseLink,
    OpenLink,
    Received,
    Registered,
    RegisterFailed,
    Send,
)
from lwm2m_core.download import Download, Downloaded, DownloadFailed, Progress
from lwm2m_core.login import State
from lwm2m_core.message import Code
from lwm2m_core.objects import ObjectTree
from lwm2m_core.operations import Execute, Observe, Read, Write

H = bytes.fromhex
Fields = Callable[[bytes], tuple[int, int, int, bytes, list[tuple[int, bytes]], bytes]]


def block_option(delta: int, value: int) -> bytes:
    """One option of up to 3 bytes, `delta` (13 to 268) behind the one before (RFC 7252 3.1)."""
    data = value.to_bytes((value.bit_length() + 7) // 8, "big")
    return bytes([0xD0 | len(data), delta - 13]) + data


class FileServer:
    """Serves one body by RFC 7959 2.4, in blocks of at most `size` bytes, each id once."""

    def __init__(self, fields: Fields, body: bytes, size: int) -> None:
        self.fields = fields
        self.body = body
        self.size = size
        self.answers: dict[int, bytes] = {}

    def answer(self, request: bytes) -> bytes:
        _, _, mid, token, options, _ = self.fields(request)
        if mid not in self.answers:
            asked = int.from_bytes(dict(options)[23], "big")
            start = (asked >> 4) * (16 << (asked & 7))
            size = min(self.size, 16 << (asked & 7))
            end = start + size
            more = 8 if end < len(self.body) else 0
            value = start // size << 4 | more | size.bit_length() - 5
            head = b"\x64\x45" + request[2:4] + token + block_option(23, value)
            self.answers[mid] = head + b"\xff" + self.body[start:end]
        return self.answers[mid]


def fetch(download: Download, server: FileServer, seed: int) -> tuple[list[object], int]:
    """Both ways lose a quarter, double a tenth and delay up to 3 s; what came of it, and how many
    datagrams were lost."""
    rng = random.Random(seed)
    wire: list[tuple[float, int, str, bytes]] = []
    number, lost, now = count(), 0, 0.0
    told: list[object] = []
    download.start(now)
    download.link_up(1, now)
    while True:
        for output in download.outputs():
            told.append(output)
            if isinstance(output, Send):
                lost += _carry(wire, rng, now, next(number), "there", output.data)
        due = download.deadline()
        if due is None:
            return told, lost
        if not wire or due <= wire[0][0]:
            now = due
            download.handle_timeout(now)
            continue
        now, _, way, data = heappop(wire)
        if way == "there":
            lost += _carry(wire, rng, now, next(number), "back", server.answer(data))
        else:
            download.datagram_received(1, data, now)


def _carry(
    wire: list[tuple[float, int, str, bytes]],
    rng: random.Random,
    now: float,
    number: int,
    way: str,
    data: bytes,
) -> int:
    copies = rng.choices([0, 1, 2], [25, 65, 10])[0]
    for copy in range(copies):
        heappush(wire, (now + rng.uniform(0.0, 3.0), 2 * number + copy, way, data))
    return copies == 0


def test_a_file_comes_whole_over_a_bad_network(fields: Fields) -> None:
    """Either it is byte for byte the server's, or a block was given up: never another body."""
    whole, losses = 0, 0
    for seed in range(40):
        rng = random.Random(seed)
        body = rng.randbytes(rng.choice([1, 512, 700, 3000]))
        server = FileServer(fields, body, rng.choice([128, 512, 1024]))
        told, lost = fetch(Download("coap://127.0.0.1/fw", rng), server, seed)
        ends = [each for each in told if isinstance(each, Downloaded | DownloadFailed)]
        assert ends in ([Downloaded(body)], [DownloadFailed("timeout")])
        assert ends == [told[-1]]
        whole += ends == [Downloaded(body)]
        losses += lost
    assert losses > 40
    assert 30 < whole < 40


HOSTILE = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100, deadline=None
)
VALUES = st.none() | st.integers(0, 0x40) | st.integers(0, 0xFFFFFF)


@HOSTILE
@given(
    st.lists(
        st.tuples(
            st.sampled_from([0x45, 0x45, 0x45, 0x44, 0x5F, 0x84, 0x8D]),
            st.sampled_from([None, b"e", b"f"]),
            VALUES | st.just(-1),
            st.sampled_from([0, 1, 16, 32, 1024]),
        ),
        max_size=12,
    )
)
def test_a_download_ends_once_whatever_the_server_says(
    answers: list[tuple[int, bytes | None, int | None, int]],
) -> None:
    """Any ETags, block numbers (-1: the one asked for, with more to follow) and lengths: no error,
    one end at most and nothing behind it, and never more than the limit."""
    download = Download("coap://127.0.0.1/fw", random.Random(1), body_limit=100)
    download.start(0.0)
    download.link_up(1, 0.0)
    told: list[object] = list(download.outputs())
    for code, etag, value, length in answers:
        sent = [each.data for each in told if isinstance(each, Send)]
        number = int.from_bytes(_block2(sent[-1]), "big")
        value = number | 8 if value == -1 else value
        answer = bytes([0x64, code]) + sent[-1][2:8]
        answer += b"" if etag is None else b"\x41" + etag
        behind = 23 if etag is None else 19
        answer += b"" if value is None else block_option(behind, value)
        answer += b"\xff" + bytes(length) if length else b""
        download.datagram_received(1, answer, 0.0)
        told += download.outputs()
    ends = [at for at, each in enumerate(told) if isinstance(each, Downloaded | DownloadFailed)]
    assert ends in ([], [len(told) - 1])
    for each in told:
        assert not isinstance(each, Downloaded) or len(each.body) <= 100
        assert not isinstance(each, Progress) or each.received <= 100
        assert not isinstance(each, OpenLink) or each == told[0]
        assert not isinstance(each, CloseLink) or each == told[-2]


def _block2(request: bytes) -> bytes:
    """Behind the Uri-Path fw, b2 6677: c0 to c3 and the value."""
    at = request.index(b"\xb2fw") + 3
    return request[at + 1 : at + 1 + (request[at] & 15)]


@HOSTILE
@given(
    st.lists(
        st.tuples(
            st.sampled_from([1, 1, 1, 2, 3, 4]),
            st.sampled_from(["", "60", "61 01"]),
            st.booleans(),
            VALUES,
            VALUES,
            st.sampled_from([0, 1, 16, 1024]),
            st.sampled_from([0, 1, 40, 2000]),
        ),
        max_size=12,
    )
)
def test_each_request_gets_one_answer_whatever_it_says_of_blocks(
    make_client: Callable[[], Client],
    asked: list[tuple[int, str, bool, int | None, int | None, int, int]],
) -> None:
    """Any Observe, Accept, Block1, Block2 and length of both bodies: no error, one answer with the
    request's id, and at most 1024 bytes of payload."""
    client = make_client()
    _log_in(client)
    for mid, (code, observe, text, block1, block2, length, answer) in enumerate(asked):
        head = bytes([0x44, code]) + mid.to_bytes(2, "big") + b"\xde\xad\xbe\xef"
        data = head + H(observe) + (b"\x54" if observe else b"\xb4") + b"3200\x010\x045750"
        at = 11
        for number, value in ((17, 0 if text else None), (23, block2), (27, block1)):
            if value is not None:
                data += _short_option(number - at, value)
                at = number
        client.datagram_received(1, data + (b"\xff" + bytes(length) if length else b""), 0.0)
        sent = []
        for output in client.outputs():
            match output:
                case Send(data=reply):
                    sent.append(reply)
                case Received(operation=Read() | Observe() | Write() | Execute() as operation):
                    client.respond(operation.mid, Code.CONTENT, 0.0, payload=bytes(answer))
                case Received(operation=operation):
                    client.respond(operation.mid, Code.CHANGED, 0.0)
        sent += [each.data for each in client.outputs() if isinstance(each, Send)]
        assert [each[:1] + each[2:8] for each in sent] == [b"\x64" + head[2:]]
        assert len(sent[0]) < 1024 + 40


@HOSTILE
@given(
    st.lists(
        st.tuples(
            st.sampled_from([0x5F, 0x5F, 0x5F, 0x41, 0x88, 0x8D, 0x8D, 0x45]),
            VALUES | st.integers(0, 7),
            VALUES,
            st.sampled_from([0, 16]),
        ),
        max_size=12,
    )
)
def test_a_register_ends_once_whatever_the_server_says(
    make_client: Callable[[], Client],
    tree: ObjectTree,
    answers: list[tuple[int, int | None, int | None, int]],
) -> None:
    """Any code, Block1, Block2 and length: no error, at most one request for each answer, and one
    end, behind which the link is closed or nothing more is asked."""
    tree.remove_object(3200)
    tree.add_object(3200, range(120))
    client = make_client()
    client.open(Account("h", 5683), bootstrap=False, lifetime=300, timeout=30, now=0.0)
    client.link_up(1, 0.0)
    told: list[object] = list(client.outputs())
    for code, block1, block2, length in answers:
        sent = [each.data for each in told if isinstance(each, Send)]
        answer, at = bytes([0x64, code]) + sent[-1][2:8] + H("82 7264 01 35"), 8
        for number, value in ((23, block2), (27, block1)):
            if value is not None:
                answer += _short_option(number - at, value)
                at = number
        client.datagram_received(1, answer + (b"\xff" + bytes(length) if length else b""), 0.0)
        now_told = client.outputs()
        assert sum(isinstance(each, Send) for each in now_told) <= 1
        told += now_told
    ends = [each for each in told if isinstance(each, Registered | RegisterFailed)]
    assert len(ends) <= 1
    assert not ends or told[-1] == ends[0]
    assert bool(ends) == (client.state is not State.REGISTERING)


def _short_option(delta: int, value: int) -> bytes:
    data = value.to_bytes((value.bit_length() + 7) // 8, "big")
    first = bytes([delta << 4 | len(data)]) if delta < 13 else bytes([0xD0 | len(data), delta - 13])
    return first + data


def _log_in(client: Client) -> None:
    client.open(Account("h", 5683), bootstrap=False, lifetime=300, timeout=30, now=0.0)
    client.link_up(1, 0.0)
    client.datagram_received(1, H("6441 1000 a0000001 82 7264 04 35613366"), 0.0)
    client.outputs()
