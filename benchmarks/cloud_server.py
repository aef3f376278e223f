"""What is measured: one local platform, by name; with a second word it asks nothing by itself."""

import asyncio
import sys

from emulator.cloud.service import Cloud
from emulator.cloud.switches import Switches


async def serve(name: str, *quiet: str) -> None:
    """Print the port, then answer until killed."""
    switches = Switches(steps=()) if quiet else Switches()
    async with Cloud(name, seed=1, switches=switches) as cloud:
        print(cloud.server_address[1], flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:]))
