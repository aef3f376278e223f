"""Three failures of drivers in the field, planted in the C host: one placement each breaks it."""

import pytest

from emulator.explore.document import document_of, text_of
from emulator.explore.enumeration import Enumerator
from emulator.explore.judging import judged
from emulator.explore.lines import Printer
from emulator.explore.placement import Placement
from emulator.explore.trial import Bounds, Plan, live
from emulator.quirks import resolve
from emulator.scenario.platform_words import parse_deed
from emulator.scenario.reading import read_scenario
from lwm2m_core.paths import Path
from tests.emulator.explore.conftest import ASKS, PATIENCE, Build

SHORT_S = 2.0  # what a host gets that may wait for ever
AROUND = {"model": "MN316", "timing": "fast", "quirks": {"late_rsp": "ok"}}

QUEUES = """        if (handler_of(at, line, &fields) != NULL)
            enqueue(at, line);
"""
WRITES = "    if (port_write(at->port, command"
OBSERVES = '    if (sscanf(fields, "%*d,%*d,%d,%d", &flag, &object)'

TAKES_THE_FIRST_FOR_AN_ECHO = (
    (QUEUES, QUEUES.replace("if (", "if (!echo && ") + "        echo = false;\n"),
    ("    const char *line, *fields;\n", "    const char *line, *fields;\n    bool echo = true;\n"),
)
FLUSHES_BEFORE_A_COMMAND = ((WRITES, f"    at->taken = at->filled = 0;\n{WRITES}"),)
OBSERVED_ONLY_WHEN_REGISTERED = (
    (OBSERVES, f"    if (!host->registered)\n        return;\n{OBSERVES}"),
)


def first(placements: tuple[Placement, ...], command: str) -> Placement:
    return next(each for each in placements if each.exchange.text.startswith(command))


@pytest.mark.parametrize(
    ("changes", "file", "position", "command", "lines"),
    [
        (TAKES_THE_FIRST_FOR_AN_ECHO, "at.c", "before", "AT+MIPLREADRSP", 1),
        (FLUSHES_BEFORE_A_COMMAND, "at.c", "after", "AT+MIPLREADRSP", 2),
        (OBSERVED_ONLY_WHEN_REGISTERED, "host.c", "swapped", "AT+MIPLOPEN", 2),
    ],
)
def test_a_failure_of_the_field_is_found_and_the_right_host_is_not_blamed(
    build: Build,
    changes: tuple[tuple[str, str], ...],
    file: str,
    position: str,
    command: str,
    lines: int,
) -> None:
    """Manual 3.10, 3.18, 3.20: READ, OBSERVE and EVENT are printed at any time."""
    reading = read_scenario(text_of(document_of(AROUND, list(map(parse_deed, ASKS)), [])).encode())
    assert reading.scenario is not None
    right, wrong = (
        Plan((str(host), "{port}"), reading.scenario, 1)
        for host in (build(), build(*changes, file=file))
    )
    sheet = live(right, Bounds(PATIENCE)).sheet
    printer = Printer(resolve("manual"), Path(3200, 0, 5750))
    every = Enumerator(sheet, printer, ["read"], [position]).placements()
    placed = first(tuple(each for each in every if len(each.lines) == lines), command)
    assert judged(live(right, Bounds(PATIENCE), placed).observed, sheet, placed).outcome == "passed"
    assert judged(live(wrong, Bounds(PATIENCE)).observed).outcome == "passed"
    assert judged(live(wrong, Bounds(SHORT_S), placed).observed, sheet, placed).outcome == "broken"
