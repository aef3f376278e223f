"""A small fleet and its local platforms in one event loop, in virtual time."""

import asyncio
from array import array
from collections.abc import Awaitable, Callable

from emulator.cloud.service import Cloud
from emulator.destinations import leading_to
from emulator.fleet.books import Books
from emulator.fleet.counting import Counting, platforms_of
from emulator.fleet.crew import Crew, Outcome
from emulator.fleet.driving import Coroutine
from emulator.fleet.ledger import Count, Ledger, cells_needed
from emulator.fleet.plan import Fleet, members_of
from emulator.fleet.reading import read_fleet
from emulator.fleet.reckoning import books_of
from emulator.routes import AddressOf
from transport.link import LinkOpener
from transport.memory import MemoryNetwork


def fleet_of(text: str) -> Fleet:
    reading = read_fleet(text.encode(), lambda name, column: ("1",))
    assert reading.fleet is not None, reading.findings
    return reading.fleet


class Town:
    """`open_link` may stand between the modems and the network."""

    def __init__(self, fleet: Fleet, seed: int = 1) -> None:
        self.fleet, self.seed = fleet, seed
        self.members = list(members_of(fleet))
        cells = array("q", bytes(8 * cells_needed(len(self.members), 1)))
        self.ledger = Ledger(cells, len(self.members), 1)
        self.net = MemoryNetwork()
        self.tasks: list[asyncio.Task[None]] = []  # what goes on meanwhile
        places = {member.imei: (place, member) for place, member in enumerate(self.members)}
        self.counting = Counting(fleet, places, self.ledger)
        self.clouds = platforms_of(fleet, places, self.counting, seed, self.net.listen)

    async def run(
        self,
        coroutines: dict[int, Coroutine] | None = None,
        open_link: LinkOpener | None = None,
        meanwhile: Callable[[Crew, list[Cloud]], Awaitable[None]] | None = None,
    ) -> Outcome:
        clouds = list(self.clouds.values())
        for cloud in clouds:
            await cloud.open()
        crew = Crew(
            self.fleet,
            list(enumerate(self.members)),
            self.ledger,
            0,
            seed=self.seed,
            begin=0.0,
            address_of=lambda member: self._way(self.fleet.groups[member.group].platform),
            coroutines=coroutines or {},
            open_link=open_link or self.net.open_link,
        )
        try:
            if meanwhile is not None:
                await meanwhile(crew, clouds)
            self.outcome = await crew.run()
        finally:
            for cloud in clouds:
                await cloud.close()
        return self.outcome

    def _way(self, platform: str) -> AddressOf:
        return leading_to(self.clouds[platform, 0])

    @property
    def books(self) -> Books:
        """As the platform has counted."""
        groups = books_of(
            self.fleet, self.members, self.ledger, self.outcome.given_up, self.counting.arrivals
        )
        return sum(groups, Books())

    def total(self, count: Count) -> int:
        return self.ledger.total(count)
