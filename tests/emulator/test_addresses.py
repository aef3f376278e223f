"""Whom the module talks to: its own address may change in mid-session, its server's may not."""

import asyncio
import socket

import pytest

from emulator.modem import Modem, ModemSettings
from emulator.outputs import OpenLink
from emulator.serial_end import SerialEnd
from tests.desk import ACK, CON, LOCATION, NON, OBSERVE, PATH, RST, coap
from tests.lives import Host, Platform, there, until
from transport.link import Address, LinkReceiver, Tap
from transport.memory import MemoryLink, MemoryNetwork
from transport.udp import listen_udp

GET, CREATED, CHANGED, CONTENT = 1, 0x41, 0x44, 0x45
NOTIFY = 'AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"abcd",0,0'
STRICT = ModemSettings(strict=True, seed=1, quirks={"queue_awake_s": 10})

virtual = pytest.mark.asyncio(loop_factories=["virtual"])


class Gateway:
    """The module's way into the network; `rebind` is what a NAT or a new PDP context does."""

    def __init__(self) -> None:
        self.network = MemoryNetwork()
        self._links: list[MemoryLink] = []

    async def open_link(
        self, remote: Address, receiver: LinkReceiver, *, tap: Tap | None = None
    ) -> MemoryLink:
        link = await self.network.open_link(remote, receiver, tap=tap)
        self._links.append(link)
        return link

    def rebind(self) -> None:
        """The only link goes on from another port."""
        [link] = self._links
        before = link.local
        link.rebind()
        assert link.local != before


async def _registered(host: Host, platform: Platform, binding: int) -> None:
    for line in (
        'AT+MIPLCREATEEX="h",0',
        'AT+MIPLADDOBJ=0,3200,1,"1",0,0',
        f'AT+MIPLCFG="binding",0,{binding}',
        "AT+MIPLOPEN=0,86400,100",
    ):
        assert await host.command(line) == "OK"
    assert await until(lambda: host.count("+MIPLEVENT: 0,6"), 10)
    platform.observe()
    assert await until(lambda: host.log[-1].startswith("+MIPLOBSERVE"), 10)


@virtual
async def test_an_update_from_a_new_address_keeps_the_session() -> None:
    """What the platform sends to the old one is gone. After the Update it asks at the new one, the
    observation goes on under its token, and nobody registers anew (LwM2M 1.0 8.2.3)."""
    gateway, platform = Gateway(), Platform()
    await platform.listen(gateway.network)
    async with Modem(SerialEnd("memory:"), there, STRICT, open_link=gateway.open_link) as modem:
        host = Host(modem)
        await _registered(host, platform, binding=0)
        before = platform.server.peer
        gateway.rebind()
        unheard = platform.ask(GET)
        await asyncio.sleep(10)
        assert host.log[-1].startswith("+MIPLOBSERVE"), "nothing was heard"
        assert await host.command("AT+MIPLUPDATE=0,86400,0") == "OK"
        assert await until(lambda: host.count("+MIPLEVENT: 0,11"), 10)
        assert platform.server.peer not in (before, None)
        asked = platform.ask(GET)
        assert await until(lambda: asked.answer, 10)
        assert await host.command(f"{NOTIFY},147") == "OK"
        assert await until(lambda: host.count("+MIPLEVENT: 0,26,147"), 10)
        await host.close()
    platform.close()
    assert unheard.answer is None
    assert [heard.target.partition("?")[0] for heard in platform.server.requests] == [
        "/rd",
        "/rd/1",
    ]


@virtual
@pytest.mark.conformance("1.1-int-109", far="datagrams")
async def test_a_sleeper_that_wakes_at_a_new_address_says_so_first() -> None:
    """LwM2M 1.0 8.3: while it slept its address may have been released. The Update on wake brings
    the new one, at which the platform then asks what it has kept."""
    gateway, platform = Gateway(), Platform()
    await platform.listen(gateway.network)
    async with Modem(SerialEnd("memory:"), there, STRICT, open_link=gateway.open_link) as modem:
        host = Host(modem)
        await _registered(host, platform, binding=2)
        before = platform.server.peer
        await asyncio.sleep(100)
        gateway.rebind()
        assert await host.command(NOTIFY) == "OK"
        assert await until(lambda: platform.server.peer != before, 10)
        kept = platform.ask(GET)
        assert await until(lambda: kept.answer, 10)
        await host.close()
        assert [r.text for r in modem.firmware.journal.records if r.kind == "receiver"] == [
            "off",
            "on",
        ]
    platform.close()
    assert len(platform.server.notifications) == 1
    assert host.count("+MIPLEVENT: 0,11") == 1


@virtual
async def test_a_stranger_is_neither_heard_nor_answered() -> None:
    """Real UDP on loopback: a socket that knows every id and token, but has another address."""
    heard: list[tuple[bytes, Address]] = []
    platform = await listen_udp(("127.0.0.1", 0), lambda data, source: heard.append((data, source)))

    async def address(link: OpenLink) -> Address:
        return platform.address

    stranger = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    stranger.bind(("127.0.0.1", 0))
    stranger.setblocking(False)
    try:
        async with Modem(SerialEnd("memory:"), address, STRICT) as modem:
            host = Host(modem)
            for line in (
                'AT+MIPLCREATEEX="h",0',
                'AT+MIPLADDOBJ=0,3200,1,"1",0,0',
                "AT+MIPLOPEN=0,86400,300",
            ):
                assert await host.command(line) == "OK"
            assert await until(lambda: heard, 10)
            register, module = heard[-1]
            mid, token = register[2] << 8 | register[3], register[4 : 4 + (register[0] & 15)]
            location = ((LOCATION, b"rd"), (LOCATION, b"1"))
            read = ((PATH, b"3200"), (PATH, b"0"))
            forged = (
                coap(ACK, CREATED, mid, token, location),
                coap(CON, CREATED, 7, token, location),
                coap(RST, 0, mid),
                coap(CON, GET, 8, b"", read),
                coap(NON, GET, 9, b"", ((OBSERVE, b""), *read)),
                coap(CON, 0, 10),
                b"\x40",
                b"\xff",
                b"",
            )
            for data in forged:
                stranger.sendto(data, module)
            platform.send(coap(CON, 0, 11), module)  # a ping, behind all of that
            assert await until(lambda: heard[-1][0] == b"\x70\x00\x00\x0b", 10)
            assert host.log[-1] == "OK", "no event 6, no event 7, no line"
            platform.send(coap(ACK, CREATED, mid, token, location), module)
            assert await until(lambda: host.log[-1] == "+MIPLEVENT: 0,6", 10)
            for data in forged:
                stranger.sendto(data, module)
            platform.send(coap(CON, 0, 12), module)
            assert await until(lambda: heard[-1][0] == b"\x70\x00\x00\x0c", 10)
            assert host.log[-1] == "+MIPLEVENT: 0,6"
            kinds = [record.kind for record in modem.firmware.journal.records]
            assert kinds.count("datagram_in") == 3
        with pytest.raises(BlockingIOError):
            stranger.recv(100)
    finally:
        stranger.close()
        platform.close()
