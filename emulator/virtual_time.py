"""An event loop whose clock jumps, or runs faster than the wall clock; sockets stay real.

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:                    # jumps
    with asyncio.Runner(loop_factory=lambda: VirtualLoop(scale=10)) as runner:  # ten times as fast

Whatever takes its time from `loop.time()` follows: call_later, sleep, timeouts, and our engines.
C clocks do not (DTLS handshakes), nor do other processes: see `VirtualLoop.hold`.
"""

import asyncio
import math
import selectors
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any, TypeVar, TypeVarTuple

_Args = TypeVarTuple("_Args")
_Result = TypeVar("_Result")

LOOP_RESOLUTION = 1e-9  # asyncio runs a timer when it is due before time() plus about this


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop with a clock of its own that starts at 0.

    `scale` None: time stands still while anything can run, and jumps to the next timer when no
    descriptor is ready. `grace` real seconds are granted to descriptors before each jump, for far
    ends that are not synchronous. UDP over loopback is; a pty is not, so with a pty use `scale`,
    `hold` or an in-memory port.

    `scale` k > 0: the clock runs k times as fast as the real one; `rescale` changes k. `rescaled`
    are told of each new one.

    It is a subclass because asyncio has no other place for a clock. uvloop has none at all.
    """

    def __init__(self, *, scale: float | None = None, grace: float = 0.0) -> None:
        super().__init__(_WaitingSelector(selectors.DefaultSelector(), self._wait))
        if scale is not None and not is_scale(scale):
            self.close()  # a loop that is not closed complains when it is collected
            raise ValueError(f"a time scale of {scale} is not a positive number")
        self._rate = scale or 0.0
        self.rescaled: list[Callable[[float], None]] = []
        self._holds = 0
        self._virtual, self._real = 0.0, time.monotonic()
        self._grace = grace

    def time(self) -> float:
        rate = 1.0 if self._holds else self._rate
        if not rate:
            return self._virtual
        return self._virtual + rate * (time.monotonic() - self._real)

    @property
    def jumps(self) -> bool:
        """Whether time stands still while anything can run."""
        return not self._rate

    @property
    def scale(self) -> float | None:
        """How many times as fast as the real one the clock runs when it is not held; None where it
        jumps."""
        return self._rate or None

    def rescale(self, scale: float) -> None:
        """From now on this scale; the loop's thread only. RuntimeError where the clock jumps,
        ValueError for what is not a positive number."""
        if not self._rate:
            raise RuntimeError("a clock that jumps has no scale")
        if not is_scale(scale):
            raise ValueError(f"a time scale of {scale} is not a positive number")
        self._virtual, self._real = self.time(), time.monotonic()
        self._rate = scale
        for told in tuple(self.rescaled):
            told(scale)

    @property
    def held(self) -> bool:
        """Whether the clock runs with the real one at the moment."""
        return self._holds > 0

    def hold_enter(self) -> None:
        """From now on the clock runs at the speed of the real one. Counted; loop's thread only."""
        self._set_holds(self._holds + 1)

    def hold_leave(self) -> None:
        """Take back one `hold_enter`; RuntimeError if there is none to take back."""
        if not self._holds:
            raise RuntimeError("hold_leave without hold_enter")
        self._set_holds(self._holds - 1)

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Real time inside: a live client is attached, a C library's timers run."""
        self.hold_enter()
        try:
            yield
        finally:
            self.hold_leave()

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[*_Args], _Result], *args: *_Args
    ) -> asyncio.Future[_Result]:
        """Threads take real time, so the clock must not jump over them."""
        future = super().run_in_executor(executor, func, *args)
        self.hold_enter()
        future.add_done_callback(lambda _: self.hold_leave())
        return future

    async def shutdown_default_executor(self, *timeout: Any) -> None:
        """As asyncio's, whose timeout (from Python 3.12 on) is meant in real seconds."""
        with self.hold():
            await super().shutdown_default_executor(*timeout)

    def _set_holds(self, holds: int) -> None:
        self._virtual, self._real = self.time(), time.monotonic()
        self._holds = holds

    def _wait(self, select: Callable[[float | None], "_Ready"], timeout: float | None) -> "_Ready":
        rate = 1.0 if self._holds else self._rate
        if timeout is None or timeout <= 0:
            return select(timeout)
        if rate:
            return select(timeout / rate)
        ready = select(self._grace)
        if not ready:
            self._jump(self._virtual + timeout)
        return ready

    def _jump(self, when: float) -> None:
        # Beyond 194 days a float has no room for asyncio's resolution, and a timer that is due
        # exactly now would never run (lifetimes go up to 8.5 years, decision 22).
        if when + LOOP_RESOLUTION == when:
            when = math.nextafter(when, math.inf)
        self._virtual = when


def is_scale(value: float) -> bool:
    """Whether a clock can run at so many times its speed."""
    return value > 0 and math.isfinite(value)


def scale_of(loop: asyncio.AbstractEventLoop) -> float | None:
    """How fast time passes in it; None where it jumps."""
    return loop.scale if isinstance(loop, VirtualLoop) else 1.0


def is_timeless(loop: asyncio.AbstractEventLoop) -> bool:
    """Whether its clock jumps, and so has nothing to do with the time of day."""
    return isinstance(loop, VirtualLoop) and loop.jumps


_Ready = list[tuple[selectors.SelectorKey, int]]


class _WaitingSelector(selectors.BaseSelector):
    """A selector that leaves the waiting to somebody else."""

    def __init__(
        self,
        selector: selectors.BaseSelector,
        wait: Callable[[Callable[[float | None], _Ready], float | None], _Ready],
    ) -> None:
        self._selector, self._wait = selector, wait

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._selector.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._selector.unregister(fileobj)

    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._selector.modify(fileobj, events, data)

    def select(self, timeout: float | None = None) -> _Ready:
        return self._wait(self._selector.select, timeout)

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._selector.get_map()

    def close(self) -> None:
        self._selector.close()
