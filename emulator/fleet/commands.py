"""The commands of one host, one after another, each with its final result."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from emulator.fleet.errors import Refused

Write = Callable[[bytes], None]


@dataclass(slots=True, eq=False)
class Asked:
    """A command. `answer` gets the lines before OK, or Refused; `ended` hears the final result as
    soon as it comes, also when nobody waits for the answer any more."""

    line: str
    answer: "asyncio.Future[tuple[str, ...]] | None" = None
    ended: Callable[[str], None] | None = None


class Commands:
    """`write` hands bytes to the module, OSError if it does not take them; `begins` is told of each
    command as it is written."""

    def __init__(self, write: Write, begins: Callable[[str], None]) -> None:
        self._write, self._begins = write, begins
        self._waiting: deque[Asked] = deque()
        self._running: Asked | None = None
        self._info: list[str] = []
        self._idle = asyncio.Event()
        self._idle.set()

    def ask(self, asked: Asked) -> None:
        """Write it when those before it have their results."""
        self._waiting.append(asked)
        self._idle.clear()
        self._next()

    def take(self, line: str) -> bool:
        """Whether a line belongs to the answer of the command that runs."""
        if self._running is None or not _belongs(line, self._running.line):
            return False
        self._info.append(line)
        return True

    def final(self, result: str) -> None:
        """The final result of the command that runs; one that nobody waits for is dropped."""
        running, self._running = self._running, None
        if running is None:
            return
        if running.ended is not None:
            running.ended(result)
        if running.answer is not None and not running.answer.done():
            if result == "OK":
                running.answer.set_result(tuple(self._info))
            else:
                running.answer.set_exception(Refused(running.line, result))
        self._next()

    def give_up(self, asked: Asked) -> None:
        """No longer wait for its final result, should it still come."""
        asked.ended = None
        if self._running is asked:
            self._running = None
        elif asked in self._waiting:
            self._waiting.remove(asked)
        self._next()

    async def quiet(self) -> None:
        """Until no command is under way."""
        await self._idle.wait()

    def _next(self) -> None:
        if self._running is not None:
            return
        if not self._waiting:
            self._idle.set()
            return
        self._running, self._info = self._waiting.popleft(), []
        self._begins(self._running.line)
        self._write(self._running.line.encode() + b"\r")


def _belongs(line: str, command: str) -> bool:
    """Whether a line before the final result is part of the answer: it has the command's name, or
    none at all, as the texts of ATI."""
    name = command[2:].partition("=")[0].rstrip("?").upper()
    return not line.startswith(("+", "*", "REBOOT")) or line.partition(":")[0].upper() == name
