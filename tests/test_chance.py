"""Where chance, the time of day and the process itself come in: in few places, all named here.

A seed repeats a run only as long as nothing else is random. What is imported or called is found in
the source of every file, however it is written; orders of sets, which no import tells, are found
by tests/emulator/test_same_seed.py.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("emulator", "lwm2m_core", "transport", "pty_bridge")

# name: the files that may use it, each with a reason
PLACES = {
    "random": {
        "emulator.seeds": "hands out all that emulator and lwm2m_core draw from",
        "transport.impairment": "its caller gives the seed",
        "pty_bridge.shaped": "its caller gives the seed",
    },
    "secrets": {
        "emulator.seeds": "makes a seed up, which is told",
        "transport.dtls.openssl_library": "cookies of DTLS, which no seed reaches",
    },
    "uuid": {},
    "os.urandom": {},
    "os.getrandom": {},
    "ssl.RAND_bytes": {},
    "time.time": {
        "emulator.modem": "the module's clock, where the loop's does not jump",
        "emulator.cloud.memory": "the platform's clock, likewise",
        "emulator.recording.files": "when a recording began, likewise",
    },
    "time.time_ns": {},
    "time.localtime": {},
    "time.gmtime": {},
    "time.monotonic": {
        "emulator.virtual_time": "the loop that can also run with the real clock",
        "emulator.demo_host": "a host beyond the serial line",
        "emulator.explore.choosing": "how long a search took, for people",
        "emulator.explore.proof": "how long programs beside it may run",
        "emulator.explore.searching": "how long it looks for a break that comes each time",
        "emulator.fleet.conductor": "how long a run takes, across its processes",
        "emulator.fleet.worker": "the moment at which all processes begin",
        "emulator.lab.keeper": "a process beside a host program, which it ends",
    },
    "time.perf_counter": {},
    "datetime.datetime.now": {},
    "datetime.datetime.utcnow": {},
    "datetime.datetime.today": {},
    "datetime.date.today": {},
    "os.getpid": {
        "emulator.control.sockets": "the name of a socket, which is in no journal",
        "pty_bridge.device_link": "the name of a file that is renamed at once",
        "emulator.lab.keeper": "finds its own children",
    },
    "os.getppid": {"emulator.lab.keeper": "ends when nobody waits for it any more"},
    "builtins.id": {},
    "builtins.hash": {},
}


def uses(source: str, module: str) -> Iterator[str]:
    """The full dotted names of everything that is imported, or used of what is imported; of
    builtins those that are called. `module` is the file's own name."""
    tree = ast.parse(source)
    names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                names[alias.asname or alias.name.partition(".")[0]] = (
                    alias.name if alias.asname else alias.name.partition(".")[0]
                )
                yield alias.name
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
                yield f"{node.module}.{alias.name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and (dotted := _dotted(node, names)):
            yield dotted
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield names.get(node.func.id, f"builtins.{node.func.id}")


def _dotted(node: ast.expr, names: dict[str, str]) -> str | None:
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.Attribute) and (head := _dotted(node.value, names)):
        return f"{head}.{node.attr}"
    return None


def _sources() -> Iterator[tuple[str, str]]:
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            module = ".".join(file.relative_to(ROOT).with_suffix("").parts)
            yield module, file.read_text(encoding="utf-8")


USES = {module: set(uses(source, module)) for module, source in _sources()}


@pytest.mark.parametrize("name", PLACES)
def test_what_no_seed_reaches_is_used_in_named_places_only(name: str) -> None:
    users = {
        module
        for module, used in USES.items()
        if any(each == name or each.startswith(name + ".") for each in used)
    }
    assert users == set(PLACES[name])


def test_nobody_draws_from_the_generator_that_the_whole_process_shares() -> None:
    """random.Random is an own one; random.random, random.seed, … are everybody's."""
    drawn = {each for used in USES.values() for each in used if each.startswith("random.")}
    assert drawn == {"random.Random"}


def test_nobody_makes_a_generator_without_a_seed() -> None:
    for module, source in _sources():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Random"):
                assert node.args and ast.unparse(node.args[0]) != "None", module


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import random\nrandom.random()", "random.random"),
        ("import random as r\nr.choice([1])", "random.choice"),
        ("from random import choice as c", "random.choice"),
        ("def f():\n    from time import time", "time.time"),
        ("import os.path\nos.urandom(3)", "os.urandom"),
        ("from datetime import datetime as d\nd.now()", "datetime.datetime.now"),
        ("import datetime\ndatetime.datetime.now()", "datetime.datetime.now"),
        ("print(id(3))", "builtins.id"),
    ],
)
def test_uses_are_found_however_they_are_written(source: str, found: str) -> None:
    assert found in set(uses(source, "a"))


@pytest.mark.parametrize("source", ["entry.id", "x.random()", "import transport.dtls.secrets"])
def test_what_is_called_alike_is_no_use(source: str) -> None:
    found = set(uses(source, "a"))
    assert not any(each.split(".")[0] in ("random", "secrets") for each in found)
    assert "builtins.id" not in found
