"""The C host of examples/, right as it is or with a bug planted, and the verb that explores it."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from emulator.cli import main
from emulator.explore import calming

ROOT = Path(__file__).parents[3]
READ, WRITE = "read /3200/0/5750", 'write /3200/0/5750 "efgh"'
ASKS = (READ, WRITE, READ, "execute /3200/0/5750")
PATIENCE = 60.0
REPLY_MS = "REPLY_MS = 5000,"
HOST = "host.c: "

Build = Callable[..., Path]
Explore = Callable[..., int]


@pytest.fixture(scope="session")
def built_before() -> dict[object, Path]:
    """Hosts by what was changed in them: the right one is needed by most tests."""
    return {}


@pytest.fixture
def build(
    tmp_path_factory: pytest.TempPathFactory,
    built_before: dict[object, Path],
    require_peer: Callable[[str, str | None], None],
) -> Build:
    """`build((old, new), …)`: the host with these texts of at.c, or of another file, replaced; with
    `host.c: ` before it, such a text is one of host.c.
    It waits `reply_ms` for a final result."""
    require_peer("gcc", None if shutil.which("gcc") else "gcc is not installed")

    def built(*changes: tuple[str, str], file: str = "at.c", reply_ms: int = 5000) -> Path:
        key = changes, file, reply_ms
        if key in built_before:
            return built_before[key]
        source = tmp_path_factory.mktemp("host" if changes else "right") / "c"
        shutil.copytree(ROOT / "examples" / "c", source)
        for old, new in changes:
            changed = source / ("host.c" if old.startswith(HOST) else file)
            code, old = changed.read_text(), old.removeprefix(HOST)
            assert code.count(old) == 1, old
            changed.write_text(code.replace(old, new))
        host = (source / "host.c").read_text()
        assert host.count(REPLY_MS) == 1
        (source / "host.c").write_text(host.replace(REPLY_MS, f"REPLY_MS = {reply_ms},"))
        words = ["gcc", "-std=c11", "-o", "host", "host.c", "at.c", "port.c"]
        done = subprocess.run(words, cwd=source, capture_output=True, text=True, timeout=PATIENCE)
        assert (done.returncode, done.stderr) == (0, "")
        built_before[key] = source / "host"
        return built_before[key]

    return built


@pytest.fixture
def explore(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Explore:
    """`explore(host, "--urc", "read")`: the exit code; the scenario goes to collision.yaml. Of what
    the host waits for, the last two lines alone are looked at: the rest is for the calm tests."""
    monkeypatch.setattr(calming, "ORDERS_LIMIT", 2)

    def run(host: Path, *words: str) -> int:
        asks = [word for ask in ASKS for word in ("--ask", ask)]
        out = ("--out", str(tmp_path / "collision.yaml"))
        return main(["explore", "--seed", "1", *out, *asks, *words, "--", str(host), "{port}"])

    return run
