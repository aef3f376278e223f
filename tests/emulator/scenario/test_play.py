"""`mipl play`: module, platforms and host in virtual time; the same in every run."""

import json
from pathlib import Path

import pytest

from emulator.cli import main
from emulator.journal import Record
from emulator.scenario.document import Scenario
from emulator.scenario.reading import read_scenario
from emulator.scenario.stage import play

LOGIN = """
  - host: AT+MIPLCREATEEX="183.230.40.40:5683",0
  - module: ["+MIPLCREATEEX: 0", OK]
  - host: AT+MIPLADDOBJ=0,3200,1,"1",0,1
  - module: OK
  - host: AT+MIPLOPEN=0,3000,30
  - module: [OK, "+MIPLEVENT: 0,6"]
"""


def scenario(text: str) -> Scenario:
    reading = read_scenario(("schema: 1\n" + text).encode())
    assert reading.scenario is not None, reading.findings
    return reading.scenario


def journal(document: Scenario) -> list[Record]:
    records: list[Record] = []
    assert play(document, records.append).failure is None
    return records


def test_two_plays_are_the_same_byte_for_byte() -> None:
    document = scenario("dialogue:" + LOGIN)
    records = journal(document)
    assert [r for r in records if r.kind == "datagram_out"]
    assert journal(document) == records


def test_a_seed_makes_them_differ() -> None:
    assert journal(scenario("dialogue:" + LOGIN)) != journal(
        scenario("setup: {seed: 2}\ndialogue:" + LOGIN)
    )


@pytest.mark.parametrize(
    ("act", "lines"),
    [
        ("network: {coverage: off}", ["+CEREG: 0,2"]),
        ("network: {denied: on}", ["+CEREG: 0,3"]),
        ("network: {operator: '46001'}", ["+CEREG: 0,5"]),
    ],
)
def test_the_network_changes(act: str, lines: list[str]) -> None:
    """27.007 10.1.22: 2 searching, 3 denied, 5 roaming."""
    text = f"events:\n- at: 1s\n  {act}\ndialogue:\n- pause: 5s\n- host: AT+CEREG?\n"
    assert play(scenario(f"{text}- module: {lines}\n")).failure is None


def test_power_goes_and_comes() -> None:
    text = """
events: [{at: 1s, power: off}, {at: 5s, power: on}, {at: 20s, power: reset}]
setup: {model: M5311}
dialogue:
  - host: AT
  - module: OK
  - pause: 2s
  - host: AT
  - pause: 1s
  - module: ["*ATREADY: 1", "+CFUN: 1", "+CPIN: READY", "+IP: {ip}"]
  - pause: 1s
  - host: AT
  - module: OK
    within: 1s
  - module: "*ATREADY: 1"
"""
    over = play(scenario(text))
    assert over.failure is None, over.failure
    assert 20 < over.seconds < 22


def test_switches_of_platforms_and_quirks_of_the_module() -> None:
    text = f"""
setup: {{switches: {{refuse: 4.03}}, quirks: {{mipl_colon: none}}}}
events:
  - after: "+MIPLEVENT: 0,7"
    switches: {{refuse: ""}}
  - after: "+MIPLEVENT: 0,7"
    quirks: {{extra_events: 4}}
dialogue: {LOGIN.replace("0,6", "0,7")}
  - platform: refused 4.03
  - host: AT+MIPLOPEN=0,3000,30
  - unordered: [OK, "+MIPLEVENT: 0,6"]
"""
    assert play(scenario(text)).failure is None


def test_a_platform_that_every_address_leads_to() -> None:
    """Huawei's observes 19/0/0 after a login, OneNET's would not (decision 49)."""
    login = LOGIN.replace("3200", "19")
    text = f"setup: {{platform: huawei}}\ndialogue: {login}"
    observed = "  - module: '+MIPLOBSERVE: 0,{mid},1,19,0,0'\n"
    assert play(scenario(text + observed)).failure is None


def test_what_the_platform_cannot_do_is_a_failure() -> None:
    over = play(
        scenario("events: [{at: 1s, cloud: read /3/0}]\ndialogue:\n- pause: 2s\n- host: AT")
    )
    assert over.failure is not None
    assert over.failure.text == (
        "the platform cannot read /3/0: "
        "no device 869975030000461 has registered at any platform yet"
    )


def test_a_device_that_has_left_cannot_be_asked() -> None:
    event = "{after: {platform: deregistered}, delay: 1s, cloud: read /3/0}"
    over = play(
        scenario(f"events: [{event}]\ndialogue: {LOGIN}  - host: AT+MIPLCLOSE=0\n  - pause: 9s\n")
    )
    assert over.failure is not None
    assert over.failure.text == (
        "the platform cannot read /3/0: 869975030000461 is not registered now"
    )


FAULTY = """
dialogue:
  - host: AT+CSQ
  - module: ERROR
  - host: AT+CSQ
  - module: ["+CSQ: {rssi},{ber}", OK]
"""


def test_a_fault_strikes() -> None:
    over = play(scenario("faults: ['command +CSQ: busy, once']" + FAULTY))
    assert over.failure is None, over.failure


def test_a_fault_is_planted_by_an_event() -> None:
    act = "{after: {host: AT}, fault: 'command +CSQ: busy, once'}"
    text = FAULTY.replace("dialogue:", "dialogue:\n  - host: AT\n  - module: OK")
    assert play(scenario(f"events: [{act}]" + text)).failure is None


@pytest.mark.parametrize("how", ["faults: ['urc +MIPLNMI: drop']", "events: [{at: 0s, fault: F}]"])
def test_a_fault_that_does_not_strike_is_a_failure(how: str) -> None:
    text = how.replace("F}", "'urc +MIPLNMI: drop'}")
    over = play(scenario(text + "\ndialogue:\n- pause: 1s\n- host: AT\n- module: OK"))
    assert over.failure is not None
    assert (over.failure.line, over.failure.text) == (2, "'urc +MIPLNMI: drop' has never struck")


def test_a_fault_by_chance_may_stay_away() -> None:
    text = "faults: ['urc +MIPLNMI chance 50%: drop']\ndialogue:\n- host: AT\n- module: OK"
    assert play(scenario(text)).failure is None


def test_the_host_is_heard_though_the_module_does_not_hear_it() -> None:
    text = """
faults: ['at-in match "CSQ": drop, once']
events: [{after: {host: AT+CSQ}, delay: 1s, network: {signal: 5}}]
dialogue:
  - host: AT+CSQ
  - pause: 3s
  - host: AT+CSQ
  - module: ["+CSQ: 5,{ber}", OK]
"""
    over = play(scenario(text))
    assert over.failure is None, over.failure


# On the command line.

GOOD = "schema: 1\ndialogue:\n  - host: AT\n  - module: OK\n"
WRONG = "schema: 1\ndialogue:\n  - host: AT+CSQ=1\n  - module: OK\n"
OPEN = 'schema: 1\ndialogue:\n  - host: "AT{mid}"\n  - host: "AT{*}"\n'


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    paths = {name: tmp_path / f"{name}.yaml" for name in ("good", "wrong", "open")}
    for name, text in (("good", GOOD), ("wrong", WRONG), ("open", OPEN)):
        paths[name].write_text(text)
    return {name: str(path) for name, path in paths.items()}


def test_each_file_is_told_and_all_are_played(
    files: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["play", files["wrong"], files["good"]]) == 1
    out, err = capsys.readouterr()
    assert out == (
        f"{files['wrong']}:4: dialogue[1]: expected the module to print 'OK'; "
        "the command ended with 'ERROR'\n"
        "  since the entry before came:\n"
        "        0.000 host  > AT+CSQ=1\n"
        "        0.000 host  < ERROR\n"
        f"{files['good']}: all as written, 0.000 s\n"
    )
    assert err == "mipl: 2 played, 1 wrong\n"


def test_all_went_well(files: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["play", "--json", files["good"]]) == 0
    told = {"file": files["good"], "seconds": 0.0, "failure": None}
    assert json.loads(capsys.readouterr().out) == {"files": [told]}


def test_a_host_whose_lines_are_left_open_cannot_be_played(
    files: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["play", files["good"], files["open"]]) == 2
    file = files["open"]
    assert capsys.readouterr().err == (
        f"mipl play: {file}:3: dialogue[0]: cannot be played: no line before captures {{mid}}\n"
        f"{file}:4: dialogue[1]: cannot be played: {{*}} leaves open what is written\n"
    )
