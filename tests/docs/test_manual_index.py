"""From citations in tests to the manual index."""

import itertools
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import pytest

from docs.junit import runs

Program = Callable[[str], ModuleType]

ROOT = Path(__file__).parent.parent.parent
CONFTEST = ROOT / "tests" / "conftest.py"
NOTES = ROOT / "docs" / "manual-notes.toml"
DOCUMENT = tomllib.loads(NOTES.read_text(encoding="utf-8"))


# Citations


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Manual 3.9.", ["3.9"]),
        ("decision 42; manual 3.12, 4.3; MB 6.2", ["3.12", "4.3"]),
        ("the manual 3.5 and 4.6 print", ["3.5", "4.6"]),
        ("manual 3.9, note 4", ["3.9", "3.9 note 4"]),
        ("manual 3.9 notes 2, 3 and 4", ["3.9", "3.9 note 2", "3.9 note 3", "3.9 note 4"]),
        ("manual 3.9 note 2, 4.2 note 1", ["3.9", "3.9 note 2", "4.2", "4.2 note 1"]),
        ("manual 4.2, 4.10, footnote 9", ["4.2", "4.10", "4.10 footnote 9"]),
        ("manual 3.20 events 2 and 6", ["3.20", "3.20 event 2", "3.20 event 6"]),
        ("manual chapter 6 code 653, 3.1", ["6", "6 code 653", "3.1"]),
        (
            "manual 3.6 note 6, 6 codes 601, 602",
            ["3.6", "3.6 note 6", "6", "6 code 601", "6 code 602"],
        ),
        (
            "manual 3.9 notes 2, 3, footnote 1",
            ["3.9", "3.9 note 2", "3.9 note 3", "3.9 footnote 1"],
        ),
        ("manual 3.9 note 2\n    and 3", ["3.9", "3.9 note 2", "3.9 note 3"]),
        ("Manual 3.9, note on <ackid>", ["3.9"]),
        ("manual 3.9: 5 of them; the manual 10 times; a manual; 3.9", ["3.9"]),
    ],
    ids=itertools.count(),  # the texts would be taken for citations
)
def test_what_a_text_cites(
    citations: Callable[[str], list[str]], text: str, places: list[str]
) -> None:
    assert citations(text) == places


TESTS = '''
"""The module shows manual 3.1."""
from pathlib import Path
import pytest

@pytest.mark.parametrize("file", [Path(__file__).parent / "dialogue.txt"], ids=["dialogue"])
def test_transcript(file):
    pass

def test_manual_3_4_and_manual_3_9_note_2_by_name():
    """And manual 3.6 note 7, 2.2."""

@pytest.mark.parametrize("case", ["manual 6 code 601"])
def test_parameter(case):
    pytest.skip("no peer")
'''

CITED = {
    "test_transcript[dialogue]": ["3.1", "3.8", "3.8 note 2", "4.1"],
    "test_manual_3_4_and_manual_3_9_note_2_by_name": [
        "2.2", "3.1", "3.4", "3.6", "3.6 note 7", "3.9", "3.9 note 2"
    ],
    "test_parameter[manual 6 code 601]": ["3.1", "6", "6 code 601"],
}  # fmt: skip


def test_citations_reach_the_result(tmp_path: Path) -> None:
    """By module, docstring, name, parameter, and the comment at the head of a file."""
    (tmp_path / "conftest.py").write_text(CONFTEST.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "test_small.py").write_text(TESTS, encoding="utf-8")
    text = "# manual 3.8 note 2,\n# 4.1: how\n> AT\n# manual 3.7\n"
    (tmp_path / "dialogue.txt").write_text(text, encoding="utf-8")
    words = ["-q", "--import-mode=importlib", "--junitxml=junit.xml", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words], cwd=tmp_path, capture_output=True, text=True
    )
    assert "2 passed, 1 skipped" in done.stdout
    cases = {
        case.test + (f"[{case.case}]" if case.case else ""): case
        for case in runs(ElementTree.parse(tmp_path / "junit.xml").getroot(), "cites")
    }
    assert {test: [*case.shows] for test, case in cases.items()} == {
        f"test_small.py::{test}": places for test, places in CITED.items()
    }
    results = [case.result.value for case in cases.values()]
    assert results == ["passed", "passed", "NOT RUN"]


# What the manual says


# Counted in the manual: notes of each section, then footnotes, events and codes.
NOTES_BY_SECTION = {
    "2.2": 2, "3.2": 1, "3.3": 1, "3.5": 3, "3.6": 7, "3.7": 3, "3.8": 4, "3.9": 9, "3.10": 1,
    "3.11": 4, "3.12": 4, "3.13": 2, "3.15": 2, "3.16": 7, "3.17": 3, "3.18": 2, "3.19": 3,
    "4.2": 7, "4.3": 5, "4.4": 3, "4.5": 6, "4.6": 12, "4.7": 2, "4.8": 7, "4.9": 1, "4.10": 4,
    "4.11": 1, "5.4": 1, "5.6": 1, "5.7": 1,
}  # fmt: skip
FOOTNOTES = {"3.9": "1 2 3 4", "3.11": "5 6", "4.1": "7", "4.2": "8", "4.10": "9"}


def test_all_notes_are_listed() -> None:
    notes = {section: len(content["notes"]) for section, content in DOCUMENT.items()
             if "notes" in content}  # fmt: skip
    footnotes = {section: " ".join(content["footnotes"]) for section, content in DOCUMENT.items()
                 if "footnotes" in content}  # fmt: skip
    assert (notes, footnotes) == (NOTES_BY_SECTION, FOOTNOTES)
    assert " ".join(DOCUMENT["3.20"]["events"]) == "2 3 6 7 11 15 26 31 32 33"
    assert " ".join(DOCUMENT["6"]["codes"]) == "100 601 602 651 652 653"


def test_all_sections_of_chapters_3_and_4_are_listed() -> None:
    assert [section for section in DOCUMENT if section[0] in "34"] == [
        *(f"3.{number}" for number in range(1, 21)),
        *(f"4.{number}" for number in range(1, 12)),
    ]


# The index of a small manual


SMALL = """
["3.1"]
title = "Create"
command = "AT+MIPLCREATE"
notes = ["one", "two", "three", "four"]
["6"]
title = "Codes"
[ "6".codes ]
601 = "syntax"
"""

RUN = """\
<testsuites><testsuite>
<testcase name="test_a[x]"><properties>
  <property name="test" value="tests/test_t.py::test_a[x]"/>
  <property name="cites" value="3.1"/><property name="cites" value="3.1 note 1"/>
</properties></testcase>
<testcase name="test_a[y]"><properties>
  <property name="test" value="tests/test_t.py::test_a[y]"/><property name="cites" value="3.1"/>
</properties></testcase>
<testcase name="test_b"><properties>
  <property name="test" value="tests/test_t.py::test_b"/>
  <property name="cites" value="3.1 note 2"/>
</properties><skipped message="no node"/></testcase>
<testcase name="test_c"><properties>
  <property name="test" value="tests/test_t.py::test_c"/>
  <property name="cites" value="6 code 601"/><property name="cites" value="3.1 note 1"/>
</properties><failure message="assert"/></testcase>
<testcase name="test_cites_nothing"/>
</testsuite></testsuites>
"""

PAGE = """\
2 of 7 places are shown by tests.

## Gaps

* manual 3.1 note 3: three
* manual 3.1 note 4: four
* manual 6: Codes

## Cited, but no test passed

* manual 3.1 note 2: two
* manual 6 code 601: syntax

## 3.1 Create (AT+MIPLCREATE)

* the section
  * `tests/test_t.py::test_a`
* note 1: one
  * `tests/test_t.py::test_a[x]`
  * FAILED: `tests/test_t.py::test_c`
* note 2: two
  * NOT RUN: `tests/test_t.py::test_b`
* note 3: three
  * **GAP**
* note 4: four
  * **GAP**

## 6 Codes

* the section
  * **GAP**
* code 601: syntax
  * FAILED: `tests/test_t.py::test_c`
"""


@pytest.fixture
def write_index(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, str]]:
    """Runs the program on a JUnit result; its exit code and the page."""

    def write(junit: str, *options: str, notes: str = SMALL) -> tuple[int, str]:
        (tmp_path / "notes.toml").write_text(notes, encoding="utf-8")
        (tmp_path / "junit.xml").write_text(junit, encoding="utf-8")
        index = program("manual_index")
        monkeypatch.setattr(index, "NOTES", tmp_path / "notes.toml")
        output = tmp_path / "index.md"
        code = index.main([str(tmp_path / "junit.xml"), "--output", str(output), *options])
        return code, output.read_text(encoding="utf-8")

    return write


def test_the_page_lists_passed_tests_gaps_and_what_was_not_run(
    write_index: Callable[..., tuple[int, str]],
) -> None:
    code, page = write_index(RUN)
    head, _, rest = page.partition("\n\n2 of")
    assert (code, "2 of" + rest) == (0, PAGE)
    assert head.startswith("# Manual index\n")


def test_no_gaps_fails_when_something_is_not_shown(
    write_index: Callable[..., tuple[int, str]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert write_index(RUN, "--no-gaps")[0] == 1
    assert capsys.readouterr().err == (
        "manual_index: not shown: manual 3.1 note 3: three\n"
        "manual_index: not shown: manual 3.1 note 4: four\n"
        "manual_index: not shown: manual 6: Codes\n"
        "manual_index: not shown: manual 3.1 note 2: two\n"
        "manual_index: not shown: manual 6 code 601: syntax\n"
    )


def test_a_citation_of_no_place_fails(
    write_index: Callable[..., tuple[int, str]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert write_index(RUN.replace("3.1 note 2", "3.1 note 5"))[0] == 1
    assert capsys.readouterr().err == (
        "manual_index: tests/test_t.py::test_b cites manual 3.1 note 5: no such place\n"
    )


def test_of_many_tests_only_the_files_are_named(
    write_index: Callable[..., tuple[int, str]],
) -> None:
    case = (
        '<testcase name="t"><properties><property name="test" value="tests/test_t.py::test_{}"/>'
        '<property name="cites" value="3.1"/></properties></testcase>'
    )
    run = "".join(map(case.format, range(13)))
    _, page = write_index(f"<testsuites><testsuite>{run}</testsuite></testsuites>")
    assert "* the section\n  * `tests/test_t.py`\n* note 1" in page
