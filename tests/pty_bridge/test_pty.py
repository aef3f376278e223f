"""What only a pseudo-terminal has: several clients, a driver of its own, and a bound kernel."""

import os
import resource
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from pty_bridge.port import Dropped, LineSettings, PortError
from pty_bridge.pty import PtyPort

pytestmark = pytest.mark.asyncio(loop_factories=["real"])

COOKED = termios.ICANON | termios.ECHO


async def test_the_name_is_a_character_device(pty_line: Any) -> None:
    assert pty_line.port.name.startswith("/dev/pts/")
    assert os.isatty(pty_line.open_host().fd)


async def test_the_device_is_raw_from_the_start(pty_line: Any) -> None:
    assert _flags(pty_line.open_host().fd) & COOKED == 0


async def test_only_the_first_open_and_the_last_close_are_told(pty_line: Any) -> None:
    one, two = pty_line.open_host(), pty_line.open_host()
    two.listen()
    one.close()
    pty_line.port.write(b"still there")
    await two.received.bytes(b"still there")
    two.write(b"x")
    await pty_line.module.bytes(b"x")
    assert pty_line.module.items == ["opened", b"x"]
    two.close()
    await pty_line.module.count(3)
    assert pty_line.module.items == ["opened", b"x", "closed"]


async def test_clients_that_open_in_a_row_are_all_counted(pty_line: Any) -> None:
    # The kernel merges equal events that follow each other (inotify(7)).
    hosts = [pty_line.open_host() for _ in range(5)]
    hosts[0].listen()
    for number in range(4, 0, -1):
        hosts[number].close()
        pty_line.port.write(b"%d" % number)
        await hosts[0].received.bytes(b"%d" % number)
    hosts[0].close()
    pty_line.port.write(b"nobody")
    assert pty_line.port.dropped == Dropped(absent=6)


async def test_a_client_that_leaves_its_line_cooked_finds_it_raw(pty_line: Any) -> None:
    host = pty_line.open_host()
    _cook(host.fd)
    host.write(b"AT\n")
    await pty_line.module.bytes(b"AT\n")
    host.close()
    await pty_line.module.until(lambda: "closed" in pty_line.module.items)
    host.open()
    assert _flags(host.fd) & COOKED == 0
    assert termios.tcgetattr(host.fd)[6][termios.VMIN] == 1


async def test_the_module_never_hears_itself(pty_line: Any) -> None:
    pty_line.answer(b"AT\n", b"\r\nOK\r\n")
    host = pty_line.open_host()
    host.listen()
    _cook(host.fd)
    for _ in range(3):
        host.write(b"AT\n")
        await host.received.until(lambda: b"OK" in host.received.data)
        host.received.items.clear()
    pty_line.port.write(b"\r\n+CSCON: 0\r\n")
    await host.received.until(lambda: b"+CSCON: 0" in host.received.data)
    _cook(host.fd)
    host.close()
    pty_line.port.write(b"\r\n+CSCON: 1\r\n")
    host.open()
    host.write(b"end")
    await pty_line.module.bytes(b"end")
    assert pty_line.module.data == b"AT\nAT\nAT\nend"


async def test_cooked_and_echo_are_told(pty_line: Any) -> None:
    host = pty_line.open_host()
    _cook(host.fd)
    host.write(b"x\n")
    await pty_line.module.bytes(b"x\n")
    (_, settings) = pty_line.module.items[1]
    assert settings.cooked
    assert settings.echo


async def test_the_rate_stays_after_the_client_has_left(pty_line: Any) -> None:
    # `stty -F DEVICE 9600` opens, sets and closes; then another program talks.
    host = pty_line.open_host()
    host.set_line(LineSettings(baud=9600))
    host.close()
    host.open()
    host.write(b"x")
    await pty_line.module.bytes(b"x")
    assert ("line_settings", LineSettings(baud=9600)) in pty_line.module.items


async def test_the_ports_of_a_loop_share_one_inotify_descriptor(arrivals: Any) -> None:
    before = _inotify_descriptors()
    ports = [PtyPort(arrivals()) for _ in range(3)]
    assert _inotify_descriptors() == before + 1
    for port in ports:
        port.close()
    assert _inotify_descriptors() == before


async def test_each_port_is_told_of_its_own_clients(pty_line: Any, arrivals: Any) -> None:
    other = PtyPort(arrivals())
    host = pty_line.open_host()
    host.listen()
    other.write(b"unheard")
    pty_line.port.write(b"heard")
    await host.received.bytes(b"heard")
    assert other.dropped == Dropped(absent=7)
    assert pty_line.port.dropped == Dropped()
    other.close()


async def test_without_inotify_somebody_is_assumed_to_be_there(
    arrivals: Any, caplog: pytest.LogCaptureFixture
) -> None:
    module, reader = arrivals(), arrivals()
    with _descriptors_left(2):  # enough for the pseudo-terminal only
        port = PtyPort(module)
    assert "cannot see who opens" in caplog.text
    port.write(b"early")
    fd = os.open(port.name, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    os.write(fd, b"x")
    await module.bytes(b"x")
    assert module.items == ["opened", b"x"]
    assert os.read(fd, 100) == b"early"
    assert reader.items == []
    os.close(fd)
    port.close()


async def test_a_system_without_free_devices_is_a_clear_error(arrivals: Any) -> None:
    with _descriptors_left(1), pytest.raises(PortError, match="no pseudo-terminal.*ulimit -n"):
        PtyPort(arrivals())


def _flags(fd: int) -> int:
    return int(termios.tcgetattr(fd)[3])


def _cook(fd: int) -> None:
    state = termios.tcgetattr(fd)
    state[3] |= COOKED
    state[6][termios.VMIN] = 0
    termios.tcsetattr(fd, termios.TCSANOW, state)


def _inotify_descriptors() -> int:
    names = [f"/proc/self/fd/{name}" for name in os.listdir("/proc/self/fd")]
    return sum(os.readlink(n) == "anon_inode:inotify" for n in names if os.path.lexists(n))


@contextmanager
def _descriptors_left(number: int) -> Iterator[None]:
    """The process may open this many descriptors more; the kernel gives out the lowest first."""
    free = [os.dup(0) for _ in range(number)]
    for fd in free:
        os.close(fd)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(free) + 1, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
