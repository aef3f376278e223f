"""`mipl demo`: chapter 5.1 of the manual, live. The host is another process with pyserial."""

import asyncio
import sys

from emulator.cli import CHECK_FAILED, RUN_FAILED
from emulator.serial_end import SerialEnd

DEMO_LIMIT = 60.0  # seconds; the dialogue takes two or three


def demo(model: str) -> int:
    """Play the dialogue; 0 if every line was right, 1 if one was wrong or the cloud died."""
    return asyncio.run(_demo(model))


async def _demo(model: str) -> int:
    from emulator.cloud.service import Cloud
    from emulator.destinations import leading_to
    from emulator.modem import Modem, ModemSettings

    async with Cloud(http=True) as cloud:
        settings = ModemSettings(model=model)
        async with Modem(SerialEnd("pty:"), leading_to(cloud), settings) as modem:
            host = await asyncio.create_subprocess_exec(
                sys.executable,
                "-P",  # a folder named `emulator` where the user stands is not ours
                "-m",
                "emulator.demo_host",
                modem.port.name,
                str(cloud.http_url),
                settings.imei,
            )
            try:
                return await asyncio.wait_for(host.wait(), DEMO_LIMIT) and CHECK_FAILED
            except TimeoutError:
                host.kill()
                await host.wait()
                print(f"mipl demo: not through after {DEMO_LIMIT:.0f} s", file=sys.stderr)
                return RUN_FAILED
