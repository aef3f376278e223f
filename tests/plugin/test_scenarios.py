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
