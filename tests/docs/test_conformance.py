"""From conformance marks in tests to the conformance page."""

import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import pytest

from docs.junit import runs

Program = Callable[[str], ModuleType]

ROOT = Path(__file__).parent.parent.parent
CONFTEST = ROOT / "tests" / "conftest.py"
DOCUMENT = tomllib.loads((ROOT / "docs" / "conformance.toml").read_text(encoding="utf-8"))


# Marks


TESTS = """
import pytest

@pytest.mark.conformance("1.0-int-101", "CORE_01", far="datagrams")
def test_by_hand():
    pass

@pytest.mark.conformance("1.0-int-101")
@pytest.mark.parametrize("peer", ["aiocoap", "libcoap"])
def test_with_peers(peer):
    if peer == "libcoap":
        pytest.skip("not here")

def test_unmarked():
    pass
"""


def run(tmp_path: Path, tests: str) -> str:
    """What pytest says about `tests`; the result is in junit.xml."""
    (tmp_path / "conftest.py").write_text(CONFTEST.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "test_small.py").write_text(tests, encoding="utf-8")
    words = ["-q", "--import-mode=importlib", "--junitxml=junit.xml", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words], cwd=tmp_path, capture_output=True, text=True
    )
    return done.stdout + done.stderr


def test_marks_reach_the_result(tmp_path: Path) -> None:
    assert "3 passed, 1 skipped" in run(tmp_path, TESTS)
    junit = ElementTree.parse(tmp_path / "junit.xml").getroot()
    assert [(r.test, r.case, r.result.value, [*r.shows]) for r in runs(junit, "conformance")] == [
        ("test_small.py::test_by_hand", "", "passed",
         ["1.0-int-101 with datagrams", "CORE_01 with datagrams"]),
        ("test_small.py::test_with_peers", "aiocoap", "passed", ["1.0-int-101 with aiocoap"]),
        ("test_small.py::test_with_peers", "libcoap", "NOT RUN", ["1.0-int-101 with libcoap"]),
    ]  # fmt: skip


def test_our_own_cloud_is_no_far_end(tmp_path: Path) -> None:
    said = run(tmp_path, TESTS.replace('far="datagrams"', 'far="cloud"'))
    assert "test_by_hand: a conformance case with 'cloud'" in said


# The list


ROWS = {name: row for group, rows in DOCUMENT.items() if group != "far_ends"
        for name, row in rows.items()}  # fmt: skip


def test_every_row_is_whole() -> None:
    for name, row in ROWS.items():
        assert row["kind"] in "EADN" and row["title"], name
        assert ("reason" in row) == (row["kind"] in "DN"), name
        assert row.get("same_as", name) in ROWS, name
        assert "same_as" not in ROWS[row.get("same_as", name)] or "same_as" not in row, name


def test_the_cases_of_the_plugtest_are_listed() -> None:
    """Conformance 8: the applicable ones."""
    plugtest = [name for name in ROWS if name.startswith(("CORE", "BLOCK", "OBS"))]
    assert plugtest == [
        *(f"CORE_{number:02}" for number in (*range(1, 19), 20, 31)),
        *(f"BLOCK_{number:02}" for number in range(1, 7)),
        *(f"OBS_{number:02}" for number in (1, 2, 5, 6, *range(9, 15))),
    ]


def test_the_gate_is_listed_by_kind() -> None:
    """Conformance 10, points 1 to 3."""
    engine = (0, 101, 103, 302, 303, "401-CBC", "401-CCM8", 680, 685)
    assert kinds("1.0-int", *engine) == kinds("1.1-int", 1, 4, 6, 108, 221) == {"E"}
    assert kinds("1.0-int", 201, 202, 203, 205, 210, 215, 301) == {"A"}
    assert kinds("1.1-int", 222, 223, 224, 226, 237, 256) == {"A"}
    firmware = (751, 755, 756, 760, *range(770, 781))
    assert kinds("1.0-int", 102, 104, 204, 220, 241, 260, 701, *firmware) == {"D"}
    assert kinds("1.1-int", 105, 107, 109) == {"D"}


def kinds(suite: str, *numbers: int | str) -> set[str]:
    return {ROWS[f"{suite}-{number}"]["kind"] for number in numbers}


def test_nothing_comes_later() -> None:
    assert [name for name, row in ROWS.items() if "later" in row] == []


def test_far_ends_are_those_of_the_mark() -> None:
    """The mark takes no other; our own cloud is not among them."""
    assert [*DOCUMENT["far_ends"]] == [
        "datagrams", "aiocoap", "lwm2m-node-lib", "coap-shepherd", "libcoap", "openssl"
    ]  # fmt: skip


def test_kinds_are_told(program: Program) -> None:
    assert (
        Counter(row["kind"] for row in ROWS.values()).keys() == program("conformance").KINDS.keys()
    )


# The page of a small list


SMALL = """
[far_ends]
datagrams = "by hand"
aiocoap = "by others"
["First"]
"1.0-int-1" = { kind = "E", title = "one" }
"1.0-int-2" = { kind = "D", title = "two", reason = "manual 3.9" }
["Second"]
X-three = { kind = "A", title = "three" }
X-four = { kind = "N", title = "four", reason = "4.05", same_as = "1.0-int-1" }
X-five = { kind = "E", title = "five", later = 6 }
"""

TEST = """\
<testcase name="t"><properties><property name="test" value="tests/test_t.py::{}"/>
{}</properties>{}</testcase>
"""
FAILURE, SKIPPED = '<failure message="assert"/>', '<skipped message="no node"/>'


def junit(*tests: tuple[str, str, str]) -> str:
    """Tests by name, what each stands for, and what became of it."""
    cases = "".join(
        TEST.format(
            name,
            "".join(f'<property name="conformance" value="{v}"/>' for v in shows.split(";")),
            fate,
        )
        for name, shows, fate in tests
    )
    return f"<testsuites><testsuite>{cases}<testcase name='u'/></testsuite></testsuites>"


WHOLE = (
    ("test_a", "1.0-int-1 with aiocoap;1.0-int-2 with datagrams", ""),
    ("test_b", "1.0-int-1 with datagrams", SKIPPED),
    ("test_c[x]", "X-three with datagrams;X-three with aiocoap", ""),
)

TABLE = """\
4 of 4 cases passed; 1 come later.

* E: the engine alone
* A: with a scripted MCU behind the AT commands
* D: the module's documented behaviour, where it differs from the test specification
* N: not for a module of this family: refused with a code, nothing printed, nothing changed

Far ends:

* datagrams: by hand
* aiocoap: by others

## First

| case | kind | title | result | far ends | expected, and why |
| --- | --- | --- | --- | --- | --- |
| 1.0-int-1 | E | one | passed | aiocoap |  |
| 1.0-int-2 | D | two | passed | datagrams | manual 3.9 |

## Second

| case | kind | title | result | far ends | expected, and why |
| --- | --- | --- | --- | --- | --- |
| X-three | A | three | passed | datagrams, aiocoap |  |
| X-four | N | four | passed | aiocoap | 4.05 |
| X-five | E | five | later: issue 6 |  |  |
"""

Write = Callable[..., tuple[int, str]]


@pytest.fixture
def write_page(program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Runs the program on a JUnit result; its exit code and the page."""
    conformance = program("conformance")
    monkeypatch.setattr(conformance, "CASES", tmp_path / "cases.toml")

    def write(junit: str, *options: str) -> tuple[int, str]:
        (tmp_path / "cases.toml").write_text(SMALL, encoding="utf-8")
        (tmp_path / "junit.xml").write_text(junit, encoding="utf-8")
        output = tmp_path / "page.md"
        code = conformance.main([str(tmp_path / "junit.xml"), "--output", str(output), *options])
        return code, output.read_text(encoding="utf-8")

    return write


def test_the_page_lists_every_case_with_its_result(write_page: Write) -> None:
    code, page = write_page(junit(*WHOLE), "--complete")
    head, _, rest = page.partition("\n\n4 of")
    assert (code, "4 of" + rest) == (0, TABLE)
    assert head.startswith("# Conformance\n")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        pytest.param(("X-three with datagrams", SKIPPED), "NOT RUN: X-three: three", id="skipped"),
        pytest.param(("X-three with datagrams", FAILURE), "FAILED: X-three: three", id="failed"),
        pytest.param(("1.0-int-1 with aiocoap", ""), "NOT RUN: X-three: three", id="no test"),
    ],
)
def test_complete_fails_where_a_case_has_not_passed(
    write_page: Write, capsys: pytest.CaptureFixture[str], changed: tuple[str, str], said: str
) -> None:
    run = junit(*WHOLE[:2], ("test_c", *changed))
    assert write_page(run)[0] == 0
    code, page = write_page(run, "--complete")
    assert (code, capsys.readouterr().err) == (1, f"conformance: {said}\n")
    assert f"| X-three | A | three | {said.partition(':')[0]} |  |  |" in page


def test_one_failure_outweighs_what_passed(
    write_page: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also for the case that another stands for."""
    run = junit(*WHOLE, ("test_d", "1.0-int-1 with datagrams", FAILURE))
    assert write_page(run, "--complete")[0] == 1
    assert capsys.readouterr().err == (
        "conformance: FAILED: 1.0-int-1: one\nconformance: FAILED: X-four: four\n"
    )


@pytest.mark.parametrize("shows", ["1.0-int-9 with datagrams", "1.0-int-1 with cloud"])
def test_what_is_not_listed_fails(
    write_page: Write, capsys: pytest.CaptureFixture[str], shows: str
) -> None:
    assert write_page(junit(*WHOLE, ("test_d", shows, "")))[0] == 1
    assert capsys.readouterr().err == (
        f"conformance: tests/test_t.py::test_d stands for {shows}: not listed\n"
    )
