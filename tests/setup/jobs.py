"""The shell lines of examples/ci, as they stand in its files."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import yaml

EXAMPLE = Path(__file__).parents[2] / "examples" / "ci"


def document(name: str) -> Any:
    return yaml.safe_load((EXAMPLE / name).read_text(encoding="utf-8"))


def github_lines() -> list[str]:
    (job,) = document("github-actions.yml")["jobs"].values()
    return [line for step in job["steps"] for line in step.get("run", "").splitlines()]


def gitlab_lines() -> list[str]:
    return [str(line) for line in document("gitlab-ci.yml")["test"]["script"]]


def dockerfile_lines() -> list[str]:
    text = (EXAMPLE / "Dockerfile").read_text(encoding="utf-8")
    (command,) = re.findall(r"^CMD (.*)$", text, re.MULTILINE)
    return [*re.findall(r"^RUN (.*)$", text, re.MULTILINE), shlex.join(json.loads(command))]
