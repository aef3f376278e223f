"""The files of a recording: new, whole at every moment, and of no harm to the modem."""

import asyncio
import logging
import resource
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from emulator.conditions import Conditions
from emulator.diagram.text import title
from emulator.faults.grammar import parse_fault
from emulator.journal import Record
from emulator.modem import ModemSettings
from emulator.recording.files import Recording, Start
from emulator.recording.reader import Reading
from emulator.virtual_time import VirtualLoop
from tests.recorded import record_day

virtual = pytest.mark.asyncio(loop_factories=["virtual"])

SETTINGS = ModemSettings(imei="861234509876543", seed=7, quirks={"urc_gap_ms": 100})


@virtual
async def test_a_recording_begins_with_what_it_is_of(tmp_path: Path) -> None:
    with Recording(tmp_path / "day", SETTINGS):
        pass
    head = (tmp_path / "day" / "journal.jsonl").read_text()
    assert head.endswith(
        '"model": "MN316", "dialect": "manual", "timing": "module", "seed": 7, '
        '"quirks": {"urc_gap_ms": "100"}, "faults": [], "network": {}, "scenario": null, '
        '"start": null, "redacted": true}\n'
    )


# each with what a head has of it: as long, and without what may be a key
FAULTS = {
    "command +MIPLNOTIFY nth 3: busy": "command +MIPLNOTIFY nth 3: busy",
    'urc match "0,6": delay 5s': 'urc match "0,6": delay 5s',
    'at-in match "1234abcd": drop': 'at-in match "********": drop',
    "at-in match /k?[ey]abcdef/: drop": "at-in match /************/: drop",
    'at-in match "AT+MIPLCREATEEX=\\"x:5684\\",0,,\\"ab\\"": drop': (
        'at-in match "AT+MIPLCREATEEX=\\"x:5684\\",0,*******": drop'
    ),
    'urc match "861234509876543": drop': 'urc match "***************": drop',
}


@virtual
@pytest.mark.parametrize("show_secrets", [False, True])
async def test_a_head_names_what_goes_wrong_and_keeps_its_secrets(
    tmp_path: Path, show_secrets: bool
) -> None:
    settings = replace(
        SETTINGS, faults=tuple(map(parse_fault, FAULTS)), conditions=Conditions(signal=5)
    )
    folder = tmp_path / "day"
    with Recording(folder, settings, scenario="night.yaml", show_secrets=show_secrets):
        pass
    with (folder / "journal.jsonl").open("rb") as stream:
        head = Reading(stream, "j").head
    assert head.faults == tuple(FAULTS if show_secrets else FAULTS.values())
    assert head.network == {"signal": "5"} and head.scenario == "night.yaml"
    told = title(head)
    assert "signal=5" in told and "scenario night.yaml" in told
    assert "fault 'command +MIPLNOTIFY nth 3: busy'" in told


@pytest.mark.asyncio(loop_factories=["real"])
async def test_in_real_time_it_says_when_it_began(tmp_path: Path) -> None:
    with Recording(tmp_path / "day", SETTINGS) as recording:
        recording(Record(1, 0, asyncio.get_running_loop().time(), "reset"))
    with (tmp_path / "day" / "journal.jsonl").open("rb") as stream:
        reading = Reading(stream, "j")
        (record,) = reading
    assert reading.head.start is not None and reading.head.start.endswith("+00:00")
    assert 0 <= record.time < 5


def test_what_has_happened_may_be_written_down_later(tmp_path: Path) -> None:
    """Without a loop; times are from the start on."""
    with Recording(tmp_path / "day", SETTINGS, start=Start(100.0, 86400.0)) as recording:
        recording(Record(1, 0, 102.5, "reset"))
    head, line = (tmp_path / "day" / "journal.jsonl").read_text().splitlines()
    assert '"start": "1970-01-02T00:00:00.000000+00:00"' in head
    assert line == '{"number": 1, "cause": 0, "time": 2.5, "kind": "reset"}'


def test_two_days_with_one_seed_are_alike_to_the_byte(tmp_path: Path) -> None:
    days = [tmp_path / "one", tmp_path / "two"]
    for day in days:
        with asyncio.Runner(loop_factory=VirtualLoop) as runner:
            runner.run(record_day(day))
    for name in ("journal.jsonl", "recording.pcapng"):
        assert (days[0] / name).read_bytes() == (days[1] / name).read_bytes()


@virtual
async def test_every_record_is_in_the_file_when_it_has_happened(tmp_path: Path) -> None:
    with Recording(tmp_path / "day", SETTINGS) as recording:
        for number in range(1, 4):
            recording(Record(number, 0, 0.0, "serial_out", b"OK\r\n"))
            with (tmp_path / "day" / "journal.jsonl").open("rb") as stream:
                assert [each.number for each in Reading(stream, "j")][-1] == number


@virtual
async def test_no_recording_is_overwritten(tmp_path: Path) -> None:
    with Recording(tmp_path / "day", SETTINGS):
        pass
    before = (tmp_path / "day" / "journal.jsonl").read_bytes()
    with pytest.raises(FileExistsError):
        Recording(tmp_path / "day", SETTINGS)
    assert (tmp_path / "day" / "journal.jsonl").read_bytes() == before


@pytest.fixture
def small_files() -> Iterator[int]:
    """No file of this process may become larger."""
    limit = 2000
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    yield limit
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@virtual
async def test_a_full_disk_ends_a_file_at_its_last_whole_line_and_the_modem_goes_on(
    small_files: int, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "mipl.recording"):
        printed = await record_day(tmp_path / "day")
    assert "+MIPLEVENT: 0,6" in printed and printed[-1] == "OK"
    journal = tmp_path / "day" / "journal.jsonl"
    assert 0 < journal.stat().st_size <= small_files
    with journal.open("rb") as stream:
        reading = Reading(stream, "j")
        assert len(list(reading)) > 3
    assert reading.trouble is None
    assert [each.getMessage() for each in caplog.records if "journal" in each.getMessage()] == [
        f"{journal} ends here: File too large; the module goes on unrecorded"
    ]
