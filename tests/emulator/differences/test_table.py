"""Several models side by side, as a page and as a document."""

import json
from collections.abc import Callable

import pytest

from emulator.differences.dialogue import Said
from emulator.differences.showing import as_json, as_markdown
from emulator.differences.table import SHOWN_LIMIT, Outcome, Trial, table

Dialogue = Callable[..., tuple[Said, ...]]

# Manual 4.1 note: ML305A has no platform 2; general and LwM2M lines of M5310-A have no blank.
CFG = '> AT+MIPLCFG="platform",0,2'
MN316 = (CFG, "< OK", "> AT+MIPLOPEN=0,3000,30", "< OK", "< +MIPLEVENT: 0,6")
ML305A = (CFG, "< +CIS ERROR: 601", *MN316[2:])
M5310A = (*MN316[:-1], "< +MIPLEVENT:0,6")


@pytest.fixture
def trials(dialogue: Dialogue) -> list[Trial]:
    return [
        Trial("host", "MN316", "passed", "", dialogue(*MN316)),
        Trial("host", "ML305A", "failed", "exit code 1\nafter 3 s", dialogue(*ML305A)),
        Trial("host", "M5310-A", "passed", "", dialogue(*M5310A, step=0.5)),
    ]


def test_the_page(trials: list[Trial]) -> None:
    assert as_markdown(table(trials)) == PAGE


PAGE = """\
# 3 models, compared with MN316

| | MN316 | ML305A | M5310-A |
| --- | --- | --- | --- |
| host | passed | failed; result 1 | passed; spelling 1 |

## host: ML305A

Failed: exit code 1 after 3 s

The dialogue first differs at line 2: a command ends with another result.

```diff
  host   > AT+MIPLCFG="platform",0,2
- module < OK
+ module < +CIS ERROR: 601
```

## host: M5310-A

The dialogue first differs at line 5: the same line has other blanks.

```diff
  module < OK
  host   > AT+MIPLOPEN=0,3000,30
  module < OK
- module < +MIPLEVENT: 0,6
+ module < +MIPLEVENT:0,6
```

## host: seconds

| | answers | median | longest | login | most unlike MN316 |
| --- | --- | --- | --- | --- | --- |
| MN316 | 2 | 0.020 | 0.020 | 0.04 |  |
| ML305A | 2 | 0.020 | 0.020 | 0.04 |  |
| M5310-A | 2 | 0.500 | 0.500 | 1.00 | `AT+MIPLCFG="platform",0,2` 0.50 instead of 0.02 |
"""


def test_the_document(trials: list[Trial]) -> None:
    found = json.loads(as_json(table(trials)))
    assert (found["schema"], found["models"]) == (1, ["MN316", "ML305A", "M5310-A"])
    assert (found["failed"], found["same"]) == (True, False)
    reference, failed, respelt = found["rows"][0]["cells"]
    assert reference == {
        "model": "MN316",
        "outcome": "passed",
        "reason": "",
        "seconds": {"answers": 2, "median": 0.02, "longest": 0.02, "login": 0.04},
        "first": None,
        "differences": [],
        "cut": 0,
    }
    assert failed["first"] == {
        "kind": "result",
        "line": 2,
        "other_line": 2,
        "by": "module",
        "first": "OK",
        "second": "+CIS ERROR: 601",
    }
    assert failed["differences"] == [failed["first"]]
    assert [each["kind"] for each in respelt["differences"]] == ["spelling"]


@pytest.mark.parametrize(
    ("outcome", "lines", "failed", "same"),
    [
        ("passed", MN316, False, True),
        ("passed", M5310A, False, True),
        ("passed", ML305A, False, False),
        ("failed", MN316, True, False),
        ("skipped", MN316, False, True),
    ],
)
def test_what_is_the_same_and_what_has_failed(
    outcome: Outcome, lines: tuple[str, ...], failed: bool, same: bool, dialogue: Dialogue
) -> None:
    found = table(
        [
            Trial("host", "MN316", "passed", "", dialogue(*MN316)),
            Trial("host", "other", outcome, "", dialogue(*lines)),
        ]
    )
    assert (found.has_failed, found.is_same) == (failed, same)


def test_a_test_that_has_not_run_with_every_model(dialogue: Dialogue) -> None:
    """The first model that has run is the reference of its row."""
    lines = dialogue(*MN316)
    found = table(
        [
            Trial("a", "MN316", "passed", "", lines),
            Trial("a", "M5311", "passed", "", lines),
            Trial("b|c", "M5311", "passed", "", lines),
        ]
    )
    assert as_markdown(found) == (
        "# 2 models, compared with MN316\n\n"
        "| | MN316 | M5311 |\n| --- | --- | --- |\n"
        "| a | passed | passed |\n| b\\|c | – | passed |\n"
    )


def test_of_two_tries_the_last_counts() -> None:
    found = table([Trial("a", "MN316", "failed"), Trial("a", "MN316", "passed")])
    assert not found.has_failed


def test_many_differences_are_counted_where_they_are_not_shown(dialogue: Dialogue) -> None:
    number = SHOWN_LIMIT + 5
    first = dialogue(*(f"> AT+A{n}" for n in range(number)))
    second = dialogue(*(f"> AT+B{n}" for n in range(number)))
    page = as_markdown(
        table([Trial("a", "M1", "passed", "", first), Trial("a", "M2", "passed", "", second)])
    )
    assert page.count("+ host") == SHOWN_LIMIT + 1
    assert f"{number - 1} more; in all host {number}.\n" in page
    assert "\n4 of them are not shown.\n" in page


def test_nothing() -> None:
    assert as_markdown(table([])) == "Nothing was tried.\n"
    assert json.loads(as_json(table([])))["rows"] == []
