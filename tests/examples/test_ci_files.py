"""examples/ci: its files are what their services read, and say the same to all of them.

The lines of the job for GitHub Actions are run by tests/setup/test_wheel.py; those of the others
are held against them here.
"""

import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.setup.jobs import EXAMPLE, dockerfile_lines, github_lines, gitlab_lines

LIMIT = 60.0  # seconds of the checker


@pytest.mark.parametrize(
    ("file", "schema"),
    [
        ("github-actions.yml", "vendor.github-workflows"),
        ("gitlab-ci.yml", "vendor.gitlab-ci"),
        ("compose.yaml", "vendor.compose-spec"),
    ],
)
def test_a_file_is_what_its_service_reads(
    file: str, schema: str, require_peer: Callable[[str, str | None], None]
) -> None:
    """By the schemas that their makers publish."""
    checker = Path(sys.executable).with_name("check-jsonschema")
    missing = "check-jsonschema is not installed: MIPL_EXTRAS=ci ./mipl setup"
    require_peer("check-jsonschema", None if checker.exists() else missing)
    done = subprocess.run(
        [checker, "--builtin-schema", schema, EXAMPLE / file],
        capture_output=True,
        text=True,
        timeout=LIMIT,
    )
    assert done.returncode == 0, done.stdout


def test_gitlab_runs_the_lines_of_github() -> None:
    """All but the one that shows the table on the page of the run."""
    *lines, summary = github_lines()
    assert summary == 'cat results/models.md >>"$GITHUB_STEP_SUMMARY"'
    assert gitlab_lines() == lines


def test_the_container_runs_them_without_a_virtual_environment() -> None:
    ours = [shlex.split(line) for line in dockerfile_lines()]
    theirs = [shlex.split(line.replace(".venv/bin/", "")) for line in github_lines()]
    ours[0].remove("--no-cache-dir")
    assert len(ours) == 3
    assert all(words in theirs for words in ours)
