"""`mipl run --scenario`: a host on a real pty, what is said at the end, and bad usage."""

import asyncio
import re
import subprocess
import sys
from pathlib import Path

import pytest
import serial

from emulator.cli import main, parser
from emulator.scenario.attending import attend
from emulator.scenario.files import to_run
from emulator.scenario.performance import Performance
from emulator.scenario.reading import read_scenario
from emulator.scenario.run_options import defaults
from emulator.virtual_time import VirtualLoop

PATIENCE = 20.0

WRITTEN = """
schema: 1
setup: {model: MN318, timing: fast}
events:
  - after: "+MIPLEVENT: 0,6"
    cloud: write /3200/0/5750 "abcd"
dialogue:
  - host: AT+MIPLCREATEEX={*}
  - module: "+MIPLEVENT: 0,6"
  - module: "+MIPLWRITE: 0,{mid},3200,0,5750,1,4,abcd,0"
  - host: AT+MIPLWRITERSP=0,{mid},2
  - platform: answered write /3200/0/5750 2.04
end: 20s
"""
LOGIN = (
    'AT+MIPLCREATEEX="183.230.40.40:5683",0',
    'AT+MIPLADDOBJ=0,3200,1,"1",0,1',
    'AT+MIPLNOTIFY=0,0,3200,0,5750,1,1,"a",0,0',
    "AT+MIPLOPEN=0,3000,30",
)


@pytest.fixture
def written(tmp_path: Path) -> str:
    file = tmp_path / "written.yaml"
    file.write_text(WRITTEN)
    return str(file)


def attended(file: str, *options: str, answers: bool) -> tuple[int, str]:
    """Exit code and stderr of a run with a host that logs in and takes the write, or not."""
    words = [sys.executable, "-m", "emulator", "run", "--scenario", file, *options]
    pipe = subprocess.PIPE
    with subprocess.Popen(words, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdout is not None and process.stderr is not None
        with serial.Serial(process.stdout.readline().strip(), timeout=PATIENCE) as port:
            for line in LOGIN:
                port.write(line.encode() + b"\r")
                assert port.read_until(b"OK\r\n").endswith(b"OK\r\n")
            said = b""
            while not (found := re.search(rb"\+MIPLWRITE:\s?0,(\d+),.*\r\n", said)):
                said += port.read_until(b"\r\n")
            if answers:
                port.write(b"AT+MIPLWRITERSP=0,%b,2\r" % found[1])
            return process.wait(PATIENCE), process.stderr.read()


def test_a_host_that_does_as_the_dialogue_has_it(written: str) -> None:
    code, err = attended(written, answers=True)
    assert code == 0, err
    assert "mipl: MN318 on /dev/" in err
    assert re.search(rf"mipl: {written}: all as written, \d\.\d\d\d s\n\Z", err)


def test_a_host_that_does_not_and_an_option_that_rules_over_the_file(
    written: str, tmp_path: Path
) -> None:
    short = tmp_path / "short.yaml"
    short.write_text(WRITTEN.replace("end: 20s", "end: 2s"))
    code, err = attended(str(short), "--model", "MN316", answers=False)
    assert code == 1, err
    assert "mipl: MN316 on /dev/" in err
    expected = "expected the host to write 'AT+MIPLWRITERSP=0,{mid},2'; it did not come"
    assert f"mipl: {short}:11: dialogue[3]: {expected}\n" in err


BAD = [
    (
        ["--count", "2"],
        "--scenario is about one modem; leave --count out",
    ),
    (
        ["--platform", "127.0.0.1:5683"],
        "--platform leaves no local platform, and FILE:5 needs one",
    ),
]


@pytest.mark.parametrize(("words", "expected"), BAD)
def test_what_does_not_go_with_a_scenario(
    words: list[str], expected: str, written: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "--scenario", written, *words]) == 2
    assert capsys.readouterr().err == f"mipl run: {expected.replace('FILE', written)}\n"


def test_a_file_with_findings_is_not_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text("schema: 1\nsetup: {modle: MN316, seed: x}\n")
    assert main(["run", "--scenario", str(file)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert f"{file}:2: setup.seed: expected a number from 0 to 4294967295, not 'x'" in err
    assert "did you mean 'model'?" in err


def test_what_the_file_says_is_what_the_options_would() -> None:
    text = b"""
schema: 1
setup:
  model: M5311
  dialect: manual
  quirks: {extra_events: 1+25, boot_ms: 5, late_rsp: ok}
  timing: fast
  time_scale: 5
  seed: 3
  imei: "869975030000462"
  network: {coverage: off, signal: 7}
  switches: {refuse: 4.03, silent: on}
  devices:
    - {imei: "869975030000462", imsi: "460001357924680", auth_code: abc, psk: "12"}
faults: ["urc +MIPLEVENT nth 2: drop"]
"""
    scenario = read_scenario(text).scenario
    assert scenario is not None
    words = ["run", "--model", "M5311", "--dialect", "manual", "--timing", "fast", "--seed", "3"]
    words += ["--time-scale", "5"]
    words += ["--quirk", "extra_events=1+25", "--quirk", "boot_ms=5.0", "--quirk", "late_rsp=ok"]
    words += ["--imei", "869975030000462", "--network", "coverage=off", "--network", "signal=7"]
    words += ["--switch", "refuse=4.03", "--switch", "silent=on"]
    words += ["--fault", "urc +MIPLEVENT nth 2: drop"]
    words += ["--device", "869975030000462,460001357924680,abc", "--psk"]
    words += ["869975030000462=hex:3132"]
    given = parser(defaults(scenario)).parse_args(["run"])
    assert given == parser().parse_args(words)


def test_the_command_line_rules_by_name() -> None:
    given = {"quirk": ["boot_ms=5"], "model": "M5311"}
    options = parser(given).parse_args(["run", "--quirk", "boot_ms=7", "--model", "MN316"])
    assert options.quirk == ["boot_ms=5", "boot_ms=7"]  # the last one counts
    assert options.model == "MN316"
    assert given == {"quirk": ["boot_ms=5"], "model": "M5311"}


def test_without_a_dialogue_nothing_is_said_to_be_as_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A scenario as a set-up: there is nothing that could have been otherwise."""
    file = tmp_path / "setup.yaml"
    file.write_text("schema: 1\nsetup: {timing: fast}\nend: 1s\n")

    async def main() -> int:
        performance = Performance(to_run(file))
        performance.begin()
        stop = asyncio.Event()
        stop.set()
        return await attend(performance, stop, "setup.yaml")

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        assert runner.run(main()) == 0
    said = "mipl: setup.yaml: over after 0.000 s; without a dialogue nothing was compared\n"
    assert capsys.readouterr().err == said
