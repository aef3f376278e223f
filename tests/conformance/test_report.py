"""Observing with attributes: 301, 260 and the like. The module tells them, the MCU keeps them."""

import pytest

from tests.conformance.table import hear, registered, said, wire
from tests.desk import Desk


def datagrams(*cases: str) -> pytest.MarkDecorator:
    return pytest.mark.conformance(*cases, far="datagrams")


@pytest.fixture
def desk() -> Desk:
    return registered()


def attributes(desk: Desk, mid: int, path: str, query: str, line: str) -> None:
    """PUT with a query alone: 2.04 at once, and the MCU is told (manual 3.16)."""
    options = ("4" if index == 0 else "0" for index in range(query.count("&") + 1))
    uri = "".join(
        f"{delta}{len(part):x}{part.encode().hex()}"
        for delta, part in zip(options, query.split("&"), strict=True)
    )
    assert hear(desk, f"4103 {mid:04x} 0d {path} {uri}") == f"+MIPLPARAMETER: 0,{mid},{line}"
    assert said(desk) == wire(f"6144 {mid:04x} 0d")


# 301: attributes of two resources, an Observe of each, and the script reports within them

TEMPERATURE = "b4 33333033 01 30 04 35373030"
COUNTER = "b4 33323030 01 30 04 35353031"


@pytest.mark.conformance("1.0-int-301", far="datagrams")
def test_301_two_resources_are_reported_between_pmin_and_pmax(desk: Desk) -> None:
    """pmin 5 and pmax 15 of one, 10 and 20 of the other: the script waits 10 and 20 s."""
    assert hear(desk, f"4101 7001 0a {TEMPERATURE}") == "+MIPLREAD: 0,28673,3303,0,5700"
    assert desk.at("AT+MIPLREADRSP=0,28673,1,3303,0,5700,4,4,23.5,0,0") == "OK"
    assert said(desk) == wire("6145 7001 0a c0 ff 32332e35")
    line = '3303,0,5700,14,"pmin=5;pmax=15"'
    attributes(desk, 0x7002, TEMPERATURE, "pmin=5&pmax=15", line)
    line = '3200,0,5501,15,"pmin=10;pmax=20"'
    attributes(desk, 0x7003, COUNTER, "pmin=10&pmax=20", line)
    observe = f"4101 7004 0b 60 5{TEMPERATURE[1:]}"
    assert hear(desk, observe) == "+MIPLOBSERVE: 0,28676,1,3303,0,5700"
    observe = f"4101 7005 0c 60 5{COUNTER[1:]}"
    assert hear(desk, observe) == "+MIPLOBSERVE: 0,28677,1,3200,0,5501"
    assert said(desk) == wire("6145 7004 0b 61 01 60 ff 32332e35", "6145 7005 0c 61 02 60 ff 37")
    desk.wait(10)
    assert said(desk) == []
    assert desk.at("AT+MIPLNOTIFY=0,0,3303,0,5700,4,4,24.5,0,0") == "OK"
    assert said(desk) == wire("5145 **** 0b 61 03 60 ff 32342e35")
    desk.wait(10)
    assert desk.at("AT+MIPLNOTIFY=0,0,3200,0,5501,3,1,8,0,0") == "OK"
    assert desk.at("AT+MIPLNOTIFY=0,0,3303,0,5700,4,4,25.5,0,0") == "OK"
    assert said(desk) == wire("5145 **** 0c 61 04 60 ff 38", "5145 **** 0b 61 05 60 ff 32352e35")


@pytest.mark.conformance("1.0-int-810", far="datagrams")
def test_810_a_location_is_reported() -> None:
    desk = registered('AT+MIPLADDOBJ=0,6,1,"1",2,0', "AT+MIPLNOTIFY=0,0,6,0,0,4,4,43.5,0,0")
    attributes(desk, 0x7001, "b1 36 01 30", "pmin=2&pmax=10", '6,0,-1,14,"pmin=2;pmax=10"')
    assert hear(desk, "4101 7002 0b 60 51 36 01 30") == "+MIPLOBSERVE: 0,28674,1,6,0,-1"
    assert said(desk) == wire("6145 7002 0b 61 01 62 2d16 ff c400422e0000")
    assert desk.at("AT+MIPLNOTIFY=0,0,6,0,0,4,4,44,0,1") == "OK"
    assert desk.at("AT+MIPLNOTIFY=0,0,6,0,5,3,10,1367491215,0,0") == "OK"
    assert said(desk) == wire("5145 **** 0b 61 02 62 2d16 ff c40042300000 c4055182428f")


@pytest.mark.conformance("1.0-int-910", far="datagrams")
def test_910_statistics_are_reported() -> None:
    desk = registered('AT+MIPLADDOBJ=0,7,1,"1",2,2', "AT+MIPLNOTIFY=0,0,7,0,2,3,1,0,0,0")
    attributes(desk, 0x7001, "b1 37 01 30", "pmin=2&pmax=10", '7,0,-1,14,"pmin=2;pmax=10"')
    assert hear(desk, "4101 7002 0b 60 51 37 01 30") == "+MIPLOBSERVE: 0,28674,1,7,0,-1"
    assert said(desk) == wire("6145 7002 0b 61 01 62 2d16 ff c10200")
    assert desk.at("AT+MIPLNOTIFY=0,0,7,0,2,3,2,12,0,0") == "OK"
    assert said(desk) == wire("5145 **** 0b 61 02 62 2d16 ff c1020c")


# 260: Discover before and after attributes are set

LIST_3200 = "</3200>,</3200/0>,</3200/0/5500>,</3200/0/5501>,</3200/0/5503>,</3200/0/5750>,"
LIST_3200 += "</3200/0/30001>"
LIST_3303 = "</3303>,</3303/0>,</3303/0/5601>,</3303/0/5700>,</3303/0/5701>"


def discovers(desk: Desk, mid: int, path: str, object_: int, links: str) -> None:
    assert hear(desk, f"4101 {mid:04x} 0d {path} 61 28") == f"+MIPLDISCOVER: 0,{mid},{object_}"
    assert said(desk) == wire(f"6145 {mid:04x} 0d c1 28 ff {links.encode().hex()}")


@pytest.mark.conformance("1.0-int-260", far="datagrams")
def test_260_the_list_has_no_attributes(desk: Desk) -> None:
    """Decisions 16 and 30: the paths, as the host declared them, before and after."""
    discovers(desk, 0x7001, "b4 33333033", 3303, LIST_3303)
    discovers(desk, 0x7002, "b4 33323030", 3200, LIST_3200)
    line = '3303,0,-1,16,"pmin=10;pmax=200"'
    attributes(desk, 0x7003, "b4 33333033 01 30", "pmin=10&pmax=200", line)
    discovers(desk, 0x7004, "b4 33333033", 3303, LIST_3303)
    line = '3303,0,5700,21,"lt=1.0;gt=6.0;stp=1.0"'
    attributes(desk, 0x7005, TEMPERATURE, "lt=1&gt=6&st=1", line)
    discovers(desk, 0x7006, "b4 33333033", 3303, LIST_3303)
    discovers(desk, 0x7007, TEMPERATURE, 3303, "</3303/0/5700>")


@pytest.mark.conformance("1.0-int-260", far="datagrams")
def test_260_the_list_is_that_of_discoverrsp() -> None:
    """Manual 3.5: `5500;5501;5750`, of every instance."""
    listed = 'AT+MIPLDISCOVERRSP=0,3301,1,14,"5500;5501;5750"'
    desk = registered('AT+MIPLADDOBJ=0,3301,2,"11",3,0', listed)
    links = ",".join(
        ["</3301>", "</3301/0>", "</3301/0/5500>", "</3301/0/5501>", "</3301/0/5750>"]
        + ["</3301/1>", "</3301/1/5500>", "</3301/1/5501>", "</3301/1/5750>"]
    )
    discovers(desk, 0x7001, "b4 33333031", 3301, links)


# One attribute at a time (conformance 9): the MCU is told, and the module adds nothing of its own


@pytest.mark.parametrize(
    ("query", "told"),
    [
        pytest.param(
            query, told, marks=pytest.mark.conformance(f"LE-attribute-{name}", far="datagrams")
        )
        for name, query, told in (
            ("pmin", "pmin=5", '6,"pmin=5"'),
            ("pmax", "pmax=30", '7,"pmax=30"'),
            ("lt", "lt=-1.5", '7,"lt=-1.5"'),
            ("gt", "gt=9", '6,"gt=9.0"'),
            ("gt", "gt=9.0", '6,"gt=9.0"'),
            ("st", "st=0.5", '7,"stp=0.5"'),
            ("st", "stp=0.5", '7,"stp=0.5"'),
        )
    ],
)
def test_an_attribute_is_left_to_the_mcu(desk: Desk, query: str, told: str) -> None:
    """Nothing is sent at pmax, and what the script reports is sent, whatever the thresholds."""
    attributes(desk, 0x7001, TEMPERATURE, query, f"3303,0,5700,{told}")
    hear(desk, f"4101 7002 0b 60 5{TEMPERATURE[1:]}")
    said(desk)
    for number in (2, 3):
        assert desk.at("AT+MIPLNOTIFY=0,0,3303,0,5700,4,4,23.5,0,0") == "OK"
        assert said(desk) == wire(f"5145 **** 0b 61 0{number} 60 ff 32332e35")
    assert desk.wait(300) == ""
    assert said(desk) == []
