"""Faults of a running modem, of its platforms, and of `mipl run`."""

import asyncio
import subprocess
import sys
from typing import Any

import pytest

from emulator.cloud.service import Cloud
from emulator.cloud_faults import CloudFaults
from emulator.destinations import leading_to
from emulator.faults.errors import FaultError
from emulator.faults.grammar import parse_fault
from emulator.modem import Modem, ModemSettings
from emulator.outputs import OpenLink
from emulator.serial_end import SerialEnd
from pty_bridge.memory import MemoryPort
from transport.memory import MemoryNetwork

virtual = pytest.mark.asyncio(loop_factories=["virtual"])
OK = b"\r\nOK\r\n"
LOG_IN = b'AT+MIPLCREATEEX="183.230.40.40:5683",0\rAT+MIPLOPEN=0,300,30\r'
IMEI = "869975030000461"


async def _nowhere(link: OpenLink) -> tuple[str, int]:
    raise OSError("no such host")


def _host(modem: Modem) -> tuple[Any, bytearray]:
    assert isinstance(modem.port, MemoryPort)
    host, heard = modem.port.host, bytearray()
    host.on_data = heard.extend
    host.open()
    return host, heard


@virtual
async def test_a_fault_is_planted_and_taken_back_while_the_modem_runs() -> None:
    settings = ModemSettings(strict=True, seed=1)
    async with Modem(SerialEnd("memory:"), _nowhere, settings) as modem:
        host, heard = _host(modem)
        assert not modem.faults
        await asyncio.sleep(5)
        assert modem.add_fault("reply: delay 2s") == 1
        assert modem.add_fault(parse_fault("module at 20s: reboot")) == 2
        host.write(b"AT\r")
        await asyncio.sleep(1.9)
        assert heard == b""
        await asyncio.sleep(0.2)
        assert heard == OK
        assert [(each.number, str(each.fault), each.fired) for each in modem.faults] == [
            (1, "reply: delay 2s", 1),
            (2, "module at 20s: reboot", 0),
        ]
        modem.add_fault("module: mute")
        host.write(b"AT\r")
        await asyncio.sleep(1)
        assert heard == OK
        modem.remove_fault(3)
        host.write(b"AT\r")
        await asyncio.sleep(20)
        assert heard == OK + OK
        assert [r.time for r in modem.firmware.journal.records if r.kind == "reboot"] == [20.0]
        with pytest.raises(FaultError, match="at: 20s is over"):
            modem.add_fault("module at 20s: reboot")
        with pytest.raises(FaultError, match="there is no fault 3"):
            modem.remove_fault(3)
        with pytest.raises(FaultError, match="no local platform beside it"):
            modem.add_fault("cloud: forget")


@virtual
async def test_what_a_fault_has_lost_is_not_in_the_journal_as_sent() -> None:
    net = MemoryNetwork()
    settings = ModemSettings(strict=True, seed=1, faults=(parse_fault("coap-up: drop, 2 times"),))
    async with (
        Cloud("onenet", seed=1, listen=net.listen) as cloud,
        Modem(SerialEnd("memory:"), leading_to(cloud), settings, open_link=net.open_link) as modem,
    ):
        host, _ = _host(modem)
        host.write(LOG_IN)
        await cloud.ready(IMEI)
        records = [r for r in modem.firmware.journal.records if r.kind in ("fault", "datagram_out")]
        lost, again, sent = records[:3]
        assert [r.kind for r in records[:3]] == ["fault", "fault", "datagram_out"]
        assert lost.data == again.data == sent.data, "the Register, and sent again"
        assert [r.time for r in records[:3]] == [0.0, 2.0, 6.0]


@virtual
async def test_a_switch_of_the_platforms_lasts_as_long_as_its_fault_says() -> None:
    net = MemoryNetwork()
    async with Cloud("onenet", seed=1, listen=net.listen) as cloud:
        beside = CloudFaults()
        settings = ModemSettings(
            strict=True, seed=1, faults=(parse_fault("cloud: switch block_size=64 10s"),)
        )
        modem = Modem(
            *(SerialEnd("memory:"), leading_to(cloud), settings),
            open_link=net.open_link,
            platforms=beside,
        )
        async with modem:
            assert cloud.switches.block_size == 1024, "the platforms are not up"
            beside.ready([cloud])
            assert cloud.switches.block_size == 64
            await asyncio.sleep(11)
            assert cloud.switches.block_size == 1024
            number = modem.add_fault("cloud: switch block_size=16")
            assert cloud.switches.block_size == 16
            modem.remove_fault(number)
            assert cloud.switches.block_size == 1024
            with pytest.raises(FaultError, match="there is no switch 'blok_size'; did you mean"):
                modem.add_fault("cloud: switch blok_size=16")


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        (["reply: dorp"], "--fault 'reply: dorp': what: 'dorp' is no fault; did you mean 'drop'?"),
        (
            ["command +MIPLNOTFY: busy"],
            "name: this model has no command '+MIPLNOTFY'; did you mean",
        ),
        (["cloud: switch refus=4.03"], "setting: there is no switch 'refus'; did you mean refuse?"),
        (
            ["cloud: forget", "--platform", "127.0.0.1:9"],
            "where: cloud: this modem has no local platform beside it",
        ),
    ],
)
def test_bad_usage_is_said_before_there_is_a_device(words: list[str], cause: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "emulator", "run", "--fault", *words],
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert cause in done.stderr
