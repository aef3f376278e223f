"""A program on an MCU as a table of steps, and the engine that takes them (HF 4).

It reads as such programs read: what came after a command is searched for a text, judged at a
position, counted in lines or taken apart by a scanf format. What is not read in time, or is not
what the program insists on, makes it give up.
"""

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

Want = Callable[["Host", float], Awaitable[None]]
"""Reads until it has what it wants, at the latest until that time; else raises Missed."""

Framing = Callable[[bytes], list[bytes]]
"""A command as the pieces that are written one after the other."""


class Wire(Protocol):
    """The serial line of the host, and its clock, in seconds."""

    def write(self, data: bytes) -> None: ...

    async def read(self, seconds: float) -> bytes:
        """What comes next; nothing if nothing comes in so long."""

    def now(self) -> float: ...


class Surroundings(Protocol):
    """What happens around a host."""

    def reset(self) -> None:
        """The reset pin of the module."""

    def ask(self, datagram: bytes) -> None:
        """The platform asks the module something."""


class Missed(Exception):
    """What was wanted did not come; the text says what came instead."""


class GaveUp(Exception):
    """The program goes no further: at which step, and why."""

    def __init__(self, step: str, why: str) -> None:
        super().__init__(f"{step}: {why}")
        self.step, self.why = step, why


class Step(Protocol):
    async def take(self, host: "Host") -> None: ...


class Host:
    """`sent` are its commands. `kept`: what it remembers of what it read, by name.

    `hurry`: how much of a pause it really makes, for where time is real.
    """

    def __init__(
        self, wire: Wire, around: Surroundings, framing: Framing, hurry: float = 1.0
    ) -> None:
        self.hurry = hurry
        self.around = around
        self.framing = framing
        self.sent: list[str] = []
        self.kept: dict[str, int | str] = {}
        self.received = b""  # since its last command
        self.pending: deque[bytes] = deque()  # unsolicited lines that wait for their turn
        self._wire = wire

    async def run(self, steps: tuple[Step, ...]) -> None:
        for step in steps:
            await step.take(self)

    def now(self) -> float:
        return self._wire.now()

    def say(self, command: str, framing: Framing | None = None, keep: bool = False) -> None:
        """What has come so far is forgotten, unless it is kept."""
        self.sent.append(command)
        self.received = self.received if keep else b""
        for piece in (framing or self.framing)(command.encode()):
            self._wire.write(piece)

    async def pause(self, seconds: float) -> None:
        """Go on only then; what comes meanwhile is kept."""
        until = self.now() + seconds * self.hurry
        while await self.more(until):
            pass

    async def more(self, until: float) -> bool:
        """Read something; False if nothing came by then."""
        if (left := until - self.now()) <= 0:
            return False
        data = await self._wire.read(left)
        self.received += data
        return bool(data)

    async def frame(self, until: float, silence: float) -> bytes:
        """All up to where nothing came for so long."""
        if self.received or await self.more(until):
            while await self.more(self.now() + silence):
                pass
        return self.received

    def lines(self) -> list[bytes]:
        """Those that have come whole, without the empty ones."""
        return [line for line in self.received.split(b"\r\n")[:-1] if line]

    def set_aside(self) -> None:
        """What came besides an answer waits for its turn."""
        self.pending.extend(line for line in self.lines() if line != b"OK")
        self.received = self.received.rpartition(b"\r\n")[2]


# What a program does


async def nothing(host: Host, until: float) -> None:
    """Whatever comes will do, and so will nothing."""


@dataclass(frozen=True)
class Say:
    """A command, in which `{name}` is what was kept, or nothing to say but something to read.

    `pause`: seconds before each attempt. `otherwise`: what it does before it gives up.
    """

    command: str
    want: Want = nothing
    within: float = 5.0
    attempts: int = 1
    pause: float = 0.0
    otherwise: tuple[Step, ...] = ()
    framing: Framing | None = None
    name: str = ""

    async def take(self, host: Host) -> None:
        why = ""
        for _ in range(self.attempts):
            try:
                return await self._attempt(host)
            except Missed as missed:
                why = str(missed)
        await host.run(self.otherwise)
        raise GaveUp(self.name or self.command, why)

    async def _attempt(self, host: Host) -> None:
        await host.pause(self.pause)
        if self.command:
            host.say(self.command.format_map(host.kept), self.framing)
        await self.want(host, host.now() + self.within)


@dataclass(frozen=True)
class Reset:
    """The reset pin of the module."""

    async def take(self, host: Host) -> None:
        host.received = b""
        host.around.reset()


@dataclass(frozen=True)
class Asked:
    """The platform asks something."""

    datagram: bytes

    async def take(self, host: Host) -> None:
        host.around.ask(self.datagram)


@dataclass(frozen=True)
class Reaction:
    """To a line that begins so: take it apart, answer it, and be in another state."""

    prefix: bytes
    take_apart: Callable[[bytes], dict[str, str]]
    answer: str
    state: str = ""


@dataclass(frozen=True)
class Serve:
    """Answer lines, each when the one before has its answer, until nothing comes for `calm`
    seconds; `state` is the one to be in by then."""

    reactions: tuple[Reaction, ...]
    answered: Want
    within: float = 5.0
    calm: float = 1.0
    state: str = ""

    async def take(self, host: Host) -> None:
        state = ""
        while (line := await self._next(host)) is not None:
            for reaction in self.reactions:
                if line.startswith(reaction.prefix):
                    await self._react(host, reaction, line)
                    state = reaction.state
        if self.state != state:
            raise GaveUp(f"until {self.state}", f"nothing more came, and it is {state or 'idle'}")

    async def _next(self, host: Host) -> bytes | None:
        host.set_aside()
        while not host.pending:
            if not await host.more(host.now() + self.calm * host.hurry):
                return None
            host.set_aside()
        return host.pending.popleft()

    async def _react(self, host: Host, reaction: Reaction, line: bytes) -> None:
        command = reaction.answer.format_map(reaction.take_apart(line))
        host.say(command, keep=True)  # the start of a further line
        try:
            await self.answered(host, host.now() + self.within)
        except Missed as missed:
            raise GaveUp(command, str(missed)) from None
