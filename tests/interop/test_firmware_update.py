"""The module fetches its firmware from CoAP servers of others, or has it written by one of them."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from emulator.fota.package import Package, pack
from emulator.modem import ModemSettings
from tests.bench import Bench
from tests.interop.host import command, create, log_in
from tests.interop.peers.aiocoap_server import AiocoapServer
from tests.interop.peers.driver import PATIENCE, Answer
from tests.interop.peers.files import AiocoapFiles, LibcoapFiles
from tests.interop.peers.libcoap_program import missing

TEXT, OPAQUE = 0, 42
DONE = Answer("2.04", b"")
PACKAGE = pack(Package("MN316", "MN316_2.0.0"), size=20_000)
BLOCKS = 40  # of 512 bytes (MB 2.3)


class Update:
    """A module that is logged in to aiocoap, which asks it for its state."""

    def __init__(self, stack: ExitStack, rate: float = 1.0) -> None:
        self.platform = AiocoapServer()
        self.platform.start()
        stack.callback(self.platform.stop)
        quirks = {"module_read_urc": "off"}
        settings = ModemSettings(strict=True, seed=1, timing="fast", quirks=quirks)
        self.table = Bench(settings, lambda link: (link.account.host, link.account.port), rate)
        stack.callback(self.table.close)
        log_in(self.table, self.platform)

    def write(self, path: str, value: bytes, form: int, block: int = 1024) -> None:
        pending = self.platform.request(
            "PUT", path, payload=value, content_format=form, block=block
        )
        assert pending.result(PATIENCE) == DONE

    def fetch(self, files: AiocoapFiles | LibcoapFiles) -> None:
        host, port = files.address
        self.write("/5/0/1", f"coap://{host}:{port}/new".encode(), TEXT)

    def after_downloading(self) -> tuple[bytes, bytes]:
        """State and Update Result, as text, as soon as the former is not 1 any more."""
        deadline = time.monotonic() + PATIENCE
        while (state := self.read("/5/0/3")) == b"1":
            assert time.monotonic() < deadline
        return state, self.read("/5/0/5")

    def read(self, path: str) -> bytes:
        return self.platform.read(path).result(PATIENCE).payload

    def install(self) -> None:
        """Execute; the module is then there with its new firmware, and logs in anew."""
        assert self.platform.execute("/5/0/2", "").result(PATIENCE) == DONE
        deadline = time.monotonic() + PATIENCE
        while self.version() != "MN316_2.0.0":
            assert time.monotonic() < deadline
        create(self.table, self.platform)
        command(self.table, "AT+MIPLOPEN=0,3000,30")
        self.table.expect("+MIPLEVENT: 0,6")
        values = [self.read(path) for path in ("/5/0/3", "/5/0/5", "/3/0/3")]
        assert values == [b"0", b"1", b"MN316_2.0.0"]

    def version(self) -> str:
        """The last line of ATI."""
        self.table.write("ATI")
        self.table.expect("CMIOT")
        self.table.expect("MN316")
        revision = self.table.line()
        self.table.expect("OK")
        return revision


@pytest.fixture
def update() -> Iterator[Callable[..., Update]]:
    with ExitStack() as stack:
        yield lambda **settings: Update(stack, **settings)


@pytest.fixture
def files(request: pytest.FixtureRequest, require_peer: Any) -> Iterator[Any]:
    """`files(PACKAGE)`: a file server, running; the parameter says whose."""
    with ExitStack() as stack:

        def make(file: bytes, **settings: Any) -> Any:
            if request.param is LibcoapFiles:
                require_peer("libcoap", missing())
            server = request.param(file, **settings)
            stack.callback(server.stop)
            server.start()
            return server

        yield make


aiocoap = pytest.mark.conformance("1.0-int-771", far="aiocoap")
libcoap = pytest.mark.conformance("1.0-int-771", far="libcoap")
only_libcoap = pytest.mark.parametrize("files", [LibcoapFiles], indirect=True)


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(AiocoapFiles, marks=aiocoap, id="aiocoap"),
        pytest.param(LibcoapFiles, marks=libcoap, id="libcoap"),
    ],
    indirect=True,
)
def test_a_package_is_fetched(files: Any, update: Callable[..., Update]) -> None:
    module = update()
    module.fetch(files(PACKAGE))
    assert module.after_downloading() == (b"2", b"0")
    assert module.read("/5/0/7") == b"MN316_2.0.0"
    module.install()


@pytest.mark.conformance("1.0-int-755", "1.0-int-770", far="aiocoap")
@pytest.mark.parametrize("block", [256, 1024])
def test_a_package_is_written(update: Callable[..., Update], block: int) -> None:
    module = update()
    module.write("/5/0/0", PACKAGE, OPAQUE, block)
    assert module.after_downloading() == (b"2", b"0")
    module.install()


@only_libcoap
def test_a_package_is_fetched_through_losses(files: Any, update: Callable[..., Update]) -> None:
    """What is not answered is asked for again, with the same message id; nothing else is."""
    module = update(rate=20.0)
    server = files(PACKAGE, lost="1,2,5,20-22,40")
    module.fetch(server)
    assert module.after_downloading() == (b"2", b"0")
    asked = [server.asked.get(timeout=PATIENCE) for _ in range(BLOCKS + 7)]
    assert server.asked.empty()
    assert len(set(asked)) == BLOCKS


@pytest.mark.conformance("1.0-int-775", far="libcoap")
@only_libcoap
def test_a_file_server_that_falls_silent(files: Any, update: Callable[..., Update]) -> None:
    """E.6 decided: result 4, when the request is given up (decision 28)."""
    module = update(rate=50.0)
    server = files(PACKAGE, lost="11-99")
    module.fetch(server)
    assert module.read("/5/0/3") == b"1"
    assert module.after_downloading() == (b"0", b"4")
    asked = [server.asked.get(timeout=PATIENCE) for _ in range(10 + 5)]
    assert len(set(asked)) == 11 and server.asked.empty()


@pytest.mark.conformance("1.0-int-775", far="libcoap")
@only_libcoap
def test_a_file_server_that_dies(files: Any, update: Callable[..., Update]) -> None:
    """What the network then says of its port changes nothing (decision 28)."""
    module = update(rate=50.0)
    server = files(PACKAGE, lost="11-99")
    module.fetch(server)
    for _ in range(11):
        server.asked.get(timeout=PATIENCE)
    server.stop()
    assert module.after_downloading() == (b"0", b"4")
    command(module.table, "AT")
