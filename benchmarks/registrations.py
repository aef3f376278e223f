"""Registrations at a platform: how many a second, and what each device costs in memory there.

The devices are one C program, each of them with a socket of its own, on another core if there is
one; every server is one process.
"""

import resource
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from statistics import median

from benchmarks.processes import compiled, python, running
from benchmarks.rounds import Figure, interleave
from benchmarks.size import Size

ECHO, AIOCOAP = "bare asyncio echo", "aiocoap's server with /rd"

DEVICES, WINDOW = 1000, 32
BATCH = 100  # devices, as in fleet.c
FIRST_IMEI = 869975030000000
SENT_BACK, CREATED = 2, 65  # the code of the POST itself, 2.01

Subject = tuple[list[str], int, int]  # its command, what it asks each device, the right answer

SUBJECTS: dict[str, Subject] = {
    ECHO: (python("udp_echo"), 0, SENT_BACK),
    AIOCOAP: (python("aiocoap_directory"), 0, CREATED),
    "platform that asks nothing": ([*python("cloud_server"), "onenet", "quiet"], 0, CREATED),
    "onenet, with Observe, Discover and Read": ([*python("cloud_server"), "onenet"], 3, CREATED),
}


def rates(size: Size) -> tuple[Figure, ...]:
    """Devices a second that are registered and asked, in each round 1000: the median batch.

    Two thousand take turns: a platform has room for 4096 that are there, and they do not leave.
    """
    with ExitStack() as stack:
        client = compiled("fleet", stack.enter_context(tempfile.TemporaryDirectory()))

        def ready(command: list[str], asks: int, code: int) -> Callable[[], float]:
            port, _ = stack.enter_context(running(command))
            turns = count()
            _batches(client, port, next(turns), asks, code)  # to warm up
            return lambda: BATCH * 1e9 / median(_batches(client, port, next(turns), asks, code))

        measures = {name: ready(*subject) for name, subject in SUBJECTS.items()}
        return interleave(measures, size.rounds, "devices/s")


def memory(size: Size) -> tuple[Figure, ...]:
    """KiB of resident memory per device: of 1000, over what the process has with 100."""
    with tempfile.TemporaryDirectory() as folder:
        client = compiled("fleet", folder)
        return tuple(
            Figure(name, "KiB", (_memory(client, *subject) / 1024,))
            for name, subject in SUBJECTS.items()
        )


def _memory(client: str, command: list[str], asks: int, code: int) -> float:
    with running(command) as (port, pid):
        _batches(client, port, 0, asks, code, devices=100)
        before = _resident(pid)
        _batches(client, port, 1, asks, code)
        return (_resident(pid) - before) / DEVICES


def _batches(
    client: str, port: str, turn: int, asks: int, code: int, devices: int = DEVICES
) -> list[int]:
    """What the client prints. Message ids are new in each turn: ports come again, and what a
    server has heard from there it takes for a repeat (RFC 7252 4.5)."""
    first, mid = FIRST_IMEI + turn % 2 * DEVICES, turn % 60 * DEVICES
    arguments = map(str, (port, first, devices, WINDOW, mid, asks, code))
    done = subprocess.run([client, *arguments], check=True, capture_output=True, text=True)
    return [int(line) for line in done.stdout.split()]


def _resident(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()
