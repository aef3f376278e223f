"""Scenarios under pytest: by a mark beside a program, and files as tests."""

import sys

from tests.plugin.conftest import Project

FILE = """
schema: 1
setup: {model: M5311, timing: fast}
faults: ["command +CSQ nth 2: refuse 651"]
dialogue:
  - host: AT+CSQ
  - module: OK
  - host: AT+CSQ
    within: 1s
  - module: ERROR
end: 5s
"""
TESTS = """
import pytest


@pytest.mark.mipl(scenario="csq.yaml", memory=True)
class TestMarked:
    def test_as_written(self, modem):
        assert modem.model == "M5311"
        modem.command("AT+CSQ")
        modem.command("AT+CSQ", check=False)

    @pytest.mark.mipl(model="MN316")
    def test_a_mark_rules_over_the_file(self, modem):
        assert modem.model == "MN316"
        modem.command("AT+CSQ")
        modem.command("AT+CSQ", check=False)

    @pytest.mark.mipl(timeout=0.2)
    def test_missing(self, modem):
        modem.command("AT+CSQ")


@pytest.mark.mipl(scenario="nowhere.yaml")
def test_no_file(modem):
    pass
"""


def test_a_mark_has_a_scenario(project: Project) -> None:
    project.write({"csq.yaml": FILE, "test_it.py": TESTS, "unasked.mipl.yaml": FILE})
    outcome = project.run()
    assert outcome.results == {
        "test_as_written": "passed",
        "test_a_mark_rules_over_the_file": "passed",
        "test_missing": "error",
        "test_no_file": "error",
    }
    assert "csq.yaml:8: dialogue[2]: expected the host to write 'AT+CSQ'" in outcome.output
    assert "nowhere.yaml: cannot be read (No such file or directory)" in outcome.output


def test_files_are_tests_where_that_is_wanted(project: Project) -> None:
    files = {
        "good.mipl.yaml": FILE,
        "wrong.mipl.yaml": FILE.replace("ERROR", "OK"),
        "bad.mipl.yaml": FILE.replace("model", "modle"),
        "other.yaml": "no scenario",
    }
    project.write(files)
    outcome = project.run("-o", "mipl_scenarios=true")
    assert outcome.results == {
        "good.mipl.yaml": "passed",
        "wrong.mipl.yaml": "failed",
        "bad.mipl.yaml": "failed",
    }
    assert "the command ended with 'ERROR'" in outcome.told["wrong.mipl.yaml"]
    assert "did you mean 'model'?" in outcome.told["bad.mipl.yaml"]
    assert sys.executable not in outcome.told["bad.mipl.yaml"]  # no traceback


SLOW = """
schema: 1
title: Another command within a second
setup: {timing: fast}
dialogue:
  - host: AT+CSQ
  - module: OK
  - pause: 800ms
  - host: AT+CGATT?
  - module: OK
end: 60s
"""
HOST = """
import os, sys, time

port = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
os.write(port, b"AT+CSQ\\r")
time.sleep(1)  # what is written before the dialogue waits for it is not looked at
os.write(port, b"AT+CGATT?\\r")
time.sleep(60)
"""
WITH_A_PROGRAM = """
import sys

import pytest


@pytest.mark.mipl(timeout=0.5)  # longer than any wait needs but that for the end of the scenario
class TestProgram:
    @pytest.mark.mipl(scenario="slow.yaml")
    def test_the_program_plays_on_behind_the_test(self, host):
        host.start(sys.executable, "host.py", "{port}")

    @pytest.mark.mipl(scenario="endless.yaml")
    def test_without_an_end(self, host):
        host.start(sys.executable, "host.py", "{port}")
"""


def test_the_program_lives_until_the_scenario_is_over(project: Project) -> None:
    """As docs/scenarios.md has it: the test starts the program, and says nothing else."""
    endless = SLOW.replace("end: 60s\n", "")
    project.write({"slow.yaml": SLOW, "endless.yaml": endless, "host.py": HOST})
    project.write({"test_it.py": WITH_A_PROGRAM})
    outcome = project.run()
    assert outcome.results == {
        "test_the_program_plays_on_behind_the_test": "passed",
        "test_without_an_end": "error",
    }
    assert "the file has an `end`" in outcome.output
