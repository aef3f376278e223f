"""Writing to the MCU: 205, 210, 215, 220, 226, 256, with a script for its MIPLWRITERSP lines.

In the requests Content-Format (12, 1 after Uri-Path): 10 text, 11 2a opaque, 12 2d16 TLV,
12 2d17 JSON. POST (02) on an instance changes what it names, PUT (03) replaces it.
"""

import pytest

from tests.conformance.table import TLV_3303, hear, registered, said, wire
from tests.desk import Desk

PATH_3200, PATH_3303 = "b4 33323030", "b4 33333033"


def datagrams(*cases: str) -> pytest.MarkDecorator:
    return pytest.mark.conformance(*cases, far="datagrams")


@pytest.fixture
def desk() -> Desk:
    return registered()


def writes(desk: Desk, request: str, *lines: str, result: int = 2, code: str = "44") -> None:
    """A write is printed so, answered once by the script, and then on the wire."""
    method, rest = request.split(" ", 1)
    printed = "|".join(f"+MIPLWRITE: 0,28673,{line}" for line in lines)
    assert hear(desk, f"44{method} 7001 deadbeef {rest}") == printed
    assert said(desk) == []
    assert desk.at(f"AT+MIPLWRITERSP=0,28673,{result}") == "OK"
    assert said(desk) == wire(f"64{code} 7001 deadbeef")


@datagrams("1.0-int-205")
@pytest.mark.parametrize(
    ("request_", "line"),
    [
        (f"{PATH_3200} 01 30 04 35353033 10 ff 30313031", "3200,0,5503,3,3,101,0"),  # 0101
        (f"{PATH_3200} 01 30 04 35353031 10 ff 31303130", "3200,0,5501,3,4,1010,0"),
        (f"{PATH_3200} 01 30 04 35353033 10 ff 32303030", "3200,0,5503,3,4,2000,0"),
        (f"{PATH_3200} 01 30 04 35353030 10 ff 30", "3200,0,5500,5,1,0,0"),
        (f"{PATH_3303} 01 30 04 35373030 10 ff 32342e35", "3303,0,5700,4,4,24.5,0"),
        (f"{PATH_3303} 01 30 04 35373031 10 ff 466172", "3303,0,5701,1,3,Far,0"),
    ],
)
def test_205_as_plain_text(desk: Desk, request_: str, line: str) -> None:
    """By the type that the host declared; a leading zero makes no octal number."""
    writes(desk, f"03 {request_}", line)


@datagrams("1.0-int-210")
@pytest.mark.parametrize(
    ("request_", "line"),
    [
        (f"{PATH_3200} 01 30 05 3330303031 11 2a ff 00e3ff", "3200,0,30001,2,6,00E3FF,0"),
        # Not declared: hex, type 6 (manual 3.12)
        (f"{PATH_3303} 01 30 05 3330303032 11 2a ff 00e3ff", "3303,0,30002,6,6,00E3FF,0"),
    ],
)
def test_210_as_opaque(desk: Desk, request_: str, line: str) -> None:
    writes(desk, f"03 {request_}", line)


SEVERAL = [
    (
        f"{PATH_3200} 01 30 12 2d16 ff e1157c00 e2157f03f2 e41676 67617465",
        ("3200,0,5500,5,1,0,1", "3200,0,5503,3,4,1010,2", "3200,0,5750,1,4,gate,0"),
    ),
    (
        f"{PATH_3303} 01 30 12 2d16 ff e415e1c1200000 e4164441c40000 e31645466172",
        ("3303,0,5601,4,3,-10,1", "3303,0,5700,4,4,24.5,2", "3303,0,5701,1,3,Far,0"),
    ),
]


@datagrams("1.0-int-215")
@pytest.mark.parametrize("method", ["02", "03"], ids=["post", "put"])
@pytest.mark.parametrize(("request_", "lines"), SEVERAL, ids=["3200", "3303"])
def test_215_an_instance_as_tlv(
    desk: Desk, method: str, request_: str, lines: tuple[str, ...]
) -> None:
    """One line per resource, flags 1, 2 and 0, and one answer to all (manual 3.12, 3.13)."""
    writes(desk, f"{method} {request_}", *lines)


@datagrams("1.0-int-220")
@pytest.mark.parametrize("method", ["02", "03"], ids=["post", "put"])
@pytest.mark.parametrize(
    ("path", "body", "lines"),
    [
        (
            PATH_3200,
            b'{"bn":"/3200/0/","e":[{"n":"5500","bv":false},{"n":"5503","v":1010},'
            b'{"n":"5750","sv":"gate"}]}',
            SEVERAL[0][1],
        ),
        (
            PATH_3303,
            b'{"bn":"/3303/0/","e":[{"n":"5601","v":-10},{"n":"5700","v":24.5},'
            b'{"n":"5701","sv":"Far"}]}',
            SEVERAL[1][1],
        ),
    ],
    ids=["3200", "3303"],
)
def test_220_an_instance_as_json(
    desk: Desk, method: str, path: str, body: bytes, lines: tuple[str, ...]
) -> None:
    writes(desk, f"{method} {path} 01 30 12 2d17 ff {body.hex()}", *lines)


@datagrams("1.1-int-226")
def test_226_the_others_stay(desk: Desk) -> None:
    """POST of one resource: one line; the MCU's other values are as they were."""
    request = f"02 {PATH_3303} 01 30 12 2d16 ff e4164441c40000"
    writes(desk, request, "3303,0,5700,4,4,24.5,0")
    assert hear(desk, f"4401 7002 deadbeef {PATH_3303} 01 30") == "+MIPLREAD: 0,28674,3303,0,-1"
    script = ("3303,0,5601,4,5,-4.25,2,1", "3303,0,5700,4,4,24.5,1,2", '3303,0,5701,1,3,"Cel",0,0')
    for line in script:
        assert desk.at(f"AT+MIPLREADRSP=0,28674,1,{line}") == "OK"
    after = TLV_3303.replace("41bc", "41c4")
    assert said(desk) == wire(f"6445 7002 deadbeef c2 2d16 ff {after}")


@datagrams("1.1-int-256", "LE-cannot-write-not-writable")
@pytest.mark.parametrize(
    ("path", "line", "fields", "value"),
    [
        (f"{PATH_3200} 01 30 04 35353031", "3200,0,5501,3,1,9", "3200,0,5501", "37"),  # 7
        (f"{PATH_3303} 01 30 04 35373030", "3303,0,5700,4,1,9", "3303,0,5700", "32332e35"),
    ],
    ids=["3200", "3303"],
)
def test_256_the_mcu_refuses(desk: Desk, path: str, line: str, fields: str, value: str) -> None:
    """Result 14 is 4.05; what the module knows of the value is what it was (decision 30)."""
    writes(desk, f"03 {path} 10 ff 39", f"{line},0", result=14, code="85")
    observe = f"4401 7002 deadbeef 60 5{path[1:]}"
    assert hear(desk, observe) == f"+MIPLOBSERVE: 0,28674,1,{fields}"
    assert said(desk) == wire(f"6445 7002 deadbeef 61 01 60 ff {value}")


@datagrams("AJ-partial-write-not-writable")
@pytest.mark.parametrize(("request_", "lines"), SEVERAL, ids=["3200", "3303"])
def test_a_partial_write_that_the_mcu_refuses(
    desk: Desk, request_: str, lines: tuple[str, ...]
) -> None:
    """One answer to all its lines: 14."""
    writes(desk, f"02 {request_}", *lines, result=14, code="85")


@datagrams("LE-cannot-replace-incomplete-instance")
def test_replacing_without_what_is_mandatory(desk: Desk) -> None:
    """What is mandatory only the MCU knows: 11 is 4.00 (manual 3.13)."""
    request = f"03 {PATH_3303} 01 30 12 2d16 ff e31645466172"
    writes(desk, request, "3303,0,5701,1,3,Far,0", result=11, code="80")


@datagrams("1.0-int-651")
def test_651_the_device_object_of_an_mcu() -> None:
    """13: 1367491215, 14: +02:00, 15: Europe/Paris; then what was saved, by PUT. Decision 33."""
    desk = registered(
        'AT+MIPLADDOBJ=0,3,1,"1",3,0',
        "AT+MIPLNOTIFY=0,0,3,0,13,3,10,1367400000,0,0",
        'AT+MIPLNOTIFY=0,0,3,0,14,1,6,"+01:00",0,0',
        'AT+MIPLNOTIFY=0,0,3,0,15,1,13,"Europe/London",0,0',
    )
    tlv = f"c40d 5182428f c60e {b'+02:00'.hex()} c80f0c {b'Europe/Paris'.hex()}"
    lines = ("3,0,13,3,10,1367491215,1", "3,0,14,1,6,+02:00,2", "3,0,15,1,12,Europe/Paris,0")
    writes(desk, f"02 b1 33 01 30 12 2d16 ff {tlv}", *lines)
    saved = f"c40d 5180de40 c60e {b'+01:00'.hex()} c80f0d {b'Europe/London'.hex()}"
    put = f"4403 7002 deadbeef b1 33 01 30 12 2d16 ff {saved}"
    assert hear(desk, put) == (
        "+MIPLWRITE: 0,28674,3,0,13,3,10,1367400000,1"
        "|+MIPLWRITE: 0,28674,3,0,14,1,6,+01:00,2"
        "|+MIPLWRITE: 0,28674,3,0,15,1,13,Europe/London,0"
    )
    assert desk.at("AT+MIPLWRITERSP=0,28674,2") == "OK"
    assert said(desk) == wire("6444 7002 deadbeef")


@datagrams("1.0-int-805")
def test_805_nothing_of_a_location_can_be_written() -> None:
    desk = registered('AT+MIPLADDOBJ=0,6,1,"1",3,0', "AT+MIPLNOTIFY=0,0,6,0,0,4,4,43.5,0,0")
    writes(desk, "03 b1 36 01 30 01 30 10 ff 3434", "6,0,0,4,2,44,0", result=14, code="85")


@datagrams("1.0-int-905")
def test_905_the_collection_period() -> None:
    desk = registered('AT+MIPLADDOBJ=0,7,1,"1",2,2', "AT+MIPLNOTIFY=0,0,7,0,8,3,1,0,0,0")
    writes(desk, "03 b1 37 01 30 01 38 10 ff 3330", "7,0,8,3,2,30,0")
