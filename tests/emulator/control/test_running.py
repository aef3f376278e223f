"""`mipl state`, `set` and `events` at a modem that another process runs, on a real pty, with time
that passes a hundred times as fast."""

import json
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import pytest
import serial

from emulator.cli import main
from emulator.control.calling import ask

PATIENCE = 20.0


@dataclass
class Running:
    link: str
    url: str


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A modem whose platform hears everything and says nothing."""
    link = str(tmp_path_factory.mktemp("control") / "modem0")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        process = subprocess.Popen(
            [sys.executable, "-m", "emulator", "run", "--link", link, "--time-scale", "100"]
            + ["--seed", "7", "--platform", f"127.0.0.1:{silent.getsockname()[1]}"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == f"{link}\n"
        said = iter(process.stderr.readline, "")
        url = next(found[1] for line in said if (found := re.search("HTTP API at (.*)", line)))
        yield Running(link, url)
        process.send_signal(signal.SIGTERM)
        _, error = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, error
        assert "Traceback" not in error


def _mipl(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(words)
    told = capsys.readouterr()
    return code, told.out, told.err


def test_who_waited_for_the_path_is_answered_at_once(tmp_path: Path) -> None:
    """The path is out before anything slow is imported, and so before the control channel is."""
    link = str(tmp_path / "modem0")
    with subprocess.Popen(
        [sys.executable, "-m", "emulator", "run", "--link", link, "--platform", "127.0.0.1:9"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == f"{link}\n"
            assert ask("state", link)["on"] is True
        finally:
            process.terminate()


def test_30_seconds_of_the_module_are_0_3_of_the_host(
    running: Running, capsys: pytest.CaptureFixture[str]
) -> None:
    """AT+MIPLOPEN with a timeout of 30 s and nobody who answers: event 7 (decision 22)."""
    with serial.Serial(running.link, timeout=PATIENCE) as port:
        port.write(b'AT+MIPLCREATEEX="192.0.2.1:5683",0\r')
        assert port.read_until(b"OK\r\n").endswith(b"OK\r\n")
        started = time.monotonic()
        port.write(b"AT+MIPLOPEN=0,300,30\r")
        told = port.read_until(b"+MIPLEVENT: 0,7\r\n")
        took = time.monotonic() - started
        port.write(b"AT+MIPLDELETE=0\r")
        port.read_until(b"OK\r\n")
    assert told == b"\r\nOK\r\n\r\n+MIPLEVENT: 0,7\r\n"
    assert 0.29 < took < 10, took  # 0.3 s; the machine may be busy


def test_the_state_as_text_and_as_json(
    running: Running, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = _mipl(capsys, "state", running.link)
    assert code == 0
    assert re.search(r"^modem +MN316 \(.*\), IMEI 869975030000461, on$", out, re.M)
    assert re.search(r"^time +[0-9.]+ s, 100 times as fast$", out, re.M)
    code, out, _ = _mipl(capsys, "state", running.link, "--json")
    state = json.loads(out)
    assert (code, state["seed"], state["time_scale"]) == (0, 7, 100)
    with urlopen(f"{running.url}/modems/0") as answer:
        over_http = json.loads(answer.read())["data"]
    assert {**over_http, "time": 0} == {**state, "time": 0}


def test_settings_are_changed(running: Running, capsys: pytest.CaptureFixture[str]) -> None:
    assert _mipl(capsys, "set", running.link, "quirk", "MIPL_COLON=none", "echo_at_boot=on") == (
        0,
        "mipl_colon=none (at once)\necho_at_boot=on (at the next boot)\n",
        "",
    )
    assert _mipl(capsys, "set", running.link, "quirk", "echo_at_boot=")[1] == (
        "echo_at_boot=off (at the next boot)\n"
    )
    assert _mipl(capsys, "set", running.link, "quirk", "--reset")[1] == (
        "mipl_colon=blank (at once)\n"
    )
    assert _mipl(capsys, "set", running.link, "network", "signal=9", "denied=on")[1] == (
        "coverage=on\nsignal=9\noperator=\ndenied=on\n"
    )
    _mipl(capsys, "set", running.link, "network", "denied=")
    assert _mipl(capsys, "set", running.link, "time-scale", "50")[1] == "time-scale 50\n"
    assert _mipl(capsys, "set", running.link, "time-scale", "100")[0] == 0


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        (["quirk", "mipl_colan=none"], "did you mean 'mipl_colon'?"),
        (["quirk", "mipl_colon"], "'mipl_colon' is not NAME=VALUE"),
        (["quirk"], "name at least one NAME=VALUE"),
        (["network", "singal=4"], "did you mean signal?"),
        (["network", "--reset"], "--reset is for quirks; NAME= is the usual network"),
        (["network"], "name at least one NAME=VALUE"),
        (["time-scale"], "time-scale wants one number"),
        (["time-scale", "fast"], "time-scale wants one number"),
        (["time-scale", "0"], "scale: not a number from 0.001 to 10000"),
        (["time-scale", "nan"], "scale: not a number from 0.001 to 10000"),
    ],
)
def test_what_cannot_be_set_ends_with_2(
    running: Running, capsys: pytest.CaptureFixture[str], words: list[str], cause: str
) -> None:
    code, out, error = _mipl(capsys, "set", running.link, *words)
    assert (code, out) == (2, "")
    assert cause in error
    assert error.count("\n") == 1


def test_events_are_followed(running: Running) -> None:
    """By another process, which is ended as people do."""
    assert main(["reset", running.link]) == 0
    process = subprocess.Popen(
        [sys.executable, "-m", "emulator", "events", running.link]
        + ["--after", "0", "--kind", "reset"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    before = json.loads(process.stdout.readline())
    assert main(["reset", running.link]) == 0
    after = json.loads(process.stdout.readline())
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=PATIENCE)[1] == ""
    assert process.returncode == 0
    assert (before["kind"], after["kind"]) == ("reset", "reset")
    assert before["number"] < after["number"]


def test_an_unknown_kind_of_event_is_told(
    running: Running, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, error = _mipl(capsys, "events", running.link, "--kind", "serial")
    assert code == 2
    assert "did you mean 'serial_in'?" in error


@pytest.mark.parametrize("words", [["state"], ["events"], ["set", "quirk", "hex_case=lower"]])
def test_a_path_without_a_modem_is_told(
    capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    code, _, error = _mipl(capsys, words[0], "/dev/null", *words[1:])
    assert code == 2
    assert "no running modem is at '/dev/null'; `mipl run` prints the path of each" in error
    assert Path("/dev/null").exists()


def test_faults_are_planted_whichever_word_comes_first(
    running: Running, capsys: pytest.CaptureFixture[str]
) -> None:
    """`mipl fault PATH add` and `mipl fault add PATH`, as `mipl power` has it."""
    first = _mipl(capsys, "fault", "add", running.link, "reply +CGMR: drop")
    second = _mipl(capsys, "fault", running.link, "add", "reply +CGMM: drop")
    code, listed, _ = _mipl(capsys, "fault", "list", running.link, "--json")
    rows = json.loads(listed)
    numbers = [str(row["number"]) for row in rows]
    assert code == 0
    assert [row["fault"] for row in rows] == ["reply +CGMR: drop", "reply +CGMM: drop"]
    assert [first[1].strip(), second[1].strip()] == numbers
    assert _mipl(capsys, "fault", "remove", running.link, numbers[0])[1] == (
        f"{numbers[1]}: reply +CGMM: drop (has struck 0 times)\n"
    )
    assert _mipl(capsys, "fault", running.link, "remove", numbers[1]) == (0, "", "")


def test_all_faults_are_removed_at_once(
    running: Running, capsys: pytest.CaptureFixture[str]
) -> None:
    for fault in ("reply +CGMR: drop", "reply +CGMM: drop"):
        _mipl(capsys, "fault", running.link, "add", fault)
    assert _mipl(capsys, "fault", running.link, "remove", "all") == (0, "", "")
    assert _mipl(capsys, "fault", running.link, "list") == (0, "", "")
    assert _mipl(capsys, "fault", running.link, "remove", "all") == (0, "", "")
