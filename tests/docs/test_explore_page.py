"""docs/explore.md names every line and shows the bug that the tests plant, and its scenario."""

import re
from pathlib import Path

from emulator.cli import parser
from emulator.explore.lines import KINDS, USUAL
from emulator.explore.verb import JOBS

PAGE = (Path(__file__).parents[2] / "docs" / "explore.md").read_text(encoding="utf-8")


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
