"""Observing: OBS_01 to 12 of the CoAP plugtest, 1.0-int-302, 303, Leshan's two ways to cancel.

Options of an answer to Observe and of a notification: 61 nn is Observe (6), then 60 text/plain or
62 2d16 TLV (Content-Format, 12).
"""

import pytest

from tests.conformance.table import TLV_3303, hear, registered, said, wire
from tests.desk import ACK, Desk, coap

TEMPERATURE = "54 33333033 01 30 04 35373030"  # /3303/0/5700 behind Observe (option 6)
DOOR = "54 33323030 01 30 04 35373530"  # /3200/0/5750


def datagrams(*cases: str) -> pytest.MarkDecorator:
    return pytest.mark.conformance(*cases, far="datagrams")


@pytest.fixture
def desk() -> Desk:
    return registered()


def observe(desk: Desk, mid: int, token: str, path: str, fields: str) -> None:
    assert hear(desk, f"41 01 {mid:04x} {token} 60 {path}") == f"+MIPLOBSERVE: 0,{mid},1,{fields}"


def notify(desk: Desk, value: str, tail: str = "") -> str:
    return desk.at(f"AT+MIPLNOTIFY=0,0,3303,0,5700,4,4,{value},0,0{tail}")


def acknowledge(desk: Desk) -> str:
    return desk.platform(coap(ACK, 0, desk.sent[-1].mid))


@datagrams("OBS_01")
def test_observing_with_confirmable_notifications(desk: Desk) -> None:
    """Same token, same format, rising numbers; each ACK is told (manual 3.9, `<ackid>`)."""
    observe(desk, 0x7001, "0b", TEMPERATURE, "3303,0,5700")
    assert said(desk) == wire("6145 7001 0b 61 01 60 ff 32332e35")
    for number, value, text in ((2, "24.5", "32342e35"), (3, "25.25", "32352e3235")):
        assert notify(desk, value, f",{number}") == "OK"
        assert acknowledge(desk) == f"+MIPLEVENT: 0,26,{number}"
        assert said(desk) == wire(f"4145 **** 0b 61 0{number} 60 ff {text}")


@datagrams("OBS_02")
def test_observing_with_non_confirmable_notifications(desk: Desk) -> None:
    observe(desk, 0x7001, "0b", TEMPERATURE, "3303,0,5700")
    said(desk)
    for number, value, text in ((2, "24.5", "32342e35"), (3, "25.25", "32352e3235")):
        assert notify(desk, value) == "OK"
        assert said(desk) == wire(f"5145 **** 0b 61 0{number} 60 ff {text}")
    assert desk.wait(300) == ""
    assert said(desk) == []


@datagrams("OBS_06")
@pytest.mark.parametrize("tail", ["", ",147"], ids=["non", "con"])
def test_a_reset_ends_it(desk: Desk, tail: str) -> None:
    """Manual 3.19; the host is told, and its next NOTIFY is refused."""
    observe(desk, 0x7001, "0b", TEMPERATURE, "3303,0,5700")
    assert notify(desk, "24.5", tail) == "OK"
    mid = desk.sent[-1].mid
    said(desk)
    assert hear(desk, f"7000 {mid:04x}") == f"+MIPLOBSERVE: 0,{mid},0,3303,0,5700"
    assert notify(desk, "25.5", tail) == "+CIS ERROR: 653"
    assert desk.wait(300) == ""
    assert said(desk) == []


@datagrams("OBS_09")
def test_a_write_to_what_is_observed_is_notified(desk: Desk) -> None:
    """The MCU takes the value over, and says so; the server that wrote it hears of it."""
    observe(desk, 0x7001, "0b", "54 33323030 01 30 04 35353033", "3200,0,5503")
    said(desk)
    put = "4103 7002 0c b4 33323030 01 30 04 35353033 10 ff 323530"
    assert hear(desk, put) == "+MIPLWRITE: 0,28674,3200,0,5503,3,3,250,0"
    assert desk.at("AT+MIPLWRITERSP=0,28674,2") == "OK"
    assert desk.at("AT+MIPLNOTIFY=0,0,3200,0,5503,3,3,250,0,0") == "OK"
    assert said(desk) == wire("6144 7002 0c", "5145 **** 0b 61 02 60 ff 323530")


@datagrams("OBS_10")
def test_a_plain_get_does_not_end_it(desk: Desk) -> None:
    observe(desk, 0x7001, "0b", TEMPERATURE, "3303,0,5700")
    get = "4101 7002 0b b4 33333033 01 30 04 35373030"
    assert hear(desk, get) == "+MIPLREAD: 0,28674,3303,0,5700"
    assert desk.at("AT+MIPLREADRSP=0,28674,1,3303,0,5700,4,4,23.5,0,0") == "OK"
    said(desk)
    assert notify(desk, "24.5") == "OK"
    assert said(desk) == wire("5145 **** 0b 61 02 60 ff 32342e35")


@datagrams("OBS_12")
def test_observe_1_ends_it(desk: Desk) -> None:
    """2.05 without Observe (RFC 7641 3.6)."""
    observe(desk, 0x7001, "0b", TEMPERATURE, "3303,0,5700")
    said(desk)
    cancel = f"4101 7002 0b 61 01 {TEMPERATURE}"
    assert hear(desk, cancel) == "+MIPLOBSERVE: 0,28674,0,3303,0,5700"
    assert said(desk) == wire("6145 7002 0b c0 ff 32332e35")
    assert notify(desk, "24.5") == "+CIS ERROR: 653"
    assert said(desk) == []


# Two observations: one ends, the other goes on, then that ends as well.

VALUES = {
    "3303": ("AT+MIPLNOTIFY=0,0,3303,0,5700,4,4,24.5,0,0", "32342e35"),
    "3200": ('AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"open",0,0', "6f70656e"),
}


def observe_both(desk: Desk) -> None:
    observe(desk, 0x7001, "0b", TEMPERATURE, "3303,0,5700")
    observe(desk, 0x7002, "0c", DOOR, "3200,0,5750")
    said(desk)


def is_notified(desk: Desk, object_: str, token: str, number: int) -> int:
    """NOTIFY reaches the server; its message id."""
    command, value = VALUES[object_]
    assert desk.at(command) == "OK"
    mid = desk.sent[-1].mid
    assert said(desk) == wire(f"5145 **** {token} 61 0{number} 60 ff {value}")
    return mid


def is_refused(desk: Desk, object_: str) -> None:
    assert desk.at(VALUES[object_][0]) == "+CIS ERROR: 653"
    assert said(desk) == []


@datagrams("1.0-int-302")
def test_302_resets_end_one_after_the_other(desk: Desk) -> None:
    observe_both(desk)
    first = is_notified(desk, "3303", "0b", 3)
    is_notified(desk, "3200", "0c", 4)
    assert hear(desk, f"7000 {first:04x}") == f"+MIPLOBSERVE: 0,{first},0,3303,0,5700"
    is_refused(desk, "3303")
    second = is_notified(desk, "3200", "0c", 5)
    assert hear(desk, f"7000 {second:04x}") == f"+MIPLOBSERVE: 0,{second},0,3200,0,5750"
    is_refused(desk, "3200")


@datagrams("1.0-int-303")
def test_303_observe_1_ends_one_after_the_other(desk: Desk) -> None:
    observe_both(desk)
    first = f"4101 7003 0b 61 01 {TEMPERATURE}"
    assert hear(desk, first) == "+MIPLOBSERVE: 0,28675,0,3303,0,5700"
    assert said(desk) == wire("6145 7003 0b c0 ff 32332e35")
    is_refused(desk, "3303")
    is_notified(desk, "3200", "0c", 3)
    second = f"4101 7004 0c 61 01 {DOOR}"
    assert hear(desk, second) == "+MIPLOBSERVE: 0,28676,0,3200,0,5750"
    assert said(desk) == wire("6145 7004 0c c0 ff 6f70656e")
    is_refused(desk, "3200")


# Every level, cancelled either way

OBJECT_TLV = f"080014 {TLV_3303}"  # LwM2M 1.0 6.4.3: object instance 0, of 20 bytes
LEVELS = {
    "resource": (TEMPERATURE, "3303,0,5700", "60 ff 32332e35", "60 ff 32342e35"),
    "instance": ("54 33333033 01 30", "3303,0,-1", f"622d16 ff {TLV_3303}",
                 "622d16 ff e4164441c40000"),
    "object": ("54 33333033", "3303,-1,-1", f"622d16 ff {OBJECT_TLV}",
               "622d16 ff 0700 e4164441c40000"),
}  # fmt: skip


def levels(how: str) -> pytest.MarkDecorator:
    params = [
        pytest.param(*row, marks=datagrams(f"LE-observe-{level}-{how}-cancel"), id=level)
        for level, row in LEVELS.items()
    ]
    return pytest.mark.parametrize(("path", "fields", "answer", "notification"), params)


@levels("passive")
def test_observe_then_reset(
    desk: Desk, path: str, fields: str, answer: str, notification: str
) -> None:
    observe(desk, 0x7001, "0b", path, fields)
    assert said(desk) == wire(f"6145 7001 0b 61 01 {answer}")
    assert notify(desk, "24.5") == "OK"
    mid = desk.sent[-1].mid
    assert said(desk) == wire(f"5145 **** 0b 61 02 {notification}")
    assert hear(desk, f"7000 {mid:04x}") == f"+MIPLOBSERVE: 0,{mid},0,{fields}"
    assert notify(desk, "25.5") == "+CIS ERROR: 653"
    assert said(desk) == []


@levels("active")
def test_observe_then_cancel(
    desk: Desk, path: str, fields: str, answer: str, notification: str
) -> None:
    observe(desk, 0x7001, "0b", path, fields)
    assert notify(desk, "24.5") == "OK"
    assert said(desk)[1:] == wire(f"5145 **** 0b 61 02 {notification}")
    line = hear(desk, f"4101 7002 0b 61 01 {path}")
    assert line == f"+MIPLOBSERVE: 0,28674,0,{fields}"
    (last,) = said(desk)
    assert last.startswith("614570020bc")
    assert notify(desk, "25.5") == "+CIS ERROR: 653"
    assert said(desk) == []
