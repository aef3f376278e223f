"""The LwM2M server against datagrams typed by hand: RFC 7252, LwM2M 1.0 the manual's 5.1."""

from collections.abc import Callable
from typing import Any

import pytest

from emulator.cloud.admission import Declared
from emulator.cloud.errors import UnknownDevice
from emulator.cloud.events import (
    Deleted,
    Deregistered,
    Expired,
    Forgotten,
    Moved,
    Notified,
    NotUnderstood,
    Ready,
    Registered,
    RegistrationRefused,
    Updated,
    describe,
)
from emulator.cloud.manners import Step
from emulator.cloud.operations import Read
from emulator.cloud.peers import Peer
from emulator.cloud.registry import DEVICE_LIMIT
from emulator.cloud.switches import Switches
from lwm2m_core.paths import Path

Desk = Any  # conftest.py's
Register = Callable[..., bytes]

# Fixtures of the manual's 5.1: OBSERVE 39121 (0x98d1), DISCOVER 39122, READ 39123.
CREATED = b"\x61\x41\x00\x01\xaa" + b"\x82rd" + b"\x08" + b"00000001"
OBSERVE = b"\x44\x01\x98\xd1\x00\x00\x00\x02" + b"\x60" + b"\x54" + b"3200" + b"\x01" + b"0"
OBSERVED = b"\x64\x45\x98\xd1\x00\x00\x00\x02" + b"\x61\x01" + b"\x62\x2d\x16"
DISCOVER = b"\x44\x01\x98\xd2\x00\x00\x00\x03" + b"\xb4" + b"3200" + b"\x61\x28"
DISCOVERED = b"\x64\x45\x98\xd2\x00\x00\x00\x03" + b"\xc1\x28" + b"\xff</3200>,</3200/0>"
READ = b"\x44\x01\x98\xd3\x00\x00\x00\x04" + b"\xb1" + b"3" + b"\x01" + b"0"
ANSWER = b"\x64\x45\x98\xd3\x00\x00\x00\x04" + b"\xc2\x2d\x16" + b"\xff\xc5\x00CMIOT"

UPDATE = b"\x41\x02\x00\x02\xab" + b"\xb2rd" + b"\x08" + b"00000001"
UPDATED = b"\x61\x44\x00\x02\xab"
DELETE = b"\x41\x04\x00\x03\xac" + b"\xb2rd" + b"\x08" + b"00000001"
NOTIFICATION = (
    b"\x44\x45\x12\x34\x00\x00\x00\x02" + b"\x61\x02\x62\x2d\x16" + b"\xff\xe4\x16\x76abcd"
)
NOTIFICATION_ACK = b"\x60\x00\x12\x34"
ELSEWHERE = Peer("10.0.0.1", 50000)


def log_in(desk: Desk, register: Register) -> None:
    assert desk.receive(register(b"lt=3000", b"lwm2m=1.0")) == [CREATED, OBSERVE]
    assert desk.receive(OBSERVED) == [DISCOVER]
    assert desk.receive(DISCOVERED) == [READ]
    assert desk.receive(ANSWER) == []


# Registration


def test_5_1_observe_discover_read_follow_with_consecutive_ids_each_after_an_answer(
    desk: Desk, register: Register
) -> None:
    log_in(desk, register)
    assert desk.told(Ready) == [Ready("869975030000461")]


def test_registered_tells_who_and_for_how_long(quiet: Desk, register: Register) -> None:
    assert quiet.receive(register(b"lt=3000", b"lwm2m=1.0")) == [CREATED]
    (event,) = quiet.told(Registered)
    line = "869975030000461 registered as 869975030000461 from 10.0.0.1:49152, 3000 s: /3200/0"
    assert describe(event) == line


def test_a_register_sent_again_gets_the_same_answer_and_nothing_else(
    desk: Desk, register: Register
) -> None:
    # RFC 7252 4.5; decision 50
    desk.receive(register(b"lt=3000"))
    assert desk.receive(register(b"lt=3000")) == [CREATED]
    assert len(desk.told(Registered)) == 1


def test_decision_50_the_same_id_with_other_bytes_gets_no_answer(
    quiet: Desk, register: Register
) -> None:
    quiet.receive(register(b"lt=3000"))
    assert quiet.receive(register(b"lt=3001")) == []


def test_decision_50_after_247_s_the_id_may_be_used_again(quiet: Desk, register: Register) -> None:
    quiet.receive(register(b"lt=3000"))
    quiet.wait_until(247.5)
    assert quiet.receive(register(b"lt=3001")) == [
        b"\x61\x41\x00\x01\xaa" + b"\x82rd" + b"\x08" + b"00000002"
    ]


@pytest.mark.parametrize(
    ("queries", "code"),
    [
        ((b"lt=0",), b"\x80"),
        ((b"lt=x",), b"\x80"),
        ((b"lt=4294967296",), b"\x80"),
        ((b"lt=-1",), b"\x80"),
        ((b"b=Q",), b"\x80"),
        ((b"lwm2m=9.9",), b"\x8c"),  # 4.12, as Leshan and Wakaama answer (SV 2.1)
    ],
)
def test_what_a_register_may_not_say_is_refused(
    quiet: Desk, register: Register, queries: tuple[bytes, ...], code: bytes
) -> None:
    assert quiet.receive(register(*queries)) == [b"\x61" + code + b"\x00\x01\xaa"]
    assert len(quiet.told(RegistrationRefused)) == 1


@pytest.mark.parametrize(
    "objects", [b"</3200/0>,", b"3200", b"\xff\xfe", b'</>;rt="oma.lwm2m"', b"</x>"]
)
def test_an_object_list_that_is_none_is_refused(
    quiet: Desk, register: Register, objects: bytes
) -> None:
    assert quiet.receive(register(objects=objects)) == [b"\x61\x80\x00\x01\xaa"]


def test_an_endpoint_name_that_would_disturb_a_terminal_is_refused(
    quiet: Desk, register: Register
) -> None:
    assert quiet.receive(register(ep=b"\x37ep=\x1b[2J")) == [b"\x61\x80\x00\x01\xaa"]
    assert "\x1b" not in describe(quiet.told(RegistrationRefused)[0])


def test_a_register_without_endpoint_name_is_refused(quiet: Desk, register: Register) -> None:
    assert quiet.receive(register(ep=b"\x37lt=3000")) == [b"\x61\x80\x00\x01\xaa"]


def test_the_refusing_platform_answers_4_03(quiet: Desk, register: Register) -> None:
    # OneNET's documents, "NB-IoT FAQ" 1.2: 4.03 for a wrong endpoint name or auth code
    quiet.server.switches = Switches(refuse=131)
    assert quiet.receive(register()) == [b"\x61\x83\x00\x01\xaa"]


def test_decision_51_the_auth_code_arrives_as_option_63_or_query(
    quiet: Desk, register: Register
) -> None:
    # option 63 comes after Uri-Query 15: delta 48 = 13 + 35
    with_option = register(ep=b"\x3d\x05ep=869975030000461\xd5\x23cmiot")
    assert quiet.receive(with_option) == [CREATED]
    other = register(b"authcode=abc", mid=2)
    assert [data[1] for data in quiet.receive(other)] == [0x41]
    assert not any("cmiot" in describe(e) or "abc" in describe(e) for e in quiet.events)


def test_registering_anew_gives_a_new_location_and_ends_the_old_observations(
    desk: Desk, register: Register
) -> None:
    log_in(desk, register)
    sent = desk.receive(register(mid=5))
    assert sent[0] == b"\x61\x41\x00\x05\xaa" + b"\x82rd" + b"\x08" + b"00000005"
    assert desk.receive(UPDATE) == [b"\x61\x84\x00\x02\xab"]  # 4.04
    assert desk.receive(NOTIFICATION) == [b"\x70\x00\x12\x34"]  # RST


def test_another_device_at_the_same_address_takes_its_place(
    quiet: Desk, register: Register
) -> None:
    quiet.receive(register())
    quiet.receive(register(ep=b"\x3d\x05ep=869975030000462", mid=2))
    assert quiet.told(Forgotten) == [Forgotten("869975030000461")]
    assert [(d.name, d.online) for d in quiet.server.devices()] == [
        ("869975030000461", False),
        ("869975030000462", True),
    ]


def test_when_all_places_are_taken_a_register_is_answered_5_03(
    quiet: Desk, register: Register
) -> None:
    for number in range(DEVICE_LIMIT):
        ep = b"\x39ep=" + b"%06d" % number
        assert len(quiet.receive(register(ep=ep), Peer("10.0.0.2", number))) == 1
    assert quiet.receive(register()) == [b"\x61\xa3\x00\x01\xaa"]
    quiet.server.forget("000007", 0.0)
    assert quiet.receive(register(mid=2))[0][1] == 0x41


# Update, deregistration, lifetime


def test_an_update_is_answered_2_04_and_renews_the_lifetime(
    quiet: Desk, register: Register
) -> None:
    quiet.receive(register(b"lt=100"))
    quiet.wait_until(99.0)
    assert quiet.receive(UPDATE) == [UPDATED]
    quiet.wait_until(198.0)
    assert quiet.told(Expired) == []
    quiet.wait_until(199.0)
    assert quiet.told(Expired) == [Expired("869975030000461")]


def test_an_update_with_lifetime_changes_it(quiet: Desk, register: Register) -> None:
    quiet.receive(register(b"lt=3000"))
    # 2.7 of MB: lt as query
    assert quiet.receive(UPDATE + b"\x45lt=20") == [UPDATED]
    assert [(e.lifetime, str(e.objects[0])) for e in quiet.told(Updated)] == [(20, "/3200/0")]
    quiet.wait_until(20.0)
    assert quiet.told(Expired)


def test_an_update_by_put_is_taken_too(quiet: Desk, register: Register) -> None:
    quiet.receive(register())
    assert quiet.receive(b"\x41\x03" + UPDATE[2:]) == [UPDATED]


def test_new_objects_in_an_update_are_observed_and_discovered_but_nothing_is_read(
    desk: Desk, register: Register
) -> None:
    log_in(desk, register)
    # without Content-Format, as CIS modules send it (MB 2.7)
    update = UPDATE + b"\xff" + b'</>;rt="oma.lwm2m",</3200/0>,</3303/0>'
    observe = b"\x44\x01\x98\xd4\x00\x00\x00\x05" + b"\x60" + b"\x54" + b"3303" + b"\x01" + b"0"
    assert desk.receive(update) == [UPDATED, observe]
    discover = b"\x44\x01\x98\xd5\x00\x00\x00\x06" + b"\xb4" + b"3303" + b"\x61\x28"
    assert desk.receive(b"\x64\x45\x98\xd4\x00\x00\x00\x05\x61\x01") == [discover]
    assert desk.receive(b"\x64\x45\x98\xd5\x00\x00\x00\x06") == []


def test_objects_missing_in_an_update_are_observed_no_more(desk: Desk, register: Register) -> None:
    log_in(desk, register)
    desk.receive(UPDATE + b"\xff" + b"</3303/0>")
    assert desk.receive(NOTIFICATION) == [b"\x70\x00\x12\x34"]


def test_an_update_of_an_unknown_location_is_answered_4_04(quiet: Desk, register: Register) -> None:
    assert quiet.receive(UPDATE) == [b"\x61\x84\x00\x02\xab"]


def test_a_malformed_update_changes_nothing(quiet: Desk, register: Register) -> None:
    quiet.receive(register(b"lt=100"))
    quiet.wait_until(50.0)
    assert quiet.receive(UPDATE + b"\x44lt=x") == [b"\x61\x80\x00\x02\xab"]
    quiet.wait_until(100.0)
    assert quiet.told(Expired)


def test_a_delete_is_answered_2_02_and_ends_the_registration(
    desk: Desk, register: Register
) -> None:
    log_in(desk, register)
    assert desk.receive(DELETE) == [b"\x61\x42\x00\x03\xac"]
    assert desk.told(Deregistered) == [Deregistered("869975030000461")]
    assert desk.receive(UPDATE) == [b"\x61\x84\x00\x02\xab"]
    assert desk.server.deadline() is None


def test_after_the_lifetime_the_session_is_unknown(desk: Desk, register: Register) -> None:
    log_in(desk, register)
    desk.wait_until(3000.0)
    assert desk.told(Expired)
    assert desk.receive(UPDATE) == [b"\x61\x84\x00\x02\xab"]
    assert desk.receive(NOTIFICATION) == [b"\x70\x00\x12\x34"]


def test_a_forgotten_session_is_unknown_to_the_next_update(quiet: Desk, register: Register) -> None:
    quiet.receive(register())
    quiet.server.forget("869975030000461", quiet.now)
    assert quiet.receive(UPDATE) == [b"\x61\x84\x00\x02\xab"]  # event 31 of the module


def test_a_deleted_device_is_unknown_to_the_next_update_and_may_come_anew(
    desk: Desk, register: Register
) -> None:
    log_in(desk, register)
    desk.receive(NOTIFICATION)
    desk.server.admission.declare(Declared("869975030000461"))
    desk.server.delete("869975030000461", desk.now)
    assert desk.sent() == [] and desk.told(Deleted) == [Deleted("869975030000461")]
    assert desk.server.devices() == () and list(desk.server.admission) == []
    assert desk.receive(UPDATE) == [b"\x61\x84\x00\x02\xab"]  # event 31 of the module
    assert desk.receive(register(mid=9))[0][:5] == b"\x61\x41\x00\x09\xaa"
    assert desk.server.points("869975030000461") == ()


def test_deleted_is_also_who_was_declared_alone_or_is_offline(
    quiet: Desk, register: Register
) -> None:
    quiet.server.admission.declare(Declared("869975030000462"))
    quiet.server.delete("869975030000462", 0.0)
    quiet.receive(register())
    quiet.server.forget("869975030000461", 0.0)
    quiet.server.delete("869975030000461", 0.0)
    for name in ("869975030000461", "869975030000462"):
        with pytest.raises(UnknownDevice):
            quiet.server.delete(name, 0.0)


def test_decision_51_a_strict_platform_answers_4_03(quiet: Desk, register: Register) -> None:
    quiet.server.switches = Switches(strict_devices=True)
    both = b"\x3d\x15ep=869975030000461;460001357924680"
    assert quiet.receive(register(ep=both)) == [b"\x61\x83\x00\x01\xaa"]
    quiet.server.admission.declare(Declared("869975030000461", auth_code="cmiot"))
    assert quiet.receive(register(mid=2, ep=both)) == [b"\x61\x83\x00\x02\xaa"]
    # the auth code in option 63: delta 48 = 13 + 35 behind Uri-Query
    right = register(mid=3, ep=both + b"\xd5\x23cmiot")
    assert quiet.receive(right)[0][:5] == b"\x61\x41\x00\x03\xaa"
    assert not any("cmiot" in describe(event) for event in quiet.events)


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (b"\x40\x01\x00\x09" + b"\xb2rd", b"\x85"),  # GET /rd
        (b"\x40\x02\x00\x09", b"\x84"),  # POST /
        (b"\x40\x02\x00\x09" + b"\xb2bs" + b"\x47ep=abcd", b"\x84"),  # bootstrap is elsewhere
        (b"\x40\x01\x00\x09" + b"\xb2rd" + b"\x08" + b"00000001", b"\x85"),  # GET a location
        (b"\x40\x01\x00\x09" + b"\xbb.well-known" + b"\x04core", b"\x84"),
    ],
)
def test_other_requests_are_refused(
    quiet: Desk, register: Register, request_: bytes, code: bytes
) -> None:
    quiet.receive(register())
    assert quiet.receive(request_) == [b"\x60" + code + b"\x00\x09"]


# Notifications


def test_5_1_a_confirmable_notification_is_acknowledged_and_becomes_a_data_point(
    desk: Desk, register: Register
) -> None:
    log_in(desk, register)
    desk.now = 7.5
    assert desk.receive(NOTIFICATION) == [NOTIFICATION_ACK]
    (point,) = desk.server.points("869975030000461")
    assert (str(point.path), point.value, point.raw) == ("/3200/0/5750", "abcd", b"abcd")
    assert (point.at, point.number) == (7.5, 1)
    assert describe(desk.told(Notified)[0]) == "869975030000461 notified /3200/0/5750 = 'abcd'"


def test_a_non_confirmable_notification_is_taken_in_silence(desk: Desk, register: Register) -> None:
    log_in(desk, register)
    assert desk.receive(b"\x54" + NOTIFICATION[1:]) == []
    assert len(desk.told(Notified)) == 1


def test_decision_50_a_repeated_ackid_with_another_value_is_swallowed(
    desk: Desk, register: Register
) -> None:
    # manual 3.9: "the platform takes it for the same message and does not answer"
    log_in(desk, register)
    desk.receive(NOTIFICATION)
    assert desk.receive(NOTIFICATION.replace(b"abcd", b"efgh")) == []
    assert desk.receive(NOTIFICATION) == [NOTIFICATION_ACK]
    assert len(desk.told(Notified)) == 1


def test_a_notification_with_an_unknown_token_is_rejected(desk: Desk, register: Register) -> None:
    # RFC 7641 3.2
    log_in(desk, register)
    unknown = b"\x44\x45\x12\x34\x00\x00\x00\x77" + b"\x61\x02\xff" + b"1"
    assert desk.receive(unknown) == [b"\x70\x00\x12\x34"]


def test_a_notification_that_is_not_tlv_is_acknowledged_and_told(
    desk: Desk, register: Register
) -> None:
    log_in(desk, register)
    broken = NOTIFICATION[:-4]  # four bytes of value announced, none there
    assert desk.receive(broken) == [NOTIFICATION_ACK]
    assert [str(event.path) for event in desk.told(NotUnderstood)] == ["/3200/0"]


def test_a_notification_that_overtakes_the_answer_to_its_observe_is_among_the_points(
    desk: Desk, register: Register
) -> None:
    # RFC 7641 3.2: whatever has the token of the Observe belongs to it, in the order of 3.4
    assert desk.receive(register(b"lt=3000", b"lwm2m=1.0")) == [CREATED, OBSERVE]
    assert desk.receive(NOTIFICATION) == [NOTIFICATION_ACK]
    assert desk.receive(NOTIFICATION) == [NOTIFICATION_ACK]  # it comes twice, and counts once
    assert desk.told(Notified) == []
    assert desk.receive(OBSERVED) == [DISCOVER]
    [event] = desk.told(Notified)
    assert [str(point) for point in event.points] == ["/3200/0/5750 = 'abcd'"]
    assert desk.receive(NOTIFICATION) == [NOTIFICATION_ACK]
    assert len(desk.server.points("869975030000461")) == 1


def test_an_error_as_notification_ends_the_observation(desk: Desk, register: Register) -> None:
    # RFC 7641 3.2: 4.04 without Observe
    log_in(desk, register)
    assert desk.receive(b"\x44\x84\x12\x34\x00\x00\x00\x02") == [NOTIFICATION_ACK]
    later = b"\x44\x45\x12\x35" + NOTIFICATION[4:]
    assert desk.receive(later) == [b"\x70\x00\x12\x35"]


# Another address


def test_an_update_from_another_port_moves_the_device(desk: Desk, register: Register) -> None:
    log_in(desk, register)
    assert desk.receive(UPDATE, ELSEWHERE) == [UPDATED]
    assert desk.told(Moved) == [Moved("869975030000461", ELSEWHERE)]
    desk.server.ask("869975030000461", Read(Path(3200, 0)), desk.now)
    assert desk.sent(ELSEWHERE) == [
        b"\x44\x01\x98\xd4\x00\x00\x00\x05" + b"\xb4" + b"3200" + b"\x01" + b"0"
    ]


def test_decision_47_a_notification_from_another_port_is_the_same_devices(
    desk: Desk, register: Register
) -> None:
    log_in(desk, register)
    assert desk.receive(NOTIFICATION, ELSEWHERE) == [NOTIFICATION_ACK]
    assert desk.server.device("869975030000461").peer == ELSEWHERE
    assert desk.receive(NOTIFICATION, ELSEWHERE) == [NOTIFICATION_ACK]
    assert len(desk.told(Notified)) == 1


def test_a_request_under_way_goes_on_at_the_new_address(desk: Desk, register: Register) -> None:
    desk.receive(register())
    desk.receive(UPDATE, ELSEWHERE)
    assert desk.wait_until(6.0, ELSEWHERE) == [(6.0, OBSERVE)]
    assert desk.receive(OBSERVED, ELSEWHERE) == [DISCOVER]


def test_the_switches_change_what_follows_also_while_it_runs(
    desk: Desk, register: Register
) -> None:
    # HF 7.7: auto-discover switched off; HF 7.8: the order
    steps = (Step.DISCOVER, Step.READ)
    desk.server.switches = Switches(steps=steps, auto_discover=False)
    assert desk.receive(register()) == [
        CREATED,
        b"\x44\x01\x98\xd1\x00\x00\x00\x02" + b"\xb1" + b"3" + b"\x01" + b"0",
    ]
