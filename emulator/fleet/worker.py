"""A process of a fleet that has some of its modems in it."""

import asyncio
import logging
import sys
import time
from collections.abc import MutableSequence
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from typing import Any

from emulator.addresses import Address
from emulator.cli import UsageError
from emulator.descriptors import allow_many_files
from emulator.fleet.children import leave_endings
from emulator.fleet.coroutines import coroutines_of
from emulator.fleet.crew import Crew, Outcome
from emulator.fleet.ledger import Ledger
from emulator.fleet.messages import Done, Failed, Go, Message, Ready, Stop
from emulator.fleet.pipes import PipeEnd
from emulator.fleet.plan import Fleet, Member, Shard, members_of
from emulator.garbage import look_rarely
from emulator.outputs import OpenLink
from emulator.routes import AddressOf


@dataclass(frozen=True, slots=True)
class Job:
    """Worker `worker` of `workers` has every `workers`-th modem of the shard. `folder`: where the
    modules of coroutines are looked for first."""

    fleet: Fleet
    shard: Shard
    worker: int
    workers: int
    members: int
    seed: int
    folder: str


def work(
    job: Job,
    cells: MutableSequence[int],
    connection: "Connection[Message, Message]",
) -> None:
    """The whole life of the process. The far end of the pipe is who started it: when that goes, so
    does this."""
    leave_endings()
    logging.basicConfig(stream=sys.stderr, format="mipl: %(message)s", level=logging.ERROR)
    allow_many_files()
    look_rarely()
    asyncio.run(_work(job, Ledger(cells, job.members, job.workers), connection))


async def _work(job: Job, ledger: Ledger, connection: "Connection[Message, Message]") -> None:
    loop = asyncio.get_running_loop()
    gone: asyncio.Future[None] = loop.create_future()
    stopped: asyncio.Future[Stop] = loop.create_future()
    going: asyncio.Future[Go] = loop.create_future()

    def heard(message: Message) -> None:
        match message:
            case Go() if not going.done():
                going.set_result(message)
            case Stop() if not stopped.done():
                stopped.set_result(message)

    pipe = PipeEnd(connection, heard, lambda: gone.set_result(None))
    try:
        coroutines = coroutines_of(job.fleet, job.folder)
    except UsageError as error:
        pipe.send(Failed(str(error)))
        return
    pipe.send(Ready())
    either: set[asyncio.Future[Any]] = {going, gone}
    await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
    if going.done():
        go = going.result()
        crew = Crew(
            job.fleet,
            _own(job),
            ledger,
            job.worker,
            seed=job.seed,
            begin=loop.time() + (go.begin - time.monotonic()),
            address_of=partial(_address_of, job.fleet, go),
            coroutines=coroutines,
        )
        outcome = await _worked(crew, stopped, gone)
        if outcome is not None:
            pipe.send(Done(outcome))
    pipe.close()


async def _worked(
    crew: Crew, stopped: "asyncio.Future[Stop]", gone: "asyncio.Future[None]"
) -> Outcome | None:
    """What the crew leaves behind; None where there is nobody left to be told."""

    async def stop() -> None:
        crew.stop(leave=(await stopped).leave)

    stopping, running = asyncio.create_task(stop()), asyncio.create_task(crew.run())
    either: set[asyncio.Future[Any]] = {running, gone}
    await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if running.done():
        return running.result()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    return None


def _own(job: Job) -> "list[tuple[int, Member]]":
    places = enumerate(members_of(job.fleet, job.shard))
    return [(place, member) for place, member in places if place % job.workers == job.worker]


def _address_of(fleet: Fleet, go: Go, member: Member) -> AddressOf:
    doors = go.doors.get((fleet.groups[member.group].platform, member.house))

    async def address_of(link: OpenLink) -> Address:
        if go.platform is not None:
            return go.platform
        bootstrap = link.role == "bootstrap"
        found = doors and doors.find(bootstrap=bootstrap, secure=link.account.secure)
        if not found:
            raise OSError("the local platform cannot be reached that way")
        return found

    return address_of
