"""The client of udp_client.c once more, in Python: what a test or a fleet of devices asks with."""

import asyncio
import socket
import sys
import time
from typing import Any

BATCH, MIDS = 100, 65536


class Client(asyncio.DatagramProtocol):
    """Keeps `window` GETs of /3/0/0 under way until `count` are answered with `code`."""

    def __init__(self, first: int, count: int, window: int, code: int) -> None:
        self.done = asyncio.get_running_loop().create_future()
        self._next, self._end, self._window, self._code = first, first + count, window, code
        self._left = count
        self._waits: set[bytes] = set()

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        for _ in range(self._window):
            self._ask()
        self._start = time.perf_counter_ns()

    def _ask(self) -> None:
        """CON GET, a token of two bytes, Uri-Path "3", "0", "0" (RFC 7252 sections 3 and 3.1)"""
        mid = self._next.to_bytes(2, "big")
        self._next += 1
        self._waits.add(mid)
        self._transport.sendto(b"\x42\x01" + mid + mid + b"\xb13\x010\x010")

    def datagram_received(self, data: bytes, addr: Any) -> None:
        if data[1] != self._code:
            self.done.set_exception(RuntimeError(f"not the right answer: {data.hex()}"))
        self._waits.remove(data[2:4])
        self._left -= 1
        if self._left % BATCH == 0:
            end = time.perf_counter_ns()
            print(end - self._start)
            self._start = end
        if self._next < self._end:
            self._ask()
        elif self._left == 0:
            self.done.set_result(None)


async def main(fd: int, first: int, count: int, window: int, code: int) -> None:
    """Print how many ns each batch of BATCH answers took."""
    assert first + count <= MIDS, "an id used twice would be answered from memory"
    loop = asyncio.get_running_loop()
    transport, client = await loop.create_datagram_endpoint(
        lambda: Client(first, count, window, code), sock=socket.socket(fileno=fd)
    )
    async with asyncio.timeout(60):
        await client.done
    transport.close()


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:])))
