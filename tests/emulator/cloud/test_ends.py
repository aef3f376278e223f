"""What a device can make grow has an end, and an answer when the end is reached."""

from collections.abc import Callable
from typing import Any

import pytest

from emulator.cloud.bootstrap import ATTEMPT_LIMIT, BootstrapServer
from emulator.cloud.downlink import OPERATION_LIMIT, ROUTINE_LIMIT
from emulator.cloud.errors import Overloaded
from emulator.cloud.events import Finished, Ready, RegistrationRefused
from emulator.cloud.manners import GENERIC
from emulator.cloud.operations import Read
from emulator.cloud.peers import STRANGER_LIMIT
from emulator.cloud.registry import DEVICE_LIMIT, POINT_LIMIT
from emulator.cloud.server import Server
from lwm2m_core.paths import Path
from tests.crowd import Crowd, at, register
from tests.desk import (
    ACK,
    CHANGED,
    CON,
    CONTENT,
    CREATED,
    DELETE,
    DELETED,
    FORMAT,
    OBSERVE,
    PATH,
    POST,
    QUERY,
    coap,
)

NOT_FOUND, UNAVAILABLE = 0x84, 0xA3
TLV = (FORMAT, b"\x2d\x16")
IMEI = "869975030000461"

CrowdOf = Callable[..., Crowd[Server]]


def test_a_flood_of_notifications_is_acknowledged_and_the_latest_points_are_kept(
    crowd_of: CrowdOf,
) -> None:
    crowd = crowd_of()
    _, (asked, *_) = crowd.log_in(1)
    crowd.say(1, coap(ACK, CONTENT, asked.mid, asked.token, ((OBSERVE, b"\x01"), TLV)))
    flood = POINT_LIMIT + 500
    for number in range(flood):
        options = ((OBSERVE, (number + 2).to_bytes(3, "big")), TLV)
        payload = b"\xe4\x16\x76" + b"%04d" % number
        answers = crowd.say(1, coap(CON, CONTENT, 1000 + number, asked.token, options, payload))
        assert (ACK, 1000 + number) in [(answer.kind, answer.mid) for answer in answers]
    assert crowd.server.device(IMEI).reported == flood
    points = crowd.server.points(IMEI)
    assert len(points) == POINT_LIMIT
    assert (points[0].value, points[-1].value) == ("0500", "1499")


def test_object_lists_that_change_without_end_leave_a_bounded_routine(
    crowd_of: CrowdOf,
) -> None:
    """A device that answers nothing and tells of 60 new instances in each Update."""
    crowd = crowd_of()
    location, _ = crowd.log_in(1, lifetime=1_000_000)
    for number in range(200):
        links = b",".join(b"</3200/%d>" % (60 * number + each) for each in range(60))
        answers = crowd.say(1, at(location, POST, 100 + number, objects=links))
        assert CHANGED in [answer.code for answer in answers]
    crowd.wait(25.0 * (ROUTINE_LIMIT + 60))
    over = crowd.told(Finished)
    assert len(over) <= ROUTINE_LIMIT + 1
    assert len(crowd.told(Ready)) == 1


def test_the_registry_is_full_of_devices_that_are_there_5_03(
    crowd_of: CrowdOf,
) -> None:
    """The devices inside are served on, and one that leaves makes room."""
    crowd = crowd_of(steps=())
    location = b""
    for port in range(DEVICE_LIMIT):
        location, _ = crowd.log_in(port + 1, b"device-%d" % port)
    last = DEVICE_LIMIT
    (refused,) = crowd.say(last + 1, register(1, b"one-more"))
    assert refused.code == UNAVAILABLE
    assert len(crowd.told(RegistrationRefused)) == 1
    assert crowd.say(last, at(location, POST, 2, b"lt=60"))[0].code == CHANGED
    assert crowd.say(last, at(location, DELETE, 3))[0].code == DELETED
    (created,) = crowd.say(last + 1, register(2, b"one-more"))
    assert created.code == CREATED
    assert len(crowd.server.devices()) == DEVICE_LIMIT


def test_one_address_with_many_names_is_one_device_at_a_time(
    crowd_of: CrowdOf,
) -> None:
    crowd = crowd_of()
    for mid in range(500):
        answers = crowd.say(1, register(mid, b"device-%d" % mid))
        assert answers[0].code == CREATED
    assert sum(device.online for device in crowd.server.devices()) == 1


def test_strangers_without_end_do_not_drive_a_device_away(crowd_of: CrowdOf) -> None:
    crowd = crowd_of(steps=())
    location, _ = crowd.log_in(1)
    for port in range(2, 2 * STRANGER_LIMIT + 4):
        (answer,) = crowd.say(port, at(b"ffffffff", POST, 1))
        assert answer.code == NOT_FOUND
    assert crowd.say(1, at(location, POST, 2))[0].code == CHANGED


def test_operations_are_bounded_and_a_silent_device_ends_them_all(
    crowd_of: CrowdOf,
) -> None:
    crowd = crowd_of(steps=())
    crowd.log_in(1)
    for _ in range(OPERATION_LIMIT + 1):  # one is under way, the others wait
        crowd.server.ask(IMEI, Read(Path(3200, 0)), crowd.now)
    with pytest.raises(Overloaded):
        crowd.server.ask(IMEI, Read(Path(3200, 0)), crowd.now)
    crowd.wait(25.0)
    results = [event.result for event in crowd.told(Finished)]
    assert results == ["timeout"] * (OPERATION_LIMIT + 1)


def test_bootstraps_under_way_are_bounded_5_03(new_draws: Callable[[], Any]) -> None:
    assert GENERIC.bootstrap is not None
    crowd = Crowd(BootstrapServer(GENERIC.bootstrap, GENERIC.transmission, new_draws()))
    ask = coap(CON, POST, 1, b"", ((PATH, b"bs"), (QUERY, b"ep=a")))
    for port in range(ATTEMPT_LIMIT):
        assert crowd.say(port + 1, ask)[0].code == CHANGED
    assert crowd.say(ATTEMPT_LIMIT + 1, ask)[0].code == UNAVAILABLE
    crowd.wait(100.0)  # all of them are given up
    again = coap(CON, POST, 2, b"", ((PATH, b"bs"), (QUERY, b"ep=a")))
    assert crowd.say(ATTEMPT_LIMIT + 1, again)[0].code == CHANGED
