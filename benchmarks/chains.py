"""From the host to the server and back through a module: values reported, values read.

One C program is host and server at the same time; the module and the hand-written floor are
processes of their own. All stay up, so that rounds can be short.
"""

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from itertools import count
from statistics import median

from benchmarks.gets import LOG_IN, register
from benchmarks.processes import MODEM, compiled, python, running
from benchmarks.rounds import Figure, interleave
from benchmarks.size import Size

BATCH = 20  # exchanges, as in chain_client.c
IDS = 65536 // 2
PATIENCE_S = 10
FLOOR, FLOOR_CON, FLOOR_READ = "floor, NON", "floor, CON and ACK", "floor"
NON, CON, READ = "modem, NON", "modem, CON, ACK and event 26", "modem"

# CON GET with Observe 0, token ab, Uri-Path "3200", "0", "5750" (RFC 7641 2)
OBSERVE = b"\x41\x01\xff\xff\xab\x60\x543200\x010\x045750"


def notifications(size: Size) -> tuple[Figure, ...]:
    """AT+MIPLNOTIFY → the server has it, and `OK`: a second, one at a time."""
    subjects = {
        FLOOR: (floor, "non"),
        NON: (_modem, "non"),
        FLOOR_CON: (floor, "con"),
        CON: (_modem, "con"),
    }
    return _rates(subjects, size, "notifications/s")


def reads(size: Size) -> tuple[Figure, ...]:
    """GET → +MIPLREAD → AT+MIPLREADRSP → 2.05, and `OK`: a second, one at a time."""
    return _rates({FLOOR_READ: (floor, "read"), READ: (_modem, "read")}, size, "READs/s")


def _rates(
    subjects: Mapping[str, tuple[Callable[[int], list[str]], str]], size: Size, unit: str
) -> tuple[Figure, ...]:
    with ExitStack() as stack:
        client = compiled("chain_client", stack.enter_context(tempfile.TemporaryDirectory()))
        measures = {
            name: Chain(client, command, stack).measured(what, size.exchanges // 2)
            for name, (command, what) in subjects.items()
        }
        return interleave(measures, 2 * size.rounds, unit)


def _modem(port: int) -> list[str]:
    return [*MODEM, "--platform", f"127.0.0.1:{port}"]


def floor(port: int) -> list[str]:
    """The command of the module that was written by hand."""
    return [*python("floor"), str(port)]


class Chain:
    """One module that is logged in and observed, with the program that is its host and server.
    `pid`: the process of the module."""

    def __init__(self, client: str, command: Callable[[int], list[str]], stack: ExitStack) -> None:
        self._client = client
        self._socket = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(PATIENCE_S)
        device, self.pid = stack.enter_context(running(command(self._socket.getsockname()[1])))
        self._device = os.open(device, os.O_RDWR | os.O_NOCTTY)
        stack.callback(os.close, self._device)
        self._log_in()

    def _log_in(self) -> None:
        os.write(self._device, LOG_IN)
        register(self._socket)
        self._socket.send(OBSERVE)
        while self._socket.recv(2048)[1] != 69:
            pass
        time.sleep(0.1)  # what it prints to that is none of the client's

    def measured(self, what: str, exchanges: int) -> Callable[[], float]:
        """The median batch of a round, as exchanges a second."""
        turns = count()
        descriptors = self._device, self._socket.fileno()

        def rate() -> float:
            first = 1 + next(turns) * exchanges % IDS
            arguments = map(str, (*descriptors, first, exchanges))
            done = subprocess.run(
                [self._client, *arguments, what],
                check=True,
                capture_output=True,
                text=True,
                pass_fds=descriptors,
            )
            return BATCH * 1e9 / median(map(int, done.stdout.split()))

        rate()  # to warm up
        return rate
