"""Where the links of modems lead (decision 48), from the moment when that is known."""

import asyncio
import socket
from typing import TYPE_CHECKING

from emulator.addresses import Address
from emulator.outputs import OpenLink
from emulator.routes import AddressOf, Routes

if TYPE_CHECKING:
    from emulator.cloud.platforms import Platforms
    from emulator.cloud.service import Cloud


class Destinations:
    """`address_of` waits for `ready`: a host may log in before the local platforms are up."""

    def __init__(self, routes: Routes) -> None:
        self._routes = routes
        self._platforms: Platforms | None = None
        self._ready = asyncio.Event()

    def ready(self, platforms: "Platforms | None") -> None:
        """The local platforms are up, or there are none."""
        self._platforms = platforms
        self._ready.set()

    async def address_of(self, link: OpenLink) -> Address:
        """The numeric address for a link; names only where the user asked for them. OSError."""
        await self._ready.wait()
        address = self._routes.address(link)
        return await self._local(link) if address is None else await _resolved(*address)

    async def _local(self, link: OpenLink) -> Address:
        assert self._platforms is not None
        cloud = await self._platforms.opened(link.platform)
        return door(cloud, link)


def leading_to(cloud: "Cloud") -> AddressOf:
    """For a modem whose every link leads to this one platform, which listens already."""

    async def address_of(link: OpenLink) -> Address:
        return door(cloud, link)

    return address_of


def door(cloud: "Cloud", link: OpenLink) -> Address:
    """The local platform's address for a link, by its role and its security (decision 48). OSError.

    A modem beside a platform is its guest: its key need not be declared (decision 51).
    """
    bootstrap, account = link.role == "bootstrap", link.account
    address = cloud.doors.find(bootstrap=bootstrap, secure=account.secure)
    if address is None:
        raise OSError(f"the local {cloud.manner.title} cannot be reached over DTLS")
    if account.secure:
        cloud.welcome(account.identity, account.key, bootstrap=bootstrap)
    return address


async def _resolved(host: str, port: int) -> Address:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_DGRAM)
    return str(found[0][4][0]), port
