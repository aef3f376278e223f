"""`mipl replay` and `mipl diff` on the command line."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from emulator.cli import main
from emulator.faults.grammar import parse_fault
from emulator.journal import Record
from emulator.modem import ModemSettings
from emulator.recording.reader import Reading
from emulator.replay.diffing import datagrams
from emulator.virtual_time import VirtualLoop
from tests.recorded import record_day
from tests.replay.test_replay import LOGIN, REPORT

Log = Callable[..., Path]
Printed = pytest.CaptureFixture[str]


def _record(folder: Path, **more: object) -> None:
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(record_day(folder, **more))  # type: ignore[arg-type]


def test_a_recording_replays_with_the_module_that_it_is_of(tmp_path: Path, capsys: Printed) -> None:
    _record(tmp_path / "day", settings=ModemSettings("MN318", quirks={"read_fields": 6}))
    assert main(["replay", str(tmp_path / "day")]) == 0
    assert "all as MN318 says them" in capsys.readouterr().out


def test_a_line_of_a_recording_is_told_by_the_number_of_its_record(
    tmp_path: Path, capsys: Printed
) -> None:
    _record(tmp_path / "a")
    _record(tmp_path / "b", report="efgx")
    assert main(["diff", str(tmp_path / "a"), str(tmp_path / "b"), "--json"]) == 1
    parts = json.loads(capsys.readouterr().out)["parts"]
    serial, network = (part["differences"][0] for part in parts)
    with (tmp_path / "a" / "journal.jsonl").open("rb") as stream:
        records = {record.number: record for record in Reading(stream, "a")}
    assert b'"efgh",0,0\r' in records[int(serial["line"])].data
    assert b"efgh" in records[int(network["line"])].data
    assert records[int(network["line"])].kind == "datagram_out"


def test_a_folder_of_several_modems_is_told(tmp_path: Path, capsys: Printed) -> None:
    (tmp_path / "day").mkdir()
    for name in ("modem0", "modem1"):
        _record(tmp_path / "day" / name)
    assert main(["replay", str(tmp_path / "day")]) == 2
    assert capsys.readouterr().err == (
        f"mipl replay: {tmp_path / 'day'}: is of several modems; name one of them: "
        f"{tmp_path / 'day' / 'modem0'}\n"
    )


def test_what_a_replay_does_without_is_told(tmp_path: Path, capsys: Printed) -> None:
    fault = parse_fault("command +MIPLNOTIFY: busy")
    _record(tmp_path / "day", settings=ModemSettings(faults=(fault,)))
    assert main(["replay", str(tmp_path / "day"), "--no-explain"]) == 1
    told = capsys.readouterr().err
    assert "recorded with --fault 'command +MIPLNOTIFY: busy'; a replay does without" in told


def test_two_recordings_with_other_seeds_are_the_same(tmp_path: Path, capsys: Printed) -> None:
    for seed in (1, 2):
        _record(tmp_path / f"day{seed}", settings=ModemSettings(seed=seed, timing="fast"))
    one, other = str(tmp_path / "day1"), str(tmp_path / "day2")
    assert main(["diff", one, other]) == 0
    assert f"{one} and {other} are the same" in capsys.readouterr().out


def test_where_the_platform_keeps_a_registration_is_its_own_choice() -> None:
    """RFC 7252 3, 5.10.1, 5.10.7: 2.01 with the Location-Path rd, 880a00f8, and DELETE of it."""

    def told(place: str) -> list[str]:
        path = "08" + place.encode().hex()
        created = bytes.fromhex(f"60410001 827264 {path}")
        delete = bytes.fromhex(f"40040002 b27264 {path}")
        longer = bytes.fromhex(f"40040003 b27264 09{place.encode().hex()}31")
        records = (
            Record(1, 0, 0.0, "datagram_in", created),
            Record(2, 0, 0.0, "datagram_out", delete),
            Record(3, 0, 0.0, "datagram_out", longer),
        )
        return [entry.text for entry in datagrams(records)]

    one, other = told("880a00f8"), told("9f46fb55")
    assert one[:2] == other[:2] == ["ACK 2.01 location /<location>", "CON DELETE /<location>"]
    assert one[2] == "CON DELETE /rd/880a00f81"  # another place


def test_two_recordings_that_differ_on_the_line_and_on_the_network(
    tmp_path: Path, capsys: Printed
) -> None:
    _record(tmp_path / "a")
    _record(tmp_path / "b", report="efgx")
    assert main(["diff", str(tmp_path / "a"), str(tmp_path / "b"), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert [part["title"] for part in found["parts"]] == ["the serial line", "the network"]
    serial, network = (part["differences"][0] for part in found["parts"])
    assert serial["kind"] == "host"
    assert serial["first"].endswith('"efgh",0,0') and serial["second"].endswith('"efgx",0,0')
    assert network["kind"] == "module" and "65666768" in network["first"]  # efgh


def test_what_is_the_same_at_the_start_is_passed_over(log: Log, capsys: Printed) -> None:
    asked = ("+MIPLREAD: 0,1,3200,0,-1", "AT+MIPLREADRSP=0,1,11", "OK")
    same = ("AT", "OK") * 5000
    other = tuple(line.replace("0,1,", "0,9,") for line in asked)
    one, two = log(*same, *asked, *REPORT), log(*same, *other, REPORT[0], "ERROR")
    assert main(["diff", str(one), str(two)]) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"the serial line: {one}:10005, {two}:10005: a command ends with another result",
        "    < +MIPLREAD: 0,1,3200,0,-1",
        "    > AT+MIPLREADRSP=0,1,11",
        "    < OK",
        f"    > {REPORT[0]}",
        "  - < OK",
        "  + < ERROR",
        "1 more differences; --all lists them",
    ]


def test_the_order_in_which_lines_come_is_a_matter_of_time(log: Log, capsys: Printed) -> None:
    lines = ("AT", "OK", "+MIPLEVENT: 0,26,1", "AT+CGATT?", "+CGATT: 1", "OK")
    one = log(*lines)
    assert main(["diff", str(one), str(log(*lines[:2], *lines[3:], lines[2]))]) == 0
    assert main(["diff", str(one), str(log(*lines[:3], "AT+CGATT?", "OK"))]) == 1


def test_a_replay_for_tools(log: Log, capsys: Printed) -> None:
    file = log(*LOGIN[:1], "+MIPLCREATEEX:0", "OK")
    assert main(["replay", str(file), "--json", "--dialect", "manual"]) == 1
    captured = capsys.readouterr()
    found = json.loads(captured.out)
    assert (found["format"], found["module"], found["same"], found["count"]) == (
        "plain",
        "MN316",
        False,
        1,
    )
    assert found["first"] == {
        "kind": "spelling",
        "line": 2,
        "log": "+MIPLCREATEEX:0",
        "module": "+MIPLCREATEEX: 0",
        "why": "",
    }
    assert found["explanation"]["options"] == "--dialect field"
    assert "mipl: the log does not say who said what" in captured.err


def test_a_log_that_breaks_off_is_played_up_to_there(log: Log, capsys: Printed) -> None:
    file = log("AT", "OK", b"\x01\x02\x03\x04" * 20, "AT", "ERROR")
    assert main(["replay", str(file)]) == 0
    said = capsys.readouterr()
    assert f"{file}: 1 lines of the module, all as MN316 says them" in said.out
    assert f"mipl: {file}:3: it is no text: 80 of its 80 characters are none" in said.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["{log}", "--model", "MN31"], "there is no"),
        (["{log}", "--quirk", "mipl_colon=non"], "did you mean 'none'?"),
        (["{log}", "--platform-kind", "onnet"], "did you mean onenet?"),
        (["{log}", "--format", "puty"], "did you mean 'putty'?"),
        (["{log}x"], "cannot be read (No such file or directory)"),
        (["{log}", "--make-test", "{log}"], "is there already; name a new file, or remove it"),
        (["{silent}"], "no line of it is a command of the host"),
    ],
)
def test_what_cannot_be(log: Log, capsys: Printed, arguments: list[str], words: str) -> None:
    names = {"log": log("AT", "OK"), "silent": log("OK", "+CSQ: 1,99")}
    assert main(["replay", *(each.format(**names) for each in arguments)]) == 2
    captured = capsys.readouterr()
    assert words in captured.err and not captured.out


def test_hidden_characters_are_played_and_told(log: Log, capsys: Printed) -> None:
    """As a recording without secrets has them: manual 4.6, 4.7."""
    create = 'AT+MIPLCREATEEX="183.230.40.40:5683",0,"******"'
    shown = ("AT+MIPLDEVINFO?", '+MIPLDEVINFO: "183.230.40.40:5683",0,"******"', "OK")
    assert main(["replay", str(log(create, *LOGIN[1:3], *shown)), "--dialect", "manual"]) == 0
    assert "line 1: characters are hidden in it" in capsys.readouterr().err
