"""A written scenario with the host, as its user will run it: `mipl run`, and the host beside it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Final

from emulator.explore.trial import Plan
from emulator.lab.errors import LabError
from emulator.scenario.stage import settings_of

GONE_S: Final = 0.5
"""Seconds after which all that a host wrote before its end has come (chosen)."""

SPARE_S: Final = 10.0
"""What may take longer than the scenario: the start, and the end (chosen)."""

READY: Final = "HTTP API at "
"""What `mipl run` tells when module and platforms are there."""

TOLD_LIMIT: Final = 1 << 20  # bytes of what it tells that are looked at
LOOK_S: Final = 0.02
GRACE_S: Final = 2.0  # between SIGTERM and SIGKILL


@dataclass(frozen=True, slots=True)
class Proof:
    """`failure`: what `mipl run` told, empty if all was as written. `code`: of the host's end, None
    if it still ran."""

    failure: str = ""
    code: int | None = None


def proved(file: Path, plan: Plan, limit: float, settling: float) -> Proof:
    """Run it. `limit`: seconds of the scenario; `settling`: of the pause at its end. What only a
    host that has left could do is not waited for. LabError if there can be no such run."""
    words = [sys.executable, "-m", "emulator", "run", "--scenario", str(file)]
    with (
        TemporaryFile() as told,
        _running([*words, "--serial", plan.serial], None, os.environ, told) as module,
    ):
        device = _device(module, told)
        values = {"port": device, "imei": _imei(plan), "seed": str(plan.seed)}
        host_words = [_filled(word, values) for word in plan.host]
        named = {f"MIPL_{name.upper()}": value for name, value in values.items()}
        around = {**os.environ, "TERM": "dumb", "NO_COLOR": "1", **named}
        with _running(host_words, plan.folder, around) as host:
            _wait(module, host, limit + SPARE_S, settling + GONE_S)
            code = host.poll()
        return Proof(_failure(module, file, _read(told)), code)


def _device(module: "subprocess.Popen[str]", told: IO[bytes]) -> str:
    """The first line, once the platforms are there too."""
    assert module.stdout is not None
    device = module.stdout.readline().strip()
    end = time.monotonic() + SPARE_S
    while module.poll() is None and READY not in _read(told) and time.monotonic() < end:
        time.sleep(LOOK_S)
    if not device or module.poll() is not None:
        raise LabError(f"mipl run does not start: {_read(told)}")
    return device


def _read(told: IO[bytes]) -> str:
    """All of it; its position, which a program that writes has too, stays where it is."""
    return os.pread(told.fileno(), TOLD_LIMIT, 0).decode(errors="replace").strip()


def _wait(
    module: "subprocess.Popen[str]", host: "subprocess.Popen[str]", limit: float, gone: float
) -> None:
    """Until the scenario is over. It is ended after `limit` seconds, and `gone` after the host."""
    end, left = time.monotonic() + limit, None
    while module.poll() is None:
        now = time.monotonic()
        if left is None and host.poll() is not None:
            left = now
        if now > end or (left is not None and now > left + gone):
            module.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                module.wait(SPARE_S)
            return
        time.sleep(LOOK_S)


def _failure(module: "subprocess.Popen[str]", file: Path, told: str) -> str:
    """What it told of the scenario. LabError if it has not come to that."""
    start = f"mipl: {file}:"
    for line in told.splitlines():
        if line.startswith(f"{start} all as written"):
            return ""
        if line.startswith(start):
            return line.removeprefix(start).partition(": ")[2]
    raise LabError(f"mipl run --scenario {file} ended with {module.returncode}: {told}")


@contextmanager
def _running(
    words: list[str], folder: Path | None, around: Mapping[str, str], told: IO[bytes] | None = None
) -> "Iterator[subprocess.Popen[str]]":
    """A program with all that comes of it, ended at the end. `told`: where its stderr goes; without
    it, nothing of it is kept. LabError if it cannot be started."""
    try:
        process = subprocess.Popen(
            words,
            cwd=folder,
            env=around,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if told is None else subprocess.PIPE,
            stderr=subprocess.DEVNULL if told is None else told,
            text=True,
            start_new_session=True,
        )
    except OSError as error:
        raise LabError(f"{words[0]} cannot be started: {error}") from error
    with process:
        try:
            yield process
        finally:
            _end(process)


def _end(process: "subprocess.Popen[str]") -> None:
    """It, and what it has started."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(GRACE_S)


def _filled(word: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        word = word.replace(f"{{{name}}}", value)
    return word


def _imei(plan: Plan) -> str:
    return settings_of(plan.scenario, plan.seed).imei
