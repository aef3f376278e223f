"""Reading what the MCU has: 201 to 204, 222 to 224, 237, with a script for its MIPLREADRSP lines.

In the requests: b4 … the path, then Accept (17, 6 after Uri-Path): 60 text, 61 2a opaque,
62 2d16 TLV, 62 2d17 JSON. In the answers Content-Format (12): c0, c1 2a, c2 2d16, c2 2d17.
"""

import pytest

from tests.conformance.table import TLV_3200, TLV_3303, hear, registered, said, wire
from tests.desk import Desk

PATH_3200, PATH_3303 = "b4 33323030", "b4 33333033"

# The host's answer to a READ of an instance, line by line (manual 3.11, flags 1, 2 and 0).
ALL_OF_3200 = (
    "3200,0,5500,5,1,1,4,1",
    "3200,0,5501,3,1,7,3,2",
    "3200,0,5503,3,3,100,2,2",
    '3200,0,5750,1,4,"door",1,2',
    '3200,0,30001,2,4,"E309",0,0',
)
ALL_OF_3303 = ("3303,0,5601,4,5,-4.25,2,1", "3303,0,5700,4,4,23.5,1,2", '3303,0,5701,1,3,"Cel",0,0')


def datagrams(*cases: str) -> pytest.MarkDecorator:
    return pytest.mark.conformance(*cases, far="datagrams")


@pytest.fixture
def desk() -> Desk:
    return registered()


def reads(desk: Desk, request: str, fields: str, lines: tuple[str, ...], answer: str) -> None:
    """A GET is printed, answered by the script, and gets this answer, once the last line is in."""
    assert hear(desk, f"4401 7001 deadbeef {request}") == f"+MIPLREAD: 0,28673,{fields}"
    for line in lines:
        assert said(desk) == []
        assert desk.at(f"AT+MIPLREADRSP=0,28673,1,{line}") == "OK"
    assert said(desk) == wire(f"6445 7001 deadbeef {answer}")


@datagrams("1.0-int-201")
@pytest.mark.parametrize(
    ("request_", "line", "text"),
    [
        (f"{PATH_3200} 01 30 04 35353030", "3200,0,5500,5,1,1,0,0", "31"),
        (f"{PATH_3200} 01 30 04 35353031", "3200,0,5501,3,2,-7,0,0", "2d37"),
        (f"{PATH_3200} 01 30 04 35373530", '3200,0,5750,1,4,"door",0,0', "646f6f72"),
        (f"{PATH_3303} 01 30 04 35373030", "3303,0,5700,4,4,23.5,0,0", "32332e35"),
        (f"{PATH_3303} 01 30 04 35363031", "3303,0,5601,4,5,-4.25,0,0", "2d342e3235"),
        (f"{PATH_3303} 01 30 04 35373031", '3303,0,5701,1,3,"Cel",0,0', "43656c"),
    ],
)
def test_201_as_plain_text(desk: Desk, request_: str, line: str, text: str) -> None:
    fields = ",".join(line.split(",")[:3])
    reads(desk, f"{request_} 60", fields, (line,), f"c0 ff {text}")


@datagrams("1.0-int-202")
@pytest.mark.parametrize(
    ("request_", "line"),
    [
        (f"{PATH_3200} 01 30 05 3330303031", "3200,0,30001"),
        (f"{PATH_3303} 01 30 05 3330303032", "3303,0,30002"),
    ],
)
@pytest.mark.parametrize("accept", ["61 2a", ""])
def test_202_as_opaque(desk: Desk, request_: str, line: str, accept: str) -> None:
    """An opaque resource, also where the server leaves the format to the module."""
    script = (f'{line},2,6,"00E3FF",0,0',)
    reads(desk, f"{request_} {accept}", line, script, "c1 2a ff 00e3ff")


@datagrams("1.0-int-203")
@pytest.mark.parametrize(
    ("path", "fields", "script", "tlv"),
    [
        (f"{PATH_3200} 01 30", "3200,0,-1", ALL_OF_3200, TLV_3200),
        (f"{PATH_3303} 01 30", "3303,0,-1", ALL_OF_3303, TLV_3303),
        (PATH_3200, "3200,-1,-1", ALL_OF_3200, f"080018 {TLV_3200}"),  # instance 0, 24 bytes
        (PATH_3303, "3303,-1,-1", ALL_OF_3303, f"080014 {TLV_3303}"),  # instance 0, 20 bytes
    ],
)
def test_203_as_tlv(desk: Desk, path: str, fields: str, script: tuple[str, ...], tlv: str) -> None:
    """An instance as its bare resources, an object as instances with theirs."""
    reads(desk, f"{path} 62 2d16", fields, script, f"c2 2d16 ff {tlv}")


@datagrams("1.0-int-204")
@pytest.mark.parametrize(
    ("path", "fields", "script", "body"),
    [
        (
            f"{PATH_3200} 01 30",
            "3200,0,-1",
            ALL_OF_3200,
            b'{"bn":"/3200/0/","e":[{"n":"5500","bv":true},{"n":"5501","v":7},'
            b'{"n":"5503","v":100},{"n":"5750","sv":"door"},{"n":"30001","sv":"4wk="}]}',
        ),
        (
            f"{PATH_3303} 01 30",
            "3303,0,-1",
            ALL_OF_3303,
            b'{"bn":"/3303/0/","e":[{"n":"5601","v":-4.25},{"n":"5700","v":23.5},'
            b'{"n":"5701","sv":"Cel"}]}',
        ),
    ],
)
def test_204_as_json(
    desk: Desk, path: str, fields: str, script: tuple[str, ...], body: bytes
) -> None:
    """LwM2M 1.0 6.4.4; opaque values in Base64."""
    reads(desk, f"{path} 62 2d17", fields, script, f"c2 2d17 ff {body.hex()}")


@datagrams("1.1-int-222", "1.1-int-237")
def test_222_an_object_with_two_instances_in_the_module_s_own_format() -> None:
    """Without Accept an object is TLV (LwM2M 1.0 6.4); every instance is there, by its id."""
    desk = registered('AT+MIPLADDOBJ=0,3301,3,"101",1,0')
    script = ("3301,2,5700,4,3,2.5,1,1", "3301,0,5700,4,3,1.5,0,0")
    tlv = "0700 e416443fc00000 0702 e4164440200000"
    reads(desk, "b4 33333031", "3301,-1,-1", script, f"c2 2d16 ff {tlv}")


@datagrams("1.1-int-223", "AJ-default-format-tlv")
def test_223_an_instance_in_the_module_s_own_format(desk: Desk) -> None:
    reads(desk, f"{PATH_3303} 01 30", "3303,0,-1", ALL_OF_3303, f"c2 2d16 ff {TLV_3303}")
    reads_again = f"4401 7002 deadbeef {PATH_3200} 01 30"
    assert hear(desk, reads_again) == "+MIPLREAD: 0,28674,3200,0,-1"
    for line in ALL_OF_3200:
        assert desk.at(f"AT+MIPLREADRSP=0,28674,1,{line}") == "OK"
    assert said(desk) == wire(f"6445 7002 deadbeef c2 2d16 ff {TLV_3200}")


@datagrams("1.1-int-224")
@pytest.mark.parametrize(
    ("accept", "content"),
    [("", "c0 ff 32332e35"), ("62 2d16", "c2 2d16 ff e4164441bc0000")],
)
def test_224_a_resource(desk: Desk, accept: str, content: str) -> None:
    """Text where the server leaves it to the module (decision 44)."""
    path = f"{PATH_3303} 01 30 04 35373030"
    reads(desk, f"{path} {accept}", "3303,0,5700", ("3303,0,5700,4,4,23.5,0,0",), content)


@datagrams("1.0-int-652")
def test_652_the_firmware_version_of_an_mcu_that_has_object_3() -> None:
    """Decision 33: the MCU takes 3 over; text, as on every resource."""
    desk = registered('AT+MIPLADDOBJ=0,3,1,"1",1,0')
    line = ('3,0,3,1,6,"v1.0.2",0,0',)
    reads(desk, "b1 33 01 30 01 33", "3,0,3", line, "c0 ff 76312e302e32")


# Objects of the MCU: Location (6), Connectivity Statistics (7)

LOCATION = 'AT+MIPLADDOBJ=0,6,1,"1",3,0'
STATISTICS = 'AT+MIPLADDOBJ=0,7,1,"1",2,2'


@datagrams("1.0-int-801")
def test_801_the_location() -> None:
    """Latitude 43.5 and longitude -79.25 as floats, the time as an integer of four bytes."""
    script = ("6,0,0,4,4,43.5,2,1", "6,0,1,4,6,-79.25,1,2", "6,0,5,3,10,1367491215,0,0")
    tlv = "c400 422e0000 c401 c29e8000 c405 5182428f"
    reads(registered(LOCATION), "b1 36 01 30 62 2d16", "6,0,-1", script, f"c2 2d16 ff {tlv}")


@datagrams("1.0-int-901")
def test_901_statistics_after_start_and_stop() -> None:
    """Executes of 6 and 7, then a read of 2 and 3, what was sent and received in kilobytes."""
    desk = registered(STATISTICS)
    for mid, resource, number in ((28688, "36", 6), (28689, "37", 7)):
        post = f"4402 {mid:04x} deadbeef b1 37 01 30 01 {resource}"
        assert hear(desk, post) == f"+MIPLEXECUTE: 0,{mid},7,0,{number}"
        assert desk.at(f"AT+MIPLEXECUTERSP=0,{mid},2") == "OK"
        assert said(desk) == wire(f"6444 {mid:04x} deadbeef")
    script = ("7,0,2,3,2,12,1,1", "7,0,3,3,3,300,0,0")
    reads(desk, "b1 37 01 30 62 2d16", "7,0,-1", script, "c2 2d16 ff c1020c c203012c")
