"""Networks that refuse datagrams, servers that stop, answers that are not ours.

Datagrams are literal (decisions 20 to 28, 42; conformance 9).
"""

from typing import Any

import pytest

from tests.desk import coap
from tests.emulator.bad_servers.talk import (
    ACK,
    AT_RD_1,
    CHANGED,
    CON,
    CREATED,
    DELETED,
    DIRECT,
    GET,
    NON,
    NOT_FOUND,
    NOTIFY,
    OPEN,
    RST,
    behind_the_token,
    opening,
    registered,
    reset,
)

# The network refuses datagrams: they count as lost, as behind a cell network


@pytest.mark.conformance("AJ-register-icmp", far="datagrams")
@pytest.mark.parametrize("create", ["AT+MIPLCREATE", DIRECT])
def test_icmp_while_logging_in(desk: Any, create: str) -> None:
    """A bootstrap request and a Register are sent again (decision 28)."""
    table = opening(desk, create)
    for pause in (2, 4, 8, 16):
        assert table.refuse() == ""
        assert table.wait(pause) == ""
    assert len({sent.data for sent in table.sent}) == 1 and len(table.sent) == 5
    code, event = (CHANGED, "") if create != DIRECT else (CREATED, "+MIPLEVENT: 0,6")
    assert table.reply(code, *(AT_RD_1 if event else ())) == event


@pytest.mark.conformance("AJ-register-icmp", far="datagrams")
def test_icmp_to_the_end_is_event_7_or_3(desk: Any) -> None:
    """Given up 62 s after the first (decision 28), as where nothing comes back at all."""
    for create, event in (("AT+MIPLCREATE", 3), (DIRECT, 7)):
        table = opening(desk, create)
        for pause in (2, 4, 8, 16):
            table.refuse()
            assert table.wait(pause) == ""
        table.refuse()
        assert table.wait(32) == f"+MIPLEVENT: 0,{event}"


@pytest.mark.conformance("AJ-update-icmp", "AJ-deregister-icmp", far="datagrams")
@pytest.mark.parametrize(
    ("line", "code", "event"),
    [
        ("AT+MIPLUPDATE=0,600,0", CHANGED, "11"),
        ("AT+MIPLOPEN?", CHANGED, "6"),
        ("AT+MIPLCLOSE=0", DELETED, "15"),
    ],
)
def test_icmp_while_registered(desk: Any, line: str, code: int, event: str) -> None:
    table = registered(desk)
    table.sent.clear()
    table.at(line)
    for pause in (2, 4, 8, 16):
        assert table.refuse() == ""
        assert table.wait(pause) == ""
    assert len({sent.data for sent in table.sent}) == 1 and len(table.sent) == 5
    assert table.reply(code) == f"+MIPLEVENT: 0,{event}"


def test_icmp_to_a_notification_and_to_an_answer(desk: Any) -> None:
    """The notification goes out again; the answer is given again when the platform asks again."""
    table = registered(desk)
    table.observed()
    assert table.at(f"{NOTIFY},147") == "OK"
    notification = table.sent[-1].data
    assert table.refuse() == ""
    assert table.wait(2) == ""
    assert [sent.data for sent in table.sent] == [notification] * 2
    assert table.reply(0) == "+MIPLEVENT: 0,26,147"
    assert table.ask(GET, 700, "/3200/0/5750") == "+MIPLREAD: 0,700,3200,0,5750"
    assert table.at("AT+MIPLREADRSP=0,700,13") == "OK"
    answer = table.sent[-1].data
    assert table.refuse() == ""
    assert table.ask(GET, 700, "/3200/0/5750") == ""
    assert table.sent[-1].data == answer


# Servers that stop, and that start anew


@pytest.mark.conformance("OBS_05", "AJ-notification-timeout", far="datagrams")
def test_an_observer_that_is_switched_off(desk: Any) -> None:
    """OBS_05; decision 42: five transmissions, silence, the observation stays. Back again, the
    observer has the next notification, under the same token and with a higher number."""
    table = registered(desk)
    table.observed(mid=500)
    assert table.at(f"{NOTIFY},1") == "OK"
    assert table.wait(100) == ""
    lost = table.sent[:]
    assert len(lost) == 5 and len({sent.data for sent in lost}) == 1
    table.sent.clear()
    assert table.at(f"{NOTIFY},2") == "OK"
    [later] = table.sent
    assert later.token == lost[0].token == b"\x01\xf4"
    assert behind_the_token(lost[0])[:2] == b"\x61\x02" and later.mid != lost[0].mid
    assert behind_the_token(later)[:2] == b"\x61\x03"
    assert table.reply(0) == "+MIPLEVENT: 0,26,2"


@pytest.mark.conformance("AJ-notification-daily-con", far="datagrams")
def test_no_notification_is_confirmable_but_by_its_ackid(desk: Any) -> None:
    """RFC 7641 4.5 wants one in 24 hours; the host decides (manual 3.9; decision 42)."""
    table = registered(desk)
    table.observed()
    for _ in range(50):
        assert table.at(NOTIFY) == "OK"
        assert table.wait(3600) == ""
    assert [sent.kind for sent in table.sent] == [NON] * 50
    assert table.at(f"{NOTIFY},147") == "OK"
    assert table.sent[-1].kind == CON
    assert table.reply(0) == "+MIPLEVENT: 0,26,147"


def test_a_server_that_starts_anew_knows_neither_observation_nor_registration(desk: Any) -> None:
    """It resets the notification (decision 30: flag 0 with its id), and answers the Update 4.04."""
    table = registered(desk)
    table.observed(mid=500)
    for ackid in ("", ",147"):
        assert table.at(NOTIFY + ackid) == "OK"
        mid = table.sent[-1].mid
        assert reset(table) == f"+MIPLOBSERVE: 0,{mid},0,3200,0,-1"
        assert table.at(NOTIFY) == "+CIS ERROR: 653"
        table.observed(mid=501 + len(ackid))
    table.at("AT+MIPLUPDATE=0,600,0")
    assert table.reply(NOT_FOUND) == "+MIPLEVENT: 0,31"
    assert table.at(OPEN) == "OK"
    assert table.reply(CREATED, *AT_RD_1) == "+MIPLEVENT: 0,6"
    assert table.at(NOTIFY) == "+CIS ERROR: 653", "nobody observes yet"
    table.observed(mid=600)
    assert table.at(NOTIFY) == "OK"
    assert table.sent[-1].token == b"\x02\x58"


# Answers that are not ours


def test_an_answer_with_a_wrong_id_or_token_is_none(desk: Any) -> None:
    """RFC 7252 4.4, 5.3.2: an ACK must fit in both, a separate response in its token. The first are
    passed over, of the others the CON is rejected and the NON passed over or rejected: none is
    accepted, and the Register goes on."""
    table = opening(desk)
    [register] = table.sent
    wrong = bytes(byte ^ 1 for byte in register.token)
    other = (register.mid + 1) % 0x10000
    for forged in (
        coap(ACK, CREATED, other, register.token, AT_RD_1),
        coap(ACK, CREATED, register.mid, wrong, AT_RD_1),
        coap(ACK, CREATED, register.mid, b"", AT_RD_1),
        coap(ACK, 0, other),
        coap(RST, 0, other),
        coap(RST, CREATED, register.mid, register.token, AT_RD_1),
    ):
        table.deliver(forged)
        assert (table.lines(), len(table.sent)) == ("", 1)
    table.deliver(coap(CON, CREATED, 7, wrong, AT_RD_1))
    assert (table.lines(), table.sent.pop().data) == ("", b"\x70\x00\x00\x07")
    assert table.wait(2) == ""
    assert [sent.data for sent in table.sent] == [register.data] * 2
    assert table.reply(CREATED, *AT_RD_1) == "+MIPLEVENT: 0,6"


def test_an_answer_of_an_old_session_is_none(desk: Any) -> None:
    """On the old link, and on the new one with the old ids."""
    table = registered(desk)
    table.at("AT+MIPLUPDATE=0,600,0")
    update, old_link = table.sent[-1], table.open_link
    table.at("AT+MIPLCLOSE=0")
    assert table.reply(DELETED) == "+MIPLEVENT: 0,15"
    assert table.at(OPEN) == "OK"
    late = coap(ACK, CHANGED, update.mid, update.token)
    for link in (old_link, table.open_link, 0, 99):
        table.deliver(late, link)
    table.deliver(coap(CON, GET, 700, b"", ((11, b"3200"), (11, b"0"))), old_link)
    assert table.wait(1) == ""
    assert table.reply(CREATED, *AT_RD_1) == "+MIPLEVENT: 0,6"
