"""Quirks that explain what a real module did (MB 2.6, 2.11, 4, 6.1, 6.3, 8; manual 3.6, 4.6)."""

from collections.abc import Callable
from pathlib import Path

import pytest

from emulator.replay import explaining
from emulator.replay.explanation import Explanation
from emulator.replay.running import Wish, replay_file
from emulator.replay.showing import as_text
from tests.replay.test_replay import LOGIN, READ, REPORT

Log = Callable[..., Path]


def _explained(file: Path) -> Explanation:
    explanation = replay_file(file, Wish(model="MN316", dialect="manual")).explanation
    assert explanation is not None
    return explanation


def _options(file: Path) -> list[set[str]]:
    return [{change.option for change in each.options} for each in _explained(file).remedies]


@pytest.mark.parametrize(
    ("lines", "options"),
    [
        (
            (LOGIN[0], "+MIPLCREATEEX:0", "OK"),
            {"--quirk mipl_colon=none", "--dialect field"},
        ),
        ((LOGIN[0], "OK", "+MIPLCREATEEX: 0"), {"--quirk createex_async=on"}),
        ((*LOGIN[:7], "+MIPLEVENT: 0,4", *LOGIN[7:], "AT", "OK"), {"--quirk extra_events=4"}),
        (
            (*LOGIN, "AT+MIPLCLOSE=0", "+MIPLEVENT: 0,15", "OK"),
            {"--quirk close_order=15,OK"},
        ),
        ((*LOGIN, "AT+MIPLDELETE=0", "+CIS ERROR: 651"), {"--quirk delete_registered=refuse"}),
        (
            (*LOGIN, f"{READ[0]},0", *READ[1:]),
            {"--quirk read_fields=6"},
        ),
        (
            (*LOGIN, *REPORT, "+MIPLEXECUTE: 0,5,3200,0,5750,4,abcd"),
            {"--quirk exec_style=unquoted"},
        ),
    ],
)
def test_the_quirk_that_does_the_same(log: Log, lines: tuple[str, ...], options: set[str]) -> None:
    assert _options(log(*lines)) == [options]


def test_several_that_have_to_come_together(log: Log) -> None:
    """With dialect field no +MIPLREAD is printed for 3/0: it is the colon alone that leads on."""
    lines = [line.replace(": ", ":") for line in (*LOGIN, *REPORT)]
    file = log(*lines, "+MIPLREAD:0,9,3,0,-1,0")
    explanation = _explained(file)
    assert explanation.options == "--quirk mipl_colon=none --quirk read_fields=6"
    assert [remedy.next_line for remedy in explanation.remedies] == [13, None]
    shown = list(as_text(replay_file(file, Wish(dialect="manual")), every=False))
    assert "with --quirk mipl_colon=none --quirk read_fields=6: all is the same" in shown


def test_a_test_that_is_made_without_them_is_told_to_fail(log: Log, tmp_path: Path) -> None:
    file = log(LOGIN[0], "+MIPLCREATEEX:0", "OK")
    wish = Wish(dialect="manual", make_test=tmp_path / "test.txt")
    assert replay_file(file, wish).notes[-1] == (
        "the test is of a module without what explains the log, and fails; make it again with "
        "--dialect field"
    )
    wish = Wish(dialect="field", make_test=tmp_path / "again.txt")
    assert not any("fails" in note for note in replay_file(file, wish).notes)


@pytest.mark.parametrize(
    "lines",
    [
        (*LOGIN, REPORT[0], "+CIS ERROR: 9"),
        (*LOGIN[:7], "+MIPLEVENT: 0,1", *LOGIN[7:]),  # another event in its place is no explanation
    ],
)
def test_what_nothing_explains(log: Log, lines: tuple[str, ...]) -> None:
    outcome = replay_file(log(*lines), Wish(dialect="manual"))
    assert outcome.explanation is not None and not outcome.explanation.remedies
    assert any("no single switch explains it" in line for line in as_text(outcome, every=False))


def test_how_many_were_tried_is_told_of_the_line_that_nothing_explains(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However little the search could afford on other ways there."""
    monkeypatch.setattr(explaining, "LINES_LIMIT", 20_000)
    lines = [line.replace(": ", ":") for line in (*LOGIN, *REPORT[:2], "+MIPLEVENT: 0,25,147")]
    lines[7:7] = ["+MIPLEVENT:0,1", "+MIPLEVENT:0,2", "+MIPLEVENT:0,4"]
    lines[0] = lines[0].replace(",0", ",1")
    explanation = _explained(log(*lines))
    assert explanation.remedies and explanation.remedies[-1].next_line is not None
    assert explanation.tried == explanation.possible > 100


def test_the_lines_that_are_played_for_it_are_bounded(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(explaining, "LINES_LIMIT", 320)
    explanation = _explained(log(LOGIN[0], "+MIPLCREATEEX:0", "OK"))
    assert explanation.tried <= 10 and explanation.possible > 100
    assert explanation.options == "--dialect field"  # the likeliest come first
