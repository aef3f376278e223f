"""A network in memory: logical addresses, no sockets, every run the same. For virtual time."""

import asyncio
from collections.abc import Callable

from transport.link import (
    DATAGRAM_LIMIT,
    Address,
    LinkReceiver,
    ListenerReceiver,
    Tap,
)

FIRST_PORT = 49152  # RFC 6335 section 6: dynamic ports
LAST_PORT = 65535
IN_FLIGHT_LIMIT = 4096  # datagrams of one network that wait for the loop; more are lost


class MemoryNetwork:
    """Datagrams between links and listeners, delivered in order by the running event loop.

    `open_link` and `listen` take what `open_udp` and `listen_udp` take. `host` is the logical
    address that links are opened from. `lost` counts datagrams beyond `IN_FLIGHT_LIMIT`.
    """

    def __init__(self, host: str = "10.0.0.1") -> None:
        self.host = host
        self.lost = 0
        self._in_flight = 0
        self._ends: dict[Address, Callable[[bytes, Address], None]] = {}
        self._next_port = FIRST_PORT

    async def open_link(
        self, remote: Address, receiver: LinkReceiver, *, tap: Tap | None = None
    ) -> "MemoryLink":
        """A link to `remote`; nobody needs to listen there yet."""
        return MemoryLink(self, remote, receiver, tap)

    async def listen(
        self, local: Address, receiver: ListenerReceiver, *, tap: Tap | None = None
    ) -> "MemoryListener":
        """A listener at `local`; port 0 stands for a free one. OSError if the address is taken."""
        address = local if local[1] else self.free_address(local[0])
        return MemoryListener(self, address, receiver, tap)

    def free_address(self, host: str) -> Address:
        """An address of `host` that nobody uses; ports are given out in ascending order."""
        for _ in range(LAST_PORT - FIRST_PORT + 1):
            address = (host, self._next_port)
            self._next_port = FIRST_PORT if address[1] == LAST_PORT else address[1] + 1
            if address not in self._ends:
                return address
        raise OSError(f"all ports of {host} in the in-memory network are taken")

    def attach(self, address: Address, deliver: Callable[[bytes, Address], None]) -> None:
        if address in self._ends:
            raise OSError(f"{address[0]}:{address[1]} in the in-memory network is taken")
        self._ends[address] = deliver

    def detach(self, address: Address) -> None:
        self._ends.pop(address, None)

    def carry(
        self, data: bytes, source: Address, target: Address, failed: Callable[[str], None] | None
    ) -> None:
        """Take one datagram; `failed` is called later if nobody is at `target` by then."""
        if self._in_flight >= IN_FLIGHT_LIMIT:
            self.lost += 1
            return
        self._in_flight += 1
        asyncio.get_running_loop().call_soon(self._arrive, data, source, target, failed)

    def _arrive(
        self, data: bytes, source: Address, target: Address, failed: Callable[[str], None] | None
    ) -> None:
        self._in_flight -= 1
        deliver = self._ends.get(target)
        if deliver is not None:
            deliver(data, source)
        elif failed is not None:
            failed("connection refused")


class MemoryLink:
    """One end of a `MemoryNetwork` that talks to one remote address."""

    def __init__(
        self, network: MemoryNetwork, remote: Address, receiver: LinkReceiver, tap: Tap | None
    ) -> None:
        self.remote = remote
        self._network = network
        self._receiver = receiver
        self._tap = tap
        self._open = True
        self._attach()

    def _attach(self) -> None:
        self.local = self._network.free_address(self._network.host)
        self._network.attach(self.local, self._deliver)

    def send(self, data: bytes) -> None:
        if not self._open:
            return
        if len(data) > DATAGRAM_LIMIT:
            self._fail_soon(f"a datagram of {len(data)} bytes is too long")
            return
        if self._tap is not None:
            self._tap("up", data, self.local, self.remote)
        self._network.carry(data, self.local, self.remote, self._fail)

    def rebind(self) -> None:
        if not self._open:
            return
        old = self.local
        self._attach()
        self._network.detach(old)

    def close(self) -> None:
        if self._open:
            self._open = False
            self._network.detach(self.local)

    def _deliver(self, data: bytes, source: Address) -> None:
        if source != self.remote:  # a connected socket does not hear others either
            return
        if self._tap is not None:
            self._tap("down", data, source, self.local)
        self._receiver.datagram_received(data)

    def _fail_soon(self, reason: str) -> None:
        asyncio.get_running_loop().call_soon(self._fail, reason)

    def _fail(self, reason: str) -> None:
        if self._open:
            self._receiver.send_failed(reason)


class MemoryListener:
    """One end of a `MemoryNetwork` that hears everybody."""

    def __init__(
        self, network: MemoryNetwork, address: Address, receiver: ListenerReceiver, tap: Tap | None
    ) -> None:
        self.address = address
        self._network = network
        self._receiver = receiver
        self._tap = tap
        self._open = True
        network.attach(address, self._deliver)

    def send(self, data: bytes, remote: Address) -> None:
        if not self._open or len(data) > DATAGRAM_LIMIT:
            return
        if self._tap is not None:
            self._tap("down", data, self.address, remote)
        self._network.carry(data, self.address, remote, None)

    def close(self) -> None:
        if self._open:
            self._open = False
            self._network.detach(self.address)

    def _deliver(self, data: bytes, source: Address) -> None:
        if self._tap is not None:
            self._tap("up", data, source, self.address)
        self._receiver(data, source)
