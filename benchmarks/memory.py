"""What one more modem costs: resident memory of a process with many, over one with few."""

import asyncio
import gc
import resource
from contextlib import AsyncExitStack
from pathlib import Path

from emulator.modem import Modem, ModemSettings
from emulator.outputs import OpenLink
from emulator.serial_end import SerialEnd


def bytes_per_modem(count: int) -> float:
    """Bytes of resident memory per modem on an in-memory port, before any login."""
    return asyncio.run(_measure(count))


async def _measure(count: int) -> float:
    async def nowhere(link: OpenLink) -> tuple[str, int]:
        raise OSError(f"no way to {link.account.host}")

    async with AsyncExitStack() as stack:

        async def start(number: int) -> None:
            settings = ModemSettings(seed=number)
            await stack.enter_async_context(Modem(SerialEnd("memory:"), nowhere, settings))

        for number in range(20):  # what is shared by all is there before counting begins
            await start(number)
        before = resident()
        for number in range(count):
            await start(number)
        return (resident() - before) / count


def resident() -> int:
    """Bytes of this process that are in memory."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()
