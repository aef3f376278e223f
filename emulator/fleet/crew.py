"""Some modems of a fleet with their hosts, in one event loop."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from emulator.fleet.driving import Coroutine, drive, usual_steps
from emulator.fleet.host import ANSWER_PATIENCE, Host, HostError
from emulator.fleet.ledger import Count, Ledger
from emulator.fleet.plan import Fleet, Group, Member
from emulator.lab.plug import plug_in
from emulator.modem import Modem, ModemSettings
from emulator.routes import AddressOf
from emulator.seeds import modem_seed, stream
from emulator.serial_end import SerialEnd
from emulator.transmission import transmission_of
from transport.link import LinkOpener
from transport.udp import open_udp

JOURNAL_LIMIT: Final = 64
"""Records that each modem keeps."""

TROUBLES_LIMIT: Final = 50
"""Different troubles that are kept, with how often each has come; more are only counted."""

CLOSING: Final = 20.0
"""Seconds that a modem may take to leave its platform."""

CLOSES_PER_SECOND: Final = 500
"""How fast a crew leaves, so that a platform's buffer is not flooded."""

OTHER: Final = "something else"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a crew leaves behind. `given_up`: by place, the numbers of the reports that were never
    confirmed; `troubles`: how often what has gone wrong."""

    given_up: dict[int, frozenset[int]] = field(default_factory=dict)
    troubles: dict[str, int] = field(default_factory=dict)


class Crew:
    """`members` with the places that they have in the ledger. `begin` is the loop's time at which
    the run starts. `coroutines`: by group, where the group has one. `seed`: of the run."""

    def __init__(
        self,
        fleet: Fleet,
        members: Sequence[tuple[int, Member]],
        ledger: Ledger,
        worker: int,
        *,
        seed: int,
        begin: float,
        address_of: Callable[[Member], AddressOf],
        coroutines: dict[int, Coroutine],
        open_link: LinkOpener = open_udp,
    ) -> None:
        self._fleet, self._members, self._ledger, self._worker = fleet, members, ledger, worker
        self._seed, self._begin, self._coroutines = seed, begin, coroutines
        self._address_of, self._open_link = address_of, open_link
        self._steps = {
            number: group.steps or tuple(usual_steps(group, fleet.ends))
            for number, group in enumerate(fleet.groups)
        }
        self._loop = asyncio.get_running_loop()
        self._over = self._loop.create_future()
        self._leave = fleet.close
        self._troubles: Counter[str] = Counter()
        self._given_up: dict[int, frozenset[int]] = {}

    def stop(self, *, leave: bool = True) -> None:
        """Report nothing more; what is under way is waited for. `leave`: as the fleet says, modems
        leave their platform; else there is none."""
        self._leave = leave and self._fleet.close
        if not self._over.done():
            self._over.set_result(None)

    async def run(self) -> Outcome:
        """From the first modem that is switched on until the last has left."""
        end = self._loop.call_at(self._begin + self._fleet.ends, self.stop)
        try:
            lives = [
                self._loop.create_task(self._live(turn, place, member))
                for turn, (place, member) in enumerate(self._members)
            ]
            await asyncio.gather(*lives)
        finally:
            end.cancel()
        return Outcome(self._given_up, dict(self._troubles))

    async def _live(self, turn: int, place: int, member: Member) -> None:
        group = self._fleet.groups[member.group]
        if not await self._began(self._begin + member.number / self._fleet.ramp):
            return
        self._ledger.put(place, Count.BEGUN, 1)
        try:
            await self._powered(turn, place, member, group)
        except Exception as error:  # one modem must not take the others with it
            self._ledger.add(place, Count.ERRORS)
            self._trouble(f"{type(error).__name__}: {error}")

    async def _began(self, when: float) -> bool:
        """Wait for this moment; False if all is over before."""
        await asyncio.wait({self._over}, timeout=max(0.0, when - self._loop.time()))
        return not self._over.done()

    async def _powered(self, turn: int, place: int, member: Member, group: Group) -> None:
        end = SerialEnd(f"{self._fleet.serial}:")
        settings = ModemSettings(
            model=member.model,
            imei=member.imei,
            imsi=member.imsi,
            dialect=group.dialect,
            quirks=group.quirks,
            timing=group.timing,
            seed=modem_seed(self._seed, member.number),
        )
        address_of = self._address_of(member)
        async with Modem(end, address_of, settings, open_link=self._open_link) as modem:
            modem.journal.limit = JOURNAL_LIMIT
            chance = stream(modem_seed(self._seed, member.number), "fleet host")
            host = Host(*(member, group, chance, self._ledger, place, self._worker, self._trouble))
            host.reports.give_up_after(transmission_of(modem.quirks).ack_timeout)
            plug = plug_in(end.port, end.port.name, host.data_received)
            host.plugged(plug)
            try:
                await self._driven(place, host, group)
                async with asyncio.timeout(ANSWER_PATIENCE):
                    await host.quiet()
                await host.reports.settled()
                if self._leave:
                    await asyncio.sleep(turn / CLOSES_PER_SECOND)
                    await _leave(host)
            finally:
                host.reports.close()
                self._given_up[place] = frozenset(host.reports.given_up)
                plug.close()

    async def _driven(self, place: int, host: Host, group: Group) -> None:
        """Until the host has done all, or the run is over."""
        coroutine = self._coroutines.get(host.member.group)
        driver = self._loop.create_task(drive(host, self._steps[host.member.group], coroutine))
        await asyncio.wait({driver, self._over}, return_when=asyncio.FIRST_COMPLETED)
        if not driver.done():
            driver.cancel()
            if not (host.ready or coroutine or self._has_tried(place)):
                self._trouble(f"a login was under way when the run ended: {_lacking(host)}")
        try:
            await driver
        except asyncio.CancelledError:
            pass
        except Exception as error:
            self._ledger.add(place, Count.ERRORS)
            self._trouble(f"{group.coroutine or group.name}: {type(error).__name__}: {error}")
        await asyncio.wait({self._over})

    def _has_tried(self, place: int) -> bool:
        """Whether a login has come to something, or to nothing."""
        return any(self._ledger.of(place, c) for c in (Count.LOGINS, Count.FAILED_LOGINS))

    def _trouble(self, text: str) -> None:
        known = text in self._troubles or len(self._troubles) < TROUBLES_LIMIT
        self._troubles[text if known else OTHER] += 1


def _lacking(host: Host) -> str:
    return "what it reports is not observed" if host.logged_in else "no event 6 yet"


async def _leave(host: Host) -> None:
    """AT+MIPLCLOSE, and event 15. What is not logged in has left already."""
    if not host.logged_in:
        return
    try:
        await host.command("AT+MIPLCLOSE=0", CLOSING)
        await host.expect("+MIPLEVENT: 0,15", CLOSING)
    except HostError as error:
        host.trouble(f"leaving: {error}")
