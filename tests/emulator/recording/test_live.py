"""Packets into a pipe: whoever reads, or does not, the modem goes on."""

import asyncio
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from emulator.journal import Record
from emulator.modem import ModemSettings
from emulator.recording import live
from emulator.recording.live import Live

pytestmark = pytest.mark.asyncio(loop_factories=["real"])

SETTINGS = ModemSettings(seed=7)
SECTION = bytes.fromhex("0a0d0d0a")
PATIENCE = 20.0


class Reader:
    """The other end of a pipe, which waits for bytes with a deadline."""

    def __init__(self, pipe: Path) -> None:
        self._file = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        self.data = bytearray()

    def read(self) -> int:
        try:
            piece = os.read(self._file, 1 << 20)
        except BlockingIOError:
            return 0
        self.data += piece
        return len(piece)

    async def until(self, wanted: bytes) -> None:
        async with asyncio.timeout(PATIENCE):
            while wanted not in self.data:
                self.read()
                await asyncio.sleep(0.005)

    def close(self) -> None:
        os.close(self._file)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "LOOK_SECONDS", 0.01)


@pytest.fixture
def pipe(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "pipe"
    assert not (tmp_path / "pipe").exists()


def line(number: int, data: bytes = b"OK\r\n") -> Record:
    return Record(number, 0, asyncio.get_running_loop().time(), "serial_out", data)


async def test_a_reader_gets_a_capture_that_begins_with_it(pipe: Path) -> None:
    with Live(pipe, SETTINGS) as sink:
        assert pipe.is_fifo()
        sink(line(1))  # nobody reads
        reader = Reader(pipe)
        await reader.until(SECTION)
        sink(line(2))
        await reader.until(b"record 2")
        assert reader.data.startswith(SECTION) and b"record 1" not in reader.data
        reader.close()


async def test_a_reader_may_leave_and_another_begins_anew(pipe: Path) -> None:
    with Live(pipe, SETTINGS) as sink:
        for number in (1, 2, 3):
            reader = Reader(pipe)
            await reader.until(SECTION)
            sink(line(number))
            await reader.until(b"record %d" % number)
            assert reader.data.startswith(SECTION)
            reader.close()
            if number == 1:
                sink(line(9))
            async with asyncio.timeout(PATIENCE):
                while sink.is_read:  # it is seen also without anything to write
                    await asyncio.sleep(0)


async def test_a_reader_that_is_too_slow_misses_packets_and_is_told(
    pipe: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(live, "QUEUE_LIMIT", 100_000)
    with Live(pipe, SETTINGS) as sink, caplog.at_level(logging.WARNING, "mipl.recording"):
        reader = Reader(pipe)
        await reader.until(SECTION)
        for number in range(10, 100):
            sink(line(number, b"x" * 10_000))
        assert [each.getMessage() for each in caplog.records] == [
            f"{pipe} is read too slowly: packets are dropped"
        ]
        await reader.until(b"record 15")
        async with asyncio.timeout(PATIENCE):
            while len(caplog.records) < 2:
                reader.read()
                await asyncio.sleep(0.005)
        sink(line(200))
        await reader.until(b"record 200")
        told = caplog.records[1].getMessage()
        seen = sum(b"record %d" % number in reader.data for number in range(10, 100))
        assert told == f"{90 - seen} packets are missing in what {pipe} was read"
        assert len(reader.data) % 4 == 0  # whole blocks
        reader.close()


async def test_what_is_no_pipe_stays_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    with pytest.raises(FileExistsError, match="is there, and no pipe"):
        Live(file, SETTINGS)
    assert file.read_text() == "mine"


async def test_a_pipe_that_was_there_stays(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with Live(pipe, SETTINGS):
        pass
    assert pipe.is_fifo()
