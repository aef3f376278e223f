"""Bugs of several kinds in copies of the C host, and the host as it is."""

import json
import re
import sys
from pathlib import Path

import pytest

from emulator.cli import main
from emulator.scenario.files import to_run
from tests.emulator.explore.conftest import Build, Explore

QUEUES = """        if (handler_of(at, line, &fields) != NULL)
            enqueue(at, line);
"""
FINAL = """        if (at_final(line, &result, &at->error))
            return result;
"""
READS = "        long left = deadline - port_clock();\n"

LOSES_LINES = ((QUEUES, "        (void)fields;\n"),)
TAKES_THE_FIRST = (
    (FINAL, "        return at_final(line, &result, &at->error) ? result : AT_OK;\n"),
)
TAKES_READS_FOR_LINES = ((READS, f"        at->reader.length = 0;\n{READS}"),)


def test_the_host_as_it_is_lives_through_all(
    build: Build, explore: Explore, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert explore(build(), "--most", "30", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["ran"], found["broken"], found["unreached"]) == (30, 0, [])
    assert found["lines"] == [
        *("cereg", "event", "observe", "parameter"),
        *("read", "write", "execute"),
    ]
    assert not (tmp_path / "collision.yaml").exists()


@pytest.mark.parametrize(
    ("changes", "urc", "position", "fault", "why"),  # the last two: regular expressions
    [
        (
            LOSES_LINES,
            "read",
            "before",
            r'reply \+MIPLNOTIFY=: insert "\+MIPLREAD: 0,64000,3200,0,5750"',
            r"the host lost a line: it never answers \+MIPLREAD: 0,64000,3200,0,5750, although it "
            r"answers \+MIPLREAD: 0,53501,3200,0,5750, which came later",
        ),
        (
            TAKES_THE_FIRST,
            "cereg",
            "before",
            r'reply: insert "\+CEREG: 1"',
            r"the host ended with exit code 1; it said: .*no OK to AT.*; and last: < OK",
        ),
        (
            TAKES_READS_FOR_LINES,
            "read",
            "cut-answer",
            # which cut is the first that a busy machine lets the host see, differs
            r"reply.*: split \d+ pause 0\.02s",
            r"the host ended with exit code 1; it said: .*no OK to AT.*; and last: < OK",
        ),
    ],
)
def test_a_bug_is_found_and_its_scenario_can_be_run(
    build: Build,
    explore: Explore,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    changes: tuple[tuple[str, str], ...],
    urc: str,
    position: str,
    fault: str,
    why: str,
) -> None:
    """Manual 3.10: a READ is printed at any time, and answered within 5 s; V.250 5.7: a line ends
    with its CR LF, whatever comes in one read."""
    host = build(*changes, reply_ms=1000)  # what waits in vain does so many times
    assert explore(host, "--urc", urc, "--no-harsh", "--json") == 1
    found = json.loads(capsys.readouterr().out)
    least = found["least"]
    assert (least["position"], least["rank"]) == (position, "real")
    assert re.fullmatch(fault, least["faults"][0])
    assert re.fullmatch(why, least["why"])
    scenario = to_run(tmp_path / "collision.yaml")
    assert [str(each.fault) for each in scenario.faults] == least["faults"]
    assert scenario.setup.seed == 1


GIVES_UP_AT_AN_EVENT = (
    (
        QUEUES,
        f'        if (strncmp(line, "+MIPLEVENT: 0,6", 15) == 0)\n            exit(1);\n{QUEUES}',
    ),
)


def test_a_break_at_a_harsh_place_hides_no_real_one(
    build: Build, explore: Explore, capsys: pytest.CaptureFixture[str]
) -> None:
    """Event 6 before the OK of OPEN is tried early, and these modules are not known to do so; that
    an answer comes in two writes is real."""
    host = build(*GIVES_UP_AT_AN_EVENT, *TAKES_READS_FOR_LINES, reply_ms=1000)
    assert explore(host, "--urc", "cereg", "--json") == 1
    out, err = capsys.readouterr()
    assert "mipl: broken, at a harsh place: AT+MIPLOPEN=0,3000,30: the module's own" in err
    found = json.loads(out)
    harsh = found["harsh"]
    assert (harsh["position"], harsh["rank"], harsh["lives"]) == ("overtaking", "harsh", 3)
    assert (found["first"]["position"], found["first"]["rank"]) == ("cut-answer", "real")
    assert found["least"]["rank"] == "real"
    counts = found["positions"]["overtaking"]
    assert (counts["passed"], counts["broken"]) == (0, 1)  # the others of its rank were left out


FLAKY = """
import pathlib, sys
mark = pathlib.Path(sys.argv[1])
print("again" if mark.exists() else "first")
code = 4 if mark.exists() else 0
mark.touch()
raise SystemExit(code)
"""


@pytest.mark.parametrize(
    ("program", "told"),
    [
        (
            "print('no card'); raise SystemExit(4)",
            "the host does not pass undisturbed: the host ended with exit code 4; it said last: "
            "no card",
        ),
        (
            FLAKY,
            "the host does not pass undisturbed a second time: it is flaky: the host ended with "
            "exit code 4; it said last: again",
        ),
        ("pass", "the host writes no command that the module answers"),
    ],
)
def test_a_host_that_cannot_be_explored(
    program: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [sys.executable, "-c", program, str(tmp_path / "mark")]
    assert main(["explore", "--seed", "1", "--timing", "fast", "--", *words]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert f"mipl: {told}\n" in err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--urc", "reed"), "--urc: no line is called 'reed'; did you mean 'read'?"),
        (("--jobs", "0"), "--jobs 0 is not between 1 and 64"),
        (("--most", "0"), "--most 0 is not 1 or more"),
        (("--path", "/3200"), "--path /3200 is no resource, such as /3200/0/5750"),
        (("--ask", "reed /3200"), "a platform does not 'reed'; did you mean 'read'?"),
        (("--out", "nowhere/a.yaml"), "--out nowhere/a.yaml: there is no folder nowhere"),
        (("--quirk", "read_field=6"), "there is no quirk 'read_field'"),
    ],
)
def test_what_cannot_be(
    words: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explore", *words, "--", "host"]) == 2
    assert told in capsys.readouterr().err


def test_a_program_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explore", "--seed", "1", "--", "/nowhere/host", "{port}"]) == 2
    assert "there is no such program" in capsys.readouterr().err
