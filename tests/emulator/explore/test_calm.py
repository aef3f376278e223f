"""What a host does where nothing collides, and what is then odd in a collision."""

from dataclasses import replace

import pytest

from emulator.explore.account import Account, Said
from emulator.explore.calm import (
    Calm,
    Order,
    Waiting,
    calm_of,
    holds,
    idle_of,
    orders_of,
    pauses_of,
)
from emulator.explore.judging import Observed, judged
from emulator.explore.lines import Printed
from emulator.explore.placement import Placement
from emulator.explore.sheet import Exchange, Sheet
from emulator.explore.usual import usual_of
from emulator.explore.values import kept_of, value_of

READ, WRITE = "+MIPLREAD: 0,{},3200,0,5750", "+MIPLWRITE: 0,{},3200,0,5750,1,4,efgh,0"
GIVES = 'AT+MIPLREADRSP=0,{},1,3200,0,5750,1,4,"{}",0,0'
CLOSE, DELETE, LEFT = "AT+MIPLCLOSE=0", "AT+MIPLDELETE=0", "+MIPLEVENT: 0,15"
WRITTEN = (f"< {WRITE.format(501)}", "> AT+MIPLWRITERSP=0,501,2", "< OK")
READ_BACK = (f"< {READ.format(502)}", f"> {GIVES.format(502, 'efgh')}", "< OK")
LEAVES = (f"> {CLOSE}", "< OK", f"< {LEFT}", f"> {DELETE}", "< OK")


def account(*lines: str) -> Account:
    """A tenth of a second between two lines."""
    said = enumerate(lines)
    return Account(tuple(Said(n / 10, each.startswith(">"), each[2:]) for n, each in said))


CALM_LIFE_LINES = (*WRITTEN, *READ_BACK, *LEAVES)
CALM_LIFE = account(*CALM_LIFE_LINES)
ORDER = Order(LEFT, 1, DELETE, 1, CLOSE)
CALM = calm_of([[CALM_LIFE, CALM_LIFE]], [ORDER])
COLLIDES = Printed("write", WRITE.format(64000), 64000, "+MIPLWRITERSP")
EXCHANGE = Exchange(0, CLOSE, b"\r\nOK\r\n")
PLACED = Placement(EXCHANGE, "after", (COLLIDES,), "+MIPLCLOSE=", 1)
SHEET = Sheet((EXCHANGE,), sent={CLOSE: 1, DELETE: 1})


def why(*lines: str, calm: Calm = CALM) -> str:
    life = account(*lines)
    usual = replace(usual_of(account(*LEAVES), account(*LEAVES)), calm=calm, mids=frozenset({501}))
    mids = frozenset(each.mid for each in life.answers)
    return judged(Observed("ended", 0, answered=mids, account=life), SHEET, PLACED, usual).why


def test_what_calm_lives_have_in_common() -> None:
    assert CALM.results == {WRITE.format("{*}"): "2", READ.format("{*}"): "1"}
    assert CALM.kept == {WRITE.format("{*}")}
    other = account(*WRITTEN, READ_BACK[0], f"> {GIVES.format(502, 'abcd')}", *LEAVES)
    assert calm_of([[CALM_LIFE, other]]).kept == frozenset()
    assert orders_of(CALM_LIFE) == {ORDER}


AGAIN = tuple(each.replace("501", "64000") for each in WRITTEN)


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ((*AGAIN, *READ_BACK, *LEAVES), ""),
        (
            (*AGAIN, READ_BACK[0], f"> {GIVES.format(502, 'e076')}", "< OK", *LEAVES),
            "the host has taken 'efgh', and answers a READ with 'e076': "
            'AT+MIPLREADRSP=0,502,1,3200,0,5750,1,4,"e076",0,0',
        ),
        (
            (READ_BACK[0], AGAIN[0], f"> {GIVES.format(502, 'e076')}", "< OK", *AGAIN[1:], *LEAVES),
            "the host answers with 'e076', which nobody has written: "
            'AT+MIPLREADRSP=0,502,1,3200,0,5750,1,4,"e076",0,0',
        ),
        (
            (AGAIN[0], "> AT+MIPLWRITERSP=0,64000,12", "< OK", *LEAVES),
            "the host answers +MIPLWRITE: 0,64000,3200,0,5750,1,4,efgh,0 with result 12, and with "
            "2 where nothing collides: AT+MIPLWRITERSP=0,64000,12",
        ),
        (
            (*AGAIN, LEAVES[0], LEAVES[1], LEAVES[3], LEAVES[4], LEAVES[2]),
            f"the host wrote {DELETE} before {LEFT}, for which it waits undisturbed",
        ),
    ],
)
def test_what_is_odd_manual_3_12_3_13_3_20(lines: tuple[str, ...], told: str) -> None:
    assert why(*lines) == told


TOGETHER = (AGAIN[0], READ_BACK[0], *AGAIN[1:], *READ_BACK[1:])
PILED = calm_of([[account(*CALM_LIFE_LINES)] * 2, [account(*TOGETHER)] * 2])


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (TOGETHER, ""),
        (
            (AGAIN[0], READ_BACK[0], f"> {GIVES.format(502, 'abcd')}", "< OK", *AGAIN[1:]),
            "the host answers a READ with 'abcd' that came behind the WRITE of 'efgh', and takes "
            'that, too, but later: AT+MIPLREADRSP=0,502,1,3200,0,5750,1,4,"abcd",0,0',
        ),
    ],
)
def test_what_came_first_is_done_first_as_where_nothing_collides(
    lines: tuple[str, ...], told: str
) -> None:
    """Both requests are printed before one is answered (manual 3.10, 3.12)."""
    assert PILED.piled == {"3200,0,5750"}
    assert why(*lines, *LEAVES, calm=PILED) == told


def test_a_host_that_takes_a_read_first_where_nothing_collides_may_do_so_always() -> None:
    other = (AGAIN[0], READ_BACK[0], f"> {GIVES.format(502, 'abcd')}", "< OK", *AGAIN[1:])
    calm = calm_of([[account(*CALM_LIFE_LINES)] * 2, [account(*TOGETHER), account(*other)]])
    assert calm.piled == frozenset()
    assert why(*other, *LEAVES, calm=calm) == ""


EXECUTED = ("< +MIPLEXECUTE: 0,503,3200,0,5750", "> AT+MIPLEXECUTERSP=0,503,2", "< OK")
SERVES = Order("+MIPLEXECUTE: 0,{*},3200,0,5750", 1, CLOSE, 1, "AT+MIPLOPEN=0,3000,30")


def test_the_last_request_before_a_command_is_waited_for_too_manual_3_14() -> None:
    life = account("> AT+MIPLOPEN=0,3000,30", "< OK", *WRITTEN, *EXECUTED, *LEAVES)
    assert orders_of(life) == {SERVES, ORDER}
    told = f"the host wrote {CLOSE} before {SERVES.line}, for which it waits undisturbed"
    opened, calm = ("> AT+MIPLOPEN=0,3000,30", "< OK"), replace(CALM, orders=(SERVES,))
    assert why(*opened, *AGAIN, *LEAVES, calm=calm) == told
    assert why(*opened, *AGAIN, *EXECUTED, *LEAVES, calm=calm) == ""


def test_a_host_may_leave_when_a_request_of_the_kind_it_waits_for_has_collided() -> None:
    calm = replace(
        CALM, orders=(replace(SERVES, line=WRITE.format("{*}").replace("efgh", "ijkl")),)
    )
    assert why("> AT+MIPLOPEN=0,3000,30", "< OK", *AGAIN, *LEAVES, calm=calm) == ""


def test_what_is_so_where_nothing_collides_is_no_sign() -> None:
    """A host has the right to refuse a value, to keep its own, and to hurry."""
    refused = (WRITTEN[0], "> AT+MIPLWRITERSP=0,501,12", "< OK")
    keeps = (*WRITTEN, READ_BACK[0], f"> {GIVES.format(502, 'abcd')}", "< OK")
    for life in (refused, keeps):
        calm = calm_of([[account(*life)] * 2])
        lines = tuple(each.replace("501", "64000") for each in life)
        assert why(*lines, *LEAVES, calm=calm) == ""
    assert why(*AGAIN, LEAVES[0], LEAVES[3], LEAVES[2], calm=calm_of([[CALM_LIFE]])) == ""


def test_a_value_is_not_compared_where_something_may_have_changed_it() -> None:
    executed = ("< +MIPLEXECUTE: 0,503,3200,0,5750", "> AT+MIPLEXECUTERSP=0,503,2", "< OK")
    other = (READ_BACK[0], f"> {GIVES.format(502, 'abcd')}", "< OK")
    assert list(kept_of(account(*WRITTEN, *executed, *other))) == []
    again = (WRITTEN[0].replace("501", "504"), "> AT+MIPLWRITERSP=0,504,2", "< OK")
    assert list(kept_of(account(*WRITTEN, other[0], again[0], *other[1:], *again[1:]))) == []


def test_a_command_waits_for_an_event_although_answers_stand_between_manual_3_20() -> None:
    notify, sent = "AT+MIPLNOTIFY=0,0,3200,0,5750", "+MIPLEVENT: 0,26,147"
    life = account(f"> {notify}", "< OK", f"< {sent}", *WRITTEN, *LEAVES)
    last = Order(WRITE.format("{*}"), 1, CLOSE, 1, notify)
    assert orders_of(life) == {Order(sent, 1, CLOSE, 1, notify), last, ORDER}


def test_platforms_wait_from_the_command_before_until_the_line() -> None:
    gate = Waiting(Order(LEFT, 2, DELETE, 1, CLOSE, 2))
    seen = [gate.is_shut]
    for line in (CLOSE, DELETE, CLOSE):
        gate.host(line)
        seen.append(gate.is_shut)
    for line in (LEFT, "+MIPLEVENT: 0,26", LEFT):
        gate.module(line)
        seen.append(gate.is_shut)
    assert seen == [False, False, False, True, True, True, False]


def test_what_a_host_takes_for_a_line_counts_from_the_line_before() -> None:
    life = Account((Said(0.0, True, CLOSE), Said(2.0, False, LEFT), Said(5.0, True, DELETE)))
    assert idle_of(life) == 3.0
    assert list(pauses_of(life, 2.5)) == []


def test_a_line_that_came_as_often_as_it_should_was_waited_for() -> None:
    assert holds(ORDER, account(f"< {LEFT}", f"> {DELETE}")) is None
    assert holds(ORDER, account(f"> {DELETE}", f"< {LEFT}")) == Said(0.0, True, DELETE)


def test_a_value_has_the_length_that_is_said_of_it() -> None:
    assert value_of('AT+MIPLREADRSP=0,7,1,3200,0,5750,1,5,"a,b"c",0,0') == 'a,b"c'
    assert value_of("AT+MIPLREADRSP=0,7,11") is None
