"""The dialogues of the manual's chapter 5 between the module and the local platforms.

Every file in local/ is one, with all that crosses the wire. `> text` and `< text` are the host's
and the module's lines as in player.py. `= up …` and `= down …` are the datagrams to and from
the platform, each direction in its order: hex digits, text in quotes, `<m:2>` two bytes that are
the same wherever `m` stands, `...` for the rest. `{m}` in a line is the number that they make,
`{"m"}` the text.

`! METHOD TARGET [BODY]` is an HTTP call, and `= result JSON` its answer. `= reported PATH VALUE` is
the next data point, a value of Python's. `@ platform=` says who it is. A dialogue with `@ suites`
is played over DTLS with every suite of the manual's 4.6: `= up …` and `= down …` are the datagrams
as they are inside of it.
"""

import ast
import asyncio
import json
import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from emulator.cloud.manners import MANNERS
from emulator.cloud.platforms import Platforms
from emulator.cloud.service import Cloud
from emulator.destinations import Destinations
from emulator.lint.rules import LintSettings
from emulator.modem import Modem, ModemSettings
from emulator.routes import Routes
from emulator.serial_end import SerialEnd
from pty_bridge.memory import MemoryPort
from transport.dtls.session import DtlsSettings, Suite
from transport.link import Address, Direction, Link, LinkReceiver, Tap
from transport.udp import open_udp

HERE = Path(__file__).parent / "local"
IMEI = "869975030000461"
PATIENCE = 10.0
CODES = {Suite.CBC_SHA256: b"\x00\xae", Suite.CCM_8: b"\xc0\xa8"}  # RFC 5487 3, RFC 6655 4

Arrivals = Any  # tests/conftest.py


class Stage:
    """A module on loopback with all five platforms, of which it finds its own."""

    def __init__(
        self,
        modem: Modem,
        cloud: Cloud,
        http: aiohttp.ClientSession,
        arrivals: Callable[[], Arrivals],
    ) -> None:
        assert isinstance(modem.port, MemoryPort)
        self._host, self._cloud, self._http = modem.port.host, cloud, http
        self._printed = arrivals()
        self._seen = 0
        self.wire: Mapping[Direction, asyncio.Queue[bytes]] = {
            "up": asyncio.Queue(),
            "down": asyncio.Queue(),
        }
        self._known: dict[str, bytes] = {}
        self._asked: asyncio.Task[object] | None = None
        self._host.on_data = self._printed.put
        self._host.open()

    def tap(self, way: Direction, data: bytes, source: Address, to: Address) -> None:
        self.wire[way].put_nowait(data)

    async def play(self, line: str) -> None:
        mark, text = line[:2], line[2:]
        if mark == "> ":
            self._host.write(self._filled(text).encode() + b"\r")
        elif mark == "< ":
            await self._expect(self._filled(text))
        elif mark == "! ":
            self._asked = asyncio.create_task(self._call(*text.split(" ", 2)))
        elif mark == "= ":
            await self._hear(*text.split(" ", 1))

    async def end(self) -> None:
        """Whatever is still to be said would stand before the answer to this AT."""
        self._host.write(b"AT\r")
        await self._expect("OK")
        assert self.wire["up"].empty() and self.wire["down"].empty()

    async def _expect(self, text: str) -> None:
        """The next bytes are exactly this line, with CR LF before and behind it."""
        wanted = b"\r\n" + text.encode() + b"\r\n"
        end = self._seen + len(wanted)
        await self._printed.until(lambda: len(self._printed.data) >= end, PATIENCE)
        assert self._printed.data[self._seen : end] == wanted
        self._seen = end

    async def _hear(self, what: str, text: str) -> None:
        if what == "result":
            assert self._asked is not None
            assert await self._asked == json.loads(text)
        elif what == "reported":
            path, value = text.split(" ", 1)
            point = await self._cloud.notified(IMEI, path, timeout=PATIENCE)
            assert point.value == ast.literal_eval(value)
        else:
            way: Direction = "up" if what == "up" else "down"
            data = await asyncio.wait_for(self.wire[way].get(), PATIENCE)
            found = re.fullmatch(pattern_of(text, self._known), data, re.DOTALL)
            assert found, f"{what} {data.hex(' ')}"
            self._known |= found.groupdict()

    async def _call(self, method: str, target: str, body: str = "") -> object:
        async with self._http.request(method, target, data=body) as answer:
            assert answer.status == 200
            return await answer.json()

    def _filled(self, text: str) -> str:
        known = {name: int.from_bytes(value, "big") for name, value in self._known.items()}
        text = re.sub(r'\{"(\w+)"\}', lambda found: self._known[found[1]].decode("ascii"), text)
        return re.sub(r"\{(\w+)\}", lambda found: str(known[found[1]]), text)


def pattern_of(text: str, known: Mapping[str, bytes]) -> bytes:
    """A regular expression for the bytes that a line describes."""
    pattern = b""
    for word, quoted in zip(shlex.split(text), shlex.split(text, posix=False), strict=True):
        if quoted[0] in "\"'":
            pattern += re.escape(word.encode())
        elif word == "...":
            pattern += b".*"
        elif word.startswith("<"):
            name, size = word[1:-1].split(":")
            again = re.escape(known[name]) if name in known else b"(?P<%b>.{%b})"
            pattern += again if name in known else again % (name.encode(), size.encode())
        else:
            pattern += re.escape(bytes.fromhex(word))
    return pattern


@dataclass(frozen=True)
class Row:
    """A model, and the one suite that the platform takes: None for a dialogue without DTLS."""

    model: str = "MN316"
    suite: Suite | None = None


SECURE = (
    Row("MN316", Suite.CBC_SHA256),
    Row("MN319", Suite.CBC_SHA256),
    Row("MN319", Suite.CCM_8),
)


def _cases() -> Iterator[Any]:
    for file in sorted(HERE.glob("*.txt")):
        secure = "\n@ suites\n" in file.read_text(encoding="utf-8")
        for row in SECURE if secure else (Row(),):
            suite = "" if row.suite is None else f"-{row.suite.name}"
            yield pytest.param(file, row, id=f"{file.stem}-{row.model}{suite}")


def chosen_suites(ciphertext: Iterable[bytes]) -> list[bytes]:
    """The suites of all ServerHellos: a handshake of type 2 in a record of epoch 0, with the
    version, 32 random bytes and a session id in front of it (RFC 6347 4.1, 4.2.2; RFC 5246
    7.4.1.3)."""
    clear = [data for data in ciphertext if data[0] == 22 and data[3:5] == b"\0\0"]
    hellos = [data for data in clear if data[13] == 2]
    return [hello[60 + hello[59] : 62 + hello[59]] for hello in hellos]


@pytest.mark.asyncio
@pytest.mark.parametrize(("file", "row"), list(_cases()))
async def test_dialogue_with_the_local_platform(
    file: Path, row: Row, arrivals: Callable[[], Arrivals]
) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    (name,) = [line.partition("=")[2] for line in lines if line.startswith("@ platform=")]
    stage: Stage
    ciphertext: list[bytes] = []

    def tap(way: Direction, data: bytes, source: Address, to: Address) -> None:
        stage.tap(way, data, source, to)

    async def opener(remote: Address, receiver: LinkReceiver, *, tap: Tap | None = None) -> Link:
        return await open_udp(
            remote, receiver, tap=lambda way, data, *ends: ciphertext.append(data)
        )

    suites = tuple(Suite) if row.suite is None else (row.suite,)
    clouds = [Cloud(each, tap=tap, dtls=DtlsSettings(suites)) for each in MANNERS]
    destinations = Destinations(Routes(local=True))
    settings = ModemSettings(
        row.model, strict=True, timing="fast", dialect="manual", lint=LintSettings()
    )
    async with (
        Platforms(clouds) as platforms,
        Modem(SerialEnd("memory:"), destinations.address_of, settings, open_link=opener) as modem,
    ):
        destinations.ready(platforms)
        async with aiohttp.ClientSession(platforms.http_url) as http:
            stage = Stage(modem, platforms[name], http, arrivals)
            for line in lines:
                try:
                    await stage.play(line)
                except BaseException as failure:
                    failure.add_note(f"in the line: {line}")
                    raise
            await stage.end()
    assert modem.findings == ()  # what the manual shows breaks no rule
    assert_protected(ciphertext, row.suite)


def assert_protected(ciphertext: Sequence[bytes], suite: Suite | None) -> None:
    """Every handshake has chosen this suite, and no CoAP has crossed the wire in the clear."""
    if suite is None:
        return
    chosen = chosen_suites(ciphertext)
    assert chosen and set(chosen) == {CODES[suite]}
    assert not any(b"869975030000461;" in data or b"\xb2rd" in data for data in ciphertext)
