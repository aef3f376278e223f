"""docs/replay.md says what the program does."""

import re
from pathlib import Path

import pytest

from emulator.cli import parser
from emulator.differences import comparing
from emulator.replay import explaining, log_facts, raw
from emulator.replay.formats import FORMATS
from emulator.replay.verb import FORMATS as NAMED

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "replay.md").read_text(encoding="utf-8")


def test_every_format_is_on_the_page_and_in_the_help() -> None:
    names = {each.name for each in FORMATS}
    assert set(re.findall(r"^\| `([a-z]+)` \|", PAGE, re.M)) == names
    assert set(NAMED.split(", ")) == names


def test_every_option_is_on_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(["replay", "--help"])
    options = set(re.findall(r"--[a-z-]+", capsys.readouterr().out)) - {"--help"}
    assert options - set(re.findall(r"--[a-z-]+", PAGE)) == set()


def test_the_bounds_are_those_of_the_page() -> None:
    assert (raw.LINE_LIMIT, "more than 64 KiB" in PAGE) == (64 * 1024, True)
    assert (log_facts.ENTRIES_LIMIT, "\na million of the dialogue" in PAGE) == (1_000_000, True)
    assert (explaining.LINES_LIMIT, "plays 50000 lines at most" in PAGE) == (50_000, True)
    assert (explaining.ROUNDS, "up to six of them" in PAGE) == (6, True)
    assert (comparing.LINES_LIMIT, "4000 of each" in PAGE) == (4000, True)


def test_the_example_in_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    (block,) = re.findall(r"```python\n(.*?)```", PAGE, re.S)
    exec(block, {})  # it has an assertion of its own
