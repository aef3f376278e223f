"""A loop's clock that jumps, runs fast or holds, and sockets that stay real."""

import asyncio
import socket
import threading
import time
from collections.abc import Coroutine
from typing import Any

import pytest

from emulator.virtual_time import VirtualLoop

WEEK = 7 * 86400.0


def run(main: Coroutine[Any, Any, None], **options: Any) -> None:
    with asyncio.Runner(loop_factory=lambda: VirtualLoop(**options)) as runner:
        runner.run(main)


def loop() -> VirtualLoop:
    running = asyncio.get_running_loop()
    assert isinstance(running, VirtualLoop)
    return running


def test_a_week_takes_no_time() -> None:
    async def main() -> None:
        assert loop().time() == 0.0
        await asyncio.sleep(WEEK)
        assert loop().time() == WEEK

    started = time.monotonic()
    run(main())
    assert time.monotonic() - started < 60  # it is milliseconds; the machine may be busy


def test_timers_run_in_order_and_exactly_on_time() -> None:
    times: list[float] = []

    async def main() -> None:
        # RFC 7252 section 4.8: retransmissions 2, 6, 14, 30 s after the first transmission
        for seconds in (30.0, 2.0, 14.0, 6.0):
            loop().call_later(seconds, lambda: times.append(loop().time()))
        await asyncio.sleep(62)

    run(main())
    assert times == [2.0, 6.0, 14.0, 30.0]


def test_the_longest_lifetime_does_not_stop_the_clock() -> None:
    # 268435455 s (decision 22): there a float's next value is 6e-8 away, more than the
    # nanosecond that asyncio allows a timer.
    async def main() -> None:
        await asyncio.sleep(268435455)
        await asyncio.sleep(0.25)
        assert loop().time() == pytest.approx(268435455.25, abs=1e-6)

    run(main())


def test_time_stands_still_while_something_can_run() -> None:
    async def main() -> None:
        loop().call_later(1, lambda: None)
        for _ in range(1000):
            await asyncio.sleep(0)
        assert loop().time() == 0.0

    run(main())


def test_a_timeout_strikes_at_its_time() -> None:
    async def main() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(30):
                await asyncio.Event().wait()
        assert loop().time() == 30.0

    run(main())


def test_real_sockets_are_served_before_the_clock_jumps() -> None:
    async def main() -> None:
        far, near = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
        with far, near:
            far.bind(("127.0.0.1", 0))
            near.connect(far.getsockname())
            far.setblocking(False)
            near.setblocking(False)
            loop().add_reader(far, lambda: far.sendto(*far.recvfrom(100)))
            async with asyncio.timeout(WEEK):
                near.send(b"question")
                assert await loop().sock_recv(near, 100) == b"question"
            loop().remove_reader(far)
        assert loop().time() == 0.0

    run(main(), grace=20.0)  # real seconds at most; without load the datagram is there at once


def test_a_thread_takes_real_time_in_which_the_clock_does_not_jump() -> None:
    async def main() -> None:
        release = threading.Event()
        waiting = loop().run_in_executor(None, release.wait)
        assert loop().held
        async with asyncio.timeout(20):
            loop().call_later(0.01, release.set)
            assert await waiting
        assert not loop().held
        assert loop().time() < 20

    run(main())


def test_a_held_clock_runs_with_the_real_one() -> None:
    async def main() -> None:
        await asyncio.sleep(1000)
        before = time.monotonic()
        with loop().hold():
            await asyncio.sleep(0.02)
        real = time.monotonic() - before
        held = loop().time() - 1000
        assert 0.02 <= held <= real
        await asyncio.sleep(1000)
        assert loop().time() == pytest.approx(2000 + held)

    run(main())


def test_holds_are_counted() -> None:
    async def main() -> None:
        loop().hold_enter()
        with loop().hold():
            pass
        assert loop().held
        loop().hold_leave()
        assert not loop().held
        with pytest.raises(RuntimeError, match="without hold_enter"):
            loop().hold_leave()

    run(main())


def test_a_hold_ends_also_after_an_error() -> None:
    async def main() -> None:
        with pytest.raises(KeyError), loop().hold():
            raise KeyError
        assert not loop().held

    run(main())


def test_a_scaled_clock_runs_faster_than_the_real_one() -> None:
    async def main() -> None:
        before, virtual = time.monotonic(), loop().time()
        await asyncio.sleep(30)
        real, virtual = time.monotonic() - before, loop().time() - virtual
        assert virtual >= 30
        assert real >= 0.029  # epoll rounds to milliseconds
        assert virtual <= real * 1000 + 1

    run(main(), scale=1000)


def test_a_scaled_clock_slows_down_while_it_is_held() -> None:
    async def main() -> None:
        with loop().hold():
            before, virtual = time.monotonic(), loop().time()
            await asyncio.sleep(0.01)
            assert loop().time() - virtual <= time.monotonic() - before + 0.001

    run(main(), scale=1000)


@pytest.mark.parametrize("scale", [0, -1, float("inf"), float("nan")])
def test_an_impossible_scale_is_refused(scale: float) -> None:
    with pytest.raises(ValueError, match="not a positive number"):
        VirtualLoop(scale=scale)


@pytest.mark.asyncio(loop_factories=["virtual"])
async def test_a_test_can_ask_for_a_virtual_loop() -> None:
    await asyncio.sleep(WEEK)
    assert loop().time() == WEEK


@pytest.mark.asyncio
async def test_a_test_that_asks_for_nothing_gets_real_time() -> None:
    assert not isinstance(asyncio.get_running_loop(), VirtualLoop)


def test_the_scale_is_changed_while_timers_run_and_whoever_asked_is_told() -> None:
    async def main() -> None:
        told: list[float] = []
        loop().rescaled.append(told.append)
        assert loop().scale == 1
        before, real = loop().time(), time.monotonic()
        late = loop().create_task(asyncio.sleep(100))
        loop().rescale(1000)
        await late
        assert told == [1000]
        assert loop().time() - before >= 100
        assert time.monotonic() - real < 20  # it is 0.1 s; the machine may be busy
        with loop().hold():
            assert loop().scale == 1000, "what it will be again"

    run(main(), scale=1)


def test_a_scale_that_is_none_is_refused_and_changes_nothing() -> None:
    async def scaled() -> None:
        for scale in (0, -1, float("nan"), float("inf")):
            with pytest.raises(ValueError, match="not a positive number"):
                loop().rescale(scale)
        assert loop().scale == 2

    async def jumping() -> None:
        assert loop().scale is None
        with pytest.raises(RuntimeError, match="a clock that jumps has no scale"):
            loop().rescale(10)

    run(scaled(), scale=2)
    run(jumping())
