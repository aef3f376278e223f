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
from typing import Final

from emulator.explore.trial import Plan
from emulator.lab.errors import LabError

GONE_S: Final = 1.0
"""Seconds after which all that a host wrote before its end has come (chosen)."""

SPARE_S: Final = 10.0
"""What may take longer than the scenario: the start, and the end (chosen)."""

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
    with _running([*words, "--serial", plan.serial], None, os.environ, subprocess.PIPE) as module:
        device = _device(module)
        values = {"port": device, "imei": _imei(plan), "seed": str(plan.seed)}
        host_words = [_filled(word, values) for word in plan.host]
        named = {f"MIPL_{name.upper()}": value for name, value in values.items()}
        around = {**os.environ, "TERM": "dumb", "NO_COLOR": "1", **named}
        with _running(host_words, plan.folder, around, None) as host:
            _wait(module, host, limit + SPARE_S, settling + GONE_S)
            code = host.poll()
        return Proof(_failure(module, file), code)


def _device(module: "subprocess.Popen[str]") -> str:
    assert module.stdout is not None
    device = module.stdout.readline().strip()
    if not device:
        raise LabError(f"mipl run does not start: {_told(module)}")
    return device


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


def _failure(module: "subprocess.Popen[str]", file: Path) -> str:
    """What it told of the scenario. LabError if it has not come to that."""
    told = _told(module)
    if module.returncode == 0:
        return ""
    if module.returncode == 1:
        start = f"mipl: {file}:"
        lines = (line for line in told.splitlines() if line.startswith(start))
        return next(lines, told).removeprefix(start).partition(": ")[2]
    raise LabError(f"mipl run --scenario {file} ended with {module.returncode}: {told}")


def _told(module: "subprocess.Popen[str]") -> str:
    with suppress(subprocess.TimeoutExpired):
        module.wait(SPARE_S)
    return "" if module.stderr is None else module.stderr.read().strip()


@contextmanager
def _running(
    words: list[str], folder: Path | None, around: Mapping[str, str], pipe: int | None
) -> "Iterator[subprocess.Popen[str]]":
    """A program with all that comes of it, ended at the end. LabError if it cannot be started."""
    out = subprocess.DEVNULL if pipe is None else pipe
    try:
        process = subprocess.Popen(
            words,
            cwd=folder,
            env=around,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
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
    from emulator.scenario.stage import settings_of

    return settings_of(plan.scenario, plan.seed).imei
