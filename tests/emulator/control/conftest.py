"""A modem to be controlled, in memory and in virtual time."""

from collections.abc import AsyncIterator

import pytest_asyncio

from emulator.modem import Modem, ModemSettings
from emulator.outputs import OpenLink
from emulator.serial_end import SerialEnd


async def nowhere(link: OpenLink) -> tuple[str, int]:
    raise OSError("no such host")


@pytest_asyncio.fixture
async def modem() -> AsyncIterator[Modem]:
    settings = ModemSettings(strict=True, timing="fast", seed=1)
    async with Modem(SerialEnd("memory:"), nowhere, settings) as modem:
        yield modem
