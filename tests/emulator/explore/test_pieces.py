"""Placements of what comes in pieces, of many lines and of long ones, and the faults for them."""

from collections.abc import Sequence

import pytest

from emulator.explore.enumeration import Enumerator
from emulator.explore.lines import Printer
from emulator.explore.pieces import marks
from emulator.explore.placement import Placement
from emulator.explore.sheet import Exchange, Own, Sheet
from emulator.explore.shrinking import simpler, weight
from emulator.faults.grammar import parse_fault
from emulator.quirks import resolve
from lwm2m_core.paths import Path

OK = b"\r\nOK\r\n"
CSQ = b"\r\n+CSQ: 23,99\r\n\r\nOK\r\n"
REPORT = 'AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"abcd",0,0'
ANSWER = 'AT+MIPLREADRSP=0,501,1,3200,0,5750,1,4,"abcd",0,0'
READ = "+MIPLREAD: 0,501,3200,0,5750"
WRITE = "+MIPLWRITE: 0,502,3200,0,5750,1,4,efgh,0"
EXECUTE = "+MIPLEXECUTE: 0,503,3200,0,5750"

EXCHANGES = (
    Exchange(0, "AT", OK),
    Exchange(1, "AT+CSQ", CSQ),
    Exchange(2, REPORT, OK, is_registered=True, follows=True),
    Exchange(3, ANSWER, OK, is_registered=True),
    Exchange(4, REPORT, OK, is_registered=True),
    Exchange(5, "AT+MIPLCLOSE=0", OK, is_registered=True),
)
OWN = (
    Own("event", "+MIPLEVENT: 0,6", 2, "+MIPLEVENT"),
    Own("event", "+MIPLEVENT: 0,26,147", 3, "+MIPLEVENT", (15,)),
    Own("read", READ, 3, "+MIPLREAD", (), 501),
)
SHEET = Sheet(EXCHANGES, {"read": READ, "write": WRITE, "execute": EXECUTE}, own=OWN)


def placed(kinds: Sequence[str], *positions: str, every: bool = False) -> list[Placement]:
    printer = Printer(resolve("manual"), Path(3200, 0, 5750))
    return list(Enumerator(SHEET, printer, kinds, positions, every).placements())


def faults(placements: Sequence[Placement]) -> list[list[str]]:
    return [list(map(str, each.faults)) for each in placements]


def at(position: str, kind: str, number: int, cut: int) -> Placement:
    return next(
        each
        for each in placed([kind], position, every=True)
        if (each.exchange.number, each.at) == (number, cut)
    )


@pytest.mark.parametrize(
    ("position", "number", "cut", "expected"),
    [
        (
            "tail-before",
            3,
            12,
            [
                r'reply +MIPLREADRSP=: insert "\r\n+MIPLREAD:" raw pause 0.3s',
                r'reply +MIPLREADRSP=: insert " 0,64000,3200,0,5750\r\n" raw',
            ],
        ),
        (
            "tail-after",
            3,
            22,
            [
                r'reply +MIPLREADRSP=: insert "\r\n+MIPLREAD: 0,64000,3" raw after '
                r'rest "200,0,5750\r\n" wait 0.3s'
            ],
        ),
        (
            "half-own",
            3,
            1,
            [
                r'urc +MIPLREAD: insert "\r" raw after '
                r'rest "\n+MIPLREAD: 0,64000,3200,0,5750\r\n"'
            ],
        ),
        (
            "half-after",
            2,
            2,
            [
                r'reply +MIPLNOTIFY=: insert "\r\n+MIPLREAD: 0,64000,3200,0,5750\r\n\r\n" raw '
                r'after rest "+MIPLREAD: 0,64001,3200,0,5750\r\n"'
            ],
        ),
    ],
)
def test_a_line_of_which_a_part_comes_with_an_answer(
    position: str, number: int, cut: int, expected: list[str]
) -> None:
    """V.250 5.7: `\r\n<line>\r\n`; manual 3.10: a READ comes at any time."""
    wanted = at(position, "read", number, cut)
    assert list(map(str, wanted.faults)) == expected


def test_where_lines_are_cut() -> None:
    r"""`\r|\n|+|CER|EG:|…1|\r|\n` of `\r\n+CEREG: 1\r\n`, 13 bytes."""
    assert marks("+CEREG: 1") == (1, 2, 3, 5, 9, 10, 11, 12)


def test_an_answer_is_cut_between_its_data_and_ok_with_every_pause() -> None:
    r"""`\r\n+CSQ: 23,99\r\n` has 15 bytes."""
    cuts = [
        e for e in placed([], "cut-answer", every=True) if e.exchange.number == 1 and e.at == 15
    ]
    assert faults(cuts) == [
        ["reply +CSQ: split 15 pause 0.02s"],
        ["reply +CSQ: split 15 pause 0.3s"],
        ["reply +CSQ: split 15 pause 1.2s"],
    ]


def test_the_first_at_is_answered_late_once_so_that_a_host_asks_again() -> None:
    """A host asks with AT whether the module is up, and asks again when it hears nothing: then two
    answers come."""
    pauses = {
        e.pause
        for e in placed(["cereg"], "cut-answer", "apart-before", every=True)
        if e.exchange.number == 0
    }
    assert pauses == {0.02, 0.3, 0.7}


def test_which_of_the_lines_of_one_name_is_cut() -> None:
    r"""`+MIPLEVENT: 0,6` with its line ends has 19 bytes: at 22 only the other counts."""
    cuts = [each for each in placed([], "cut-own", every=True) if "26" in each.lines[0].text]
    nths = {(each.at, each.nth) for each in cuts}
    assert nths == {(1, 2), (2, 2), (3, 2), (7, 2), (13, 2), (18, 2), (22, 1), (23, 1)}


def test_many_lines_at_once() -> None:
    """Eight requests, and the simplest that breaks a host may have three."""
    bursts = placed(["read"], "burst-after")
    assert [len(each.lines) for each in bursts] == [8, 8]
    assert [line.mid for line in bursts[0].lines] == list(range(64000, 64008))
    sizes = sorted({len(each.lines) for each in placed(["read"], "burst-after", every=True)})
    assert sizes == [3, 5, 8]
    assert {len(each.lines) for each in placed(["read"], "flood-before")} == {12}


def test_values_that_read_like_a_final_result_manual_3_12() -> None:
    texts = [each.lines[0].text for each in placed(["write"], "telling-before")[:3]]
    assert texts == [
        "+MIPLWRITE: 0,64000,3200,0,5750,1,2,OK,0",
        "+MIPLWRITE: 0,64000,3200,0,5750,1,5,ERROR,0",
        "+MIPLWRITE: 0,64000,3200,0,5750,1,13,+CME ERROR: 3,0",
    ]
    cut = placed(["write"], "telling-tail-before")[0]
    assert faults([cut])[0][1] == r'reply +MIPLREADRSP=: insert "OK,0\r\n" raw'


def test_long_requests_fit_into_a_fault_manual_3_14() -> None:
    """Decision 36: an EXECUTE has 1024 bytes of arguments at most; a fault 1000 characters."""
    for position, length in (("long-before", 200), ("longer-after", 800)):
        long = placed(["execute"], position)[0]
        assert long.lines[0].text.startswith(f"+MIPLEXECUTE: 0,64000,3200,0,5750,{length},")
        assert [parse_fault(str(each)) for each in long.faults] == list(long.faults)


def test_an_empty_line_stands_around_and_inside_an_answer() -> None:
    at_csq = [e for e in placed([], "empty-before", "empty-between") if e.exchange.number == 1]
    assert faults(at_csq) == [
        [r'reply +CSQ: insert "\r\n" raw'],
        [r'reply +CSQ: insert "\r\n" raw between'],
    ]


def test_fewer_lines_a_simple_position_and_a_short_pause_are_simpler() -> None:
    everything = placed(["read"], "after", "cut-answer", "tail-after", "burst-after", every=True)
    by = sorted(everything, key=weight)
    assert [each.position for each in by if each.exchange.number == 2][0] == "after"
    assert (by[-1].position, len(by[-1].lines)) == ("burst-after", 8)
    cuts = [each.pause for each in by if each.position == "cut-answer"]
    assert cuts == sorted(cuts)


def test_the_cuts_of_a_line_leave_room_for_other_places() -> None:
    """A long line is simpler than one byte by byte, and there are 38 cuts of a line before that."""
    every = placed(["execute"], "split-before", "long-before", "bytes-before", every=True)
    singly = next(e for e in every if e.position == "bytes-before" and e.exchange.number == 3)
    found = [each.position for each in simpler(singly, every) if each.exchange.number == 3]
    assert found == [*["split-before"] * 3, "long-before"]
