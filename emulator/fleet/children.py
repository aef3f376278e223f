"""The processes of a fleet, as who started them sees them."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import resource_tracker
from multiprocessing.context import SpawnProcess
from typing import Final

from emulator.fleet.messages import Counted, Done, Failed, Message
from emulator.fleet.pipes import PipeEnd

START_PATIENCE: Final = 60.0
"""Seconds that a process may take to come up."""


ENDINGS: Final = (signal.SIGINT, signal.SIGTERM)
"""What a terminal, or `timeout`, sends to all processes at once: the parent ends the others in
order."""


@contextmanager
def endings_held_back() -> Iterator[None]:
    """A process that is started meanwhile gets none of ENDINGS until it says `leave_endings`; the
    parent gets them a moment later."""
    resource_tracker.ensure_running()  # its start would let them through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDINGS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def leave_endings() -> None:
    """ENDINGS are for the parent, whose pipe tells when to end."""
    for number in ENDINGS:
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDINGS)


class StartFailed(Exception):
    """A process did not come up; the text says why."""


@dataclass(slots=True, eq=False)
class Child:
    """A process, and what it has said. `over`: that was all, or it has died; `buried`: which has
    been told. `worker`: its number from 0, if it has modems; `forced`:
    that it was killed from here."""

    name: str
    process: SpawnProcess
    pipe: PipeEnd | None = None
    said: list[Message] = field(default_factory=list)
    came: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    buried: bool = False
    worker: int | None = None
    forced: bool = False

    @property
    def has_died(self) -> bool:
        """Whether it is over without having said what it had to say."""
        return self.over.is_set() and not any(isinstance(m, Done | Counted) for m in self.said)

    @property
    def end(self) -> str:
        """How it ended, in words."""
        if self.forced:
            return "ended by force, for it did not end by itself"
        code = self.process.exitcode
        if code is None:
            return "its pipe is closed"
        return f"signal {-code}" if code < 0 else f"exit code {code}"

    def heard(self, message: Message) -> None:
        self.said.append(message)
        self.came.set()
        if isinstance(message, Done | Counted | Failed):
            self.over.set()

    def gone(self) -> None:
        self.came.set()
        self.over.set()

    def send(self, message: Message) -> None:
        if self.pipe is not None:
            self.pipe.send(message)

    async def first(self) -> Message:
        """What it says when it has come up. StartFailed."""
        try:
            async with asyncio.timeout(START_PATIENCE):
                await self.came.wait()
        except TimeoutError:
            raise StartFailed(f"{self.name} did not come up") from None
        if not self.said:
            self.process.join(1.0)
            raise StartFailed(f"{self.name} died before it came up ({self.end})")
        return self.said[0]

    def finish(self) -> None:
        """Gone, by force if it must be."""
        if self.pipe is not None:
            self.pipe.close()
        if self.process.pid is None:
            return
        self.process.join(1.0)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        self.process.close()
