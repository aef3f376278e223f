"""A device with much to say: its Register and its answers in blocks (RFC 7959), typed by hand."""

from typing import Any

import pytest

from emulator.cloud.collector import BODY_LIMIT, COLLECTED_LIFETIME, COLLECTED_LIMIT, Collector
from emulator.cloud.events import Finished, Registered, RegistrationRefused
from emulator.cloud.operations import Answer, Discover, Observe
from emulator.cloud.peers import Peer
from emulator.cloud.registration import BadRequest
from lwm2m_core.message import Message
from lwm2m_core.paths import Path

Desk = Any  # conftest.py's

H = bytes.fromhex
OBJECTS = b'</>;rt="oma.lwm2m",</3200/0>,</3303/0>'  # 38 bytes
CREATED = "8272640830303030303030" + "31"  # Location-Path rd, 00000001


def register(mid: int, block: str, payload: bytes) -> bytes:
    """As `register` of conftest.py, with Block1 (c1 nn) behind Uri-Query (15)."""
    head = H(f"4102 {mid:04x} aa b27264 1128 3d05") + b"ep=869975030000461"
    return head + H(block) + b"\xff" + payload


def test_a_register_in_blocks_of_32_bytes(quiet: Desk) -> None:
    """Block1 is d1 0e nn alone and d1 06 nn behind Location-Path (8)."""
    assert quiet.receive(register(1, "c1 09", OBJECTS[:32])) == [H("615f 0001 aa d1 0e 09")]
    assert quiet.events == []
    assert quiet.receive(register(2, "c1 11", OBJECTS[32:])) == [
        H("6141 0002 aa") + H(CREATED) + H("d1 06 11")
    ]
    [registered] = quiet.told(Registered)
    assert isinstance(registered, Registered)
    assert registered.objects == (Path(3200, 0), Path(3303, 0))


def test_blocks_that_do_not_follow_one_another(quiet: Desk) -> None:
    """No device of another address goes on with them either."""
    quiet.receive(register(1, "c1 09", OBJECTS[:32]))
    other = Peer("10.0.0.1", 50000)
    assert quiet.receive(register(2, "c1 11", OBJECTS[32:]), other) == [H("6188 0002 aa")]
    assert quiet.receive(register(3, "c1 29", OBJECTS[:32])) == [H("6188 0003 aa")]
    assert quiet.receive(register(4, "c1 11", OBJECTS[32:])) == [H("6188 0004 aa")]
    assert quiet.receive(register(5, "c1 09", OBJECTS[:31])) == [H("6180 0005 aa")]
    assert len(quiet.told(RegistrationRefused)) == 4


class Sender:
    def __init__(self) -> None:
        self.collector = Collector()

    def block(self, number: int, *, sender: int = 0, now: float = 0.0) -> Message | None:
        """One of 1024 bytes, with more to follow."""
        value = (number << 4 | 14).to_bytes(3, "big")
        message = Message(0, 2, number, b"", ((11, b"rd"), (27, value)), bytes(1024))
        return self.collector.take(sender, message, now)


def test_bodies_are_bounded() -> None:
    sender = Sender()
    for number in range(BODY_LIMIT // 1024):
        assert sender.block(number) is None
    with pytest.raises(BadRequest) as refused:
        sender.block(BODY_LIMIT // 1024)
    assert refused.value.code == 0x8D


def test_devices_with_bodies_are_bounded() -> None:
    sender = Sender()
    for device in range(COLLECTED_LIMIT + 1):
        sender.block(0, sender=device)
    assert sender.block(1, sender=1) is None
    with pytest.raises(BadRequest) as refused:
        sender.block(1, sender=0)
    assert refused.value.code == 0x88


def test_a_body_is_forgotten_when_nothing_more_comes() -> None:
    sender = Sender()
    sender.block(0)
    sender.block(1, now=COLLECTED_LIFETIME - 1)
    with pytest.raises(BadRequest):
        sender.block(2, now=2 * COLLECTED_LIFETIME)


# Answers. Block2 (23) is c1 nn behind Uri-Path (11), b1 nn behind Content-Format (12).


@pytest.fixture
def registered(quiet: Desk) -> Desk:
    quiet.receive(register(1, "", OBJECTS))
    quiet.events.clear()
    return quiet


def test_a_discover_that_is_answered_in_blocks(registered: Desk) -> None:
    """Accept 40 is repeated (61 28); the answer's Content-Format is that of the first block."""
    number = registered.server.ask("869975030000461", Discover(Path(3200)), 0.0)
    assert registered.sent() == [H("4401 98d1 00000002 b4 33323030 61 28")]
    assert registered.receive(H("6445 98d1 00000002 c1 28 b1 08 ff") + b"</3200>,</3200/0") == [
        H("4401 98d2 00000003 b4 33323030 61 28 61 10")
    ]
    registered.receive(H("6445 98d2 00000003 c1 28 b1 10 ff") + b">,</3200/1>")
    assert registered.told(Finished) == [
        Finished(
            number,
            "869975030000461",
            Discover(Path(3200)),
            Answer(0x45, 40, b"</3200>,</3200/0>,</3200/1>"),
        )
    ]


def test_an_observe_that_is_answered_in_blocks(registered: Desk) -> None:
    """The rest is fetched without Observe, and the observation stands: its notification counts."""
    registered.server.ask("869975030000461", Observe(Path(3200, 0, 5750)), 0.0)
    assert registered.sent() == [H("4401 98d1 00000002 60 54 33323030 01 30 04 35373530")]
    assert registered.receive(H("6445 98d1 00000002 61 01 60 b1 08 ff") + b"a" * 16) == [
        H("4401 98d2 00000003 b4 33323030 01 30 04 35373530 c1 10")
    ]
    registered.receive(H("6445 98d2 00000003 c0 b1 10 ff 62"))
    [finished] = registered.told(Finished)
    assert isinstance(finished, Finished)
    assert finished.result == Answer(0x45, 0, b"a" * 16 + b"b")
    assert registered.receive(H("4445 0007 00000002 61 02 60 ff 63")) == [H("6000 0007")]
    assert [point.value for point in registered.server.points("869975030000461")] == ["c"]


def test_an_answer_whose_blocks_do_not_follow_one_another(registered: Desk) -> None:
    registered.server.ask("869975030000461", Discover(Path(3200)), 0.0)
    registered.sent()
    registered.receive(H("6445 98d1 00000002 c1 28 b1 08 ff") + b"</3200>,</3200/0")
    registered.receive(H("6445 98d2 00000003 c1 28 b1 20 ff") + b">")
    [finished] = registered.told(Finished)
    assert isinstance(finished, Finished)
    assert finished.result == "broken"
