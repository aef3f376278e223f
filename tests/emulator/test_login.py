"""OPEN, UPDATE, CLOSE, DELETE in time that is a number (manual 3.2, 3.6–3.8; decisions 20–28)."""

from typing import Any

import pytest

from emulator.at.channel import Written

BAD_REQUEST, FORBIDDEN, NOT_FOUND = 0x80, 0x83, 0x84
CREATED, DELETED, CHANGED = 0x41, 0x42, 0x44
LOCATION = ((8, b"rd"), (8, b"1"))

DIRECT = 'AT+MIPLCREATEEX="183.230.40.40:5683",0'
LINKS = b'</>;rt="oma.lwm2m",</3200/0>'


def test_a_silent_platform_is_event_7_when_the_timeout_is_over(desk: Any) -> None:
    """Manual 3.6 note 3, 3.20 event 7; decision 22."""
    table = desk()
    table.at(DIRECT)
    assert table.at("AT+MIPLOPEN=0,300,5") == "OK"
    assert table.wait(4.9) == ""
    assert table.wait(0.2) == "+MIPLEVENT: 0,7"
    assert table.wait(600) == "", "no retry"


def test_the_timeout_is_30_seconds_unless_given(desk: Any) -> None:
    """Manual 3.6."""
    table = desk()
    table.at(DIRECT)
    table.at("AT+MIPLOPEN=0,300")
    assert table.wait(29.9) == ""
    assert table.wait(0.2) == "+MIPLEVENT: 0,7"


def test_a_silent_bootstrap_server_is_event_3(desk: Any) -> None:
    """Manual 3.6 note 4, 3.20 event 3; decision 22: the timeout ran out during bootstrap."""
    table = desk()
    table.at("AT+MIPLCREATE")
    table.at("AT+MIPLOPEN=0,300,5")
    assert table.wait(6) == "+MIPLEVENT: 0,3"


def test_other_firmware_has_event_8_for_a_timeout(desk: Any) -> None:
    """Quirk reg_timeout_event, MB 2.2; a refusal stays 7."""
    table = desk(quirks={"reg_timeout_event": 8})
    table.at(DIRECT)
    table.at("AT+MIPLOPEN=0,300,5")
    assert table.wait(6) == "+MIPLEVENT: 0,8"
    table.at("AT+MIPLOPEN=0,300,5")
    assert table.reply(FORBIDDEN) == "+MIPLEVENT: 0,7"


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("AT+MIPLOPEN=0,0", "601"),
        ("AT+MIPLOPEN=0,268435456", "601"),
        ("AT+MIPLOPEN=0,300,0", "601"),
        ("AT+MIPLOPEN=0,300,65536", "601"),
        ("AT+MIPLOPEN=1,300,30", "653"),
        ("AT+MIPLOPEN=0", "601"),
        ("AT+MIPLOPEN=0,300,30,1", "601"),
        ("AT+MIPLOPEN", "601"),
        ("AT+MIPLUPDATE?", "601"),
        ("AT+MIPLUPDATE=0,0,2", "601"),
        ("AT+MIPLUPDATE=0,0,0", "602"),
        ("AT+MIPLOPEN?", "602"),
        ("AT+MIPLCLOSE=0", "602"),
        ("AT+MIPLCLOSE=x", "601"),
    ],
)
def test_bad_parameters_and_states(desk: Any, line: str, answer: str) -> None:
    """Manual 3.6 note 6, 6 codes 601 and 602; decisions 7, 8, 22."""
    table = desk()
    table.at(DIRECT)
    assert table.at(line) == f"+CIS ERROR: {answer}"


@pytest.mark.parametrize(
    "line", ["AT+MIPLOPEN=0,300,30", "AT+MIPLOPEN?", "AT+MIPLUPDATE=0,0,0", "AT+MIPLCLOSE=0"]
)
def test_without_an_instance_653(desk: Any, line: str) -> None:
    """Decision 8."""
    assert desk().at(line) == "+CIS ERROR: 653"


@pytest.mark.parametrize(
    "line",
    [
        "AT+MIPLOPEN=0,300,30",
        "AT+MIPLCLOSE=0",
        "AT+MIPLUPDATE=0,0,0",
        'AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"test",0,0',
    ],
)
def test_while_logging_in_602(desk: Any, line: str) -> None:
    """Manual 6 code 602; decision 22."""
    table = desk()
    table.at(DIRECT)
    table.at('AT+MIPLADDOBJ=0,3200,1,"1",0,0')
    table.at("AT+MIPLOPEN=0,300,30")
    assert table.at(line) == "+CIS ERROR: 602"


def test_delete_ends_a_login_that_is_under_way(desk: Any) -> None:
    """Decision 22."""
    table = desk()
    table.at(DIRECT)
    table.at("AT+MIPLOPEN=0,300,30")
    assert table.at("AT+MIPLDELETE=0") == "OK"
    assert table.wait(60) == ""


def test_an_update_that_fails_is_silence(desk: Any) -> None:
    """Manual 3.7 note 1: OK is no success; decision 25."""
    table = desk()
    table.log_in()
    table.at("AT+MIPLUPDATE=0,60,0")
    assert table.reply(BAD_REQUEST) == ""
    table.at("AT+MIPLUPDATE=0,60,0")
    assert table.wait(100) == ""
    assert table.at("AT+MIPLUPDATE=0,60,0") == "OK", "still registered"


@pytest.mark.parametrize(
    ("value", "lines"),
    [("12", "+MIPLEVENT: 0,12"), ("12+15", "+MIPLEVENT: 0,12|+MIPLEVENT: 0,15")],
)
def test_other_firmware_tells_a_failed_update(desk: Any, value: str, lines: str) -> None:
    """Quirk update_fail, MB 2.7."""
    table = desk(quirks={"update_fail": value})
    table.log_in()
    table.at("AT+MIPLUPDATE=0,60,0")
    assert table.reply(BAD_REQUEST) == lines


def test_a_small_lifetime_may_be_kept(desk: Any) -> None:
    """Quirk update_lifetime_small, HF 25: UPDATE=0,0,0 leaves lt out."""
    table = desk(quirks={"update_lifetime_small": "keep"})
    table.log_in()
    table.at("AT+MIPLUPDATE=0,0,0")
    assert b"lt=" not in table.sent[-1].data
    table.at("AT+MIPLUPDATE=0,10,0")
    assert table.sent[-1].data.endswith(b"lt=10")


def test_close_that_is_not_answered_says_nothing_and_may_be_repeated(desk: Any) -> None:
    """Manual 3.8 notes 1, 2 and 3, 3.20 event 15; decision 27."""
    table = desk()
    table.log_in()
    assert table.at("AT+MIPLCLOSE=0") == "OK"
    assert table.wait(70) == ""
    assert table.at("AT+MIPLUPDATE=0,60,0") == "OK", "still registered"
    assert table.at("AT+MIPLCLOSE=0") == "OK"
    assert table.reply(DELETED) == "+MIPLEVENT: 0,15"


def test_close_may_not_wait_for_the_answer(desk: Any) -> None:
    """Quirk close_wire, MB 2.6: DELETE goes out once, event 15 comes at once."""
    table = desk(quirks={"close_wire": "forget"})
    table.log_in()
    table.sent.clear()
    assert table.at("AT+MIPLCLOSE=0") == "OK"
    assert table.wait(100) == "+MIPLEVENT: 0,15"
    assert [sent.code for sent in table.sent] == [4]


@pytest.mark.parametrize(
    ("order", "at_once", "answered", "unanswered", "given_up_at_once"),
    [
        ("OK,15", "OK", "+MIPLEVENT: 0,15", "", "OK|+MIPLEVENT: 0,15"),
        ("15,OK", "", "+MIPLEVENT: 0,15|OK", "+CIS ERROR: 100", "+MIPLEVENT: 0,15|OK"),
        ("together", "", "OK|+MIPLEVENT: 0,15", "+CIS ERROR: 100", "OK|+MIPLEVENT: 0,15"),
    ],
)
def test_how_ok_and_event_15_go_together(
    desk: Any, order: str, at_once: str, answered: str, unanswered: str, given_up_at_once: str
) -> None:
    """Quirk close_order, MB 2.6, 5.8: RDA has OK after 15, EC directly before it; with close_wire
    forget there is nothing to wait for. The code for no answer is chosen."""
    table = desk(quirks={"close_order": order})
    table.log_in()
    assert table.at("AT+MIPLCLOSE=0") == at_once
    assert table.wait(70) == unanswered
    assert table.at("AT+MIPLCLOSE=0") == at_once, "it may be repeated"
    assert table.reply(DELETED) == answered
    assert table.at("AT+MIPLOPEN=0,300,30") == "OK"
    table = desk(quirks={"close_order": order, "close_wire": "forget"})
    table.log_in()
    answer = table.at("AT+MIPLCLOSE=0")
    later = table.wait(1)
    assert "|".join(filter(None, [answer, later])) == given_up_at_once


def test_together_is_one_write(desk: Any) -> None:
    """Quirk close_order, MB 2.6 (EC): `OK` directly before event 15, in every result mode."""
    for mode, written in (
        ("ATV1", b"\r\nOK\r\n\r\n+MIPLEVENT: 0,15\r\n"),
        ("ATV0", b"0\r+MIPLEVENT: 0,15\r\n"),
        ("ATQ1", b"\r\n+MIPLEVENT: 0,15\r\n"),
    ):
        table = desk(quirks={"close_order": "together", "close_wire": "forget"})
        table.log_in()
        table.firmware.serial_received(f"{mode}\rAT+MIPLCLOSE=0\r".encode(), table.now)
        writes = [o.data for o in table.firmware.outputs() if isinstance(o, Written)]
        assert writes[-1] == written


@pytest.mark.parametrize(
    ("quirks", "command"),
    [
        ({"close_order": "15,OK"}, "AT+MIPLCLOSE=0"),
        ({"close_order": "together"}, "AT+MIPLCLOSE=0"),
        ({"delete_registered": "deregister"}, "AT+MIPLDELETE=0"),
    ],
)
def test_a_command_that_waits_ends_also_when_the_session_is_lost(
    desk: Any, quirks: dict[str, str], command: str
) -> None:
    """Decision 10: every command has its final result. An Update is answered 4.04 meanwhile."""
    table = desk(quirks=quirks)
    table.log_in()
    table.at("AT+MIPLUPDATE=0,300,0")
    update = table.sent[-1]
    assert table.at(command) == ""
    table.deliver(bytes([0x60 | len(update.token), NOT_FOUND, *update.data[2:4]]) + update.token)
    assert table.wait(1) == "OK|+MIPLEVENT: 0,31"
    assert table.at("AT") == "OK"


def test_delete_while_registered_sends_nothing(desk: Any) -> None:
    """Manual 3.2 note 1, 3.8 note 3; decision 27."""
    table = desk()
    table.log_in()
    table.sent.clear()
    assert table.at("AT+MIPLDELETE=0") == "OK"
    assert table.wait(100) == ""
    assert (table.sent, table.open_link) == ([], 0)


def test_delete_may_deregister_first(desk: Any) -> None:
    """Quirk delete_registered, MB 2.6 (WH-NB73): 15, then OK."""
    table = desk(quirks={"delete_registered": "deregister"})
    table.log_in()
    assert table.at("AT+MIPLDELETE=0") == ""
    assert table.reply(DELETED) == "+MIPLEVENT: 0,15|OK"
    assert table.at("AT+MIPLCREATE") == "+MIPLCREATE: 0|OK"


def test_delete_that_deregisters_ends_also_without_an_answer(desk: Any) -> None:
    table = desk(quirks={"delete_registered": "deregister"})
    table.log_in()
    assert table.at("AT+MIPLDELETE=0") == ""
    assert table.wait(70) == "OK"
    assert table.at("AT+MIPLCREATE") == "+MIPLCREATE: 0|OK"


def test_delete_may_be_refused_while_registered(desk: Any) -> None:
    """Quirk delete_registered, MB 2.6 (RDA, EC, MT)."""
    table = desk(quirks={"delete_registered": "refuse"})
    table.log_in()
    assert table.at("AT+MIPLDELETE=0") == "+CIS ERROR: 651"


@pytest.mark.parametrize(
    ("quirk", "value", "there", "not_there"),
    [
        ("lwm2m_query", "1.0", b"lwm2m=1.0", b"</0/0>"),
        ("lwm2m_query", "none", LINKS, b"lwm2m="),
        ("security_object_in_register", "on", b"</0/0>,</3200/0>", b"</3/0>"),
        ("module_objects_in_register", "on", b"</1/0>,</3/0>,</4/0>,</5/0>,</3200/0>", b"</0/0>"),
        ("module_objects_in_register", "on", b",</3200/0>,</10290/0>", b"</0/0>"),
        ("module_objects_in_register", "off", LINKS, b"</3/0>"),
    ],
)
def test_what_a_registration_holds(
    desk: Any, quirk: str, value: str, there: bytes, not_there: bytes
) -> None:
    """Decision 20; MB 2.4, SV 2.1."""
    table = desk(quirks={quirk: value})
    table.log_in()
    assert there in table.sent[0].data
    assert not_there not in table.sent[0].data


def test_nothing_added_lists_3_0(desk: Any) -> None:
    """Decision 20: an empty list is refused by servers (SV 2.1)."""
    for value, payload in (
        ("auto", b"</3/0>"),
        ("on", b"</1/0>,</3/0>,</4/0>,</5/0>,</10290/0>"),
        ("off", b""),
    ):
        table = desk(quirks={"module_objects_in_register": value})
        table.log_in(objects="")
        expected = b'</>;rt="oma.lwm2m"' + (b"," + payload if payload else b"")
        assert table.sent[0].payload == expected


@pytest.mark.parametrize(
    ("value", "option63", "query"),
    [("auto", True, False), ("option63", True, False), ("query", False, True)],
)
def test_the_auth_code_travels_in_register_update_and_delete(
    desk: Any, value: str, option63: bool, query: bool
) -> None:
    """Decision 21; option 63 behind Uri-Query (15) or Accept is a delta of 48: 0xd? 0x23."""
    table = desk(quirks={"authcode_carrier": value})
    table.at('AT+MIPLCREATEEX="183.230.40.40:5683",0,"cmiot"')
    table.at("AT+MIPLOPEN=0,300,30")
    table.reply(CREATED, *LOCATION)
    table.at("AT+MIPLUPDATE=0,60,0")
    table.reply(CHANGED)
    table.at("AT+MIPLCLOSE=0")
    assert len(table.sent) == 3
    for sent in table.sent:
        assert (b"authcode=cmiot" in sent.data) == query
        assert (b"\xd5\x23cmiot" in sent.data or b"\xd5\x27cmiot" in sent.data) == option63


def test_the_second_login_skips_the_bootstrap_or_not(desk: Any) -> None:
    """Decision 23; quirk bootstrap_each_open, MB 2.6 (MT)."""
    for value, path in (("off", b"\xb2rd"), ("on", b"\xb2bs")):
        table = desk(quirks={"bootstrap_each_open": value})
        table.at("AT+MIPLCREATE")
        table.at("AT+MIPLOPEN=0,300,30")
        table.reply(CHANGED)
        security = bytes.fromhex("c8000f") + b"coap://10.0.0.1" + bytes.fromhex("c10a01")
        table.ask(3, 1, "/0/0", (12, b"\x2d\x16"), payload=security)
        assert table.ask(2, 2, "/bs") == "+MIPLEVENT: 0,2"
        assert table.reply(CREATED, *LOCATION) == "+MIPLEVENT: 0,6"
        table.at("AT+MIPLCLOSE=0")
        assert table.reply(DELETED) == "+MIPLEVENT: 0,15"
        table.at("AT+MIPLOPEN=0,300,30")
        assert path in table.sent[-1].data


@pytest.mark.parametrize(("value", "times"), [(2, [2, 6, 14]), (4, [4, 12])])
def test_retransmission_follows_the_ack_timeout(desk: Any, value: int, times: list[int]) -> None:
    """Decision 28; quirk ack_timeout_s, MB 2.3."""
    table = desk(quirks={"ack_timeout_s": value})
    table.at(DIRECT)
    table.at("AT+MIPLOPEN=0,300,28")
    seen = []
    for second in range(1, 28):
        before = len(table.sent)
        table.wait(1)
        seen += [second] * (len(table.sent) - before)
    assert seen == times


def test_more_updates_on_their_way_than_the_engine_follows_are_652(desk: Any) -> None:
    """Manual 6 code 652: 16 Updates wait for their answers at a time (chosen)."""
    table = desk()
    table.log_in()
    answers = [table.at("AT+MIPLUPDATE=0,60,0") for _ in range(17)]
    assert answers == ["OK"] * 16 + ["+CIS ERROR: 652"]
    assert table.at("AT+MIPLOPEN?") == "+CIS ERROR: 652"


@pytest.mark.parametrize("quirks", [{"close_wire": "forget"}, {"update_fail": "12+15"}])
def test_what_waited_for_the_mcu_is_forgotten_with_the_session(desk: Any, quirks: Any) -> None:
    """However a session ends, a request of it is neither answered nor given up later."""
    table = desk(quirks=quirks)
    table.log_in()
    assert table.ask(1, 700, "/3200/0/5750") == "+MIPLREAD: 0,700,3200,0,5750"
    table.at("AT+MIPLCLOSE=0" if "close_wire" in quirks else "AT+MIPLUPDATE=0,60,0")
    if "update_fail" in quirks:
        table.reply(BAD_REQUEST)
    table.wait(300)
    assert table.at("AT+MIPLREADRSP=0,700,11") == "+CIS ERROR: 653"


def test_the_end_of_an_automatic_lifetime_forgets_what_waited(desk: Any) -> None:
    """Decision 26: the session ends with 15."""
    table = desk(model="MN318")
    table.at(DIRECT)
    table.at('AT+MIPLADDOBJ=0,3200,1,"1",0,0')
    table.at("AT+MIPLUPDATESET=0,1")
    table.at("AT+MIPLOPEN=0,60,30")
    table.reply(CREATED, *LOCATION)
    table.wait(50)
    table.ask(1, 700, "/3200/0/5750")
    assert table.wait(60).endswith("+MIPLEVENT: 0,15")
    assert table.at("AT+MIPLREADRSP=0,700,11") == "+CIS ERROR: 653"
