"""A scenario beside a modem of a lab, for synchronous code."""

from pathlib import Path

import pytest

from emulator.lab.errors import LabError, NotInTime
from emulator.lab.lab import Lab

WRITTEN = """
schema: 1
setup: {model: MN316, quirks: {mipl_colon: none}, network: {signal: 7}}
events:
  - after: "+MIPLEVENT: 0,6"
    cloud: write /3200/0/5750 "abcd"
faults:
  - "command +CSQ nth 2: refuse 651"
dialogue:
  - host: AT+CSQ
  - module: "+CSQ: 7,{ber}"
  - module: "+MIPLEVENT: 0,6"
  - module: "+MIPLWRITE: 0,{mid},3200,0,5750,{*}"
  - host: AT+MIPLWRITERSP=0,{mid},2
  - platform: answered write /3200/0/5750 2.04
"""
LOGIN = ('AT+MIPLCREATEEX="h",0', 'AT+MIPLADDOBJ=0,3200,1,"1",0,1', "AT+MIPLOPEN=0,3000,30")


@pytest.fixture
def written(tmp_path: Path) -> Path:
    file = tmp_path / "written.yaml"
    file.write_text(WRITTEN)
    return file


def test_a_host_that_does_as_it_is_written(written: Path) -> None:
    with Lab(seed=1, memory=True) as lab:
        modem = lab.modem(timing="fast")
        scenario = lab.scenario(written)
        assert modem.command("AT+CSQ")[-1] == "OK"
        assert modem.command("AT+CSQ", check=False) == ("ERROR",)  # the fault of the file
        for line in LOGIN:
            modem.command(line)
        mid = modem.expect("+MIPLWRITE").text.split(",")[1]
        modem.command(f"AT+MIPLWRITERSP=0,{mid},2")
        scenario.passed()
        lab.check()


def test_what_is_missing_is_told(written: Path) -> None:
    with Lab(seed=1, memory=True, limit=0.2) as lab:
        modem = lab.modem(timing="fast")
        scenario = lab.scenario(written)
        modem.command("AT+CSQ")
        with pytest.raises(NotInTime) as caught:
            scenario.passed()
        expected = f"{written}:12: dialogue[2]: expected the module to print '+MIPLEVENT: 0,6'"
        assert expected in str(caught.value)
        with pytest.raises(NotInTime):
            lab.check()


def test_what_is_not_as_it_is_written_is_told(tmp_path: Path) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text("schema: 1\ndialogue:\n- host: AT+MIPLUPDATE=0,0,0\n- module: OK\n")
    with Lab(memory=True) as lab:
        modem = lab.modem(timing="fast")
        scenario = lab.scenario(file, modem)
        modem.command("AT+MIPLUPDATE=0,0,0", check=False)
        with pytest.raises(LabError, match="the command ended with .[+]CIS ERROR: 653"):
            scenario.passed()


def test_a_modem_that_it_is_not_for(written: Path, tmp_path: Path) -> None:
    with Lab(memory=True) as lab:
        with pytest.raises(LabError, match="which of 0 modems is the scenario for"):
            lab.scenario(written)
        lab.modem(model="M5311")
        with pytest.raises(LabError, match="is for model MN316, and this modem has M5311"):
            lab.scenario(written)
        with pytest.raises(LabError, match=r"cannot be read \(No such file or directory\)"):
            lab.scenario(tmp_path / "nowhere.yaml")
