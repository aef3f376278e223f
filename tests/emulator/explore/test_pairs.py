"""Two lines at one command: which, in which order, and beside a line that breaks by chance."""

from collections.abc import Sequence

from emulator.explore.enumeration import Enumerator
from emulator.explore.lines import Printer
from emulator.explore.placement import Placement
from emulator.explore.sheet import Exchange, Own, Sheet
from emulator.explore.shrinking import richer
from emulator.quirks import resolve
from lwm2m_core.paths import Path

OK = b"\r\nOK\r\n"
REPORT = 'AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"abcd",0,0'
EXCHANGES = (
    Exchange(0, "AT", OK),
    Exchange(1, REPORT, OK, is_registered=True),
    Exchange(2, REPORT, OK, is_registered=True),
    Exchange(3, REPORT, OK, is_registered=True),
    Exchange(4, "AT+MIPLCLOSE=0", OK, is_registered=True),
)
READ, WRITE = "+MIPLREAD: 0,{},3200,0,5750", "+MIPLWRITE: 0,{},3200,0,5750,1,4,abcd,0"


def pairs(kinds: Sequence[str], position: str, every: bool = False) -> list[Placement]:
    """Those of two lines that differ."""
    printer = Printer(resolve("manual"), Path(3200, 0, 5750))
    found = Enumerator(Sheet(EXCHANGES), printer, kinds, [position], every).placements()
    return [each for each in found if len({line.kind for line in each.lines}) == 2]


def kinds_of(placements: Sequence[Placement]) -> list[tuple[int, str, str]]:
    return [(each.exchange.number, each.lines[0].kind, each.lines[1].kind) for each in placements]


def test_requests_of_two_kinds_come_in_both_orders_manual_3_10_3_12() -> None:
    """At each command but the last before CLOSE: a host that leaves need not answer."""
    found = pairs(["read", "write"], "after")
    assert [str(fault) for each in found[:2] for fault in each.faults] == [
        f'reply +MIPLNOTIFY=: insert "{READ.format(64000)}" "{WRITE.format(64001)}" after',
        f'reply +MIPLNOTIFY=: insert "{WRITE.format(64000)}" "{READ.format(64001)}" after',
    ]
    assert kinds_of(found) == [
        (1, "read", "write"),
        (1, "write", "read"),
        (2, "read", "write"),
        (2, "write", "read"),
    ]


def test_one_stands_before_the_answer_and_the_other_behind_it() -> None:
    found = pairs(["read", "write"], "around")
    assert [str(fault) for fault in found[3].faults] == [
        f'reply +MIPLNOTIFY= nth 2: insert "{WRITE.format(64000)}"',
        f'reply +MIPLNOTIFY= nth 2: insert "{READ.format(64001)}" after',
    ]


def test_a_request_stands_before_or_behind_a_line_without_an_answer_in_turns() -> None:
    """The simplest line comes first with each other one; behind a request, or another than that,
    one line or another."""
    found = kinds_of(pairs(["cereg", "event", "read"], "before"))
    assert [each for each in found if "read" in each and each[1] != "cereg"] == [
        (1, "event", "read"),
        (2, "read", "cereg"),
    ]
    every = kinds_of(pairs(["cereg", "event", "read"], "before", every=True))
    assert [each for each in every if each[0] == 2 and "read" in each] == [
        (2, "cereg", "read"),
        (2, "event", "read"),
        (2, "read", "cereg"),
        (2, "read", "event"),
    ]


def test_beside_a_request_comes_any_other_before_other_lines_do() -> None:
    """Each pair of kinds once at each place, however many cuts there are of it."""
    printer, positions = Printer(resolve("manual"), Path(3200, 0, 5750)), ["before", "half-after"]
    kinds = ["cereg", "read", "write"]
    every = Enumerator(Sheet(EXCHANGES), printer, kinds, positions, True).placements()
    single = next(each for each in every if [line.kind for line in each.lines] == ["write"])
    found = [(each.position, *(line.kind for line in each.lines)) for each in richer(single, every)]
    assert found == [
        ("before", "write", "write"),
        ("before", "read", "write"),
        ("before", "write", "read"),
        ("before", "cereg", "write"),
        ("before", "write", "cereg"),
        ("half-after", "write", "write"),
    ]


def test_beside_an_own_line_behind_the_login_the_next_command_has_two_requests() -> None:
    """At the command before it, AT, no request may come."""
    printer, own = Printer(resolve("manual"), Path(3200, 0, 5750)), "+MIPLEVENT: 0,6"
    sheet = Sheet(EXCHANGES, own=(Own("event", own, 1, "+MIPLEVENT"),))
    positions = ["own-after", "before"]
    every = Enumerator(sheet, printer, ["read", "write"], positions, True).placements()
    single = next(each for each in every if each.own and each.lines[0].kind == "write")
    found = richer(single, every)
    assert (single.exchange.number, {each.exchange.number for each in found}) == (0, {1})
    assert kinds_of(found) == [(1, "write", "write"), (1, "read", "write"), (1, "write", "read")]
