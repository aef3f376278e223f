"""The hosts of examples/, built as their pages say, and `mipl run` for them to talk to."""

import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from tests.examples.running import PATIENCE, ROOT, Host, Run


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Host:
    """Built with the line that stands in the program's head."""
    source = ROOT / "examples" / "c"
    found = re.search(r"^ +(gcc .*)-o host (.*)$", (source / "host.c").read_text(), re.MULTILINE)
    assert found is not None
    program = str(tmp_path_factory.mktemp("examples") / "host")
    words = [*found[1].split(), "-o", program, *found[2].split()]
    done = subprocess.run(words, cwd=source, capture_output=True, text=True, timeout=PATIENCE)
    assert (done.returncode, done.stderr) == (0, "")
    return [program]


@pytest.fixture
def c_host(request: pytest.FixtureRequest, require_peer: Callable[[str, str | None], None]) -> Host:
    require_peer("gcc", None if shutil.which("gcc") else "gcc is not installed")
    host: Host = request.getfixturevalue("built")
    return host


@pytest.fixture(params=["c", "python"])
def host(request: pytest.FixtureRequest) -> Host:
    if request.param == "python":
        return [sys.executable, "-W", "error", str(ROOT / "examples" / "python" / "host.py")]
    host: Host = request.getfixturevalue("c_host")
    return host


@pytest.fixture
def mipl_run() -> Iterator[Callable[..., Run]]:
    """`mipl_run("--serial", "tcp:0")`; ended after the test."""
    started: list[subprocess.Popen[str]] = []

    def start(*words: str) -> Run:
        program = [sys.executable, "-m", "emulator", "run", "--timing", "fast", *words]
        pipe = subprocess.PIPE
        started.append(subprocess.Popen(program, stdout=pipe, stderr=pipe, text=True))
        assert started[-1].stdout is not None and started[-1].stderr is not None
        place = started[-1].stdout.readline().rstrip("\n")
        for line in started[-1].stderr:
            if api := re.search(r"HTTP API at (\S+)", line):
                return Run(place, api[1])
        raise AssertionError("mipl run has ended")

    yield start
    for process in started:
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, err
        assert "Traceback" not in err
