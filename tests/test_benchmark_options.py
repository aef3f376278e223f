"""`python -m benchmarks` says what is wrong with its options before it measures."""

import sys

import pytest

from benchmarks.__main__ import main


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--rounds", "0"], "0 is less than 1"),
        (["--count", "399"], "399 is less than 400"),
        (["--count", "x"], "invalid"),
    ],
)
def test_too_few_to_measure(
    words: list[str],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "argv", ["benchmarks", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


def test_no_such_section(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["benchmarks", "--only", "of the moon"])
    assert main() == 2
    assert "start-up" not in (out := capsys.readouterr().out)
    assert "from start to device path" in out
