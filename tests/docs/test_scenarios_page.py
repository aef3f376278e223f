"""What docs/scenarios.md shows plays, and is said as it stands there."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from emulator.cli import main
from emulator.cloud.switches import Switches, as_texts
from emulator.quirks import register
from emulator.scenario.reading import read_scenario
from emulator.scenario.schema import schema
from emulator.scenario.stage import play

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "scenarios.md").read_text("utf-8")

MISSPELT = """schema: 1
setup: {modle: MN316}
"""
NEVER = """schema: 1
events:
  - after: "+MIPLEVENT: 0,6"
    power: off
  - at: 60s
    power: on
dialogue:
  - host: AT
  - module: "+MIPLEVNT: 0,6"
end: 60s
"""


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_the_scenario_that_it_begins_with_plays() -> None:
    (shown,) = [block for block in _blocks("yaml") if block.startswith("schema: 1")]
    reading = read_scenario(shown.encode())
    assert reading.scenario is not None, reading.findings
    over = play(reading.scenario)
    assert over.failure is None, over.failure


def test_the_findings_that_it_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("misspelt.yaml").write_text(MISSPELT)
    Path("never.yaml").write_text(NEVER)
    assert main(["check", "misspelt.yaml", "never.yaml"]) == 1
    said = "".join(capsys.readouterr())
    (shown,) = [block for block in _blocks("console") if "mipl check" in block]
    assert said == "".join(line + "\n" for line in shown.splitlines()[1:])


def test_the_python_that_it_shows() -> None:
    (shown,) = [block for block in _blocks("python") if "to_play" in block]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", shown], capture_output=True, text=True, cwd=ROOT
    )
    assert (done.stdout, done.stderr) == ("", "")


def test_every_field_is_explained() -> None:
    """What an editor offers is on the page; quirks, switches and faults have theirs."""
    elsewhere = {quirk.name for quirk in register()} | set(as_texts(Switches()))
    named = set(_names(schema())) - elsewhere
    assert len(named) > 40
    assert {name for name in named if not re.search(rf"\b{name}\b", PAGE)} == set()


def _names(part: object) -> Iterator[str]:
    if isinstance(part, list):
        for each in part:
            yield from _names(each)
    elif isinstance(part, dict):
        fields = part.get("properties")
        yield from fields if isinstance(fields, dict) else ()
        for key, each in part.items():
            if key not in ("fault", "faults"):
                yield from _names(each)
