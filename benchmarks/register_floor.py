"""The floor for logins: as many asyncio datagram endpoints, each sends a Register and gets 2.01.

    python -m benchmarks.register_floor PORT COUNT

Prints the seconds from the first to the last.
"""

import asyncio
import sys
import time
from typing import Any

REGISTER = b"\x41\x02%b\xaa\xb2rd\x11\x28\x3d\x05ep=%015d\x08lt=86400\xff</3200/0>"
FIRST_IMEI = 869975030000000


class Device(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.registered = asyncio.get_running_loop().create_future()

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self.registered.set_result(data[1])


async def register(number: int, port: int) -> None:
    """CON POST /rd?ep=…&lt=86400 (RFC 7252 3; LwM2M 1.0 5.3.1)"""
    loop = asyncio.get_running_loop()
    address = "127.0.0.1", port
    transport, device = await loop.create_datagram_endpoint(Device, remote_addr=address)
    transport.sendto(REGISTER % (number.to_bytes(2, "big"), FIRST_IMEI + number))
    async with asyncio.timeout(30):
        assert await device.registered == 65
    transport.close()


async def main(port: int, count: int) -> None:
    start = time.perf_counter()
    await asyncio.gather(*(register(number, port) for number in range(count)))
    print(time.perf_counter() - start, flush=True)


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:])))
