"""A day of a modem that is recorded, in virtual time: it logs in, is read and written, reports."""

import asyncio
import re
from collections.abc import Sequence
from pathlib import Path

from emulator.cloud.service import Cloud
from emulator.destinations import leading_to
from emulator.modem import Modem, ModemSettings
from emulator.recording.files import Recording
from emulator.serial_end import SerialEnd
from pty_bridge.memory import MemoryPort
from transport.dtls.session import DtlsSettings, Suite
from transport.memory import MemoryNetwork

PLAIN = ('AT+MIPLCREATEEX="nbiotbt.heclouds.com:5683",1',)
SECURE = ('AT+MIPLCREATEEX="nbiotbt.heclouds.com:5684",1,"","1234abcd"',)
FIRST = ("AT", "AT+CGSN", "AT+CGSN=1", "AT+CIMI", "AT+ICCID")
OPEN = ('AT+MIPLADDOBJ=0,3200,1,"1",0,0', "AT+MIPLOPEN=0,100000,30")
ASKED = re.compile(rb"[+]MIPLWRITE: 0,(\d+),")


async def record_day(
    folder: Path,
    create: Sequence[str] = PLAIN,
    settings: ModemSettings | None = None,
    *,
    platform: str = "onenet",
    suites: tuple[Suite, ...] = tuple(Suite),
    show_secrets: bool = False,
    piece: int = 1000,
    report: str = "efgh",
) -> list[str]:
    """Everything that the host does stands here, but for `create`; it writes so many bytes at a
    time. What the module printed."""
    settings = settings or ModemSettings(seed=1, strict=True, timing="fast", ciphertext=True)
    net, dtls = MemoryNetwork(), DtlsSettings(suites)
    with Recording(folder, settings, show_secrets=show_secrets) as recording:
        async with (
            Cloud(platform, seed=2, listen=net.listen, dtls=dtls) as cloud,
            Modem(
                SerialEnd("memory:"),
                leading_to(cloud),
                settings,
                open_link=net.open_link,
                sinks=(recording,),
            ) as modem,
        ):
            assert isinstance(modem.port, MemoryPort)
            host, printed = modem.port.host, bytearray()

            def heard(data: bytes) -> None:
                printed.extend(data)
                if asked := ASKED.search(data):
                    host.write(b"AT+MIPLWRITERSP=0,%b,2\r" % asked[1])

            host.on_data = heard
            host.open()
            typed = "".join(f"{line}\r" for line in (*FIRST, *create, *OPEN)).encode()
            for at in range(0, len(typed), piece):
                host.write(typed[at : at + piece])
            await cloud.ready(settings.imei)
            await asyncio.sleep(2)
            await cloud.write(settings.imei, "/3200/0/5750", "abcd")
            await cloud.read(settings.imei, "/3/0/2")
            size = len(report)
            host.write(f'AT+MIPLNOTIFY=0,0,3200,0,5750,1,{size},"{report}",0,0\r'.encode())
            await asyncio.sleep(2)
    return [line for line in printed.decode().split("\r\n") if line]
