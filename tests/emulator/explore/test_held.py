"""Bugs in waiting, planted in the C host: something that it waits for is held back."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import pytest

from emulator.explore import trying
from emulator.explore.calm import Calm
from emulator.explore.enumeration import Enumerator
from emulator.explore.found import Break, Found
from emulator.explore.judging import Observed, Verdict, judged
from emulator.explore.lines import Printer
from emulator.explore.placement import Placement
from emulator.explore.positions import ranked
from emulator.explore.searching import Search, Wanted
from emulator.explore.sheet import Exchange, Own, Sheet
from emulator.explore.showing import as_text
from emulator.explore.shrinking import richer
from emulator.explore.trial import Bounds, Life, Plan, live
from emulator.explore.trying import Tries
from emulator.explore.usual import usual_of
from emulator.faults.whats import Delay
from emulator.quirks import resolve
from lwm2m_core.paths import Path
from tests.emulator.explore.conftest import PATIENCE, Build
from tests.emulator.explore.test_planted_places import SHORT_S, Changes, around

PRINTER = Printer(resolve("manual"), Path(3200, 0, 5750))
LATE_S = 1.5  # instead of 8 s, for a host whose commands have a second
DEADLINE = "    long deadline = port_clock() + milliseconds;\n"
SET = "    deadline = port_clock() + milliseconds;\n"

TAKES_ANY_EVENT: Changes = (
    ("    bool read, written,", "    bool leaving, read, written,"),
    ("    switch (event) {\n", "    host->left = host->leaving;\n    switch (event) {\n"),
    (
        '    command(host, "AT+MIPLCLOSE=0");\n',
        '    command(host, "AT+MIPLCLOSE=0");\n    host->leaving = true;\n',
    ),
)
LOOKS_AT_ITS_QUEUE_ONCE: Changes = (
    (
        "    char line[AT_LINE_LIMIT];",
        "    size_t known = at->queued;\n    char line[AT_LINE_LIMIT];",
    ),
    ("        if (at->queued > 0) {\n", "        if (known > 0) {\n            known--;\n"),
)
ONE_TIMER: Changes = (
    ("#include <string.h>\n", "#include <string.h>\nstatic long deadline;\n"),
    (
        f"{DEADLINE}    enum at_result result = AT_GONE;\n    const char *line, *fields;\n",
        f"    enum at_result result = AT_GONE;\n    const char *line, *fields;\n{SET}",
    ),
    (f"{DEADLINE}    char line", f"{SET}    char line"),
)
IN_A_HURRY: Changes = (("EVENT_MS = 35000,", "EVENT_MS = 1000,"),)


def placements(sheet: Sheet, kind: str, *positions: str) -> list[Placement]:
    return list(Enumerator(sheet, PRINTER, [kind], positions).placements())


@dataclass(frozen=True)
class Case:
    changes: Changes
    position: str
    command: str
    kind: str
    file: str = "at.c"


CASES = {
    "any-event": Case(TAKES_ANY_EVENT, "held-after", "AT+MIPLCLOSE", "event", "host.c"),
    "any-event-apart": Case(TAKES_ANY_EVENT, "held-apart-after", "AT+MIPLCLOSE", "event", "host.c"),
    "queue": Case(LOOKS_AT_ITS_QUEUE_ONCE, "guarded-after", "AT+MIPLNOTIFY", "read"),
}


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_a_bug_is_found_and_the_right_host_is_not_blamed(build: Build, case: Case) -> None:
    """Manual 3.20: event 15 is what tells that CLOSE is done, 33 and 11 are not; 3.10: a READ comes
    at any time."""
    right, wrong = around(build()), around(build(*case.changes, file=case.file))
    quiet = live(right, Bounds(PATIENCE))
    usual = usual_of(quiet.observed.account, quiet.observed.account)
    left = tuple(each for each in usual.orders if each.line == "+MIPLEVENT: 0,15")
    usual = replace(usual, calm=Calm(orders=left))
    every = placements(quiet.sheet, case.kind, case.position)
    placed = next(each for each in every if each.exchange.text.startswith(case.command))
    assert judged(live(wrong, Bounds(PATIENCE)).observed).outcome == "passed"
    for plan, patience, outcome in ((right, PATIENCE, "passed"), (wrong, SHORT_S, "broken")):
        observed = live(plan, Bounds(patience), placed).observed
        assert judged(observed, quiet.sheet, placed, usual).outcome == outcome


def late(sheet: Sheet) -> Placement:
    placed = placements(sheet, "read", "meanwhile-after")[0]
    beside = tuple(replace(each, what=Delay(LATE_S)) for each in placed.beside)
    return replace(placed, pause=LATE_S, beside=beside)


def calm(sheet: Sheet) -> Found:
    return Found(sheet, 1, 0)


def search(plan: Plan) -> Search:
    return Search(plan, Wanted(()), lambda _: PRINTER, lambda _: None)


def tries(plan: Plan, found: Found) -> Tries:
    nothing: Any = None
    return Tries(plan, Bounds(PATIENCE), nothing, 1, found, Calm)


def test_a_request_while_it_waits_does_not_shorten_what_a_host_waits(build: Build) -> None:
    right = around(build(reply_ms=1000))
    wrong = around(build(*ONE_TIMER, reply_ms=1000))
    sheet = live(right, Bounds(PATIENCE)).sheet
    placed = late(sheet)
    assert judged(live(right, Bounds(PATIENCE), placed).observed, sheet, placed).why == ""
    broken, found = (
        judged(live(wrong, Bounds(PATIENCE), placed).observed, sheet, placed),
        calm(sheet),
    )
    assert "waited in vain for event 26" in broken.why
    assert tries(wrong, found)._is_patient(placed) is True
    assert found.notes == []


def test_a_host_that_does_not_wait_so_long_is_not_blamed(build: Build) -> None:
    plan = around(build(*IN_A_HURRY, file="host.c"))
    sheet = live(plan, Bounds(PATIENCE)).sheet
    placed, found = late(sheet), calm(sheet)
    observed = Observed("ended", 1)
    assert judged(observed, sheet, placed).outcome == "broken"
    assert tries(plan, found).verdict(placed, observed).outcome == "passed"
    assert found.notes == [
        "the host does not wait so long for a line: it gives up with "
        'urc +MIPLEVENT match "+MIPLEVENT: 0,26,147": delay 1.5s alone'
    ]
    assert found.notes[0] in as_text(found).splitlines()


REPORT = 'AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"abcd",0,0,147'
SHEET = Sheet(
    (
        Exchange(0, "AT+MIPLOPEN=0,3000,30", b"\r\nOK\r\n", follows=True),
        Exchange(1, REPORT, b"\r\nOK\r\n", is_registered=True, follows=True),
        Exchange(2, "AT+MIPLREADRSP=0,7,1", b"\r\nOK\r\n", is_registered=True),
        Exchange(3, "AT+MIPLCLOSE=0", b"\r\nOK\r\n", is_registered=True, follows=True),
    ),
    own=(
        Own("event", "+MIPLEVENT: 0,6", 1, "+MIPLEVENT"),
        Own("observe", "+MIPLOBSERVE: 0,5,1,3200,0,-1", 1, "+MIPLOBSERVE"),
        Own("event", "+MIPLEVENT: 0,26,147", 2, "+MIPLEVENT", (15,)),
        Own("read", "+MIPLREAD: 0,7,3200,0,5750", 2, "+MIPLREAD", mid=7),
        Own("event", "+MIPLEVENT: 0,15", 4, "+MIPLEVENT", (15, 20)),
    ),
)


@pytest.mark.parametrize(
    ("kind", "position", "expected"),
    [
        (
            "event",
            "held-after",
            [
                'reply +MIPLOPEN=: insert "+MIPLEVENT: 0,33" after; '
                'urc +MIPLEVENT match "+MIPLEVENT: 0,6": delay 0.3s; '
                "urc +MIPLOBSERVE: delay 0.3s",
                'reply +MIPLOPEN=: insert "+MIPLEVENT: 0,33" after; urc +MIPLOBSERVE: delay 0.3s',
                'reply +MIPLNOTIFY=: insert "+MIPLEVENT: 0,33" after; '
                'urc +MIPLEVENT match "+MIPLEVENT: 0,26,147": delay 0.3s',
                'reply +MIPLCLOSE=: insert "+MIPLEVENT: 0,33" after; '
                'urc +MIPLEVENT match "+MIPLEVENT: 0,15": delay 0.3s',
            ],
        ),
        (
            "event",
            "withheld",
            [
                "urc +MIPLEVENT: delay 1.2s; urc +MIPLOBSERVE: delay 1.2s",
                "urc +MIPLOBSERVE: delay 1.2s",
                "urc +MIPLEVENT nth 2: delay 1.2s",
                "urc +MIPLEVENT nth 3: delay 1.2s",
            ],
        ),
        (
            "read",
            "held-after",
            [
                'reply +MIPLNOTIFY=: insert "+MIPLREAD: 0,64000,3200,0,5750" after; '
                'urc +MIPLEVENT match "+MIPLEVENT: 0,26,147": delay 1.2s'
            ],
        ),
        (
            "read",
            "late-before",
            ['reply +MIPLNOTIFY=: insert "+MIPLREAD: 0,64000,3200,0,5750" pause 3.5s'],
        ),
        (
            "read",
            "late-after",
            [
                'reply +MIPLNOTIFY=: insert "+MIPLREAD: 0,64000,3200,0,5750" after; '
                "reply +MIPLREADRSP=: delay 3.5s"
            ],
        ),
        (
            "read",
            "guarded-after",
            [
                'reply +MIPLNOTIFY=: insert "+MIPLREAD: 0,64000,3200,0,5750" after; '
                "reply +MIPLREADRSP=: delay 0.3s"
            ],
        ),
        (
            "read",
            "meanwhile-after",
            [
                'reply +MIPLNOTIFY=: insert "+MIPLREAD: 0,64000,3200,0,5750" after; '
                'urc +MIPLEVENT match "+MIPLEVENT: 0,26,147": delay 8s'
            ],
        ),
    ],
)
def test_what_is_held_back_where(kind: str, position: str, expected: list[str]) -> None:
    found = placements(SHEET, kind, position)
    assert ["; ".join(map(str, each.faults)) for each in found] == expected


def test_a_host_that_does_not_wait_so_long_is_not_blamed_for_the_simplest_either(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All break it, and what is late for long does so without the request, too."""
    nothing: Any = None
    broken = Verdict("broken", "waited in vain")
    monkeypatch.setattr(trying, "live", lambda *_: Life(nothing, SHEET))
    monkeypatch.setattr(trying, "judged", lambda *_: broken)
    monkeypatch.setattr(trying, "has_waited_long", lambda *_: False)
    burst, *_ = placements(SHEET, "read", "burst-after")
    simple = placements(SHEET, "read", "meanwhile-after")
    found = Found(SHEET, 1, 0, breaks=[Break(burst, "", nothing)])
    with ThreadPoolExecutor(1) as executor:
        plan = around("host")
        several = Tries(plan, Bounds(PATIENCE), executor, 1, found, Calm)
        least = search(plan)._least(several, found, simple)
    assert (least.placed, len(found.notes), found.shrunk) == (burst, 1, 1)


def test_six_lines_at_most_are_late_for_long() -> None:
    own = tuple(Own("event", f"+MIPLEVENT: 0,{n}", 2, "+MIPLEVENT") for n in range(21, 29))
    late = placements(replace(SHEET, own=own), "read", "meanwhile-after")
    assert [each.beside[0].match for each in late] == [
        "+MIPLEVENT: 0,21",
        "+MIPLEVENT: 0,22",
        "+MIPLEVENT: 0,23",
        "+MIPLEVENT: 0,24",
        "+MIPLEVENT: 0,25",
        "+MIPLEVENT: 0,26",
    ]


def test_a_race_is_tried_with_the_answer_to_the_response_late() -> None:
    every = placements(SHEET, "read", *ranked(True))
    behind = next(e for e in every if e.position == "after" and len(e.lines) == 1)
    assert str(richer(behind, every)[0].faults[1]) == "reply +MIPLREADRSP=: delay 0.3s"
