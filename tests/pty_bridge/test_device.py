"""A real serial port; a pty plays it, its master is the microcontroller."""

import asyncio
import os
import termios
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from pty_bridge import device as room
from pty_bridge.device import DevicePort
from pty_bridge.port import ModuleSide, PortError

pytestmark = pytest.mark.asyncio(loop_factories=["real"])


class Board:
    """The far end of the cable, behind a path that stays when the adapter is another one."""

    def __init__(self, path: Path, arrivals: Any) -> None:
        self.path, self.received = path, arrivals()
        self._loop = asyncio.get_running_loop()
        self.plug_in()

    def plug_in(self) -> None:
        self.master, slave = os.openpty()
        self.path.symlink_to(os.ttyname(slave))
        os.close(slave)

    def listen(self) -> None:
        self._loop.add_reader(self.master, lambda: self.received.put(os.read(self.master, 65536)))

    def pull_out(self) -> None:
        self._loop.remove_reader(self.master)
        os.close(self.master)
        self.path.unlink()


@pytest_asyncio.fixture
async def board(tmp_path: Path, arrivals: Any) -> AsyncIterator[Board]:
    board = Board(tmp_path / "ttyUSB0", arrivals)
    yield board
    board.pull_out()


async def test_bytes_go_both_ways_raw_and_at_the_rate_asked_for(
    board: Board, arrivals: Any
) -> None:
    module = arrivals()
    port = DevicePort(module, str(board.path), 9600)
    os.write(board.master, b"AT\r\x03")
    await module.bytes(b"AT\r\x03")
    assert module.items[0] == "opened"
    assert termios.tcgetattr(board.master)[4] == termios.B9600
    board.listen()
    port.write(b"\r\nOK\r\n")
    await board.received.bytes(b"\r\nOK\r\n")
    port.close()
    port.close()


async def test_the_modules_own_rate_is_that_of_the_device_once_the_ok_has_left(
    board: Board, arrivals: Any
) -> None:
    """AT+IPR. 6 bytes and a full FIFO of 64 at 9600 baud take 72.9 ms."""
    loop = asyncio.get_running_loop()
    port = DevicePort(arrivals(), str(board.path), 9600)
    for baud, speed in ((57600, termios.B57600), (0, termios.B9600)):
        start = loop.time()
        port.write(b"\r\nOK\r\n")
        port.show(ModuleSide(baud=baud))
        async with asyncio.timeout(20):
            while termios.tcgetattr(board.master)[4] != speed:
                await asyncio.sleep(0)
        assert loop.time() - start > (0.066 if baud else 0.011)
    port.close()


async def test_an_adapter_that_is_pulled_out_and_plugged_in_again(
    board: Board, arrivals: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "AGAIN_S", 0.01)
    module = arrivals()
    port = DevicePort(module, str(board.path), 9600)
    board.pull_out()
    await module.until(lambda: "closed" in module.items)
    port.write(b"nobody hears it")
    assert port.dropped.absent == 15
    board.plug_in()
    await module.until(lambda: module.items == ["opened", "closed", "opened"])
    os.write(board.master, b"AT\r")
    await module.bytes(b"AT\r")
    port.close()


async def test_a_port_that_waits_for_its_device_can_be_closed(board: Board, arrivals: Any) -> None:
    module = arrivals()
    port = DevicePort(module, str(board.path), 9600)
    board.pull_out()
    await module.until(lambda: "closed" in module.items)
    port.close()
    board.plug_in()


async def test_a_device_that_another_program_has_is_named_with_the_mend(
    board: Board, arrivals: Any
) -> None:
    port = DevicePort(arrivals(), str(board.path), 9600)
    with pytest.raises(PortError, match="cannot be opened: .*; stop the program"):
        DevicePort(arrivals(), str(board.path), 9600)
    port.close()


async def test_a_missing_device_is_named_with_the_mend(tmp_path: Path, arrivals: Any) -> None:
    with pytest.raises(PortError, match="No such file or directory; plug it in"):
        DevicePort(arrivals(), str(tmp_path / "ttyUSB9"), 9600)


async def test_what_is_no_serial_port_is_refused(tmp_path: Path, arrivals: Any) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PortError, match="file' cannot be opened"):
        DevicePort(arrivals(), str(tmp_path / "file"), 9600)
