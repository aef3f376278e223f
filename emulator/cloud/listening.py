"""An engine behind a listener: datagrams and the loop's clock go in, and what it says is done."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Final, Protocol

from emulator.cloud.events import Event
from emulator.cloud.faults import Faults
from emulator.cloud.peers import PLAIN, Peer, Send
from emulator.cloud.picks import Way
from transport.link import Address, Listener, ListenerOpener, Tap

LATE_LIMIT: Final = 1024
"""Datagrams of one listener that are delayed at a time; a further one is lost."""


class Engine(Protocol):
    """What `Server` and `BootstrapServer` have in common."""

    def datagram_received(self, data: bytes, peer: Peer, now: float) -> None: ...

    def handle_timeout(self, now: float) -> None: ...

    def deadline(self) -> float | None: ...

    def outputs(self) -> list[Send | Event]: ...


class Listening:
    """One engine with its listeners and one timer. Events go to `tell`; `faults` may lose, delay
    and repeat datagrams on their way."""

    def __init__(self, engine: Engine, faults: Faults, tell: Callable[[Event], None]) -> None:
        self._engine = engine
        self._faults = faults
        self._tell = tell
        self._late: set[asyncio.TimerHandle] = set()
        self._loop = asyncio.get_running_loop()
        self._listeners: dict[int, Listener] = {}
        self._timer: asyncio.TimerHandle | None = None

    async def open(
        self, listen: ListenerOpener, local: Address, tap: Tap | None, number: int = PLAIN
    ) -> Address:
        """Listen at `local` too; the address is returned. OSError if it is taken. `number` is what
        peers have as their `listener`."""
        received = partial(self._received, number)
        self._listeners[number] = listener = await listen(local, received, tap=tap)
        return listener.address

    def close(self) -> None:
        for timer in (self._timer, *self._late):
            if timer is not None:
                timer.cancel()
        for listener in self._listeners.values():
            listener.close()

    def settle(self) -> None:
        """Do what the engine says, in order, and set the timer to its deadline."""
        for output in self._engine.outputs():
            if not isinstance(output, Send):
                self._tell(output)
            else:
                self._carry("down", partial(self._send, output))
        self._schedule(self._engine.deadline())

    def _carry(self, way: Way, arrive: Callable[[], None]) -> None:
        """Let a datagram arrive as often and as late as the faults have it."""
        for delay in self._faults.fate(way):
            if not delay:
                arrive()
            elif len(self._late) < LATE_LIMIT:
                self._arrive_later(delay, arrive)

    def _arrive_later(self, delay: float, arrive: Callable[[], None]) -> None:
        def due() -> None:
            self._late.discard(timer)
            arrive()

        timer = self._loop.call_later(delay, due)
        self._late.add(timer)

    def _send(self, output: Send) -> None:
        peer = output.peer
        if peer.listener in self._listeners:
            self._listeners[peer.listener].send(output.data, (peer.host, peer.port))

    def _schedule(self, deadline: float | None) -> None:
        if self._timer is not None:
            if self._timer.when() == deadline:
                return
            self._timer.cancel()
        self._timer = None if deadline is None else self._loop.call_at(deadline, self._due)

    def _received(self, number: int, data: bytes, source: Address) -> None:
        self._carry("up", partial(self._take, data, Peer(*source, number)))

    def _take(self, data: bytes, peer: Peer) -> None:
        self._engine.datagram_received(data, peer, self._loop.time())
        self.settle()

    def _due(self) -> None:
        self._timer = None
        self._engine.handle_timeout(self._loop.time())
        self.settle()
