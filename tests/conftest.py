"""What every test gets: a choice of event loops, and proof that it left nothing behind.

`@pytest.mark.asyncio` runs in real time, `@pytest.mark.asyncio(loop_factories=["virtual"])` in
virtual time that jumps. Every test fails if it leaves a thread, task, descriptor or device link
behind, or touches an address that is not this machine's own. What a test cites of the manual, and
the conformance cases it stands for, are written into the JUnit result, for the pages in docs/.
"""

import asyncio
import gc
import ipaddress
import os
import re
import socket
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from itertools import takewhile
from pathlib import Path
from typing import Any, Final

import pytest
import pytest_asyncio

from emulator.virtual_time import VirtualLoop

LoopFactory = Callable[[], asyncio.AbstractEventLoop]
PATIENCE = 20.0  # seconds by the loop's clock; two busy cores take their time
THREAD_PATIENCE = 1.0  # real seconds for a thread that is about to end


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, LoopFactory]:
    """Both for a test that names its loops, else only the real one: no test runs twice unasked."""
    marker = item.get_closest_marker("asyncio")
    if marker is not None and "loop_factories" in marker.kwargs:
        return {"real": asyncio.SelectorEventLoop, "virtual": VirtualLoop}
    return {"real": asyncio.SelectorEventLoop}


# Nothing leaves this machine


class _Watchman:
    """Python's audit events of the running process; children are out of its reach."""

    def __init__(self) -> None:
        self.trespasses: list[str] = []
        self.links: set[str] = set()
        self._handlers: dict[str, Callable[[tuple[Any, ...]], None]] = {
            "socket.connect": lambda args: self._address("connect", args[0], args[1]),
            "socket.bind": lambda args: self._address("bind", args[0], args[1]),
            "socket.sendto": lambda args: self._address("sendto", args[0], args[1]),
            "socket.sendmsg": lambda args: self._address("sendmsg", args[0], args[1]),
            "socket.getaddrinfo": lambda args: self._host("getaddrinfo", args[0]),
            "socket.gethostbyname": lambda args: self._host("gethostbyname", args[0]),
            "os.symlink": lambda args: self._link(args[1]),
            "os.rename": lambda args: self._link(args[1]),
        }

    def __call__(self, event: str, args: tuple[Any, ...]) -> None:
        handler = self._handlers.get(event)
        if handler is not None:
            handler(args)

    def _address(self, call: str, end: socket.socket, address: Any) -> None:
        if end.family in (socket.AF_INET, socket.AF_INET6) and isinstance(address, tuple):
            self._host(call, address[0])

    def _host(self, call: str, host: object) -> None:
        name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
        if name is None or name == "localhost":
            return
        if isinstance(name, str) and _is_loopback(name):
            return
        self.trespasses.append(f"{call} {name!r}")
        raise PermissionError(f"{call} {name!r}: a test must not go beyond loopback")

    def _link(self, path: object) -> None:
        if isinstance(path, (str, bytes)):
            self.links.add(os.path.abspath(os.fsdecode(path)))

    def links_left(self) -> list[str]:
        """Links to devices that were made since the last time and are still there."""
        made, self.links = self.links, set()
        return sorted(f"link {path}" for path in made if _leads_to_a_device(path))


def _is_loopback(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def _leads_to_a_device(path: str) -> bool:
    return os.path.islink(path) and os.readlink(path).startswith("/dev/")


_watchman = _Watchman()
sys.addaudithook(_watchman)


@pytest.fixture(autouse=True)
def loopback_only() -> Iterator[None]:
    """Fails a test that tried to reach another machine, also if it swallowed the error."""
    _watchman.trespasses.clear()
    yield
    if _watchman.trespasses:
        pytest.fail("beyond loopback: " + ", ".join(_watchman.trespasses), pytrace=False)


# Nothing stays behind


@pytest.fixture(autouse=True)
def leftovers(loopback_only: None) -> Iterator[None]:
    """Fails a test that leaves threads, descriptors or device links; its loop is closed by now."""
    threads, descriptors = set(threading.enumerate()), _descriptors()
    _watchman.links.clear()
    yield
    left = _threads_left(threads) + _descriptors_left(descriptors) + _watchman.links_left()
    if left:
        pytest.fail("left behind: " + ", ".join(left), pytrace=False)


@pytest.fixture(autouse=True)
def task_leftovers(request: pytest.FixtureRequest, leftovers: None) -> None:
    """For asynchronous tests only, so that the others need no event loop."""
    marker = request.node.get_closest_marker("asyncio")
    if marker is not None:
        request.getfixturevalue("no_task_left")


@pytest_asyncio.fixture
async def no_task_left() -> AsyncIterator[None]:
    """Fails a test that leaves a task; the first of its fixtures, so the last to be torn down."""
    yield
    left = asyncio.all_tasks() - {asyncio.current_task()}
    if left:
        pytest.fail("left behind: " + ", ".join(sorted(map(repr, left))), pytrace=False)


def _threads_left(before: set[threading.Thread]) -> list[str]:
    new = set(threading.enumerate()) - before
    for thread in new:
        thread.join(THREAD_PATIENCE)
    return sorted(f"thread {thread.name}" for thread in new if thread.is_alive())


def _descriptors() -> set[int]:
    """Open descriptors; nothing where the system does not tell (only Linux does it this way)."""
    try:
        listed = os.listdir("/proc/self/fd")
    except FileNotFoundError:
        return set()
    return {fd for fd in map(int, listed) if _is_open(fd)}  # the one that listed them is not


def _is_open(fd: int) -> bool:
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True


def _descriptors_left(before: set[int]) -> list[str]:
    if not _new_descriptors(before):
        return []
    gc.collect()  # what only a reference cycle keeps open is not left behind
    return sorted(f"descriptor {fd} ({what})" for fd, what in _new_descriptors(before).items())


def _new_descriptors(before: set[int]) -> dict[int, str]:
    return {fd: os.readlink(f"/proc/self/fd/{fd}") for fd in _descriptors() - before}


# Programs of others


@pytest.fixture
def require_peer() -> Callable[[str, str | None], None]:
    """`require_peer("node", reason)`: skip with the reason, or fail if "node" was promised.

    `reason` is None where the peer is here. MIPL_REQUIRE names the promised ones, by commas.
    """

    def require(name: str, reason: str | None) -> None:
        if reason is None:
            return
        if name in os.environ.get("MIPL_REQUIRE", "").split(","):
            pytest.fail(f"{name} is promised by MIPL_REQUIRE, but {reason}", pytrace=False)
        pytest.skip(reason)

    return require


# Waiting without sleeping


class Arrivals:
    """Collects what arrives, in order, and lets a test wait for it with a deadline.

    It is a receiver for every room: give it to a port, a link, or take `put` as a callback.
    Bytes are kept as they are, everything else as (name, argument, ...).
    """

    def __init__(self) -> None:
        self.items: list[Any] = []
        self._arrived = asyncio.Event()

    def put(self, *item: Any) -> None:
        self.items.append(item[0] if len(item) == 1 else item)
        self._arrived.set()

    def data_received(self, data: bytes) -> None:
        self.put(data)

    def datagram_received(self, data: bytes) -> None:
        self.put(data)

    def opened(self) -> None:
        self.put("opened")

    def closed(self) -> None:
        self.put("closed")

    def line_settings(self, settings: object) -> None:
        self.put("line_settings", settings)

    def send_failed(self, reason: str) -> None:
        self.put("send_failed", reason)

    def link_lost(self, reason: str) -> None:
        self.put("link_lost", reason)

    @property
    def data(self) -> bytes:
        """All bytes that have arrived, joined."""
        return b"".join(item for item in self.items if isinstance(item, bytes))

    async def until(self, condition: Callable[[], object], seconds: float = PATIENCE) -> None:
        """Wait until `condition()` is true after some arrival; fails the test at the deadline."""
        try:
            async with asyncio.timeout(seconds):
                while not condition():
                    self._arrived.clear()
                    await self._arrived.wait()
        except TimeoutError:
            pytest.fail(f"not within {seconds} s; what has arrived: {self.items}", pytrace=False)

    async def bytes(self, expected: bytes, seconds: float = PATIENCE) -> None:
        """Wait until all bytes together end with `expected`."""
        await self.until(lambda: self.data.endswith(expected), seconds)

    async def count(self, number: int, seconds: float = PATIENCE) -> list[Any]:
        """Wait for at least `number` items and return all."""
        await self.until(lambda: len(self.items) >= number, seconds)
        return self.items


@pytest.fixture
def arrivals() -> Callable[[], Arrivals]:
    """Makes an `Arrivals`: `port_side = arrivals()`."""
    return Arrivals


# What a test shows of the manual

_CITATION = re.compile(r"\bmanual (?:chapters? )?(?=[1-6](?:\.\d+)?(?!\d))", re.IGNORECASE)
_KINDS = "note|footnote|event|code"
_CITED = re.compile(rf"(?:({_KINDS})s? )?(\d+(?:\.\d+)?)(?!\d)( (?=(?:{_KINDS})s? \d))?")
_SEPARATOR = re.compile(rf",? and |, ?| (?=(?:{_KINDS})s? \d)")
_IN_NAME = re.compile(rf"manual_(\d)(?:_(\d+))?(?:_({_KINDS})_(\d+))?(?!\d)")


def cited(text: str) -> list[str]:
    """Places of the manual that a text cites: `manual 3.9 notes 2 and 3, 4.2, footnote 8` cites
    `3.9`, `3.9 note 2`, `3.9 note 3`, `4.2` and `4.2 footnote 8`."""
    text, places = " ".join(text.split()), []
    for start in _CITATION.finditer(text):
        at, section, kind = start.end(), "", ""
        while found := _CITED.match(text, at):
            kind = found[1] or ("" if "." in found[2] or found[3] else kind)
            section = section if kind else found[2]
            places.append(f"{section} {kind} {found[2]}" if kind else section)
            separator = _SEPARATOR.match(text, found.end(2))
            if separator is None:
                break
            at = separator.end()
    return places


def _cited_by(item: pytest.Item) -> list[str]:
    """By its module, its docstring, its name, its parameters, and the head of files among them."""
    module, function = getattr(item, "module", None), getattr(item, "function", None)
    callspec = getattr(item, "callspec", None)
    texts = [module.__doc__ or "" if module else "", function.__doc__ or "" if function else ""]
    if callspec is not None:
        texts.append(callspec.id)
        texts += [_head(value) for value in callspec.params.values() if isinstance(value, Path)]
    named = [
        f"manual {'.'.join(filter(None, (major, minor)))} {kind} {number}"
        for major, minor, kind, number in _IN_NAME.findall(item.name.partition("[")[0])
    ]
    return sorted({place for text in (*texts, *named) for place in cited(text)})


def _head(file: Path) -> str:
    """The comment at the top of a transcript."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    return " ".join(line[2:] for line in takewhile(lambda line: line.startswith("# "), lines))


_LONG: Final = (
    "tests/setup/test_wheel.py",
    "tests/emulator/explore/test_kept.py",
    "tests/emulator/explore/test_planted.py",
    "tests/emulator/fleet/test_processes.py",
    "tests/emulator/explore/test_planted_places.py",
    "tests/emulator/explore/test_planted_calm.py",
    "tests/emulator/explore/test_late_answers.py",
    "tests/emulator/explore/test_held.py",
    "tests/emulator/explore/test_undeclared.py",
    "tests/emulator/explore/test_chained.py",
    "tests/emulator/test_cli.py",
    "tests/examples/test_hosts.py",
    "tests/plugin/test_fixtures.py",
    "tests/emulator/cloud/test_fuzzed_calls.py",
    "tests/interop/test_devices.py",
    "tests/replay/test_explaining.py",
    "tests/emulator/test_secure.py",
    "tests/plugin/test_scenarios.py",
    "tests/emulator/test_serve.py",
    "tests/plugin/test_models.py",
    "tests/transport/dtls/test_growth.py",
)
LONG: Final = {file: place for place, file in enumerate(_LONG)}
"""The files that take longest, by measurement, in the order in which they begin."""


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Two more than there are processors: while some wait for programs, the others go on."""
    return (os.cpu_count() or 1) + 2


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first, so that none is left alone at the end. Properties of the JUnit result:
    `test`, `cites` for each place of the manual, and `conformance` for each case, as `1.0-int-101
    with aiocoap`."""
    items.sort(key=lambda item: LONG.get(item.nodeid.partition("::")[0], len(LONG)))
    for item in items:
        shown = [("cites", place) for place in _cited_by(item)]
        shown += [("conformance", case) for case in _conformance_of(item)]
        if shown:
            item.user_properties += [("test", item.nodeid), *shown]


# What a test shows of the conformance cases

FAR_ENDS = ("datagrams", "aiocoap", "lwm2m-node-lib", "coap-shepherd", "libcoap", "openssl")
CONFORMANCE = (
    "conformance(*cases, far): the conformance cases that this test stands for, and who is at the"
    f" far end: one of {', '.join(FAR_ENDS)}; left out, the parameter `peer` says it."
    " `datagrams` are typed by hand, whole or by their fields."
)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", CONFORMANCE)


def _conformance_of(item: pytest.Item) -> list[str]:
    callspec = getattr(item, "callspec", None)
    peer = callspec.params.get("peer") if callspec is not None else None
    shown = []
    for marker in item.iter_markers("conformance"):
        far = marker.kwargs.get("far", peer)
        if far not in FAR_ENDS:
            raise pytest.UsageError(f"{item.nodeid}: a conformance case with {far!r}")
        shown += [f"{case} with {far}" for case in marker.args]
    return sorted(set(shown))


@pytest.fixture
def citations() -> Callable[[str], list[str]]:
    """What a text cites of the manual."""
    return cited
