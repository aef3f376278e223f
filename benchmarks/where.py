"""Where the time of a modem goes while it answers GETs and reports values."""

import json
import os
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from benchmarks import chains, gets
from benchmarks.processes import MODEM, compiled
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
LOOP, CODEC, OTHER = "waiting, and asyncio", "aiocoap's codec", "other"


def looked_into(size: Size) -> list[dict[str, Any]]:
    """For each kind of work the shares of rooms, and of the functions that take most."""
    return [
        {"work": work, **_shares(measure(size))}
        for work, measure in (
            (f"self-answered GETs, {WINDOW} at a time", _gets),
            ("AT+MIPLNOTIFY → the server, NON", _notifications),
        )
    ]


def _gets(size: Size) -> "Counter[str]":
    with ExitStack() as stack:
        client = gets.client_in("C", stack)
        sample = Sample(stack.enter_context(tempfile.TemporaryDirectory()))
        own = stack.enter_context(gets.bound())
        with gets.modem("off", sample.command, own), sample.taken():
            firsts = _turns(size.exchanges)
            _while(
                size.samples_s,
                lambda: gets.ask(client, own, next(firsts), size.exchanges, WINDOW, gets.CONTENT),
            )
        return sample.met()


def _notifications(size: Size) -> "Counter[str]":
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        sample, client = Sample(folder), compiled("chain_client", folder)

        def command(port: int) -> list[str]:
            return [*sample.command, "--platform", f"127.0.0.1:{port}"]

        with ExitStack() as modem:
            rate = chains.Chain(client, command, modem).measured("non", size.exchanges)
            with sample.taken():
                _while(size.samples_s, rate)
        return sample.met()


def _while(seconds: float, work: Callable[[], object]) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        work()


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
