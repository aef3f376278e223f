"""AT → OK on a pty, and how soon there is a device and an OK after the start."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from statistics import median

from benchmarks.processes import MODEM, compiled, python, server
from benchmarks.rounds import Figure, interleave
from benchmarks.size import Size

C_LOOP, BARE, MINE = "C loop", "bare asyncio add_reader", "modem"
EMPTY, PATH, FIRST_OK = "python -c pass", "device path", "first OK"


def exchanges(size: Size) -> tuple[Figure, ...]:
    """Median latency in µs; a client in C, servers that stay up."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        loop, client = (compiled(name, folder) for name in ("pty_loop", "pty_client"))

        def measured(command: list[str]) -> Callable[[], float]:
            device = stack.enter_context(server(command))

            def latency() -> float:
                out = subprocess.run(
                    [client, device, str(size.exchanges)],
                    check=True,
                    capture_output=True,
                    text=True,
                ).stdout
                return median(int(line) for line in out.split()) / 1000

            latency()  # to warm up
            return latency

        servers = {C_LOOP: [loop], BARE: python("asyncio_echo"), MINE: MODEM}
        subjects = {name: measured(command) for name, command in servers.items()}
        return interleave(subjects, size.rounds, "µs")


def start_up(size: Size) -> tuple[Figure, ...]:
    """Milliseconds from exec to the device path, to the first OK, and of an empty Python."""

    def empty() -> float:
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", "pass"], check=True)
        return (time.perf_counter() - start) * 1000

    def path() -> float:
        start = time.perf_counter()
        with server(MODEM):
            return (time.perf_counter() - start) * 1000

    def first_ok() -> float:
        start = time.perf_counter()
        with server(MODEM) as device:
            port = os.open(device, os.O_RDWR | os.O_NOCTTY)
            os.write(port, b"AT\r")
            got = b""
            while not got.endswith(b"OK\r\n"):
                got += os.read(port, 64)
            os.close(port)
            return (time.perf_counter() - start) * 1000

    return interleave({EMPTY: empty, PATH: path, FIRST_OK: first_ok}, size.rounds, "ms")
