"""The hosts of examples/ log in, report, answer read, write and execute, and leave (manual 5.1),
and break no rule of the host lint meanwhile."""

import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.examples.running import PATIENCE, Host, Run

DEVICE = "imei=869975030000461&obj_id=3200"


@contextmanager
def playing(host: Host, place: str) -> "Iterator[subprocess.Popen[str]]":
    pipe = subprocess.PIPE
    with subprocess.Popen([*host, place], stdout=pipe, stderr=pipe, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def online(process: "subprocess.Popen[str]") -> list[str]:
    """What the host shows up to the line that says so."""
    assert process.stdout is not None
    shown: list[str] = []
    for line in process.stdout:
        if line == "online\n":
            return shown
        shown.append(line.rstrip("\n"))
    raise AssertionError(shown)


def ask(url: str, body: bytes | None = None) -> bytes:
    with urllib.request.urlopen(url, data=body, timeout=PATIENCE) as answer:
        said: bytes = answer.read()
    return said


def be_the_platform(run: Run) -> None:
    """Somebody reads, writes, reads again and executes."""
    assert b'"val":"abcd"' in ask(f"{run.api}/nbiot?{DEVICE}")
    written = b'{"data":[{"res_id":5750,"val":"efg, h"}]}'
    instance = f"{DEVICE}&obj_inst_id=0"
    assert b'"errno":0' in ask(f"{run.api}/nbiot?{instance}&mode=2", written)
    assert b'"val":"efg, h"' in ask(f"{run.api}/nbiot?{DEVICE}")
    executed = f"{run.api}/nbiot/execute?{instance}&res_id=5750"
    assert b'"errno":0' in ask(executed, b'{"args":"abcd"}')


def url_of(place: str, host: Host) -> str:
    """pyserial has URLs for what is no device."""
    return place.replace("tcp:", "socket://") if "python" in host[0] else place


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("--model", "MN316", "--serial", "pty:"), id="pty, MN316, manual"),
        pytest.param(("--model", "M5311", "--serial", "tcp:0"), id="tcp, M5311, field"),
    ],
)
def test_the_whole_life_ends_with_0(
    host: Host, words: tuple[str, ...], mipl_run: Callable[..., Run]
) -> None:
    run = mipl_run("--lint=error", *words)
    with playing(host, url_of(run.place, host)) as process:
        shown = online(process)
        be_the_platform(run)
        out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, err) == (0, "")
    assert '> AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"abcd",0,0,147' in shown
    assert shown[-1].replace(": ", ":") == "< +MIPLEVENT:0,26,147"
    left = [line.replace(": ", ":") for line in out.splitlines() if line != "< OK"]
    assert left[-3:] == ["> AT+MIPLCLOSE=0", "< +MIPLEVENT:0,15", "> AT+MIPLDELETE=0"]


def test_a_refused_login_ends_with_1(host: Host, mipl_run: Callable[..., Run]) -> None:
    run = mipl_run("--switch", "refuse=4.03")
    with playing(host, run.place) as process:
        _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert "the login has failed: event 7" in err


def test_a_module_that_is_not_there_ends_with_1(host: Host) -> None:
    with playing(host, "/dev/none") as process:
        _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert "/dev/none" in err


def test_a_module_that_boots_is_waited_for(host: Host, mipl_run: Callable[..., Run]) -> None:
    """Decision 10: nothing is answered while it boots."""
    run = mipl_run("--switch", "refuse=4.03", "--quirk", "boot_ms=1500")
    subprocess.run([sys.executable, "-m", "emulator", "reset", run.place], check=True)
    with playing(host, run.place) as process:
        out, err = process.communicate(timeout=PATIENCE)
    assert out.startswith("> AT\n> AT\n")
    assert (process.returncode, "the login has failed: event 7" in err) == (1, True)


def test_answers_to_all_knocks_come_before_the_first_command(
    host: Host, mipl_run: Callable[..., Run]
) -> None:
    """A busy module answers late: of what it owes, nothing is the result of a later command."""
    run = mipl_run("--switch", "refuse=4.03", "--fault", "at-in nth 1: delay 700ms")
    with playing(host, run.place) as process:
        out, err = process.communicate(timeout=PATIENCE)
    knocks = out.partition("> ATE0")[0]
    assert knocks.count("< OK") == knocks.count("> AT\n") > 1
    assert (process.returncode, "the login has failed: event 7" in err) == (1, True)


def test_a_host_without_a_module_tells_its_usage(host: Host) -> None:
    done = subprocess.run(host, capture_output=True, text=True, timeout=PATIENCE)
    assert (done.returncode, done.stderr.startswith("usage: ")) == (2, True)
