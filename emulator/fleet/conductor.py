"""Starts the processes of a fleet, watches them, ends them in order, and casts up the books."""

import asyncio
import multiprocessing
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from emulator.addresses import Address
from emulator.cli import UsageError
from emulator.cloud.doors import Doors
from emulator.fleet.books import Witness
from emulator.fleet.children import Child, StartFailed, endings_held_back
from emulator.fleet.counting import count
from emulator.fleet.ledger import Count, Ledger, cells_needed
from emulator.fleet.messages import (
    Counted,
    Done,
    Failed,
    Go,
    House,
    Listening,
    Ready,
    Stop,
)
from emulator.fleet.patience import OVERDUE, ending
from emulator.fleet.pipes import PipeEnd
from emulator.fleet.plan import Fleet, Shard, members_of
from emulator.fleet.progress import Progress
from emulator.fleet.reckoning import books_of
from emulator.fleet.samples import Samples
from emulator.fleet.summary import Result
from emulator.fleet.worker import Job, work

COUNT_PATIENCE: Final = 20.0
"""Seconds that the local platform's process may take to say what it has counted."""

SETTLING: Final = 0.5
"""Seconds between the last worker's end and the count: what is in the kernel's buffers arrives."""

UNREMARKED: Final = 3.0
"""Seconds that the end of a run may take without a word."""

STOPS_UNREMARKED: Final = 1.0
"""Seconds that a run which is stopped may go on without a word."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the command line says beside the file. `platform`: a server of somebody else."""

    shard: Shard
    workers: int
    seed: int
    platform: Address | None = None
    folder: str = "."


class Conductor:
    """One run. `progress` is told how it goes on."""

    def __init__(self, fleet: Fleet, wishes: Wishes, progress: Progress) -> None:
        self._fleet, self._wishes, self._progress = fleet, wishes, progress
        self._members = list(members_of(fleet, wishes.shard))
        self._context = multiprocessing.get_context("spawn")
        size = cells_needed(len(self._members), wishes.workers)
        self._cells = self._context.RawArray("q", size)
        self._ledger = Ledger(self._cells, len(self._members), wishes.workers)
        self._children: list[Child] = []
        self._deaths: list[str] = []
        arrived = Count.RECEIVED if wishes.platform is None else Count.ACKED
        self._samples = Samples(self._ledger, arrived)
        self._stopped: float | None = None

    async def run(self, stop: asyncio.Event) -> Result:
        """From the first process to the last. StartFailed, UsageError."""
        try:
            platform = self._platform() if self._wishes.platform is None else None
            doors = {} if platform is None else await _doors(platform)
            workers = [self._worker(number) for number in range(self._wishes.workers)]
            for each in workers:
                message = await each.first()
                if isinstance(message, Failed):
                    raise UsageError(message.reason)
                assert isinstance(message, Ready)
            self._progress.interrupt(_introduced(platform, workers))
            begin = time.monotonic() + 0.2
            for each in workers:
                each.send(Go(begin, doors, self._wishes.platform))
            await self._watch(workers, platform, begin, stop)
            seconds = time.monotonic() - begin
            self._samples.take(seconds)
            counted = await self._counted(platform)
            return self._result(workers, platform, counted, seconds)
        finally:
            self._end()

    # processes

    def _platform(self) -> Child:
        size = len(self._members), self._wishes.workers
        args = self._fleet, self._wishes.shard, self._wishes.seed, size, self._cells
        return self._start("the process of the local platforms", count, args)

    def _worker(self, number: int) -> Child:
        wishes = self._wishes
        job = Job(
            *(self._fleet, wishes.shard, number, wishes.workers),
            *(len(self._members), wishes.seed, wishes.folder),
        )
        child = self._start(f"worker {number + 1}", work, (job, self._cells))
        child.worker = number
        return child

    def _start(self, name: str, target: Callable[..., None], args: tuple[object, ...]) -> Child:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(
            target=target, args=(*args, theirs), name=f"mipl {name}", daemon=True
        )
        child = Child(name, process)
        self._children.append(child)
        with endings_held_back():
            process.start()
        theirs.close()
        child.pipe = PipeEnd(ours, child.heard, child.gone)
        return child

    def _end(self) -> None:
        for child in self._children:
            if child.pipe is not None:
                child.pipe.close()  # which tells all of them at once
        for child in self._children:
            child.finish()

    # the run

    async def _watch(
        self, workers: list[Child], platform: Child | None, begin: float, stop: asyncio.Event
    ) -> None:
        """Until every worker is through, or dead. Once a second all is looked at."""
        everybody = workers if platform is None else [*workers, platform]
        last = ending(self._fleet, len(self._members))
        limit, stopping, at = self._fleet.ends + last + OVERDUE, False, 0.0
        waits, stopped_at = False, 0.0
        leave = asyncio.Event()  # without its platform a run has no use
        while waiting := [each for each in workers if not each.over.is_set()]:
            if platform is not None and platform.over.is_set():
                leave.set()
            if (stop.is_set() or leave.is_set()) and not stopping:
                stopping, limit = True, min(limit, at + last + OVERDUE)
                if stop.is_set() and at < self._fleet.ends:
                    self._stopped = max(0.0, at)
                stopped_at = at
                for each in workers:
                    each.send(Stop(leave=not leave.is_set()))
            if stopping and not waits and at > stopped_at + STOPS_UNREMARKED:
                waits = self._tell_wait("stopping", last)
            if not waits and at > self._fleet.ends + UNREMARKED:
                waits = self._tell_wait("no more reports", last)
            if at > limit:
                for each in waiting:
                    each.forced = True
                    each.process.kill()
            await _second([each.over for each in everybody], None if stopping else stop)
            at = time.monotonic() - begin
            self._bury(everybody)
            if at >= 0:
                self._progress.show(self._samples.take(at))

    def _tell_wait(self, what: str, last: float) -> bool:
        self._progress.interrupt(f"{what}: what is under way is waited for, {last:.0f} s at most")
        return True

    def _bury(self, children: list[Child]) -> None:
        """Tell of those that have died, once."""
        for each in children:
            if not each.buried and each.has_died:
                each.buried = True
                self._death(each)

    def _death(self, child: Child) -> None:
        child.process.join(1.0)
        text = f"{child.name} has died ({child.end})"
        if child.worker is not None:
            places = range(child.worker, len(self._members), self._wishes.workers)
            for place in places:
                self._ledger.put(place, Count.READY, 0)  # who wrote there writes no more
            text += f", and with it its {len(places)} modems"
        self._deaths.append(text)
        self._progress.interrupt(text)

    async def _counted(self, platform: Child | None) -> Counted | None:
        """What the local platforms have counted; None where there are none, or they have died."""
        if platform is None or platform.over.is_set():
            return None
        await asyncio.sleep(SETTLING)
        platform.send(Stop())
        try:
            async with asyncio.timeout(COUNT_PATIENCE):
                await platform.over.wait()
        except TimeoutError:
            self._deaths.append(f"{platform.name} did not say what it has counted")
            return None
        found = next((each for each in platform.said if isinstance(each, Counted)), None)
        if found is None:
            self._death(platform)
        return found

    # the books

    def _result(
        self,
        workers: list[Child],
        platform: Child | None,
        counted: Counted | None,
        seconds: float,
    ) -> Result:
        given_up: dict[int, frozenset[int]] = {}
        troubles: Counter[str] = Counter()
        for each in workers:
            for message in each.said:
                if isinstance(message, Done):
                    given_up.update(message.outcome.given_up)
                    troubles.update(message.outcome.troubles)
        witness: Witness = "none"
        if platform is not None:
            witness = "platform" if counted is not None else "gone"
        dead = {number for number, each in enumerate(workers) if each.has_died}
        places = range(len(self._members))
        widowed = {place for place in places if place % self._wishes.workers in dead}
        arrivals = None if counted is None else counted.arrivals
        books = books_of(
            *(self._fleet, self._members, self._ledger, given_up, arrivals, witness, widowed)
        )
        sizes = Counter(member.group for member in self._members)
        return Result(
            fleet=self._fleet,
            shard=self._wishes.shard,
            seed=self._wishes.seed,
            members=tuple(sizes[number] for number in range(len(self._fleet.groups))),
            workers=self._wishes.workers,
            seconds=seconds,
            witness=witness,
            ledger=self._ledger,
            books=books,
            samples=tuple(self._samples.kept),
            deaths=tuple(self._deaths),
            troubles=dict(troubles.most_common()),
            stopped=self._stopped,
        )


def _introduced(platform: Child | None, workers: list[Child]) -> str:
    """The numbers of the processes, for who wants to look at one or end it."""
    first = [] if platform is None else [f"{platform.process.pid} (local platforms)"]
    return f"processes {', '.join([*first, *(str(each.process.pid) for each in workers)])}"


async def _second(overs: list[asyncio.Event], stop: asyncio.Event | None) -> None:
    """A second, or until one more is over, or all is to stop."""
    events = [event for event in overs if not event.is_set()] + ([] if stop is None else [stop])
    tasks = [asyncio.ensure_future(event.wait()) for event in events]
    await asyncio.wait(tasks, timeout=1.0, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()


async def _doors(platform: Child) -> Mapping[House, Doors]:
    message = await platform.first()
    if isinstance(message, Failed):
        raise StartFailed(message.reason)
    assert isinstance(message, Listening)
    return message.doors
