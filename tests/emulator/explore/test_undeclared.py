"""A WRITE before the host has reported the resource is in hex (manual 3.12, 5.6; decision 34)."""

from collections.abc import Sequence

import pytest

from emulator.explore.account import Account, Said
from emulator.explore.calm import Calm
from emulator.explore.enumeration import Enumerator
from emulator.explore.judging import Observed, judged
from emulator.explore.lines import Printed, Printer
from emulator.explore.placement import Placement
from emulator.explore.sheet import Exchange, Own, Sheet
from emulator.explore.usual import Usual
from emulator.explore.values import written
from emulator.faults.grammar import parse_fault
from emulator.quirks import resolve
from lwm2m_core.paths import Path
from tests.emulator.explore.conftest import HOST, Build
from tests.emulator.explore.test_planted_calm import known

OK = b"\r\nOK\r\n"
EXCHANGES = (
    Exchange(0, "AT+MIPLOPEN=0,3000,30", OK, follows=True),
    Exchange(1, 'AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"abcd",0,0', OK, is_registered=True),
    Exchange(2, "AT+CSQ", b"\r\n+CSQ: 23,99\r\n\r\nOK\r\n", is_registered=True),
    Exchange(3, "AT+CGATT?", OK, is_registered=True),
    Exchange(4, "AT+MIPLCLOSE=0", OK, is_registered=True),
)
OWN = (Own("event", "+MIPLEVENT: 0,6", 1, "+MIPLEVENT"),)
WRITE = "+MIPLWRITE: 0,501,3200,0,5750,1,4,efgh,0"
HEX, TEXT = "6,8,73747576,0", "1,4,stuv,0"


def placed(*positions: str, exchanges: Sequence[Exchange] = EXCHANGES) -> list[Placement]:
    printer = Printer(resolve("manual"), Path(3200, 0, 5750))
    sheet = Sheet(tuple(exchanges), {"write": WRITE}, own=OWN)
    return list(Enumerator(sheet, printer, ["write"], positions).placements())


@pytest.mark.parametrize(
    ("position", "expected"),
    [
        ("before", [(1, HEX), (2, TEXT)]),
        ("after", [(1, TEXT), (2, TEXT)]),
        ("apart-before", [(1, HEX), (2, TEXT)]),
        ("own-after", [(0, HEX)]),
    ],
)
def test_the_type_is_known_when_the_first_report_is_carried_out(
    position: str, expected: list[tuple[int, str]]
) -> None:
    found = [each for each in placed(position) if len(each.lines) == 1]
    starts = "+MIPLWRITE: 0,64000,3200,0,5750,"
    texts = [(e.exchange.number, e.lines[0].text.removeprefix(starts)) for e in found]
    assert [*dict.fromkeys(texts)] == expected
    for each in found:
        assert [str(parse_fault(str(fault))) for fault in each.faults] == list(
            map(str, each.faults)
        )
        assert all(each.lines[0].text in str(fault) for fault in each.faults)


def test_of_one_before_the_answer_and_one_behind_only_the_first_comes_in_hex() -> None:
    both = next(each for each in placed("around") if each.exchange.number == 1)
    assert [line.text for line in both.lines] == [
        "+MIPLWRITE: 0,64000,3200,0,5750,6,8,73747576,0",
        "+MIPLWRITE: 0,64001,3200,0,5750,1,4,tuvw,0",
    ]


def test_a_text_like_a_final_result_is_none_in_hex() -> None:
    assert {each.exchange.number for each in placed("telling-before")} == {2}


def test_without_a_report_nobody_knows_and_lines_stay_as_they_were_printed() -> None:
    others = [each for each in EXCHANGES if each.number != 1]
    assert {each.lines[0].text[-10:] for each in placed("before", exchanges=others)} == {TEXT}


def test_the_value_that_stands_there_in_hex() -> None:
    assert written("+MIPLWRITE: 0,7,3200,0,5750,6,8,73747576,0") == ("3200,0,5750", "stuv")
    assert written('+MIPLWRITE: 0,7,3200,0,5750,2,4,"00FF",0') == ("3200,0,5750", "\x00\ufffd")
    assert written("+MIPLWRITE: 0,7,3200,0,5750,1,4,7374,0") == ("3200,0,5750", "7374")


READ = "+MIPLREAD: 0,502,3200,0,5750"
DONE, GIVES = "AT+MIPLWRITERSP=0,64000,2", 'AT+MIPLREADRSP=0,502,1,3200,0,5750,1,{},"{}",0,0'
KEPT = "+MIPLWRITE: 0,{*},3200,0,5750,1,4,tuvw,0"


@pytest.mark.parametrize(
    ("size", "value", "why"),
    [
        (4, "stuv", ""),
        (8, "73747576", "the host has taken 'stuv', and answers a READ with '73747576': "),
    ],
)
def test_a_host_that_takes_the_digits_for_the_text_manual_3_12(
    size: int, value: str, why: str
) -> None:
    """It keeps other values of the path where nothing collides."""
    line = Printed("write", f"+MIPLWRITE: 0,64000,3200,0,5750,{HEX}", 64000, "+MIPLWRITERSP")
    texts = (line.text, DONE, "OK", READ, GIVES.format(size, value), "OK")
    said = tuple(Said(n / 100, text.startswith("AT"), text) for n, text in enumerate(texts))
    life = Observed("done", None, answered=frozenset({64000, 502}), account=Account(said))
    sheet, usual = Sheet(EXCHANGES), Usual(calm=Calm({KEPT: "2"}, frozenset({KEPT})))
    found = judged(
        life, sheet, Placement(EXCHANGES[1], "before", (line,), "+MIPLNOTIFY=", 1), usual
    )
    assert found.why.startswith(why) and bool(found.why) == bool(why)


TELLS = (
    f"{HOST}    command(host, text);\n    return wait_for(host, &host->delivered",
    "    host->told = true;\n    command(host, text);\n    return wait_for(host, &host->delivered",
)
KNOWS = (f"{HOST}    bool read, written,", "    bool told, read, written,")
GUESSES = (
    f"{HOST}    if (type == TEXT ? !take_text",
    '    type = host->told ? TEXT : HEX;\n    length = (int)strcspn(fields + start, ",");\n'
    "    if (type == TEXT ? !take_text",
)


def test_a_host_that_guesses_the_type_is_found_and_the_right_one_is_not_blamed(
    build: Build,
) -> None:
    """It says when it has written its report that the type is known: the module may have printed a
    WRITE before it has read that."""
    hosts = build(), build(TELLS, KNOWS, GUESSES)
    right, wrong = (known(host, "before", kinds=("read", "write")) for host in hosts)
    early = right.placed(lambda each: each.lines[0].text.endswith(HEX) and len(each.lines) == 1)
    assert right.verdict(early).outcome == "passed"
    found = wrong.verdict(early)
    assert found.why.startswith("the host has taken 'stuv', and answers a READ with '73747576': ")
