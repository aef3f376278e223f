"""The fixture `mipl_explore`."""

from tests.plugin.conftest import Project

# A host that asks for the signal, and reads up to the final result, or one line alone.
HOST = r"""
import os, sys, tty
port = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
tty.setraw(port)
os.write(port, b"AT+CSQ\r")
said = b""
while not (said.endswith(b"\r\nOK\r\n") if sys.argv[2] == "all" else said.count(b"\r\n") > 1):
    said += os.read(port, 1)
if b"+CSQ: 5," not in said:
    raise SystemExit("no signal")
"""

TESTS = """
import sys

import pytest

HOST = (sys.executable, "-S", "host.py", "{port}")
pytestmark = pytest.mark.mipl(network={"signal": 5}, timing="fast", seed=3)


def test_all(mipl_explore):
    found = mipl_explore(*HOST, "all", urc=["cereg"], most=4)
    assert (len(found.tried), found.count("passed")) == (4, 4)


def test_one(mipl_explore):
    mipl_explore(*HOST, "one", urc=["cereg"])


def test_misspelt(mipl_explore):
    mipl_explore(*HOST, "all", urg=["cereg"])


@pytest.mark.mipl(network={"signal": 6})
def test_undisturbed(mipl_explore):
    mipl_explore(*HOST, "all")
"""


def test_a_search_in_a_test(project: Project) -> None:
    """V.250 5.7.1: an answer ends with its final result, whatever line comes first."""
    project.write({"host.py": HOST, "test_it.py": TESTS})
    done = project.run()
    assert done.results == {
        "test_all": "passed",
        "test_one": "failed",
        "test_misspelt": "failed",
        "test_undisturbed": "failed",
    }
    assert "--fault 'reply +CSQ: insert \"+CEREG: 1\"'" in done.told["test_one"]
    assert "it said last: no signal" in done.told["test_one"]
    assert "a search has no 'urg'; did you mean urc?" in done.told["test_misspelt"]
    assert "the host does not pass undisturbed" in done.told["test_undisturbed"]
