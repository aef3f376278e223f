"""A modem and all five platforms in one room: in-memory network, in-memory port, virtual time."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from emulator.cloud.manners import MANNERS
from emulator.cloud.platforms import Platforms
from emulator.cloud.service import Cloud
from emulator.destinations import Destinations
from emulator.modem import Modem, ModemSettings
from emulator.routes import Routes
from emulator.serial_end import SerialEnd
from pty_bridge.memory import MemoryPort
from transport.link import Address, LinkOpener
from transport.memory import MemoryNetwork

HOST = "10.9.9.9"
IMEI = "869975030000461"


class Room:
    """`printed` are the lines of the modem so far, without the empty ones."""

    def __init__(self, platforms: Platforms, modem: Modem) -> None:
        assert isinstance(modem.port, MemoryPort)
        self.platforms = platforms
        self._host, self._data = modem.port.host, bytearray()
        self._host.open()
        self._host.on_data = self._data.extend

    @property
    def printed(self) -> list[str]:
        return [line for line in self._data.decode().split("\r\n") if line]

    async def say(self, *lines: str, seconds: float = 10.0) -> list[str]:
        """Write command lines; what was printed meanwhile, and in so many seconds after each."""
        before = len(self.printed)
        for line in lines:
            self._host.write(line.encode() + b"\r")
            await asyncio.sleep(seconds)
        return self.printed[before:]


@asynccontextmanager
async def room(
    network: MemoryNetwork,
    model: str = "MN316",
    routes: Mapping[Address, Address] | None = None,
    open_link: LinkOpener | None = None,
    **of_the_clouds: Any,
) -> AsyncIterator[Room]:
    """The modem finds its platform by AT+MIPLCFG, unless one of `routes` leads elsewhere; each
    listens when it is first asked for."""
    wanted = {"host": HOST, "listen": network.listen, "seed": 1, **of_the_clouds}
    platforms = Platforms([Cloud(name, **wanted) for name in MANNERS])
    destinations = Destinations(Routes(routes or {}, local=True))
    settings = ModemSettings(model, strict=True, seed=5, timing="fast")
    async with Modem(
        SerialEnd("memory:"),
        destinations.address_of,
        settings,
        open_link=open_link or network.open_link,
    ) as modem:
        destinations.ready(platforms)
        try:
            yield Room(platforms, modem)
        finally:
            for cloud in platforms:
                await cloud.close()
