"""The test in docs/quirks/README.md that keeps a bug of the field, with a program that passes it
and one that does not."""

import re
import sys
from pathlib import Path

from tests.plugin.conftest import Project

PAGE = Path(__file__).parents[2] / "docs" / "quirks" / "README.md"
HOST = """
import os, select, sys

port = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)


def until(*ends, seconds):
    heard = b""
    while not any(end in heard for end in ends):
        if not select.select([port], [], [], seconds)[0]:
            return heard
        heard += os.read(port, 999)
    return heard


def command(line):
    os.write(port, line + b"\\r")
    until(b"OK", b"ERROR", seconds=5)


while True:
    command(b'AT+MIPLCREATEEX="183.230.40.40:5683",0')
    os.write(port, b"AT+MIPLOPEN=0,3000,1\\r")
    if b"0,6" in until(b"0,6", b"0,8", b"0,7", seconds=30):
        break
    PATIENT
    command(b"AT+MIPLDELETE=0")
until(b"for ever", seconds=600)
"""

HOSTS = {"gives_up": "pass", "waits": "until(b'for ever', seconds=600)"}


def test_a_bug_of_the_field_stays_a_test(project: Project) -> None:
    [block] = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    good, bad = (block.replace('"build/firmware"', f'{sys.executable!r}, "{n}.py"') for n in HOSTS)
    project.write({f"{name}.py": HOST.replace("PATIENT", what) for name, what in HOSTS.items()})
    project.write({"test_good.py": good})
    project.write({"test_bad.py": bad.replace("def test_it", "def test_bad").replace("60", "1")})
    assert project.run().results == {
        "test_it_gives_up_a_login_that_never_ends": "passed",
        "test_bad_gives_up_a_login_that_never_ends": "failed",
    }
