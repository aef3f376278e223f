"""A channel with a small table of made-up commands, as a host at its other end sees it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest

from emulator.at.channel import Channel, ChannelSettings
from emulator.at.results import Done, Failed, Later, Line, Reboot, Result, info
from emulator.at.state import LineProfile, LineState
from emulator.at.syntax import Int, Ref, Text, UInt16, Value
from emulator.at.table import Table, at
from emulator.at.writer import plain
from emulator.commands import basic


@dataclass
class Bench:
    """The context of the made-up commands: what they saw, and the channel they run on."""

    line: LineState
    identification: tuple[str, ...] = ("Maker", "Model 1")
    seen: list[Any] = field(default_factory=list)
    channel: Channel | None = None


@at("+TEXT=")
def text(bench: Bench, text: Text = "nothing") -> Result:
    bench.seen.append(text)
    return Done((info("+TEXT", text),))


@at("+TEXT?")
def read_text(bench: Bench) -> Result:
    return Done(tuple(info("+TEXT", seen) for seen in bench.seen))


@at("+NUM=")
def num(bench: Bench, value: UInt16) -> Result:
    bench.seen.append(value)
    return Done()


@at("+FAIL=")
def fail(bench: Bench, code: Int) -> Result:
    raise Failed(code)


@at("+CRASH")
def crash(bench: Bench) -> Result:
    raise ZeroDivisionError("a bug")


@at("+WRONG")
def wrong(bench: Bench) -> Result:
    return "OK"  # type: ignore[return-value]


@at("+WAIT=")
def wait(bench: Bench, now: float, seconds: Int) -> Result:
    return Later(now + seconds, lambda later: Done((info("+WAITED", later),)))


@at("+LATEFAIL=")
def late_fail(bench: Bench, now: float, seconds: Int) -> Result:
    def then(later: float) -> Result:
        raise Failed(3)

    return Later(now + seconds, then)


@at("+EVENT=")
def event(bench: Bench, now: float, number: Int) -> Result:
    """Speaks up from inside its handler, and once more behind its result."""
    assert bench.channel is not None
    bench.channel.unsolicited(info("+INSIDE", number), now, 77)
    return Done(after=(info("+BEHIND", number),))


@at("+JOINED=")
def joined(bench: Bench, number: Int) -> Result:
    return Done((info("+BEFORE", number),), after=(info("+JOINED", number),), joined=True)


@at("+NRB")
def reboot(bench: Bench) -> Result:
    return Reboot(("REBOOTING",))


@at("+LATENRB=")
def late_reboot(bench: Bench, now: float, seconds: Int) -> Result:
    return Later(now + seconds, lambda later: Reboot(("REBOOTING",)))


@at("+POWEROFF")
def power_off(bench: Bench, now: float) -> Result:
    assert bench.channel is not None
    bench.channel.reset(now)
    return Done()


@at("+MIPLNUM=")
def mipl_num(bench: Bench, ref: Ref, value: UInt16) -> Result:
    bench.seen.append(value)
    return Done((info("+MIPLNUM", ref, value),))


@at("+MIPLFAIL=")
def mipl_fail(bench: Bench, ref: Ref, code: Int) -> Result:
    raise Failed(code)


@at("+MIPLCRASH")
def mipl_crash(bench: Bench) -> Result:
    raise ZeroDivisionError("a bug")


@at("+MIPLVALUE=")
def value(
    bench: Bench, ref: Ref, value: Value, index: UInt16, flag: UInt16, ackid: UInt16 | None = None
) -> Result:
    bench.seen.append((value, index, flag, ackid))
    return Done()


@at("+MIPLWAY=")
def way_of_words(bench: Bench, way: Literal["words"], ref: Ref, word: Text) -> Result:
    bench.seen.append(word)
    return Done()


@at("+MIPLWAY=")
def way_of_numbers(bench: Bench, way: Literal["numbers"], ref: Ref, number: UInt16) -> Result:
    bench.seen.append(number)
    return Done()


MADE_UP = (
    text, read_text, num, fail, crash, wrong, wait, late_fail, event, joined, reboot, late_reboot,
    power_off, mipl_num, mipl_fail, mipl_crash, value, way_of_words, way_of_numbers,
)  # fmt: skip


@dataclass
class Told:
    """The owner of a channel: hands on what it is told."""

    on_command: Callable[[str, float, int], None] = lambda text, now, cause: None
    on_reboot: Callable[[float, int], None] = lambda now, cause: None
    bug: Callable[[Exception, str], None] = lambda bug, text: None

    def command_begins(self, text: str, now: float, cause: int) -> None:
        self.on_command(text, now, cause)

    def rebooted(self, now: float, cause: int) -> None:
        self.on_reboot(now, cause)

    def failed(self, bug: Exception, text: str) -> None:
        self.bug(bug, text)


@pytest.fixture(scope="session")
def table() -> Table:
    return Table.of(basic, *MADE_UP)


@pytest.fixture
def connect(table: Table) -> Callable[..., tuple[Channel, Bench]]:
    def connected(
        profile: LineProfile | None = None,
        settings: ChannelSettings | None = None,
        spell: Callable[[Line], str] = plain,
        **told: Any,
    ) -> tuple[Channel, Bench]:
        bench, owner = Bench(LineState(profile)), Told(**told)
        channel = Channel(
            table, bench, line=bench.line, settings=settings, spell=spell, owner=owner
        )
        bench.channel = channel
        return channel, bench

    return connected


@pytest.fixture
def ask(connect: Callable[..., tuple[Channel, Bench]]) -> Callable[..., bytes]:
    """Everything a fresh channel writes when these lines come in one after another, at time 0."""

    def asked(*lines: bytes, profile: LineProfile | None = None) -> bytes:
        channel, _ = connect(profile)
        for number, line in enumerate(lines):
            channel.receive(line, 0.0, number)
        return b"".join(written.data for written in channel.outputs())

    return asked
