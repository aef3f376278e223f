"""Host programs: their output, their end, and nothing left of them."""

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from emulator.lab.errors import HostFailed, LabError, NotInTime
from emulator.lab.host import LabHost
from emulator.lab.lab import Lab
from emulator.lab.modem import LabModem
from tests.emulator.lab.conftest import python

ASKS = """
import os, sys
port = os.open(sys.argv[1], os.O_RDWR)
os.write(port, b"AT\\r")
print(os.read(port, 64))
"""


@pytest.fixture
def program(lab: Lab, module: LabModem) -> LabHost:
    return lab.host(module)


def is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_host_opens_the_device_and_its_output_is_kept(program: LabHost, module: LabModem) -> None:
    program.start(*python(ASKS), "{port}")
    assert module.expect_command("AT").text == "AT"
    assert (program.wait(), program.output) == (0, "b'\\r\\nOK\\r\\n'\n")


def test_what_the_environment_says(program: LabHost, module: LabModem) -> None:
    program.start(
        *python("import os; print(*map(os.environ.get, os.environ['N'].split()))"),
        env={"N": "MIPL_PORT MIPL_IMEI MIPL_SEED"},
    )
    assert program.expect("/dev").text == f"{module.device} 869975030000461 1"


def test_one_text_is_taken_apart_as_a_shell_does(program: LabHost) -> None:
    program.start("sh -c 'echo \"$1 x\"; exit 3' sh {imei}")
    assert (program.wait(), program.output) == (3, "869975030000461 x\n")


def test_output_of_a_program_that_does_not_flush_comes_at_once(program: LabHost) -> None:
    program.start(
        *python(
            "import sys; sys.stdout.write('up\\n'); input() if 0 else None\n"
            "import signal; signal.pause()"
        )
    )
    program.expect("up")
    assert program.is_running


@pytest.mark.parametrize(
    ("text", "reason", "words"),
    [
        ("import os; os.abort()", "crashed", "signal 6, SIGABRT"),
        ("raise SystemExit(7)", "ended", "exit code 7"),
    ],
)
def test_a_crash_ends_what_is_waited_for(
    program: LabHost, module: LabModem, text: str, reason: str, words: str
) -> None:
    program.start(*python(text))
    with pytest.raises(HostFailed, match=words) as raised:
        module.expect("+MIPLEVENT: 0,6")
    assert raised.value.reason == reason
    program.check()  # it has been told


def test_a_crash_that_nobody_waited_for_is_told_by_check(program: LabHost) -> None:
    program.start(*python("import os; os.abort()"))
    while program.is_running:
        time.sleep(0.001)
    with pytest.raises(HostFailed):
        program.check()


def test_an_exit_code_that_was_asked_for_is_no_failure(program: LabHost) -> None:
    program.start(*python("raise SystemExit(7)"))
    assert program.wait() == 7
    program.check()


def test_a_flood_of_output_ends_the_host(program: LabHost, module: LabModem) -> None:
    program.start(*python("while True: print('x' * 1000)"), output_limit=100_000)
    with pytest.raises(HostFailed, match="more than 100000 bytes") as raised:
        module.expect("+MIPLEVENT: 0,6")
    assert raised.value.reason == "flooded"
    assert len(program.output) <= 101_000


def test_a_flood_of_commands(
    program: LabHost, module: LabModem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emulator.lab.modem.FLOOD_LINES", 1000)
    program.start(
        *python(
            "import sys\nwith open(sys.argv[1], 'wb', 0) as port:\n"
            "  while True: port.write(b'AT\\r')"
        ),
        "{port}",
    )
    with pytest.raises(HostFailed, match="floods the modem: more than 1000 lines"):
        module.expect("+MIPLEVENT: 0,6")


def test_a_host_that_hangs(program: LabHost) -> None:
    program.start("sleep 1000")
    with pytest.raises(HostFailed, match="hangs: it has not ended within 0.1 s") as raised:
        program.wait(timeout=0.1)
    assert raised.value.reason == "hung"


def sleepers(seconds: str) -> bool:
    """Whether a process sleeps for so long."""
    return (
        subprocess.run(["pgrep", "-f", f"^sleep {seconds}$"], stdout=subprocess.DEVNULL).returncode
        == 0
    )


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def seconds() -> str:
    """That no other process of this machine sleeps for."""
    return f"1000.{uuid.uuid4().int}"


def test_a_host_that_hears_no_sigterm_and_its_children_are_killed(
    program: LabHost, seconds: str
) -> None:
    """One child in the group, one that has left it, one that has lost its parent."""
    text = "trap '' TERM; sleep @ & setsid sleep @ & (setsid sleep @ &); echo up; "
    text += "while :; do sleep 0.01; done"
    program.start("sh", "-c", text.replace("@", seconds))
    program.expect("up")
    until(lambda: sleepers(seconds))
    assert program.stop(grace=0.1) == -signal.SIGKILL
    assert program.pid is not None and not is_there(program.pid)
    assert not sleepers(seconds)


def test_a_program_that_is_not_there(program: LabHost, tmp_path: Path) -> None:
    with pytest.raises(LabError, match=f"build/none cannot be run in {tmp_path}: there is no such"):
        program.start("build/none", "{port}", cwd=tmp_path)
    (tmp_path / "text").write_text("x")
    with pytest.raises(LabError, match="not executable"):
        program.start("./text", cwd=tmp_path)
    with pytest.raises(LabError, match="does not exist"):
        program.start("true", cwd=tmp_path / "none")
    with pytest.raises(LabError, match="which program"):
        program.start()


def test_a_place_that_is_misspelt(program: LabHost) -> None:
    for word, mend in (("{prot}", "port"), ("tcp:{device}", "port"), ("{IMEI}", "imei")):
        with pytest.raises(LabError, match=f" stands for nothing; did you mean {{{mend}}}"):
            program.start("echo", word)
    program.start("echo", "{print}", "{}", '{"a":1}', "{seed}")
    assert (program.wait(), program.output) == (0, '{print} {} {"a":1} 1\n')


def test_a_device_that_no_program_can_open(lab: Lab) -> None:
    with pytest.raises(LabError, match="no program can open memory:"):
        lab.host(lab.modem(serial="memory:")).start("true")


def test_the_test_cannot_be_the_host_too(program: LabHost, module: LabModem) -> None:
    program.start("sleep 1000")
    with pytest.raises(LabError, match="sleep has the modem's device"):
        module.command("AT")
    program.stop()
    module.command("AT")


def test_a_line_that_never_comes(program: LabHost) -> None:
    program.start("sh -c 'echo up; sleep 1000'")
    program.expect("up")
    with pytest.raises(NotInTime, match="not within 0.1 s: down in the host's output"):
        program.expect("down", timeout=0.1)
    program.start("echo up")
    with pytest.raises(HostFailed, match="has ended without down"):
        program.expect("down")


KILLED = """
import signal, sys
from emulator.lab.lab import Lab
lab = Lab()
host = lab.host(lab.modem())
host.start("sh", "-c", f"sleep {sys.argv[1]} & echo up; wait; sleep {sys.argv[1]}")
host.expect("up")
print(host.pid, flush=True)
signal.pause()
"""


def test_nothing_is_left_of_a_host_whose_test_is_killed(seconds: str) -> None:
    words = [*python(KILLED), seconds]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            pid = int(process.stdout.readline())
            until(lambda: sleepers(seconds))
        finally:
            process.kill()
    until(lambda: not is_there(pid) and not sleepers(seconds))


def test_a_test_that_forgets_its_lab_ends_all_the_same() -> None:
    forgetful = "from emulator.lab.lab import Lab\nlab = Lab()\nlab.host(lab.modem()).start('cat')"
    done = subprocess.run(
        [sys.executable, "-c", forgetful], timeout=20, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_program_that_the_lab_ends_has_not_crashed(program: LabHost, lab: Lab) -> None:
    program.start(*python("import signal; print('up', flush=True); signal.pause()"))
    program.expect("up")
    assert program.stop() == -15
    told = [str(each) for each in lab.transcript_entries()]
    assert [line for line in told if "was still running, and has been ended" in line]
    assert not [line for line in told if "crashed" in line]
