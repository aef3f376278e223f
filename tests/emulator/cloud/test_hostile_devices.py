"""Devices that know how to speak and mean no good: nothing is raised, honest ones are served on,
and nobody is answered who has not asked."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emulator.cloud.events import Finished, Moved, Notified, NotUnderstood, Registered
from emulator.cloud.manners import GENERIC, MANNERS
from emulator.cloud.operations import Observe, Read
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
    GET,
    LOCATION,
    NON,
    OBSERVE,
    PATH,
    POST,
    PUT,
    QUERY,
    RST,
    coap,
)

H = bytes.fromhex
CONTINUE, NOT_FOUND = 0x5F, 0x84
BLOCK1, BLOCK2 = 27, 23
TLV = (FORMAT, b"\x2d\x16")
IMEI = "869975030000461"

HOLDS_NO_STATE = [HealthCheck.function_scoped_fixture]

CrowdOf = Callable[..., Crowd[Server]]


# Whatever they say

NAMES = st.sampled_from(
    [b"869975030000461", b"869975030000462;46000", b"a", b"\xff", b"", b"x" * 200]
)
PORTS = st.integers(1, 3)
TEXTS = st.one_of(
    st.sampled_from(
        [b"lt=0", b"lt=1", b"lt=4294967295", b"lt=4294967296", b"lt=", b"lt", b"lwm2m=1.1", b"b=UQ"]
        + [b"b=?", b"lwm2m=2", b"=", b"", b"ep=", b"ep=b", b"authcode=x", b"sms=1"]
    ),
    st.binary(max_size=30),
)
LINKS = st.one_of(
    st.sampled_from(
        [b"", b"</3200/0>", b"</>", b'</>;rt="oma.lwm2m",</1/0>,</0/0>', b"</65536/0>", b"<", b">"]
        + [
            b"</3200/0>,",
            b",,",
            b"</3200/0>;",
            b'</3200/0>;a="',
            b"</3/0>" * 30,
            b"</19/0>,</19/1>",
        ]
        + [b",".join(b"</3200/%d>" % n for n in range(60)), b"</3200/0/5750>", b"\xff\xfe", b"\x00"]
    ),
    st.binary(max_size=40),
)
BLOCKS = st.sampled_from(
    [b"", b"\x00", b"\x08", b"\x10", b"\x18", b"\x0f", b"\x07", b"\xff\xff\xf8"]
)


@st.composite
def sayings(draw: Any) -> tuple[str, Any]:
    kind = draw(
        st.sampled_from(["register", "update", "delete", "answer", "notify", "empty", "wait"])
    )
    match kind:
        case "register":
            block = draw(st.one_of(st.none(), BLOCKS))
            options = [(QUERY, text) for text in draw(st.lists(TEXTS, max_size=3))]
            options += [] if block is None else [(BLOCK1, block)]
            return kind, (draw(NAMES), tuple(options), draw(LINKS))
        case "update":
            return kind, (draw(st.lists(TEXTS, max_size=2)), draw(LINKS), draw(st.booleans()))
        case "answer" | "notify":
            code = draw(st.sampled_from([CONTENT, CHANGED, CONTINUE, NOT_FOUND, 0xA0, 0x21, 0xFF]))
            option = draw(
                st.sampled_from([(), (TLV,), ((OBSERVE, b"\x05"),), ((BLOCK2, b"\x0e"),)])
            )
            return kind, (code, option, draw(st.binary(max_size=24)), draw(st.integers(0, 3)))
        case "wait":
            return kind, draw(st.sampled_from([0.1, 7.0, 60.0, 300.0]))
    return kind, draw(st.integers(0, 3))


@settings(max_examples=120, deadline=None, suppress_health_check=HOLDS_NO_STATE)
@given(
    st.sampled_from(sorted(MANNERS)), st.lists(st.tuples(PORTS, sayings()), min_size=1, max_size=30)
)
def test_well_spoken_devices_raise_nothing_and_nobody_else_is_answered(
    new_draws: Callable[[], Any], name: str, said: list[tuple[int, tuple[str, Any]]]
) -> None:
    """With the locations and tokens of each other, which they have from wherever."""
    crowd = Crowd(Server(MANNERS[name], new_draws()))
    locations, tokens, mid = [b"00000000"], [b"\x00\x00\x00\x00"], 1000
    for port, (kind, detail) in said:
        mid += 1
        data = None
        match kind:
            case "register":
                endpoint, options, links = detail
                data = register(mid, endpoint, *options, objects=links)
            case "update":
                queries, links, newest = detail
                data = at(locations[-1 if newest else 0], POST, mid, *queries, objects=links)
            case "delete":
                data = at(locations[-1], DELETE, mid)
            case "answer" | "notify":
                code, options, payload, number = detail
                type_ = ACK if kind == "answer" else (CON, NON)[number % 2]
                data = coap(type_, code, 39121 + number, tokens[-1], options, payload)
            case "empty":
                data = coap(detail, 0, 39121)
            case "wait":
                crowd.wait(detail)
        for heard in crowd.say(port, data) if data is not None else ():
            if heard.code == CREATED:
                locations.append(heard.options[LOCATION][1])
            elif heard.code == GET:
                tokens.append(heard.token)
    online = [device for device in crowd.server.devices() if device.online]
    assert len({device.peer for device in online}) == len(online)
    for device in online:  # each is still to be asked something, and fails in order if it is silent
        crowd.server.ask(device.name, Read(Path(3, 0)), crowd.now, timeout=1.0)
    crowd.wait(100_000.0)
    ended = [event for event in crowd.told(Finished) if event.number is not None]
    assert len(ended) == len(online)
    # an honest one, at last
    location, _ = crowd.log_in(99, b"869975030000499")
    assert crowd.say(99, at(location, DELETE, 2))[-1].code == DELETED


# What belongs to others


@pytest.mark.parametrize("code", [POST, PUT, DELETE])
def test_a_location_is_nobody_elses_unless_it_is_known(crowd_of: CrowdOf, code: int) -> None:
    """4.04, to a stranger and to another device, and the device stays where it is."""
    crowd = crowd_of(steps=())
    location, _ = crowd.log_in(1)
    other, _ = crowd.log_in(2, b"869975030000462")
    assert location == b"00000001" and other == b"00000002"
    guesses = (b"00000000", b"1", b"0000000", b"00000001 ", b"", b"00000001/", b"../00000001")
    for port in (2, 3):
        for mid, guess in enumerate(guesses, start=10):
            (answer,) = crowd.say(port, at(guess, code, mid, b"lt=1"))
            assert answer.code == NOT_FOUND, guess
    (answer,) = crowd.say(
        3, coap(CON, code, 30, b"", ((PATH, b"rd"), (PATH, b"00000001"), (PATH, b"")))
    )
    assert answer.code == NOT_FOUND
    assert crowd.told(Moved) == []
    assert [device.online for device in crowd.server.devices()] == [True, True]
    assert crowd.server.device(IMEI).lifetime == 86400


def test_a_location_known_to_another_device_is_none_to_it(crowd_of: CrowdOf) -> None:
    """A stranger who knows it is the device at a new address (decision 47); who is registered as
    another one is not, and has to register to become it."""
    crowd = crowd_of(steps=())
    location, _ = crowd.log_in(1)
    crowd.log_in(2, b"869975030000462")
    for mid, code in enumerate((POST, PUT, DELETE, GET), start=10):
        (answer,) = crowd.say(2, at(location, code, mid, b"lt=1"))
        assert answer.code == NOT_FOUND
    assert crowd.server.device(IMEI).peer.port == 1
    assert crowd.server.device(IMEI).lifetime == 86400
    (answer,) = crowd.say(3, at(location, POST, 20, b"lt=60"))
    assert answer.code == CHANGED
    assert crowd.server.device(IMEI).peer.port == 3
    (answer,) = crowd.say(2, register(21, IMEI.encode()))
    assert answer.code == CREATED
    assert crowd.server.device(IMEI).peer.port == 2
    assert not crowd.server.device("869975030000462").online


def test_notifications_for_nobody_are_rejected_and_kept_nowhere(
    crowd_of: CrowdOf,
) -> None:
    """CON gets RST, NON too (RFC 7641 3.2 and 3.6, RFC 7252 4.3): tokens guessed, another device's
    at a registered address, and one's own from before."""
    crowd = crowd_of()
    location, (asked, *_) = crowd.log_in(1)
    crowd.say(1, coap(ACK, CONTENT, asked.mid, asked.token, ((OBSERVE, b"\x01"), TLV)))
    crowd.log_in(2, b"869975030000462")
    for mid, (port, token) in enumerate(
        [(3, b"\x00" * 4), (3, b""), (2, asked.token), (1, b"\xff" * 8), (1, asked.token[:3])]
    ):
        data = coap(
            CON, CONTENT, 500 + mid, token, ((OBSERVE, b"\x02"), TLV), H("e41676") + b"abcd"
        )
        (answer,) = crowd.say(port, data)
        assert (answer.kind, answer.code, answer.mid) == (RST, 0, 500 + mid)
    assert crowd.say(1, at(location, DELETE, 60))[0].code == DELETED
    (answer,) = crowd.say(1, coap(CON, CONTENT, 61, asked.token, ((OBSERVE, b"\x03"), TLV)))
    assert answer.kind == RST
    assert crowd.told(Notified) == []
    assert crowd.server.device(IMEI).reported == 0


def test_an_error_in_the_place_of_a_notification_ends_it_and_is_no_value(
    crowd_of: CrowdOf,
) -> None:
    """4.04 with words for people (RFC 7641 3.2, RFC 7252 5.5.2)."""
    crowd = crowd_of(GENERIC, steps=())
    crowd.log_in(1)
    crowd.server.ask(IMEI, Observe(Path(3200, 0, 5750)), crowd.now)
    (asked,) = crowd.sent(1)
    crowd.say(1, coap(ACK, CONTENT, asked.mid, asked.token, ((OBSERVE, b"\x01"),), b"abcd"))
    gone = coap(CON, NOT_FOUND, 7, asked.token, (), b"it is gone")
    (answer,) = crowd.say(1, gone)
    assert (answer.kind, answer.mid) == (ACK, 7)
    assert crowd.told(Notified) == []
    (refused,) = crowd.told(NotUnderstood)
    assert refused.reason == "4.04"
    late = coap(CON, CONTENT, 8, asked.token, ((OBSERVE, b"\x02"),), b"efgh")
    assert crowd.say(1, late)[0].kind == RST


def test_a_message_id_used_again_with_other_bytes_gets_nothing(
    crowd_of: CrowdOf,
) -> None:
    """Decision 50, for requests and notifications; the same bytes get the same answer."""
    crowd = crowd_of(steps=())
    first = register(1, b"869975030000461")
    (created,) = crowd.say(1, first)
    assert crowd.say(1, first) == [created]
    assert crowd.say(1, register(1, b"869975030000462")) == []
    assert len(crowd.server.devices()) == 1
    assert len(crowd.told(Registered)) == 1
