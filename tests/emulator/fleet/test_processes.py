"""`mipl fleet` with its processes, in real time."""

import json
import os
import re
import signal
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

PATIENCE = 60.0
FLEET = """schema: 1
title: some
seed: 7
ramp: 20
lasts: {lasts}
processes: {processes}
groups:
  - name: plain
    modems: 4
    imei: "869975030000000"
    timing: fast
    report: {{every: 300ms, jitter: 100ms, late: 20s, confirm: {confirm}}}
{more}"""
SECURE = """  - name: secure
    modems: 1
    imei: "869975031000000"
    platform: onenet
    psk: "{imei}"
    report: {every: 300ms, late: 20s, confirm: off}
"""


def fleet(lasts: str, more: str = "", confirm: str = "on", processes: int = 1) -> str:
    return FLEET.format(lasts=lasts, more=more, confirm=confirm, processes=processes)


def start(folder: Path, text: str, *options: str) -> "subprocess.Popen[str]":
    file = folder / "fleet.yaml"
    file.write_text(text)
    command = [sys.executable, "-m", "emulator", "fleet", str(file), *options]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def ended(process: "subprocess.Popen[str]") -> tuple[int, str, str]:
    try:
        out, err = process.communicate(timeout=PATIENCE)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    return process.returncode, out, err


def processes(process: "subprocess.Popen[str]") -> list[int]:
    """The platforms' and the workers', once they are up."""
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("mipl: processes "):
            return [int(number) for number in re.findall(r"\d+", line)]
    raise AssertionError("it ended before its processes were up")


def test_more_than_may_shake_hands_at_a_time_come_over_dtls_at_once(tmp_path: Path) -> None:
    """A listener has 64 handshakes under way at most (transport/dtls/association.py)."""
    text = fleet("3s").replace("ramp: 20", "ramp: 10000") + SECURE.replace("1\n", "120\n", 1)
    code, out, err = ended(start(tmp_path, text.replace("300ms", "1s"), "--json"))
    summary: dict[str, Any] = json.loads(out)
    assert (code, summary["modems"]["logged_in"]) == (0, 124), (summary["failures"], err)
    assert summary["modems"]["failed_logins"] == 0


def test_all_is_written_down_and_balances(tmp_path: Path) -> None:
    plot, out = tmp_path / "plot.svg", tmp_path / "out.json"
    text = fleet("1s", SECURE)
    process = start(tmp_path, text, "--json", str(out), "--plot", str(plot))
    code, text, err = ended(process)
    assert code == 0, (text, err)
    summary: dict[str, Any] = json.loads(out.read_text())
    assert summary["books"]["balanced"] and summary["exit_code"] == 0
    assert summary["books"]["counted_by"] == "the local platform"
    assert summary["books"]["sent"] == summary["books"]["received"] > 0
    assert [group["modems"] for group in summary["groups"]] == [4, 1]
    assert all(group["received"] > 0 for group in summary["groups"])
    assert summary["modems"]["logged_in"] == 5
    assert summary["times"]["login"]["count"] == 5
    assert summary["seed"] == 7 and "mipl: seed 7" in err
    assert "the books balance" in text
    root = ET.fromstring(plot.read_text())
    assert root.tag == "{http://www.w3.org/2000/svg}svg"


def test_deaths_are_told_and_the_rest_comes_to_its_end(tmp_path: Path) -> None:
    process = start(tmp_path, fleet("1500ms", confirm="off", processes=2), "--json")
    platforms, worker, _ = processes(process)
    os.kill(worker, signal.SIGKILL)
    os.kill(platforms, signal.SIGKILL)
    code, out, err = ended(process)
    summary = json.loads(out)
    assert code == summary["exit_code"] == 3
    for text in (
        "worker 1 has died (signal 9), and with it its 2 modems",
        "the process of the local platforms has died (signal 9)",
    ):
        assert text in summary["failures"]
        assert f"mipl: {text}" in err
    assert summary["books"]["counted_by"] == "confirmations, and the local platform until it died"
    assert summary["books"]["balanced"]


def test_a_summary_is_told_though_a_file_cannot_be_written(tmp_path: Path) -> None:
    """A full disk: nothing of it is known before (write(2), ENOSPC)."""
    process = start(tmp_path, fleet("500ms"), "--json", "/dev/full")
    code, out, err = ended(process)
    assert code == 3
    assert "the books balance" in out
    assert "mipl: /dev/full cannot be written (No space left on device)" in err


def test_another_server_and_ctrl_c(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.interop.peers.aiocoap_crowd"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as server:
        assert server.stdin is not None and server.stdout is not None
        try:
            address = server.stdout.readline().strip()
            options = ("--json", "--shard", "2/2", "--platform", address)
            process = start(tmp_path, fleet("10min"), *options)
            assert process.stderr is not None
            while " 0 sent" in (line := process.stderr.readline()) or "sent/s" not in line:
                assert line, "it has ended"
            os.killpg(process.pid, signal.SIGINT)
            code, out, _ = ended(process)
            server.stdin.close()
            counted = json.loads(server.stdout.readline())
        finally:
            server.kill()
    summary = json.loads(out)
    assert (code, summary["stopped"]) == (0, True)
    assert summary["modems"]["planned"] == 2
    assert summary["books"]["counted_by"] == "confirmations"
    assert summary["books"]["balanced"]
    assert summary["books"]["sent"] == summary["books"]["received"] == counted["reports"] > 0


def test_a_run_that_is_stopped_before_anybody_has_logged_in_has_failed(tmp_path: Path) -> None:
    """Nobody answers at port 9. One modem is switched on, the next 1000 s later."""
    text = fleet("10min").replace("ramp: 20", "ramp: 0.001").replace("modems: 4", "modems: 3")
    process = start(tmp_path, text, "--platform", "127.0.0.1:9")
    assert process.stderr is not None
    while "logged in" not in (line := process.stderr.readline()):
        assert line, "it has ended"
    os.killpg(process.pid, signal.SIGINT)
    code, out, _ = ended(process)
    assert code == 1
    assert re.search(r"^stopped after \d of 3600 s: 1 of 3 modems had been switched on$", out, re.M)
    assert "failed: 1 modem has never logged in\n" in out


@pytest.mark.parametrize("up", [False, True])
def test_sigterm_to_all_processes_ends_a_run_in_order(tmp_path: Path, up: bool) -> None:
    """As `timeout` sends it (kill(2) to the process group), also while its processes come up."""
    process = start(tmp_path, fleet("10min", processes=2), "--json")
    assert process.stderr is not None
    while (" 0 sent" in (line := process.stderr.readline()) or "sent/s" not in line) and up:
        assert line, "it has ended"
    while not up and len(children(process.pid)) < 2:
        assert process.poll() is None
    os.killpg(process.pid, signal.SIGTERM)
    code, out, err = ended(process)
    summary = json.loads(out)
    assert (code, summary["failures"], summary["stopped"]) == (0, [], True), err
    assert summary["books"]["counted_by"] == "the local platform"
    assert (summary["books"]["sent"] > 0) == up
    assert summary["books"]["sent"] == summary["books"]["received"]


def children(process: int) -> list[int]:
    """The processes that it has started (proc(5))."""
    return [int(n) for n in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--shard", "3/2"), "--shard '3/2' is not I/N with I from 1 to N, for example 2/4"),
        (("--shard", "9/9"), "--shard 9/9: 4 modems leave none for this part"),
        (("--processes", "257"), "--processes 257 is not between 1 and 256"),
        (("--seed", "-1"), "--seed -1 is not a whole number from 0 on"),
        (("--platform", "here"), "--platform: 'here' is not HOST:PORT, for example 127.0.0.1:5683"),
        (("--json", "/no/such/out"), "/no/such/out: there is no folder /no/such"),
        (("--plot", "/"), "/ is a folder; name a file"),
    ],
)
def test_bad_options_start_nothing(
    tmp_path: Path, options: tuple[str, ...], expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from emulator.cli import main

    file = tmp_path / "fleet.yaml"
    file.write_text(fleet("2s"))
    assert main(["fleet", str(file), *options]) == 2
    assert capsys.readouterr().err == f"mipl fleet: {expected}\n"


def test_a_coroutine_that_is_not_there_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from emulator.cli import main

    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / "fleet_hosts_of_a_test.py").write_text("async def device(host): ...\n")
    file = tmp_path / "fleet.yaml"
    more = '  - {modems: 1, imei: "869975031000000", coroutine: "fleet_hosts_of_a_test:devic"}\n'
    file.write_text(fleet("2s", more))
    assert main(["fleet", str(file), "--dry-run"]) == 2
    assert capsys.readouterr().err == (
        "mipl fleet: groups[1].coroutine: fleet_hosts_of_a_test has no coroutine devic; did you "
        "mean 'device'?\n"
    )
    file.write_text(fleet("2s", more.replace("devic", "device")))
    assert main(["fleet", str(file), "--dry-run", "--seed", "3"]) == 0
    assert capsys.readouterr().err == (
        "mipl: seed 3 (--seed 3 lets chance decide the same again)\n"
        "mipl: 5 modems in 1 processes at local platforms: 20 a second, 0 s until all are on, "
        "then 2 s\n"
    )


IMPATIENT = """
import sys
from emulator.cli import main
from emulator.fleet import conductor

conductor.ending = lambda fleet, members: 0.0
conductor.OVERDUE = 0.1
sys.exit(main(["fleet", sys.argv[1]]))
"""


def test_a_worker_that_hangs_is_ended_by_force(tmp_path: Path) -> None:
    """It hangs in a coroutine that never gives back the event loop."""
    module = tmp_path / "hanging_host.py"
    module.write_text("import time\nasync def device(host): time.sleep(600)\n")
    file = tmp_path / "fleet.yaml"
    more = '  - {modems: 1, imei: "869975031000000", coroutine: "hanging_host:device"}\n'
    file.write_text(fleet("500ms", more))
    command = [sys.executable, "-c", IMPATIENT, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    told = (
        "worker 1 has died (ended by force, for it did not end by itself), and with it its 5 modems"
    )
    assert done.returncode == 3
    assert f"failed: {told}\n" in done.stdout and f"mipl: {told}\n" in done.stderr
