"""Many modems of one process: what idle ones cost a busy one, and what all do together.

Issue targets: one modem's latency with 63 idle ones beside it at most 1.2 of its latency alone; 64
busy ones together at least 0.8 of one's throughput.
"""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from subprocess import PIPE

from benchmarks.processes import MODEM, compiled
from benchmarks.rounds import Figure, interleave

MODEMS = 64
ALONE, BESIDE = "alone", f"with {MODEMS - 1} idle ones"
ONE, ALL = "one", f"{MODEMS} together"


def latencies(rounds: int, count: int) -> tuple[Figure, ...]:
    """Median latency in µs of `count` exchanges AT → OK with one of them."""
    with tempfile.TemporaryDirectory() as folder:
        client = compiled("pty_client", folder)

        def measured(modems: int) -> float:
            with _modems(modems) as devices:
                command = [client, devices[-1], str(count)]
                out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            return median(map(int, out.split())) / 1000

        return interleave(
            {ALONE: lambda: measured(1), BESIDE: lambda: measured(MODEMS)}, rounds, "µs"
        )


def throughputs(rounds: int, count: int) -> tuple[Figure, ...]:
    """Exchanges a second; `count` in all, on as many devices as there are, at the same time."""
    with tempfile.TemporaryDirectory() as folder:
        crowd = compiled("pty_crowd", folder)

        def measured(modems: int) -> float:
            with _modems(modems) as devices:
                command = [crowd, str(count), *devices]
                out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            return count / int(out) * 1e9

        return interleave({ONE: lambda: measured(1), ALL: lambda: measured(MODEMS)}, rounds, "/s")


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
