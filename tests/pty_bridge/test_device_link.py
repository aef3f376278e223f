"""A link to a device: never over something that is not ours, removed if it still is."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pty_bridge import device_link
from pty_bridge.port import PortError
from pty_bridge.pty import PtyPort

GONE = "/dev/pts/999999"  # beyond any kernel's limit (4096 by default)


@pytest.fixture
def device() -> Iterator[str]:
    master, slave = os.openpty()
    yield os.ttyname(slave)
    os.close(master)
    os.close(slave)


@pytest.fixture
def other_device() -> Iterator[str]:
    master, slave = os.openpty()
    yield os.ttyname(slave)
    os.close(master)
    os.close(slave)


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    """A path with blanks; whatever a test leaves there is removed."""
    folder = tmp_path / "my devices"
    folder.mkdir()
    path = folder / "modem 0"
    yield path
    if path.is_symlink():
        path.unlink()


def test_a_link_is_made_and_removed(path: Path, device: str) -> None:
    device_link.place(str(path), device)
    assert os.readlink(path) == device
    device_link.remove(str(path), device)
    assert not os.path.lexists(path)


def test_a_relative_path_will_do(path: Path, device: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)
    os.symlink(GONE, "modem0")
    device_link.place("modem0", device)
    assert os.listdir() == ["modem0"]
    assert os.readlink("modem0") == device
    device_link.remove("modem0", device)


@pytest.mark.parametrize("target", [GONE, "/dev/ttys999"])
def test_a_link_to_a_device_that_is_gone_is_replaced(path: Path, device: str, target: str) -> None:
    path.symlink_to(target)
    device_link.place(str(path), device)
    assert os.readlink(path) == device
    assert os.listdir(path.parent) == ["modem 0"]  # and no temporary name is left


def test_a_link_to_the_device_that_we_have_been_given_is_ours(path: Path, device: str) -> None:
    # After a crash the next emulator gets the lowest free number, often the same.
    path.symlink_to(device)
    device_link.place(str(path), device)
    assert os.readlink(path) == device


def test_the_link_of_a_running_emulator_is_refused(
    path: Path, device: str, other_device: str
) -> None:
    path.symlink_to(other_device)
    with pytest.raises(PortError, match="which is in use") as failure:
        device_link.place(str(path), device)
    assert str(path) in failure.value.cause
    assert "stop the other emulator" in failure.value.mend
    assert os.readlink(path) == other_device


def test_a_file_is_refused_and_untouched(path: Path, device: str) -> None:
    path.write_text("precious")
    with pytest.raises(PortError, match="exists and is a file"):
        device_link.place(str(path), device)
    assert path.read_text() == "precious"


def test_a_folder_is_refused(path: Path, device: str) -> None:
    path.mkdir()
    with pytest.raises(PortError, match="exists and is a folder"):
        device_link.place(str(path), device)


@pytest.mark.parametrize("target", ["/nowhere", "/dev/ttyUSB99", "pts/3", "/dev/pts/3x"])
def test_a_link_to_something_else_is_refused_also_if_it_dangles(
    path: Path, device: str, target: str
) -> None:
    path.symlink_to(target)
    with pytest.raises(PortError, match="which is no pseudo-terminal"):
        device_link.place(str(path), device)
    assert os.readlink(path) == target


def test_a_missing_folder_is_named_with_the_mend(tmp_path: Path, device: str) -> None:
    folder = tmp_path / "no such folder"
    with pytest.raises(PortError, match="does not exist") as failure:
        device_link.place(str(folder / "modem0"), device)
    assert f"mkdir -p '{folder}'" in failure.value.mend


@pytest.mark.parametrize("name", ["x" * 300, "x\0y"])
def test_an_impossible_name_is_a_clear_error(tmp_path: Path, device: str, name: str) -> None:
    with pytest.raises(PortError, match="cannot be made: "):
        device_link.place(str(tmp_path / name), device)


def test_a_file_where_a_folder_should_be_is_a_clear_error(tmp_path: Path, device: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PortError, match="cannot be made: "):
        device_link.place(str(tmp_path / "file" / "modem0"), device)


def test_a_link_that_another_program_has_taken_over_stays(path: Path, device: str) -> None:
    device_link.place(str(path), device)
    path.unlink()
    path.symlink_to(GONE)
    device_link.remove(str(path), device)
    assert os.readlink(path) == GONE


def test_removing_what_is_not_a_link_any_more_does_nothing(path: Path, device: str) -> None:
    device_link.remove(str(path), device)
    path.write_text("precious")
    device_link.remove(str(path), device)
    assert path.read_text() == "precious"


@pytest.mark.asyncio
async def test_a_port_is_found_by_its_link_until_it_closes(path: Path, arrivals: Any) -> None:
    module = arrivals()
    port = PtyPort(module, link=str(path))
    assert port.link == str(path)
    fd = os.open(path, os.O_RDWR | os.O_NOCTTY)
    os.write(fd, b"x")
    await module.bytes(b"x")
    os.close(fd)
    port.close()
    assert not os.path.lexists(path)


@pytest.mark.asyncio
async def test_a_port_without_its_link_is_no_port(path: Path, arrivals: Any) -> None:
    path.write_text("precious")
    with pytest.raises(PortError):
        PtyPort(arrivals(), link=str(path))
    assert path.read_text() == "precious"


@pytest.mark.asyncio
async def test_a_relative_link_is_removed_also_from_another_folder(
    path: Path, arrivals: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(path.parent)
    port = PtyPort(arrivals(), link="modem 0")
    assert port.link == str(path)
    monkeypatch.chdir("/")
    port.close()
    assert not os.path.lexists(path)
