"""The report: which break is the first, how often it shows, and how it is seen again."""

from dataclasses import replace

import pytest

from emulator.explore.found import Break, Found, Kept, Tried
from emulator.explore.judging import Verdict
from emulator.explore.lines import Printed
from emulator.explore.placement import Placement
from emulator.explore.showing import as_text, summary
from tests.emulator.explore.test_comparing import (
    COLLIDES,
    NOTIFY,
    PLACED,
    SHEET,
    UNDISTURBED,
    lived,
)

READ = "+MIPLREAD: 0,64000,3200,0,5750"
BROKEN = Break(PLACED, "it stood still", lived(*UNDISTURBED))
HARSH = replace(BROKEN, placed=replace(PLACED, position="between"), why="it crashed")
EVENT = "+MIPLEVENT: 0,26,147"


def reported(*breaks: Break, least: Break = BROKEN, kept: Kept | None = None) -> str:
    tried = [Tried(PLACED, Verdict("passed"))] * 7 + [Tried(HARSH.placed, Verdict("broken", "x"))]
    found = Found(SHEET, 20, 0, tried=tried, breaks=[*breaks], least=least, kept=kept or Kept())
    return as_text(found)


def test_the_first_is_the_first_at_a_real_place() -> None:
    found = Found(SHEET, 2, 0, breaks=[HARSH, BROKEN])
    assert (found.first, found.harsh) == (BROKEN, HARSH)
    found = Found(SHEET, 2, 0, breaks=[BROKEN])
    assert (found.first, found.harsh) == (BROKEN, None)
    found = Found(SHEET, 2, 0, breaks=[HARSH])
    assert (found.first, found.harsh) == (HARSH, None)


def test_behind_a_break_at_a_harsh_place_the_real_ones_are_tried() -> None:
    found = Found(SHEET, 2, 0)
    assert not found.is_done_with(HARSH.placed)
    found.breaks.append(HARSH)
    assert found.is_done_with(HARSH.placed)
    assert not found.is_done_with(PLACED)
    found.add(BROKEN)
    assert found.is_done_with(HARSH.placed)
    assert found.is_done_with(PLACED)


def test_behind_a_break_that_a_race_decides_one_is_looked_for_that_comes_each_time() -> None:
    """For a minute, at real places."""
    race, found = replace(BROKEN, steady=False), Found(SHEET, 2, 0)
    found.add(race, 100.0)
    assert not found.is_done_with(PLACED, 100.0)
    assert found.is_done_with(HARSH.placed, 100.0)
    found.add(race, 130.0)
    assert not found.is_done_with(PLACED, 160.0)
    assert found.is_done_with(PLACED, 160.1)
    found.add(BROKEN, 131.0)
    assert found.is_done_with(PLACED, 131.0)
    assert (found.first, found.steady) == (race, BROKEN)


def test_a_break_at_a_harsh_place_is_told_besides() -> None:
    report = reported(HARSH, BROKEN)
    assert "first that breaks it, real:\n" in report
    where = f"{NOTIFY}: {READ} between the data and the final result"
    assert f"besides, at a harsh place: {where}: it crashed\n" in report
    assert "more break it" not in report
    assert "no real place" not in report


def test_what_passed_at_the_same_place_is_told() -> None:
    """It tells by what that which broke it differs."""
    event = Printed("event", "+MIPLEVENT: 0,33")
    at_once = replace(PLACED, lines=(event,))
    elsewhere = replace(PLACED, lines=(Printed("cereg", "+CEREG: 1"),), position="before")
    tried = [Tried(each, Verdict("passed")) for each in (at_once, elsewhere)]
    found = Found(SHEET, 3, 0, tried=tried, breaks=[BROKEN], least=BROKEN)
    assert "\n  there it lived through: event\n" in as_text(found)
    assert "there it lived through" not in as_text(replace(found, tried=tried[1:]))


def test_where_no_real_place_breaks_it_the_report_says_so() -> None:
    report = reported(HARSH, least=HARSH)
    assert "first that breaks it, harsh:\n" in report
    assert "no real place breaks it: 7 ran\n" in report
    assert "besides" not in report
    assert "no real place" not in reported(HARSH, least=BROKEN)


def test_how_many_ran_in_a_second_is_told_of_many_only() -> None:
    passed = Tried(PLACED, Verdict("passed"))
    few = Found(SHEET, 99, 0, tried=[passed] * 99, seconds=10.0)
    assert summary(few) == "99 placements ran, none broke the host; 10.0 s"
    many = Found(SHEET, 100, 0, tried=[passed] * 100, seconds=10.0)
    assert summary(many) == "100 placements ran, none broke the host; 10.0 s, 10.0 a second"
    assert summary(replace(many, breaks=[BROKEN])).endswith("; 10.0 s")


def test_how_often_it_broke_the_host() -> None:
    broken = replace(BROKEN, steady=False, broke=3, lives=4)
    assert "  it stood still\n  broke it 3 of 4 times\n" in reported(broken, least=broken)
    again = replace(broken, broke=6, lives=7)
    assert "  it stood still\n  broke it 6 of 7 times\n" in reported(broken, least=again)


def test_why_the_simplest_has_two_lines() -> None:
    one = replace(BROKEN, steady=False, broke=2, lives=4)
    placed: Placement = replace(PLACED, lines=(COLLIDES, COLLIDES))
    two = replace(BROKEN, placed=placed, broke=3, lives=3, simpler=one)
    assert (
        "  broke it 3 of 3 times; simpler is "
        f"{NOTIFY}: {READ} behind the answer, in one write with it, but that broke it 2 of 4 times"
    ) in reported(BROKEN, least=two)


@pytest.mark.parametrize(
    ("end", "told"),
    [
        ("silent", "run a.yaml without its dialogue)"),
        ("hung", "--limit, or run a.yaml without its dialogue)"),
    ],
)
def test_a_life_that_the_search_has_ended_is_told_to_be_so(end: str, told: str) -> None:
    observed = lived(*UNDISTURBED, end=end, code=None, seconds=7.5)
    broken = replace(BROKEN, observed=observed)
    kept = Kept("a.yaml", None, "dialogue[1]: no", 2, 2, None, 1)
    assert (
        "  (ended by the search after 7.5 s; what the host says when its own time is up is not "
        f"seen: {told}\n"
    ) in reported(broken, least=broken, kept=kept)
    assert "ended by the search" not in reported(BROKEN)


def test_a_scenario_that_shows_it_each_time() -> None:
    kept = Kept("a.yaml", None, "dialogue[1]: no", 2, 2, None, 1)
    again = "run with this host, it failed 2 of 2 times: dialogue[1]: no"
    assert f"to see it again: a.yaml\n  {again}\n" in reported(BROKEN, kept=kept)


@pytest.mark.parametrize(
    ("broke", "lives", "failed", "told"),
    [  # the fewest runs with 5 % or less left
        (3, 3, 1, "run it up to 2 times; it showed in 4 of 5 lives"),  # 0.2^2 = 0.04
        (2, 3, 1, "run it up to 4 times; it showed in 3 of 5 lives"),  # 0.4^4 = 0.026, ^3: 0.064
        (2, 6, 1, "run it up to 7 times; it showed in 3 of 8 lives"),  # 0.625^7 = 0.037, ^6: 0.06
        (1, 40, 1, "run it up to 20 times; it showed in 2 of 42 lives"),  # 62 in truth
    ],
)
def test_in_how_many_runs_it_shows(broke: int, lives: int, failed: int, told: str) -> None:
    broken = replace(BROKEN, steady=False, broke=broke, lives=lives)
    kept = Kept("a.yaml", None, "dialogue[1]: no", failed, 2, None, 1)
    report = reported(BROKEN, least=broken, kept=kept)
    assert f"to see it again: a.yaml\n  NOT EACH TIME: {told}\n" in report
    assert f"  run with this host, it failed {failed} of 2 times: dialogue[1]: no\n" in report


def test_whether_the_scenario_shows_it() -> None:
    kept = Kept("a.yaml", None, "", 0, 2, 3, 4)
    assert reported(BROKEN, kept=kept).endswith(
        "a.yaml does NOT show it: with this host all is as written in it; "
        "those of 4 breaks were tried\n"
        "  what shows it is the host, which then ends with exit code 3\n"
    )
