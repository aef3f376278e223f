"""The process of a fleet that has the local platforms in it, and counts what comes to them."""

import asyncio
import logging
import sys
from collections.abc import Mapping, MutableSequence
from contextlib import AsyncExitStack, suppress
from multiprocessing.connection import Connection

from emulator.cloud.admission import Declared
from emulator.cloud.events import Event, Finished, Notified
from emulator.cloud.operations import Answer, Observe
from emulator.cloud.points import Point, points_of
from emulator.cloud.service import Cloud
from emulator.descriptors import allow_many_files
from emulator.fleet.arrivals import Arrivals, number_of
from emulator.fleet.children import leave_endings
from emulator.fleet.ledger import Count, Ledger
from emulator.fleet.messages import Counted, Failed, House, Listening, Message, Stop
from emulator.fleet.pipes import PipeEnd
from emulator.fleet.plan import Fleet, Member, Reporting, Shard, members_of
from lwm2m_core.values import ContentError
from transport.link import ListenerOpener
from transport.udp import listen_udp


class Counting:
    """Whose reports have come. Modems are known by their IMEI, with their place in the ledger."""

    def __init__(self, fleet: Fleet, places: Mapping[str, tuple[int, Member]], ledger: Ledger):
        self._fleet, self._places, self._ledger = fleet, places, ledger
        self.arrivals: dict[int, Arrivals] = {}

    def heard(self, event: Event) -> None:
        """A platform's event. A report that overtakes an Observe's answer which never comes stands
        in for it, so there numbers are looked at, too; without one it could be an old value
        (decision 30)."""
        match event:
            case Notified(device, points):
                self._take(device, points, numbered_only=False)
            case Finished(_, device, Observe(path), Answer() as answer):
                with suppress(ContentError):
                    points = points_of(path, answer.content_format, answer.payload)
                    self._take(device, points, numbered_only=True)

    def _take(self, device: str, points: tuple[Point, ...], numbered_only: bool) -> None:
        imei = device.partition(";")[0]  # OneNET's endpoint name, where it is not OneNET
        if imei not in self._places:
            return
        place, member = self._places[imei]
        report = self._fleet.groups[member.group].report
        if report is None or (numbered_only and not report.numbered):
            return
        for point in points:
            if point.path == report.path:
                self._count(place, report, point.raw)

    def _count(self, place: int, report: Reporting, raw: bytes) -> None:
        """A text without a number, where reports have one, is none of them."""
        if not report.numbered:
            self._ledger.add(place, Count.RECEIVED)
        elif (number := number_of(raw)) is not None:
            is_new = self.arrivals.setdefault(place, Arrivals()).take(number)
            self._ledger.add(place, Count.RECEIVED if is_new else Count.TWICE)


def platforms_of(
    fleet: Fleet,
    places: Mapping[str, tuple[int, Member]],
    counting: Counting,
    seed: int,
    listen: ListenerOpener = listen_udp,
) -> dict[House, Cloud]:
    """As many platforms as it takes, knowing the keys of their devices."""
    clouds: dict[House, Cloud] = {}
    for _, member in places.values():
        house = fleet.groups[member.group].platform, member.house
        if house not in clouds:
            clouds[house] = Cloud(house[0], seed=seed, listen=listen, on_event=counting.heard)
        if member.key:
            device = Declared(member.imei, psk=member.key, bootstrap_psk=member.key)
            clouds[house].declare(device)
    return clouds


def count(
    fleet: Fleet,
    shard: Shard,
    seed: int,
    size: tuple[int, int],
    cells: MutableSequence[int],
    connection: "Connection[Message, Message]",
) -> None:
    """The whole life of the process; `size`: members and workers of the ledger."""
    leave_endings()
    logging.basicConfig(stream=sys.stderr, format="mipl: %(message)s", level=logging.ERROR)
    allow_many_files()
    asyncio.run(_count(fleet, shard, seed, Ledger(cells, *size), connection))


async def _count(
    fleet: Fleet,
    shard: Shard,
    seed: int,
    ledger: Ledger,
    connection: "Connection[Message, Message]",
) -> None:
    places = {member.imei: (place, member) for place, member in enumerate(members_of(fleet, shard))}
    counting = Counting(fleet, places, ledger)
    over = asyncio.Event()
    told: list[Message] = []

    def heard(message: Message) -> None:
        told.append(message)
        over.set()

    pipe = PipeEnd(connection, heard, over.set)
    try:
        async with AsyncExitStack() as stack:
            clouds = platforms_of(fleet, places, counting, seed)
            for cloud in clouds.values():
                await stack.enter_async_context(cloud)
            pipe.send(Listening({house: cloud.doors for house, cloud in clouds.items()}))
            await over.wait()
    except OSError as error:
        pipe.send(Failed(f"the local platforms cannot listen: {error}"))
        return
    if any(isinstance(message, Stop) for message in told):
        pipe.send(Counted(counting.arrivals))
    pipe.close()
