"""What the rest of the program knows of the serial side: a port that a host program opens.

Receivers are called from the event loop, never from inside `write` or `close`, and never after
`close`. `opened` comes before the first byte of that client.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

BACKLOG_LIMIT = 65536
"""Bytes of output that wait for a slow reader; a write that does not fit is dropped as a whole."""

PortTap = Callable[[Literal["in", "out"], bytes], None]
"""Sees the bytes that came `in` from the host and those that were accepted on their way `out`."""


class PortError(Exception):
    """A port cannot be opened. `cause` says why, `mend` what to do about it."""

    def __init__(self, cause: str, mend: str) -> None:
        super().__init__(f"{cause}; {mend}")
        self.cause = cause
        self.mend = mend


@dataclass(frozen=True, slots=True)
class LineSettings:
    """How the host has set up its end. Parity and character size do not exist on a pty.

    `cooked`: the host's driver gathers lines. `echo`: it would send our own output back to us.
    `dtr`, `rts`: levels of these lines, None where nobody can tell.
    """

    baud: int = 115200
    rtscts: bool = False
    xonxoff: bool = False
    cooked: bool = False
    echo: bool = False
    dtr: bool | None = None
    rts: bool | None = None


@dataclass(frozen=True, slots=True)
class ModuleSide:
    """What the module does at its end. `cts`: it takes input; `dsr`: it is switched on (RS-232).

    `baud`: its rate by AT+IPR; 0: whatever the host has.
    """

    cts: bool = True
    dsr: bool = True
    baud: int = 0


@dataclass(slots=True)
class Dropped:
    """Bytes of output that no host will ever see.

    `absent`: nobody had the device open, or left while it waited for the system to take it.
    `full`: beyond `BACKLOG_LIMIT`.
    """

    absent: int = 0
    full: int = 0


class PortReceiver(Protocol):
    """Who hears of a port.

    `opened` when the first client opens the device, `closed` when the last one has left,
    `line_settings` once for every change, before the bytes that followed it.
    """

    def data_received(self, data: bytes) -> None: ...

    def opened(self) -> None: ...

    def closed(self) -> None: ...

    def line_settings(self, settings: LineSettings) -> None: ...


class Port(Protocol):
    """The module's end of a serial line. `name`: the device path, or a label if it has none."""

    @property
    def name(self) -> str: ...

    @property
    def dropped(self) -> Dropped: ...

    def write(self, data: bytes) -> None:
        """Output to whoever has the device open; dropped and counted if nobody has."""

    def pause(self) -> None:
        """Read no further: the host's system fills up, and makes the host wait. May be repeated."""

    def resume(self) -> None:
        """Read again. May be repeated."""

    def show(self, side: ModuleSide) -> None:
        """Let the host see this, as far as such an end can show it."""

    def close(self) -> None:
        """The device goes away. May be repeated."""
