"""Terminal settings, through TCGETS2 and the portable way."""

import os
import struct
import termios
from collections.abc import Iterator
from fcntl import ioctl

import pytest

from pty_bridge.line import Line
from pty_bridge.port import LineSettings


@pytest.fixture
def slave() -> Iterator[int]:
    master, slave = os.openpty()
    yield slave
    os.close(master)
    os.close(slave)


@pytest.fixture(params=[False, True], ids=["termios2", "portable"])
def line(request: pytest.FixtureRequest, slave: int) -> Line:
    return Line(slave, portable=request.param)


def test_a_change_is_told_once(line: Line, slave: int) -> None:
    assert line.changed() is None
    _change(slave, cflag=termios.CRTSCTS, iflag=termios.IXON, lflag=termios.ICANON, baud="B9600")
    expected = LineSettings(baud=9600, rtscts=True, xonxoff=True, cooked=True)
    assert line.changed() == expected
    assert line.changed() is None


def test_what_is_not_among_the_settings_is_not_told(line: Line, slave: int) -> None:
    _change(slave, iflag=termios.IXOFF, lflag=termios.NOFLSH)
    assert line.changed() is None


def test_raw_is_what_cfmakeraw_does_and_keeps_rate_and_rtscts(line: Line, slave: int) -> None:
    cooked_input = (
        termios.BRKINT | termios.ICRNL | termios.INLCR | termios.IGNCR | termios.ISTRIP
        | termios.IXON | termios.PARMRK | termios.IGNBRK
    )  # fmt: skip
    _change(
        slave,
        cflag=termios.CRTSCTS,
        iflag=cooked_input,
        oflag=termios.OPOST | termios.ONLCR,
        lflag=termios.ECHO | termios.ECHONL | termios.ICANON | termios.ISIG | termios.IEXTEN,
        baud="B57600",
        vmin=0,
    )
    line.make_raw()
    iflag, oflag, cflag, lflag, _, speed, cc = termios.tcgetattr(slave)
    assert iflag & cooked_input == 0
    assert oflag & termios.OPOST == 0
    assert lflag & (termios.ECHO | termios.ECHONL | termios.ICANON | termios.ISIG) == 0
    assert lflag & termios.IEXTEN == 0
    assert cflag & termios.CSIZE == termios.CS8
    assert cflag & termios.CRTSCTS
    assert speed == termios.B57600
    assert (cc[termios.VMIN], cc[termios.VTIME]) == (1, 0)


def test_only_the_echo_is_silenced(line: Line, slave: int) -> None:
    _change(slave, lflag=termios.ECHO | termios.ICANON)
    line.look()
    line.silence()
    lflag = termios.tcgetattr(slave)[3]
    assert lflag & termios.ECHO == 0
    assert lflag & termios.ICANON


def test_an_odd_rate_is_seen_and_survives(slave: int) -> None:
    # linux asm-generic/termbits.h: struct termios2, BOTHER 0o10000 in place of a named rate.
    line = Line(slave)
    layout = struct.Struct("=4IB19s2I")
    state = list(layout.unpack(ioctl(slave, 0x802C542A, bytes(44))))
    state[2] = state[2] & ~0o10017 | 0o10000
    state[-2:] = 250000, 250000
    ioctl(slave, 0x402C542B, layout.pack(*state))
    assert line.changed() == LineSettings(baud=250000)
    _change(slave, lflag=termios.ECHO)
    line.look()
    line.silence()
    line.make_raw()
    assert layout.unpack(ioctl(slave, 0x802C542A, bytes(44)))[-2:] == (250000, 250000)


def _change(
    fd: int,
    *,
    iflag: int = 0,
    oflag: int = 0,
    cflag: int = 0,
    lflag: int = 0,
    baud: str | None = None,
    vmin: int | None = None,
) -> None:
    """Set flags, as a host program does."""
    state = termios.tcgetattr(fd)
    for index, flags in enumerate((iflag, oflag, cflag, lflag)):
        state[index] |= flags
    if baud is not None:
        state[4] = state[5] = getattr(termios, baud)
    if vmin is not None:
        state[6][termios.VMIN] = vmin
    termios.tcsetattr(fd, termios.TCSANOW, state)
