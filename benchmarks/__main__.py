"""`python -m benchmarks`: AT → OK, start-up, memory; Markdown on stdout, `--json FILE` besides."""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from benchmarks.memory import bytes_per_modem
from benchmarks.rounds import Figure, interleave, table

HERE = Path(__file__).parent
MODEM = [sys.executable, "-m", "emulator", "run", "--timing", "fast", "--seed", "1"]


def main() -> int:
    """Run every measurement and print its table."""
    options = _options()
    print(f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} cores\n")
    sections = {
        "AT → OK on a pty, C client": (_latency(options.rounds, options.count), "C loop"),
        "from start to device path, and to the first OK": (
            _start_up(options.rounds),
            "python -c pass",
        ),
    }
    for title, (figures, reference) in sections.items():
        print(f"## {title}\n")
        print("\n".join(table(figures, reference)), "\n")
    size = bytes_per_modem(200)
    print(f"## memory\n\n{size / 1024:.1f} KiB per modem (200 in one process, in-memory ports)")
    if options.json:
        document = {title: [_plain(f) for f in figures] for title, (figures, _) in sections.items()}
        Path(options.json).write_text(json.dumps({**document, "bytes per modem": size}, indent=1))
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--count", type=int, default=8000, help="exchanges per round")
    parser.add_argument("--json", metavar="FILE")
    return parser.parse_args()


def _plain(figure: Figure) -> dict[str, object]:
    return {"subject": figure.subject, "unit": figure.unit, "values": figure.values}


def _latency(rounds: int, count: int) -> tuple[Figure, ...]:
    """Median latency in µs of `count` exchanges, per server and round."""
    with tempfile.TemporaryDirectory() as folder:
        loop, client = (_compiled(name, folder) for name in ("pty_loop", "pty_client"))
        servers = {
            "C loop": [loop],
            "bare asyncio add_reader": [sys.executable, str(HERE / "asyncio_echo.py")],
            "modem": MODEM,
        }

        def measured(command: list[str]) -> float:
            with _server(command) as device:
                out = subprocess.run(
                    [client, device, str(count)], check=True, capture_output=True, text=True
                ).stdout
            return median(int(line) for line in out.split()) / 1000

        subjects = {name: lambda c=command: measured(c) for name, command in servers.items()}
        return interleave(subjects, rounds, "µs")


def _compiled(name: str, folder: str) -> str:
    target = str(Path(folder) / name)
    subprocess.run(["cc", "-O2", "-o", target, str(HERE / f"{name}.c")], check=True)
    return target


@contextmanager
def _server(command: list[str]) -> Iterator[str]:
    """A process whose first line is a device path; it is ended afterwards."""
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def _start_up(rounds: int) -> tuple[Figure, ...]:
    """Milliseconds from exec to the device path, to the first OK, and of an empty Python."""

    def empty() -> float:
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", "pass"], check=True)
        return (time.perf_counter() - start) * 1000

    def path() -> float:
        start = time.perf_counter()
        with _server(MODEM):
            return (time.perf_counter() - start) * 1000

    def first_ok() -> float:
        start = time.perf_counter()
        with _server(MODEM) as device:
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
