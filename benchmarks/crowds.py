"""Many modems of one process: how soon all are registered, and what each costs."""

import json
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from benchmarks.processes import compiled, python, running, server
from benchmarks.rounds import Figure, interleave
from benchmarks.size import Size

FLOOR, AIOCOAP = "asyncio sockets, Register by hand", "aiocoap's client"
RAW, RAW_PTY, CLOUD_PTY = (
    "modems at the raw server",
    "modems with ptys at the raw server",
    "modems with ptys at our cloud",
)
PTY, MEMORY = "with a pty", "without a pty"
MOST_LATE, LOST = "a value a minute each, the latest", "values lost on the way"
BIG = 1000  # modems from which on one round of a cost has to do
VALUES = 2000  # values that are reported for one cost, at least


class Asked:
    """A crowd that is asked for something, line by line."""

    def __init__(self, process: "subprocess.Popen[str]", count: int, with_ptys: bool) -> None:
        assert process.stdin is not None and process.stdout is not None
        self._to, self._from = process.stdin, process.stdout
        self.devices = [self._from.readline() for _ in range(count if with_ptys else 0)]
        self.rss_made: float = json.loads(self._from.readline())

    def ask(self, *words: object) -> Any:
        self._to.write(" ".join(map(str, words)) + "\n")
        self._to.flush()
        return json.loads(self._from.readline())


@contextmanager
def crowd(kind: str, port: str, count: int, *looks: str) -> Iterator[Asked]:
    """A process with `count` modems."""
    command = [*python("crowd"), kind, port, str(count), *looks]
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield Asked(process, count, kind == "pty")
    finally:
        process.terminate()
        process.communicate()


def logins(size: Size) -> tuple[Figure, ...]:
    """Seconds from the first OPEN until all are registered, each time of a new process."""
    with tempfile.TemporaryDirectory() as folder:
        raw, fleet = (compiled(name, folder) for name in ("raw_server", "pty_fleet"))

        def plain(program: str) -> float:
            with server([raw, "0"]) as port, server([*python(program), port, str(size.crowd)]) as s:
                return float(s)

        def in_memory() -> float:
            with server([raw, "0"]) as port, crowd("memory", port, size.crowd) as asked:
                return float(asked.ask("login"))

        def with_ptys(command: list[str]) -> float:
            with server(command) as port, crowd("pty", port, size.crowd) as asked:
                return _log_in(fleet, port, asked)

        subjects: dict[str, Callable[[], float]] = {
            FLOOR: partial(plain, "register_floor"),
            AIOCOAP: partial(plain, "aiocoap_clients"),
            RAW: in_memory,
            RAW_PTY: partial(with_ptys, [raw, "0"]),
            CLOUD_PTY: partial(with_ptys, [*python("cloud_server"), "onenet"]),
        }
        return interleave(subjects, max(1, size.rounds * 3 // 5), "s")


def _log_in(
    fleet: str, port: str, asked: Asked, then: Callable[[], object] = lambda: None
) -> float:
    """By a program that is the host of all of them; `then` is called while it is still there."""
    command = [fleet, port, str(len(asked.devices))]
    host = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert host.stdin is not None and host.stdout is not None
    try:
        host.stdin.writelines(asked.devices)
        host.stdin.flush()
        nanoseconds = int(host.stdout.readline())
        then()
        return nanoseconds / 1e9
    finally:
        host.terminate()
        host.communicate()


def memory(size: Size) -> tuple[Figure, ...]:
    """KiB of each, over a process with 20 others that are registered: when made, and when it is."""
    made: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        raw, fleet = (compiled(name, folder) for name in ("raw_server", "pty_fleet"))
        cloud = [*python("cloud_server"), "onenet", "quiet", "dtls"]
        kinds = (
            (PTY, "pty", [raw, "0"], size.crowd),
            (MEMORY, "memory", [raw, "0"], size.crowd),
            ("DTLS, without a pty", "dtls", cloud, size.dtls_crowd),
        )
        for name, kind, command, count in kinds:
            with server(command) as port, crowd(kind, port, count) as asked:
                made[f"{name}, made"] = [asked.rss_made]
                found = made[f"{name}, registered"] = []
                if kind == "pty":
                    _log_in(fleet, port, asked, partial(_note_rss, asked, found))
                else:
                    asked.ask("login")
                    _note_rss(asked, found)
    return tuple(
        Figure(name, "KiB", tuple(value / 1024 for value in values))
        for name, values in made.items()
    )


def holdings(size: Size) -> dict[str, Any]:
    """What the objects of a modem with a pty are that is registered and has sent no value yet."""
    rows: dict[str, tuple[float, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        raw, fleet = (compiled(name, folder) for name in ("raw_server", "pty_fleet"))
        with server([raw, "0"]) as port, crowd("pty", port, size.crowd, "held") as asked:
            _log_in(fleet, port, asked, lambda: rows.update(asked.ask("held")))
    return {"modems": size.crowd, "rows": rows}


def _note_rss(asked: Asked, into: list[float]) -> None:
    into.append(asked.ask("rss"))


def costs(size: Size) -> tuple[Figure, ...]:
    """What a value and a login of one modem cost, and its memory, as there are more of them; and
    how late the largest crowd is, each modem of which reports once a minute."""
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder:
        raw = compiled("raw_server", folder)
        for count in size.crowds:
            rounds = 1 if count >= BIG else size.rounds
            found = [_cost(raw, count, size, count == size.crowds[-1]) for _ in range(rounds)]
            figures += [
                Figure(
                    f"{count} modem{'s' if count > 1 else ''}, {name}",
                    unit,
                    tuple(each[name] for each in found),
                )
                for name, unit in UNITS.items()
            ]
            if "late" in found[0]:
                late = tuple(each["late"] for each in found)
                figures.append(Figure(MOST_LATE, "s", late))
                lost = tuple(each["lost"] for each in found)
                figures.append(Figure(LOST, "values", lost))
    return tuple(figures)


UNITS = {"a value": "µs of the process", "a login": "µs", "memory": "KiB"}


def _cost(raw: str, count: int, size: Size, is_largest: bool) -> dict[str, float]:
    with running([raw, "1"]) as (port, _), crowd("memory", port, count) as asked:
        login = asked.ask("login") / count * 1e6
        memory = asked.ask("rss") / 1024
        times = max(1, VALUES // count)
        value = asked.ask("report", times) / (times * count) * 1e6
        found = {"a value": value, "a login": login, "memory": memory}
        if is_largest:
            late, _ = asked.ask("minute", size.minute_s)
            found |= {"late": late, "lost": count * (times + 1) - _values(port)}
        return found


def _values(port: str) -> int:
    """How many values the raw server has been sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(5)
        asking.sendto(b"?", ("127.0.0.1", int(port)))
        return int(asking.recv(64).split()[1])
