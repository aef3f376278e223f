"""The terminal settings of a device: read, made raw again, kept from echoing.

Linux tells them with TCGETS2, which knows odd baud rates (250000). Elsewhere the portable call is
used; there, a rate without a name of its own is shown as the number that the system has for it.
"""

import fcntl
import struct
import sys
import termios
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from pty_bridge.port import LineSettings

# asm-generic/ioctls.h; the architectures that differ (mips, powerpc, sparc, alpha) answer with an
# error and get the portable way.
TCGETS2 = 0x802C542A
TCSETS2 = 0x402C542B
_TERMIOS2 = struct.Struct("=4IB19s2I")  # struct termios2, 44 bytes
_TERMIOS2_SPACE = bytes(_TERMIOS2.size)
STATES = 64  # of terminals that are one object for all that are in them

# cfmakeraw(3), plus IXOFF: a device nobody has open must not remember the last client's wishes.
_COOKED_INPUT = (
    termios.IGNBRK
    | termios.BRKINT
    | termios.PARMRK
    | termios.ISTRIP
    | termios.INLCR
    | termios.IGNCR
    | termios.ICRNL
    | termios.IXON
    | termios.IXOFF
)
_ECHOES = termios.ECHO | termios.ECHONL
_COOKED_LOCAL = _ECHOES | termios.ICANON | termios.ISIG | termios.IEXTEN
_NOT_EIGHT_BITS = termios.CSIZE | termios.PARENB

_BAUD_OF_NAME = {
    value: int(name[1:])
    for name, value in vars(termios).items()
    if name[0] == "B" and name[1:].isdigit()
}


class Termios(NamedTuple):
    """One state of a terminal; speeds as the system gives them, `named` if they are constants."""

    iflag: int
    oflag: int
    cflag: int
    lflag: int
    line: int
    cc: tuple[int | bytes, ...]
    ispeed: int
    ospeed: int
    named: bool

    def settings(self) -> LineSettings:
        settings = LineSettings(
            baud=_BAUD_OF_NAME.get(self.ospeed, self.ospeed) if self.named else self.ospeed,
            rtscts=bool(self.cflag & termios.CRTSCTS),
            xonxoff=bool(self.iflag & termios.IXON),
            cooked=bool(self.lflag & termios.ICANON),
            echo=bool(self.lflag & _ECHOES),
        )
        return _shared(settings)

    def raw(self) -> "Termios":
        """Bytes pass untouched; rates and CRTSCTS stay as they were."""
        cc = list(self.cc)
        cc[termios.VMIN], cc[termios.VTIME] = 1, 0
        return self._replace(
            iflag=self.iflag & ~_COOKED_INPUT,
            oflag=self.oflag & ~termios.OPOST,
            cflag=self.cflag & ~_NOT_EIGHT_BITS | termios.CS8,
            lflag=self.lflag & ~_COOKED_LOCAL,
            cc=tuple(cc),
        )


@lru_cache(STATES)
def _shared(settings: LineSettings) -> LineSettings:
    return settings


def fetch_termios2(fd: int) -> bytes:
    """OSError where the system has no TCGETS2."""
    return fcntl.ioctl(fd, TCGETS2, _TERMIOS2_SPACE)


@lru_cache(STATES)
def parse_termios2(data: bytes) -> tuple[bytes, Termios]:
    """With the bytes, which are one object for all lines that have them."""
    iflag, oflag, cflag, lflag, line, cc, ispeed, ospeed = _TERMIOS2.unpack(data)
    return data, Termios(iflag, oflag, cflag, lflag, line, tuple(cc), ispeed, ospeed, named=False)


def set_termios2(fd: int, state: Termios) -> None:
    *flags, line, cc, ispeed, ospeed, _ = state
    data = _TERMIOS2.pack(*flags, line, bytes(map(int, cc)), ispeed, ospeed)
    fcntl.ioctl(fd, TCSETS2, data)


def parse_portable(data: list[Any]) -> tuple[list[Any], Termios]:
    iflag, oflag, cflag, lflag, ispeed, ospeed, cc = data
    return data, Termios(iflag, oflag, cflag, lflag, 0, tuple(cc), ispeed, ospeed, named=True)


def set_portable(fd: int, state: Termios) -> None:
    attributes: list[int | list[bytes | int]] = [*state[:4], state.ispeed, state.ospeed]
    attributes.append(list(state.cc))
    termios.tcsetattr(fd, termios.TCSANOW, attributes)


class Line:
    """The settings of the device behind `fd`, as they were when they were looked at last."""

    __slots__ = ("_fd", "_fetch", "_parse", "_set", "_data", "_told_of", "_told", "_state")

    def __init__(self, fd: int, *, portable: bool = sys.platform != "linux") -> None:
        self._fd = fd
        self._fetch: Callable[[int], Any] = fetch_termios2
        self._parse: Callable[[Any], tuple[Any, Termios]] = parse_termios2
        self._set = set_termios2
        if portable or not _has_termios2(fd):
            self._fetch, self._parse, self._set = termios.tcgetattr, parse_portable, set_portable
        self._data: Any = None
        self.look()
        self.make_raw()
        self._told_of, self._told = self._data, self._state.settings()

    def look(self) -> None:
        """Look again. `_data` stays the same object as long as it says the same."""
        data = self._fetch(self._fd)
        if data != self._data:
            self._data, self._state = self._parse(data)

    def changed(self) -> LineSettings | None:
        """Look again; the settings if they are others than those told last."""
        self.look()
        if self._data is self._told_of:
            return None
        self._told_of = self._data
        before, self._told = self._told, self._state.settings()
        return self._told if self._told != before else None

    def make_raw(self) -> None:
        self.look()
        self._change(self._state.raw())

    def silence(self) -> None:
        """Take the echo off if it was on: it would hand us our own output as input."""
        if self._state.lflag & _ECHOES:
            self._change(self._state._replace(lflag=self._state.lflag & ~_ECHOES))

    def _change(self, state: Termios) -> None:
        if state != self._state:
            self._set(self._fd, state)
            self.look()


def _has_termios2(fd: int) -> bool:
    try:
        fetch_termios2(fd)
    except OSError:
        return False
    return True
