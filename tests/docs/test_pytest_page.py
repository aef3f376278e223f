"""Every block of docs/pytest.md is run: its tests, its ini file and its commands."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from emulator.lab.wishes import Wishes

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "pytest.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", PAGE, re.DOTALL)
PATIENCE = 120.0


def lines_of_the_shell() -> list[str]:
    shell = "".join(text for kind, text in BLOCKS if kind == "sh")
    return [line for line in shell.splitlines() if "# not run here" not in line]


def test_every_block_runs(tmp_path: Path, require_peer: Callable[[str, str | None], None]) -> None:
    require_peer("gcc", None if shutil.which("gcc") else "gcc is not installed")
    assert {kind for kind, _ in BLOCKS} == {"sh", "python", "ini"}
    shutil.copytree(ROOT / "examples" / "c", tmp_path, dirs_exist_ok=True)
    tests = 0
    for number, (kind, text) in enumerate(BLOCKS):
        if kind != "sh":
            named = {"ini": "pytest.ini", "python": f"test_{number}.py"}[kind]
            named = "conftest.py" if text.startswith("# conftest.py\n") else named
            assert not (tmp_path / named).exists()
            (tmp_path / named).write_text(text, encoding="utf-8")
            tests += len(re.findall(r"^ *def test_", text, re.MULTILINE))
    build, run = lines_of_the_shell()
    subprocess.run(build.split(), cwd=tmp_path, check=True)
    assert run == "pytest"
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "COV_"))}
    done = subprocess.run(
        [sys.executable, "-m", run, "-q", "-p", "no:asyncio", "-W", "error"],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stdout
    assert f"\n{tests + 1} passed" in done.stdout, done.stdout  # one has two models


@pytest.mark.parametrize("name", Wishes.__dataclass_fields__)
def test_the_table_has_every_wish(name: str) -> None:
    options = PAGE[PAGE.index("| option | in a mark |") :]
    assert re.search(rf"`{name}=", options)
