"""docs/explore.md names lines and places, and shows the planted bug, and its scenario."""

import re
from pathlib import Path

from emulator.cli import parser
from emulator.explore.chained import CHAIN
from emulator.explore.crowds import BURST, FLOOD
from emulator.explore.held import ANSWERED_S, APART_S, BEHIND_LIMIT, LATE_LIMIT, LONG_LIMIT, LONG_S
from emulator.explore.lines import KINDS, LONG, LONG_VALUES, LONGER, USUAL
from emulator.explore.placement import OVERTAKING_S, PAUSE_S, SETTLES_S, SLOW_S, SLOWER_S
from emulator.explore.positions import POSITIONS
from emulator.explore.verb import JOBS

PAGE = (Path(__file__).parents[2] / "docs" / "explore.md").read_text(encoding="utf-8")


# How each row of the table of places begins, and the positions that it tells of.
PLACES = (
    ("before the answer, or behind it, in one write", "before after"),
    ("before the answer, or right behind it, in a write", "apart-before apart-after"),
    ("before the echo", "before-echo"),
    ("the module's own next line, in one write", "joined together"),
    ("before or behind a line of the module's own", "own-before own-after own-apart-after"),
    ("the answer in two writes", "cut-answer cut-own"),
    (
        "the answer, a line of the module's own, or",
        "bytes-answer bytes-own bytes-before bytes-after",
    ),
    ("two lines: ", "before after around"),
    ("in two writes, cut behind any of its bytes", "split-before split-after"),
    ("in two writes, one of them with the answer", "tail-before tail-after"),
    ("behind the module's own request", "half-own half-after"),
    ("a WRITE of the text `OK`", "telling-before telling-after telling-tail-before"),
    ("an EXECUTE with 200 characters", "long-before long-after"),
    ("a WRITE behind the answer, whole or cut", "reread-after reread-apart reread-cut"),
    ("two WRITEs before or behind the answer", "rewritten-before rewritten-after rewritten-around"),
    ("a WRITE of 60 letters", "long-before long-after"),
    ("a PARAMETER", "before"),
    ("event 33 or 11", "held-after held-apart-after"),
    ("a request behind the answer, and the answer to", "guarded-after"),
    ("event 6, 15, 26 or an OBSERVE that the host waits for late", "withheld held-after"),
    ("a request before the answer, and that", "late-before late-after"),
    ("32 requests of a kind", "chained-before chained-after"),
    ("a request behind the answer, and the event", "meanwhile-after"),
    ("eight lines at once", "burst-before burst-after"),
    ("eight WRITEs of 60 letters", "bulk-before bulk-after"),
    ("a line before or behind each answer", "repeated-before repeated-after"),
    ("the module's own next line, before the answer", "overtaking"),
    ("two lines of the module's own, of different kinds", "swapped"),
    ("between the data and the final result", "between apart-between"),
    ("before or behind the answer, and they share", "bare-before bare-after"),
    ("an empty line", "empty-before empty-between empty-after"),
    ("between echo and answer; inside the echo", "behind-echo in-echo"),
    ("an EXECUTE with 800 characters", "longer-before longer-after"),
    ("twelve requests at once", "flood-before flood-after"),
)


def test_the_table_of_places_has_every_position_with_its_rank() -> None:
    table = PAGE.split("| where the line is |")[1].split("\n\n")[0]
    rows = re.findall(r"^\| (.+?) \| (real|harsh) \|", table, re.M)
    told = set()
    for (text, rank), (begins, names) in zip(rows, PLACES, strict=True):
        assert text.startswith(begins)
        assert {POSITIONS[name].rank for name in names.split()} == {rank}, text
        told |= set(names.split())
    assert told == POSITIONS.keys()


def test_the_figures_of_the_table_are_those_of_the_search() -> None:
    assert (PAUSE_S, SLOW_S, SLOWER_S, OVERTAKING_S) == (0.02, 0.3, 1.2, 0.3)
    assert "20 ms, 0.3 s or 1.2 s apart" in PAGE
    assert (APART_S, LONG_S, LONG_LIMIT) == (0.1, 8.0, 6)
    assert "right behind the answer or 0.1 s later" in PAGE
    assert (ANSWERED_S, LATE_LIMIT, BEHIND_LIMIT, SETTLES_S) == (3.5, 4, 2, 1.5)
    assert "What is late by 8 s, or 3.5 s," in PAGE and "These lives, twelve at most," in PAGE
    assert CHAIN == 32 and "which then begins 1.5 s later" in PAGE
    assert (LONG, LONGER, LONG_VALUES) == (200, 800, (60, 200))
    assert "a WRITE of 60 letters, before or behind the answer; of 200 letters" in PAGE
    assert sorted((*BURST, *FLOOD)) == [3, 5, 8, 9, 12]
    assert "crowds of three, five,\neight, nine and twelve" in PAGE


def test_every_line_is_in_the_table_with_its_source() -> None:
    for kind in KINDS.values():
        assert re.search(rf"^\| .*`{kind.name}`.*\| .*{re.escape(kind.source)}", PAGE, re.M), kind


def test_the_usual_ones_are_named() -> None:
    named = " and ".join([", ".join(f"`{name}`" for name in USUAL[:-1]), f"`{USUAL[-1]}`"])
    assert f"Usual are {named}," in PAGE


def test_its_options_are_there() -> None:
    words = ["explore", *(w for w in re.findall(r"--[a-z-]+", PAGE) if w in _SWITCHES)]
    options = parser().parse_args([*words, "--", "./host", "{port}"])
    assert (options.harsh, options.every, options.go_on, options.json) == (False, True, True, True)
    assert options.jobs == JOBS
    assert f"runs so many\nat a time ({JOBS})" in PAGE


_SWITCHES = ("--no-harsh", "--every", "--go-on", "--json")
