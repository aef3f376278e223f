"""What the fidelity report draws from profiles, command table, register and comments."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

Program = Callable[[str], ModuleType]

MODELS = (
    "M5310-A", "M5311", "ML302A", "ML305A", "ML307A", "ML307R",
    "MN316", "MN316-S", "MN316A", "MN318", "MN319", "MN326",
)  # fmt: skip

QUESTIONS = """\
# Open questions

* not under a heading

## Login

* Does CLOSE wait?
  Nobody knows. Default: it waits
  (27; *close_wire*).
* What NMI does. Default: nothing.

## Models

* MN316A, MN316-S: colons. Default: MIPLCFG's.
"""


@pytest.fixture
def fidelity(program: Program) -> Any:
    return program("fidelity")


def test_questions_are_numbered_over_all_headings(fidelity: Any) -> None:
    asked = fidelity.questions(QUESTIONS)
    assert [(q.number, q.topic, q.asks, q.default) for q in asked] == [
        ("Q1.1", "Login", "Does CLOSE wait? Nobody knows.", "it waits (27; *close_wire*)."),
        ("Q1.2", "Login", "What NMI does.", "nothing."),
        ("Q2.1", "Models", "MN316A, MN316-S: colons.", "MIPLCFG's."),
    ]


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("CLOSE", "Q1.1"),
        ("close_wire", "Q1.1"),
        ("NMI", "Q1.2"),
        ("CFG", "Q2.1"),
        ("MN316A", "Q2.1"),
        ("close", ""),
        ("QMGR", ""),
    ],
)
def test_who_is_named_in_a_question(fidelity: Any, name: str, numbers: str) -> None:
    assert fidelity.mentions(fidelity.questions(QUESTIONS), name) == numbers


SOURCE = '''\
"""Module. A value at the top is chosen by nobody."""
LIMIT = 5  # how many (chosen)
# Six are chosen, because
# five are few. Not this.
OTHER = 6
NAME = "# (chosen)"
THIRD = 7
"""Up to here (chosen; see below)."""


class Thing:
    """Nothing."""

    def method(self):
        """One. The two is (chosen).

        Three.
        """
        chosen = 3  # chosen: by luck
'''


def test_comments_that_say_chosen(fidelity: Any) -> None:
    assert sorted(fidelity._chosen_comments(SOURCE)) == [
        ("LIMIT = 5", "how many (chosen)"),
        ("OTHER = 6", "Six are chosen, because five are few."),
        ("chosen = 3", "chosen: by luck"),
    ]
    assert sorted(fidelity._chosen_docstrings(SOURCE)) == [
        ("THIRD = 7", "Up to here (chosen; see below)."),
        ("method", "The two is (chosen)."),
    ]


NOTES = """
["3.1"]
title = "Create"
command = "AT+MIPLCREATE"
forms = [""]
["4.5"]
title = "Update automatically"
command = "AT+MIPLUPDATESET"
forms = ["?"]
["3.20"]
title = "Events"
line = "+MIPLEVENT"
["9.9"]
title = "None such"
line = "+MIPLNONE"
["9.8"]
title = "No command at all"
"""


def test_what_is_built_for_which_model(fidelity: Any) -> None:
    """Models that know UPDATESET by decisions, section 7; it has no read form."""
    offers = {o.syntax: o for o in fidelity.of_manual(tomllib.loads(NOTES), ())}
    assert [*offers] == [
        "`AT+MIPLCREATE`",
        "`AT+MIPLUPDATESET?`",
        "`+MIPLEVENT: …`",
        "`+MIPLNONE: …`",
    ]
    assert offers["`AT+MIPLCREATE`"].built == ("yes",) * 12
    assert offers["`+MIPLEVENT: …`"].built == ("yes",) * 12
    assert offers["`+MIPLNONE: …`"].built == ("–",) * 12
    knowing = {"MN318", "ML305A", "ML307A", "ML307R"}
    assert offers["`AT+MIPLUPDATESET?`"].built == tuple(
        "–" if model in knowing else "`ERROR`" for model in MODELS
    )


def test_what_is_built_beyond_the_manual(fidelity: Any) -> None:
    beyond = {o.syntax: o for o in fidelity.beyond_manual(tomllib.loads(NOTES))}
    assert "`AT+MIPLCREATE`" not in beyond
    assert (beyond["`AT+CSQ`"].source, beyond["`AT+CSQ`"].built) == ("27.007 8.5", ("yes",) * 12)


def test_the_page_shows_values_sources_and_what_is_chosen(fidelity: Any) -> None:
    """Typed from decisions, sections 7 and 10."""
    page = fidelity.page().splitlines()
    for row in (
        "|  | module.nsmi | 1-128 | manual 4.2, 4.10, footnote 9; decision 45 | manual |  |",
        "|  | quirk: ack_timeout_s | 4 | MB 2.3 (MT2625); decisions 10 | evidence |  |",
        "|  | identity.revision | M5310-A_1.0.0 | chosen | chosen |  |",
        "| module_read_urc | on | manual | off | evidence | manual 5.1; HF (D2, D4) |  |",
    ):
        assert row in page
    titles = [line for line in page if line.startswith("#")]
    assert titles == [
        "# Fidelity",
        "## Commands and lines of the manual",
        "## Commands beyond it",
        "## Models",
        "## Switches",
        "## Chosen in code",
        "## Open questions",
    ]


def test_check_fails_until_the_page_is_written(
    fidelity: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(fidelity, "PAGE", tmp_path / "fidelity.md")
    assert fidelity.main(["--check"]) == 1
    said = "docs/fidelity.md is out of date: run python docs/fidelity.py\n"
    assert capsys.readouterr() == ("", said)
    assert fidelity.main([]) == 0
    assert fidelity.main(["--check"]) == 0
    with (tmp_path / "fidelity.md").open("a", encoding="utf-8") as page:
        page.write("\n")
    assert fidelity.main(["--check"]) == 1
