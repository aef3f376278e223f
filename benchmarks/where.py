"""What a command, a GET, a report and a READ take of a processor, and where that goes."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import chains, gets, latencies
from benchmarks.processes import MODEM, compiled, own_time, python, running
from benchmarks.size import Size

TOP = 12  # functions that are named
WINDOW = 32
ROOT = str(Path(__file__).parent.parent) + os.sep

ROOMS = {
    "emulator/at/": "AT lines and results (emulator/at, emulator/commands)",
    "emulator/commands/": "AT lines and results (emulator/at, emulator/commands)",
    "emulator/": "the module (rest of emulator)",
    "lwm2m_core/": "CoAP and LwM2M (lwm2m_core)",
    "transport/": "UDP, the kernel's part of it too (transport)",
    "pty_bridge/": "the pty, the kernel's part of it too (pty_bridge)",
}
COMMANDS, GETS = "AT → OK, one at a time", f"self-answered GETs, {WINDOW} at a time"
NON = "AT+MIPLNOTIFY → the server, NON"
CON = "AT+MIPLNOTIFY → the server, CON and event 26"

LOOP, CODEC, OTHER = "waiting, and asyncio", "aiocoap's codec", "other"


def looked_into(size: Size) -> list[dict[str, Any]]:
    """For each kind of work what one takes, and the shares of rooms, and of the functions that take
    most."""
    works: tuple[tuple[str, str, Work], ...] = (
        (COMMANDS, latencies.BARE, _commands),
        (GETS, gets.ECHO, _gets),
        (NON, chains.FLOOR, partial(_chains, "non")),
        (CON, chains.FLOOR_CON, partial(_chains, "con")),
        ("READ through the host", chains.FLOOR_READ, partial(_chains, "read")),
    )
    return [
        {"work": name, "reference": reference, **_account(work, size)}
        for name, reference, work in works
    ]


Turn = tuple[int, int, Callable[[], object]]
"""The process that works, how often it does the work in one turn, and a turn."""

Work = Callable[[list[str] | None, Size], AbstractContextManager[Turn]]
"""What is to be done, by the modem that a command starts, or by the reference."""


def _account(work: Work, size: Size) -> dict[str, Any]:
    """µs of the process's own time that one takes, looked at and not, and where they go."""
    with tempfile.TemporaryDirectory() as folder:
        sample = Sample(folder)
        with work(None, size) as turn:
            reference_us = _own_us(turn, size.samples_s / 3)
        with work(MODEM, size) as turn:
            us = _own_us(turn, size.samples_s / 3)
        with work(sample.command, size) as turn:
            turn[-1]()  # to warm up
            with sample.taken():
                _own_us(turn, size.samples_s)
        return {"us": us, "reference_us": reference_us, **_shares(sample.met())}


def _own_us(turn: Turn, seconds: float) -> float:
    """The least of several turns: what else runs on the machine can only add to it."""
    pid, times, take = turn
    found: list[float] = []
    take()  # to warm up
    end = time.monotonic() + seconds
    while not found or time.monotonic() < end:
        before = own_time(pid)
        take()
        found.append((own_time(pid) - before) * 1e6 / times)
    return min(found)


@contextmanager
def _commands(command: list[str] | None, size: Size) -> Iterator[Turn]:
    with ExitStack() as stack:
        client = compiled("pty_client", stack.enter_context(tempfile.TemporaryDirectory()))
        device, pid = stack.enter_context(running(command or python("asyncio_echo")))
        asked = [client, device, str(size.exchanges)]
        yield pid, size.exchanges, partial(subprocess.run, asked, check=True, capture_output=True)


@contextmanager
def _gets(command: list[str] | None, size: Size) -> Iterator[Turn]:
    with ExitStack() as stack:
        client = gets.client_in("C", stack)
        own = stack.enter_context(gets.bound())
        if command is None:
            port, pid = stack.enter_context(running(python("udp_echo")))
            own.connect(("127.0.0.1", int(port)))
        else:
            pid = stack.enter_context(gets.modem("off", command, own))
        code = gets.SENT_BACK if command is None else gets.CONTENT
        firsts = _turns(size.exchanges)
        yield (
            pid,
            size.exchanges,
            lambda: gets.ask(client, own, next(firsts), size.exchanges, WINDOW, code),
        )


@contextmanager
def _chains(what: str, command: list[str] | None, size: Size) -> Iterator[Turn]:
    with ExitStack() as stack:
        client = compiled("chain_client", stack.enter_context(tempfile.TemporaryDirectory()))

        def module(port: int) -> list[str]:
            if command is None:
                return chains.floor(port)
            return [*command, "--platform", f"127.0.0.1:{port}"]

        chain = chains.Chain(client, module, stack)
        yield chain.pid, size.exchanges, chain.measured(what, size.exchanges)


def _turns(step: int) -> Iterator[int]:
    while True:
        yield from range(0, gets.IDS - step, step)


class Sample:
    """One program that is looked into; `command` starts a modem that is."""

    def __init__(self, folder: str) -> None:
        self._file = Path(folder) / "met.json"
        words = MODEM[MODEM.index("emulator") + 1 :]
        self.command = [sys.executable, "-m", "benchmarks.sampled", str(self._file), *words]

    @contextmanager
    def taken(self) -> Iterator[None]:
        """From now on; what comes before, such as the start, does not count."""
        os.kill(int(self._file.with_suffix(".pid").read_text(encoding="ascii")), signal.SIGUSR1)
        yield

    def met(self) -> "Counter[str]":
        """How often each function was; the program has ended."""
        return Counter(json.loads(self._file.read_text(encoding="utf-8")))


def _shares(met: "Counter[str]") -> dict[str, Any]:
    """In percent, the largest first."""
    total = met.total()
    rooms: Counter[str] = Counter()
    functions: Counter[str] = Counter()
    for function, times in met.items():
        path, _, name = function.rpartition(":")
        rooms[_room(path)] += times
        functions[f"{_short(path)}: {name}"] += times
    return {
        "samples": total,
        "rooms": {room: 100 * times / total for room, times in rooms.most_common()},
        "functions": {f: 100 * times / total for f, times in functions.most_common(TOP)},
    }


def _room(path: str) -> str:
    for folder, room in ROOMS.items():
        if path.startswith(ROOT + folder):
            return room
    if "aiocoap" in path:
        return CODEC
    return LOOP if "asyncio" in path or path.endswith("selectors.py") else OTHER


def _short(path: str) -> str:
    if path.startswith(ROOT):
        path = path.removeprefix(ROOT)
        return path.rpartition("site-packages/")[2]
    return "/".join(Path(path).parts[-2:])
