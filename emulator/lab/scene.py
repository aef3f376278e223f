"""What all parts of one lab share: its loop, its transcript, and one way to wait."""

from collections.abc import Callable
from typing import TypeVar

from emulator.lab.errors import NotInTime
from emulator.lab.loop_thread import LoopThread
from emulator.lab.transcript import Kind, Transcript

LIMIT = 10.0
"""Real seconds of a wait that does not say how long."""

_Found = TypeVar("_Found")


class Scene:
    """`limit`: real seconds that a wait may take; where the lab's clock is slower than the real
    one, so many seconds of the lab's. `watches` are called while somebody waits, in the loop's
    thread, and raise what makes all waiting vain."""

    def __init__(self, thread: LoopThread, limit: float = LIMIT) -> None:
        self.thread, self.limit = thread, limit
        self.transcript = Transcript()
        self.watches: list[Callable[[], None]] = []

    @property
    def now(self) -> float:
        """Seconds of the lab's clock, which starts at 0."""
        return self.thread.loop.time()

    def note(self, source: str, kind: Kind, said: str | bytes) -> None:
        """Something has happened; in the loop's thread only."""
        self.transcript.add(self.now, source, kind, said)
        self.thread.ring()

    def seconds(self, timeout: float | None) -> float:
        """How many real seconds a wait with this `timeout` may take."""
        return (self.limit if timeout is None else timeout) / min(1.0, self.thread.scale)

    def loop_seconds(self, timeout: float | None) -> float:
        """The same by the loop's clock."""
        return self.seconds(timeout) * self.thread.scale

    def wait(
        self,
        found: Callable[[], _Found | None],
        timeout: float | None,
        what: Callable[[], str],
    ) -> _Found:
        """What `found` returns once it is something; NotInTime, with `what` was waited for and the
        end of the transcript. What a watch raises comes only if there is nothing to be found."""
        __tracebackhide__ = True

        def looked() -> _Found | None:
            result = found()
            if result is None:
                for watch in self.watches:
                    watch()
            return result

        seconds = self.seconds(timeout)
        result = self.thread.wait(looked, seconds)
        if result is None:
            raise NotInTime(f"not within {seconds:g} s: {what()}{self.tail()}")
        return result

    def tail(self) -> str:
        """The end of the transcript, to be put under the text of an error."""
        return self.thread.look(self.transcript.tail)
