"""The shell in virtual time: a modem with an in-memory port and network, nothing slept through."""

import asyncio

import pytest

from emulator.modem import Modem, ModemSettings
from emulator.outputs import OpenLink
from emulator.serial_end import SerialEnd
from pty_bridge.memory import MemoryPort
from transport.impairment import BadNetwork, Impairment
from transport.link import Address
from transport.memory import MemoryNetwork

virtual = pytest.mark.asyncio(loop_factories=["virtual"])

SERVER: Address = ("10.0.0.9", 5683)
DAY = 86400.0


async def _there(link: OpenLink) -> Address:
    return SERVER


async def _nowhere(link: OpenLink) -> Address:
    raise OSError("no such host")


class Host:
    """The MCU's side: says a line, collects what comes."""

    def __init__(self, modem: Modem) -> None:
        assert isinstance(modem.port, MemoryPort)
        self._end = modem.port.host
        self._end.open()
        self.lines: list[str] = []
        self.events: list[str] = []
        self._arrived = asyncio.Event()
        self._end.on_data = self._heard

    def _heard(self, data: bytes) -> None:
        lines = [line for line in data.decode().split("\r\n") if line]
        self.lines += lines
        self.events += [line for line in lines if line.startswith("+MIPLEVENT")]
        self._arrived.set()

    def say(self, line: str) -> None:
        self._end.write(line.encode() + b"\r")

    async def until(self, line: str, seconds: float = 1000) -> None:
        async with asyncio.timeout(seconds):
            while line not in self.lines:
                self._arrived.clear()
                await self._arrived.wait()
        del self.lines[: self.lines.index(line) + 1]

    async def command(self, line: str) -> None:
        self.say(line)
        await self.until("OK")


class Server:
    """Answers every CON request by the first rule that fits its path; literal CoAP bytes."""

    def __init__(self) -> None:
        self.requests: list[bytes] = []
        self.ports: list[int] = []  # that they came from
        self.up = True

    async def listen(self, network: MemoryNetwork) -> "Server":
        self._listener = await network.listen(SERVER, self._heard)
        return self

    def close(self) -> None:
        self._listener.close()

    def _heard(self, data: bytes, peer: Address) -> None:
        if not self.up or data[0] >> 4 & 3 != 0:
            return
        self.requests.append(data)
        self.ports.append(peer[1])
        token = data[4 : 4 + (data[0] & 15)]
        head = bytes([0x60 | len(token)])
        if b"\xb2rd\x011" not in data:  # POST /rd; what else comes is for /rd/1
            code, tail = 0x41, b"\x82rd\x011"  # Location-Path rd, 1
        else:
            code, tail = (0x44 if data[1] == 2 else 0x42), b""
        self._listener.send(head + bytes([code]) + data[2:4] + token + tail, peer)


@virtual
async def test_what_the_host_wrote_before_power_on_is_answered() -> None:
    end = SerialEnd("memory:")
    assert isinstance(end.port, MemoryPort)
    end.port.host.open()
    end.port.host.write(b"AT\r")
    await asyncio.sleep(0)
    async with Modem(end, _nowhere, ModemSettings(strict=True)):
        assert end.port.host.read_available() == b"\r\nOK\r\n"


@virtual
async def test_a_host_that_cannot_be_found_is_event_7(caplog: pytest.LogCaptureFixture) -> None:
    async with Modem(SerialEnd("memory:"), _nowhere, ModemSettings(strict=True)) as modem:
        host = Host(modem)
        await host.command('AT+MIPLCREATEEX="h",0')
        await host.command("AT+MIPLOPEN=0,300,30")
        await host.until("+MIPLEVENT: 0,7")
    assert "no link to h:5683: no such host" in caplog.text


@virtual
async def test_a_day_of_updates_over_a_bad_network() -> None:
    """20 % loss, duplication and reordering both ways: nothing is printed but event 11."""
    network = MemoryNetwork()
    server = await Server().listen(network)
    bad = Impairment(loss=0.2, duplication=0.1, reordering=0.1, delay=(0.05, 1.5))
    road = BadNetwork(network.open_link, seed=7, up=bad, down=bad)
    settings = ModemSettings(strict=True, seed=7)
    async with Modem(SerialEnd("memory:"), _there, settings, open_link=road.open_link) as modem:
        host = Host(modem)
        await host.command('AT+MIPLCREATEEX="h",0')
        await host.command('AT+MIPLADDOBJ=0,3200,1,"1",0,0')
        await host.command("AT+MIPLOPEN=0,86400,300")
        await host.until("+MIPLEVENT: 0,6")
        start = asyncio.get_running_loop().time()
        for _ in range(24):
            await host.command("AT+MIPLUPDATE=0,86400,0")
            await asyncio.sleep(3600)
        assert asyncio.get_running_loop().time() - start >= DAY
        assert host.events[0] == "+MIPLEVENT: 0,6"
        assert 20 <= host.events.count("+MIPLEVENT: 0,11") == len(host.events) - 1
    assert road.up.lost >= 5 and road.down.lost >= 5
    server.close()


@virtual
async def test_another_address_is_another_port_and_the_session_goes_on() -> None:
    """AT+CGATT=0 and 1: the links are bound anew, and the next Update comes from elsewhere."""
    network = MemoryNetwork()
    server = await Server().listen(network)
    settings = ModemSettings(strict=True)
    async with Modem(SerialEnd("memory:"), _there, settings, open_link=network.open_link) as modem:
        host = Host(modem)
        await host.command('AT+MIPLCREATEEX="h",0')
        await host.command('AT+MIPLADDOBJ=0,3200,1,"1",0,0')
        await host.command("AT+MIPLOPEN=0,3600,30")
        await host.until("+MIPLEVENT: 0,6")
        await host.command("AT+CGATT=0")
        await host.command("AT+CGATT=1")
        await asyncio.sleep(1)
        await host.command("AT+MIPLUPDATE=0,3600,0")
        await host.until("+MIPLEVENT: 0,11")
    registered, updated = server.ports
    assert registered != updated
    server.close()


@virtual
async def test_the_network_changes_while_the_modem_runs() -> None:
    """Without coverage OPEN ends in event 7, with it in 6."""
    network = MemoryNetwork()
    server = await Server().listen(network)
    settings = ModemSettings(strict=True)
    async with Modem(SerialEnd("memory:"), _there, settings, open_link=network.open_link) as modem:
        host = Host(modem)
        await host.command('AT+MIPLCREATEEX="h",0')
        modem.surround(coverage=False, signal=7)
        await host.command("AT+MIPLOPEN=0,3600,30")
        await host.until("+MIPLEVENT: 0,7")
        assert server.requests == []
        modem.surround(coverage=True)
        await asyncio.sleep(1)
        await host.command("AT+MIPLOPEN=0,3600,30")
        await host.until("+MIPLEVENT: 0,6")
        assert (modem.conditions.coverage, modem.conditions.signal) == (True, 7)
    server.close()


@virtual
async def test_the_modem_closes_links_and_timers_in_the_middle_of_everything() -> None:
    network = MemoryNetwork()
    server = await Server().listen(network)
    server.up = False
    settings = ModemSettings(strict=True)
    async with Modem(SerialEnd("memory:"), _there, settings, open_link=network.open_link) as modem:
        host = Host(modem)
        await host.command('AT+MIPLCREATEEX="h",0')
        await host.command("AT+MIPLOPEN=0,300,30")
        await asyncio.sleep(1)
    server.close()


@virtual
async def test_a_bug_of_ours_does_not_stop_the_module(caplog: pytest.LogCaptureFixture) -> None:
    """Not strict: a datagram that breaks us is logged with its traceback, the module goes on."""
    async with Modem(SerialEnd("memory:"), _nowhere, ModemSettings()) as modem:
        host = Host(modem)

        def bug(now: float) -> None:
            raise ZeroDivisionError("a planted bug")

        modem.input(bug)
        await host.command("AT")
    assert "a planted bug" in caplog.text
