"""Events on the control channel: streams of lines behind the answer, one reader's pace each."""

import asyncio
import json
from pathlib import Path

import pytest

from emulator.control.calling import ask, follow
from emulator.control.following import Follower
from emulator.control.listening import ControlChannel
from emulator.modem import Modem

pytestmark = pytest.mark.asyncio(loop_factories=["real"])

ASK = b'{"version": 1, "verb": "events", "device": "memory:"}\n'


def _followers(modem: Modem) -> list[Follower]:
    return [sink for sink in modem.journal.sinks if isinstance(sink, Follower)]


async def test_a_reader_gets_its_lines_and_leaves_nothing_behind(
    modem: Modem, tmp_path: Path
) -> None:
    async with ControlChannel([modem], tmp_path / "c") as channel:
        reader, writer = await asyncio.open_unix_connection(channel.path)
        writer.write(ASK + ASK)  # nothing more is read behind the first
        assert await reader.readline() == b'{"version": 1, "result": {"following": true}}\n'
        modem.reset()
        assert json.loads(await reader.readline())["kind"] == "reset"
        writer.close()
        async with asyncio.timeout(20):
            while _followers(modem):
                await asyncio.sleep(0.001)


async def test_the_end_of_the_modem_is_the_end_of_the_stream(modem: Modem, tmp_path: Path) -> None:
    def read() -> list[str]:
        return list(follow("memory:", place=tmp_path / "c", after=0, kinds=["reset"]))

    async with ControlChannel([modem], tmp_path / "c"):
        modem.reset()
        reading = asyncio.create_task(asyncio.to_thread(read))
        async with asyncio.timeout(20):
            while not _followers(modem):
                await asyncio.sleep(0.001)
        assert (await asyncio.to_thread(ask, "reset", "memory:", place=tmp_path / "c"))["on"]
    kinds = [json.loads(line)["kind"] for line in await reading]
    assert kinds == ["reset", "reset"]
    assert not _followers(modem)


async def test_who_does_not_read_loses_the_oldest_and_is_told(modem: Modem, tmp_path: Path) -> None:
    async with ControlChannel([modem], tmp_path / "c") as channel:
        reader, writer = await asyncio.open_unix_connection(channel.path, limit=1 << 16)
        writer.write(ASK)
        await reader.readline()
        for _ in range(60):
            for _ in range(100):
                modem.journal.record(0.0, "bug", text="x" * 4000)
            await asyncio.sleep(0)
        modem.journal.record(0.0, "bug", text="the last")
        seen = missed = 0
        while b"the last" not in (line := await asyncio.wait_for(reader.readline(), 20)):
            found = json.loads(line)
            missed += found.get("missed", 0)
            seen += "missed" not in found
        assert missed > 0
        assert seen + missed == 6000
        writer.close()
