"""Where a platform can be reached: its engines on listeners, opened when first asked for."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from emulator.addresses import spelt
from emulator.cloud.bootstrap import BootstrapServer
from emulator.cloud.events import Event
from emulator.cloud.faults import Faults
from emulator.cloud.listening import Engine, Listening
from emulator.cloud.manners import Handout, Manner
from emulator.cloud.server import Server
from emulator.cloud.switches import Switches
from lwm2m_core.endpoint import Rng
from transport.link import Address, ListenerOpener, Tap


@dataclass(frozen=True, slots=True)
class Place:
    """Where a site listens, and through what. Port 0 is a free one; `tap` sees every datagram."""

    host: str
    server_port: int
    bootstrap_port: int
    listen: ListenerOpener
    tap: Tap | None


class Site:
    """The LwM2M server of a platform, and its bootstrap server if it has one. Events go to `tell`.

    Addresses are None before `open`, that of a bootstrap server also where there is none.
    """

    def __init__(
        self,
        manner: Manner,
        place: Place,
        switches: Switches,
        rngs: tuple[Rng, Rng],
        tell: Callable[[Event], None],
    ) -> None:
        """The second of `rngs` is for faults, so that they change nothing else."""
        rng = rngs[0]
        self.server = Server(manner, rng, switches)
        self._faults = Faults(switches, rngs[1])
        self.server_address: Address | None = None
        self.bootstrap_address: Address | None = None
        self._place, self._tell = place, tell
        self._bootstrap: BootstrapServer | None = None
        if manner.bootstrap is not None:
            self._bootstrap = BootstrapServer(
                manner.bootstrap,
                manner.transmission,
                rng,
                self._handout_for,
                self.server.admission,
            )
        self._handout = Handout() if manner.bootstrap is None else manner.bootstrap.handout
        self.switches = switches
        self._opening = asyncio.Lock()
        self._listening: list[Listening] = []

    async def open(self) -> None:
        """OSError if a port is taken. May be repeated."""
        async with self._opening:
            if self.server_address is None:
                self.server_address = await self._listen(self.server, self._place.server_port)
            if self._bootstrap is not None and self.bootstrap_address is None:
                port = self._place.bootstrap_port
                self.bootstrap_address = await self._listen(self._bootstrap, port)

    def close(self) -> None:
        for listening in self._listening:
            listening.close()

    def settle(self) -> None:
        """Do what the engines say after they were asked for something."""
        for listening in self._listening:
            listening.settle()

    @property
    def switches(self) -> Switches:
        return self._faults.switches

    @switches.setter
    def switches(self, switches: Switches) -> None:
        self._faults.switches = self.server.switches = switches
        if self._bootstrap is not None:
            self._bootstrap.refuse = switches.refuse_bootstrap

    async def _listen(self, engine: Engine, port: int) -> Address:
        listening = Listening(engine, self._faults, self._tell)
        self._listening.append(listening)
        local = self._place.host, port
        return await listening.open(self._place.listen, local, self._place.tap)

    def _handout_for(self, endpoint: str) -> Handout:
        """The manner's, with the address of the server beside if it has none of its own."""
        if self._handout.uri or self.server_address is None:
            return self._handout
        return replace(self._handout, uri=f"coap://{spelt(self.server_address)}")
