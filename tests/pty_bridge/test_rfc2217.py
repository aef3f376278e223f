"""RFC 2217: Telnet typed by hand, and pyserial's own client."""

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
import serial

from pty_bridge.port import LineSettings, ModuleSide
from pty_bridge.rfc2217 import rfc2217_port
from pty_bridge.tcp import TcpPort

pytestmark = pytest.mark.asyncio(loop_factories=["real"])

# RFC 2217 section 3, client to access server; 255 250 44 <command> <value> 255 240
BAUD_9600 = bytes.fromhex("fffa2c0100002580fff0")
BAUD_0 = bytes.fromhex("fffa2c0100000000fff0")  # asks
BAUD_16M = bytes.fromhex("fffa2c0100f42400fff0")  # 16000000
RTS_ON, RTS_OFF = bytes.fromhex("fffa2c050bfff0"), bytes.fromhex("fffa2c050cfff0")
DTR_ON, DTR_OFF = bytes.fromhex("fffa2c0508fff0"), bytes.fromhex("fffa2c0509fff0")
DO_COM_PORT = bytes.fromhex("fffd2c")
# server to client: commands are 100 higher
IS_BAUD_9600 = bytes.fromhex("fffa2c6500002580fff0")
IS_BAUD_115200 = bytes.fromhex("fffa2c650001c200fff0")
CTS_AND_DSR = bytes.fromhex("fffa2c6b30fff0")  # modem state: bits 4 and 5
ONLY_DSR = bytes.fromhex("fffa2c6b21fff0")  # and bit 0: CTS has changed


class Telnet:
    """A client that types bytes."""

    def __init__(self, port: TcpPort, received: Any) -> None:
        self.received = received
        _, host, number = port.name.split(":")
        self.socket = socket.create_connection((host, int(number)))
        self.socket.setblocking(False)
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self.socket, self._readable)

    def write(self, data: bytes) -> None:
        assert self.socket.send(data) == len(data)

    def _readable(self) -> None:
        try:
            data = self.socket.recv(65536)
        except ConnectionResetError:  # it was hung up on with bytes on their way
            data = b""
        self.received.put(data)
        if not data:
            self.close()

    def close(self) -> None:
        if self.socket.fileno() >= 0:
            self._loop.remove_reader(self.socket)
        self.socket.close()


@pytest_asyncio.fixture
async def module(arrivals: Any) -> AsyncIterator[Any]:
    """The receiver of a port; the port is its `port`."""
    module = arrivals()
    module.port = rfc2217_port(module, ("127.0.0.1", 0))
    yield module
    module.port.close()


@pytest_asyncio.fixture
async def client(module: Any, arrivals: Any) -> AsyncIterator[Telnet]:
    client = Telnet(module.port, arrivals())
    yield client
    client.close()


async def test_settings_stand_between_the_bytes_where_they_were_made(
    module: Any, client: Telnet
) -> None:
    client.write(b"1" + BAUD_9600 + b"2")
    await module.bytes(b"12")
    assert module.items == ["opened", b"1", ("line_settings", LineSettings(baud=9600)), b"2"]
    await client.received.bytes(IS_BAUD_9600)


async def test_a_pulse_in_one_packet_is_not_lost(module: Any, client: Telnet) -> None:
    client.write(DTR_ON + RTS_ON + RTS_OFF + RTS_ON + b".")
    await module.bytes(b".")
    assert [item[1].rts for item in module.items[1:-1]] == [None, True, False, True]
    assert module.items[-2] == ("line_settings", LineSettings(dtr=True, rts=True))


async def test_an_impossible_rate_is_refused_and_changes_nothing(
    module: Any, client: Telnet
) -> None:
    client.write(BAUD_16M + BAUD_0 + b".")
    await module.bytes(b".")
    assert module.items == ["opened", b"."]
    await client.received.bytes(IS_BAUD_115200 * 2)


async def test_cts_and_dsr_reach_the_client(module: Any, client: Telnet) -> None:
    client.write(DO_COM_PORT)
    await client.received.bytes(CTS_AND_DSR)
    module.port.show(ModuleSide(cts=False))
    await client.received.bytes(ONLY_DSR)


async def test_255_is_doubled_both_ways(module: Any, client: Telnet) -> None:
    client.write(b"a\xff\xffb")
    await module.bytes(b"a\xffb")
    module.port.write(b"c\xffd")
    await client.received.bytes(b"c\xff\xffd")


@pytest.mark.parametrize(
    "nonsense",
    [
        bytes.fromhex("fff0"),  # the end of an option that has not begun
        bytes.fromhex("fffa2c0163fff0"),  # a rate of one byte
        bytes.fromhex("fffa2c0309fff0"),  # parity 9
        bytes.fromhex("fffa2c0bfff0"),  # a mask without a value
        b"\xff\xfa" + bytes(1000),  # an option without an end
    ],
    ids=["end alone", "short rate", "no parity", "no mask", "endless"],
)
async def test_nonsense_ends_the_connection_and_nothing_else(
    module: Any, arrivals: Any, client: Telnet, nonsense: bytes
) -> None:
    client.write(b"AT\r" + nonsense)
    await module.until(lambda: "closed" in module.items)
    assert module.data in (b"AT\r", b"")  # what stands in the same command goes with it
    again = Telnet(module.port, arrivals())
    again.write(b"AT\r")
    await module.until(lambda: module.items[-1] == b"AT\r")
    again.close()


@pytest.mark.filterwarnings("ignore:set(Daemon|Name):DeprecationWarning")  # pyserial 3.5
async def test_pyserial_sets_an_odd_rate_pulls_lines_and_sees_cts_drop(module: Any) -> None:
    url = module.port.name.replace(":", "://", 1)

    def open_it() -> Any:
        return serial.serial_for_url(url, 460800, timeout=10)

    host = await asyncio.to_thread(open_it)
    try:
        await asyncio.to_thread(host.write, b"AT\r")
        await module.bytes(b"AT\r")
        assert module.items[-2] == ("line_settings", LineSettings(460800, dtr=True, rts=True))
        module.port.write(b"\r\nOK\r\n")
        assert await asyncio.to_thread(host.read, 6) == b"\r\nOK\r\n"
        assert host.cts and host.dsr and not host.ri
        await asyncio.to_thread(setattr, host, "rts", False)
        await module.until(lambda: module.items[-1][1].rts is False)
        module.port.show(ModuleSide(cts=False, dsr=True))
        module.port.write(b".")  # behind the news
        assert await asyncio.to_thread(host.read, 1) == b"."
        assert not host.cts and host.dsr
    finally:
        await asyncio.to_thread(host.close)
