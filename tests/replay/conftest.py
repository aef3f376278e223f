"""Logs as they are written in tests."""

from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def log(tmp_path: Path) -> Callable[..., Path]:
    """Writes a file of these lines: `log("AT", "OK")`; the folder has it under a new name."""
    made: list[Path] = []

    def write(*lines: str | bytes) -> Path:
        file = tmp_path / f"log{len(made)}.txt"
        made.append(file)
        data = [line if isinstance(line, bytes) else line.encode() for line in lines]
        file.write_bytes(b"".join(line + b"\r\n" for line in data))
        return file

    return write
