"""The page of figures is made from what a run has kept; goals are held against their figures."""

from typing import Any

import pytest

from benchmarks.page import page, picture_of, section_lines
from benchmarks.rounds import Figure, interleave
from benchmarks.section import Goal, Section
from benchmarks.size import FULL, SMOKE

LOOP = {"subject": "C loop", "unit": "µs", "values": [10.0, 20.0, 40.0]}
MODEM = {"subject": "modem", "unit": "µs", "values": [15.0, 40.0, 60.0]}
HELD = {
    "emulator.a.B": (2.0, 100.0),
    "emulator.c.D": (1.0, 50.0),
    "lwm2m_core.e.F": (1.0, 48.0),
    "str": (3.0, 200.0),
    "float": (1.0, 24.0),
    "asyncio.events.Handle": (2.0, 192.0),
}
GOAL = {
    "subject": "modem",
    "reference": "C loop",
    "at_most": 1.5,
    "at_least": None,
    "reached": 1.5,
    "met": True,
    "why": "of GETs",
    "account": "Where the time goes: GETs",
}
LINK = "[Where the time goes: GETs](#where-the-time-goes-gets)"
SECTION = {
    "name": "at",
    "title": "AT → OK",
    "references": ["C loop"],
    "figures": [LOOP, MODEM],
    "goals": [GOAL],
}


def _run(*sections: dict[str, Any]) -> dict[str, Any]:
    machine = {"processor": "Z80", "cores": 2, "system": "Linux 6.1", "python": "3.11.7"}
    where = {
        "work": "GETs",
        "us": 44.0,
        "reference": "bare echo",
        "reference_us": 21.53,
        "samples": 50,
        "rooms": {"waiting": 75.0},
        "functions": {"f": 12.0},
    }
    return {
        "smoke": False,
        "command": ".venv/bin/python -m benchmarks --page here.md",
        "date": "2026-11-28",
        "load": 0.25,
        "seconds": 200.4,
        "machine": machine,
        "sections": list(sections),
        "where": [where],
        "held": [{"modems": 10, "rows": HELD}],
    }


def test_a_table_has_medians_spreads_and_ratios_round_by_round() -> None:
    """Ratios are 1.5, 2 and 1.5: their median is 1.5, though that of the medians is 2."""
    assert section_lines(SECTION) == [
        "## AT → OK\n",
        "| subject | median | min–max | ratio to C loop |",
        "| --- | --- | --- | --- |",
        "| C loop | 20 µs | 10–40 | – |",
        "| modem | 40 µs | 15–60 | 1.50 (1.50–2.00) |",
    ]


def test_a_page_has_machine_goals_figures_and_where_the_time_goes() -> None:
    text = page(_run(SECTION))
    assert "Machine: Z80, 2 cores, Linux 6.1, Python 3.11.7; 2026-11-28, load 0.2" in text
    assert "| AT → OK: modem | ≤ 1.5 × C loop | 1.5 | met |  |\n" in text
    assert "## Where the time goes: GETs\n" in text
    assert "One takes 44 µs of the process's own time" in text
    assert "; of bare echo 21.5 µs." in text
    assert "| waiting | 75 % | 33 |" in text
    assert "50 samples; the functions that were met most: `f` 12 %." in text


@pytest.mark.parametrize(
    ("why", "account", "told"),
    [
        ("slow", "Where the time goes: GETs", f"slow; see {LINK}"),
        ("", "Where the time goes: GETs", f"see {LINK}"),
        ("slow", "Where the time goes: what this run has not looked into", "slow"),
        ("", "", "not looked into"),
    ],
)
def test_a_missed_goal_has_its_reason(why: str, account: str, told: str) -> None:
    missed = {**GOAL, "reached": 1.6, "met": False, "why": why, "account": account}
    text = page(_run({**SECTION, "goals": [missed]}))
    assert f"| AT → OK: modem | ≤ 1.5 × C loop | 1.6 | **missed** | {told} |\n" in text


def test_the_link_of_a_missed_goal_is_the_name_that_github_gives_the_heading() -> None:
    """Lower case, no signs, each space a hyphen: that of an arrow stands between two."""
    account = "Where the time goes: AT → OK, one at a time"
    missed = {**GOAL, "met": False, "account": account}
    run = _run({**SECTION, "goals": [missed]})
    run["where"][0]["work"] = "AT → OK, one at a time"
    assert f"[{account}](#where-the-time-goes-at--ok-one-at-a-time)" in page(run)


def test_a_page_names_the_command_that_wrote_it() -> None:
    text = page(_run(SECTION))
    assert "\nWritten by `.venv/bin/python -m benchmarks --page here.md`; do not edit.\n" in text
    assert "smoke run" not in text


def test_a_smoke_run_says_so_first_and_has_no_verdicts() -> None:
    text = page({**_run(SECTION), "smoke": True})
    assert text.startswith("# Performance\n\n**This is a smoke run: ")
    assert "| modem | 40 µs | 15–60 | 1.50 (1.50–2.00) |" in text
    assert "Goals" not in text and "| met |" not in text and "missed" not in text


def test_a_page_has_what_the_memory_of_a_modem_is() -> None:
    """Packages of ours by their names, what belongs to no package by its kind, the rest in one."""
    text = page(_run(SECTION))
    assert "| texts, bytes and numbers | 4 | 224 |\n" in text
    assert "| asyncio, selectors and sockets | 2 | 192 |\n| emulator | 3 | 150 |\n" in text
    assert "| lwm2m_core | 1 | 48 |\n| all | 10 | 614 |\n" in text
    assert "10 modems; what they share does not count." in text
    assert "`str` 200, `asyncio.events.Handle` 192, `emulator.a.B` 100, " in text


def test_the_picture_shows_the_cost_of_one_as_there_are_more() -> None:
    cost = [
        {"subject": "1 modem, memory", "unit": "KiB", "values": [12.0]},
        {"subject": "100 modems, memory", "unit": "KiB", "values": [6.0]},
        {"subject": "1 modem, a value", "unit": "µs of the process", "values": [9.0]},
        {"subject": "the latest", "unit": "s", "values": [0.1]},
    ]
    section = {"name": "cost", "title": "t", "references": [], "figures": cost, "goals": []}
    picture = picture_of(_run(section))
    assert picture is not None
    assert ">µs or KiB</text>" in picture and ">a value (µs of CPU)</text>" in picture
    assert "memory (KiB)" in picture and "latest" not in picture
    assert '<polyline points="60.0,58.2 620.0,156.6"' in picture  # 12 and 6 on a scale up to 12.5
    assert picture_of(_run(SECTION)) is None
    assert "![Cost per modem, from one to many](p.svg)\n\nAcross: modems" in page(
        _run(section), "p.svg"
    )


@pytest.mark.parametrize(
    ("goal", "reached", "met"),
    [
        (Goal("modem", "C loop", at_most=1.4), 1.5, False),
        (Goal("modem", "C loop", at_least=1.5), 1.5, True),
        (Goal("modem", at_most=40), 40, True),
        (Goal("modem", at_least=41), 40, False),
    ],
)
def test_goals(goal: Goal, reached: float, met: bool) -> None:
    figures = (
        Figure("C loop", "µs", (10.0, 20.0, 40.0)),
        Figure("modem", "µs", (15.0, 40.0, 60.0)),
    )
    section = Section("at", "AT → OK", lambda size: figures, ("C loop", "libcoap"), (goal,))
    document = section.document(SMOKE)
    assert document["references"] == ["C loop"]
    assert (document["goals"][0]["reached"], document["goals"][0]["met"]) == (reached, met)


def test_a_title_says_how_many_there_are_in_this_run() -> None:
    section = Section("x", "{crowd} modems, {dtls_crowd} with DTLS", lambda size: (), ())
    assert section.document(SMOKE)["title"] == "20 modems, 4 with DTLS"
    assert section.document(FULL)["title"] == "1000 modems, 200 with DTLS"


def test_subjects_take_turns() -> None:
    turns: list[str] = []

    def turn(name: str) -> float:
        turns.append(name)
        return float(len(turns))

    figures = interleave({"a": lambda: turn("a"), "b": lambda: turn("b")}, 2, "µs")
    assert turns == ["a", "b", "a", "b"]
    assert figures == (Figure("a", "µs", (1.0, 3.0)), Figure("b", "µs", (2.0, 4.0)))
