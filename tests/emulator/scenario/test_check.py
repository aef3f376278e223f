"""`mipl check`: findings on stdout, one a line; 0 and 1 say whether there are any."""

import json
from pathlib import Path

import pytest

from emulator.cli import main
from emulator.scenario import schema

GOOD = "schema: 1\ndialogue:\n  - host: AT\n  - module: OK\n"
BAD = "schema: 1\nevents:\n  - at: 30s\n    network: {coverage: off}\nend: 30s\n"
FINDING = "events[0]: never happens: at 30 s, but the scenario ends at 30 s"


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(GOOD)
    bad.write_text(BAD)
    return str(good), str(bad)


def test_nothing_wrong(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", files[0]]) == 0
    assert capsys.readouterr() == ("", "mipl: 1 checked, nothing wrong\n")


def test_a_fleet_is_no_scenario(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "meters.yaml"
    file.write_text("schema: 1\ngroups:\n  - modems: 2\n")
    assert main(["check", str(file)]) == 1
    assert capsys.readouterr().err == (
        f"mipl: {file} looks like a fleet; mipl fleet --dry-run {file} checks it\n"
        "mipl: 1 checked, 1 wrong\n"
    )


def test_every_finding_has_file_and_line(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", *files]) == 1
    out, err = capsys.readouterr()
    assert out == f"{files[1]}:3: {FINDING}\n"
    assert err == "mipl: 2 checked, 1 wrong\n"


def test_json_for_tools(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--json", *files]) == 1
    finding = {"line": 3, "field": "events[0]", "text": FINDING.partition(": ")[2]}
    assert json.loads(capsys.readouterr().out) == {
        "files": [
            {"file": files[0], "findings": []},
            {"file": files[1], "findings": [finding]},
        ]
    }


def test_a_file_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "nowhere.yaml"]) == 2
    expected = "mipl check: nowhere.yaml: cannot be read (No such file or directory)\n"
    assert capsys.readouterr().err == expected


def test_no_file_at_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 2
    assert capsys.readouterr().err == (
        "mipl check: which files? For example: mipl check scenario.yaml\n"
    )


def test_the_schema_is_printed_as_it_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    """After a change of a field: `mipl check --schema > emulator/scenario/scenario.schema.json`."""
    assert main(["check", "--schema"]) == 0
    kept = Path(schema.__file__).with_name("scenario.schema.json").read_text("utf-8")
    assert capsys.readouterr().out == kept
