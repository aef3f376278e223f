"""The control channel on real sockets: found by path, private, swept, bounded."""

import asyncio
import os
import socket
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from emulator.control.calling import ask
from emulator.control.listening import CONNECTION_LIMIT, ControlChannel
from emulator.control.protocol import ControlError
from emulator.modem import Modem, ModemSettings
from emulator.outputs import OpenLink
from emulator.serial_end import SerialEnd

pytestmark = pytest.mark.asyncio(loop_factories=["real"])


async def _nowhere(link: OpenLink) -> tuple[str, int]:
    raise OSError("no such host")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "control"


@pytest_asyncio.fixture
async def modem(tmp_path: Path) -> AsyncIterator[Modem]:
    settings = ModemSettings(strict=True, timing="fast")
    async with Modem(SerialEnd(f"pty:{tmp_path}/modem0"), _nowhere, settings) as modem:
        yield modem


async def test_a_modem_is_found_by_its_device_and_by_its_link(
    modem: Modem, place: Path, tmp_path: Path
) -> None:
    async with ControlChannel([], place), ControlChannel([modem], place):
        for path, on in ((modem.port.name, False), (f"{tmp_path}/modem0", True)):
            result = await asyncio.to_thread(ask, "power", path, place=place, on=on)
            assert result == {"on": on} and modem.is_on is on


async def test_nobody_else_may_come_in(modem: Modem, place: Path) -> None:
    async with ControlChannel([modem], place) as channel:
        assert stat.S_IMODE(place.stat().st_mode) == 0o700
        assert stat.S_IMODE(channel.path.stat().st_mode) == 0o600
    assert list(place.iterdir()) == []


async def test_a_folder_that_others_may_enter_is_closed(modem: Modem, place: Path) -> None:
    place.mkdir()
    place.chmod(0o777)
    async with ControlChannel([modem], place):
        assert stat.S_IMODE(place.stat().st_mode) == 0o700


async def test_what_is_not_our_folder_is_not_used(modem: Modem, place: Path) -> None:
    place.symlink_to("/tmp")
    with pytest.raises(OSError, match="another user's"):
        await ControlChannel([modem], place).__aenter__()


async def test_sockets_of_the_dead_are_swept_away(modem: Modem, place: Path) -> None:
    place.mkdir(mode=0o700)
    for name in ("1-0.sock", "2-0.sock"):
        with socket.socket(socket.AF_UNIX) as dead:
            dead.bind(str(place / name))
    (place / "1-0.sock").rename(place / "0-0.sock")
    async with ControlChannel([modem], place) as channel:
        assert list(place.iterdir()) == [channel.path]
        with socket.socket(socket.AF_UNIX) as dead:
            dead.bind(str(place / "0-0.sock"))
        assert (await asyncio.to_thread(ask, "reset", modem.port.name, place=place))["on"]
        assert list(place.iterdir()) == [channel.path]


async def test_a_path_without_a_modem_is_said(modem: Modem, place: Path) -> None:
    async with ControlChannel([modem], place):
        for path in ("/dev/null", "/no/such/path", "tcp:1"):
            with pytest.raises(ControlError, match=f"no running modem is at '{path}'"):
                await asyncio.to_thread(ask, "reset", path, place=place)


async def test_several_requests_on_one_connection_are_answered_in_order(
    modem: Modem, place: Path
) -> None:
    async with ControlChannel([modem], place) as channel:
        reader, writer = await asyncio.open_unix_connection(channel.path)
        writer.write(b"nonsense\n")
        device = os.fsencode(modem.port.name)
        writer.write(b'{"version": 1, "verb": "reset", "device": "%b"}\n' % device)
        assert b'"bad-request"' in await reader.readline()
        assert await reader.readline() == b'{"version": 1, "result": {"on": true}}\n'
        writer.close()


async def test_a_line_without_an_end_is_refused_and_hung_up_on(modem: Modem, place: Path) -> None:
    async with ControlChannel([modem], place) as channel:
        reader, writer = await asyncio.open_unix_connection(channel.path)
        writer.write(b"x" * 5000)
        assert b"at most 4096 bytes" in await reader.readline()
        assert await reader.read() == b""
        writer.close()


async def test_connections_are_bounded(modem: Modem, place: Path) -> None:
    async with ControlChannel([modem], place) as channel:
        ends = [await asyncio.open_unix_connection(channel.path) for _ in range(CONNECTION_LIMIT)]
        reader, writer = await asyncio.open_unix_connection(channel.path)
        assert await reader.read() == b""
        for _, end in (*ends, (reader, writer)):
            end.close()
