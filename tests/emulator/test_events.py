"""Events that the manual does not list (quirks extra_events, rst_halts; MB 2.2, 2.7, 8)."""

from typing import Any

import pytest

GET, PUT = 1, 3
BAD_REQUEST, FORBIDDEN = 0x80, 0x83
CREATED, DELETED, CHANGED = 0x41, 0x42, 0x44
RST = 3
LOCATION = ((8, b"rd"), (8, b"1"))
DIRECT = 'AT+MIPLCREATEEX="183.230.40.40:5683",0'
NOTIFY = 'AT+MIPLNOTIFY=0,0,3200,0,5750,1,1,"x",0,0'


def _module(desk: Any, *events: int, **quirks: object) -> Any:
    return desk(quirks={"extra_events": events, **quirks})


def _registered(desk: Any, *events: int, **quirks: object) -> Any:
    table = _module(desk, *events, **quirks)
    table.log_in()
    return table


def _reset(table: Any) -> str:
    """A Reset to the last datagram that the module sent."""
    lines: str = table.platform(bytes([0x40 | RST << 4, 0, *table.sent[-1].data[2:4]]))
    return lines


@pytest.mark.parametrize(
    ("events", "lines"),
    [
        ((), ["", "+MIPLEVENT: 0,2", "+MIPLEVENT: 0,6"]),
        ((1,), ["+MIPLEVENT: 0,1", "+MIPLEVENT: 0,2", "+MIPLEVENT: 0,6"]),
        ((4,), ["", "+MIPLEVENT: 0,2|+MIPLEVENT: 0,4", "+MIPLEVENT: 0,6"]),
        ((1, 4), ["+MIPLEVENT: 0,1", "+MIPLEVENT: 0,2|+MIPLEVENT: 0,4", "+MIPLEVENT: 0,6"]),
    ],
)
def test_start_up_with_a_bootstrap(desk: Any, events: tuple[int, ...], lines: list[str]) -> None:
    """MB 2.2: 1, 2, 4, 6."""
    table = _module(desk, *events)
    table.at("AT+MIPLCREATE")
    table.at("AT+MIPLOPEN=0,300,30")
    started = table.reply(CHANGED)
    security = bytes.fromhex("c8000f") + b"coap://10.0.0.1" + bytes.fromhex("c10a01")
    table.ask(PUT, 1, "/0/0", (12, b"\x2d\x16"), payload=security)
    bootstrapped = table.ask(2, 2, "/bs")
    assert [started, bootstrapped, table.reply(CREATED, *LOCATION)] == lines


def test_start_up_without_one(desk: Any) -> None:
    """MB 2.2: 4, 6."""
    table = _module(desk, 1, 4)
    table.at(DIRECT)
    table.at("AT+MIPLOPEN=0,300,30")
    assert table.reply(CREATED, *LOCATION) == "+MIPLEVENT: 0,4|+MIPLEVENT: 0,6"


@pytest.mark.parametrize(
    ("events", "lines"),
    [((), "+MIPLEVENT: 0,7"), ((5,), "+MIPLEVENT: 0,5|+MIPLEVENT: 0,7"), ((8,), "+MIPLEVENT: 0,7")],
)
def test_5_where_there_is_no_link(desk: Any, events: tuple[int, ...], lines: str) -> None:
    """MB 8: connect failed."""
    table = _module(desk, *events)
    table.at(DIRECT)
    table.at("AT+MIPLOPEN=0,300,30")
    table.firmware.link_lost(table.open_link, "no route", table.now)
    assert table.wait(1) == lines


@pytest.mark.parametrize(
    ("events", "number", "lines"),
    [
        ((), 7, "+MIPLEVENT: 0,7"),
        ((8,), 7, "+MIPLEVENT: 0,8|+MIPLEVENT: 0,7"),
        ((8,), 8, "+MIPLEVENT: 0,8"),
        ((5,), 7, "+MIPLEVENT: 0,7"),
    ],
)
def test_8_where_the_time_for_a_registration_runs_out(
    desk: Any, events: tuple[int, ...], number: int, lines: str
) -> None:
    """MB 8: register timeout; a refusal is 7 alone."""
    table = _module(desk, *events, reg_timeout_event=number)
    table.at(DIRECT)
    table.at("AT+MIPLOPEN=0,300,5")
    assert table.wait(10) == lines
    table.at("AT+MIPLOPEN=0,300,5")
    assert table.reply(FORBIDDEN) == "+MIPLEVENT: 0,7"


@pytest.mark.parametrize(
    ("events", "lines"),
    [((), ""), ((9,), "+MIPLEVENT: 0,9 at 300"), ((14,), "+MIPLEVENT: 0,14,30 at 270")],
)
def test_9_and_14_while_the_lifetime_runs_out(
    desk: Any, events: tuple[int, ...], lines: str
) -> None:
    """MB 2.2, 2.7: expired; an Update is needed, with the seconds that are left (a tenth)."""
    table = _registered(desk, *events)
    start = table.now - 1  # the answer came a second ago, see reply()
    told = [(round(table.now - start) + 1, table.wait(1)) for _ in range(700)]
    assert [f"{text} at {second}" for second, text in told if text] == ([lines] if lines else [])
    assert table.at("AT+MIPLUPDATE=0,100,0") == "OK", "still registered"


def test_each_lifetime_has_its_own_9_and_14(desk: Any) -> None:
    table = _registered(desk, 9, 14)
    assert table.wait(280) == "+MIPLEVENT: 0,14,30"
    table.at("AT+MIPLUPDATE=0,100,0")
    assert table.reply(CHANGED) == "+MIPLEVENT: 0,11"
    assert table.wait(88) == ""
    assert table.wait(2) == "+MIPLEVENT: 0,14,10"
    assert table.wait(10) == "+MIPLEVENT: 0,9"
    table.at("AT+MIPLUPDATE=0,100,0")
    assert table.reply(CHANGED) == "+MIPLEVENT: 0,11"
    assert table.wait(101) == "+MIPLEVENT: 0,14,10|+MIPLEVENT: 0,9"


def test_9_comes_before_the_15_of_an_automatic_update_that_failed(desk: Any) -> None:
    """MB 2.2; manual 4.5."""
    table = desk(model="MN318", quirks={"extra_events": "9+13"})
    table.at(DIRECT)
    table.at("AT+MIPLUPDATESET=0,1")
    table.at("AT+MIPLOPEN=0,120,30")
    table.reply(CREATED, *LOCATION)
    assert table.wait(200) == "+MIPLEVENT: 0,9|+MIPLEVENT: 0,15"


@pytest.mark.parametrize(
    ("events", "update_fail", "refused", "unanswered"),
    [
        ((), "silent", "", ""),
        ((12,), "silent", "+MIPLEVENT: 0,12", ""),
        ((13,), "silent", "", "+MIPLEVENT: 0,13"),
        ((12, 13), "silent", "+MIPLEVENT: 0,12", "+MIPLEVENT: 0,13"),
        ((12,), "12", "+MIPLEVENT: 0,12", "+MIPLEVENT: 0,12"),
        ((13,), "12", "+MIPLEVENT: 0,12", "+MIPLEVENT: 0,13|+MIPLEVENT: 0,12"),
    ],
)
def test_12_and_13_where_an_update_fails(
    desk: Any, events: tuple[int, ...], update_fail: str, refused: str, unanswered: str
) -> None:
    """MB 2.7: 4.xx is 12, no answer 13."""
    table = _registered(desk, *events, update_fail=update_fail)
    table.at("AT+MIPLUPDATE=0,300,0")
    assert table.reply(BAD_REQUEST) == refused
    table.at("AT+MIPLUPDATE=0,300,0")
    assert table.wait(70) == unanswered


@pytest.mark.parametrize(("events", "line"), [((), ""), ((16,), "+MIPLEVENT: 0,16")])
def test_16_where_the_platform_does_not_let_go(
    desk: Any, events: tuple[int, ...], line: str
) -> None:
    """MB 2.6 (CM-H2): unregister failed; refused or unanswered."""
    table = _registered(desk, *events)
    table.at("AT+MIPLCLOSE=0")
    assert table.reply(BAD_REQUEST) == line
    table.at("AT+MIPLCLOSE=0")
    assert table.wait(70) == line


@pytest.mark.parametrize(
    ("events", "lines"),
    [((), "+MIPLEVENT: 0,3"), ((10,), "+MIPLEVENT: 0,3|+MIPLEVENT: 0,10")],
)
def test_10_behind_a_bootstrap_that_failed(desk: Any, events: tuple[int, ...], lines: str) -> None:
    """MB 2.2 (EC): 3, then 10."""
    table = _module(desk, *events)
    table.at("AT+MIPLCREATE")
    table.at("AT+MIPLOPEN=0,300,5")
    assert table.wait(10) == lines


@pytest.mark.parametrize(
    ("events", "late_rsp", "answer", "later"),
    [
        ((), "653", "+CIS ERROR: 653", ""),
        ((20,), "653", "+CIS ERROR: 653", "+MIPLEVENT: 0,20,999"),
        ((20,), "ok", "OK", "+MIPLEVENT: 0,20,999"),
        ((20,), "ok+event20", "OK", "+MIPLEVENT: 0,20,999"),
        ((21,), "ok", "OK", ""),
    ],
)
def test_20_where_an_answer_has_no_request(
    desk: Any, events: tuple[int, ...], late_rsp: str, answer: str, later: str
) -> None:
    """MB 2.8, 8: response failed, with its mid."""
    table = _registered(desk, *events, late_rsp=late_rsp)
    assert table.at("AT+MIPLWRITERSP=0,999,2") == answer
    assert table.wait(1) == later


@pytest.mark.parametrize(
    ("events", "later"),
    [
        ((20,), "+MIPLNSMI: 0,1,60"),
        ((21,), "+MIPLNSMI: 0,1,60|+MIPLEVENT: 0,21"),
    ],
)
def test_21_where_an_answer_went_out(desk: Any, events: tuple[int, ...], later: str) -> None:
    """MB 8; without a parameter (MB 6.7), behind NSMI, which is 700 & 127."""
    table = _registered(desk, *events)
    table.at("AT+MIPLNMI=0,0,1")
    table.ask(PUT, 700, "/3200/0/5750", payload=b"x")
    assert table.at("AT+MIPLWRITERSP=0,700,2") == "OK"
    assert table.wait(1) == later


@pytest.mark.parametrize(
    ("events", "event_25", "line"),
    [
        ((), "off", ""),
        ((25,), "off", "+MIPLEVENT: 0,25,147"),
        ((25,), "ackid", "+MIPLEVENT: 0,25,147"),
        ((25,), "observe mid", "+MIPLEVENT: 0,25,500"),
    ],
)
def test_25_where_a_notification_is_lost(
    desk: Any, events: tuple[int, ...], event_25: str, line: str
) -> None:
    """MB 2.11; event_25 says what its parameter is."""
    table = _registered(desk, *events, event_25=event_25)
    table.observed()
    table.at(f"{NOTIFY},147")
    assert table.wait(70) == line


@pytest.mark.parametrize(
    ("how", "answer", "later"),
    [
        ("653", "+CIS ERROR: 653", ""),
        ("ok", "OK", "+MIPLEVENT: 0,25,147"),
        ("ok+event25", "OK", "+MIPLEVENT: 0,25,147"),
    ],
)
def test_25_where_nobody_observes(desk: Any, how: str, answer: str, later: str) -> None:
    """MB 2.11 (EC, MT, YOC): `OK`, then 25."""
    table = _registered(desk, 25, notify_unobserved=how)
    assert table.at(f"{NOTIFY},147") == answer
    assert table.wait(1) == later


# rst_halts


def test_a_reset_halts_the_module_until_it_is_made_anew(desk: Any) -> None:
    """Quirk rst_halts, MB 2.2 (EC): event 10, the context is destroyed."""
    table = _registered(desk, rst_halts="on")
    table.observed()
    table.at(NOTIFY)
    assert _reset(table) == "+MIPLEVENT: 0,10"
    assert table.open_link == 0
    for line in (NOTIFY, "AT+MIPLCLOSE=0", "AT+MIPLDELETE=0", "AT+MIPLOPEN=0,300,30"):
        assert table.at(line) == "+CIS ERROR: 653"
    table.log_in()


def test_otherwise_a_reset_ends_an_observation(desk: Any) -> None:
    """Decision 30; XY and vanilla (MB 2.2)."""
    table = _registered(desk, rst_halts="off")
    table.observed()
    table.at(NOTIFY)
    assert _reset(table) == f"+MIPLOBSERVE: 0,{table.sent[-1].mid},0,3200,0,-1"


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("AT+MIPLUPDATE=0,300,0", "+MIPLEVENT: 0,10"),
        ("AT+MIPLCLOSE=0", "+MIPLEVENT: 0,10"),
        ("AT+MIPLOPEN?", "+MIPLEVENT: 0,10"),
    ],
)
def test_a_reset_to_a_request_halts_it_too(desk: Any, command: str, answer: str) -> None:
    table = _registered(desk, rst_halts="on")
    assert table.at(command) == "OK"
    assert _reset(table) == answer
    assert table.at(DIRECT) == "+MIPLCREATEEX: 0|OK"


def test_a_reset_to_the_first_word_halts_it_too(desk: Any) -> None:
    for create in (DIRECT, "AT+MIPLCREATE"):
        table = _module(desk, rst_halts="on")
        table.at(create)
        table.at("AT+MIPLOPEN=0,300,30")
        assert _reset(table) == "+MIPLEVENT: 0,10"
        assert table.wait(100) == ""
        assert table.at(DIRECT) == "+MIPLCREATEEX: 0|OK"


def test_a_command_that_waits_for_the_platform_ends_with_the_halt(desk: Any) -> None:
    """Decision 10: every command has its final result."""
    for quirks, command in (
        ({"close_order": "15,OK"}, "AT+MIPLCLOSE=0"),
        ({"delete_registered": "deregister"}, "AT+MIPLDELETE=0"),
    ):
        table = _registered(desk, rst_halts="on", **quirks)
        assert table.at(command) == ""
        assert _reset(table) == "OK|+MIPLEVENT: 0,10"
        assert table.at(DIRECT) == "+MIPLCREATEEX: 0|OK"


def test_a_refusal_is_no_reset(desk: Any) -> None:
    table = _registered(desk, rst_halts="on")
    table.at("AT+MIPLUPDATE=0,300,0")
    assert table.reply(BAD_REQUEST) == ""
    assert table.at("AT+MIPLUPDATE=0,300,0") == "OK"
