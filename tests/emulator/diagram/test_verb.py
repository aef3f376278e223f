"""`mipl show`: recordings of one and of several modems, as text and as pictures."""

import io
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from emulator.cli import main
from emulator.recording.lines import Head, head_line, line_of
from tests.emulator.diagram.journals import DAY, TEXT

TITLE = "MN316, dialect manual, mipl 1, secrets hidden\n"


def record(folder: Path, model: str = "MN316", end: str = "") -> Path:
    folder.mkdir(parents=True)
    lines = [head_line(Head("mipl 1", model, "manual")), *map(line_of, DAY)]
    text = "".join(f"{line}\n" for line in lines) + end
    (folder / "journal.jsonl").write_text(text, encoding="utf-8")
    return folder


def test_a_folder_and_its_journal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = record(tmp_path / "day")
    for name in (folder, folder / "journal.jsonl"):
        assert main(["show", str(name), "--width", "100"]) == 0
        assert capsys.readouterr() == (TITLE + TEXT, "")


def test_several_modems(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in (10, 9):
        record(tmp_path / f"modem{number}", f"M{number}")
    assert main(["show", str(tmp_path), "--kind", "lint"]) == 0
    titles = [line for line in capsys.readouterr().out.splitlines() if "dialect" in line]
    assert [title.partition(",")[0] for title in titles] == ["modem9: M9", "modem10: M10"]
    picture = tmp_path / "a.svg"
    assert main(["show", str(tmp_path), "--svg", str(picture)]) == 0
    assert capsys.readouterr().err == (
        f"mipl: {tmp_path}/a-modem9.svg: 18 rows\nmipl: {tmp_path}/a-modem10.svg: 18 rows\n"
    )
    ElementTree.parse(tmp_path / "a-modem9.svg")


def test_filters(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(record(tmp_path / "day"))
    words = ["--from", "1", "--to", "70", "--path", "/3200", "--mid", "4097", "--kind", "at"]
    assert main(["show", folder, *words, "--ascii"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert [line[10:14].strip() for line in out[2:] if line[:9].strip()] == ["9", "10", "13", "16"]
    assert out[-1].isascii()


def test_filters_that_leave_nothing_say_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = record(tmp_path / "day")
    assert main(["show", str(folder), "--mid", "5"]) == 0
    assert capsys.readouterr().err == (
        f"mipl: {folder}/journal.jsonl: no record is of this time, kind, path and message id\n"
    )


def test_a_recording_that_breaks_off(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = record(tmp_path / "day", end='{"number": 22')
    assert main(["show", str(folder), "--width", "100"]) == 3
    out, err = capsys.readouterr()
    assert out == TITLE + TEXT
    assert err == (
        f"mipl: {folder}/journal.jsonl:23: it is cut off: the program was killed, or the disk "
        "was full; what stands before it is shown\n"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere"], "nowhere: there is no such file or folder"),
        (["empty"], "empty: there is no journal.jsonl in it, nor in a folder in it; mipl run"),
        (["file"], "file:1: not JSON"),
        (["day", "--path", "rd"], "'rd' is no path; write /3200/0/5750, /3200/0 or /3200"),
        (["day", "--kind", "datagrm_in"], "did you mean 'datagram_in'?"),
        (["day", "--from", "5", "--to", "4"], "--from 5 --to 4: no time is between them"),
        (["day", "--from", "nan"], "no time is between them"),
        (["day", "--width", "20"], "--width 20 leaves no room; 60 or more"),
        (["day", "--svg", "a/b/c.svg"], "--svg a/b/c.svg: No such file or directory"),
    ],
)
def test_what_cannot_be_is_said(
    words: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    record(tmp_path / "day")
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("AT\n")
    assert main(["show", *words]) == 2
    out, err = capsys.readouterr()
    assert (out, said in err, err.count("\n")) == ("", True, 1)


def test_a_picture_with_no_room_for_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = record(tmp_path / "day")
    with (folder / "journal.jsonl").open("a", encoding="utf-8") as journal:
        for number in range(1000):
            again = DAY[1]._replace(number=100 + number, time=70.0 + number, data=b"AT\r")
            journal.write(line_of(again) + "\n")
    assert main(["show", str(folder), "--svg", str(tmp_path / "a.svg")]) == 0
    err = capsys.readouterr().err
    assert "18 more rows are not in it, 1000 is the limit" in err
    assert "--from 1051.000" in err


class _Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_colours_are_for_terminals_without_no_color(
    no_color: str, coloured: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = _Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("NO_COLOR", no_color)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["show", str(record(tmp_path / "day"))]) == 0
    assert ("\x1b[" in terminal.getvalue()) == coloured
    if not coloured:
        assert max(map(len, terminal.getvalue().splitlines()[1:])) <= 80


def test_where_the_encoding_has_no_lines_it_is_ascii(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    assert main(["show", str(record(tmp_path / "day"))]) == 0
    assert b"|------>|" in raw.getvalue()
