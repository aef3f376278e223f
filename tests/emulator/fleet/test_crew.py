"""Modems and hosts of a fleet at a local platform, in virtual time."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from emulator.cloud.events import Notified
from emulator.cloud.points import Point
from emulator.cloud.service import Cloud
from emulator.cloud.switches import set_switch
from emulator.fleet.books import Books
from emulator.fleet.crew import Crew
from emulator.fleet.histogram import class_of
from emulator.fleet.host import Host, Refused
from emulator.fleet.ledger import Count, Timing
from emulator.journal import Journal
from emulator.quirks import register
from emulator.virtual_time import VirtualLoop
from lwm2m_core.paths import Path as ResourcePath
from tests.emulator.fleet.town import Town, fleet_of

PLATFORMS = ("onenet", "ctwing", "dmp", "huawei", "generic")


def lived(town: Town, **how: Any) -> Town:
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(town.run(**how))
    return town


def small(
    more: str = "",
    report: str = "every: 10s, jitter: 2s",
    modems: int = 4,
    lasts: str = "60s",
) -> Town:
    return Town(
        fleet_of(
            f"""schema: 1
ramp: 2
lasts: {lasts}
groups:
  - modems: {modems}
    imei: "869975030000461"
    report: {{{report}}}
{more}"""
        )
    )


def test_ten_minutes_of_a_hundred_modems_balance() -> None:
    platforms = "".join(
        f"""  - modems: 20
    model: {{MN316: 2, M5311: 1, MN319: 1}}
    imei: "86997503{number}000000"
    platform: {name}
    timing: fast
    report: {{every: 1min, jitter: 10s, data: {{walk: {{from: 20}}}}}}
"""
        for number, name in enumerate(PLATFORMS)
    )
    town = lived(Town(fleet_of(f"schema: 1\nramp: 10\nlasts: 10min\ngroups:\n{platforms}")))
    assert town.outcome.troubles == {}
    assert town.books.balanced
    assert town.books.sent == town.books.received == town.total(Count.ACKED)
    assert 970 <= town.books.sent <= 1100  # 10 or 11 of each, as the first one falls
    assert town.total(Count.LOGINS) == 100
    assert town.total(Count.READY) == 0  # all have left


def test_the_same_seed_gives_the_same_numbers() -> None:
    one, other = (lived(small()) for _ in range(2))
    assert one.ledger.times(Timing.LAG) == other.ledger.times(Timing.LAG)
    assert one.books == other.books
    assert [cloud.points("869975030000461") for cloud in one.clouds.values()] == [
        cloud.points("869975030000461") for cloud in other.clouds.values()
    ]


def values(town: Town, imei: str = "869975030000461") -> list[Any]:
    (cloud,) = town.clouds.values()
    return [point.value for point in cloud.points(imei)]


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        ("every: 20s, data: {ramp: {from: 5, to: 6}}", ["1 5.00", "2 6.00", "3 5.00"]),
        ("every: 20s, numbered: off, data: {constant: on}", ["on", "on", "on"]),
        (
            "every: 20s, type: integer, path: /3200/0/5501, data: {ramp: {from: 1, to: 9}}",
            [1, 2, 3],
        ),
        ("every: 20s, type: float, path: /3303/2/5700, data: {constant: 1.5}", [1.5, 1.5, 1.5]),
        ("every: 20s, confirm: off", ["1 0", "2 0", "3 0"]),
    ],
)
def test_reports_are_what_the_file_says(report: str, expected: list[Any]) -> None:
    town = lived(small(report=report, modems=1))
    assert values(town) == expected
    assert town.books == Books(sent=3, received=3)


def test_opaque_reports_go_through_the_tunnel() -> None:
    town = lived(small("    platform: ctwing", "every: 20s, data: {constant: x}", modems=1))
    assert values(town) == [b"1 x", b"2 x", b"3 x"] or values(town) == ["1 x", "2 x", "3 x"]


class Leaky:
    """A network that loses what `loses` says, by the number of the datagram, up and down."""

    def __init__(self, town: Town, loses: Callable[[str, int], bool]) -> None:
        self._net, self._loses, self._count = town.net, loses, {"up": 0, "down": 0}

    async def open_link(self, remote: Any, receiver: Any, *, tap: Any = None) -> Any:
        leaky = self

        class Ear:
            def datagram_received(self, data: bytes) -> None:
                if not leaky.lose("down"):
                    receiver.datagram_received(data)

            def link_lost(self, reason: str) -> None:
                receiver.link_lost(reason)

            def send_failed(self, reason: str) -> None:
                receiver.send_failed(reason)

        link = await self._net.open_link(remote, Ear(), tap=tap)
        carry = link.send
        link.send = lambda data: None if leaky.lose("up") else carry(data)  # type: ignore[method-assign]
        return link

    def lose(self, way: str) -> bool:
        self._count[way] += 1
        return self._loses(way, self._count[way])


def test_what_is_never_confirmed_is_known_to_be_lost() -> None:
    town = small(report="every: 20s", modems=1)
    lived(town, open_link=Leaky(town, lambda way, n: way == "up" and n > 4).open_link)
    assert town.books.sent == 3
    assert town.books.lost > 0
    assert town.books.balanced
    assert town.books.lost == town.total(Count.LOST) == 3 - town.books.received


def test_what_has_come_is_received_though_its_confirmation_was_lost() -> None:
    town = small(report="every: 20s", modems=1)
    lived(town, open_link=Leaky(town, lambda way, n: way == "down" and n > 3).open_link)
    assert town.total(Count.LOST) > 0
    assert town.books == Books(sent=3, received=3)


def test_what_nobody_confirms_and_does_not_come_is_unaccounted_for() -> None:
    town = small(report="every: 20s, confirm: off", modems=1)
    lived(town, open_link=Leaky(town, lambda way, n: way == "up" and n == 5).open_link)
    assert town.books == Books(sent=3, received=2, unaccounted=1)


def test_who_is_forgotten_logs_in_again() -> None:
    town = small("    retry: 5s", report="every: 20s", modems=2, lasts="5min")

    async def meanwhile(crew: Crew, clouds: list[Cloud]) -> None:
        asyncio.get_running_loop().call_later(30, clouds[0].forget, "869975030000461")

    lived(town, meanwhile=meanwhile)
    assert town.total(Count.LOGINS) == 3
    assert town.total(Count.MISSED) >= 1
    assert town.total(Count.DUE) == town.books.sent + town.total(Count.MISSED)
    assert town.books.balanced


def test_a_platform_that_slows_down_shows_in_the_times() -> None:
    town = small(report="every: 20s, within: 1s", modems=2)

    async def meanwhile(crew: Crew, clouds: list[Cloud]) -> None:
        def slow() -> None:
            clouds[0].switches = set_switch(clouds[0].switches, "delay", "1.5")

        asyncio.get_running_loop().call_later(25, slow)

    lived(town, meanwhile=meanwhile)
    times = town.ledger.times(Timing.CONFIRM)
    assert sum(times) == town.books.sent == town.books.received
    assert sum(times[class_of(1.4) :]) == town.total(Count.SLOW) >= 2
    assert town.books.balanced


def test_a_platform_that_dies_loses_what_is_sent_after() -> None:
    town = small(report="every: 20s", modems=2, lasts="2min")

    async def meanwhile(crew: Crew, clouds: list[Cloud]) -> None:
        async def die() -> None:
            await asyncio.sleep(45)
            await clouds[0].close()

        town.tasks.append(asyncio.create_task(die()))

    lived(town, meanwhile=meanwhile)
    assert town.books.balanced
    assert town.books.lost == town.total(Count.LOST) > 0
    assert town.books.sent == town.books.received + town.books.lost


def test_a_login_that_fails_is_tried_again() -> None:
    town = small("    retry: 5s", report="every: 20s", modems=1, lasts="2min")
    lived(town, open_link=Leaky(town, lambda way, n: way == "up" and n <= 6).open_link)
    assert town.total(Count.FAILED_LOGINS) == 1
    assert town.total(Count.LOGINS) == 1
    assert town.outcome.troubles == {"no event 6 within 60 s": 1}


def test_the_host_writes_what_the_file_says() -> None:
    more = """    host:
      - AT+MIPLCREATEEX="183.230.40.40:5683",0
      - AT+MIPLADDOBJ=0,3200,1,"1",1,0
      - AT+MIPLOPEN=0,86400,30
      - {wait: "+MIPLEVENT: 0,6"}
      - {pause: 5s}
"""
    town = lived(small(more, report="every: 20s", modems=2))
    assert town.total(Count.LOGINS) == 2
    assert town.books == Books(sent=6, received=6)


def test_a_command_that_is_refused_is_told() -> None:
    more = "    host: [AT+MIPLNONSENSE=1]\n    retry: 30s\n"
    town = lived(small(more, modems=2))
    assert town.total(Count.FAILED_LOGINS) >= 4
    assert list(town.outcome.troubles) == ["AT+MIPLNONSENSE was answered ERROR"]


def test_a_coroutine_is_the_host() -> None:
    heard = []

    async def device(host: Host) -> None:
        await host.command('AT+MIPLCREATEEX="183.230.40.40:5683",0')
        await host.command('AT+MIPLADDOBJ=0,3200,1,"1",1,0')
        await host.command("AT+MIPLOPEN=0,86400,30")
        heard.append(await host.expect("+MIPLEVENT: 0,6"))
        await host.until_ready()
        with pytest.raises(Refused, match=r"AT\+MIPLOPEN was answered \+CIS ERROR: 602"):
            await host.command("AT+MIPLOPEN=0,86400,30")
        heard.extend(await host.command("AT+MIPLVER?"))
        assert await host.report("warm") == 1
        assert await host.report("cold") == 2
        await host.sleep(5)

    town = lived(small(modems=1), coroutines={0: device})
    assert heard[0] == "+MIPLEVENT: 0,6"
    assert heard[1].startswith("+MIPLVER: ")
    assert town.books == Books(sent=2, received=2)


def test_a_coroutine_that_raises_takes_nobody_with_it() -> None:
    async def device(host: Host) -> None:
        if host.member.number == 1:
            raise KeyError("no such thing")

    town = lived(small(modems=3), coroutines={0: device})
    assert town.total(Count.ERRORS) == 1
    assert town.outcome.troubles == {"group 1: KeyError: 'no such thing'": 1}


@pytest.mark.parametrize("operation", ["read", "write", "execute"])
def test_the_platform_gets_its_answers(operation: str) -> None:
    town = small(report="every: 20s", modems=1)
    answers: list[Any] = []

    async def ask(cloud: Cloud) -> None:
        await asyncio.sleep(45)
        match operation:
            case "read":
                answers.append(await cloud.read("869975030000461", "/3200/0/5750"))
            case "write":
                await cloud.write("869975030000461", "/3200/0/5750", "abcd")
                answers.append(None)
            case _:
                await cloud.execute("869975030000461", "/3200/0/5523", "now")
                answers.append(None)

    async def meanwhile(crew: Crew, clouds: list[Cloud]) -> None:
        town.tasks.append(asyncio.create_task(ask(clouds[0])))

    lived(town, meanwhile=meanwhile)
    assert answers in (["2 0"], ["3 0"], [None])
    assert town.tasks[0].done()


def test_who_is_told_to_stop_waits_for_what_is_under_way() -> None:
    town = small(report="every: 20s", modems=2)

    async def meanwhile(crew: Crew, clouds: list[Cloud]) -> None:
        asyncio.get_running_loop().call_later(25, crew.stop)

    lived(town, meanwhile=meanwhile)
    assert 0 < town.books.sent < 6
    assert town.books.balanced


def test_who_has_no_platform_any_more_does_not_try_to_leave_it() -> None:
    town = small(report="every: 20s", modems=2)

    async def meanwhile(crew: Crew, clouds: list[Cloud]) -> None:
        def end() -> None:
            clouds[0].switches = set_switch(clouds[0].switches, "silent", "on")
            crew.stop(leave=False)

        asyncio.get_running_loop().call_later(25, end)

    lived(town, meanwhile=meanwhile)
    assert town.outcome.troubles == {}


def test_a_login_that_the_end_cuts_off_is_told() -> None:
    town = small(modems=2, lasts="20s")

    async def meanwhile(crew: Crew, clouds: list[Cloud]) -> None:
        clouds[0].switches = set_switch(clouds[0].switches, "silent", "on")

    lived(town, meanwhile=meanwhile)
    told = "a login was under way when the run ended: no event 6 yet"
    assert town.outcome.troubles == {told: 2}


def test_every_dialect_is_understood() -> None:
    spellings = next(each for each in register() if each.name == "mipl_colon").values
    for spelling in spellings:
        town = lived(small(f"    quirks: {{mipl_colon: {spelling}}}", "every: 20s", modems=1))
        assert town.books == Books(sent=3, received=3)


def times_of(town: Town, imei: str) -> list[float]:
    (cloud,) = town.clouds.values()
    return [point.at for point in cloud.points(imei)]


def test_reports_come_up_to_the_jitter_later() -> None:
    town = lived(small(report="every: 10s, jitter: 4s", modems=1, lasts="5min"))
    first, *others = times_of(town, "869975030000461")
    behind = [at - first - 10 * n for n, at in enumerate(others, 1)]
    assert all(-4.1 <= each <= 4.1 for each in behind)
    assert max(behind) - min(behind) > 1

    town = lived(small(report="every: 10s", modems=1, lasts="5min"))
    first, *others = times_of(town, "869975030000461")
    assert [at - first - 10 * n for n, at in enumerate(others, 1)] == pytest.approx(
        [0.0] * len(others), abs=0.1
    )


def test_each_modem_has_chances_of_its_own() -> None:
    town = lived(small(report="every: 20s, data: {walk: {from: 0}}", modems=2))
    one, other = "869975030000461", "869975030000462"
    assert values(town, one)[1:] != values(town, other)[1:]
    assert abs((times_of(town, one)[0] - times_of(town, other)[0]) % 20) > 0.6  # not the ramp's


def test_a_report_that_waits_for_the_one_before_is_late() -> None:
    more = "    quirks: {reply_delay_ms: 3000}\n"
    town = lived(small(more, report="every: 2s, late: 1s", modems=1))
    assert 0 < town.total(Count.LATE) < town.total(Count.DUE)
    assert town.books.balanced


def test_a_confirmation_that_is_under_way_at_the_end_is_waited_for() -> None:
    town = Town(replace(small(modems=1).fleet, close=False))
    crews: list[Crew] = []

    async def meanwhile(crew: Crew, clouds: list[Cloud]) -> None:
        crews.append(crew)
        clouds[0].switches = set_switch(clouds[0].switches, "delay", "1.5")

    async def device(host: Host) -> None:
        for line in (
            'AT+MIPLCREATEEX="183.230.40.40:5683",0',
            'AT+MIPLCFG="platform",0,10',
            'AT+MIPLADDOBJ=0,3200,1,"1",1,0',
            "AT+MIPLOPEN=0,86400,30",
        ):
            await host.command(line)
        await host.until_ready()
        await host.report("last")
        crews[0].stop()

    lived(town, coroutines={0: device}, meanwhile=meanwhile)
    assert (town.total(Count.ACKED), town.total(Count.LOST)) == (1, 0)
    assert town.books == Books(sent=1, received=1)


def test_what_comes_twice_is_received_once() -> None:
    town = small(modems=1)
    point = Point(ResourcePath(3200, 0, 5750), "1 x", b"1 x")
    for _ in range(3):
        town.counting.heard(Notified("869975030000461", (point,)))
    town.counting.heard(Notified("869975030000999", (point,)))  # nobody of ours
    bare = Point(ResourcePath(3200, 0, 5750), "x", b"x")  # no report: it has no number
    town.counting.heard(Notified("869975030000461", (bare,)))
    assert (town.total(Count.RECEIVED), town.total(Count.TWICE)) == (1, 2)


def test_after_a_lost_session_it_has_to_be_observed_anew() -> None:
    town = small(modems=1)

    async def heard() -> None:
        group, chance = town.fleet.groups[0], random.Random(1)
        host = Host(town.members[0], group, chance, town.ledger, 0, 0, print)
        for line, ready in (
            ("+MIPLEVENT: 0,6", False),
            ("+MIPLOBSERVE: 0,1,1,3200,0,-1", True),
            ("+MIPLEVENT: 0,31", False),
            ("+MIPLEVENT: 0,6", False),
            ("+MIPLOBSERVE: 0,2,1,3200,0,-1", True),
            ("REBOOTING", False),
        ):
            host.data_received(f"\r\n{line}\r\n".encode())
            assert host.ready is ready, line

    asyncio.run(heard())


def test_a_journal_keeps_as_much_as_it_is_told() -> None:
    journal = Journal()
    journal.limit = 2
    for number in range(5):
        journal.record(float(number), "login")
    assert [record.number for record in journal.records] == [4, 5]
