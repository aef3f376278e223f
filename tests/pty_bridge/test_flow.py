"""Pace and pieces: when bytes arrive, with numbers for the time."""

import pytest

from pty_bridge.flow import Chunks, Stream, parse_chunks, parse_pace
from pty_bridge.port import PortError


def arrivals(stream: Stream, until: float = 1e9) -> list[tuple[float, bytes]]:
    """What arrives and when, if somebody looks exactly at each deadline."""
    seen = []
    while (due := stream.deadline()) is not None and due <= until:
        seen.append((round(due, 6), stream.take(due)))
    return seen


def paced(baud: int) -> Stream:
    stream = Stream()
    stream.baud = baud
    return stream


def test_a_byte_takes_ten_bits() -> None:
    """9600 baud: 960 bytes a second, each 1.041667 ms after the other."""
    stream = paced(9600)
    stream.put(b"OK\r", 5.0)
    assert arrivals(stream) == [(5.001042, b"O"), (5.002083, b"K"), (5.003125, b"\r")]


def test_on_a_fast_line_some_bytes_arrive_at_once_and_the_rate_is_kept() -> None:
    """115200 baud carries 11 bytes in a millisecond."""
    stream = paced(115200)
    stream.put(bytes(11520), 0.0)
    seen = arrivals(stream)
    assert {len(piece) for _, piece in seen[:-1]} == {11}
    assert seen[-1][0] == 1.0


def test_what_is_put_while_bytes_are_under_way_comes_behind_them() -> None:
    stream = paced(1000)
    stream.put(b"ab", 0.0)
    assert arrivals(stream, until=0.015) == [(0.01, b"a")]
    stream.put(b"c", 0.015)
    assert arrivals(stream) == [(0.02, b"b"), (0.03, b"c")]
    stream.put(b"d", 1.0)  # the line was free meanwhile, and saves nothing up
    assert arrivals(stream) == [(1.01, b"d")]


def test_a_late_look_loses_no_time() -> None:
    stream = paced(1000)
    stream.put(b"abc", 0.0)
    assert [stream.take(0.025), stream.take(0.025), stream.take(0.025)] == [b"a", b"b", b""]
    assert stream.deadline() == pytest.approx(0.03)


def test_another_rate_holds_from_the_next_byte_on() -> None:
    stream = paced(1000)
    stream.put(b"abc", 0.0)
    assert arrivals(stream, until=0.01) == [(0.01, b"a")]
    stream.baud = 10_000
    assert arrivals(stream) == [(0.011, b"b"), (0.012, b"c")]


def test_fixed_pieces_without_a_rate_come_two_milliseconds_apart() -> None:
    stream = Stream(sizes=lambda: 3)
    stream.put(b"\r\nOK\r\n\r\n", 1.0)
    assert arrivals(stream) == [(1.0, b"\r\nO"), (1.002, b"K\r\n"), (1.004, b"\r\n")]
    stream.put(b"x", 1.005)
    assert arrivals(stream) == [(1.006, b"x")]


def test_fixed_pieces_with_a_rate_arrive_with_their_last_byte() -> None:
    stream = Stream(sizes=lambda: 3)
    stream.baud = 1000
    stream.put(b"abcd", 0.0)
    assert arrivals(stream) == [(0.03, b"abc"), (0.04, b"d")]


def test_whole_bursts_end_with_silence() -> None:
    """OK and what the module says within 50 ms are one read; HF 28."""
    stream = Stream(whole=True)
    stream.put(b"\r\nOK\r\n", 1.0)
    stream.put(b"\r\n+MIPLEVENT:0,6\r\n", 1.04)
    assert arrivals(stream) == [(1.09, b"\r\nOK\r\n\r\n+MIPLEVENT:0,6\r\n")]
    stream.put(b"x", 1.2)
    assert arrivals(stream) == [(1.25, b"x")]


def test_whole_bursts_last_as_long_as_their_bytes() -> None:
    stream = Stream(whole=True)
    stream.baud = 1000
    stream.put(bytes(10), 0.0)
    assert arrivals(stream) == [(0.1, bytes(10))]


def test_nothing_is_under_way_after_clear() -> None:
    stream = paced(1000)
    stream.put(b"abc", 0.0)
    assert stream.clear() == 3
    assert stream.deadline() is None and stream.take(9.0) == b""


def test_options_are_read() -> None:
    assert [parse_pace("line"), parse_pace("9600"), parse_pace("250000")] == [0, 9600, 250000]
    assert parse_chunks("byte") == parse_chunks("fixed:1") == Chunks(size=1)
    assert parse_chunks("random:0") == Chunks(seed=0)
    assert parse_chunks("coalesce") == Chunks()


@pytest.mark.parametrize("text", ["", "fast", "0", "49", "4000001", "-9600", "9600.5"])
def test_what_is_no_rate_is_told(text: str) -> None:
    with pytest.raises(PortError, match=f"'{text}' is no rate; write a number from 50 to 4000000"):
        parse_pace(text)


@pytest.mark.parametrize("text", ["", "fixed", "fixed:0", "fixed:x", "random", "byte:2", "bytes"])
def test_what_is_no_way_to_cut_is_told(text: str) -> None:
    with pytest.raises(PortError, match=f"'{text}' names no way .*; write 'byte', 'fixed:N'"):
        parse_chunks(text)
