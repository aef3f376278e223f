"""pytest in a process of its own, in a project of its own."""

import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

PATIENCE = 120.0  # seconds of one run; a busy machine is slow


@dataclass(frozen=True, slots=True)
class Outcome:
    """`results`: passed, failed, error or skipped, by the name of a test; `told`: what is said of
    it in the JUnit result."""

    code: int
    output: str
    results: Mapping[str, str] = field(default_factory=dict)
    told: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Project:
    folder: Path

    def write(self, files: Mapping[str, str]) -> None:
        """By their paths."""
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def run(self, *words: str, start: tuple[str, ...] = ("-m", "pytest")) -> Outcome:
        result = self.folder / "result.xml"
        hidden = ("PYTEST_", "COV_")
        env = {k: v for k, v in os.environ.items() if not k.startswith(hidden)}
        done = subprocess.run(
            [sys.executable, *start, f"--junit-xml={result}", *words],
            cwd=self.folder,
            env=env,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        output = done.stdout + done.stderr
        if not result.exists():
            return Outcome(done.returncode, output)
        results, told = {}, {}
        for case in ElementTree.parse(result).iter("testcase"):
            name = case.attrib["name"]
            faults = [each for each in case if each.tag in ("failure", "error", "skipped")]
            results[name] = faults[0].tag.replace("failure", "failed") if faults else "passed"
            told[name] = "\n".join(f"{e.get('message')}\n{e.text}" for e in faults)
        return Outcome(done.returncode, output, results, told)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    return Project(tmp_path)
