"""The guards of conftest.py do guard: a run of bad tests, each of which must fail as it should."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

RequirePeer = Callable[[str, str | None], None]

HERE = Path(__file__).parent

BAD_TESTS = """
import asyncio, os, socket, threading
import pytest

@pytest.mark.asyncio
async def test_task(): asyncio.create_task(asyncio.sleep(3600), name="forgotten")

@pytest.mark.asyncio(loop_factories=["virtual"])
async def test_virtual_task(): asyncio.create_task(asyncio.Event().wait(), name="forgotten")

def test_thread():
    threading.Thread(target=threading.Event().wait, daemon=True, name="stuck").start()

def test_descriptor(): os.open("/dev/null", os.O_RDONLY)

def test_link(tmp_path): os.symlink("/dev/pts/999999", tmp_path / "modem0")

def test_replaced_link(tmp_path):
    os.symlink("/dev/pts/999999", tmp_path / "temporary")
    os.replace(tmp_path / "temporary", tmp_path / "modem0")

def test_name():
    with pytest.raises(OSError):
        socket.create_connection(("nbiotbt.heclouds.com", 5683))

@pytest.mark.parametrize("call", ["connect", "bind"])
@pytest.mark.parametrize("host", ["192.0.2.1", "0.0.0.0"])
def test_address(call, host):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end, pytest.raises(OSError):
        getattr(end, call)((host, 5683))

def test_sendto():
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as end, pytest.raises(OSError):
        end.sendto(b"x", ("2001:db8::1", 5683))

@pytest.mark.asyncio
async def test_late():
    with pytest.raises(OSError):
        await asyncio.get_running_loop().create_datagram_endpoint(
            asyncio.DatagramProtocol, remote_addr=("192.0.2.1", 5683))
"""

GOOD_TESTS = """
import asyncio, os, socket, threading
import pytest

@pytest.mark.asyncio(loop_factories=["virtual", "real"])
async def test_tasks_that_end():
    await asyncio.gather(asyncio.sleep(0), asyncio.to_thread(int))

def test_things_that_are_closed(tmp_path):
    thread = threading.Thread(target=int)
    thread.start()
    os.close(os.open("/dev/null", os.O_RDONLY))
    os.symlink("/dev/pts/999999", tmp_path / "modem0")
    os.unlink(tmp_path / "modem0")
    os.symlink("/elsewhere", tmp_path / "no device")

@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "localhost", "::1"])
def test_loopback(host):
    socket.getaddrinfo(host, 0)

@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_loopback_address(host):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as end:
        end.bind((host, 0))
        end.sendto(b"x", (host, end.getsockname()[1]))

def test_unix_sockets(tmp_path):
    with socket.socket(socket.AF_UNIX) as end:
        end.bind(str(tmp_path / "socket"))
"""


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What a run of pytest says of each test: the last line about it."""
    folder = tmp_path_factory.mktemp("guarded")
    shutil.copy(HERE / "conftest.py", folder)
    (folder / "pytest.ini").write_text("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    (folder / "test_bad.py").write_text(BAD_TESTS)
    (folder / "test_good.py").write_text(GOOD_TESTS)
    command = [sys.executable, "-m", "pytest", "-q", "-rpE", "-p", "no:cacheprovider", str(folder)]
    environment = {"PYTHONPATH": str(HERE.parent), "COLUMNS": "1000"}
    run = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=folder)
    lines = re.findall(r"^(PASSED|ERROR) (\S+\.py::\S+)(?: - Failed: (.*))?$", run.stdout, re.M)
    assert lines, run.stdout + run.stderr
    return {name.partition("::")[2]: reason or status for status, name, reason in lines}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("test_task", "left behind: <Task .*name='forgotten'"),
        ("test_virtual_task", "left behind: <Task .*name='forgotten'"),
        ("test_thread", "left behind: thread stuck"),
        ("test_descriptor", r"left behind: descriptor \d+ \(/dev/null\)"),
        ("test_link", "left behind: link .*/modem0"),
        ("test_replaced_link", "left behind: link .*/modem0$"),
        ("test_name", "beyond loopback: getaddrinfo 'nbiotbt.heclouds.com'"),
        ("test_address[192.0.2.1-connect]", "beyond loopback: connect '192.0.2.1'"),
        ("test_address[192.0.2.1-bind]", "beyond loopback: bind '192.0.2.1'"),
        ("test_address[0.0.0.0-connect]", "beyond loopback: connect '0.0.0.0'"),
        ("test_address[0.0.0.0-bind]", "beyond loopback: bind '0.0.0.0'"),
        ("test_sendto", "beyond loopback: sendto '2001:db8::1'"),
        ("test_late", "beyond loopback: connect '192.0.2.1'"),
    ],
)
def test_a_bad_test_fails_with_its_reason(outcomes: dict[str, str], name: str, reason: str) -> None:
    assert re.match(reason, outcomes[name])


def test_a_good_test_passes_in_every_loop_that_it_asks_for(outcomes: dict[str, str]) -> None:
    good = {name for name, outcome in outcomes.items() if outcome == "PASSED"}
    assert good >= {
        "test_tasks_that_end[virtual]",
        "test_tasks_that_end[real]",
        "test_things_that_are_closed",
        "test_loopback[localhost]",
        "test_loopback_address[::ffff:127.0.0.1]",
        "test_unix_sockets",
    }


@pytest.mark.asyncio
async def test_arrivals_say_what_has_come_when_the_deadline_strikes(arrivals: object) -> None:
    seen = arrivals()  # type: ignore[operator]
    seen.put(b"AT")
    with pytest.raises(pytest.fail.Exception, match=r"not within 0.01 s.*\[b'AT'\]"):
        await seen.bytes(b"OK", seconds=0.01)


def test_a_peer_that_is_here_is_no_reason_to_skip(
    require_peer: RequirePeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIPL_REQUIRE", "node")
    require_peer("node", None)


@pytest.mark.parametrize("promised", [None, "", "libcoap", "nodes,lib,node2"])
def test_a_missing_peer_skips_with_its_reason(
    require_peer: RequirePeer, monkeypatch: pytest.MonkeyPatch, promised: str | None
) -> None:
    monkeypatch.delenv("MIPL_REQUIRE", raising=False)
    if promised is not None:
        monkeypatch.setenv("MIPL_REQUIRE", promised)
    with pytest.raises(pytest.skip.Exception, match="^there is no node$"):
        require_peer("node", "there is no node")


@pytest.mark.parametrize("promised", ["node", "libcoap,node", "node,libcoap"])
def test_a_missing_peer_that_was_promised_fails(
    require_peer: RequirePeer, monkeypatch: pytest.MonkeyPatch, promised: str
) -> None:
    monkeypatch.setenv("MIPL_REQUIRE", promised)
    with pytest.raises(pytest.fail.Exception, match="^node is promised .* there is no node$"):
        require_peer("node", "there is no node")
