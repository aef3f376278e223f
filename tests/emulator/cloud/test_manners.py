"""The five platforms against datagrams typed by hand: what each asks after a login, and how.

RFC 7252 3 and 3.1: the server's message ids begin at 39121 (0x98d1), tokens count from 2.
"""

from collections.abc import Callable
from typing import Any

import pytest

from emulator.cloud.events import Notified, Ready
from emulator.cloud.manners import (
    CTWING,
    DMP,
    GENERIC,
    HUAWEI,
    MANNERS,
    ONENET,
    Manner,
    manner_of,
)
from emulator.cloud.operations import Read
from emulator.cloud.requests import write_of
from lwm2m_core.errors import EngineError
from lwm2m_core.paths import Path

Desk = Any  # conftest.py's
DeskOf = Callable[[Manner], Desk]
Register = Callable[..., bytes]

IMEI = "869975030000461"
CREATED = b"\x61\x41\x00\x01\xaa" + b"\x82rd" + b"\x08" + b"00000001"
TUNNEL = b"</19/0>,</19/1>"  # manual 5.3, 5.6: ADDOBJ=0,19,2,"11"

# CON GET, Observe 0, Uri-Path 19, 0, 0
OBSERVE_TUNNEL = b"\x44\x01\x98\xd1\x00\x00\x00\x02" + b"\x60" + b"\x52" + b"19" + b"\x010\x010"
# ACK 2.05, Observe 1: nothing is known yet (decision 30)
OBSERVED = b"\x64\x45\x98\xd1\x00\x00\x00\x02" + b"\x61\x01"


def test_manual_4_1_numbers_the_platforms() -> None:
    numbers = {manner.platform: manner.name for manner in MANNERS.values()}
    assert numbers == {0: "onenet", 1: "ctwing", 2: "dmp", 3: "huawei", 10: "generic"}


def test_a_platform_is_found_by_its_name() -> None:
    assert manner_of("ctwing") is CTWING
    with pytest.raises(EngineError, match="no platform 'ctwings'; did you mean ctwing?"):
        manner_of("ctwings")
    with pytest.raises(EngineError, match="no platform 'x': onenet, ctwing, dmp, huawei, generic"):
        manner_of("x")


def test_5_3_there_is_a_bootstrap_with_onenet_and_with_the_generic_platform_only() -> None:
    with_one = [manner.name for manner in MANNERS.values() if manner.bootstrap is not None]
    assert with_one == ["onenet", "generic"]


@pytest.mark.parametrize("manner", [ONENET, CTWING, DMP, HUAWEI])
def test_mb_2_8_a_request_goes_out_three_times_and_outlives_the_longest_api_timeout(
    manner: Manner,
) -> None:
    how = manner.transmission
    assert how.max_retransmit == 2
    assert how.ack_timeout * 7 > 40  # given up at 7T; decision 28
    assert how.ack_timeout > 5  # "within 5 seconds", manual chapter 5


@pytest.mark.parametrize("manner", MANNERS.values(), ids=MANNERS)
def test_decision_50_an_id_with_other_bytes_gets_no_answer_anywhere(
    manner: Manner, desk_of: DeskOf, register: Register
) -> None:
    desk = desk_of(manner)
    assert desk.receive(register())[0][1] == 0x41
    assert desk.receive(register()) == [CREATED]
    assert desk.receive(register(b"lt=3001")) == []


# CTWing and Huawei


@pytest.mark.parametrize("manner", [CTWING, HUAWEI])
def test_5_3_5_6_only_19_0_0_is_observed(
    manner: Manner, desk_of: DeskOf, register: Register
) -> None:
    desk = desk_of(manner)
    assert desk.receive(register(objects=TUNNEL + b",</3300/0>")) == [CREATED, OBSERVE_TUNNEL]
    assert desk.receive(OBSERVED) == []
    assert desk.told(Ready) == [Ready(IMEI)]


@pytest.mark.parametrize("manner", [CTWING, HUAWEI])
def test_decision_49_without_object_19_nothing_follows(
    manner: Manner, desk_of: DeskOf, register: Register
) -> None:
    desk = desk_of(manner)
    assert desk.receive(register(objects=b"</3300/0>")) == [CREATED]
    assert desk.told(Ready)


@pytest.mark.parametrize(
    ("manner", "options", "body"),
    [
        (CTWING, b"\x61\x02\x60", b"003233343333"),  # 5.3, type 1: text/plain, 0, of no bytes
        (HUAWEI, b"\x61\x02\x61\x2a", b"\x01\x02"),  # 5.6, type 2: octet-stream, 42
    ],
)
def test_5_3_5_6_what_is_reported_is_bytes_whatever_the_format(
    manner: Manner, options: bytes, body: bytes, desk_of: DeskOf, register: Register
) -> None:
    desk = desk_of(manner)
    desk.receive(register(objects=TUNNEL))
    desk.receive(OBSERVED)
    # CON 2.05 with the token of the Observe, Observe 2
    report = b"\x44\x45\x12\x34\x00\x00\x00\x02" + options + b"\xff" + body
    assert desk.receive(report) == [b"\x60\x00\x12\x34"]
    ((point,),) = [event.points for event in desk.told(Notified)]
    assert (str(point.path), point.value) == ("/19/0/0", body)


@pytest.mark.parametrize("manner", [CTWING, HUAWEI])
def test_5_3_5_6_the_downlink_is_octet_stream_to_19_1_0(
    manner: Manner, desk_of: DeskOf, register: Register
) -> None:
    desk = desk_of(manner)
    desk.receive(register(objects=TUNNEL))
    desk.receive(OBSERVED)
    desk.server.ask(IMEI, write_of(manner, Path(19, 1, 0), bytes.fromhex("34353637")), desk.now)
    # CON PUT, Uri-Path 19, 1, 0, Content-Format 42
    assert desk.sent() == [
        b"\x44\x03\x98\xd2\x00\x00\x00\x03" + b"\xb219\x011\x010" + b"\x11\x2a" + b"\xff4567"
    ]


# Yanfei DMP


def test_5_5_each_instance_is_observed_and_nothing_else(
    desk_of: DeskOf, register: Register
) -> None:
    desk = desk_of(DMP)
    objects = b'</>;rt="oma.lwm2m",</3300/0>,</3303/0>'
    # CON GET, Observe 0, Uri-Path 3300, 0
    first = b"\x44\x01\x98\xd1\x00\x00\x00\x02" + b"\x60" + b"\x543300" + b"\x010"
    assert desk.receive(register(objects=objects)) == [CREATED, first]
    second = b"\x44\x01\x98\xd2\x00\x00\x00\x03" + b"\x60" + b"\x543303" + b"\x010"
    assert desk.receive(OBSERVED) == [second]
    assert desk.receive(b"\x64\x45\x98\xd2\x00\x00\x00\x03" + b"\x61\x01") == []
    assert desk.told(Ready)


def test_5_5_a_read_and_a_write_name_the_resource(desk_of: DeskOf, register: Register) -> None:
    desk = desk_of(DMP)
    desk.receive(register(objects=b"</3300/0>"))
    desk.receive(OBSERVED)
    desk.server.ask(IMEI, Read(Path(3300, 0, 5700)), desk.now)
    # CON GET, Uri-Path 3300, 0, 5700
    assert desk.sent() == [b"\x44\x01\x98\xd2\x00\x00\x00\x03" + b"\xb43300\x010\x045700"]
    desk.receive(b"\x64\x45\x98\xd2\x00\x00\x00\x03" + b"\xc0\xff30.6")
    desk.server.ask(IMEI, write_of(DMP, Path(3300, 0, 5700), 24.5), desk.now)
    # CON PUT, Content-Format 11542, TLV: resource 5700 with the four bytes of 24.5 (IEEE 754)
    assert desk.sent() == [
        b"\x44\x03\x98\xd3\x00\x00\x00\x04"
        + b"\xb43300\x010\x045700"
        + b"\x12\x2d\x16"
        + b"\xff\xe4\x16\x44\x41\xc4\x00\x00"
    ]


@pytest.mark.parametrize("manner", [ONENET, DMP, GENERIC])
def test_what_the_module_keeps_to_itself_is_not_observed(
    manner: Manner, desk_of: DeskOf, register: Register
) -> None:
    # decision 20: 3/0 is listed where nothing was added
    desk = desk_of(manner)
    sent = desk.receive(register(objects=b"</1/0>,</3/0>,</4/0>,</5/0>"))
    assert not any(data[8:9] == b"\x60" for data in sent[1:])  # no Observe
    assert len(sent) == (2 if manner is ONENET else 1)  # OneNET reads 3/0


# Generic


def test_the_generic_platform_knows_a_device_by_all_of_its_name(
    desk_of: DeskOf, register: Register
) -> None:
    # AT+MIPLCFG="platform",0,10,"urn:imei:869975030000461": not the device 869975030000461
    desk = desk_of(GENERIC)
    desk.receive(register(ep=b"\x3d\x0eep=urn:imei:869975030000461"))
    desk.receive(register(mid=2), desk.PEER)
    assert [device.name for device in desk.server.devices()] == [
        "urn:imei:869975030000461",
        IMEI,
    ]


def test_the_generic_platform_observes_instances_and_repeats_as_rfc_7252_4_8_has_it(
    desk_of: DeskOf, register: Register
) -> None:
    desk = desk_of(GENERIC)
    observe = b"\x44\x01\x98\xd1\x00\x00\x00\x02" + b"\x60" + b"\x543200" + b"\x010"
    assert desk.receive(register()) == [CREATED, observe]
    assert desk.wait_until(25.0) == [(2.0, observe), (6.0, observe), (14.0, observe)]
