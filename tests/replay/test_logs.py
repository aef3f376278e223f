"""A log of each format that people have, written by hand: it is known by itself, reads as the same
dialogue, and replays (manual 5.1 in dialect field: HF 2, 3)."""

from pathlib import Path

import pytest

from emulator.replay.reading import LogReading
from emulator.replay.running import Wish, replay_file

LOGS = Path(__file__).parent / "logs"

DIALOGUE = """
> ATE0
< OK
> AT+CGSN=1
< +CGSN:869975030000461
< OK
> AT+CSQ
< +CSQ:17,99
< OK
> AT+CEREG?
< +CEREG:0,1
< OK
> AT+MIPLCREATEEX="183.230.40.40:5683",0
< +MIPLCREATEEX:0
< OK
> AT+MIPLADDOBJ=0,3200,1,"1",0,1
< OK
> AT+MIPLDISCOVERRSP=0,3200,1,9,"5500;5750"
< OK
> AT+MIPLOPEN=0,86400,30
< OK
< +MIPLEVENT:0,6
< +MIPLOBSERVE:0,11001,1,3200,0,-1
< +MIPLDISCOVER:0,11002,3200
> AT+MIPLNOTIFY=0,0,3200,0,5750,1,5,"21.5C",0,0,7
< OK
< +MIPLEVENT:0,26,7
> AT+MIPLNOTIFY=0,0,3200,0,5500,5,1,0,0,0,8
< OK
< +MIPLEVENT:0,26,8
< +MIPLREAD:0,11003,3200,0,5750
> AT+MIPLREADRSP=0,11003,1,3200,0,5750,1,5,"21.5C",0,0
< OK
< +MIPLWRITE:0,11004,3200,0,5500,5,1,1,0
> AT+MIPLWRITERSP=0,11004,2
< OK
< +MIPLEXECUTE:0,11005,3200,0,5501,5,"reset"
> AT+MIPLEXECUTERSP=0,11005,2
< OK
> AT+MIPLCLOSE=0
< OK
< +MIPLEVENT:0,15
> AT+MIPLDELETE=0
< OK
""".strip().splitlines()

# The format that a file is known by, whether it tells times, and whether it says who said what.
FILES = {
    "minicom.cap": ("minicom", False, False),
    "minicom-stamps.cap": ("minicom", True, False),
    "putty.log": ("putty", False, False),
    "securecrt.log": ("securecrt", True, False),
    "securecrt-clock.log": ("securecrt", True, False),
    "teraterm.log": ("teraterm", True, False),
    "sscom.txt": ("sscom", True, True),
    "plain.txt": ("plain", False, True),
    "verbose.txt": ("verbose", True, True),
    "transcript.txt": ("transcript", True, True),
}


@pytest.mark.parametrize("name", FILES)
def test_a_log_is_known_by_itself_and_reads_as_the_same_dialogue(name: str) -> None:
    format_, timed, sure = FILES[name]
    with (LOGS / name).open("rb") as stream:
        reading = LogReading(stream, name)
        entries = list(reading)
    assert (reading.format.name, reading.trouble) == (format_, None)
    signs = {"host": ">", "module": "<"}
    said = [f"{signs[entry.by]} {entry.text}" for entry in entries]
    if name == "transcript.txt":  # which has names where the others have message ids
        said = [_with_ids(line) for line in said]
    assert said == DIALOGUE
    assert {entry.sure for entry in entries} == {sure}
    assert (entries[-1].at is not None) is timed


def _with_ids(line: str) -> str:
    for n in range(1, 6):
        line = line.replace(f"{{m{n}}}", f"1100{n}")
    return line


@pytest.mark.parametrize("name", FILES)
def test_it_replays(name: str) -> None:
    outcome = replay_file(LOGS / name, Wish(dialect="field", explain=False))
    assert outcome.is_same, outcome.matching.found
    assert outcome.matching.compared == 27  # all of the module but the IMEI's line


def test_the_times_are_those_of_the_log() -> None:
    """SSCOM's stamps: 09:58:40.099 of the first line, 09:58:41.619 and 09:58:50.470."""
    with (LOGS / "sscom.txt").open("rb") as stream:
        times = {e.text: e.at for e in LogReading(stream, "sscom.txt")}
    assert times["AT+CGSN=1"] == pytest.approx(1.520)
    assert times["+MIPLEVENT:0,6"] == pytest.approx(10.371)
