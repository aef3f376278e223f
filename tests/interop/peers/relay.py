"""Between the module, which knows one server, and the programs that are this server together."""

import asyncio
from collections.abc import Callable
from typing import Any

from tests.bench import LoopThread
from transport.link import Address

LOOPBACK = "127.0.0.1"
PATIENCE = 10.0  # seconds


class Relay:
    """Every datagram passes unchanged. Requests of the module go to `directory`, its answers to the
    program that has asked: which of the two it is, the class of the code says (RFC 7252 3).

    `front` is where the module finds its server, `back` where the programs find the module.
    """

    def __init__(self) -> None:
        self._thread = LoopThread("relay")
        self.directory: Address | None = None
        self._module: Address | None = None
        self._asking: dict[bytes, Address] = {}  # by token, and by message id where there is none
        self._ends: list[asyncio.DatagramTransport] = []
        self.front = self._open(self._from_module)
        self.back = self._open(self._from_program)

    def _open(self, received: Callable[[bytes, Address], None]) -> Address:
        return self._thread.submit(self._bind(received)).result(PATIENCE)

    async def _bind(self, received: Callable[[bytes, Address], None]) -> Address:
        loop = asyncio.get_running_loop()
        end, _ = await loop.create_datagram_endpoint(
            lambda: _End(received), local_addr=(LOOPBACK, 0)
        )
        self._ends.append(end)
        address: Address = end.get_extra_info("sockname")
        return address

    def close(self) -> None:
        try:
            self._thread.submit(self._shut()).result(PATIENCE)
        finally:
            self._thread.close()

    async def _shut(self) -> None:
        for end in self._ends:
            end.close()

    def _from_module(self, data: bytes, source: Address) -> None:
        self._module = source
        is_request = 1 <= data[1] <= 31
        to = self.directory if is_request else self._asking.get(_exchange(data))
        if to is not None:
            self._ends[1].sendto(data, to)

    def _from_program(self, data: bytes, source: Address) -> None:
        if source != self.directory:
            self._asking[_exchange(data)] = self._asking[data[2:4]] = source
        if self._module is not None:
            self._ends[0].sendto(data, self._module)


def _exchange(data: bytes) -> bytes:
    """The token, or the message id of an empty message."""
    return data[4 : 4 + (data[0] & 15)] if data[1] else data[2:4]


class _End(asyncio.DatagramProtocol):
    def __init__(self, received: Callable[[bytes, Address], None]) -> None:
        self._received = received

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self._received(data, addr)
