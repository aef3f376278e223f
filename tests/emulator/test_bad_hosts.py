"""Hosts that behave badly on a real device or socket: no stall, no growth (HF 17, 26, 27).

Every test ends with a proper AT and its OK, and with a second modem of the same loop that answers.
"""

import asyncio
import os
import socket
import termios
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
import pytest_asyncio

from emulator.at.backlog import BACKLOG_LIMIT as COMMANDS_LIMIT
from emulator.journal import JOURNAL_BYTES
from emulator.modem import Modem, ModemSettings
from emulator.outputs import OpenLink
from emulator.serial_end import SerialEnd
from pty_bridge.flow import Flow
from pty_bridge.port import BACKLOG_LIMIT

pytestmark = pytest.mark.asyncio(loop_factories=["real"])

ATI = b"\r\nCMIOT\r\n\r\nMN316\r\n\r\nMN316-DBRS_1.0.0\r\n\r\nOK\r\n"
ENDS = ["pty:", "tcp:0"]


class Host:
    """A program that has the device open; it reads when it is told to."""

    def __init__(self, name: str, received: Any) -> None:
        self.received = received
        self._loop = asyncio.get_running_loop()
        scheme, _, address = name.partition(":")
        if scheme == "tcp":
            host, _, port = address.rpartition(":")
            self.fd = socket.create_connection((host, int(port))).detach()
        else:
            self.fd = os.open(name, os.O_RDWR | os.O_NOCTTY)
        os.set_blocking(self.fd, False)

    def listen(self) -> None:
        self._loop.add_reader(self.fd, self._readable)

    def _readable(self) -> None:
        try:
            self.received.put(os.read(self.fd, 65536))
        except OSError:
            self._loop.remove_reader(self.fd)

    async def write(self, data: bytes) -> None:
        """All of it, however long the line takes."""
        while data:
            try:
                data = data[os.write(self.fd, data) :]
            except BlockingIOError:
                await self._until_writable()

    async def _until_writable(self) -> None:
        ready = asyncio.Event()
        self._loop.add_writer(self.fd, ready.set)
        await ready.wait()
        self._loop.remove_writer(self.fd)

    def close(self) -> None:
        if self.fd >= 0:
            self._loop.remove_reader(self.fd)
            os.close(self.fd)
            self.fd = -1


class Bench:
    """Modems with their hosts, which leave before the modems do."""

    def __init__(self, stack: AsyncExitStack, arrivals: Callable[[], Any]) -> None:
        self._stack, self._arrivals = stack, arrivals

    async def modem(self, end: str, flow: Flow | None = None, **quirks: Any) -> Modem:
        settings = ModemSettings(strict=True, timing="fast", quirks=quirks)
        modem = Modem(SerialEnd(end, flow=flow), _nowhere, settings)
        return await self._stack.enter_async_context(modem)

    def host(self, modem: Modem) -> Host:
        host = Host(modem.port.name, self._arrivals())
        self._stack.callback(host.close)
        return host


async def _nowhere(link: OpenLink) -> tuple[str, int]:
    raise OSError("no such host")


@pytest_asyncio.fixture
async def bench(arrivals: Any) -> AsyncIterator[Bench]:
    async with AsyncExitStack() as stack:
        bench = Bench(stack, arrivals)
        other = await bench.modem("pty:")
        yield bench
        await answers(bench.host(other))


async def answers(host: Host) -> None:
    """A proper AT, behind whatever was said before."""
    host.listen()
    await host.write(b"\rAT+CGSN=1\r")
    await host.received.bytes(b"\r\n+CGSN: 869975030000461\r\n\r\nOK\r\n")


@pytest.mark.parametrize("end", ENDS)
async def test_a_host_that_hangs_up_in_mid_line_and_the_next_one(bench: Bench, end: str) -> None:
    """A wire does not know who is at its end: what the next one writes continues the line."""
    modem = await bench.modem(end)
    first = bench.host(modem)
    await first.write(b"AT+CG")
    first.close()
    second = bench.host(modem)
    second.listen()
    await second.write(b"SN=1\r")
    await second.received.bytes(b"\r\n+CGSN: 869975030000461\r\n\r\nOK\r\n")
    await answers(second)


async def test_two_programs_on_one_device_are_both_heard(bench: Bench) -> None:
    modem = await bench.modem("pty:")
    one, other = bench.host(modem), bench.host(modem)
    one.listen()
    await one.write(b"AT\r")
    await one.received.bytes(b"\r\nOK\r\n")
    await other.write(b"ATI\r")  # which of the two reads the answer is the system's choice
    await one.received.bytes(ATI)
    other.close()
    await answers(one)


@pytest.mark.parametrize("end", ENDS)
async def test_a_host_that_never_reads_stalls_nothing_and_finds_whole_lines(
    bench: Bench, arrivals: Any, end: str
) -> None:
    """1 MB unread, where a pty holds 20 KiB: whole answers are lost, not pieces of them."""
    modem, written, asked = await bench.modem(end), arrivals(), 20_000
    modem.firmware.journal.sinks.append(
        lambda record: written.put(record) if record.kind == "serial_out" else None
    )
    host = bench.host(modem)
    await host.write(b"ATI\r" * asked)
    await written.count(asked)
    await answers(bench.host(await bench.modem("pty:")))
    lost = modem.port.dropped.full
    assert lost > 0 and lost % len(ATI) == 0
    host.listen()
    await host.received.until(lambda: len(host.received.data) == asked * len(ATI) - lost)
    assert host.received.data.replace(ATI, b"") == b""
    assert len(host.received.data) >= BACKLOG_LIMIT - len(ATI)
    await answers(host)


@pytest.mark.parametrize("end", ENDS)
async def test_a_flood_of_commands_is_answered_one_for_one(
    bench: Bench, arrivals: Any, end: str
) -> None:
    """300 KB of AT, faster than any line, and faster than the host reads what comes back."""
    modem, written, asked = await bench.modem(end), arrivals(), 100_000
    modem.firmware.journal.sinks.append(
        lambda record: written.put(record) if record.kind == "serial_out" else None
    )
    host = bench.host(modem)
    host.listen()
    await host.write(b"AT\r" * asked)
    await written.count(asked)
    lost = modem.port.dropped.full
    await host.received.until(lambda: len(host.received.data) == 6 * asked - lost)
    assert host.received.data.replace(b"\r\nOK\r\n", b"") == b""
    await answers(host)


async def test_a_flood_on_a_busy_module_is_bounded_and_refused_line_by_line(bench: Bench) -> None:
    """Each command takes 1 ms here; beyond 64 KiB that wait, lines are answered ERROR."""
    modem = await bench.modem("pty:", reply_delay_ms=1)
    host = bench.host(modem)
    host.listen()
    line = b"AT".ljust(2000) + b"\r"
    most = 0

    async def watched(writing: Awaitable[None]) -> None:
        nonlocal most
        task = asyncio.ensure_future(writing)
        while not task.done():
            most = max(most, modem.firmware.channel.backlog_size)
            await asyncio.sleep(0)

    await watched(host.write(line * 200))
    await host.received.until(
        lambda: host.received.data.count(b"OK") + host.received.data.count(b"ERROR") == 200
    )
    assert b"ERROR" in host.received.data and b"OK" in host.received.data
    assert 0 < most <= COMMANDS_LIMIT
    await answers(host)


async def test_an_endless_line_grows_nothing_and_is_one_error(bench: Bench) -> None:
    """Decision 6; 20 MB of it."""
    modem = await bench.modem("pty:")
    host = bench.host(modem)
    host.listen()
    await host.write(b"AT" + b"x" * 1_000_000)
    for _ in range(19):
        await host.write(b"x" * 1_000_000)
    await host.write(b"\r")
    await host.received.bytes(b"\r\nERROR\r\n")
    assert host.received.data == b"\r\nERROR\r\n"
    kept = sum(len(record.data) for record in modem.firmware.journal.records)
    assert kept <= JOURNAL_BYTES
    await answers(host)


@pytest.mark.parametrize(
    "setting",
    [
        "hang up",
        "seven bits and parity",
        "one baud off",
        "flow control",
    ],
)
@pytest.mark.parametrize("flow", [None, Flow(baud=0)], ids=["no pace", "pace"])
async def test_impossible_line_settings_change_nothing(
    bench: Bench, setting: str, flow: Flow | None
) -> None:
    """B0, 7E2, split rates, RTS/CTS and XON/XOFF on a line that has none of it."""
    modem = await bench.modem("pty:", flow)
    host = bench.host(modem)
    state = termios.tcgetattr(host.fd)
    match setting:
        case "hang up":
            state[4] = state[5] = termios.B0
        case "seven bits and parity":
            state[2] = state[2] & ~termios.CSIZE | termios.CS7 | termios.PARENB | termios.CSTOPB
        case "one baud off":
            state[4], state[5] = termios.B110, termios.B4000000
        case "flow control":
            state[2] |= termios.CRTSCTS
            state[0] |= termios.IXOFF
    termios.tcsetattr(host.fd, termios.TCSANOW, state)
    await answers(host)


async def test_a_tty_left_cooked_with_echo_does_not_make_the_module_talk_to_itself(
    bench: Bench,
) -> None:
    """As `stty sane` leaves it, and as every terminal is that nobody has set up."""
    modem = await bench.modem("pty:")
    host = bench.host(modem)
    host.listen()
    raw, state = termios.tcgetattr(host.fd), termios.tcgetattr(host.fd)
    state[0] |= termios.ICRNL | termios.IXON
    state[1] |= termios.OPOST | termios.ONLCR
    state[3] |= termios.ICANON | termios.ECHO | termios.ISIG | termios.IEXTEN
    termios.tcsetattr(host.fd, termios.TCSANOW, state)
    await host.write(b"AT\n")
    await host.received.until(lambda: b"OK" in host.received.data)
    await host.write(b"ATI\n")
    await host.received.until(lambda: host.received.data.count(b"OK") == 2)
    heard = [r.text for r in modem.firmware.journal.records if r.kind == "command"]
    assert heard == ["AT", "ATI"]
    termios.tcsetattr(host.fd, termios.TCSANOW, raw)
    await answers(host)


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize(
    "pieces",
    [
        [b"ATI\r\n" + bytes(100)],
        [b"ATI\r"],
        [b"ATI\n"],
        [b"ATI", b"\r\n"],
        [b"A", b"TI", b"\r", b"\n"],
    ],
    ids=["NULs behind", "CR", "LF", "line end apart", "crumbs"],
)
async def test_line_ends_of_all_kinds(bench: Bench, end: str, pieces: list[bytes]) -> None:
    """HF 17; the answer as HF 26 and 27 want it."""
    host = bench.host(await bench.modem(end))
    host.listen()
    for piece in pieces:
        await host.write(piece)
        await asyncio.sleep(0)
    await host.received.bytes(ATI)
    assert host.received.data == ATI
    await answers(host)


@pytest.mark.parametrize("end", ENDS)
async def test_hosts_that_come_and_go_without_a_word(bench: Bench, end: str) -> None:
    modem = await bench.modem(end)
    for _ in range(50):
        bench.host(modem).close()
        await asyncio.sleep(0)  # nobody else would let it in
    await answers(bench.host(modem))
