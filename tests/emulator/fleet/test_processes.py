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
processes: 2
groups:
  - name: plain
    modems: 4
    imei: "869975030000000"
    timing: fast
    report: {{every: 500ms, jitter: 100ms, late: 20s}}
{more}"""
SECURE = """  - name: secure
    modems: 1
    imei: "869975031000000"
    platform: onenet
    psk: "{imei}"
    report: {every: 500ms, late: 20s, confirm: off}
"""


def start(folder: Path, lasts: str, *options: str, more: str = "") -> "subprocess.Popen[str]":
    file = folder / "fleet.yaml"
    file.write_text(FLEET.format(lasts=lasts, more=more))
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


def test_all_is_written_down_and_balances(tmp_path: Path) -> None:
    plot, out = tmp_path / "plot.svg", tmp_path / "out.json"
    process = start(tmp_path, "2s", "--json", str(out), "--plot", str(plot), more=SECURE)
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


@pytest.mark.skipif(sys.platform != "linux", reason="processes are ended as Linux has it")
def test_deaths_are_told_and_the_rest_comes_to_its_end(tmp_path: Path) -> None:
    process = start(tmp_path, "3s", "--json")
    platforms, worker, _ = processes(process)
    os.kill(worker, signal.SIGKILL)
    code, out, err = ended(process)
    summary = json.loads(out)
    assert code == summary["exit_code"] == 3
    assert "worker 1 has died (signal 9)" in summary["failures"]
    assert "mipl: worker 1 has died (signal 9)" in err
    assert summary["groups"][0]["sent"] > 0
    assert summary["books"]["balanced"]
    assert not Path(f"/proc/{platforms}").exists()


def test_ctrl_c_ends_it_in_order(tmp_path: Path) -> None:
    process = start(tmp_path, "10min", "--json", "--processes", "1", "--shard", "2/4")
    processes(process)
    os.killpg(process.pid, signal.SIGINT)
    code, out, err = ended(process)
    summary = json.loads(out)
    assert (code, summary["stopped"]) == (0, True), err
    assert summary["modems"]["planned"] == 1
    assert summary["books"]["balanced"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--shard", "3/2"), "--shard '3/2' is not I/N with I from 1 to N, for example 2/4"),
        (("--shard", "9/9"), "--shard 9/9: 4 modems leave none for this part"),
        (("--processes", "257"), "--processes 257 is not between 1 and 256"),
        (("--seed", "-1"), "--seed -1 is not between 0 and 4294967295"),
        (("--platform", "here"), "--platform: 'here' is not HOST:PORT, for example 127.0.0.1:5683"),
        (("--json", "/no/such/out"), "/no/such/out: there is no folder /no/such"),
    ],
)
def test_bad_options_start_nothing(
    tmp_path: Path, options: tuple[str, ...], expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from emulator.cli import main

    file = tmp_path / "fleet.yaml"
    file.write_text(FLEET.format(lasts="2s", more=""))
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
    file.write_text(FLEET.format(lasts="2s", more=more))
    assert main(["fleet", str(file), "--dry-run"]) == 2
    assert capsys.readouterr().err == (
        "mipl fleet: groups[1].coroutine: fleet_hosts_of_a_test has no coroutine devic; did you "
        "mean 'device'?\n"
    )
    file.write_text(FLEET.format(lasts="2s", more=more.replace("devic", "device")))
    assert main(["fleet", str(file), "--dry-run", "--seed", "3"]) == 0
    assert capsys.readouterr().err == (
        "mipl: seed 3 (--seed 3 lets chance decide the same again)\n"
        "mipl: 5 modems in 2 processes at local platforms: 20 a second, 0 s until all are on, "
        "then 2 s\n"
    )
