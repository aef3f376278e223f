"""Every table that a platform or a host can fill: what is answered when it is full, and that it
does not grow. Datagrams are literal; `weight` counts what hangs on the firmware."""

import gc
import struct
from collections.abc import Callable
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

import pytest

from emulator.journal import Journal
from tests.desk import coap

CON, NON, ACK, RST = range(4)
GET, POST, PUT, DELETE = range(1, 5)
CREATED, CHANGED, CONTENT, CONTINUE = 0x41, 0x44, 0x45, 0x5F
NOT_FOUND, NOT_ALLOWED, INCOMPLETE, UNAVAILABLE = 0x84, 0x85, 0x88, 0xA3
OBSERVE, PATH, QUERY, BLOCK1 = 6, 11, 15, 27
AT_RD_1 = ((8, b"rd"), (8, b"1"))
NOTIFY = 'AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"abcd",0,0'

SHARED = (type, ModuleType, FunctionType, BuiltinFunctionType, Journal)  # the journal has its limit


def weight(table: Any) -> int:
    """How many objects the firmware holds, its journal and its program apart."""
    seen: dict[int, object] = {}
    found: list[object] = [table.firmware]
    while found:
        thing = found.pop()
        if id(thing) not in seen and not isinstance(thing, SHARED):
            seen[id(thing)] = thing
            found += gc.get_referents(thing)
    return len(seen)


def _request(code: int, mid: int, *path: object, body: bytes = b"", **more: Any) -> bytes:
    uri = tuple((PATH, str(segment).encode()) for segment in path)
    options = tuple(more.get("options", ()))
    return coap(CON, code, mid, struct.pack("!H", mid), (*uri, *options), body)


def _code_of(table: Any, mid: int) -> int | None:
    """The code of the ACK with this message id, if there is one among the datagrams sent."""
    codes = [sent.code for sent in table.sent if (sent.kind, sent.mid) == (ACK, mid)]
    return codes[-1] if codes else None


# What a platform may send without an end. Two hundred at a time change nothing any more once the
# widest table, of 1024 message ids (RFC 7252 4.5), has been filled.

ENOUGH, MORE = 1100, 200

FLOODS: dict[str, tuple[Callable[[int], bytes], int | None]] = {
    "reads for the MCU": (lambda n: _request(GET, n, 3200, 0, n), UNAVAILABLE),
    "reads of the module's own": (lambda n: _request(GET, n, 3, 0), CONTENT),
    "reads of nothing": (lambda n: _request(GET, n, 9, n), NOT_FOUND),
    "writes": (lambda n: _request(PUT, n, 3200, 0, n, body=b"x"), UNAVAILABLE),
    "executes": (lambda n: _request(POST, n, 3200, 0, n), UNAVAILABLE),
    "observes": (lambda n: _request(GET, n, 3200, 0, n, options=[(OBSERVE, b"")]), UNAVAILABLE),
    "first blocks": (
        lambda n: _request(PUT, n, 3200, 0, n, body=b"." * 16, options=[(BLOCK1, b"\x08")]),
        CONTINUE,
    ),
    "later blocks": (
        lambda n: _request(PUT, n, 3200, 0, n, body=b"." * 16, options=[(BLOCK1, b"\x18")]),
        INCOMPLETE,
    ),
    "attributes": (
        lambda n: _request(PUT, n, 3200, 0, n, options=[(QUERY, b"pmin=%d" % n)]),
        CHANGED,
    ),
    "creations": (lambda n: _request(POST, n, 3200), NOT_ALLOWED),
    "pings": (lambda n: coap(CON, 0, n), None),
    "answers to nothing": (lambda n: coap(CON, CONTENT, n, struct.pack("!H", n)), None),
    "acknowledgements": (lambda n: coap(ACK, n % 2 * CONTENT, n, b"\1" * (n % 2)), None),
    "resets": (lambda n: coap(RST, 0, n), None),
    "noise": (lambda n: bytes([n & 255, n >> 8, *range(n % 40)]), None),
}


@pytest.mark.parametrize("kind", FLOODS)
def test_whatever_a_platform_sends_nothing_grows_without_an_end(desk: Any, kind: str) -> None:
    make, code = FLOODS[kind]
    table = desk()
    table.log_in()
    for number in range(ENOUGH):
        table.deliver(make(number))
    table.lines()
    table.sent.clear()
    before = weight(table)
    for number in range(ENOUGH, ENOUGH + MORE):
        table.deliver(make(number))
    if code is not None:
        codes = {_code_of(table, number) for number in range(ENOUGH, ENOUGH + MORE)}
        assert codes == {code}
    table.lines()
    table.sent.clear()
    assert weight(table) <= before + MORE / 2, "two hundred more are not held"
    assert table.at("AT") == "OK"
    table.firmware.handle_timeout(table.now + 1000)
    table.firmware.outputs()


def test_a_flood_that_is_held_would_be_seen(desk: Any) -> None:
    """Of the measure itself: 1024 message ids are remembered, and weigh something."""
    table = desk()
    table.log_in()
    empty = weight(table)
    for number in range(MORE):
        table.deliver(_request(GET, number, 9, 9))
    table.sent.clear()
    assert weight(table) > empty + MORE


# Each bound, what is answered beyond it, and that there is room again afterwards


def test_64_requests_wait_for_the_mcu(desk: Any) -> None:
    """One more gets 5.03 and no line (chosen). An answer of the MCU makes room for one."""
    table = desk()
    table.log_in()
    for mid in range(1, 65):
        table.deliver(_request(GET, mid, 3200, 0, 5750))
    assert table.lines().count("+MIPLREAD") == 64
    table.deliver(_request(GET, 65, 3200, 0, 5750))
    assert (_code_of(table, 65), table.lines()) == (UNAVAILABLE, "")
    assert table.at("AT+MIPLREADRSP=0,7,13") == "OK"
    assert _code_of(table, 7) == NOT_FOUND
    table.deliver(_request(GET, 66, 3200, 0, 5750))
    assert table.wait(1) == "+MIPLREAD: 0,66,3200,0,5750"


def test_64_observations(desk: Any) -> None:
    """One more gets 5.03 and no line; one that is renewed has its room; a cancelled one makes
    some."""
    table = desk()
    table.log_in()
    for number in range(64):
        mid = 100 + number
        table.deliver(_request(GET, mid, 3200, 0, number, options=[(OBSERVE, b"")]))
    assert table.lines().count("+MIPLOBSERVE") == 64
    table.deliver(_request(GET, 200, 3200, 0, 99, options=[(OBSERVE, b"")]))
    assert (_code_of(table, 200), table.lines()) == (UNAVAILABLE, "")
    table.deliver(_request(GET, 201, 3200, 0, 5, options=[(OBSERVE, b"")]))
    assert (_code_of(table, 201), table.lines()) == (CONTENT, "+MIPLOBSERVE: 0,201,1,3200,0,5")
    table.deliver(_request(GET, 202, 3200, 0, 6, options=[(OBSERVE, b"\x01")]))
    assert table.lines() == "+MIPLOBSERVE: 0,202,0,3200,0,6"
    table.deliver(_request(GET, 203, 3200, 0, 99, options=[(OBSERVE, b"")]))
    assert (_code_of(table, 203), table.lines()) == (CONTENT, "+MIPLOBSERVE: 0,203,1,3200,0,99")


def test_4_bodies_in_blocks(desk: Any) -> None:
    """One more, and the one silent longest is forgotten: its next block gets 4.08 (chosen)."""
    table = desk()
    table.log_in()
    for number in range(5):
        first = _request(PUT, number, 3200, 0, number, body=b"." * 16, options=[(BLOCK1, b"\x08")])
        table.deliver(first)
        assert _code_of(table, number) == CONTINUE
    for number, code in ((0, INCOMPLETE), (1, CONTINUE), (4, CONTINUE)):
        mid = 10 + number
        table.deliver(
            _request(PUT, mid, 3200, 0, number, body=b"." * 16, options=[(BLOCK1, b"\x18")])
        )
        assert _code_of(table, mid) == code
    assert table.lines() == ""


def test_16_updates_under_way(desk: Any) -> None:
    """Manual 6 code 652; each answer makes room for one, and so does giving up after 62 s."""
    table = desk()
    table.log_in()
    table.sent.clear()
    for _ in range(16):
        assert table.at("AT+MIPLUPDATE=0,600,0") == "OK"
    for line in ("AT+MIPLUPDATE=0,600,0", "AT+MIPLOPEN?"):
        assert table.at(line) == "+CIS ERROR: 652"
    third = table.sent[2]
    assert table.platform(coap(ACK, CHANGED, third.mid, third.token)) == "+MIPLEVENT: 0,11"
    assert table.at("AT+MIPLOPEN?") == "OK"
    assert table.at("AT+MIPLUPDATE=0,600,0") == "+CIS ERROR: 652"
    table.wait(70)
    assert table.at("AT+MIPLUPDATE=0,600,0") == "OK"
    assert table.at("AT+MIPLCLOSE=0") == "OK", "which nothing holds back"


def test_8_unacknowledged_notifications(desk: Any) -> None:
    """Decision 42; NON ones, Update and Close are not held back by them."""
    table = desk()
    table.log_in()
    table.observed()
    for ackid in range(8):
        assert table.at(f"{NOTIFY},{ackid}") == "OK"
    assert table.at(f"{NOTIFY},8") == "+CIS ERROR: 652"
    assert table.at(NOTIFY) == "OK"
    assert table.at("AT+MIPLUPDATE=0,600,0") == "OK"
    fourth = table.sent[3]
    assert table.platform(coap(ACK, 0, fourth.mid)) == "+MIPLEVENT: 0,26,3"
    assert table.at(f"{NOTIFY},8") == "OK"
    assert table.at(f"{NOTIFY},9") == "+CIS ERROR: 652"
    table.wait(70)
    assert table.at(f"{NOTIFY},9") == "OK"


def test_a_reset_is_matched_to_the_last_64_notifications(desk: Any) -> None:
    """A NON one may be reset late (RFC 7641 3.6); of older ones nothing is known any more."""
    table = desk()
    table.log_in()
    table.observed()
    for _ in range(66):
        assert table.at(NOTIFY) == "OK"
    mids = [sent.mid for sent in table.sent]
    assert table.platform(coap(RST, 0, mids[1])) == ""
    assert table.platform(coap(RST, 0, mids[2])) == f"+MIPLOBSERVE: 0,{mids[2]},0,3200,0,-1"


def test_256_values_are_held(desk: Any) -> None:
    """One more is 100 (chosen), and what was held goes with it (quirk packing_error_clears)."""
    table = desk()
    table.log_in()
    table.observed()
    hold = 'AT+MIPLNOTIFY=0,0,3200,0,{},1,1,"a",1,1'
    for resource in range(256):
        assert table.at(hold.format(resource)) == "OK"
    assert table.at(hold.format(0)) == "OK", "the same again"
    assert table.at(hold.format(256)) == "+CIS ERROR: 100"
    assert table.at(hold.format(256)) == "OK"


def test_10_datagrams_wait_for_a_link(desk: Any) -> None:
    """Decision 47: the oldest goes; a CON is sent again anyway."""
    table = desk()
    table.log_in()
    table.observed()
    table.connects = False
    table.firmware.link_lost(table.open_link, "reset", table.now)
    for _ in range(14):
        assert table.at(NOTIFY) == "OK"
    assert table.sent == []
    table.firmware.link_up(table.open_link, table.now)
    table.at("AT")
    numbers = [sent.data[6 + len(sent.token) - 1] for sent in table.sent]
    assert numbers == list(range(6, 16)), "Observe 2 to 5 are gone"


def test_40_operations_wait_for_mgr(desk: Any) -> None:
    """Manual 4.2: with one more the oldest is dropped, counted, never answered (decision 39)."""
    table = desk()
    table.log_in()
    table.at("AT+MIPLNMI=0,2,0")
    for mid in range(1, 42):
        table.deliver(_request(GET, mid, 3200, 0, 5750))
    assert table.at("AT+MIPLQMGR=0") == "+MIPLQMGR: 0,QUEUES=40,DROPPED=1,BUFFERS=0|OK"
    assert table.at("AT+MIPLMGR=0") == "+MIPLREAD: 0,2,3200,0,5750|OK"
    table.deliver(_request(GET, 1, 3200, 0, 5750))
    assert _code_of(table, 1) is None


def test_128_requests_in_a_bootstrap(desk: Any) -> None:
    """One more gets 5.03, the finish too (chosen): OPEN then ends in event 3."""
    table = desk()
    table.at("AT+MIPLCREATE")
    table.at("AT+MIPLOPEN=0,300,30")
    for mid in range(1, 130):
        table.deliver(_request(DELETE, mid, 0))
    assert [_code_of(table, mid) for mid in (1, 128, 129)] == [0x42, 0x42, UNAVAILABLE]
    table.deliver(_request(POST, 200, "bs"))
    assert _code_of(table, 200) == UNAVAILABLE
    assert table.wait(31) == "+MIPLEVENT: 0,3"


def test_1024_message_ids_are_remembered(desk: Any) -> None:
    """The oldest goes early (RFC 7252 4.5): its repetition is taken for a new request, which is
    answered alike here."""
    table = desk()
    table.log_in()
    for mid in range(1, 1025):
        table.deliver(_request(GET, mid, 9, 9))
    table.deliver(_request(PUT, 1, 3200, 0, 5750, body=b"x"))  # another request with a known id
    assert (table.lines(), _code_of(table, 1)) == ("", NOT_FOUND)
    table.deliver(_request(GET, 1025, 9, 9))
    table.deliver(_request(PUT, 1, 3200, 0, 5750, body=b"x"))
    assert table.lines().startswith("+MIPLWRITE: 0,1,")
