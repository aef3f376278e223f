"""`mipl firmware`: what it writes, what it says, how it ends (design 3)."""

from pathlib import Path

import pytest

from emulator.cli import main


def test_it_writes_a_package(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The layout of emulator.fota.package: 74 bytes are 12 and 62, 7 bytes of RAM."""
    file = tmp_path / "new.bin"
    words = ["firmware", "mn316", "MN316_2.0.0", str(file), "--size=74", "--memory=7"]
    assert main(words) == 0
    written = file.read_bytes()
    assert written[:8] == b"MIPL\x00\x00\x00\x3e"
    assert written[12:] == b"\x00\x00\x00\x07\x05MN316\x0bMN316_2.0.0" + bytes(40)
    said = f"mipl: {file}: 74 bytes, version MN316_2.0.0 for MN316\n"
    assert capsys.readouterr() == ("", said)


def test_without_options_it_has_4096_bytes(tmp_path: Path) -> None:
    assert main(["firmware", "MN316", "2", str(tmp_path / "new.bin")]) == 0
    assert (tmp_path / "new.bin").stat().st_size == 4096


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["MN317", "2"], "there is no model 'MN317'; did you mean"),
        (["MN316", "two words"], "'two words' is not 1 to 64 printable"),
        (["MN316", "2", "--memory=-1"], "-1 bytes of RAM"),
        (["MN316", "2", "--size=-1"], "-1 bytes are not 0 to 1048576"),
        (["MN316", "2", "--size=10000000000"], "10000000000 bytes are not 0 to 1048576"),
    ],
)
def test_bad_usage_ends_with_2_and_writes_nothing(
    words: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "new.bin"
    assert main(["firmware", *words[:2], str(file), *words[2:]]) == 2
    assert said in capsys.readouterr().err
    assert not file.exists()


def test_a_file_that_cannot_be_written_ends_with_3(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["firmware", "MN316", "2", str(tmp_path / "none" / "new.bin")]) == 3
    assert "mipl firmware: " in capsys.readouterr().err
