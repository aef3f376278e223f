"""Bugs around pieces, pauses, bursts and own lines, planted in the C host: one placement each."""

from dataclasses import dataclass

import pytest

from emulator.explore.document import document_of, text_of
from emulator.explore.enumeration import Enumerator
from emulator.explore.judging import judged
from emulator.explore.lines import Printer
from emulator.explore.placement import Placement
from emulator.explore.sheet import Sheet
from emulator.explore.trial import Bounds, Plan, live
from emulator.explore.usual import usual_of
from emulator.quirks import resolve
from emulator.scenario.platform_words import parse_deed
from emulator.scenario.reading import read_scenario
from lwm2m_core.paths import Path
from tests.emulator.explore.conftest import ASKS, PATIENCE, Build

SHORT_S = 3.0  # what a host gets that may wait for ever
AROUND = {"model": "MN316", "timing": "fast", "quirks": {"late_rsp": "ok"}}

Changes = tuple[tuple[str, str], ...]

TAKES = "            next = next_line(at, deadline, &result);\n"
WRITES = "    if (port_write(at->port, command"
READS = "        int got = left > 0 ? port_read(at->port, at->input, sizeof at->input, left) : 0;\n"
QUEUES = """        if (handler_of(at, line, &fields) != NULL)
            enqueue(at, line);
"""

READS_ALL_FIRST: Changes = (
    (
        TAKES,
        TAKES
        + """            if (next != NULL) {
                enqueue(at, next);
                while (at->taken < at->filled)
                    if ((next = at_take(&at->reader, at->input[at->taken++])) != NULL)
                        enqueue(at, next);
                continue;
            }
""",
    ),
)
FORGETS_HALF_A_LINE: Changes = (
    *READS_ALL_FIRST,
    (WRITES, f"    at->reader.length = 0;\n{WRITES}"),
)
ENDS_LINES_BY_TIME: Changes = (
    (
        READS,
        READS.replace("input, left)", "input, left > 100 ? 100 : left)")
        + "        if (got == 0)\n            at->reader.length = 0;\n",
    ),
)
FINDS_OK_ANYWHERE: Changes = (('strcmp(line, "OK") == 0', 'strstr(line, "OK") != NULL'),)
TAKES_NO_EVENT_FOR_AN_ANSWER: Changes = (
    (QUEUES, QUEUES.replace("if (", 'if (strncmp(line, "+MIPLEVENT", 10) != 0 && ')),
)
QUEUE_OF_FOUR: Changes = (("AT_QUEUE_LIMIT = 16", "AT_QUEUE_LIMIT = 4"),)
LINES_OF_128: Changes = (("AT_LINE_LIMIT = 2048", "AT_LINE_LIMIT = 128"),)
SLOTS_OF_64: Changes = (
    (
        "    strcpy(at->queue[(at->first + at->queued++) % AT_QUEUE_LIMIT], line);\n",
        '    snprintf(at->queue[(at->first + at->queued++) % AT_QUEUE_LIMIT], 64, "%s", line);\n',
    ),
)
NEEDS_A_LINE_TOO_LATE: Changes = (
    (
        "handler->handle(at->context, fields);",
        "handler->handle(at->context, next + (fields - line));",
    ),
    (
        "host.c:     answered(host, &host->written);\n",
        "    take_text(host, fields + start, length);\n    answered(host, &host->written);\n",
    ),
)
DROPS_WHAT_FOLLOWS_A_WAIT: Changes = (
    (
        '    return wait_for(host, &host->delivered, EVENT_MS, "event 26");\n',
        """    bool delivered = wait_for(host, &host->delivered, EVENT_MS, "event 26");
    host->at.taken = host->at.filled;
    return delivered;
""",
    ),
)
QUEUED = "    if (at->queued == AT_QUEUE_LIMIT) {\n"
NEVER_FREES_A_SLOT: Changes = (
    (QUEUED, f"    static int used;\n{QUEUED.replace('at->queued =', 'used++ >')}"),
)
HOLDS_512_BYTES: Changes = (
    ("#include <string.h>\n", "#include <string.h>\nstatic size_t held;\n"),
    (QUEUED, QUEUED.replace(") {", " || held + strlen(line) > 512) {")),
    ("    strcpy(at->queue[(", "    held += strlen(line);\n    strcpy(at->queue[("),
    (
        "            at->queued--;\n",
        "            at->queued--;\n            held -= strlen(next);\n",
    ),
)


@dataclass(frozen=True)
class Case:
    """The placement of this position, kind and pause at this command breaks the changed host; of
    several there one beside the module's own line that begins so, of so many lines at least."""

    changes: Changes
    position: str
    command: str
    kind: str = "read"
    pause: float = 0.02
    file: str = "at.c"
    own: str = ""
    lines: int = 0


CASES = {
    "half": Case(FORGETS_HALF_A_LINE, "half-own", "AT+MIPLREADRSP"),
    "half-behind": Case(FORGETS_HALF_A_LINE, "half-after", "AT+MIPLNOTIFY"),
    "timer": Case(ENDS_LINES_BY_TIME, "cut-answer", "AT+MIPLNOTIFY", pause=1.2),
    "timer-own": Case(ENDS_LINES_BY_TIME, "tail-after", "AT+MIPLNOTIFY", pause=1.2),
    "strstr": Case(FINDS_OK_ANYWHERE, "telling-before", "AT+MIPLREADRSP", "write"),
    "overtaken": Case(TAKES_NO_EVENT_FOR_AN_ANSWER, "overtaking", "AT+MIPLOPEN"),
    "queue": Case(QUEUE_OF_FOUR, "burst-after", "AT+MIPLNOTIFY", file="at.h"),
    "long": Case(LINES_OF_128, "long-before", "AT+MIPLNOTIFY", "execute", file="at.h"),
    "slots": Case(SLOTS_OF_64, "long-before", "AT+MIPLREADRSP", "write"),
    "behind-own": Case(
        DROPS_WHAT_FOLLOWS_A_WAIT,
        "own-after",
        "AT+MIPLNOTIFY",
        file="host.c",
        own="+MIPLEVENT: 0,26",
    ),
    "slots-used": Case(NEVER_FREES_A_SLOT, "repeated-before", "AT+MIPLNOTIFY", "event", lines=4),
    "bytes": Case(HOLDS_512_BYTES, "bulk-before", "AT+MIPLNOTIFY", "write", lines=8),
    "kept": Case(NEEDS_A_LINE_TOO_LATE, "before", "AT+MIPLWRITERSP", "parameter"),
}


def around(host: object) -> Plan:
    document = document_of(AROUND, list(map(parse_deed, ASKS)), [])
    reading = read_scenario(text_of(document).encode())
    assert reading.scenario is not None
    return Plan((str(host), "{port}"), reading.scenario, 1)


def placement(sheet: Sheet, case: Case) -> Placement:
    """Of several cuts one inside the line."""
    printer = Printer(resolve("manual"), Path(3200, 0, 5750))
    every = Enumerator(sheet, printer, [case.kind], [case.position], every=True).placements()
    found = [
        each
        for each in every
        if each.exchange.text.startswith(case.command) and each.pause == case.pause
        if each.own.startswith(case.own) and len(each.lines) >= case.lines
    ]
    found = [each for each in found if each.exchange == found[0].exchange]
    return found[len(found) // 2 if found[0].at else 0]


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_a_bug_is_found_and_the_right_host_is_not_blamed(build: Build, case: Case) -> None:
    """Manual 3.10, 3.12, 3.14, 3.20: lines come at any time; V.250 5.7: they end with CR LF alone,
    whatever the pauses."""
    right, wrong = around(build()), around(build(*case.changes, file=case.file))
    calm = live(right, Bounds(PATIENCE))
    placed, account = placement(calm.sheet, case), calm.observed.account
    usual = usual_of(account, account)
    assert judged(live(wrong, Bounds(PATIENCE)).observed).outcome == "passed"
    for plan, patience, outcome in ((right, PATIENCE, "passed"), (wrong, SHORT_S, "broken")):
        observed = live(plan, Bounds(patience), placed).observed
        assert judged(observed, calm.sheet, placed, usual).outcome == outcome
