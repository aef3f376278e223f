"""A whole life, with each of its datagrams in turn lost, doubled or late (conformance 9).

The far end is a platform of literal datagrams (tests/asking.py); time is a number. What the module
prints must be the same every time, but for when it is printed.
"""

from typing import Any

import pytest

from tests.asking import AskingServer
from tests.road import TRAVEL, Fate, Road, Way, good

CON, ACK = 0, 2
GET, POST, PUT, DELETE = 1, 2, 3, 4
CHANGED, CONTENT = 0x44, 0x45
EACH_WAY = 11  # datagrams when all goes well: see the paths of _life

LINES = [
    "+MIPLEVENT: 0,2",
    "+MIPLEVENT: 0,6",
    "+MIPLOBSERVE: 0,20003,1,3200,0,-1",
    "+MIPLREAD: 0,20004,3200,0,5750",
    "OK",
    "+MIPLWRITE: 0,20005,3200,0,5750,1,4,efgh,0",
    "OK",
    '+MIPLEXECUTE: 0,20006,3200,0,5750,2,"on"',
    "OK",
    "+MIPLEVENT: 0,26,147",
    "+MIPLEVENT: 0,11",
    "+MIPLEVENT: 0,15",
]


def _answer_of_the_mcu(line: str) -> str | None:
    """What a host says to a line at once (manual 3.11, 3.13, 3.15)."""
    kind, _, rest = line.partition(": ")
    mid = rest.split(",")[1] if "," in rest else ""
    match kind:
        case "+MIPLREAD":
            return f'AT+MIPLREADRSP=0,{mid},1,3200,0,5750,1,4,"abcd",0,0'
        case "+MIPLWRITE":
            return f"AT+MIPLWRITERSP=0,{mid},2"
        case "+MIPLEXECUTE":
            return f"AT+MIPLEXECUTERSP=0,{mid},2"
    return None


def _life(road: Road) -> list[str]:
    """From CREATE to event 15: bootstrap, Register, Observe, Read, Write, Execute, a CON
    notification, Update, De-register."""
    road.host = _answer_of_the_mcu
    server, desk = road.server, road.desk
    for line in (
        "AT+MIPLCREATE",
        'AT+MIPLADDOBJ=0,3200,1,"1",0,0',
        'AT+MIPLDISCOVERRSP=0,3200,1,4,"5750"',
        "AT+MIPLOPEN=0,3000,300",
    ):
        assert road.say(line).endswith("OK")
    road.until(lambda: "+MIPLEVENT: 0,6" in road.lines)
    asked = [server.observe("/3200/0", desk.now)]
    road.until(lambda: asked[-1].answer)
    for code, path, body in (
        (GET, "/3200/0/5750", b""),
        (PUT, "/3200/0/5750", b"efgh"),
        (POST, "/3200/0/5750", b"on"),
    ):
        asked.append(server.ask(code, path, desk.now, body=body))
        road.until(lambda: asked[-1].answer)
    answers = [each.answer for each in asked if each.answer is not None]
    assert [answer.code for answer in answers] == [CONTENT, CONTENT, CHANGED, CHANGED]
    assert road.say('AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"abcd",0,0,147') == "OK"
    road.until(lambda: "+MIPLEVENT: 0,26,147" in road.lines)
    assert road.say("AT+MIPLUPDATE=0,300,1") == "OK"
    road.until(lambda: "+MIPLEVENT: 0,11" in road.lines)
    road.run(5)  # a host that was asked twice says it twice
    assert road.say("AT+MIPLCLOSE=0") == "OK"
    road.until(lambda: "+MIPLEVENT: 0,15" in road.lines)
    road.run(300)  # nothing comes later
    return road.lines


def _fate(way: Way, number: int, *arrivals: float) -> Fate:
    """One datagram arrives otherwise than the rest."""
    return lambda w, n: arrivals if (w, n) == (way, number) else good(w, n)


def test_on_a_good_road_each_way_has_eleven(desk: Any) -> None:
    road = Road(desk(), AskingServer())
    assert _life(road) == LINES
    assert road.passed == road.copies == {"up": EACH_WAY, "down": EACH_WAY}
    assert [asked.target for asked in road.server.requests] == [
        "/bs?ep=869975030000461;460001357924680",
        "/rd?ep=869975030000461;460001357924680&lt=3000&lwm2m=1.0",
        "/rd/1?lt=300",
        "/rd/1",
    ]


LOSSES = ("AJ-register-lost", "AJ-update-lost", "AJ-deregister-lost", "CORE_15", "OBS_11")


@pytest.mark.conformance(*LOSSES, far="datagrams")
@pytest.mark.parametrize("number", range(EACH_WAY))
@pytest.mark.parametrize("way", ["up", "down"])
def test_each_datagram_in_turn_is_lost(desk: Any, way: Way, number: int) -> None:
    """Whoever waits for it sends again, and the answer is the same one (RFC 7252 4.2, 4.5)."""
    road = Road(desk(), AskingServer(), _fate(way, number))
    assert _life(road) == LINES
    assert road.copies[way] == road.passed[way] - 1
    _is_told_once(road)


@pytest.mark.conformance("AJ-repeated-mid", far="datagrams")
@pytest.mark.parametrize("second", [0.06, 1.0, 100.0])
@pytest.mark.parametrize("number", range(EACH_WAY))
@pytest.mark.parametrize("way", ["up", "down"])
def test_each_datagram_in_turn_comes_twice(desk: Any, way: Way, number: int, second: float) -> None:
    """Carried out once, answered alike (RFC 7252 4.5); what repeats an answer is passed over."""
    road = Road(desk(), AskingServer(), _fate(way, number, TRAVEL, second))
    assert _life(road) == LINES
    assert road.copies[way] == road.passed[way] + 1
    _is_told_once(road)


@pytest.mark.parametrize("seconds", [1.0, 3.0, 40.0])
@pytest.mark.parametrize("number", range(EACH_WAY))
@pytest.mark.parametrize("way", ["up", "down"])
def test_each_datagram_in_turn_is_late(desk: Any, way: Way, number: int, seconds: float) -> None:
    """After 2 s it is overtaken by its own repetition, after 40 s by everything else."""
    road = Road(desk(), AskingServer(), _fate(way, number, seconds))
    assert _life(road) == LINES
    _is_told_once(road)


# The same with an MCU that takes three seconds


SLOW = {"empty_ack_after_s": 0.5}
SLOWLY = EACH_WAY + 3  # Read, Write and Execute are answered separately


def _slow(desk: Any, fate: Fate = good) -> Road:
    road = Road(desk(quirks=SLOW), AskingServer(), fate)
    road.pause = 3.0
    return road


def test_separate_answers_have_three_more_each_way(desk: Any) -> None:
    """RFC 7252 5.2.2: an empty ACK, then the answer as a CON, which is acknowledged."""
    road = _slow(desk)
    assert _life(road) == LINES
    assert road.passed == road.copies == {"up": SLOWLY, "down": SLOWLY}
    kinds = [asked.answer.kind for asked in road.server.questions if asked.answer is not None]
    assert kinds == [ACK] * 3 + [CON] * 3


@pytest.mark.conformance("CORE_16", far="datagrams")
@pytest.mark.parametrize("number", range(SLOWLY))
@pytest.mark.parametrize("way", ["up", "down"])
def test_each_datagram_of_separate_answers_in_turn_is_lost(
    desk: Any, way: Way, number: int
) -> None:
    """A request that comes again before the MCU has answered prints again (decision 31)."""
    road = _slow(desk, _fate(way, number))
    printed = [line for line in _life(road) if line != "OK"]
    assert list(dict.fromkeys(printed)) == [line for line in LINES if line != "OK"]
    assert len(printed) - len(set(printed)) <= 1
    assert road.copies[way] == road.passed[way] - 1
    _is_told_once(road)


@pytest.mark.parametrize("arrivals", [(TRAVEL, 1.0), (TRAVEL, 100.0), (3.0,), (40.0,)])
@pytest.mark.parametrize("number", range(SLOWLY))
@pytest.mark.parametrize("way", ["up", "down"])
def test_each_datagram_of_separate_answers_in_turn_is_doubled_or_late(
    desk: Any, way: Way, number: int, arrivals: tuple[float, ...]
) -> None:
    road = _slow(desk, _fate(way, number, *arrivals))
    printed = [line for line in _life(road) if line != "OK"]
    assert list(dict.fromkeys(printed)) == [line for line in LINES if line != "OK"]
    _is_told_once(road)


def _is_told_once(road: Road) -> None:
    """The platform has taken every request once, and every answer of the module is the same."""
    server = road.server
    assert [asked.code for asked in server.requests] == [POST, POST, POST, DELETE]
    assert len(server.notifications) == 1
    assert not any(asked.rejected for asked in server.questions)
    assert all(len(asked.copies) <= 1 for asked in server.questions)
