"""`python -m benchmarks`: AT → OK, GET → 2.05, start-up, registrations, memory; Markdown on stdout.

`--json FILE` writes the figures besides.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from itertools import product
from pathlib import Path
from statistics import median
from typing import get_args

from benchmarks import dtls, gets, many, notifications, registrations
from benchmarks.memory import bytes_per_modem
from benchmarks.processes import MODEM, compiled, python, server
from benchmarks.rounds import Figure, interleave, table

Section = tuple[Callable[[], tuple[Figure, ...]], tuple[str, ...]]  # measurement, its references


def main() -> int:
    """Run every measurement and print its table."""
    options = _options()
    print(f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} cores\n")
    rounds, count = options.rounds, options.count
    sections: dict[str, Section] = {
        "AT → OK on a pty, C client": (lambda: _latency(rounds, count), ("C loop",)),
        "from start to device path, and to the first OK": (
            lambda: _start_up(rounds),
            ("python -c pass",),
        ),
    }
    sections["DTLS handshakes in memory, both ends in one process"] = (
        lambda: dtls.handshakes(rounds, count // 20),
        ("openssl, CBC_SHA256",),
    )
    sections["DTLS round trips of 40 bytes over loopback, both ends in one process"] = (
        lambda: dtls.records(rounds, count // 4),
        (dtls.PLAIN,),
    )
    sections[f"AT → OK, {many.MODEMS} modems in one process"] = (
        lambda: many.latencies(rounds, count),
        (many.ALONE,),
    )
    sections[f"AT → OK a second, {many.MODEMS} modems in one process"] = (
        lambda: many.throughputs(rounds, 4 * count),
        (many.ONE,),
    )
    sections["AT+MIPLNOTIFY → the platform, plain and over DTLS, in one process"] = (
        lambda: notifications.rates(rounds, count // 4),
        (notifications.PLAIN,),
    )
    for language, window in product(get_args(gets.Language), (1, 32)):
        title = f"GET /3/0/0 over UDP, {language} client, {window} at a time"
        measure = partial(gets.rates, language, 4 * rounds, count // 4, window)
        sections[title] = measure, (gets.ECHO, gets.AIOCOAP)
    sections[f"{registrations.DEVICES} devices register, C client, 32 at a time"] = (
        lambda: registrations.rates(2 * rounds),
        (registrations.ECHO, registrations.AIOCOAP),
    )
    wanted = {title: each for title, each in sections.items() if options.only in title}
    if not wanted and options.only not in "memory":
        print("\n".join(["no section has that in its title; there are:", *sections, "memory"]))
        return 2
    document = {title: _measured(title, *section) for title, section in wanted.items()}
    if options.only in "memory":
        document["bytes per modem"] = _memory()
        document["bytes per DTLS session, both ends"] = _dtls_memory()
        document["bytes per device"] = _memory_of_devices()
    if options.json:
        Path(options.json).write_text(json.dumps(document, indent=1))
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measures speed and memory next to named references, some minutes long.",
    )
    parser.add_argument("--rounds", type=_at_least(1), default=7, help="more: steadier figures")
    parser.add_argument(
        "--count", type=_at_least(4 * gets.BATCH), default=8000, help="exchanges per round"
    )
    parser.add_argument("--only", metavar="TEXT", default="", help="sections with it in the title")
    parser.add_argument("--json", metavar="FILE")
    return parser.parse_args()


def _at_least(least: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        value = int(text)
        if value < least:
            raise argparse.ArgumentTypeError(f"{value} is less than {least}")
        return value

    return number


def _measured(
    title: str, measure: Callable[[], tuple[Figure, ...]], references: tuple[str, ...]
) -> object:
    print(f"## {title}\n", flush=True)
    figures = measure()
    print("\n".join(table(figures, *references)), "\n", flush=True)
    return [{"subject": f.subject, "unit": f.unit, "values": f.values} for f in figures]


def _memory() -> float:
    size = bytes_per_modem(200)
    print(f"## memory\n\n{size / 1024:.1f} KiB per modem (200 in one process, in-memory ports)")
    return size


def _memory_of_devices() -> dict[str, float]:
    sizes = registrations.memory()
    print(f"\nper registered device ({registrations.DEVICES}, with sockets of their own):")
    for name, size in sizes.items():
        print(f"* {name}: {size / 1024:.1f} KiB")
    return sizes


def _dtls_memory() -> dict[str, float]:
    sizes = dtls.bytes_per_session(200)
    for name, size in sizes.items():
        print(f"{size / 1024:.1f} KiB per DTLS session ({name}, client and server)")
    return sizes


def _latency(rounds: int, count: int) -> tuple[Figure, ...]:
    """Median latency in µs of `count` exchanges, per server and round."""
    with tempfile.TemporaryDirectory() as folder:
        loop, client = (compiled(name, folder) for name in ("pty_loop", "pty_client"))
        servers = {
            "C loop": [loop],
            "bare asyncio add_reader": python("asyncio_echo"),
            "modem": MODEM,
        }

        def measured(command: list[str]) -> float:
            with server(command) as device:
                out = subprocess.run(
                    [client, device, str(count)], check=True, capture_output=True, text=True
                ).stdout
            return median(int(line) for line in out.split()) / 1000

        subjects = {name: lambda c=command: measured(c) for name, command in servers.items()}
        return interleave(subjects, rounds, "µs")


def _start_up(rounds: int) -> tuple[Figure, ...]:
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

    subjects = {"python -c pass": empty, "device path": path, "first OK": first_ok}
    return interleave(subjects, rounds, "ms")


if __name__ == "__main__":
    sys.exit(main())
