"""Devices and their data points, bounded."""

from emulator.cloud.peers import Peer
from emulator.cloud.points import Point
from emulator.cloud.registration import Registration
from emulator.cloud.registry import DEVICE_LIMIT, POINT_BYTES, POINT_LIMIT, Registry
from emulator.cloud.session import Session
from lwm2m_core.paths import Path


def session(number: int) -> Session:
    registration = Registration(str(number), objects=(Path(3200, 0),))
    return Session(str(number), registration, ("rd", str(number)), Peer("10.0.0.1", number))


def test_points_are_numbered_and_the_latest_are_kept() -> None:
    registry = Registry()
    device = registry.admit(session(1))
    assert device is not None
    for _ in range(POINT_LIMIT + 2):
        device.report([Point(Path(3200, 0, 5750), "abcd", b"abcd")])
    assert len(device.points) == POINT_LIMIT
    assert (device.points[0].number, device.points[-1].number) == (3, POINT_LIMIT + 2)
    assert device.state().reported == POINT_LIMIT + 2


def test_long_points_make_room_by_their_bytes_and_the_latest_stays() -> None:
    registry = Registry()
    device = registry.admit(session(1))
    assert device is not None
    long = Point(Path(3200, 0, 5750), "", bytes(POINT_BYTES // 4))
    for _ in range(6):
        device.report([long])
    assert [point.number for point in device.points] == [3, 4, 5, 6]
    device.report([Point(Path(3200, 0, 5750), "", bytes(POINT_BYTES + 1))])
    assert [point.number for point in device.points] == [7]
    device.report([Point(Path(3200, 0, 5750), "abcd", b"abcd")])
    assert [point.number for point in device.points] == [8]


def test_devices_are_bounded_and_one_that_is_offline_makes_room() -> None:
    registry = Registry()
    sessions = [session(number) for number in range(DEVICE_LIMIT)]
    for each in sessions:
        assert registry.admit(each) is not None
    assert registry.admit(session(DEVICE_LIMIT)) is None
    registry.end(sessions[5])
    assert registry.admit(session(DEVICE_LIMIT)) is not None
    assert registry.find("5") is None
    assert len(list(registry)) == DEVICE_LIMIT


def test_an_offline_device_is_still_known_but_nowhere() -> None:
    registry = Registry()
    one = session(1)
    device = registry.admit(one)
    registry.end(one)
    assert registry.find("1") is device
    assert registry.located(("rd", "1")) is None
    assert registry.at(one.peer) is None


def test_a_device_keeps_its_points_over_registrations() -> None:
    registry = Registry()
    one = session(1)
    device = registry.admit(one)
    assert device is not None
    device.report([Point(Path(3200, 0, 5750), "abcd", b"abcd")])
    registry.end(one)
    assert registry.admit(session(1)) is device
    assert len(device.points) == 1
