"""Switches and picks as text, and what becomes of datagrams."""

from typing import Any

import pytest

from emulator.cloud.faults import Fate, Faults
from emulator.cloud.manners import Step
from emulator.cloud.picks import ALL, Pick
from emulator.cloud.switches import Switches, as_texts, set_switch
from lwm2m_core.errors import EngineError
from lwm2m_core.paths import Path


def fates(faults: Faults, ways: str) -> list[Fate]:
    """Of a row of datagrams: `u` one up, `d` one down."""
    return [faults.fate("up" if way == "u" else "down") for way in ways]


GONE: Fate = ()
ONCE: Fate = (0.0,)
TWICE: Fate = (0.0, 0.0)


class Dice:
    """Numbers typed by hand."""

    def __init__(self, *numbers: int) -> None:
        self.numbers = list(numbers)

    def randrange(self, stop: int, /) -> int:
        assert stop == 100
        return self.numbers.pop(0)

    def randbytes(self, n: int, /) -> bytes:
        raise AssertionError


# Text


@pytest.mark.parametrize(
    ("text", "pick"),
    [
        ("next:2", Pick("next", 2)),
        ("down:every:3", Pick("every", 3, "down")),
        ("up:percent:10", Pick("percent", 10, "up")),
    ],
)
def test_a_pick_is_written_and_read(text: str, pick: Pick) -> None:
    assert Pick.parse(text) == pick
    assert str(pick) == text


@pytest.mark.parametrize(
    "text", ["", "next", "next:0", "every:0", "percent:101", "left:next:1", "next:1.5", "next:٣"]
)
def test_a_pick_that_is_none(text: str) -> None:
    with pytest.raises(EngineError):
        Pick.parse(text)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("steps", "discover,observe", (Step.DISCOVER, Step.OBSERVE)),
        ("steps", "none", ()),
        ("auto_discover", "off", False),
        ("extra_observes", "/4/0,/3303/0/5700", (Path(4, 0), Path(3303, 0, 5700))),
        ("refuse", "4.03", 131),
        ("refuse_bootstrap", "5.31", 191),
        ("strict_devices", "on", True),
        ("block_size", "64", 64),
        ("silent", "on", True),
        ("drop", "down:next:2", Pick("next", 2, "down")),
        ("duplicate", "every:2", Pick("every", 2)),
        ("delay", "2.5", 2.5),
        ("delayed", "up:percent:50", Pick("percent", 50, "up")),
    ],
)
def test_a_switch_is_set_shown_and_set_back(name: str, text: str, value: object) -> None:
    switches = set_switch(Switches(), name, text)
    assert getattr(switches, name) == value
    assert as_texts(switches) == {**as_texts(Switches()), name: text}
    assert set_switch(switches, name, "") == Switches()


def test_every_switch_has_a_name() -> None:
    assert list(as_texts(Switches())) == list(Switches.__dataclass_fields__)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("dropp", "next:1", "no switch 'dropp'; did you mean drop?"),
        ("x", "1", "no switch 'x': steps, "),
        ("steps", "observe,observe", "steps: 'observe,observe' is not some of observe,discover"),
        ("auto_discover", "yes", "auto_discover: 'yes' is neither on nor off"),
        ("extra_observes", "4/0", "extra_observes: not an LwM2M path"),
        ("extra_observes", ",".join(["/4/0"] * 65), "extra_observes: more than 64"),
        ("refuse", "2.05", "refuse: '2.05' is no code from 4.00 to 5.31"),
        ("refuse", "4.32", "refuse: '4.32' is no code from 4.00 to 5.31"),
        ("block_size", "100", "block_size: 100 is no power of two from 16 to 1024"),
        ("block_size", "-16", "block_size: '-16' is no power of two"),
        ("delay", "1e3", "delay: '1e3' is no number of seconds"),
        ("delay", "3601", "delay: 3601.0 is not between 0 and 3600"),
        ("drop", "some", "drop: 'some' is not [up:|down:]next:N, every:N or percent:N"),
    ],
)
def test_a_wrong_switch_is_told_by_its_name(name: str, text: str, said: str) -> None:
    with pytest.raises(EngineError) as caught:
        set_switch(Switches(), name, text)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "wrong",
    [{"refuse": 69}, {"refuse_bootstrap": 192}, {"block_size": 8}, {"delay": float("nan")}],
)
def test_a_wrong_switch_in_python(wrong: dict[str, Any]) -> None:
    with pytest.raises(EngineError, match=next(iter(wrong))):
        Switches(**wrong)


# Datagrams


def test_without_switches_all_arrives_at_once() -> None:
    assert fates(Faults(Switches(), Dice()), "udud") == [ONCE] * 4


def test_silence_is_for_both_ways() -> None:
    faults = Faults(Switches(silent=True), Dice())
    assert fates(faults, "ud") == [GONE, GONE]
    faults.switches = Switches()
    assert fates(faults, "ud") == [ONCE, ONCE]


def test_the_next_so_many_are_counted_down() -> None:
    faults = Faults(Switches(drop=Pick("next", 2, "down")), Dice())
    assert fates(faults, "du") == [GONE, ONCE]
    assert as_texts(faults.switches)["drop"] == "down:next:1"
    assert fates(faults, "dd") == [GONE, ONCE]
    assert faults.switches == Switches()


def test_each_so_manieth() -> None:
    faults = Faults(Switches(drop=Pick("every", 3)), Dice())
    assert fates(faults, "ududud") == [ONCE, ONCE, GONE] * 2


def test_a_pick_that_stays_goes_on_counting_when_something_else_is_switched() -> None:
    faults = Faults(Switches(drop=Pick("every", 3)), Dice())
    assert fates(faults, "dd") == [ONCE, ONCE]
    faults.switches = Switches(drop=Pick("every", 3), refuse=131)
    assert fates(faults, "dd") == [GONE, ONCE]
    faults.switches = Switches(drop=Pick("every", 2))
    assert fates(faults, "dd") == [ONCE, GONE]


def test_some_by_chance() -> None:
    faults = Faults(Switches(drop=Pick("percent", 10)), Dice(10, 9, 99, 0))
    assert fates(faults, "dddd") == [ONCE, GONE, ONCE, GONE]


def test_copies_and_delays() -> None:
    assert fates(Faults(Switches(duplicate=Pick("every", 2)), Dice()), "dd") == [ONCE, TWICE]
    assert fates(Faults(Switches(delay=2.5), Dice()), "ud") == [(2.5,), (2.5,)]
    both = Faults(Switches(duplicate=ALL, delay=2.5, delayed=Pick("every", 1, "up")), Dice())
    assert fates(both, "ud") == [(2.5, 2.5), TWICE]


def test_when_the_delayed_ones_have_come_there_is_no_delay_any_more() -> None:
    faults = Faults(Switches(delay=2.5, delayed=Pick("next", 1)), Dice())
    assert fates(faults, "dd") == [(2.5,), ONCE]
    assert faults.switches == Switches()


def test_what_is_lost_is_not_counted_by_the_others() -> None:
    faults = Faults(Switches(drop=Pick("next", 1), duplicate=Pick("next", 1)), Dice())
    assert fates(faults, "ddd") == [GONE, TWICE, ONCE]
