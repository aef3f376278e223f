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


def test_help_names_the_parts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["benchmarks", "--help"])
    with pytest.raises(SystemExit, match="^0$"):
        main()
    told = " ".join(capsys.readouterr().out.split())
    assert (
        "at, many, notify, read, get, register, login, dtls, start, memory, days, cost, where"
    ) in told
