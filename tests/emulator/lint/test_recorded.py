"""`mipl lint DIR`: the lint over recordings."""

import json
from pathlib import Path

import pytest

from emulator.cli import main
from emulator.journal import Record
from emulator.recording.lines import Head, head_line, line_of

LATE = [
    Record(1, 0, 1.0, "serial_out", b"\r\n+MIPLREAD: 0,500,3200,0,-1\r\n"),
    Record(2, 0, 7.2, "serial_in", b'At+MIPLREADRSP=0,500,1,3200,0,5750,1,4,"abcd",0,0\r'),
    Record(3, 2, 7.2, "command", text='At+MIPLREADRSP=0,500,1,3200,0,5750,1,4,"abcd",0,0'),
    Record(4, 2, 7.2, "serial_out", b"\r\nOK\r\n"),
    Record(5, 2, 7.2, "lint", text="prefix [manual 2.1]: found then, and not to be counted again"),
]


def record(folder: Path, head: Head, records: list[Record], end: str = "") -> str:
    folder.mkdir()
    text = "".join(f"{line}\n" for line in (head_line(head), *map(line_of, records))) + end
    (folder / "journal.jsonl").write_text(text, encoding="utf-8")
    return str(folder)


HEAD = Head("p", "MN316", "manual")


def test_what_is_found_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """5 s: manual 3.11 note 4."""
    folder = record(tmp_path / "day", HEAD, LATE)
    assert main(["lint", folder]) == 1
    out, err = capsys.readouterr()
    file, lines = f"{folder}/journal.jsonl", out.splitlines()
    assert lines[0].startswith(f"{file}: 7.200 s, record 2: prefix [manual 2.1]: ")
    assert lines[1] == "  Begin every line with AT or at; write nothing before it."
    assert lines[2].startswith(f"{file}: 7.200 s, record 2: late-answer [manual 3.11 note 4")
    assert "(6.2 s after +MIPLREAD: 0,500,3200,0,-1)" in lines[2]
    assert err == "mipl: lint: 2 findings: prefix 1, late-answer 1\n"


def test_nothing_is_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = record(tmp_path / "day", HEAD, LATE[:1])
    assert main(["lint", folder, "--only", "late-answer"]) == 0
    assert capsys.readouterr() == ("", "mipl: lint: no findings\n")


def test_rules_are_chosen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = record(tmp_path / "day", HEAD, LATE)
    assert main(["lint", folder, "--only", "prefix", "--json"]) == 1
    [file] = json.loads(capsys.readouterr().out)["files"]
    assert (file["file"], file["counts"]) == (f"{folder}/journal.jsonl", {"prefix": 1})
    [finding] = file["findings"]
    assert (finding["rule"], finding["time"], finding["record"]) == ("prefix", 7.2, 2)
    assert main(["lint", folder, "--ignore", "prefix", "--ignore", "late-answer"]) == 0


BOOT = [
    Record(1, 0, 0.0, "reboot", text="by reset"),
    Record(2, 0, 0.3, "serial_in", b"AT+CSQ\r"),
]


@pytest.mark.parametrize(
    ("head", "before", "code"),
    [
        (HEAD, [], 1),  # module timing: it boots for 0.5 s
        (Head("p", "MN316", "manual", timing="fast"), [], 0),
        (Head("p", "MN316", "manual", quirks={"boot_ms": "100"}), [], 0),
        (HEAD, [Record(9, 0, 0.0, "quirk", text="boot_ms=100 reply_delay_ms=5")], 0),
    ],
)
def test_the_module_is_as_it_was(
    head: Head, before: list[Record], code: int, tmp_path: Path
) -> None:
    folder = record(tmp_path / "day", head, [*before, *BOOT])
    assert main(["lint", folder, "--only", "command-while-booting"]) == code


@pytest.mark.parametrize(
    ("head", "words", "said"),
    [
        (Head("p", "MN999", "manual"), [], "journal.jsonl:1: "),
        (Head("p", "MN316", "manual", quirks={"boot": "1"}), [], "did you mean 'boot_ms'"),
        (HEAD, ["--only", "prefx"], "did you mean 'prefix'"),
        (HEAD, ["--rules"], "--rules lists all rules, and looks at no recording"),
    ],
)
def test_bad_usage(
    head: Head, words: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["lint", record(tmp_path / "day", head, LATE), *words]) == 2
    out, err = capsys.readouterr()
    assert (out, said in err) == ("", True)


def test_a_recording_that_breaks_off(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = record(tmp_path / "day", HEAD, LATE[:1], "{")
    assert main(["lint", folder, "--only", "prefix"]) == 3
    assert "journal.jsonl:3: it is cut off" in capsys.readouterr().err
