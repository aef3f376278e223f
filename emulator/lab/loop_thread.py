"""An event loop in a thread of its own, and how other threads have something done in it."""

import asyncio
import concurrent.futures
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from emulator.conditions import ConditionError
from emulator.faults.errors import FaultError
from emulator.lab.errors import LabError, NotInTime
from emulator.quirks import QuirkError
from emulator.virtual_time import VirtualLoop
from lwm2m_core.errors import EngineError

CLOSING_LIMIT = 10.0
"""Real seconds that the loop may take to end."""

_Result = TypeVar("_Result")
_Found = TypeVar("_Found")


class LoopThread:
    """Runs from the start. `scale`: how many times as fast as the real clock the loop's is.

    All methods may be called from any thread but the loop's own, by several at once. ValueError
    for a scale that is no positive number.
    """

    def __init__(self, *, scale: float = 1.0, name: str = "mipl lab") -> None:
        self.loop = VirtualLoop(scale=scale)
        self._bell = Bell()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    @property
    def scale(self) -> float:
        """How many times as fast as the real clock the loop's is, when it is not held."""
        return self.loop.scale or 1.0

    @property
    def is_alive(self) -> bool:
        """Whether the loop has not been ended."""
        return self._thread.is_alive()

    def ring(self) -> None:
        """Something has happened: what is waited for may be there. In the loop's thread only."""
        self._bell.ring()

    def call(self, function: Callable[..., _Result], *args: Any) -> _Result:
        """Call a function in the loop's thread, and wait for what it returns or raises."""
        __tracebackhide__ = True

        async def called() -> _Result:
            return function(*args)

        return self.run(called())

    def look(self, function: Callable[[], _Result]) -> _Result:
        """As `call`, for what only looks: it may be done when the loop has ended, too."""
        return self.call(function) if self.is_alive else function()

    def run(
        self, coroutine: Coroutine[Any, Any, _Result], *, seconds: float | None = None
    ) -> _Result:
        """Run it in the loop and wait for its end. NotInTime after so many real seconds; then, and
        when whoever waits is interrupted, it is cancelled."""
        __tracebackhide__ = True
        if threading.current_thread() is self._thread or not self._thread.is_alive():
            coroutine.close()
            where = "in its own thread" if self._thread.is_alive() else "when it has ended"
            raise LabError(f"the lab's loop cannot be waited for {where}")
        future = asyncio.run_coroutine_threadsafe(coroutine, self.loop)
        try:
            return future.result(seconds)
        except concurrent.futures.TimeoutError:
            if future.done() and not future.cancelled():
                raise  # it is the coroutine's own
            raise NotInTime(f"not within {seconds:g} s") from None
        except (LabError, QuirkError, ConditionError, FaultError, EngineError) as error:
            raise error.with_traceback(None) from None  # where in the loop tells nobody anything
        finally:
            future.cancel()

    def wait(self, found: Callable[[], _Found | None], seconds: float) -> _Found | None:
        """What `found` returns once it is something, or None after so many real seconds.

        It is called in the loop's thread, at once and after each `ring`, and may raise."""
        __tracebackhide__ = True
        try:
            return self.run(self._bell.until(found), seconds=seconds)
        except NotInTime:
            return self.call(found)  # one who rings late is heard all the same

    def close(self) -> None:
        """End the loop; its tasks are cancelled. May be repeated. LabError if it does not end."""
        if self._thread.is_alive():
            self.loop.call_soon_threadsafe(self.loop.stop)
            self._thread.join(CLOSING_LIMIT)
            if self._thread.is_alive():
                raise LabError(f"the lab's loop has not ended within {CLOSING_LIMIT:g} s")

    def _work(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self.loop) as runner:
            runner.get_loop().run_forever()


class Bell:
    """Wakes all who wait, each time it is rung. Belongs to one loop."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def ring(self) -> None:
        for future in self._waiting:
            if not future.done():
                future.set_result(None)

    async def until(self, found: Callable[[], _Found | None]) -> _Found:
        """What `found` returns once it is something; it is asked at once and after each ring."""
        while (result := found()) is None:
            future = asyncio.get_running_loop().create_future()
            self._waiting.add(future)
            try:
                await future
            finally:
                self._waiting.discard(future)
        return result
