"""The script ./mipl with a stand-in for Python that records its calls: no network, no pip."""

import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest

SCRIPT = Path(__file__).parents[2] / "mipl"
TOOLS = ("cat", "cksum", "cp", "id", "mkdir", "mv", "printf", "readlink", "rm", "sh")

# Gives ANSWER when asked what it is. What it is asked to install, and what is started at the end,
# goes to the file CALLS, one line each.
STAND_IN = """\
#!/bin/sh
case "$*" in
*_base_executable*) echo ANSWER ;;
*flock*) exec REAL_PYTHON "$@" ;;
'-m venv --without-pip '*) mkdir -p "$4/bin" && cp "$0" "$4/bin/python" ;;
'-m pip --version') ;;
*'import DTLSSocket'*) exit 1 ;;
*Python.h*) ;;
*tomllib*) echo 'DTLSSocket>=0' ;;
'-m pip install '*DTLSSocket*) echo "$*" >>CALLS; echo 'compiler says no'; exit 1 ;;
'-m pip install '*) echo "$*" >>CALLS; echo "pip's chatter"; eval "${DURING_PIP-}" ;;
'-m pytest'* | '-P -m emulator'*)
    echo "$*" >>CALLS
    pwd -P
    for argument in "$@"; do echo "<$argument>"; done
    [ -z "${PYTHONDONTWRITEBYTECODE-}" ] || echo "without bytecode files"
    ;;
*) echo "unexpected: $*" >&2; exit 70 ;;
esac
"""


def executable(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


@dataclass(frozen=True, slots=True)
class Clone:
    """A clone with nothing in it but the script, and a PATH with nothing on it but the tools."""

    root: Path
    bin: Path
    calls_file: Path

    def python(self, name: str = "python3.11", version: str = "3.11.2") -> Path:
        path = self.bin / name
        text = STAND_IN
        for word, value in (
            ("ANSWER", f"{version} venv {path}"),
            ("CALLS", str(self.calls_file)),
            ("REAL_PYTHON", sys.executable),
        ):
            text = text.replace(word, shlex.quote(value))
        return executable(path, text)

    def environment(self, extra: Mapping[str, str]) -> dict[str, str]:
        return {"PATH": str(self.bin), "MIPL_TINYDTLS": "0", **extra}

    def start(
        self, *arguments: str, script: Path | None = None, cwd: Path | None = None, **extra: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [script or self.root / "mipl", *arguments],
            cwd=cwd or self.root,
            env=self.environment(extra),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=20,
        )

    @contextmanager
    def start_in_background(self, *arguments: str, **extra: str) -> Iterator[subprocess.Popen[str]]:
        with subprocess.Popen(
            [self.root / "mipl", *arguments],
            env=self.environment(extra),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as process:
            try:
                yield process
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)

    def calls(self) -> list[str]:
        """The calls since the last time."""
        lines = self.calls_file.read_text().splitlines() if self.calls_file.exists() else []
        self.calls_file.unlink(missing_ok=True)
        return lines


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    root = tmp_path / "a clone"
    tools = tmp_path / "bin"
    root.mkdir()
    tools.mkdir()
    shutil.copy(SCRIPT, root / "mipl")
    (root / "pyproject.toml").write_text("[project]\n")
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found, tool
        (tools / tool).symlink_to(found)
    return Clone(root, tools, tmp_path / "calls")


@pytest.fixture
def ready(clone: Clone) -> Clone:
    """A clone that has been started before."""
    clone.python()
    assert clone.start("run").returncode == 0
    clone.calls()
    return clone


INSTALL = "-m pip install --quiet --disable-pip-version-check --no-input "


def test_the_first_start_installs_and_leaves_stdout_to_the_program(clone: Clone) -> None:
    clone.python()
    done = clone.start("run", "--link", "a b")
    assert done.returncode == 0
    assert done.stdout == f"{clone.root}\n<-P>\n<-m>\n<emulator>\n<run>\n<--link>\n<a b>\n"
    assert "setting up" in done.stderr
    assert "pip's chatter" in done.stderr
    assert clone.calls() == [INSTALL + "-e .[test]", "-P -m emulator run --link a b"]


def test_the_second_start_starts_the_program_and_nothing_else(ready: Clone) -> None:
    done = ready.start("run")
    assert (done.returncode, done.stderr) == (0, "")
    assert ready.calls() == ["-P -m emulator run"]


def test_tests_run_in_the_clone_and_the_program_where_the_user_stands(
    ready: Clone, tmp_path: Path
) -> None:
    assert ready.start("test", "-k", "a b", cwd=tmp_path).stdout == (
        f"{ready.root}\n<-m>\n<pytest>\n"
        "<--numprocesses=auto>\n<--maxprocesses=4>\n<--dist=loadfile>\n"
        "<--no-loadscope-reorder>\n<-k>\n<a b>\n"
    )
    assert ready.start("run", cwd=tmp_path).stdout.splitlines()[0] == str(tmp_path)


def test_only_tests_write_bytecode_files_against_the_users_will(ready: Clone) -> None:
    said = "without bytecode files"
    assert said not in ready.start("test", PYTHONDONTWRITEBYTECODE="1").stdout
    assert said in ready.start("run", PYTHONDONTWRITEBYTECODE="1").stdout


def test_check_brings_the_tools_of_dev_once(ready: Clone) -> None:
    executable(ready.root / "check", '#!/bin/sh\necho "check: $*"\n')
    assert ready.start("check", "lint").stdout == "check: --ready lint\n"
    assert ready.calls() == [INSTALL + "-e .[test,dev]"]
    assert ready.start("check").stdout == "check: --ready\n"
    ready.start("run")
    assert ready.calls() == ["-P -m emulator run"]


@pytest.mark.parametrize("word", ["a.yaml", "--schema", "--help"])
def test_check_with_files_or_options_is_the_check_of_scenarios(ready: Clone, word: str) -> None:
    executable(ready.root / "check", '#!/bin/sh\necho "check: $*"\n')
    assert "check:" not in ready.start("check", word).stdout
    assert ready.calls() == [f"-P -m emulator check {word}"]  # and no tools of dev


def test_a_set_up_on_request_installs_again_and_starts_nothing(ready: Clone) -> None:
    done = ready.start("setup")
    assert (done.returncode, done.stdout) == (0, "")
    assert ready.calls() == [INSTALL + "-e .[test]"]


def test_links_to_the_script_lead_to_its_clone(clone: Clone, tmp_path: Path) -> None:
    clone.python()
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "first").symlink_to("../a clone/mipl")
    (tmp_path / "second").symlink_to(tmp_path / "links" / "first")
    done = clone.start("run", script=tmp_path / "second", cwd=tmp_path)
    assert done.returncode == 0
    assert (clone.root / ".venv" / "bin" / "python").exists()


def test_an_old_python_is_refused_with_the_way_to_a_new_one(clone: Clone) -> None:
    old = clone.python("old", version="3.10.13")
    done = clone.start("run", MIPL_PYTHON=str(old))
    assert (done.returncode, done.stdout) == (3, "")
    assert f"Python 3.11 or newer is needed; MIPL_PYTHON={old}: Python 3.10.13\n" in done.stderr
    assert "apt install python3 python3-venv" in done.stderr
    assert not (clone.root / ".venv").exists()


def test_without_any_python_the_way_to_one_is_told(clone: Clone) -> None:
    done = clone.start("run")
    assert (done.returncode, done.stdout) == (3, "")
    assert "on PATH: no Python at all." in done.stderr
    assert "brew install" in done.stderr


def test_what_was_found_on_the_path_is_told(clone: Clone) -> None:
    clone.python("python3", version="3.9.2")
    broken = executable(clone.bin / "python3.12", "#!/bin/sh\nexit 127\n")
    done = clone.start("run")
    assert done.returncode == 3
    assert f"  {broken}: not a working Python\n  {clone.bin}/python3: Python 3.9.2\n" in done.stderr


@pytest.mark.parametrize("version", ["3.11.0", "3.14.2", "3.20.1", "4.0.0"])
def test_python_3_11_and_everything_newer_will_do(clone: Clone, version: str) -> None:
    clone.python("python3", version=version)
    assert f"with Python {version}" in clone.start("run").stderr


def test_a_shim_that_fails_hides_no_python_further_on_the_path(
    clone: Clone, tmp_path: Path
) -> None:
    clone.python("python3.12", version="3.12.1")
    executable(tmp_path / "shims" / "python3.12", "#!/bin/sh\nexit 127\n")
    done = clone.start("run", PATH=f"{tmp_path}/shims:{clone.bin}")
    assert done.returncode == 0
    assert "with Python 3.12.1" in done.stderr


def test_a_newer_python_on_the_path_leaves_the_environment_alone(ready: Clone) -> None:
    ready.python("python3.13", version="3.13.0")
    assert ready.start("run").stderr == ""
    assert "Python 3.11.2" in ready.start("setup").stderr


def test_another_python_on_request_makes_the_environment_again(ready: Clone) -> None:
    ready.python("python3.13", version="3.13.0")
    assert "setting up" in ready.start("run", MIPL_PYTHON="python3.13").stderr
    assert ready.start("run", MIPL_PYTHON="python3.13").stderr == ""
    assert ready.start("run").stderr == ""


def test_a_changed_pyproject_installs_again_in_the_same_environment(ready: Clone) -> None:
    kept = ready.root / ".venv" / "kept"
    kept.touch()
    (ready.root / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    ready.start("run")
    assert ready.calls() == [INSTALL + "-e .[test]", "-P -m emulator run"]
    assert kept.exists()


def test_an_update_that_fails_keeps_the_environment_for_the_next_start(ready: Clone) -> None:
    kept = ready.root / ".venv" / "kept"
    kept.touch()
    (ready.root / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    assert ready.start("run", DURING_PIP="exit 1").returncode == 3
    assert "updating" in ready.start("run").stderr
    assert kept.exists()
    assert ready.start("run").stderr == ""


def test_a_copied_clone_does_not_run_the_original(ready: Clone, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(ready.root, copy, symlinks=True)
    ready.start("run", script=copy / "mipl")
    assert ready.calls()[0] == INSTALL + "-e .[test]"


def test_an_environment_whose_python_is_gone_is_made_again(ready: Clone) -> None:
    (ready.root / ".venv" / "bin" / "python").unlink()
    done = ready.start("run")
    assert done.returncode == 0
    assert "setting up" in done.stderr


def test_a_failed_installation_is_told_and_repeated(clone: Clone) -> None:
    clone.python()
    failed = clone.start("run", DURING_PIP="exit 1")
    assert (failed.returncode, failed.stdout) == (3, "")
    assert "installing failed" in failed.stderr
    left_over = clone.root / ".venv" / "left over"
    left_over.touch()
    assert clone.start("run").returncode == 0
    assert not left_over.exists()


def test_an_environment_of_the_users_own_is_used_and_kept(clone: Clone) -> None:
    shutil.copy(clone.python(), executable(clone.root / ".venv" / "bin" / "python", ""))
    kept = clone.root / ".venv" / "kept"
    kept.touch()
    assert clone.start("run", DURING_PIP="exit 1").returncode == 3
    assert clone.start("run").returncode == 0
    assert kept.exists()
    assert clone.start("run").stderr == ""


def test_an_environment_of_the_users_own_with_an_old_python_is_not_touched(clone: Clone) -> None:
    clone.python()
    old = executable(clone.root / ".venv" / "bin" / "python", "#!/bin/sh\necho 3.9.2 venv /old\n")
    done = clone.start("run")
    assert done.returncode == 3
    assert "not made by this script, and its bin/python is: Python 3.9.2." in done.stderr
    assert old.exists()


def read_until(stream: IO[str] | None, text: str) -> None:
    """Reads lines up to the one with `text`; fails at the end of the stream."""
    assert stream
    assert any(text in line for line in stream), f"{text!r} never came"


@dataclass(frozen=True, slots=True)
class Gate:
    """Where a stand-in's pip can be made to wait."""

    path: Path
    descriptor: int

    @property
    def wait(self) -> str:
        return f"echo at the gate >&2; read line <{shlex.quote(str(self.path))}"

    def open(self) -> None:
        os.write(self.descriptor, b"\n")


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Gate]:
    path = tmp_path / "gate"
    os.mkfifo(path)
    descriptor = os.open(path, os.O_RDWR)
    yield Gate(path, descriptor)
    os.close(descriptor)


def test_two_first_starts_at_once_install_once(clone: Clone, gate: Gate) -> None:
    clone.python()
    with clone.start_in_background("run", DURING_PIP=gate.wait) as first:
        read_until(first.stderr, "at the gate")
        with clone.start_in_background("demo") as second:
            read_until(second.stderr, "waiting for it")
            gate.open()
            first.communicate(timeout=20)
            second.communicate(timeout=20)
    assert (first.returncode, second.returncode) == (0, 0)
    assert sorted(clone.calls()) == [
        "-P -m emulator demo",
        "-P -m emulator run",
        INSTALL + "-e .[test]",
    ]


def test_a_set_up_that_was_killed_leaves_no_lock_and_is_done_again(
    clone: Clone, gate: Gate
) -> None:
    clone.python()
    with clone.start_in_background("run", DURING_PIP=gate.wait) as first:
        read_until(first.stderr, "at the gate")
    done = clone.start("run")
    assert done.returncode == 0
    assert "setting up" in done.stderr


def test_missing_build_tools_leave_dtlssocket_out_with_one_line(clone: Clone) -> None:
    clone.python()
    executable(clone.bin / "gcc", "#!/bin/sh\n")
    executable(clone.bin / "apt-get", "#!/bin/sh\necho must not be called >&2\n")
    done = clone.start("run", MIPL_TINYDTLS="")
    assert done.returncode == 0
    assert [line for line in done.stderr.splitlines() if "DTLSSocket" in line] == [
        "mipl: left out DTLSSocket (optional, for DTLS with CCM_8); missing: autoconf automake;"
        " to add it: apt-get install autoconf automake, then ./mipl setup"
    ]
    assert "must not be called" not in done.stderr
    assert ready_again(clone)


def test_a_failed_build_of_dtlssocket_leaves_it_out_with_one_line(clone: Clone) -> None:
    clone.python()
    for tool in ("gcc", "autoconf", "automake"):
        executable(clone.bin / tool, "#!/bin/sh\n")
    done = clone.start("run", MIPL_TINYDTLS="")
    assert done.returncode == 0
    log = clone.root / ".venv" / "tinydtls.log"
    assert [line for line in done.stderr.splitlines() if "left out" in line] == [
        "mipl: left out DTLSSocket (optional, for DTLS with CCM_8): its build failed, see "
        + str(log)
    ]
    assert log.read_text() == "compiler says no\n"
    assert clone.calls()[1] == INSTALL + "DTLSSocket>=0"
    assert ready_again(clone)


def ready_again(clone: Clone) -> bool:
    return clone.start("run", MIPL_TINYDTLS="").stderr == ""
