"""Many modems of one process: what idle ones cost a busy one, and what all do together."""

import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from statistics import median
from subprocess import PIPE

from benchmarks.processes import MODEM, compiled
from benchmarks.rounds import Figure, interleave
from benchmarks.size import Size

MODEMS = 64
ALONE, BESIDE = "alone", f"with {MODEMS - 1} idle ones"
ONE, ALL = "one", f"{MODEMS} together"


def latencies(size: Size) -> tuple[Figure, ...]:
    """Median latency in µs of exchanges AT → OK with one of them."""

    def measured(client: str, devices: list[str]) -> float:
        command = [client, devices[-1], str(size.exchanges)]
        out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        return median(map(int, out.split())) / 1000

    return _measured("pty_client", measured, (ALONE, BESIDE), size, "µs")


def throughputs(size: Size) -> tuple[Figure, ...]:
    """Exchanges a second; so many in all, on as many devices as there are, at the same time."""
    count = 4 * size.exchanges

    def measured(crowd: str, devices: list[str]) -> float:
        command = [crowd, str(count), *devices]
        out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        return count / int(out) * 1e9

    return _measured("pty_crowd", measured, (ONE, ALL), size, "exchanges/s")


def _measured(
    program: str,
    measure: Callable[[str, list[str]], float],
    names: tuple[str, str],
    size: Size,
    unit: str,
) -> tuple[Figure, ...]:
    """With one modem, and with all."""
    with ExitStack() as stack:
        client = compiled(program, stack.enter_context(tempfile.TemporaryDirectory()))
        crowds = [stack.enter_context(_modems(number)) for number in (1, MODEMS)]
        subjects = {
            name: partial(measure, client, devices)
            for name, devices in zip(names, crowds, strict=True)
        }
        return interleave(subjects, size.rounds, unit)


@contextmanager
def _modems(number: int) -> Iterator[list[str]]:
    command = [*MODEM, "--count", str(number)]
    process = subprocess.Popen(command, stdout=PIPE, stderr=PIPE, text=True)
    assert process.stdout is not None and process.stderr is not None
    try:
        devices = [process.stdout.readline().strip() for _ in range(number)]
        while "HTTP API" not in process.stderr.readline():  # what comes up first is not counted
            pass
        yield devices
    finally:
        process.terminate()
        process.communicate()
