"""Operations on a registered device: one at a time, with a timeout, each with one end."""

from collections.abc import Callable
from typing import Any

import pytest

from emulator.cloud.downlink import OPERATION_LIMIT
from emulator.cloud.errors import Offline, Overloaded, UnknownDevice
from emulator.cloud.events import Finished, Notified, Ready
from emulator.cloud.manners import CTWING, ONENET
from emulator.cloud.operations import (
    Answer,
    CancelObserve,
    Execute,
    Observe,
    Operation,
    Read,
    WriteAttributes,
)
from emulator.cloud.requests import write_of
from emulator.cloud.switches import Switches
from lwm2m_core.paths import Path

Desk = Any  # conftest.py's
Register = Callable[..., bytes]

IMEI = "869975030000461"
INSTANCE, RESOURCE = Path(3200, 0), Path(3200, 0, 5750)


@pytest.fixture
def online(quiet: Desk, register: Register) -> Desk:
    """A device with location 00000001 of which nothing has been asked; ids begin at 0x98d1."""
    quiet.receive(register(b"lt=3000"))
    return quiet


def ask(desk: Desk, operation: Operation, timeout: float | None = None) -> list[bytes]:
    desk.server.ask(IMEI, operation, desk.now, timeout=timeout)
    sent: list[bytes] = desk.sent()
    return sent


def results(desk: Desk) -> list[Any]:
    return [event.result for event in desk.told(Finished)]


# The wire. CON, token of four bytes, ids and tokens counting up.


def test_5_1_read_by_object(online: Desk) -> None:
    assert ask(online, Read(Path(3200))) == [
        b"\x44\x01\x98\xd1\x00\x00\x00\x02" + b"\xb4" + b"3200"
    ]
    answer = b"\x64\x45\x98\xd1\x00\x00\x00\x02" + b"\xc2\x2d\x16" + b"\xff\xe4\x16\x76abcd"
    assert online.receive(answer) == []
    assert results(online) == [Answer(69, 11542, b"\xe4\x16\x76abcd")]


def test_5_1_write(online: Desk) -> None:
    assert ask(online, write_of(ONENET, RESOURCE, "abcd")) == [
        b"\x44\x02\x98\xd1\x00\x00\x00\x02"
        + b"\xb4"
        + b"3200"
        + b"\x01"
        + b"0"
        + b"\x12\x2d\x16"
        + b"\xff\xe4\x16\x76abcd"
    ]
    online.receive(b"\x64\x44\x98\xd1\x00\x00\x00\x02")
    assert results(online) == [Answer(68)]


def test_5_1_execute(online: Desk) -> None:
    assert ask(online, Execute(RESOURCE, "abcd")) == [
        b"\x44\x02\x98\xd1\x00\x00\x00\x02"
        + b"\xb4"
        + b"3200"
        + b"\x01"
        + b"0"
        + b"\x04"
        + b"5750"
        + b"\x10"
        + b"\xff"
        + b"abcd"
    ]


def test_a_separate_answer_is_taken_and_acknowledged(online: Desk) -> None:
    # RFC 7252 5.2.2; *empty_ack_after_s*
    ask(online, Read(RESOURCE))
    assert online.receive(b"\x60\x00\x98\xd1") == []
    assert online.wait_until(20.0) == []
    later = b"\x44\x45\x00\x07\x00\x00\x00\x02" + b"\xc0\xff" + b"abcd"
    assert online.receive(later) == [b"\x60\x00\x00\x07"]
    assert results(online) == [Answer(69, 0, b"abcd")]


def test_a_write_in_blocks_of_16_bytes_rfc_7959_2_3(online: Desk) -> None:
    """Block1 (27) is d1 02 nn behind Content-Format (12), Size1 (60) d1 14 28 behind that."""
    online.server.switches = Switches(block_size=16)
    write = write_of(CTWING, Path(19, 1, 0), bytes(range(40)))
    uri = bytes.fromhex("b2 3139 01 31 01 30 11 2a")
    assert ask(online, write) == [
        bytes.fromhex("4403 98d1 00000002") + uri + bytes.fromhex("d1 02 08 d1 14 28 ff")
        + bytes(range(16))
    ]  # fmt: skip
    # 2.31 with the same Block1: d1 0e nn
    assert online.receive(bytes.fromhex("645f 98d1 00000002 d1 0e 08")) == [
        bytes.fromhex("4403 98d2 00000002") + uri + bytes.fromhex("d1 02 18 ff")
        + bytes(range(16, 32))
    ]  # fmt: skip
    assert online.receive(bytes.fromhex("645f 98d2 00000002 d1 0e 18")) == [
        bytes.fromhex("4403 98d3 00000002") + uri + bytes.fromhex("d1 02 20 ff")
        + bytes(range(32, 40))
    ]  # fmt: skip
    assert online.receive(bytes.fromhex("6444 98d3 00000002 d1 0e 20")) == []
    assert [result.code for result in results(online)] == [68]


def test_a_write_of_one_block_and_what_is_no_write_go_out_whole(online: Desk) -> None:
    online.server.switches = Switches(block_size=16)
    (sent,) = ask(online, write_of(CTWING, Path(19, 1, 0), bytes(16)))
    assert sent.endswith(bytes.fromhex("11 2a ff") + bytes(16))
    online.receive(bytes.fromhex("6444 98d1 00000002"))
    (sent,) = ask(online, Execute(RESOURCE, "x" * 17))
    assert sent.endswith(b"\x10\xff" + b"x" * 17)


# One at a time


def test_mb_3_the_next_request_comes_after_the_previous_answer(online: Desk) -> None:
    assert len(ask(online, Read(RESOURCE))) == 1
    assert ask(online, Execute(RESOURCE)) == []
    (second,) = online.receive(b"\x64\x84\x98\xd1\x00\x00\x00\x02")
    assert second[:4] == b"\x44\x02\x98\xd2"


def test_what_follows_a_registration_goes_before_what_people_ask(
    desk: Desk, register: Register
) -> None:
    desk.receive(register())
    assert ask(desk, Read(RESOURCE)) == []
    # Observe answered: Discover; answered: Read 3/0; answered: what was asked
    (discover,) = desk.receive(b"\x64\x45\x98\xd1\x00\x00\x00\x02\x61\x01")
    assert discover[8:] == b"\xb4" + b"3200" + b"\x61\x28"
    (read,) = desk.receive(b"\x64\x45\x98\xd2\x00\x00\x00\x03")
    assert read[8:] == b"\xb1" + b"3" + b"\x01" + b"0"
    assert not desk.told(Ready)
    (asked,) = desk.receive(b"\x64\x84\x98\xd3\x00\x00\x00\x04")
    assert asked[8:] == b"\xb4" + b"3200" + b"\x01" + b"0" + b"\x04" + b"5750"
    assert desk.told(Ready)


def test_only_so_many_operations_wait(online: Desk) -> None:
    for _ in range(OPERATION_LIMIT + 1):  # one is under way
        ask(online, Read(RESOURCE))
    with pytest.raises(Overloaded):
        ask(online, Read(RESOURCE))


# Time


def test_mb_2_8_an_unanswered_request_goes_out_three_times(online: Desk) -> None:
    (first,) = ask(online, Read(RESOURCE), timeout=40)
    assert online.wait_until(100.0) == [(6.0, first), (18.0, first)]
    assert results(online) == ["timeout"]


def test_the_operation_ends_at_its_timeout_and_a_late_answer_is_nobodys(online: Desk) -> None:
    ask(online, Read(RESOURCE))
    online.wait_until(24.9)
    assert results(online) == []
    online.wait_until(25.0)
    assert results(online) == ["timeout"]
    assert online.receive(b"\x64\x45\x98\xd1\x00\x00\x00\x02\xff1") == []
    assert results(online) == ["timeout"]


def test_an_operation_that_waits_behind_another_times_out_too(online: Desk) -> None:
    ask(online, Read(RESOURCE))
    ask(online, Execute(RESOURCE), timeout=5)
    assert online.wait_until(5.0) == []
    assert [(e.operation, e.result) for e in online.told(Finished)] == [
        (Execute(RESOURCE), "timeout")
    ]


def test_after_a_timeout_the_next_request_is_sent(desk: Desk, register: Register) -> None:
    desk.receive(register(b"lt=3000"))
    sent = [(when, data[:4]) for when, data in desk.wait_until(80.0)]
    # Observe, Discover, Read of 5.1, each given up after 25 s
    times = [6.0, 18.0, 25.0, 31.0, 43.0, 50.0, 56.0, 68.0]
    mids = ["98d1"] * 2 + ["98d2"] * 3 + ["98d3"] * 3
    assert [(when, head[2:].hex()) for when, head in sent] == list(zip(times, mids, strict=True))
    assert desk.told(Ready)


def test_a_reset_ends_an_operation(online: Desk) -> None:
    ask(online, Read(RESOURCE))
    online.receive(b"\x70\x00\x98\xd1")
    assert results(online) == ["reset"]


def test_a_deregistration_ends_what_waits(online: Desk) -> None:
    ask(online, Read(RESOURCE))
    ask(online, Execute(RESOURCE))
    online.receive(b"\x40\x04\x00\x03" + b"\xb2rd" + b"\x08" + b"00000001")
    assert results(online) == ["offline", "offline"]
    assert online.wait_until(100.0) == []
    with pytest.raises(Offline):
        ask(online, Read(RESOURCE))


def test_an_unknown_device_is_asked_nothing(online: Desk) -> None:
    with pytest.raises(UnknownDevice):
        online.server.ask("1", Read(RESOURCE), 0.0)


def test_a_device_is_known_by_its_endpoint_name_too(quiet: Desk, register: Register) -> None:
    quiet.receive(register(ep=b"\x3d\x15ep=869975030000461;460001357924680"))
    assert quiet.server.device(IMEI) == quiet.server.device("869975030000461;460001357924680")
    assert quiet.server.device(IMEI).imsi == "460001357924680"


# Observations

OBSERVED = b"\x64\x45\x98\xd1\x00\x00\x00\x02\x61\x01"


def notification(token: int, mid: int = 7) -> bytes:
    return b"\x54\x45" + mid.to_bytes(2, "big") + token.to_bytes(4, "big") + b"\x61\x02\x60\xff1"


def test_an_observation_asked_for_brings_notifications(online: Desk) -> None:
    ask(online, Observe(RESOURCE))
    online.receive(OBSERVED)
    assert online.receive(notification(2)) == []
    assert len(online.told(Notified)) == 1


def test_what_is_in_the_answer_to_observe_is_not_reported(online: Desk) -> None:
    # decision 30: it holds the last values, which are no news
    ask(online, Observe(RESOURCE))
    online.receive(OBSERVED + b"\x60\xff" + b"abcd")
    assert online.told(Notified) == []
    assert online.server.points(IMEI) == ()


def test_an_answer_without_observe_is_no_observation(online: Desk) -> None:
    ask(online, Observe(RESOURCE))
    online.receive(OBSERVED[:8])
    assert online.receive(notification(2)) == [b"\x70\x00\x00\x07"]


def test_observing_again_replaces_the_token(online: Desk) -> None:
    ask(online, Observe(RESOURCE))
    online.receive(OBSERVED)
    ask(online, Observe(RESOURCE))
    online.receive(b"\x64\x45\x98\xd2\x00\x00\x00\x03\x61\x01")
    assert online.receive(notification(2, mid=7)) == [b"\x70\x00\x00\x07"]
    assert online.receive(notification(3, mid=8)) == []
    assert len(online.told(Notified)) == 1


def test_rfc_7641_3_6_cancelling_uses_the_token_of_the_observation(online: Desk) -> None:
    ask(online, Observe(RESOURCE))
    online.receive(OBSERVED)
    assert ask(online, CancelObserve(RESOURCE)) == [
        b"\x44\x01\x98\xd2\x00\x00\x00\x02"
        + b"\x61\x01"
        + b"\x54"
        + b"3200"
        + b"\x01"
        + b"0"
        + b"\x04"
        + b"5750"
    ]
    online.receive(b"\x64\x45\x98\xd2\x00\x00\x00\x02")
    assert online.receive(notification(2)) == [b"\x70\x00\x00\x07"]


def test_cancelling_what_is_not_observed_is_asked_all_the_same(online: Desk) -> None:
    assert len(ask(online, CancelObserve(RESOURCE))) == 1
    online.receive(b"\x64\x45\x98\xd1\x00\x00\x00\x02")
    assert results(online) == [Answer(69)]


def test_attributes_go_in_the_query(online: Desk) -> None:
    # SV 2.2: PUT ?pmin=5&pmax=30, no payload
    assert ask(online, WriteAttributes(INSTANCE, ("pmin=5", "pmax=30"))) == [
        b"\x44\x03\x98\xd1\x00\x00\x00\x02"
        + b"\xb4"
        + b"3200"
        + b"\x01"
        + b"0"
        + b"\x46"
        + b"pmin=5"
        + b"\x07"
        + b"pmax=30"
    ]
