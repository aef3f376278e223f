"""Where a platform can be reached: its engines on listeners, opened when first asked for."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

from emulator.addresses import spelt
from emulator.cloud.admission import Declared
from emulator.cloud.bootstrap import BootstrapServer
from emulator.cloud.doors import Doors
from emulator.cloud.events import Event
from emulator.cloud.faults import Faults
from emulator.cloud.keys import Keys, Role
from emulator.cloud.listening import Engine, Listening
from emulator.cloud.manners import BootstrapManner, Handout, Manner
from emulator.cloud.peers import SECURE, Peer
from emulator.cloud.server import Server
from emulator.cloud.switches import Switches
from lwm2m_core.endpoint import Rng
from transport.dtls.listener import listen_dtls
from transport.dtls.session import BackEndError, DtlsSettings
from transport.link import Address, Listener, ListenerOpener, ListenerReceiver, Tap

log = logging.getLogger("mipl.cloud")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a site listens, and through what. Port 0 is a free one; `tap` sees every datagram, as
    it is inside of DTLS."""

    host: str
    server_port: int
    bootstrap_port: int
    secure_server_port: int
    secure_bootstrap_port: int
    listen: ListenerOpener
    dtls: DtlsSettings
    tap: Tap | None


class Site:
    """The LwM2M server of a platform, and its bootstrap server if it has one, each plain and over
    DTLS. Events go to `tell`. `doors` are empty before `open`."""

    def __init__(
        self,
        manner: Manner,
        place: Place,
        switches: Switches,
        streams: Callable[[str], Rng],
        tell: Callable[[Event], None],
        declare: Callable[[Declared], None],
    ) -> None:
        """`streams` tells where the choices of that name are drawn from. `declare` tells of a
        device that has a new key."""
        self.server = Server(manner, streams("server"), switches)
        self.keys = Keys(self.server.admission, streams("keys"), declare)
        self.doors = Doors()
        self._faults = Faults(switches, streams("faults"))
        self._manner, self._place, self._tell = manner, place, tell
        self._bootstrap: BootstrapServer | None = None
        if manner.bootstrap is not None:
            self._bootstrap = BootstrapServer(
                manner.bootstrap,
                manner.transmission,
                streams("bootstrap"),
                self._handout_for,
                self.server.admission,
            )
        self.switches = switches
        self._opening = asyncio.Lock()
        self._listening: dict[Role, Listening] = {}

    async def open(self) -> None:
        """OSError if a port is taken. May be repeated."""
        async with self._opening:
            if self.doors.server is None:
                await self._open_server()
            if self._bootstrap is not None and self.doors.bootstrap is None:
                await self._open_bootstrap(self._bootstrap)

    def close(self) -> None:
        for listening in self._listening.values():
            listening.close()

    def settle(self) -> None:
        """Do what the engines say after they were asked for something."""
        for listening in self._listening.values():
            listening.settle()

    @property
    def switches(self) -> Switches:
        return self._faults.switches

    @switches.setter
    def switches(self, switches: Switches) -> None:
        self._faults.switches = self.server.switches = switches
        if self._bootstrap is not None:
            self._bootstrap.refuse = switches.refuse_bootstrap

    async def _open_server(self) -> None:
        place = self._place
        address = await self._listen("server", self.server, place.server_port)
        secure = await self._listen_securely("server", place.secure_server_port)
        self.doors = replace(self.doors, server=address, secure_server=secure)

    async def _open_bootstrap(self, engine: BootstrapServer) -> None:
        place = self._place
        address = await self._listen("bootstrap", engine, place.bootstrap_port)
        secure = await self._listen_securely("bootstrap", place.secure_bootstrap_port)
        self.doors = replace(self.doors, bootstrap=address, secure_bootstrap=secure)

    async def _listen(self, role: Role, engine: Engine, port: int) -> Address:
        if role not in self._listening:
            self._listening[role] = Listening(engine, self._faults, self._tell)
        local = self._place.host, port
        return await self._listening[role].open(self._place.listen, local, self._place.tap)

    async def _listen_securely(self, role: Role, port: int) -> Address | None:
        """None where the platform knows no DTLS, or no library here does."""
        if not self._manner.dtls:
            return None

        def lookup(identity: bytes) -> bytes | None:
            return self.keys.find(role, identity, asyncio.get_running_loop().time())

        async def listen(
            local: Address, receiver: ListenerReceiver, *, tap: Tap | None = None
        ) -> Listener:
            below = place.listen
            return await listen_dtls(local, receiver, lookup, place.dtls, listen=below, tap=tap)

        place = self._place
        try:
            local = place.host, port
            return await self._listening[role].open(listen, local, place.tap, SECURE)
        except BackEndError as error:
            log.warning("%s does not listen over DTLS: %s", self._manner.name, error)
            return None

    def _handout_for(self, endpoint: str, peer: Peer, now: float) -> Handout:
        """The manner's, with the address of the server beside if it has none of its own; over DTLS
        with a new key (decision 51)."""
        manner = self._manner.bootstrap or BootstrapManner(Handout())
        if peer.listener != SECURE:
            return _located(manner.handout, "coap", self.doors.server)
        identity = self.server.admission.identify(endpoint)[0].encode()
        key = self.keys.issue(endpoint, now)
        handout = _located(manner.secure, "coaps", self.doors.secure_server)
        return replace(handout, identity=identity, key=key)


def _located(handout: Handout, scheme: str, beside: Address | None) -> Handout:
    if handout.uri or beside is None:
        return handout
    return replace(handout, uri=f"{scheme}://{spelt(beside)}")
