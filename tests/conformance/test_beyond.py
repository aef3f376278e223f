"""Cases that are not for a LwM2M 1.0 module of this family (conformance 3, 6 and 7, marked N).

Each is refused with a code, prints no line, and changes nothing: lists, registration, observations.
Methods beyond those of RFC 7252: 05 FETCH, 07 iPATCH (RFC 8132). Formats: 3c CBOR, 6e SenML JSON,
70 SenML CBOR. Codes: 82 4.02, 84 4.04, 85 4.05, 86 4.06, 8f 4.15.
"""

import pytest

from tests.conformance.table import (
    CREATE,
    OBSERVE,
    hear,
    observed,
    refuses,
    registered,
    said,
    wire,
)

OBJECT, INSTANCE = "b4 33333033", "b4 33333033 01 30"  # /3303, /3303/0
TEMPERATURE, UNITS = f"{INSTANCE} 04 35373030", f"{INSTANCE} 04 35373031"
VALUE_0 = f"{TEMPERATURE} 01 30"  # /3303/0/5700/0
TLV = "12 2d16 ff"


def n(*cases: str) -> pytest.MarkDecorator:
    return pytest.mark.conformance(*cases, far="datagrams")


def fetch(*paths: str, observe: str = "") -> tuple[str, str]:
    """FETCH with the paths in SenML JSON; `observe` is the option, if there is one."""
    body = ",".join(f'{{"n":"{path}"}}' for path in paths)
    number = "61 6e" if observe else "c1 6e"
    return "05", f"{observe} {number} ff {f'[{body}]'.encode().hex()}"


def ipatch(**values: int) -> tuple[str, str]:
    """iPATCH with numbers for resources of /3303/0 in SenML JSON."""
    body = ",".join(f'{{"n":"/3303/0/{key[1:]}","v":{value}}}' for key, value in values.items())
    return "07", f"c1 6e ff {f'[{body}]'.encode().hex()}"


UNITS_FAR = b'[{"n":"/3303/0/5701","vs":"Far"}]'.hex()

# case, (method, options and payload), code
REFUSED = [
    ("1.0-int-270", ("02", f"{OBJECT} {TLV} 0701 e4164441bc0000"), "85"),
    ("1.0-int-271", ("02", f"{OBJECT} {TLV} 080109 a61644 4400 41bc0000"), "85"),
    ("1.0-int-290", ("04", INSTANCE), "85"),
    ("1.0-int-565", ("02", f"b1 31 {TLV} 0601 c10002 c1013c"), "85"),
    ("1.0-int-566", ("04", "b1 31 01 30"), "85"),
    ("1.0-int-680", ("02", f"b1 33 {TLV} 0301 c10061"), "85"),
    ("1.0-int-685", ("04", "b1 33 01 30"), "85"),
    ("1.0-int-1200", ("01", "b2 3130 01 30 62 2d16"), "84"),
    ("1.0-int-1201", ("01", "b2 3131 01 30 62 2d16"), "84"),
    ("1.0-int-1210", ("03", "b2 3130 01 30 01 33 10 ff 35"), "84"),
    ("1.0-int-1230", ("02", f"b2 3131 {TLV} 0301 c10061"), "85"),
    ("1.0-int-1250", ("01", "60 52 3130 01 30"), "84"),
    ("1.0-int-1350", ("01", "60 52 3133 01 30"), "84"),
    ("1.0-int-1630", ("02", f"b2 3136 {TLV} 0301 c10061"), "85"),
    ("1.0-int-1635", ("04", "b2 3136 01 30"), "85"),
    ("1.1-int-211", ("01", f"{TEMPERATURE} 61 3c"), "86"),
    ("1.1-int-212", ("03", f"{UNITS} 11 3c ff 63466172"), "8f"),
    ("1.1-int-225", ("01", VALUE_0), "82"),
    ("1.1-int-228", ("03", f"{VALUE_0} 10 ff 39"), "82"),
    ("1.1-int-229", fetch("/3303/0/5700", "/3200/0"), "85"),
    ("1.1-int-230", ipatch(r5700=1, r5601=2), "85"),
    ("1.1-int-231", ("01", f"{INSTANCE} 61 6e"), "86"),
    ("1.1-int-232", ("01", f"{INSTANCE} 61 70"), "86"),
    ("1.1-int-233", ("03", f"{UNITS} 11 70 ff 81a10363466172"), "8f"),
    ("1.1-int-234", ("03", f"{UNITS} 11 6e ff {UNITS_FAR}"), "8f"),
    ("1.1-int-235", fetch("/"), "85"),
    ("1.1-int-236", fetch("/3303/0/5700", "/9/9/9"), "85"),
    ("1.1-int-257", ipatch(r5700=1, r9999=2), "85"),
    ("1.1-int-261", ("03", f"{VALUE_0} 46 706d696e3d35"), "82"),
    ("1.1-int-280", fetch("/3303/0/5700", "/3303/0/5701"), "85"),
    ("1.1-int-281", fetch("/3303/0/5700", "/3303/0/5605"), "85"),
    ("1.1-int-304", fetch("/3303/0/5700", "/3200/0", observe="60"), "85"),
    ("1.1-int-305", fetch("/3303/0/5700", "/3200/0", observe="61 01"), "85"),
    ("1.1-int-308", fetch("/3303", "/3200", observe="60"), "85"),
    ("1.1-int-309", fetch("/3303/0", "/3200/0", observe="60"), "85"),
    ("1.1-int-310", fetch("/3303/0/5700", "/3303/0/5701", observe="60"), "85"),
    ("1.1-int-313", fetch("/3303/0/5700", observe="60"), "85"),
]


@pytest.mark.parametrize(
    ("request_", "code"),
    [pytest.param(*row, marks=n(case), id=case) for case, *row in REFUSED],
)
def test_refused(request_: tuple[str, str], code: str) -> None:
    method, options = request_
    refuses(observed(), f"44{method} 7001 deadbeef {options}", f"64{code} 7001 deadbeef")


@n("1.1-int-264", "1.1-int-266")
@pytest.mark.parametrize(
    ("path", "links"),
    [
        (OBJECT, b"</3303>,</3303/0>,</3303/0/5601>,</3303/0/5700>,</3303/0/5701>"),
        (INSTANCE, b"</3303/0>,</3303/0/5601>,</3303/0/5700>,</3303/0/5701>"),
    ],
)
@pytest.mark.parametrize("depth", ["30", "31", "33"])
def test_a_depth_of_discover_is_read_over(path: str, links: bytes, depth: str) -> None:
    """?depth=0, 1 or 3 is of LwM2M 1.2; all of the list, and the line of any Discover."""
    desk = observed()
    request = f"4401 7001 deadbeef {path} 47 64657074683d{depth} 21 28"
    assert hear(desk, request) == "+MIPLDISCOVER: 0,28673,3303"
    assert said(desk) == wire(f"6445 7001 deadbeef c1 28 ff {links.hex()}")


@n("1.1-int-312")
def test_attributes_in_an_observe_are_read_over() -> None:
    """?pmin=5 is of LwM2M 1.2: it is observed, and no PARAMETER line appears."""
    desk = registered()
    request = "4401 7001 deadbeef 60 54 33333033 01 30 04 35373030 46 706d696e3d35"
    assert hear(desk, request) == "+MIPLOBSERVE: 0,28673,1,3303,0,5700"
    assert said(desk) == wire("6445 7001 deadbeef 61 01 60 ff 32332e35")


@n("1.1-int-306", "1.1-int-311")
def test_nothing_is_sent_without_an_observation() -> None:
    """There is no Send (POST /dp): what nobody observes is 653, on the line and a day later."""
    desk = registered()
    assert desk.at("AT+MIPLNOTIFY=0,0,3303,0,5700,4,4,23.5,0,0") == "+CIS ERROR: 653"
    assert desk.at('AT+MIPLSEND=0,"/3303/0/5700"') == "ERROR"
    assert desk.wait(86000) == ""
    assert said(desk) == []


@n("1.1-int-307")
def test_sending_cannot_be_muted() -> None:
    """/1/0/23, Mute Send, is of LwM2M 1.1."""
    request = "4403 7001 deadbeef b1 31 01 30 02 3233 10 ff 31"
    refuses(observed(), request, "6484 7001 deadbeef")


@n("1.0-int-950", "1.0-int-951")
def test_there_is_one_device_and_one_platform() -> None:
    """Manual 4.6: a second CREATE is 653, and so is every other <ref>; the first goes on."""
    desk = observed()
    assert desk.at(CREATE) == "+CIS ERROR: 653"
    assert desk.at("AT+MIPLCREATE") == "+CIS ERROR: 653"
    assert desk.at("AT+MIPLOPEN=1,86400,30") == "+CIS ERROR: 653"
    assert said(desk) == []
    assert len(desk.links) == 1
    assert desk.at("AT+MIPLNOTIFY=0,0,3303,0,5700,4,4,23.5,0,0") == "OK"
    assert said(desk) == wire("5145 **** 0b 61 02 62 2d16 ff e4164441bc0000")


@n("1.0-int-560")
def test_no_notification_is_kept_for_later() -> None:
    """After a session that the server has ended (31) a NOTIFY is 602; the next session has none."""
    desk = observed()
    assert desk.at("AT+MIPLUPDATE=0,86400,0") == "OK"
    update = desk.sent[-1].data.hex()
    assert hear(desk, f"6484{update[4:16]}") == "+MIPLEVENT: 0,31"
    desk.sent.clear()
    assert desk.at("AT+MIPLNOTIFY=0,0,3303,0,5700,4,4,23.5,0,0") == "+CIS ERROR: 602"
    assert desk.at("AT+MIPLOPEN=0,86400,30") == "OK"
    register = desk.sent[-1].data.hex()
    assert hear(desk, f"6441{register[4:16]} 82 7264 01 31") == "+MIPLEVENT: 0,6"
    desk.sent.clear()
    assert hear(desk, OBSERVE) == "+MIPLOBSERVE: 0,28416,1,3303,0,-1"
    assert len(said(desk)) == 1
    assert desk.wait(300) == ""
    assert said(desk) == []
