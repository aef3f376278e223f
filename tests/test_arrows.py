"""The arrows and the purity of the design, held by the imports of every file.

A new file is pure unless it stands in `WET`. What is imported for type checking only counts too:
a room that needs to name a thing knows it.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("emulator", "lwm2m_core", "transport", "pty_bridge")

# Files and folders that move bytes and timers. Everything else of the emulator, and all of
# lwm2m_core, gets bytes and `now` handed in.
WET = (
    "transport",
    "pty_bridge.device",
    "pty_bridge.device_link",
    "pty_bridge.line",
    "pty_bridge.memory",
    "pty_bridge.news",
    "pty_bridge.outgoing",
    "pty_bridge.ports",
    "pty_bridge.presence",
    "pty_bridge.pty",
    "pty_bridge.rfc2217",
    "pty_bridge.shaped",
    "pty_bridge.tcp",
    "emulator.__main__",
    "emulator.capacity",
    "emulator.cli",
    "emulator.listing",
    "emulator.options",
    "emulator.diagram.verb",
    "emulator.descriptors",
    "emulator.fleet.children",
    "emulator.fleet.commands",
    "emulator.fleet.conductor",
    "emulator.fleet.coroutines",
    "emulator.fleet.counting",
    "emulator.fleet.crew",
    "emulator.fleet.driving",
    "emulator.fleet.files",
    "emulator.fleet.host",
    "emulator.fleet.limits",
    "emulator.fleet.messages",
    "emulator.fleet.patience",
    "emulator.fleet.pipes",
    "emulator.fleet.progress",
    "emulator.fleet.reports",
    "emulator.fleet.running",
    "emulator.fleet.verb",
    "emulator.fleet.worker",
    "emulator.fota.verb",
    "emulator.lint.verb",
    "emulator.replay.diffing",
    "emulator.replay.explaining",
    "emulator.replay.playing",
    "emulator.replay.running",
    "emulator.replay.verb",
    "emulator.run",
    "emulator.seeds",
    "emulator.control.calling",
    "emulator.control.following",
    "emulator.control.http",
    "emulator.control.listening",
    "emulator.control.sockets",
    "emulator.control.verb",
    "emulator.control.verbs",
    "emulator.lab",
    "emulator.pages.finding",
    "emulator.pages.verb",
    "emulator.recording.head",
    "emulator.recording.files",
    "emulator.recording.live",
    "emulator.recording.opening",
    "emulator.recording.setup",
    "emulator.recording.options",
    "emulator.scenario.attending",
    "emulator.scenario.deeds",
    "emulator.scenario.files",
    "emulator.scenario.performance",
    "emulator.scenario.run_options",
    "emulator.scenario.stage",
    "emulator.scenario.verb",
    "emulator.serve",
    "emulator.console",
    "emulator.cloud_faults",
    "emulator.fault_options",
    "emulator.cloud_options",
    "emulator.destinations",
    "emulator.differences.in_lab",
    "emulator.differences.trying",
    "emulator.differences.verb",
    "emulator.explore.choosing",
    "emulator.explore.in_tests",
    "emulator.explore.keeping",
    "emulator.explore.measuring",
    "emulator.explore.trying",
    "emulator.explore.proof",
    "emulator.explore.searching",
    "emulator.explore.trial",
    "emulator.explore.verb",
    "emulator.demo",
    "emulator.demo_host",
    "emulator.modem",
    "emulator.modem_links",
    "emulator.modem_settings",
    "emulator.connecting",
    "emulator.doctor",
    "emulator.serial_end",
    "emulator.virtual_time",
    "emulator.cloud.awaited",
    "emulator.cloud.listening",
    "emulator.cloud.platforms",
    "emulator.cloud.memory",
    "emulator.cloud.service",
    "emulator.cloud.state",
    "emulator.cloud.site",
    "emulator.web.server",
    "emulator.web.envelopes",
    "emulator.cloud.api.onenet",
    "emulator.cloud.api.rest",
    "emulator.cloud.calls",
    "emulator.cloud.waiting",
)

MODEM = ("emulator.modem", "emulator.modem_links", "emulator.modem_settings")

# room: what it must not import
ARROWS = {
    "lwm2m_core": ("emulator", "transport", "pty_bridge"),
    "transport": ("emulator", "lwm2m_core", "pty_bridge"),
    "pty_bridge": ("emulator", "lwm2m_core", "transport"),
    "emulator.differences": ("emulator.cloud", "emulator.firmware", "lwm2m_core", "transport"),
    "emulator.explore": ("emulator.firmware", "lwm2m_core.client", "pty_bridge.pty", "transport"),
    "emulator.at": ("emulator.commands", "emulator.firmware", "lwm2m_core"),
    "emulator.control": (
        *("emulator.cloud", "emulator.firmware", *MODEM),
        *("lwm2m_core", "pty_bridge"),
    ),
    "emulator.web": (
        *("emulator.cloud", "emulator.control", "emulator.firmware", *MODEM),
        *("lwm2m_core", "pty_bridge", "transport"),
    ),
    "emulator.lab": ("emulator.cli", "emulator.firmware", "lwm2m_core.client"),
    "emulator.faults": ("emulator.cloud", *MODEM, "pty_bridge", "transport"),
    "emulator.cloud": (
        *("emulator.control", "emulator.firmware", *MODEM),
        *("lwm2m_core.client", "pty_bridge"),
    ),
    "emulator.diagram": (
        *("emulator.cloud", "emulator.commands", "emulator.firmware", *MODEM),
        *("lwm2m_core.client", "pty_bridge", "transport"),
    ),
    "emulator.fleet": ("emulator.firmware", "lwm2m_core.client"),
    "emulator.lint": ("emulator.commands", "emulator.firmware", *MODEM),
}

IMPURE = (
    "_thread",
    "asyncio",
    "concurrent",
    "ctypes",
    "fcntl",
    "multiprocessing",
    "os",
    "pty",
    "queue",
    "random",
    "sched",
    "secrets",
    "select",
    "selectors",
    "serial",
    "signal",
    "socket",
    "socketserver",
    "ssl",
    "subprocess",
    "termios",
    "threading",
    "time",
    "tty",
    "uuid",
    *("aiohttp", "http", "urllib"),
)

CODEC = "lwm2m_core.codec"  # the one file that knows aiocoap


def _within(module: str, rooms: tuple[str, ...]) -> bool:
    return any(module == room or module.startswith(room + ".") for room in rooms)


def _name(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(source: str, module: str, *, is_package: bool = False) -> Iterator[str]:
    """Every module that `source` imports, at any depth, by its full name.

    `from a import b` gives both `a` and `a.b`, since b may be a module.
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = node.module or ""
            if node.level:
                above = module.split(".")[: None if is_package else -1]
                above = above[: len(above) - (node.level - 1)]
                start = ".".join([*above, start] if start else above)
            yield start
            yield from (f"{start}.{alias.name}" for alias in node.names)


def _files() -> dict[str, set[str]]:
    found = {}
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            module = _name(file)
            source = file.read_text(encoding="utf-8")
            found[module] = set(imports(source, module, is_package=file.stem == "__init__"))
    return found


FILES = _files()
PURE = {module: names for module, names in FILES.items() if not _within(module, WET)}


@pytest.mark.parametrize("room", ARROWS)
def test_a_room_knows_only_what_the_design_lets_it_know(room: str) -> None:
    wrong = [
        f"{module} imports {name}"
        for module, names in FILES.items()
        if _within(module, (room,))
        for name in names
        if _within(name, ARROWS[room])
    ]
    assert not wrong


def test_pure_files_import_nothing_impure() -> None:
    wrong = [
        f"{module} imports {name}"
        for module, names in PURE.items()
        for name in names
        if _within(name, IMPURE)
    ]
    assert not wrong


def test_pure_files_import_no_wet_ones() -> None:
    wrong = [
        f"{module} imports {name}"
        for module, names in PURE.items()
        for name in names
        if _within(name, WET)
    ]
    assert not wrong


def test_only_the_codec_imports_aiocoap() -> None:
    users = {
        module
        for module, names in FILES.items()
        if any(_within(name, ("aiocoap",)) for name in names)
    }
    assert users <= {CODEC}


@pytest.mark.parametrize(
    ("source", "module", "expected"),
    [
        ("import os.path as p", "a.b", {"os.path"}),
        ("def f():\n    from x import y", "a.b", {"x", "x.y"}),
        ("from . import c", "a.b", {"a", "a.c"}),
        ("from .c import d", "a.b", {"a.c", "a.c.d"}),
        ("from ..c import d", "a.b.e", {"a.c", "a.c.d"}),
    ],
)
def test_imports_are_found_wherever_and_however_they_are_written(
    source: str, module: str, expected: set[str]
) -> None:
    assert set(imports(source, module)) == expected


def test_imports_of_a_package_start_at_the_package_itself() -> None:
    assert set(imports("from . import c", "a.b", is_package=True)) == {"a.b", "a.b.c"}
