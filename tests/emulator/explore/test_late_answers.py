"""A line beside an answer that is away for long: what a host has to hold meanwhile."""

from emulator.explore.judging import Verdict, judged
from emulator.explore.trial import Bounds, live
from tests.emulator.explore.conftest import PATIENCE, Build
from tests.emulator.explore.test_held import calm, placements, tries
from tests.emulator.explore.test_planted_places import Changes, around


def test_a_host_that_gives_up_at_a_late_answer_alone_is_not_blamed_for_the_line_before(
    build: Build,
) -> None:
    """A command may take five seconds; this host waits a second for it."""
    plan = around(build(reply_ms=1000))
    sheet = live(plan, Bounds(PATIENCE)).sheet
    placed, found = placements(sheet, "read", "late-before")[0], calm(sheet)
    observed = live(plan, Bounds(PATIENCE), placed).observed
    assert judged(observed, sheet, placed).outcome == "broken"
    assert tries(plan, found).verdict(placed, observed) == Verdict("passed")
    assert found.notes == [
        "the host does not wait so long for an answer: it gives up with "
        "reply +MIPLNOTIFY=: split 1 pause 3.5s alone"
    ]


EXPIRES: Changes = (
    (
        "    strcpy(at->queue[(at->first",
        "    since[(at->first + at->queued) % AT_QUEUE_LIMIT] = port_clock();\n"
        "    strcpy(at->queue[(at->first",
    ),
    ("static void enqueue", "static long since[AT_QUEUE_LIMIT];\n\nstatic void enqueue"),
    (
        "        if (at->queued > 0) {\n",
        "        if (at->queued > 0) {\n            if (port_clock() - since[at->first] > 2000) {\n"
        "                at->first = (at->first + 1) % AT_QUEUE_LIMIT;\n"
        "                at->queued--;\n                continue;\n            }\n",
    ),
)
"""What has waited for two seconds is dropped."""


def test_a_line_that_expires_while_a_command_takes_its_time_is_found(build: Build) -> None:
    """A platform waits longer than that for its answer; a command may take five seconds."""
    right, wrong = around(build()), around(build(*EXPIRES))
    sheet = live(right, Bounds(PATIENCE)).sheet
    placed, found = placements(sheet, "read", "late-before")[0], calm(sheet)
    for plan, outcome in ((right, "passed"), (wrong, "broken")):
        observed = live(plan, Bounds(PATIENCE), placed).observed
        assert tries(plan, found).verdict(placed, observed).outcome == outcome
    assert found.notes == []
