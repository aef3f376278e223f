"""The wheel: built, installed in an empty environment, started. It needs the package index."""

import importlib.util
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import serial

from tests.setup.jobs import EXAMPLE, document, github_lines

ROOT = Path(__file__).parents[2]
PIP_LIMIT = 240.0  # seconds for one call of pip
PATIENCE = 60.0  # a busy machine is slow, and eight workers make it so
API = re.compile(r"HTTP API at (\S+)")
OFFLINE = re.compile("No matching distribution found|Connection|Temporary failure in name", re.I)

Pip = Callable[..., None]


@pytest.fixture
def pip(require_peer: Callable[[str, str | None], None]) -> Pip:
    """pip of this environment, with its settings as the set-up uses them."""

    def call(*words: str) -> None:
        settings = {k: v for k, v in os.environ.items() if k not in ("PIP_TARGET", "PIP_PREFIX")}
        done = subprocess.run(
            [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", *words],
            env=settings,
            capture_output=True,
            text=True,
            timeout=PIP_LIMIT,
        )
        if done.returncode and OFFLINE.search(done.stderr):
            require_peer("index", "the package index cannot be reached")
        assert done.returncode == 0, done.stderr

    return call


def start(program: Path, *words: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [program, *words], cwd=folder, capture_output=True, text=True, timeout=PATIENCE
    )


def test_the_wheel_in_an_empty_environment(pip: Pip, tmp_path: Path) -> None:
    pip("wheel", "--quiet", "--no-deps", "--wheel-dir", str(tmp_path), str(ROOT))
    (wheel,) = tmp_path.glob("mipl_emulator-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    profiles = {
        f"emulator/profiles/{file.name}" for file in (ROOT / "emulator" / "profiles").glob("*.toml")
    }
    typed = {f"{each}/py.typed" for each in ("emulator", "lwm2m_core", "transport", "pty_bridge")}
    schema = {"emulator/scenario/scenario.schema.json"}
    assert len(profiles) == 13 and profiles | typed | schema <= packed
    assert {name.partition("/")[0].partition("-")[0] for name in packed} == {
        *("emulator", "lwm2m_core", "transport", "pty_bridge", "mipl_emulator"),
        "mipl_docs",
        *("pytest_mipl.py", "pytest_mipl_models.py"),
    }

    project = tmp_path / "ci"
    shutil.copytree(EXAMPLE, project, ignore=shutil.ignore_patterns("build", "results"))
    empty = project / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", empty], check=True)
    pip("--python", str(empty / "bin" / "python"), "install", "--quiet", "--no-compile", str(wheel))
    mipl = empty / "bin" / "mipl"
    listed = start(mipl, "profiles", folder=tmp_path).stdout
    assert "MN316" in listed and "M5311" in listed
    assert start(mipl, "docs", "docs/faults.md", folder=tmp_path).stdout.startswith("# Faults\n")
    assert start(mipl, "docs", "quirks", "--path", folder=tmp_path).stdout.endswith("README.md\n")
    examined = start(mipl, "doctor", folder=tmp_path)
    assert examined.returncode == 0, examined.stdout
    answers_at(mipl, tmp_path)
    if shutil.which("gcc"):
        play_the_example(pip, empty / "bin" / "python", tmp_path / "project")
    if shutil.which("gcc") and shutil.which("make") and importlib.util.find_spec("ensurepip"):
        run_the_job(project, wheel)
        run_the_containers(project)


def play_the_example(pip: Pip, python: Path, project: Path) -> None:
    """What examples/pytest does with the host of examples/c, in a folder of its own, by eight
    workers."""
    for part in ("c", "pytest"):
        shutil.copytree(ROOT / "examples" / part, project / part)
    head = (project / "pytest" / "test_host.py").read_text(encoding="utf-8")
    build, test = (line.partition("  ")[0].split() for line in head.splitlines()[2:4])
    subprocess.run(build, cwd=project / "c", check=True)
    pip("--python", str(python), "install", "--quiet", "pytest", "pytest-xdist")
    done = start(python, "-m", *test, "-W", "error", folder=project / "pytest")
    assert done.returncode == 0, done.stdout
    assert re.search(r"\b11 passed\b", done.stdout), done.stdout


def answers_at(mipl: Path, folder: Path) -> None:
    """`mipl run`, with its platforms: AT and a login."""
    pipe = subprocess.PIPE
    with subprocess.Popen([mipl, "run"], cwd=folder, stdout=pipe, stderr=pipe, text=True) as run:
        try:
            assert run.stdout is not None
            with serial.Serial(run.stdout.readline().rstrip("\n"), timeout=PATIENCE) as port:
                port.write(b"AT\r")
                assert port.read_until(b"OK\r\n") == b"\r\nOK\r\n"
                port.write(b'AT+MIPLCREATEEX="nbiotbt.heclouds.com:5683",1\rAT+MIPLOPEN=0,3000\r')
                assert b"\r\n+MIPLEVENT: 0,6\r\n" in port.read_until(b"0,6\r\n")
        finally:
            run.send_signal(signal.SIGINT)
        _, err = run.communicate(timeout=PATIENCE)
        assert (run.returncode, "Traceback" in err) == (0, False), err


# examples/ci


def run_the_job(project: Path, wheel: Path) -> None:
    """The lines of the job for GitHub Actions, one after the other as that runs them; the virtual
    environment that they make is there already, which saves the half of their time."""
    done = subprocess.run(
        ["bash", "-e", "-c", "\n".join(github_lines())],
        cwd=project,
        env={
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",  # python3 is this one
            "MIPL_EMULATOR": str(wheel),
            "GITHUB_STEP_SUMMARY": str(project / "summary.md"),
            "PYTEST_XDIST_AUTO_NUM_WORKERS": "1",
            "PIP_NO_COMPILE": "1",
        },
        capture_output=True,
        text=True,
        timeout=PIP_LIMIT,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (suite,) = ElementTree.parse(project / "results" / "junit.xml").getroot()
    counts = [suite.get(name) for name in ("tests", "failures", "errors", "skipped")]
    assert counts == ["3", "0", "0", "0"]
    page = (project / "results" / "models.md").read_text(encoding="utf-8")
    assert page.startswith("# 3 models, compared with MN316\n")
    assert (project / "summary.md").read_text(encoding="utf-8") == page


def run_the_containers(project: Path) -> None:
    """The commands of compose.yaml, with places of this machine: the module listens, is healthy,
    and the meter reports to it."""
    module, meter = (document("compose.yaml")["services"][name] for name in ("module", "meter"))
    program, *words = shlex.split(module["command"])
    places = {"tcp:0.0.0.0:2000": "tcp:127.0.0.1:0", "8080": "0"}
    assert set(places) < set(words)
    programs = project / ".venv" / "bin"
    command = [str(programs / program), *(places.get(word, word) for word in words)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=project, stdout=pipe, stderr=pipe, text=True) as run:
        try:
            assert run.stdout is not None and run.stderr is not None
            at = run.stdout.readline().strip().removeprefix("tcp:")
            api = next(found[1] for line in run.stderr if (found := API.search(line)))
            kind, python, *check = module["healthcheck"]["test"]
            assert (kind, python) == ("CMD", "python") and "http://127.0.0.1:8080" in check[-1]
            check[-1] = check[-1].replace("http://127.0.0.1:8080", api)
            assert start(programs / python, *check, folder=project).returncode == 0
            firmware, place = shlex.split(meter["command"])
            assert place == "module:2000"
            done = start(project / firmware, at, folder=project)
            assert (done.returncode, done.stdout) == (0, "reported\n")
        finally:
            run.send_signal(getattr(signal, module["stop_signal"]))
            run.communicate(timeout=PATIENCE)
    assert run.returncode == 0
