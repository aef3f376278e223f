"""`mipl run --record` and `--live`: options that cannot be, and a process that is killed."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import serial

from emulator.cli import UsageError, parser
from emulator.recording.options import check_records
from emulator.recording.reader import Reading

PATIENCE = 20.0


def check(*words: object) -> None:
    check_records(parser().parse_args(["run", *map(str, words)]))


def test_a_folder_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        check("--record", tmp_path)
    assert str(caught.value) == (
        f"--record {tmp_path}: it is there already, and nothing is overwritten; name a new folder"
    )
    check("--record", tmp_path / "new")
    assert (tmp_path / "new").is_dir()


def _file(folder: Path) -> Path:
    (folder / "file1").write_text("mine")
    return folder / "file"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (lambda here: ["--record", here / "a" / "b"], "a/b: No such file or directory"),
        (
            lambda here: ["--count", 2, "--live", _file(here)],
            "file1: something else is there, and no pipe",
        ),
    ],
)
def test_what_cannot_be_is_said(
    words: Callable[[Path], list[object]], said: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError) as caught:
        check(*words(tmp_path))
    assert str(caught.value).endswith(said)


def _blocks(data: bytes) -> int:
    """How many whole blocks a file consists of."""
    at = count = 0
    while at < len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        assert data[at + size - 4 : at + size] == size.to_bytes(4, "little")
        at, count = at + size, count + 1
    return count


def test_a_killed_process_leaves_readable_files_of_each_modem(tmp_path: Path) -> None:
    """With a reader of live packets who leaves in the midst of it."""
    day, pipe = tmp_path / "day", tmp_path / "pipe"
    words = ("--count", "2", "--record", str(day), "--live", str(pipe), "--timing", "fast")
    with subprocess.Popen(
        [sys.executable, "-m", "emulator", "run", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            first, second = (process.stdout.readline().strip() for _ in range(2))
            _asks(second)  # the firmware is there
            with open(f"{pipe}0", "rb", buffering=0) as reader:
                assert reader.read(4) == bytes.fromhex("0a0d0d0a")
            _asks(first)
            _asks(first)
        finally:
            process.kill()
    for name in ("modem0", "modem1"):
        with (day / name / "journal.jsonl").open("rb") as stream:
            reading = Reading(stream, name)
            said = b"".join(each.data for each in reading if each.kind == "serial_out")
        assert reading.trouble is None
        assert said.startswith(b"\r\n" + b"*" * 15 + b"\r\n\r\nOK\r\n")
        assert _blocks((day / name / "recording.pcapng").read_bytes()) >= 5
    os.unlink(f"{pipe}0")
    os.unlink(f"{pipe}1")


def _asks(device: str) -> None:
    with serial.serial_for_url(device, 115200, timeout=PATIENCE) as port:
        port.write(b"AT+CGSN\r")
        assert port.read_until(b"OK\r\n").endswith(b"OK\r\n")
