"""A hundred bad networks: 30 % of the datagrams lost, 10 % doubled, many reordered, both ways.

The modem's shell with an in-memory port and network, in virtual time. At the far end is a platform
of literal datagrams, which repeats what it asks and processes each message once (tests/asking.py).
A test says its seed when it fails.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

import pytest

from emulator.modem import Modem, ModemSettings
from emulator.serial_end import SerialEnd
from tests.asking import Question
from tests.lives import ASKS, FINAL, Host, Platform, there, until
from transport.impairment import BadNetwork, Impairment
from transport.memory import MemoryNetwork

GET, POST, PUT = 1, 2, 3
CHANGED, CONTENT = 0x44, 0x45
SEEDS = 100
BAD = Impairment(loss=0.3, duplication=0.1, reordering=0.2, delay=(0.05, 0.8))
ROUNDS = 9  # of a report, and a request of the platform meanwhile; 8 reports may be under way
PATIENCE = 400.0  # seconds until one exchange has ended, one way or another
TRIES = 8  # of OPEN, CLOSE and Observe: each fails in one of thirty cases

# Every fourth seed has a module like this one.
MODULES: tuple[Mapping[str, Any], ...] = (
    {},
    {"event_25": "ackid"},  # a report that was lost is told
    {"event_25": "ackid", "empty_ack_after_s": 0.5},  # answers of the MCU come separately
    {"event_25": "ackid", "queue_awake_s": 5},  # asleep between two rounds
)

ENDS = re.compile(r"\+MIPLEVENT: 0,2[56],[0-8]")  # of a report


class Life:
    """One module on one network, from CREATE to its end."""

    def __init__(self, host: Host, platform: Platform) -> None:
        self.host, self.platform = host, platform
        self.asked: list[Question] = []
        self.ackids: list[int] = []

    async def log_in(self, binding: int) -> None:
        """Opens until it is event 6; every other OPEN ends in event 7 (decision 22)."""
        for line in (
            'AT+MIPLCREATEEX="h",0',
            'AT+MIPLADDOBJ=0,3200,1,"1",0,0',
            f'AT+MIPLCFG="binding",0,{binding}',
        ):
            assert await self.host.command(line) == "OK"
        for opened in range(1, TRIES + 1):
            assert await self.host.command("AT+MIPLOPEN=0,86400,100") == "OK"
            assert await until(partial(self._has_ended, opened), PATIENCE)
            if self.host.count("+MIPLEVENT: 0,6"):
                return
        raise AssertionError("not registered")

    def _has_ended(self, opened: int) -> bool:
        return self.host.count("+MIPLEVENT: 0,6") + self.host.count("+MIPLEVENT: 0,7") == opened

    async def be_observed(self) -> None:
        """The platform asks until it is answered, a sleeping module behind its Update."""
        for _ in range(TRIES):
            assert await self.host.command("AT+MIPLUPDATE=0,86400,0") == "OK"
            asked = self.platform.observe()
            await until(partial(getattr, asked, "is_over"), PATIENCE)
            if asked.answer is not None:
                return
        raise AssertionError("not observed")

    async def play(self) -> None:
        for number in range(ROUNDS):
            self.ackids.append(number)
            report = f'AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"no.{number}",0,0,{number}'
            assert await self.host.command(report) == "OK"
            code, body = ((GET, b""), (PUT, b"efgh"), (POST, b"on"))[number % 3]
            self.asked.append(self.platform.ask(code, body))
            if number % 2:
                assert await self.host.command("AT+MIPLUPDATE=0,86400,0") == "OK"
            await asyncio.sleep(150)  # longer than 31 times 2 s: everything has ended

    async def leave(self) -> None:
        """CLOSE until it is event 15: an unanswered one says nothing (decision 27)."""
        for _ in range(TRIES):
            assert await self.host.command("AT+MIPLCLOSE=0") == "OK"
            if await until(lambda: self.host.count("+MIPLEVENT: 0,15"), 70):
                return
        raise AssertionError("not deregistered")


virtual = pytest.mark.asyncio(loop_factories=["virtual"])
Lived = tuple[Life, BadNetwork]


async def _lived(seed: int, quirks: Mapping[str, Any]) -> Lived:
    failures: list[dict[str, Any]] = []  # of what the loop calls: the ends among them
    asyncio.get_running_loop().set_exception_handler(lambda _, context: failures.append(context))
    network, platform = MemoryNetwork(), Platform()
    await platform.listen(network)
    road = BadNetwork(network.open_link, seed=seed, up=BAD, down=BAD)
    settings = ModemSettings(strict=True, seed=seed, quirks=quirks)
    async with Modem(SerialEnd("memory:"), there, settings, open_link=road.open_link) as modem:
        host = Host(modem)
        life = Life(host, platform)
        await life.log_in(2 if "queue_awake_s" in quirks else 0)
        await life.be_observed()
        await life.play()
        await life.leave()
        await asyncio.sleep(300)  # nothing comes later
        await host.close()
        assert modem.firmware.deadline() is None, "and nothing is waited for"
    platform.close()
    assert not failures
    return life, road


@pytest.fixture(scope="module")
def toll() -> Iterator[list[Lived]]:
    """The lives that were lived; of all hundred together, what the networks did to them."""
    lives: list[Lived] = []
    yield lives
    if len(lives) == SEEDS:
        for ways in ([road.up for _, road in lives], [road.down for _, road in lives]):
            offered = sum(way.offered for way in ways)
            assert offered >= 4000
            assert 0.28 <= sum(way.lost for way in ways) / offered <= 0.32
            # Only what is not lost is doubled or held, and one at a time is held.
            assert 0.06 <= sum(way.duplicated for way in ways) / offered <= 0.08
            assert 0.10 <= sum(way.reordered for way in ways) / offered <= 0.14
        _many_got_through(life for life, _ in lives)


def _many_got_through(lives: Iterable[Life]) -> None:
    """And of what can go wrong, everything has."""
    lives = list(lives)
    answered = sum(asked.answer is not None for life in lives for asked in life.asked)
    events = Counter(
        line.split(",")[1] for life in lives for line in life.host.log if "EVENT" in line
    )
    assert 0.8 <= answered / (SEEDS * ROUNDS) < 1
    assert 0.9 <= events["26"] / (SEEDS * ROUNDS) < 1
    assert events["25"] and events["7"], "a report was lost, and a login failed"


@virtual
@pytest.mark.conformance("CORE_15", "CORE_16", "OBS_11", far="datagrams")
@pytest.mark.parametrize("seed", range(SEEDS))
async def test_a_life_on_a_bad_network(seed: int, toll: list[Lived]) -> None:
    """Whatever is lost, every command has one result, every report one end, every request at most
    one answer; nothing else is printed, and the session lives until it is closed."""
    quirks = MODULES[seed % len(MODULES)]
    life, road = await _lived(seed, quirks)
    toll.append((life, road))
    try:
        assert road.up.lost and road.down.lost
        assert not life.host.strays
        _each_command_has_one_result(life.host.log)
        _each_report_has_one_end(life, told="event_25" in quirks)
        _each_request_is_printed_until_it_is_answered(life)
        _nothing_else_is_printed(life)
        _the_platform_agrees(life)
    except AssertionError as failure:
        failure.add_note(f"seed {seed}, {quirks}:\n" + "\n".join(life.host.log))
        raise


def _each_command_has_one_result(log: list[str]) -> None:
    """Behind each command, before the next one; there are no others (Host.strays)."""
    commands = [line for line in log if line.startswith("> ")]
    results = [line for line in log if FINAL.fullmatch(line)]
    assert results == ["OK"] * len(commands)


def _each_report_has_one_end(life: Life, *, told: bool) -> None:
    """Event 26 (the platform then has it), or it was given up, which event 25 tells where the
    module has that, and else silence (decision 42)."""
    had = {heard.payload for heard in life.platform.server.notifications}
    for ackid in life.ackids:
        acknowledged = life.host.count(f"+MIPLEVENT: 0,26,{ackid}")
        lost = life.host.count(f"+MIPLEVENT: 0,25,{ackid}")
        assert acknowledged + lost == 1 if told else acknowledged <= 1 and not lost, ackid
        if acknowledged:
            assert b"\xe4\x16\x76no.%d" % ackid in had


def _each_request_is_printed_until_it_is_answered(life: Life) -> None:
    """Decision 31: a repetition prints the line again, but not after the answer."""
    log = life.host.log
    for asked in life.asked:
        lines = [at for at, line in enumerate(log) if f": 0,{asked.mid},3200,0,5750" in line]
        answers = [
            at
            for at, line in enumerate(log)
            if line.startswith("> ") and f"RSP=0,{asked.mid}," in line
        ]
        assert len(lines) == len(answers), "each line is answered"
        if answers:
            assert lines[-1] <= log.index("OK", answers[0]), asked.mid
        assert len({log[at] for at in lines}) <= 1
        assert bool(lines) or asked.answer is None


def _nothing_else_is_printed(life: Life) -> None:
    server = life.platform.server
    opens = sum(line.startswith("> AT+MIPLOPEN") for line in life.host.log)
    updates = sum(
        heard.target.startswith("/rd/") and heard.code == POST for heard in server.requests
    )
    printed = Counter(line for line in life.host.log if not line.startswith("> "))
    assert printed.pop("+MIPLCREATEEX: 0") == printed.pop("+MIPLEVENT: 0,6") == 1
    assert printed.pop("+MIPLEVENT: 0,15") == 1
    assert life.host.log[-1] == "+MIPLEVENT: 0,15"
    assert printed.pop("+MIPLEVENT: 0,7", 0) == opens - 1
    assert printed.pop("+MIPLEVENT: 0,11", 0) <= updates
    for line, times in printed.items():
        if line.startswith("+MIPLOBSERVE: "):
            assert times == 1, line
        else:
            assert FINAL.fullmatch(line) or ASKS.fullmatch(line) or ENDS.fullmatch(line), line


def _the_platform_agrees(life: Life) -> None:
    """What it has heard is whole, in order of its numbers, and said alike each time."""
    server = life.platform.server
    assert not server.is_registered
    for asked in server.questions:
        assert len(asked.copies) <= 1 and not asked.rejected
        assert asked.answer is None or asked.answer.code == (
            CHANGED if asked.data[1] > 1 else CONTENT
        )
    by_mid = {heard.mid: heard.options[6][0] for heard in server.notifications}
    assert len(by_mid) == len(server.notifications) == len(set(by_mid.values()))
