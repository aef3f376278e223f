"""`python -m benchmarks` says what is wrong with its options before it measures."""

import sys

import pytest

from benchmarks.__main__ import main


def test_no_such_part(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["benchmarks", "--only", "at", "--only", "memry"])
    assert main() == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("--only memry: there are at, many, notify,")
    assert err.endswith("; did you mean memory?\n")
