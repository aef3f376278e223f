"""Whether a host has lived through a collision."""

from dataclasses import replace

import pytest

from emulator.explore.account import Account, Said
from emulator.explore.judging import Observed, judged, merged, unsteady
from emulator.explore.lines import Printed
from emulator.explore.placement import Placement
from emulator.explore.sheet import Exchange, Sheet
from emulator.explore.usual import Usual

COMMAND = "AT+MIPLUPDATE=0,3000,0"
SHEET = Sheet(
    (Exchange(0, COMMAND, b"\r\nOK\r\n"),), sent={COMMAND: 1}, reports={"/3200/0/5750": 2}
)
READ = Printed("read", "+MIPLREAD: 0,64000,3200,0,5750", 64000, "+MIPLREADRSP")
PLACED = Placement(SHEET.exchanges[0], "after", (READ,), "+MIPLUPDATE=", 1)
LIVED = Observed(
    "ended", 0, sent={COMMAND: 1}, answered=frozenset({64000}), reports={"/3200/0/5750": 2}
)


def test_a_host_that_does_all_that_it_did_undisturbed_passes() -> None:
    assert judged(LIVED, SHEET, PLACED).outcome == "passed"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"code": 3, "said": ("x",)}, "the host ended with exit code 3; it said last: x"),
        ({"end": "crashed", "code": -11}, "the host crashed: signal 11"),
        ({"end": "flooded", "code": None}, "the host floods its output"),
        ({"end": "hung", "seconds": 9.0}, "the host is not over after 9.0 s"),
        ({"end": "silent"}, "the host stands still: it writes nothing more"),
        ({"end": "unanswered"}, "the host does not answer a request within 5 s"),
        ({"end": "dialogue", "why": "dialogue[1]: no"}, "dialogue[1]: no"),
        (
            {"answered": frozenset()},
            "the host lost a line: it never answers +MIPLREAD: 0,64000,3200,0,5750",
        ),
        ({"sent": {COMMAND: 2}}, f"the host wrote {COMMAND} 2 times instead of 1"),
        ({"sent": {"AT+NRB": 2}}, "the host wrote AT+NRB 2 times"),
        (
            {"hasty": ("AT+CSQ", "AT+CGATT?")},
            "the host wrote AT+CGATT? before AT+CSQ had its final result",
        ),
        (
            {"reports": {"/3200/0/5750": 1}},
            "/3200/0/5750 was reported 1 times instead of 2",
        ),
    ],
)
def test_what_breaks_it_manual_3_10(changes: dict[str, object], why: str) -> None:
    observed = replace(LIVED, **changes)  # type: ignore[arg-type]
    verdict = judged(observed, SHEET, PLACED)
    assert (verdict.outcome, verdict.why) == ("broken", why)


@pytest.mark.parametrize("text", ["AT", "AT+CEREG?"])
def test_polling_more_often_is_no_break(text: str) -> None:
    sheet = replace(SHEET, sent={text: 1})
    assert judged(replace(LIVED, sent={text: 4}), sheet, PLACED).outcome == "passed"


def test_a_collision_that_never_came_says_nothing_about_the_host() -> None:
    verdict = judged(replace(LIVED, struck=False), SHEET, PLACED)
    assert (verdict.outcome, verdict.why) == ("unreached", "the host never came to this command")


def test_what_it_never_said_undisturbed_is_told_beside_what_it_said_last() -> None:
    """A host that shows its traffic ends with a line of that; the cause was told before."""
    said = ("12:07 up", "no OK to AT+MIPLCLOSE=0 (error -1)", "12:08 up", "< OK")
    account = Account((Said(0.0, True, "AT+MIPLCLOSE=0"), Said(0.1, False, "OK")))
    usual = Usual(output=frozenset({"#:# up"}))
    ended = replace(LIVED, code=1, said=said, account=account)
    assert judged(ended, SHEET, PLACED, usual).why == (
        "the host ended with exit code 1; it said: no OK to AT+MIPLCLOSE=0 (error -1); "
        "and last: < OK"
    )


def test_no_secret_is_told() -> None:
    said = 'AT+MIPLCREATEEX="h:5684",0,,"secret"'
    verdict = judged(replace(LIVED, code=1, said=(said,)))
    assert "secret" not in verdict.why


def test_two_lives_are_one_measure() -> None:
    other = replace(SHEET, sent={COMMAND: 3}, reports={"/3200/0/5750": 1}, seconds=4.0)
    both = merged(SHEET, other)
    assert (both.sent[COMMAND], both.reports["/3200/0/5750"], both.seconds) == (3, 1, 4.0)
    assert unsteady(SHEET, other) == ""
    shorter = replace(SHEET, exchanges=())
    assert unsteady(SHEET, shorter) == "it wrote 1 commands in one run and 0 in the other"
