"""Opens and closes of devices, as inotify(7) tells them."""

import asyncio
import os
from collections.abc import Iterator
from typing import Any

import pytest

from pty_bridge import presence

pytestmark = pytest.mark.asyncio(loop_factories=["real"])


@pytest.fixture
def device() -> Iterator[str]:
    master, slave = os.openpty()
    yield os.ttyname(slave)
    os.close(master)
    os.close(slave)


def _watch(device: str, changed: Any) -> presence.Watch:
    watch = presence.watch(asyncio.get_running_loop(), device, changed)
    assert watch is not None
    return watch


def _open(device: str, mode: int = os.O_RDWR) -> int:
    return os.open(device, mode | os.O_NOCTTY)


async def test_what_has_happened_is_one_batch_in_order(device: str, arrivals: Any) -> None:
    seen = arrivals()
    watch = _watch(device, seen.put)
    fd = _open(device)
    os.close(fd)
    fd = _open(device, os.O_RDONLY)
    watch.catch_up()
    assert seen.items == [[1, -1, 1]]
    os.close(fd)
    watch.catch_up()
    assert seen.items == [[1, -1, 1], [-1]]
    watch.close()


async def test_equal_events_in_a_row_are_not_merged(device: str, arrivals: Any) -> None:
    seen = arrivals()
    watch = _watch(device, seen.put)
    fds = [_open(device) for _ in range(4)]
    for fd in fds:
        os.close(fd)
    watch.catch_up()
    assert seen.items == [[1, 1, 1, 1, -1, -1, -1, -1]]
    watch.close()


async def test_the_loop_hands_out_events_by_itself(device: str, arrivals: Any) -> None:
    seen = arrivals()
    watch = _watch(device, seen.put)
    os.close(_open(device))
    await seen.until(lambda: sum(seen.items, []) == [1, -1])
    watch.close()


async def test_other_names_of_the_device_count_too(
    device: str, arrivals: Any, tmp_path: Any
) -> None:
    seen = arrivals()
    watch = _watch(device, seen.put)
    (tmp_path / "link").symlink_to(device)
    os.close(_open(str(tmp_path / "link")))
    watch.catch_up()
    assert seen.items == [[1, -1]]
    (tmp_path / "link").unlink()
    watch.close()


async def test_after_close_nothing_is_told(device: str, arrivals: Any) -> None:
    seen, other = arrivals(), arrivals()
    gone, kept = _watch(device, seen.put), None
    fd = _open(device)
    gone.close()
    gone.close()
    kept = _watch(device, other.put)
    os.close(fd)
    kept.catch_up()
    assert seen.items == []
    assert other.items == [[-1]]
    kept.close()


async def test_a_device_that_is_not_there_is_not_watched(
    arrivals: Any, caplog: pytest.LogCaptureFixture
) -> None:
    loop = asyncio.get_running_loop()
    assert presence.watch(loop, "/dev/pts/999999", arrivals().put) is None
    assert "No such file" in caplog.text


async def test_an_overflow_of_the_queue_says_that_nobody_knows(
    device: str, arrivals: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with open("/proc/sys/fs/inotify/max_queued_events") as limit:
        events = int(limit.read())
    if events > 50_000:
        pytest.skip(f"the queue takes {events} events here")
    seen = arrivals()
    watch = _watch(device, seen.put)
    for _ in range(events // 4 + 2):  # an open and a close, for the device and for its folder
        os.close(_open(device))
    watch.catch_up()
    assert seen.items == [None]
    assert "assuming that every device is open" in caplog.text
    watch.close()
