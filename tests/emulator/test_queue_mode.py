"""Queue mode as the host and the platform see it: AT+MIPLCFG="binding",0,2 (manual 4.1; decisions
18, 25; quirk queue_awake_s)."""

from typing import Any

import pytest

CON, NON = 0, 1
GET, POST, PUT, DELETE = 1, 2, 3, 4
CREATED, DELETED, CHANGED, NOT_FOUND = 0x41, 0x42, 0x44, 0x84
FORMAT, LOCATION = 12, ((8, b"rd"), (8, b"1"))

READ = bytes.fromhex("4201 9c41 9c41 b4") + b"3200" + b"\x010"  # CON GET /3200/0
# What follows the message id and the token of an Update on wake: Uri-Path rd, 1, Uri-Query b=UQ.
WAKING = b"\xb2rd\x011\x44b=UQ"
NOTIFY = 'AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"abcd",0,0'


def _registered(desk: Any, *before: str, binding: int = 2, **settings: Any) -> Any:
    """Registered for 3000 s; the last exchange, the answer to the Register, was at 0 s."""
    table = desk(**settings)
    table.at('AT+MIPLCREATEEX="183.230.40.40:5683",0')
    table.at('AT+MIPLADDOBJ=0,3200,1,"1",0,0')
    for line in (f'AT+MIPLCFG="binding",0,{binding}', *before, "AT+MIPLOPEN=0,3000,30"):
        assert table.at(line) == "OK"
    assert table.reply(CREATED, *LOCATION) == "+MIPLEVENT: 0,6"
    table.sent.clear()
    return table


def _asleep(table: Any) -> bool:
    return not table.firmware.device.instance.client.is_awake


def _receiver(table: Any) -> list[tuple[float, str]]:
    """What the journal says of the receiver, and when."""
    return [(r.time, r.text) for r in table.firmware.journal.records if r.kind == "receiver"]


def _updates(table: Any) -> int:
    """How many of the datagrams sent are Updates on wake; looked at, they are taken."""
    found: int = sum(s.code == POST and s.data[4 + len(s.token) :] == WAKING for s in table.sent)
    table.sent.clear()
    return found


@pytest.mark.parametrize(
    ("binding", "query"), [(0, b""), (1, b"b=U"), (2, b"b=UQ")], ids=["none", "U", "UQ"]
)
def test_what_the_binding_puts_into_register_and_update(
    desk: Any, binding: int, query: bytes
) -> None:
    """Manual 4.1; decision 18; 1.1-int-108. DELETE has no query (LwM2M 1.0 8.2.3)."""
    table = desk()
    table.at('AT+MIPLCREATEEX="183.230.40.40:5683",0')
    table.at(f'AT+MIPLCFG="binding",0,{binding}')
    table.at("AT+MIPLOPEN=0,300,30")
    table.reply(CREATED, *LOCATION)
    table.at("AT+MIPLUPDATE=0,300,0")
    table.reply(CHANGED)
    table.at("AT+MIPLCLOSE=0")
    register, update, delete = table.sent
    option = bytes([len(query)]) + query if query else b""
    assert register.data.partition(b"\xff")[0].endswith(b"lwm2m=1.0" + option)
    assert update.data.endswith(b"lt=300" + option)
    assert delete.data[4 + len(delete.token) :] == b"\xb2rd\x011"


def test_the_receiver_goes_off_after_93_seconds(desk: Any) -> None:
    """RFC 7252 4.8.2, MAX_TRANSMIT_WAIT, as LwM2M 1.0 8.3 recommends it."""
    table = _registered(desk)
    assert (table.wait(91.9), _asleep(table)) == ("", False)  # reply() waits a second
    assert (table.wait(0.1), _asleep(table)) == ("", True)
    assert _receiver(table) == [(93.0, "off")]


@pytest.mark.parametrize("binding", [0, 1])
def test_without_queue_mode_it_stays_on(desk: Any, binding: int) -> None:
    table = _registered(desk, binding=binding)
    assert (table.wait(86400), _receiver(table)) == ("", [])
    assert table.platform(READ) == "+MIPLREAD: 0,40001,3200,0,-1"


@pytest.mark.parametrize(
    ("value", "falls_asleep"), [(10, [(10.0, "off")]), (0.5, [(0.5, "off")]), ("always", [])]
)
def test_the_window_is_a_quirk(desk: Any, value: object, falls_asleep: list[Any]) -> None:
    """Quirk queue_awake_s."""
    table = _registered(desk, quirks={"queue_awake_s": value})
    assert table.wait(1000) == ""
    assert _receiver(table) == falls_asleep


@pytest.mark.conformance("1.1-int-109", "LE-queue-sleeping-on-timeout", far="datagrams")
def test_what_arrives_while_it_is_off_is_noted_and_that_is_all(desk: Any) -> None:
    """No line, no answer, no event 33, no error; the journal has each datagram as not heard."""
    table = _registered(desk)
    table.wait(100)
    heard = [READ, b"\x40\x00\x00\x07", b"\xff", b"", READ + b"\xff" + bytes(1600)]
    for data in heard:
        assert table.platform(data) == ""
    assert table.sent == [], "the platform waits in vain"
    kinds = [(r.kind, r.data) for r in table.firmware.journal.records]
    assert [data for kind, data in kinds if kind == "datagram_unheard"] == heard
    assert [kind for kind, _ in kinds].count("datagram_in") == 1, "the answer to the Register"


@pytest.mark.conformance("1.1-int-109", "LE-queue-awake-sleeping-awake", far="datagrams")
def test_update_opens_the_window_and_queued_requests_are_served(desk: Any) -> None:
    """Manual 3.7; LwM2M 1.0 8.3: what the platform has kept comes after the Update."""
    table = _registered(desk)
    table.wait(100)
    assert table.platform(READ) == ""
    assert table.at("AT+MIPLUPDATE=0,0,0") == "OK"
    [update] = table.sent
    assert update.data[4 + len(update.token) :] == b"\xb2rd\x011\x48lt=86400\x04b=UQ"
    assert table.reply(CHANGED) == "+MIPLEVENT: 0,11"
    assert table.platform(READ) == "+MIPLREAD: 0,40001,3200,0,-1"
    table.sent.clear()
    assert table.at('AT+MIPLREADRSP=0,40001,1,3200,0,5750,1,4,"abcd",0,0') == "OK"
    [answer] = table.sent  # ACK 2.05, Content-Format 11542, TLV: resource 5750, 4 bytes
    assert answer.data == bytes.fromhex("6245 9c41 9c41 c2 2d16 ff e4 1676") + b"abcd"


@pytest.mark.parametrize(
    ("line", "event"),
    [("AT+MIPLUPDATE=0,300,0", "11"), ("AT+MIPLOPEN?", "6"), ("AT+MIPLCLOSE=0", "15")],
)
def test_update_query_and_close_send_nothing_but_themselves(
    desk: Any, line: str, event: str
) -> None:
    """An Update is an Update, and nobody need be told that we are awake who is told that we go."""
    table = _registered(desk)
    table.wait(100)
    assert table.at(line) == "OK"
    assert len(table.sent) == 1
    code = DELETED if event == "15" else CHANGED
    assert table.reply(code) == f"+MIPLEVENT: 0,{event}"


def test_a_notify_sends_an_update_first(desk: Any) -> None:
    """One rule: an answered Update prints event 11, also this one (decision 25)."""
    table = _registered(desk)
    table.observed()
    table.wait(100)
    assert _asleep(table)
    assert table.at(NOTIFY) == "OK"
    update, notification = table.sent
    assert update.data[4 + len(update.token) :] == WAKING
    assert (update.kind, notification.kind) == (CON, NON)
    assert notification.payload.endswith(b"\xe4\x16\x76abcd")
    table.sent.pop()
    assert table.reply(CHANGED) == "+MIPLEVENT: 0,11"
    table.sent.clear()
    assert table.at(NOTIFY) == "OK"
    assert _updates(table) == 0, "it is awake now"


def test_a_notify_that_only_holds_or_fails_wakes_nobody(desk: Any) -> None:
    table = _registered(desk)
    table.observed()
    table.wait(100)
    assert table.at('AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"abcd",1,1') == "OK"
    assert table.at('AT+MIPLNOTIFY=0,0,3200,1,5750,1,4,"abcd",0,0') == "+CIS ERROR: 653"
    assert table.at("AT+MIPLREADRSP=0,1,11") == "+CIS ERROR: 653"
    assert (table.sent, _asleep(table)) == ([], True)


@pytest.mark.conformance("1.1-int-107", far="datagrams")
def test_the_automatic_update_wakes_it(desk: Any) -> None:
    """Manual 4.5; 1.1-int-107: 30 s before the end of the lifetime."""
    table = _registered(desk, "AT+MIPLUPDATESET=0,1", model="MN318")
    assert table.wait(2968.9) == ""
    assert (table.sent, _asleep(table)) == ([], True)
    assert table.wait(0.2) == ""
    assert _updates(table) == 1
    assert not _asleep(table)
    assert _receiver(table) == [(93.0, "off"), (2970.0, "on")]


def test_the_update_on_wake_fails_like_any_other(desk: Any) -> None:
    """Quirk update_fail; decision 25: silence, and still registered."""
    for how, line in (("silent", ""), ("12", "+MIPLEVENT: 0,12")):
        table = _registered(desk, quirks={"update_fail": how})
        table.observed()
        table.wait(100)
        table.at(NOTIFY)
        table.sent.pop()
        assert table.reply(0xA3) == line
        assert table.at(NOTIFY) == "OK"


def test_a_registration_that_ran_out_while_it_slept_is_event_31(desk: Any) -> None:
    """Decision 25: the platform does not know us any more."""
    table = _registered(desk)
    table.observed()
    table.wait(4000)
    assert table.at(NOTIFY) == "OK"
    table.sent.pop()
    assert table.reply(NOT_FOUND) == "+MIPLEVENT: 0,31"
    assert table.at("AT+MIPLOPEN=0,3000,30") == "OK"
    assert table.reply(CREATED, *LOCATION) == "+MIPLEVENT: 0,6"
    assert _receiver(table)[-1][1] == "on"
    table.wait(93)
    assert _asleep(table), "the new session has its own window"


def test_a_request_that_waits_for_the_mcu_keeps_it_awake(desk: Any) -> None:
    """Decision 32: 300 s of patience; the answer leaves, and the window begins."""
    table = _registered(desk, quirks={"mcu_answer_timeout_s": 300})
    table.platform(READ)
    table.wait(250)
    assert not _asleep(table)
    assert table.platform(READ) == "+MIPLREAD: 0,40001,3200,0,-1", "its repetition is heard"
    assert table.at("AT+MIPLREADRSP=0,40001,13") == "OK"
    table.wait(92.9)
    assert not _asleep(table)
    table.wait(0.2)
    assert _asleep(table)


def test_a_silent_mcu_lets_it_sleep_when_the_request_is_forgotten(desk: Any) -> None:
    """Decision 32, with an awake time that is long over by then."""
    table = _registered(desk, quirks={"queue_awake_s": 5})
    table.platform(READ)
    asked = table.now - 1
    table.wait(60)
    assert _receiver(table) == [(asked + 30, "off")]


def test_an_operation_that_the_mcu_has_not_fetched_keeps_it_awake(desk: Any) -> None:
    """NMI mode 1 (manual 4.2, 4.3): it waits for the MCU as well."""
    table = _registered(desk, "AT+MIPLNMI=0,1,0")
    assert table.platform(READ) == "+MIPLNMI: 0"
    table.wait(1000)
    assert not _asleep(table)
    assert table.at("AT+MIPLMGR=0") == "+MIPLREAD: 0,40001,3200,0,-1|OK"
    assert table.at("AT+MIPLREADRSP=0,40001,13") == "OK"
    table.wait(93)
    assert _asleep(table)


def test_an_unacknowledged_notification_keeps_it_awake(desk: Any) -> None:
    """Given up 62 s after it was sent (decision 28); an ACK that comes before is heard."""
    table = _registered(desk, quirks={"queue_awake_s": 5})
    table.observed()
    table.wait(10)
    start = table.now
    assert table.at(f"{NOTIFY},147") == "OK"
    table.sent.pop()  # the notification, behind the Update
    assert table.reply(CHANGED) == "+MIPLEVENT: 0,11"
    table.wait(100)
    assert _receiver(table)[-1] == (start + 62, "off")


@pytest.mark.parametrize(("before", "written"), [(0, b"UQ"), (2, b"U")])
def test_the_platform_may_switch_it_by_writing_1_0_7(
    desk: Any, before: int, written: bytes
) -> None:
    """LwM2M 1.0 5.3.1.1, E.2: the binding of the registration decides, and an Update tells it."""
    table = _registered(desk, binding=before)
    assert table.ask(PUT, 700, "/1/0/7", (FORMAT, b""), payload=written) == ""
    assert table.sent[-1].data.endswith(b"b=" + written)
    assert table.reply(CHANGED) == "+MIPLEVENT: 0,11"
    table.wait(93)
    assert _asleep(table) == (written == b"UQ")


def test_a_module_that_sleeps_may_be_deleted_and_made_anew(desk: Any) -> None:
    table = _registered(desk)
    table.wait(100)
    assert table.at("AT+MIPLDELETE=0") == "OK"
    assert table.sent == []
    assert table.at('AT+MIPLCREATEEX="183.230.40.40:5683",0') == "+MIPLCREATEEX: 0|OK"
    assert table.at("AT+MIPLOPEN=0,3000,30") == "OK"
    assert table.reply(CREATED, *LOCATION) == "+MIPLEVENT: 0,6"
    table.wait(1000)
    assert not _asleep(table), "settings last until DELETE (decision 18)"
