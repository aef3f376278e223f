"""Lines beside those that the module prints by itself."""

from collections.abc import Sequence

from emulator.explore.enumeration import Enumerator
from emulator.explore.lines import Printer
from emulator.explore.placement import Placement
from emulator.explore.sheet import Exchange, Own, Sheet
from emulator.quirks import resolve
from lwm2m_core.paths import Path

OK = b"\r\nOK\r\n"
REPORT = 'AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"abcd",0,0,26'
READ, AGAIN = "+MIPLREAD: 0,501,3200,0,5750", "+MIPLREAD: 0,502,3200,0,5750"
EVENT = "+MIPLEVENT"

EXCHANGES = (
    Exchange(0, "AT+MIPLOPEN=0,3000,30", OK),
    Exchange(1, REPORT, OK, is_registered=True),
    Exchange(2, 'AT+MIPLREADRSP=0,501,1,3200,0,5750,1,4,"abcd",0,0', OK, is_registered=True),
    Exchange(3, 'AT+MIPLREADRSP=0,502,1,3200,0,5750,1,4,"abcd",0,0', OK, is_registered=True),
    Exchange(4, "AT+MIPLCLOSE=0", OK, is_registered=True),
    Exchange(5, "AT+MIPLDELETE=0", OK),
)
OWN = (
    Own("event", "+MIPLEVENT: 0,26", 1, EVENT),  # as if it were some other event of the login
    Own("event", "+MIPLEVENT: 0,6", 1, EVENT, (16,)),
    Own("event", "+MIPLEVENT: 0,26,26", 2, EVENT, (16, 15)),
    Own("read", READ, 2, "+MIPLREAD", (), 501),
    Own("read", AGAIN, 3, "+MIPLREAD", (28,), 502),
    Own("event", "+MIPLEVENT: 0,15", 5, EVENT, (16, 15, 19)),
)


def placed(
    kinds: Sequence[str], *positions: str, own: Sequence[Own] = OWN, every: bool = False
) -> list[Placement]:
    sheet = Sheet(EXCHANGES, {"read": READ}, own=tuple(own))
    printer = Printer(resolve("manual"), Path(3200, 0, 5750))
    return list(Enumerator(sheet, printer, kinds, positions, every).placements())


def faults(placements: Sequence[Placement]) -> list[str]:
    return [str(fault) for each in placements for fault in each.faults]


def test_a_general_line_stands_before_each_own_line_once_27_007_10_1_22() -> None:
    """An event is known by its text, which is a part of another's; READ by its number, as its
    message id is another one each time: two that are alike but for that are one."""
    assert faults(placed(["cereg"], "own-before")) == [
        'urc +MIPLEVENT match "+MIPLEVENT: 0,26": insert "+CEREG: 1"',
        'urc +MIPLEVENT match "+MIPLEVENT: 0,6": insert "+CEREG: 1"',
        'urc +MIPLEVENT match "+MIPLEVENT: 0,26,26": insert "+CEREG: 1"',
        'urc +MIPLREAD: insert "+CEREG: 1"',
        'urc +MIPLEVENT match "+MIPLEVENT: 0,15": insert "+CEREG: 1"',
    ]


def test_an_event_whose_text_is_part_of_one_before_it_is_counted() -> None:
    own = (OWN[2], OWN[0])
    assert faults(placed(["cereg"], "own-after", own=own)) == [
        'urc +MIPLEVENT match "+MIPLEVENT: 0,26,26": insert "+CEREG: 1" after',
        'urc +MIPLEVENT match "+MIPLEVENT: 0,26" nth 2: insert "+CEREG: 1" after',
    ]


def test_another_event_stands_behind_event_6_and_not_before_it_manual_3_20() -> None:
    """From the login on; not behind event 15, which ends it."""
    before, after = (placed(["event"], f"own-{place}") for place in ("before", "after"))
    assert [each.own for each in before] == ["+MIPLEVENT: 0,26,26", READ, "+MIPLEVENT: 0,15"]
    assert [each.own for each in after] == ["+MIPLEVENT: 0,6", "+MIPLEVENT: 0,26,26", READ]


def test_a_request_stands_where_host_and_module_go_on_manual_3_10() -> None:
    """Not beside the READ whose answer is the last command before CLOSE, nor beside event 15."""
    one = placed(["read"], "own-after")
    assert [each.own for each in one] == ["+MIPLEVENT: 0,6", "+MIPLEVENT: 0,26,26", READ]
    assert str(one[1]) == (
        "+MIPLREAD: 0,64000,3200,0,5750 behind a line of the module's own, in one write with it: "
        "+MIPLEVENT: 0,26,26"
    )
    assert (one[1].exchange.number, one[1].lines[0].mid, one[1].rank) == (1, 64000, "real")
    last = (OWN[1], OWN[4])
    assert [each.own for each in placed(["read"], "own-after", own=last)] == ["+MIPLEVENT: 0,6"]


def test_one_line_comes_20_ms_later_a_request_if_it_may_manual_3_10() -> None:
    read = 'insert "+MIPLREAD: 0,64000,3200,0,5750" after pause 0.02s'
    assert faults(placed(["cereg", "read"], "own-apart-after")) == [
        'urc +MIPLEVENT match "+MIPLEVENT: 0,26": insert "+CEREG: 1" after pause 0.02s',
        f'urc +MIPLEVENT match "+MIPLEVENT: 0,6": {read}',
        f'urc +MIPLEVENT match "+MIPLEVENT: 0,26,26": {read}',
        f"urc +MIPLREAD: {read}",
        'urc +MIPLEVENT match "+MIPLEVENT: 0,15": insert "+CEREG: 1" after pause 0.02s',
    ]


def test_twelve_own_lines_at_most_the_first() -> None:
    texts = [f"+MIPLEVENT: 0,26,{number}" for number in range(10, 40)]
    own = [Own("event", text, 2, EVENT, (19,) * before) for before, text in enumerate(texts)]
    found = placed(["cereg"], "own-before", own=own)
    assert [each.own[-2:] for each in found] == [str(n) for n in range(10, 22)]
