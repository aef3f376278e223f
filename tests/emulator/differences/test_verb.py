"""`mipl compare`: a program on real devices, with several models."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from emulator.cli import main

# A host without any library: says lines, waits for the result of each, ends with a code.
HOST = """
import os, sys, tty
port = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
tty.setraw(port)

def ask(line):
    os.write(port, line.encode() + b"\\r")
    said = b""
    while not said.endswith((b"OK\\r\\n", b"601\\r\\n", b"ERROR\\r\\n")):
        said += os.read(port, 100)
    return said.decode().split()[-1]

ask("AT+MIPLCREATE")
"""
CFG = "result = ask('AT+MIPLCFG=\"platform\",0,2')\n"

Compare = Callable[..., int]


@pytest.fixture
def compare(tmp_path: Path) -> Compare:
    """`compare(program, "--models", "A,B")`: the exit code."""

    def run(program: str, *words: str) -> int:
        file = tmp_path / "host.py"
        file.write_text(HOST + program)
        usual = ("compare", "--timing", "fast", "--seed", "7", *words, "--")
        return main([*usual, sys.executable, "-S", str(file), "{port}"])

    return run


def test_a_result_that_differs_manual_4_1(
    compare: Compare, capsys: pytest.CaptureFixture[str]
) -> None:
    """ML305A knows no platform 2: 601 (decisions 7)."""
    assert compare(CFG, "--models", "MN316,ml305a") == 0
    out, err = capsys.readouterr()
    assert "| passed | passed; result 1 |\n" in out
    assert (
        '  host   > AT+MIPLCFG="platform",0,2\n- module < OK\n+ module < +CIS ERROR: 601\n' in out
    )
    assert err == (
        "mipl: seed 7 (--seed 7 lets chance decide the same again)\n"
        "mipl: MN316: passed\nmipl: ML305A: passed\n"
    )


def test_whoever_wants_the_same_dialogue_gets_1_and_json(
    compare: Compare, capsys: pytest.CaptureFixture[str]
) -> None:
    assert compare(CFG, "--models", "MN316,ML305A", "--same", "--json") == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["failed"], found["same"]) == (False, False)
    assert found["rows"][0]["cells"][1]["first"]["second"] == "+CIS ERROR: 601"


def test_a_host_that_fails_with_one_model(
    compare: Compare, capsys: pytest.CaptureFixture[str]
) -> None:
    program = CFG + "print('platform', result)\nsys.exit(3 if result != 'OK' else 0)\n"
    assert compare(program, "--models", "MN316,ML305A") == 1
    out = capsys.readouterr().out
    assert "| passed | failed; result 1 |\n" in out
    assert "\nFailed: exit code 3; it said last: platform 601\n" in out


def test_a_host_that_crashes(compare: Compare, capsys: pytest.CaptureFixture[str]) -> None:
    program = "import os; print('last words', flush=True); os.kill(os.getpid(), 11)"
    assert compare(program, "--models", "MN316,ML305A") == 1
    assert (
        "\nFailed: has crashed, or was killed: signal 11, SIGSEGV; it said last: last words\n"
    ) in capsys.readouterr().out


def test_a_host_without_end_is_ended_by_a_line_or_by_the_limit(
    compare: Compare, capsys: pytest.CaptureFixture[str]
) -> None:
    """The limit is a failure, the line is none."""
    forever = CFG + "while True: os.read(port, 1)\n"
    words = ("--models", "MN316,ML305A", "--until", "+CIS ERROR: 601", "--limit", "0.5")
    assert compare(forever, *words) == 1
    assert capsys.readouterr().err.splitlines()[1:] == [
        "mipl: MN316: failed: not within 0.5 s: +CIS ERROR: 601 from the module",
        "mipl: ML305A: passed",
    ]


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["--models", "MN316,MN31X", "--", "x"], "no model 'MN31X'; did you mean MN31"),
        (["--models", "MN316", "--", "x"], "--models MN316: two are needed, the first is"),
        (["--models", "MN316,mn316", "--", "x"], "two are needed"),
        (
            ["--quirk", "mipl_colo=none", "--", "x"],
            "no quirk 'mipl_colo'; did you mean 'mipl_colon'",
        ),
        (["--limit", "0", "--", "x"], "--limit 0 is not between 0 and"),
        (["--limit", "nan", "--", "x"], "--limit nan is not between 0 and"),
        ([], "which program is the host? mipl compare -- build/firmware {port}"),
        (["--"], "which program is the host?"),
        (["--", "./nosuch", "{port}"], "there is no such program; has it been built?"),
    ],
)
def test_bad_input_is_one_sentence_and_2(
    words: list[str], text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", *words]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert text in err.splitlines()[-1] and err.splitlines()[-1].startswith("mipl compare: ")
