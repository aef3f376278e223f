"""Tests that are repeated with several models, and what is told of the differences."""

from tests.plugin.conftest import Project

# Manual 4.1: ML305A has no platform 2, and answers 601 (decisions 7).
PROJECT = """
import pytest

def choose(modem, number):
    modem.command("AT+MIPLCREATE")
    modem.command(f'AT+MIPLCFG="platform",0,{number}')

def test_platform(modem):
    choose(modem, 2)

@pytest.mark.parametrize("number", [1, 3])
def test_others(modem, number):
    choose(modem, number)

@pytest.mark.mipl(models=["M5311", "MN318"])
def test_its_own(modem):
    modem.command("AT")

@pytest.mark.mipl(model="MN319")
def test_of_one(modem):
    assert modem.model == "MN319"

def test_without_a_module():
    pass
"""
MODELS = ("--mipl-models", "MN316, ml305a", "--mipl-timing", "fast")


def test_each_test_is_repeated_and_what_differs_is_told_and_written(project: Project) -> None:
    """In processes of pytest-xdist, which pass on what they saw."""
    project.write({"test_it.py": PROJECT})
    done = project.run(*MODELS, "--mipl-report", "results/models.md", "-n", "2")
    assert done.code == 1
    assert done.results == {
        "test_platform[MN316]": "passed",
        "test_platform[ML305A]": "failed",
        "test_others[MN316-1]": "passed",
        "test_others[MN316-3]": "passed",
        "test_others[ML305A-1]": "passed",
        "test_others[ML305A-3]": "passed",
        "test_its_own[M5311]": "passed",
        "test_its_own[MN318]": "passed",
        "test_of_one": "passed",
        "test_without_a_module": "passed",
    }
    told = done.output.partition(" 4 models, compared with ")[2]
    assert (
        "test_it.py::test_platform\n"
        "  MN316: passed\n"
        "  ML305A: failed; result 1: emulator.lab.errors.CommandFailed: "
        'AT+MIPLCFG="platform",0,2: +CIS ERROR: 601\n'
        "    line 5: a command ends with another result\n"
        "    - module < OK\n"
        "    + module < +CIS ERROR: 601\n"
        "3 the same with all models, but for blanks and the order of lines\n"
    ) in told
    page = (project.folder / "results" / "models.md").read_text()
    names = sorted(line.split("|")[1].strip() for line in page.splitlines() if "| test_it" in line)
    assert names == [
        "test_it.py::test_its_own",
        "test_it.py::test_others[1]",
        "test_it.py::test_others[3]",
        "test_it.py::test_platform",
    ]


def test_a_report_that_cannot_be_written_is_told(project: Project) -> None:
    project.write({"test_it.py": PROJECT, "a file": ""})
    words = ("-k", "test_its_own", "--mipl-report", "a file/models.json")
    done = project.run(*words)
    assert done.code == 0 and "\ncould not be written: " in done.output


def test_a_model_that_there_is_not_is_one_sentence(project: Project) -> None:
    project.write({"test_it.py": PROJECT})
    done = project.run("--mipl-models", "MN316,MN31X")
    told = "mipl-emulator: models: there is no model 'MN31X'; did you mean MN319?"
    assert done.code == 4 and f"ERROR: {told}" in done.output
    assert "Traceback" not in done.output
    project.write({"test_it.py": PROJECT.replace('"M5311"', '"MN31X"')})
    done = project.run()
    assert done.code == 2 and told in done.output and "models_of" not in done.output
