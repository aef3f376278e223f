"""An engine behind a listener: datagrams and the loop's clock go in, and what it says is done."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from emulator.cloud.events import Event
from emulator.cloud.peers import Peer, Send
from transport.link import Address, Listener, ListenerOpener, Tap


class Engine(Protocol):
    """What `Server` and `BootstrapServer` have in common."""

    def datagram_received(self, data: bytes, peer: Peer, now: float) -> None: ...

    def handle_timeout(self, now: float) -> None: ...

    def deadline(self) -> float | None: ...

    def outputs(self) -> list[Send | Event]: ...


class Listening:
    """One engine with one listener and one timer. Events go to `tell`."""

    def __init__(self, engine: Engine, tell: Callable[[Event], None]) -> None:
        self._engine = engine
        self._tell = tell
        self._loop = asyncio.get_running_loop()
        self._listener: Listener | None = None
        self._timer: asyncio.TimerHandle | None = None

    async def open(self, listen: ListenerOpener, local: Address, tap: Tap | None) -> Address:
        """Listen at `local`; the address is returned. OSError if it is taken."""
        self._listener = await listen(local, self._received, tap=tap)
        return self._listener.address

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._listener is not None:
            self._listener.close()

    def settle(self) -> None:
        """Do what the engine says, in order, and set the timer to its deadline."""
        for output in self._engine.outputs():
            if not isinstance(output, Send):
                self._tell(output)
            elif self._listener is not None:
                self._listener.send(output.data, (output.peer.host, output.peer.port))
        self._schedule(self._engine.deadline())

    def _schedule(self, deadline: float | None) -> None:
        if self._timer is not None:
            if self._timer.when() == deadline:
                return
            self._timer.cancel()
        self._timer = None if deadline is None else self._loop.call_at(deadline, self._due)

    def _received(self, data: bytes, source: Address) -> None:
        self._engine.datagram_received(data, Peer(*source), self._loop.time())
        self.settle()

    def _due(self) -> None:
        self._timer = None
        self._engine.handle_timeout(self._loop.time())
        self.settle()
