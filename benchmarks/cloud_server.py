"""What is measured: one local platform, by name; with `quiet` behind it, it asks nothing by itself;
with `dtls`, the port that it prints is that for DTLS, and it knows the keys of a crowd."""

import asyncio
import sys

from benchmarks.crowd import FIRST_IMEI, KEY, SPARE, WARM
from emulator.cloud.admission import Declared
from emulator.cloud.service import Cloud
from emulator.cloud.switches import Switches
from emulator.garbage import look_rarely

DEVICES = 2000


async def serve(name: str, *how: str) -> None:
    """Print the port, then answer until killed."""
    look_rarely()
    switches = Switches(steps=()) if "quiet" in how else Switches()
    async with Cloud(name, seed=1, switches=switches) as cloud:
        print(_port(cloud, "dtls" in how), flush=True)
        await asyncio.Event().wait()


def _port(cloud: Cloud, secure: bool) -> int:
    if not secure:
        return cloud.server_address[1]
    for number in (*range(DEVICES), *range(SPARE, SPARE + WARM)):
        cloud.declare(Declared(str(FIRST_IMEI + number), psk=KEY))
    assert cloud.doors.secure_server is not None
    return cloud.doors.secure_server[1]


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:]))
