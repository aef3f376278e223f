"""State files: what outlives a platform, and files that cannot be used."""

import asyncio
import os
import re
import resource
import sqlite3
import stat
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from emulator.cli import main
from emulator.cloud.admission import Declared
from emulator.cloud.kept import KeepDeclared
from emulator.cloud.service import Cloud
from emulator.cloud.state import FLUSH_SECONDS, State, StateError
from transport.memory import MemoryNetwork

Device = Any  # conftest.py's

IMEI = "869975030000461"
HOST = "10.9.9.9"

virtual = pytest.mark.asyncio(loop_factories=["virtual"])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "desk.sqlite"


def rows(file: Path, table: str) -> list[Any]:
    database = sqlite3.connect(file)
    try:
        return database.execute(f"SELECT * FROM {table}").fetchall()
    finally:
        database.close()


@virtual
async def test_devices_keys_and_data_points_outlive_a_restart(
    file: Path, device: Device, register: Callable[..., bytes]
) -> None:
    network = MemoryNetwork()
    async with (
        State(file) as state,
        Cloud(host=HOST, listen=network.listen, state=state, zero=1e9) as cloud,
    ):
        cloud.declare(Declared(IMEI, "460", "cmiot", b"1234abcd", b"abcdefge"))
        cloud.declare(Declared("869975030000462"))
        device.link = await network.open_link(cloud.server_address, device)
        device.link.send(register(b"lt=3000"))
        await cloud.ready(IMEI)
        await asyncio.sleep(100)
        token = device.heard[1][4:8]
        head = b"\x54\x45\x00\x07" + token + b"\x61\x02\x62\x2d\x16"
        device.link.send(head + b"\xff\xe4\x16\x76abcd")
        before = await cloud.notified(IMEI)
        cloud.delete("869975030000462")
    async with (
        State(file) as state,
        Cloud(host=HOST, listen=network.listen, state=state, zero=2e9) as cloud,
    ):
        (declared,) = cloud.declared
        assert declared == Declared(IMEI, "460", "cmiot", b"1234abcd", b"abcdefge")
        found = cloud.device(IMEI)
        assert (found.online, found.lifetime, found.reported) == (False, 3000, 1)
        (point,) = cloud.points(IMEI, "/3200/0/5750")
        assert (point.value, point.number) == ("abcd", 1)
        assert cloud.wall(point.at) == 1e9 + before.at == 1e9 + 100
        # what it reports now is counted on
        device.link.close()
        device.heard.clear()
        device.link = await network.open_link(cloud.server_address, device)
        device.link.send(register(b"lt=3000", mid=9))
        await cloud.ready(IMEI)
        token = device.heard[1][4:8]
        device.link.send(b"\x54\x45\x00\x08" + token + b"\x61\x02\x62\x2d\x16\xff\xe4\x16\x76efgh")
        await asyncio.sleep(1)
        assert [each.number for each in cloud.points(IMEI)] == [1, 2]
    assert [row[2] for row in rows(file, "point")] == [1, 2]


@virtual
async def test_a_platform_keeps_its_own_devices_alone(file: Path) -> None:
    network = MemoryNetwork()
    async with State(file) as state:
        for name in ("onenet", "ctwing"):
            Cloud(name, listen=network.listen, state=state).declare(Declared(name))
    async with State(file) as state:
        for name in ("onenet", "ctwing", "dmp"):
            declared = Cloud(name, listen=network.listen, state=state).declared
            assert [each.name for each in declared] == ([name] if name != "dmp" else [])


@virtual
async def test_it_is_written_a_second_later_without_an_end(file: Path) -> None:
    async with State(file) as state:
        state.note("onenet", KeepDeclared(Declared(IMEI)))
        await asyncio.sleep(FLUSH_SECONDS + 0.5)
        assert state.load("onenet", 0.0).declared == (Declared(IMEI),)


@virtual
async def test_only_the_last_thousand_points_of_a_device_stay(
    file: Path, device: Device, register: Callable[..., bytes]
) -> None:
    network = MemoryNetwork()
    async with (
        State(file) as state,
        Cloud(host=HOST, listen=network.listen, state=state) as cloud,
    ):
        device.link = await network.open_link(cloud.server_address, device)
        device.link.send(register(b"lt=3000"))
        await cloud.ready(IMEI)
        token = device.heard[1][4:8]
        for count in range(2, 1007):  # message ids from 102, Observe from 2
            head = b"\x54\x45" + (count + 100).to_bytes(2, "big") + token
            observe = b"\x62" + count.to_bytes(2, "big")
            device.link.send(head + observe + b"\x62\x2d\x16\xff\xe1\x16\x76a")
            await asyncio.sleep(0.001)
        await asyncio.sleep(1)
        assert cloud.device(IMEI).reported == 1005
    found = [row[2] for row in rows(file, "point")]
    assert (len(found), min(found), max(found)) == (1000, 6, 1005)


@virtual
async def test_a_full_disk_is_said_once_and_nothing_is_lost(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with State(file) as state:
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (file.stat().st_size, before[1]))
        try:
            for auth_code in ("a" * 10000, "b" * 10000):
                state.note("onenet", KeepDeclared(Declared(IMEI, auth_code=auth_code)))
                await state.flush()
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        assert rows_within(state) == ()
        await state.flush()
        assert [each.auth_code[0] for each in rows_within(state)] == ["b"]
    assert [record.message.startswith("the state file") for record in caplog.records] == [True]


def rows_within(state: State) -> tuple[Declared, ...]:
    return state.load("onenet", 0.0).declared


def test_only_its_owner_may_read_it(file: Path) -> None:
    State(file).close()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.chmod(0o644)
    State(file).close()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def broken(file: Path) -> str:
    with pytest.raises(StateError) as caught:
        State(file)
    return str(caught.value).replace(str(file), "FILE")


def test_a_file_that_is_no_database(file: Path) -> None:
    file.write_text("IMEI,IMSI\n" * 100)
    assert broken(file) == (
        "the state file FILE cannot be used: it is something else; name another one"
    )
    assert file.read_text() == "IMEI,IMSI\n" * 100


def test_a_database_of_another_program(file: Path) -> None:
    database = sqlite3.connect(file)
    database.execute("CREATE TABLE contacts (name)")
    database.close()
    assert broken(file) == "FILE is a database of another program; name another state file"


def test_a_file_of_a_newer_version(file: Path) -> None:
    State(file).close()
    database = sqlite3.connect(file)
    database.execute("PRAGMA user_version = 2")
    database.close()
    assert broken(file) == (
        "the state file FILE is of a newer mipl-emulator (schema 2, this one knows 1); "
        "use that one, or name another file"
    )


def test_a_file_in_use(file: Path) -> None:
    state = State(file)
    assert broken(file) == (
        "the state file FILE cannot be used: another process uses it; "
        "end that one, or name another file"
    )
    state.close()
    State(file).close()


def test_a_folder_and_a_folder_that_is_not_there(tmp_path: Path) -> None:
    mend = "choose a file in a folder where you may write"
    assert broken(tmp_path) == f"the state file FILE cannot be used: Is a directory; {mend}"
    gone = tmp_path / "gone" / "file"
    assert broken(gone) == f"the state file FILE cannot be used: No such file or directory; {mend}"


def test_what_is_no_file_is_left_alone() -> None:
    mode = os.stat(os.devnull).st_mode
    with pytest.raises(StateError, match="/dev/null cannot be used: it is no file; choose"):
        State(os.devnull)
    assert os.stat(os.devnull).st_mode == mode


@pytest.fixture
def not_root() -> Iterator[None]:
    """Nothing is read-only for root."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    yield
    os.seteuid(user)


@pytest.fixture
def read_only() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "desk.sqlite"
        State(file).close()
        file.chmod(0o444)
        os.chmod(folder, 0o755)
        yield file


def test_a_read_only_file(read_only: Path, not_root: None) -> None:
    mend = "choose a file in a folder where you may write"
    # root's own pytest: the file is another user's; else: it cannot be written
    assert broken(read_only) == f"the state file FILE cannot be used: Permission denied; {mend}"


def test_rows_that_mipl_has_not_written(file: Path) -> None:
    State(file).close()
    database = sqlite3.connect(file)
    database.execute("INSERT INTO declared VALUES ('onenet', '1', '', '', '', '', 1, '{')")
    database.commit()
    database.close()
    state = State(file)
    with pytest.raises(StateError, match="holds what mipl has not written .* remove it, or name"):
        state.load("onenet", 0.0)
    state.close()


def test_the_command_line_says_what_is_wrong_before_anything_starts(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text("x" * 1000)
    for verb in ("cloud", "run"):
        assert main([verb, "--state", str(file)]) == 2
        said = capsys.readouterr()
        assert said.out == ""
        assert re.search(rf"mipl {verb}: --state .*: it is something else; name another", said.err)
