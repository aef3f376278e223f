"""Lines at every command of one life, two WRITEs that are read back, and many long lines."""

from collections.abc import Sequence
from dataclasses import replace

from emulator.explore.enumeration import Enumerator
from emulator.explore.lines import Printer
from emulator.explore.placement import Placement
from emulator.explore.sheet import Exchange, Own, Sheet
from emulator.explore.shrinking import simpler
from emulator.faults.grammar import parse_fault
from emulator.quirks import resolve
from lwm2m_core.paths import Path

OK = b"\r\nOK\r\n"
REPORT = 'AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"abcd",0,0'
READ = "+MIPLREAD: 0,501,3200,0,5750"
WRITE = "+MIPLWRITE: 0,502,3200,0,5750,1,4,efgh,0"
EXECUTE = "+MIPLEXECUTE: 0,503,3200,0,5750"

EXCHANGES = (
    Exchange(0, "AT", OK),
    Exchange(1, REPORT, OK, is_registered=True),
    Exchange(2, 'AT+MIPLREADRSP=0,501,1,3200,0,5750,1,4,"abcd",0,0', OK, is_registered=True),
    Exchange(3, "AT+MIPLWRITERSP=0,502,2", OK, is_registered=True),
    Exchange(4, REPORT, OK, is_registered=True),
    Exchange(5, REPORT, OK, is_registered=True),
    Exchange(6, "AT+MIPLCLOSE=0", OK, is_registered=True),
)
OWN = (
    Own("read", READ, 2, "+MIPLREAD", (), 501),
    Own("write", WRITE, 3, "+MIPLWRITE", (), 502),
    Own("event", "+MIPLEVENT: 0,26,1", 5, "+MIPLEVENT"),
)
SHEET = Sheet(EXCHANGES, {"read": READ, "write": WRITE, "execute": EXECUTE}, seconds=1.0, own=OWN)


def placed(
    kinds: Sequence[str], *positions: str, sheet: Sheet = SHEET, every: bool = False
) -> list[Placement]:
    printer = Printer(resolve("manual"), Path(3200, 0, 5750))
    return list(Enumerator(sheet, printer, kinds, positions, every).placements())


def faults(placements: Sequence[Placement]) -> list[list[str]]:
    return [list(map(str, each.faults)) for each in placements]


def test_an_event_comes_at_each_answer_while_the_module_is_registered_manual_3_20() -> None:
    """Alone, another of its name, and four of them; a general line from the start on."""
    assert faults(placed(["cereg", "event"], "repeated-before")) == [
        ['reply: insert "+CEREG: 1", always'],
        ['reply state registered: insert "+MIPLEVENT: 0,33", always'],
        ['reply state registered: insert "+MIPLEVENT: 0,11", always'],
        [
            'reply state registered: insert "+MIPLEVENT: 0,33" "+MIPLEVENT: 0,11" '
            '"+MIPLEVENT: 0,33" "+MIPLEVENT: 0,11", always'
        ],
    ]
    assert str(placed(["cereg"], "repeated-after")[0]) == (
        "+CEREG: 1 behind each answer, in one write with it, from AT on"
    )


def test_a_request_comes_at_each_command_that_answers_none_manual_3_10() -> None:
    """Each with a message id of its own, so that all are judged; not from the last before CLOSE
    on."""
    only = placed(["read"], "repeated-after")
    assert faults(only) == [
        [
            'reply +MIPLNOTIFY=: insert "+MIPLREAD: 0,64000,3200,0,5750" after',
            'reply +MIPLNOTIFY= nth 2: insert "+MIPLREAD: 0,64001,3200,0,5750" after',
        ]
    ]
    assert [line.mid for line in only[0].lines] == [64000, 64001]
    assert placed(["read"], "repeated-after", sheet=replace(SHEET, seconds=5.1)) == []


def test_an_observation_comes_at_the_answers_to_requests_too_manual_3_18() -> None:
    numbers = [
        int(fault.split(",")[1]) for fault in faults(placed(["observe"], "repeated-before"))[0]
    ]
    assert numbers == [64000, 64001, 64002, 64003, 64004, 64005]


def test_no_host_has_to_hold_more_than_eight_lines_while_it_writes() -> None:
    """Eight reports, one behind the other: one line at each. Where the module has printed
    something of its own before the fifth, it may be two. Seventeen reports are too many."""
    reports = tuple(Exchange(n, REPORT, OK, is_registered=True) for n in range(8))
    row = replace(SHEET, exchanges=reports, own=())
    heard = replace(row, own=(Own("event", "+MIPLEVENT: 0,26,1", 4, "+MIPLEVENT"),))
    long = tuple(Exchange(n, REPORT, OK, is_registered=True) for n in range(17))
    sizes = [len(each.lines) for each in placed(["event"], "repeated-before", sheet=row)]
    assert sizes == [1, 1]
    sizes = [len(each.lines) for each in placed(["event"], "repeated-before", sheet=heard)]
    assert sizes == [1, 1, 2]
    assert placed(["event"], "repeated-before", sheet=replace(row, exchanges=long)) == []


def test_a_line_at_one_command_is_simpler_than_at_all() -> None:
    every = placed(["event"], "before", "repeated-before", every=True)
    repeated = next(each for each in every if len(each.lines) == 4)
    assert [(e.position, len(e.lines), e.exchange.number) for e in simpler(repeated, every)][0] == (
        "before",
        1,
        1,
    )


def test_two_writes_and_a_read_behind_the_answer_to_the_second_manual_3_12() -> None:
    """`efgh` turned by 14 letters is `stuv`, by 15 `tuvw`; the host has answered one WRITE before
    the fourth command."""
    found = placed(["read", "write"], "rewritten-before")
    assert [each.exchange.number for each in found] == [1, 2, 3, 4]
    assert faults([found[0], found[3]]) == [
        [
            'reply +MIPLNOTIFY=: insert "+MIPLWRITE: 0,64000,3200,0,5750,6,8,73747576,0" '
            '"+MIPLWRITE: 0,64001,3200,0,5750,6,8,74757677,0"',
            'reply +MIPLWRITERSP= nth 2: insert "+MIPLREAD: 0,64002,3200,0,5750" after pause 0.3s',
        ],
        [
            'reply +MIPLNOTIFY= nth 2: insert "+MIPLWRITE: 0,64000,3200,0,5750,1,4,stuv,0" '
            '"+MIPLWRITE: 0,64001,3200,0,5750,1,4,tuvw,0"',
            'reply +MIPLWRITERSP= nth 3: insert "+MIPLREAD: 0,64002,3200,0,5750" after pause 0.3s',
        ],
    ]
    assert placed(["write"], "rewritten-before") == []


def test_eight_long_lines_at_once_one_kind_and_place_at_each_command_manual_3_12_3_14() -> None:
    """Each in a fault of its own: decision 36 lets arguments be long, and a fault has 1000
    characters."""
    found = placed(["read", "write", "execute"], "bulk-before", "bulk-after")
    assert [(each.position, len(each.lines), each.lines[0].kind) for each in found] == [
        ("bulk-before", 8, "write"),
        ("bulk-after", 8, "write"),
        ("bulk-before", 8, "execute"),
        ("bulk-after", 8, "execute"),
    ]
    sixty = (
        "6162636465666768696A6B6C6D6E6F707172737475767778797A"
        "6162636465666768696A6B6C6D6E6F707172737475767778797A6162636465666768"
    )
    assert str(found[0].faults[7]) == (
        f'reply +MIPLNOTIFY=: insert "+MIPLWRITE: 0,64007,3200,0,5750,6,120,{sixty},0"'
    )
    assert [parse_fault(str(each)) for each in found[3].faults] == list(found[3].faults)
    assert len(placed(["write", "execute"], "bulk-before", "bulk-after", every=True)) == 16


def test_a_value_that_reads_like_event_15_at_each_command_at_one_place_manual_3_20() -> None:
    positions = ("telling-before", "telling-after", "telling-tail-before")
    event = "+MIPLWRITE: 0,64000,3200,0,5750,1,16,+MIPLEVENT: 0,15,0"
    found = [each for each in placed(["write"], *positions) if each.lines[0].text == event]
    assert sorted((each.exchange.number, each.position) for each in found) == [
        (2, "telling-after"),
        (3, "telling-tail-before"),
        (4, "telling-before"),
    ]
    cut = next(each for each in found if each.at)
    assert str(cut.faults[1]) == r'reply +MIPLWRITERSP=: insert "+MIPLEVENT: 0,15,0\r\n" raw'
