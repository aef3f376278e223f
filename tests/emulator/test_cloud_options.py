"""What the options of the local platforms make of a cloud."""

import asyncio

import pytest

from emulator.cli import parser
from emulator.cloud.admission import Declared
from emulator.cloud.picks import Pick
from emulator.cloud.switches import Switches
from emulator.cloud_options import cloud_of
from tests.room import HOST
from transport.memory import MemoryNetwork

virtual = pytest.mark.asyncio(loop_factories=["virtual"])


class Heard(list[bytes]):
    """The far end of a link."""

    def datagram_received(self, data: bytes) -> None:
        self.append(data)

    def send_failed(self, reason: str) -> None: ...

    def link_lost(self, reason: str) -> None: ...


async def _answered(words: list[str]) -> list[bytes]:
    """Which of 64 pings a platform answers, and how it answers a Register."""
    network, heard = MemoryNetwork(), Heard()
    options = parser().parse_args(["cloud", *words])
    async with cloud_of("dmp", options, host=HOST, listen=network.listen) as cloud:
        link = await network.open_link(cloud.server_address, heard)
        for mid in range(64):
            link.send(b"\x40\x00\x00" + bytes((mid,)))
        link.send(b"\x41\x02\x00\x40\xaa" + b"\xb2rd" + b"\x11\x28" + b"\x34ep=d" + b"\xff</19/0>")
        await asyncio.sleep(10)
    return heard


@virtual
async def test_the_seed_makes_chance_and_locations_the_same_in_every_run() -> None:
    pings = ["--switch", "drop=up:percent:20", "--seed"]
    first, again, other = [await _answered([*pings, seed]) for seed in ("7", "7", "8")]
    assert first == again != other
    assert 0 < len(first) < 64


def test_switches_and_devices_reach_the_cloud() -> None:
    words = ["cloud", "--switch", "drop=next:2", "--switch", "block_size=64", "--strict-devices"]
    cloud = cloud_of("dmp", parser().parse_args([*words, "--device", "1,2,3", "--device", "4"]))
    assert cloud.switches == Switches(drop=Pick("next", 2), block_size=64, strict_devices=True)
    assert cloud.declared == (Declared("1", "2", "3"), Declared("4"))
