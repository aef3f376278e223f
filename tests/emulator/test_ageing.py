"""IP ageing over DTLS: AT+MIPLDTLSNAT, event 32 and the queue (manual 4.8; decision 47)."""

from typing import Any

import pytest

from emulator.outputs import OpenLink
from tests.desk import CREATED, LOCATION

ACK, CONTENT, CHANGED, DELETED = 2, 0x45, 0x44, 0x42
NOTIFY = 'AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"{}",0,0'
TLV = "e41676"  # resource 5750 with four bytes; the value follows


@pytest.fixture
def table(desk: Any) -> Any:
    """Registered over DTLS, 3200/0 observed; from now on a link is up when a test says so."""
    table = desk(timing="fast")  # event 32 without a gap
    assert table.at('AT+MIPLCREATEEX="183.230.40.40:5684",0,,"abcdefgh"').endswith("OK")
    assert table.at('AT+MIPLADDOBJ=0,3200,1,"1",0,0') == "OK"
    assert table.at("AT+MIPLOPEN=0,86400,30") == "OK"
    assert table.reply(CREATED, (LOCATION, b"rd"), (LOCATION, b"1")) == "+MIPLEVENT: 0,6"
    table.observed()
    table.connects = False
    return table


def links(table: Any) -> int:
    return sum(isinstance(each, OpenLink) for each in table.links)


def connect(table: Any) -> str:
    """The handshake is over; what was printed then."""
    table.firmware.link_up(table.open_link, table.now)
    table._drain()
    return str(table.lines())


def payloads(table: Any) -> list[str]:
    return [each.payload.hex() for each in table.sent]


def aged(table: Any, seconds: float = 120) -> None:
    """So long after the last datagram."""
    assert table.wait(seconds - 1) == ""  # `observed` took a second


def test_what_is_sent_after_the_default_of_120_seconds_waits_for_a_new_session(table: Any) -> None:
    """Manual 4.8 notes 1 and 2, 3.20 event 32."""
    before = table.open_link
    aged(table)
    assert table.at(NOTIFY.format("abcd")) == "OK|+MIPLEVENT: 0,32"
    assert (links(table), table.sent) == (2, [])
    assert table.open_link != before
    assert table.at(NOTIFY.format("efgh")) == "OK"
    assert connect(table) == ""
    assert payloads(table) == [TLV + "61626364", TLV + "65666768"]
    assert {each.link for each in table.sent} == {table.open_link}


def test_a_second_less_is_not_too_long(table: Any) -> None:
    aged(table, 119)
    assert table.at(NOTIFY.format("abcd")) == "OK"
    assert (links(table), payloads(table)) == (1, [TLV + "61626364"])


def test_every_datagram_counts_in_either_direction(table: Any) -> None:
    aged(table, 100)
    table.at(NOTIFY.format("abcd"))
    aged(table, 100)
    table.ask(1, 501, "/3/0/0")  # the module answers by itself
    aged(table, 100)
    assert table.at(NOTIFY.format("abcd")) == "OK"
    assert links(table) == 1


@pytest.mark.parametrize(("nat", "seconds", "renewed"), [(60, 60, 1), (0, 80000, 0), (300, 299, 0)])
def test_dtlsnat_sets_the_seconds_at_any_time_0_never(
    table: Any, nat: int, seconds: int, renewed: int
) -> None:
    """Manual 4.8 note 6: 0 switches it off."""
    assert table.at(f"AT+MIPLDTLSNAT=0,{nat}") == "OK"
    aged(table, seconds)
    printed = table.at(NOTIFY.format("abcd"))
    assert printed == ("OK|+MIPLEVENT: 0,32" if renewed else "OK")


def test_without_dtls_nothing_ages(desk: Any) -> None:
    table = desk()
    table.log_in()
    table.observed()
    assert table.wait(250) == ""
    assert table.at(NOTIFY.format("abcd")) == "OK"
    assert (links(table), len(table.sent)) == (1, 1)


def test_ten_messages_wait_and_the_next_is_652(table: Any) -> None:
    """Manual 4.8 notes 3 and 4; decision 47."""
    aged(table)
    answers = [table.at(NOTIFY.format(f"ab{number:02}")) for number in range(10)]
    assert answers == ["OK|+MIPLEVENT: 0,32"] + ["OK"] * 9
    for more in (NOTIFY.format("more"), "AT+MIPLUPDATE=0,0,0", "AT+MIPLOPEN?"):
        assert table.at(more) == "+CIS ERROR: 652"
    connect(table)
    assert payloads(table) == [TLV + f"ab{n:02}".encode().hex() for n in range(10)]
    assert table.at(NOTIFY.format("more")) == "OK"


def test_two_kib_before_encryption_wait_and_more_is_652(table: Any) -> None:
    """Manual 4.8 notes 3 and 4. Datagrams of 5 + 8 + 500 bytes and less: three fit, and with one of
    400 the next does not."""
    long = 'AT+MIPLNOTIFY=0,0,3200,0,5750,1,{0},"{1}",0,0'
    aged(table)
    answers = [table.at(long.format(500, "x" * 500)) for _ in range(4)]
    assert answers == ["OK|+MIPLEVENT: 0,32", "OK", "OK", "+CIS ERROR: 652"]
    assert table.at(long.format(400, "y" * 400)) == "OK"
    assert table.at(long.format(100, "z" * 100)) == "+CIS ERROR: 652"
    connect(table)
    assert [len(each.data) // 100 for each in table.sent] == [5, 5, 5, 4]


def test_an_update_waits_as_well_and_its_answer_is_event_11(table: Any) -> None:
    aged(table)
    assert table.at("AT+MIPLUPDATE=0,0,0") == "OK|+MIPLEVENT: 0,32"
    assert table.sent == []
    connect(table)
    assert table.reply(CHANGED) == "+MIPLEVENT: 0,11"


def test_a_con_that_waits_longer_than_its_timeout_leaves_once(table: Any) -> None:
    """Its repetitions, 2 and 6 s after it, are the same datagram, which has not left yet."""
    aged(table)
    assert table.at(NOTIFY.format("abcd") + ",147") == "OK|+MIPLEVENT: 0,32"
    assert table.wait(7) == ""
    connect(table)
    assert payloads(table) == [TLV + "61626364"]
    assert table.reply(0) == "+MIPLEVENT: 0,26,147"


def test_close_empties_the_queue_and_appends_itself(table: Any) -> None:
    """Manual 4.8 note 5; decision 47."""
    aged(table)
    table.at(NOTIFY.format("abcd") + ",147")
    table.at("AT+MIPLUPDATE=0,0,0")
    assert table.at("AT+MIPLCLOSE=0") == "OK"
    assert table.wait(3) == ""  # the CON is not sent again either
    connect(table)
    (left,) = table.sent
    assert left.code == 4
    assert left.data.endswith(b"\xb2rd\x011")  # Uri-Path rd, 1
    assert table.reply(DELETED) == "+MIPLEVENT: 0,15"


def test_close_itself_may_be_what_comes_too_late(table: Any) -> None:
    aged(table)
    assert table.at("AT+MIPLCLOSE=0") == "OK|+MIPLEVENT: 0,32"
    connect(table)
    assert table.reply(DELETED) == "+MIPLEVENT: 0,15"


def test_a_server_that_no_longer_answers_gets_a_new_session(table: Any) -> None:
    """It may have been started anew; the CON is given up after 62 s (decision 28)."""
    table.at(NOTIFY.format("abcd") + ",147")
    assert table.wait(63) == ""
    table.sent.clear()
    assert table.at(NOTIFY.format("efgh")) == "OK|+MIPLEVENT: 0,32"
    connect(table)
    assert payloads(table) == [TLV + "65666768"]


def test_a_handshake_that_fails_loses_the_queue_and_the_next_send_tries_again(table: Any) -> None:
    aged(table)
    table.at(NOTIFY.format("abcd"))
    table.firmware.link_lost(table.open_link, "no answer", table.now)
    table._drain()
    assert table.at(NOTIFY.format("efgh")) == "OK"
    connect(table)
    assert payloads(table) == [TLV + "65666768"]
