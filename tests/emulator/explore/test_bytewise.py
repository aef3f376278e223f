"""What comes byte by byte, and requests of which the message ids are alike in one byte."""

from collections.abc import Sequence

from emulator.explore.enumeration import Enumerator
from emulator.explore.lines import Printer
from emulator.explore.placement import Placement
from emulator.explore.sheet import Exchange, Own, Sheet
from emulator.explore.trial import Bounds, live
from emulator.faults.grammar import parse_fault
from emulator.quirks import resolve
from lwm2m_core.paths import Path
from tests.emulator.explore.conftest import PATIENCE, Build
from tests.emulator.explore.test_planted_calm import known

OK = b"\r\nOK\r\n"
REPORT = 'AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"abcd",0,0'
SHEET = Sheet(
    (
        Exchange(0, "AT+CSQ", b"\r\n+CSQ: 23,99\r\n\r\nOK\r\n"),
        Exchange(1, REPORT, OK, is_registered=True, follows=True),
        Exchange(2, REPORT, OK, is_registered=True),
        Exchange(3, "AT+MIPLNSMI=1", OK, is_registered=True),
    ),
    {"read": "+MIPLREAD: 0,501,3200,0,5750"},
    mids=frozenset({501}),
    own=(
        Own("event", "+MIPLEVENT: 0,6", 1, "+MIPLEVENT"),
        Own("read", "+MIPLREAD: 0,501,3200,0,5750", 2, "+MIPLREAD", mid=501),
        Own("read", "+MIPLREAD: 0,502,3200,0,5750", 3, "+MIPLREAD", mid=502),
    ),
)


def placed(kinds: Sequence[str], *positions: str) -> list[Placement]:
    printer = Printer(resolve("manual"), Path(3200, 0, 5750))
    return list(Enumerator(SHEET, printer, kinds, positions).placements())


def faults(kinds: Sequence[str], *positions: str) -> list[list[str]]:
    found = [list(map(str, each.faults)) for each in placed(kinds, *positions)]
    for fault in (fault for each in found for fault in each):
        assert str(parse_fault(fault)) == fault
    return found


def test_each_answer_byte_by_byte() -> None:
    assert faults([], "bytes-answer") == [
        ["reply +CSQ: split each pause 0.005s"],
        ["reply +MIPLNOTIFY=: split each pause 0.005s"],
        ["reply +MIPLNOTIFY= nth 2: split each pause 0.005s"],
        ["reply +MIPLNSMI=: split each pause 0.005s"],
    ]


def test_each_line_of_the_module_byte_by_byte_once() -> None:
    assert faults([], "bytes-own") == [
        ["urc +MIPLEVENT: split each pause 0.005s"],
        ["urc +MIPLREAD: split each pause 0.005s"],
    ]


def test_a_line_with_the_answer_byte_by_byte_a_request_where_it_may_be_one() -> None:
    assert faults(["cereg", "read"], "bytes-before")[:2] == [
        ['reply +CSQ: insert "+CEREG: 1"', "reply +CSQ: split each pause 0.005s"],
        [
            'reply +MIPLNOTIFY=: insert "+MIPLREAD: 0,64000,3200,0,5750"',
            "reply +MIPLNOTIFY=: split each pause 0.005s",
        ],
    ]


def test_two_requests_alike_in_the_low_byte_of_the_message_id() -> None:
    twins = [each for each in placed(["read"], "after") if (each.lines[-1].mid or 0) - 64000 == 256]
    assert [[line.text for line in each.lines] for each in twins] == [
        ["+MIPLREAD: 0,64000,3200,0,5750", "+MIPLREAD: 0,64256,3200,0,5750"]
    ] * len(twins)
    assert len(twins) == 2


READS = "        *result = got < 0 ? AT_GONE : AT_SILENCE;\n"
LOOP = "    for (;;) {\n        while (at->taken"
COUNTS_READS = (
    (READS, READS.replace("got < 0", "got < 0 || ++reads > 20")),
    ("        if (got < 0 || left <= 0)", "        if (got < 0 || left <= 0 || reads > 20)"),
    (LOOP, LOOP.replace(";;", "int reads = 0;;")),
)
"""A line has to be there after twenty reads."""


def test_a_host_that_counts_its_reads_is_found_and_the_right_one_is_not_blamed(
    build: Build,
) -> None:
    hosts = build(), build(*COUNTS_READS)
    right, wrong = (known(host, "bytes-before", kinds=("read",)) for host in hosts)
    report = right.placed(lambda each: each.exchange.text.startswith("AT+MIPLNOTIFY"))
    codes = [live(each.plan, Bounds(PATIENCE), report).observed.code for each in (right, wrong)]
    assert codes == [0, 1]
    assert right.verdict(report).outcome == "passed"
    assert wrong.verdict(report).outcome == "broken"
