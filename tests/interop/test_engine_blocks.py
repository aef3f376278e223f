"""Blocks that no AT command can cause: aiocoap against the engine itself (RFC 7959)."""

import random
import time
from collections.abc import Iterator
from typing import Any

import pytest

from lwm2m_core.accounts import Account
from lwm2m_core.client import Client
from lwm2m_core.client_outputs import NotificationAcked, Received, Registered
from lwm2m_core.download import Download, Downloaded, DownloadFailed, Progress
from lwm2m_core.message import Code
from lwm2m_core.objects import ObjectTree
from lwm2m_core.operations import Execute, Observe
from lwm2m_core.requests import Settings
from tests.interop.engine import Wire
from tests.interop.peers.aiocoap_server import AiocoapServer
from tests.interop.peers.driver import PATIENCE, Answer, Notification

RESOURCE = "/3200/0/5750"
TEXT = 0
LONG = "".join(chr(ord("a") + i % 26) for i in range(1500)).encode()

aiocoap = pytest.mark.parametrize("peer", ["aiocoap"], indirect=True)


class Device:
    """A client that answers what it is asked with LONG."""

    def __init__(self, peer: AiocoapServer) -> None:
        tree = ObjectTree()
        tree.add_object(3200, [0])
        self.told: list[Any] = []
        self.client = Client(Settings("dev1"), tree, random.Random(1))
        self.wire = Wire(self.client, self.tell)
        account = Account(*peer.address)
        self.client.open(account, bootstrap=False, lifetime=300, timeout=30, now=time.monotonic())
        self.wire.run_until(lambda: any(isinstance(each, Registered) for each in self.told))

    def tell(self, output: Any) -> None:
        self.told.append(output)
        if isinstance(output, Received):
            code = Code.CONTENT if isinstance(output.operation, Observe) else Code.CHANGED
            self.client.respond(
                output.operation.mid, code, time.monotonic(), payload=LONG, content_format=TEXT
            )


@pytest.fixture
def device(peer: AiocoapServer) -> Iterator[Device]:
    device = Device(peer)
    yield device
    device.wire.close()


@aiocoap
@pytest.mark.conformance("BLOCK_05")
def test_blocks_both_ways(peer: AiocoapServer, device: Device) -> None:
    """256 bytes a block: the arguments in 4 blocks, the answer from the second block on."""
    pending = peer.request("POST", RESOURCE, payload=LONG[:1000], content_format=TEXT, block=256)
    device.wire.run_until(pending.done)
    assert pending.result(PATIENCE) == Answer("2.04", LONG, TEXT)
    asked = [each.operation for each in device.told if isinstance(each, Received)]
    assert len(asked) == 1
    assert isinstance(asked[0], Execute)
    assert asked[0].payload == LONG[:1000]


@aiocoap
@pytest.mark.conformance("OBS_13")
@pytest.mark.parametrize("block", [None, 64])
def test_observing_what_is_longer_than_a_block(
    peer: AiocoapServer, device: Device, block: int | None
) -> None:
    pending = peer.observe(RESOURCE, block)
    device.wire.run_until(pending.done)
    assert pending.result(PATIENCE) == Answer("2.05", LONG, TEXT)
    [observation] = device.client.observations
    newer = LONG[::-1]
    device.client.notify(observation, newer, TEXT, time.monotonic(), confirmable=True)
    device.wire.run_until(lambda: not peer.records.notified.empty())
    assert peer.records.notified.get(timeout=PATIENCE) == Notification(RESOURCE, newer, TEXT)
    assert any(isinstance(each, NotificationAcked) for each in device.told)


def fetch(uri: str, **arguments: Any) -> list[Any]:
    told: list[Any] = []
    download = Download(uri, random.Random(1), **arguments)
    download.start(time.monotonic())
    wire = Wire(download, told.append)
    try:
        wire.run_until(lambda: any(isinstance(each, Downloaded | DownloadFailed) for each in told))
    finally:
        wire.close()
    return told


@aiocoap
@pytest.mark.parametrize(("size", "blocks"), [(64, 40), (512, 5), (1024, 3)])
def test_a_file_is_fetched(peer: AiocoapServer, size: int, blocks: int) -> None:
    """2600 bytes; aiocoap cuts them as it is asked to."""
    body = random.Random(2).randbytes(2560) + LONG[:40]
    peer.serve(("fw", "image 1"), body)
    told = fetch("coap://{}:{}/fw/image%201".format(*peer.address), block_size=size)
    assert told[-1] == Downloaded(body)
    assert sum(isinstance(each, Progress) for each in told) == 2600 // size


@aiocoap
def test_a_file_that_is_not_there_and_one_that_is_too_long(peer: AiocoapServer) -> None:
    peer.serve(("fw",), LONG)
    host, port = peer.address
    assert fetch(f"coap://{host}:{port}/other") == [DownloadFailed("refused", 0x84)]
    assert fetch(f"coap://{host}:{port}/fw", body_limit=1499)[-1] == DownloadFailed("too large")
