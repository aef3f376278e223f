"""Requests one after the other, each at the host's answer to the one before (manual 3.10, 3.14)."""

from collections.abc import Sequence
from dataclasses import replace

from emulator.explore.document import disturbed
from emulator.explore.enumeration import Enumerator
from emulator.explore.lines import Printer
from emulator.explore.placement import Placement
from emulator.explore.sheet import Exchange, Sheet
from emulator.faults.grammar import parse_fault
from emulator.quirks import resolve
from lwm2m_core.paths import Path
from tests.emulator.explore.conftest import Build
from tests.emulator.explore.test_planted_calm import known

OK = b"\r\nOK\r\n"
REPORT = 'AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"abcd",0,0'
SHEET = Sheet(
    (
        Exchange(0, "AT+MIPLREADRSP=0,7,11", OK),
        Exchange(1, REPORT, OK, is_registered=True),
        Exchange(2, REPORT, OK, is_registered=True),
        Exchange(3, REPORT, OK, is_registered=True),
        Exchange(4, "AT+MIPLCLOSE=0", OK, is_registered=True),
    ),
    {"read": "+MIPLREAD: 0,501,3200,0,5750"},
    mids=frozenset({501}),
)


def placed(kinds: Sequence[str], *positions: str) -> list[Placement]:
    printer = Printer(resolve("manual"), Path(3200, 0, 5750))
    return list(Enumerator(SHEET, printer, kinds, positions).placements())


def test_each_stands_before_the_answer_to_the_response_to_the_one_before() -> None:
    [chain] = placed(["read"], "chained-before")
    faults = list(map(str, chain.faults))
    assert faults[:3] == [
        'reply +MIPLNOTIFY=: insert "+MIPLREAD: 0,64000,3200,0,5750"',
        'reply +MIPLREADRSP= nth 2: insert "+MIPLREAD: 0,64001,3200,0,5750"',
        'reply +MIPLREADRSP= nth 3: insert "+MIPLREAD: 0,64002,3200,0,5750"',
    ]
    assert faults[-1] == 'reply +MIPLREADRSP= nth 32: insert "+MIPLREAD: 0,64031,3200,0,5750"'
    assert [str(parse_fault(each)) for each in faults] == faults
    assert [line.mid for line in chain.lines] == list(range(64000, 64032))
    assert str(chain) == (
        f"{REPORT}: 32 lines from +MIPLREAD: 0,64000,3200,0,5750 to "
        "+MIPLREAD: 0,64031,3200,0,5750 one before each answer to the response to the one before"
    )


def test_none_begins_with_the_answer_to_a_request_of_the_platform() -> None:
    answers = [replace(e, text=f"AT+MIPLREADRSP=0,{e.number},11") for e in SHEET.exchanges[1:4]]
    sheet = replace(SHEET, exchanges=(SHEET.exchanges[0], *answers, SHEET.exchanges[4]))
    printer = Printer(resolve("manual"), Path(3200, 0, 5750))
    assert Enumerator(sheet, printer, ["read"], ["chained-before"]).placements() == ()


def test_texts_are_long_and_only_the_first_comes_in_hex_manual_3_12() -> None:
    [chain] = placed(["write"], "chained-before")
    assert chain.lines[0].text.startswith("+MIPLWRITE: 0,64000,3200,0,5750,6,120,6162636465")
    assert chain.lines[1].text.startswith("+MIPLWRITE: 0,64001,3200,0,5750,1,60,abcdef")
    [execute] = placed(["execute"], "chained-after")
    assert {len(line.text) for line in execute.lines} == {240}


def test_platforms_ask_when_the_chain_is_over() -> None:
    """1.5 s later than they would: a host that has all leaves."""
    [chain] = placed(["read"], "chained-before")
    document = {"events": [{"after": {"platform": "ready"}, "delay": "50ms", "cloud": "read /1"}]}
    assert disturbed(document, chain, None)["events"][0]["delay"] == "2s"
    assert document["events"][0]["delay"] == "50ms"


POOL = (
    "static void enqueue(struct at *at, const char *line)\n{\n",
    "static void enqueue(struct at *at, const char *line)\n{\n    static size_t blocks;\n\n"
    "    if ((blocks += strlen(line) / 64) > 64)\n        return;\n",
)
"""Of each line of which the text is long, some blocks of a pool are never free again."""


def test_a_pool_that_runs_out_is_found_and_the_right_host_is_not_blamed(build: Build) -> None:
    right, wrong = (
        known(host, "chained-before", kinds=("execute",)) for host in (build(), build(POOL))
    )
    chain = right.placed(lambda each: each.position == "chained-before")
    assert right.verdict(chain).outcome == "passed"
    found = wrong.verdict(chain)
    assert found.outcome == "broken"
    assert found.why.startswith("the host lost a line: it never answers +MIPLEXECUTE: 0,64021,")
    assert "xxx… (240 characters), although it answers " in found.why
