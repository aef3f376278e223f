"""The wet part of pace and pieces: ports with timers, in virtual time."""

import asyncio
from functools import partial
from typing import Any

import pytest

from pty_bridge.flow import Chunks, Flow
from pty_bridge.memory import MemoryHost, MemoryPort
from pty_bridge.port import BACKLOG_LIMIT, Dropped, LineSettings, ModuleSide
from pty_bridge.ports import open_port
from pty_bridge.shaped import FULL, ShapedPort

pytestmark = pytest.mark.asyncio(loop_factories=["virtual"])


def shaped(module: Any, flow: Flow) -> tuple[ShapedPort, MemoryHost]:
    port = ShapedPort(module, flow, partial(open_port, "memory:"))
    assert isinstance(port.inner, MemoryPort)
    return port, port.inner.host


def _now() -> float:
    return round(asyncio.get_running_loop().time(), 6)


class Timed:
    """What the host reads, and when."""

    def __init__(self, host: MemoryHost) -> None:
        self.pieces: list[tuple[float, bytes]] = []
        host.on_data = lambda data: self.pieces.append((_now(), data))
        host.open()

    def last(self) -> float:
        return self.pieces[-1][0]


async def test_both_directions_keep_the_rate_that_the_host_has_set(arrivals: Any) -> None:
    module = arrivals()
    port, host = shaped(module, Flow(baud=0))
    heard = Timed(host)
    host.set_line(LineSettings(baud=1000))
    host.write(b"AT\r")
    await module.bytes(b"AT\r")
    assert _now() == 0.03
    port.write(b"\r\nOK\r\n")
    await asyncio.sleep(1)
    assert heard.pieces[0] == (0.04, b"\r") and heard.last() == 0.09
    port.close()


async def test_a_rate_that_is_named_overrides_the_hosts(arrivals: Any) -> None:
    port, host = shaped(arrivals(), Flow(baud=2000))
    heard = Timed(host)
    host.set_line(LineSettings(baud=1000))
    await asyncio.sleep(0)
    port.write(b"ab")
    await asyncio.sleep(1)
    assert heard.pieces == [(0.005, b"a"), (0.01, b"b")]


@pytest.mark.parametrize("baud", [0, 5_000_000, 49])
async def test_an_impossible_rate_changes_nothing(arrivals: Any, baud: int) -> None:
    module = arrivals()
    port, host = shaped(module, Flow(baud=0))
    heard = Timed(host)
    host.set_line(LineSettings(baud=1000))
    host.set_line(LineSettings(baud=baud))
    await module.until(lambda: module.items[-1:] == [("line_settings", LineSettings(baud=baud))])
    port.write(b"a")
    await asyncio.sleep(1)
    assert heard.pieces == [(0.01, b"a")]


async def test_the_modules_own_rate_comes_before_the_hosts(arrivals: Any) -> None:
    """AT+IPR"""
    port, host = shaped(arrivals(), Flow(baud=0))
    heard = Timed(host)
    host.set_line(LineSettings(baud=1000))
    await asyncio.sleep(0)
    port.show(ModuleSide(baud=500))
    port.write(b"a")
    await asyncio.sleep(1)
    assert heard.pieces == [(0.02, b"a")]


async def test_a_host_that_writes_faster_than_the_line_is_made_to_wait(arrivals: Any) -> None:
    module = arrivals()
    port, host = shaped(module, Flow(baud=100_000))
    host.open()
    for _ in range(20):
        host.write(bytes(1000))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    assert len(port._in) <= FULL + 1000
    await module.until(lambda: len(module.data) == 20_000)
    assert _now() == 2.0


async def test_settings_and_comings_stay_between_the_bytes(arrivals: Any) -> None:
    module = arrivals()
    port, host = shaped(module, Flow(baud=1000))
    host.open()
    host.write(b"1")
    host.set_line(LineSettings(baud=9600))
    host.write(b"2")
    host.close()
    await module.until(lambda: "closed" in module.items)
    assert module.items == [
        "opened",
        b"1",
        ("line_settings", LineSettings(baud=9600)),
        b"2",
        "closed",
    ]


async def test_output_that_waits_is_bounded_and_lost_with_the_host(arrivals: Any) -> None:
    module = arrivals()
    port, host = shaped(module, Flow(baud=1000))
    host.open()
    await module.count(1)
    port.write(bytes(BACKLOG_LIMIT))
    port.write(b"xy")
    assert port.dropped == Dropped(full=2)
    host.close()
    await module.count(2)
    assert port.dropped == Dropped(absent=BACKLOG_LIMIT, full=2)


async def test_random_pieces_follow_their_seed(arrivals: Any) -> None:
    seen = []
    for seed in (7, 7, 8):
        port, host = shaped(arrivals(), Flow(chunks=Chunks(seed=seed)))
        heard = Timed(host)
        await asyncio.sleep(0)
        port.write(bytes(200))
        await asyncio.sleep(1)
        seen.append([len(piece) for _, piece in heard.pieces])
    assert seen[0] == seen[1] != seen[2]
    assert all(sum(sizes) == 200 and max(sizes) <= 16 for sizes in seen)


async def test_a_paused_line_carries_nothing_in(arrivals: Any) -> None:
    module = arrivals()
    port, host = shaped(module, Flow(baud=1000))
    host.open()
    host.write(b"ab")
    await module.bytes(b"a")
    port.pause()
    host.write(b"c")
    await asyncio.sleep(10)
    assert module.data == b"a"
    port.resume()
    await module.bytes(b"abc")


async def test_after_close_nothing_moves(arrivals: Any) -> None:
    module = arrivals()
    port, host = shaped(module, Flow(baud=1000))
    heard = Timed(host)
    host.write(b"in")
    await module.count(1)
    port.write(b"out")
    port.close()
    await asyncio.sleep(10)
    assert heard.pieces == [] and module.items == ["opened"]
