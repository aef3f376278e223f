"""`mipl run --scenario`: a scenario beside a real host."""

import asyncio

from emulator.cli import CHECK_FAILED, DONE
from emulator.console import say
from emulator.scenario.performance import Performance
from emulator.scenario.report import outcome


async def attend(performance: Performance, stop: asyncio.Event, file: str) -> int:
    """Until the scenario is over, or somebody stops it; the exit code, and why, on stderr."""
    over = asyncio.create_task(performance.over())
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait((over, stopping), return_when=asyncio.FIRST_COMPLETED)
    ended = performance.stopped()
    for task in (over, stopping):
        task.cancel()
    await asyncio.gather(over, stopping, return_exceptions=True)
    await performance.close()
    for line in outcome(file, ended, compared=performance.compares):
        say(line)
    return DONE if ended.failure is None else CHECK_FAILED
