"""Programs to be measured and to measure with, each in a process of its own."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
MODEM = [sys.executable, "-m", "emulator", "run", "--timing", "fast", "--seed", "1"]


def compiled(name: str, folder: str) -> str:
    """The program made from one of the C files here."""
    target = str(Path(folder) / name)
    subprocess.run(["cc", "-O2", "-o", target, str(HERE / f"{name}.c")], check=True)
    return target


def python(name: str) -> list[str]:
    """The command that starts one of the Python files here."""
    return [sys.executable, "-m", f"benchmarks.{name}"]


def own_time(pid: int) -> float:
    """Seconds of a processor that a process has taken so far, the kernel's work for it included:
    the clock that clock_getcpuclockid(3) names, on Linux."""
    return time.clock_gettime(~pid << 3 | 2)


@contextmanager
def server(command: list[str]) -> Iterator[str]:
    """A process; its first line says where it is to be reached. It is ended afterwards."""
    with running(command) as (place, _):
        yield place


@contextmanager
def running(command: list[str]) -> Iterator[tuple[str, int]]:
    """As `server`, with the id of the process besides."""
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip(), process.pid
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()
