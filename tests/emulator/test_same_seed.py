"""One seed, one life: every model on every platform, in processes that share nothing.

Each process hashes its strings in another way (PYTHONHASHSEED), so that an order of a set would
show, and has its own process id and addresses of objects; the seconds of its life are others.
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 120.0  # seconds that a process may take on a busy machine
LIVES = 2 * 57  # 9 models have five platforms, 3 have four (decisions 7); good and bad networks

Seen = Mapping[str, bytes]


@pytest.fixture(scope="module")
def lives(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Seen]:
    """What processes saw, by name: two with the seed 7, one with the seed 8."""
    words = {"seed 7": ["7"], "seed 7 again": ["7"], "seed 8": ["8", "MN316", "M5311"]}
    folders = {name: tmp_path_factory.mktemp("lives") for name in words}
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.days", words[name][0], str(folder), *words[name][1:]],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": str(number)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        for number, (name, folder) in enumerate(folders.items())
    ]
    said = [process.communicate(timeout=PATIENCE)[0] for process in processes]
    for process, output in zip(processes, said, strict=True):
        assert process.returncode == 0, output.decode()
    return {name: _files(folder) for name, folder in folders.items()}


def _files(folder: Path) -> Seen:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_the_same_seed_gives_the_same_journal_datagrams_and_events(
    lives: Mapping[str, Seen],
) -> None:
    """Byte for byte, with the times of everything, also where datagrams are lost, late, doubled."""
    assert len(lives["seed 7"]) == LIVES
    for name, seen in lives["seed 7"].items():
        assert seen == lives["seed 7 again"][name], name


def test_another_seed_gives_another_one(lives: Mapping[str, Seen]) -> None:
    assert len(lives["seed 8"]) == 2 * 2 * 5
    for name, seen in lives["seed 8"].items():
        assert seen != lives["seed 7"][name], name
