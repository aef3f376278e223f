"""What people name when they mean a recording: its folder, its journal, a folder of several."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from emulator.cli import UsageError
from emulator.recording.files import JOURNAL
from emulator.recording.reader import Reading, RecordingError


def journals_of(given: Path) -> list[Path]:
    """The journals in it, those of several modems by their numbers. UsageError if there is none."""
    if not given.is_dir():
        if not given.exists():
            raise UsageError(f"{given}: there is no such file or folder")
        return [given]
    if (given / JOURNAL).exists():
        return [given / JOURNAL]
    found = sorted(given.glob(f"*/{JOURNAL}"), key=_natural)
    if not found:
        raise UsageError(
            f"{given}: there is no {JOURNAL} in it, nor in a folder in it; "
            "mipl run --record DIR makes one"
        )
    return found


def _natural(path: Path) -> list[tuple[int, str]]:
    """modem10 after modem9."""
    parts = re.split(r"(\d+)", path.parent.name)
    return [(int(part), "") if part.isdecimal() else (0, part) for part in parts]


@contextmanager
def opened(file: Path) -> Iterator[Reading]:
    """The recording in this file. UsageError if it is none, or cannot be opened."""
    try:
        stream = file.open("rb")
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from error
    with stream:
        try:
            yield Reading(stream, str(file))
        except RecordingError as error:
            hint = "" if file.name == JOURNAL else "; logs of serial lines are for mipl replay"
            raise UsageError(f"{error}{hint}") from error
