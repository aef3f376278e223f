"""When bytes pass a line, and in which pieces. No clock and no timers: `now` comes in.

A byte takes ten bits (8N1). Without a rate bytes take no time, and pieces are GAP_S apart, so that
a host that reads at once sees each.
"""

from collections.abc import Callable
from dataclasses import dataclass

from pty_bridge.port import PortError

BITS = 10
TICK_S = 0.001  # what a paced line carries meanwhile is written at once: timers are no finer
GAP_S = 0.002  # chosen: twice what timers can tell apart
QUIET_S = 0.05  # chosen: a burst has ended; drivers that frame by silence wait 100 ms (HF 28)
RANDOM_SIZES = (1, 16)  # bytes of a piece (chosen)
LEAST_BAUD, MOST_BAUD = 50, 4_000_000  # what a serial port of a PC knows

Sizes = Callable[[], int]
"""The size of the next piece."""


@dataclass(frozen=True, slots=True)
class Chunks:
    """How output is cut: pieces of `size` bytes, of sizes drawn with `seed`, or whole bursts."""

    size: int | None = None
    seed: int | None = None

    @property
    def whole(self) -> bool:
        return self.size is None and self.seed is None


@dataclass(frozen=True, slots=True)
class Flow:
    """How a line behaves. `baud`: None for no pace, 0 for that of the line."""

    baud: int | None = None
    chunks: Chunks | None = None

    @property
    def is_plain(self) -> bool:
        return self.baud is None and self.chunks is None


def parse_pace(text: str) -> int:
    """`line` or a rate; PortError if it is neither."""
    if text == "line":
        return 0
    if text.isascii() and text.isdigit() and is_rate(int(text)):
        return int(text)
    raise PortError(
        f"'{text}' is no rate", f"write a number from {LEAST_BAUD} to {MOST_BAUD}, or nothing"
    )


def parse_chunks(text: str) -> Chunks:
    """`byte`, `fixed:N`, `random:SEED` or `coalesce`; PortError if it is none."""
    kind, _, number = text.partition(":")
    known = number.isascii() and number.isdigit()
    match kind:
        case "byte" if not number:
            return Chunks(size=1)
        case "coalesce" if not number:
            return Chunks()
        case "fixed" if known and int(number) > 0:
            return Chunks(size=int(number))
        case "random" if known:
            return Chunks(seed=int(number))
    raise PortError(
        f"'{text}' names no way to cut output",
        "write 'byte', 'fixed:N', 'random:SEED' or 'coalesce'",
    )


def is_rate(baud: int) -> bool:
    """Whether a serial port can have it; 0 (hang up) is none."""
    return LEAST_BAUD <= baud <= MOST_BAUD


class Stream:
    """The bytes of one direction that are under way. `baud` may change meanwhile; 0: no pace.

    `sizes` None: as the rate has it. `whole`: pieces end where nothing comes for QUIET_S.
    """

    def __init__(self, *, sizes: Sizes | None = None, whole: bool = False) -> None:
        self.baud = 0
        self._sizes, self._whole = sizes, whole
        self._size = sizes() if sizes is not None else 0
        self._waiting = bytearray()
        self._start = self._last = 0.0  # when the next byte sets out; when the last one came

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, data: bytes, now: float) -> None:
        """More bytes set out, behind those that are under way."""
        if not self._waiting:
            self._start = max(self._start, now)
        self._waiting += data
        self._last = now

    def deadline(self) -> float | None:
        """When the next piece has arrived; None if nothing is under way."""
        if not self._waiting:
            return None
        due = self._start
        if self.baud:
            due += self._next_size() * BITS / self.baud
        return max(due, self._last + QUIET_S) if self._whole else due

    def take(self, now: float) -> bytes:
        """The piece that has arrived by now; empty if none has. Others may be due as well."""
        due = self.deadline()
        if due is None or due > now:
            return b""
        size = self._next_size()
        piece = bytes(self._waiting[:size])
        del self._waiting[:size]
        if self._sizes is not None:
            self._size = self._sizes()
        self._start = due if self.baud else now + GAP_S
        return piece

    def clear(self) -> int:
        """Forget what is under way; how many bytes that is."""
        dropped = len(self._waiting)
        self._waiting.clear()
        return dropped

    def _next_size(self) -> int:
        waiting = len(self._waiting)
        if self._whole:
            return waiting
        if self._sizes is not None:
            return min(waiting, self._size)
        return min(waiting, max(1, int(self.baud * TICK_S / BITS))) if self.baud else waiting
