"""What of a life is not as it was undisturbed, and the dialogue that shows it."""

from dataclasses import replace

import pytest

from emulator.explore.account import Account, Said
from emulator.explore.document import loosened
from emulator.explore.expecting import expected
from emulator.explore.found import Found, Tried
from emulator.explore.judging import Observed, Verdict, judged
from emulator.explore.lines import Printed
from emulator.explore.lived import Sign
from emulator.explore.placement import Placement
from emulator.explore.sheet import Exchange, Sheet
from emulator.explore.usual import Command, usual_of

OPEN, CLOSE = "AT+MIPLOPEN=0,3000,30", "AT+MIPLCLOSE=0"
NOTIFY = 'AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"abcd",0,0'
ASKED, ANSWER = "+MIPLREAD: 0,501,3200,0,5750", "AT+MIPLREADRSP=0,501,1,3200,0,5750,1,4,"
UNDISTURBED = (
    f"> {OPEN}",
    "< OK",
    "< +MIPLEVENT: 0,6",
    f"> {NOTIFY}",
    "< OK",
    f"< {ASKED}",
    f'> {ANSWER}"abcd",0,0',
    "< OK",
    f"> {CLOSE}",
    "< OK",
)
COLLIDES = Printed("read", "+MIPLREAD: 0,64000,3200,0,5750", 64000, "+MIPLREADRSP")
ANSWERED = (f"< {COLLIDES.text}", f'> {ANSWER.replace("501", "64000")}"abcd",0,0', "< OK")


def account(*lines: str) -> Account:
    """Half a second between two lines."""
    said = enumerate(lines)
    return Account(tuple(Said(n / 2, each.startswith(">"), each[2:]) for n, each in said))


LIFE = account(*UNDISTURBED)
USUAL = usual_of(LIFE, LIFE)
EXCHANGES = tuple(Exchange(n, text, b"\r\nOK\r\n") for n, text in enumerate((OPEN, NOTIFY, CLOSE)))
SHEET = Sheet(EXCHANGES, sent={OPEN: 1, NOTIFY: 1, CLOSE: 1})
PLACED = Placement(EXCHANGES[1], "after", (COLLIDES,), "+MIPLNOTIFY=", 1)


def lived(*lines: str, **changes: object) -> Observed:
    told = account(*lines)
    mids = frozenset(each.mid for each in told.answers)
    observed = Observed("ended", 0, answered=mids, account=told)
    return replace(observed, **changes)  # type: ignore[arg-type]


def disturbed(*changes: tuple[str, str]) -> tuple[str, ...]:
    """A life with the collision, some lines of which are others."""
    lines = (*UNDISTURBED[:5], *ANSWERED, *UNDISTURBED[5:])
    others = dict(changes)
    assert others.keys() <= set(lines)
    return tuple(others.get(each, each) for each in lines if others.get(each, each))


def test_what_two_lives_have_in_common() -> None:
    assert USUAL.commands == (
        Command(OPEN, OPEN, 0.0, "OK"),
        Command(NOTIFY, NOTIFY, 1.5, "OK"),
        Command(CLOSE, CLOSE, 2.5, "OK"),
    )
    assert USUAL.answered == {"+MIPLREAD: 0,{*},3200,0,5750"}


def test_what_differs_in_two_lives_is_left_open() -> None:
    other = account(*(each.replace('"abcd"', '"efgh"') for each in UNDISTURBED))
    usual = usual_of(LIFE, other)
    assert usual.commands[1].text == "AT+MIPLNOTIFY={*}"
    assert usual.varying == {"AT+MIPLNOTIFY", "AT+MIPLREADRSP"}


def test_a_life_with_the_answer_has_nothing_odd() -> None:
    verdict = judged(lived(*disturbed()), SHEET, PLACED, USUAL)
    assert verdict == Verdict("passed")


WRITES = Printed("write", "+MIPLWRITE: 0,64000,3200,0,5750,1,4,stuv,0", 64000, "+MIPLWRITERSP")
NEW = NOTIFY.replace("abcd", "stuv")


@pytest.mark.parametrize(
    ("reports", "told"),
    [
        ({NOTIFY: 1, NEW: 2}, ""),
        ({NOTIFY: 1, NEW: 3}, f"the host wrote {NEW} 3 times"),
    ],
)
def test_a_host_that_reports_again_reports_what_was_written_manual_3_12(
    reports: dict[str, int], told: str
) -> None:
    """It reports three times undisturbed; a WRITE comes behind the first."""
    sheet = replace(SHEET, sent={**SHEET.sent, NOTIFY: 3})
    answered = (f"< {WRITES.text}", "> AT+MIPLWRITERSP=0,64000,2", "< OK")
    life = lived(*UNDISTURBED[:5], *answered, *UNDISTURBED[5:])
    life = replace(life, sent={**SHEET.sent, **reports})
    assert judged(life, sheet, replace(PLACED, lines=(WRITES,)), USUAL).why == told


def test_a_report_on_the_other_side_of_a_write_has_another_value_manual_3_12() -> None:
    """What the module prints comes later here: undisturbed the report came behind the WRITE."""
    usual = usual_of(account(*UNDISTURBED), account(*UNDISTURBED))
    usual = replace(usual, fields=usual.fields | {"efgh"})
    asked = ("< +MIPLWRITE: 0,502,3200,0,5750,1,4,efgh,0", "> AT+MIPLWRITERSP=0,502,2", "< OK")
    lines = [each.replace('0,5750,1,4,"abcd",0,0', '0,5750,1,4,"efgh",0,0') for each in UNDISTURBED]
    assert f"> {NOTIFY.replace('abcd', 'efgh')}" in lines
    life = lived(*lines[:5], *ANSWERED, *lines[5:8], *asked, *lines[8:])
    life = replace(life, sent={OPEN: 1, NOTIFY.replace("abcd", "efgh"): 1, CLOSE: 1})
    usual = replace(usual, mids=usual.mids | {502})
    assert judged(life, SHEET, PLACED, usual).why == ""
    without = lived(*lines[:5], *ANSWERED, *lines[5:])
    assert judged(without, SHEET, PLACED, usual).why.startswith("the host wrote AT+MIPLNOTIFY=")


OTHER = NOTIFY.replace("abcd", "+CER")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        (
            ((f'> {ANSWER}"abcd",0,0', f'> {ANSWER.replace("501", "77")}"abcd",0,0'),),
            "the host answers what nobody has asked: "
            'AT+MIPLREADRSP=0,77,1,3200,0,5750,1,4,"abcd",0,0',
        ),
        (
            ((f'> {ANSWER}"abcd",0,0', "> AT+MIPLWRITERSP=0,501,2"),),
            "the host answers +MIPLREAD with AT+MIPLWRITERSP=0,501,2",
        ),
        (
            ((f'> {ANSWER}"abcd",0,0', ANSWERED[1]),),
            "the host answers +MIPLREAD: 0,64000,3200,0,5750 of 2.500 s 2 times: "
            'AT+MIPLREADRSP=0,64000,1,3200,0,5750,1,4,"abcd",0,0',
        ),
        (
            ((f'> {ANSWER}"abcd",0,0', f'> {ANSWER}"+CER",0,0'),),
            "the host answers with '+CER', which nobody has written: "
            'AT+MIPLREADRSP=0,501,1,3200,0,5750,1,4,"+CER",0,0',
        ),
        (((f"> {NOTIFY}", f"> {OTHER}"),), f"the host wrote {OTHER} instead of {NOTIFY}"),
        (((f"> {NOTIFY}", ""),), f"the host never wrote {NOTIFY}"),
    ],
)
def test_what_is_odd_manual_3_10(changes: tuple[tuple[str, str], ...], why: str) -> None:
    verdict = judged(lived(*disturbed(*changes)), SHEET, PLACED, USUAL)
    assert (verdict.outcome, verdict.why) == ("broken", why)


def test_a_request_that_came_again_was_lost_the_first_time() -> None:
    """Decision 31: the repeat of an unanswered request is printed once more, with the same mid."""
    life = (*UNDISTURBED[:5], *ANSWERED, f"< {ASKED}", *UNDISTURBED[5:])
    verdict = judged(lived(*life), SHEET, PLACED, USUAL)
    assert verdict.why == (
        f"the host lost a line: it answers {ASKED} only when the platform asks again"
    )
    assert verdict.sign.pattern == "+MIPLREAD: 0,{*},3200,0,5750"
    assert (verdict.sign.side, verdict.sign.more_than) == ("module", 2)


def test_a_request_that_came_again_undisturbed_is_no_sign() -> None:
    life = account(*UNDISTURBED[:6], f"< {ASKED}", *UNDISTURBED[6:])
    again = (*disturbed(), f"< {ASKED}")
    assert judged(lived(*again), SHEET, PLACED, usual_of(life, LIFE)).outcome == "passed"


def test_behind_a_write_a_host_may_say_something_else_manual_3_12() -> None:
    write = Printed("write", "+MIPLWRITE: 0,64000,3200,0,5750,1,4,efgh,0", 64000, "+MIPLWRITERSP")
    life = [each.replace('"abcd"', '"efgh"') for each in UNDISTURBED]
    life[1:1] = [f"< {write.text}", "> AT+MIPLWRITERSP=0,64000,2", "< OK"]
    placed = replace(PLACED, lines=(write,))
    assert judged(lived(*life), SHEET, placed, USUAL).outcome == "passed"


def test_the_dialogue_has_what_the_host_writes_undisturbed_and_its_answer() -> None:
    found = expected(PLACED, replace(SHEET, silence=2.5), USUAL, Sign(), 0.0)
    assert found.entries == (
        {"host": OPEN, "within": "7s"},
        {"host": NOTIFY, "within": "10s"},
        {"host": "AT+MIPLREADRSP={*},64000,{*}", "within": "8s"},
        {"host": CLOSE, "within": "12s"},
    )


def test_an_answer_may_come_behind_commands_that_do_not_leave() -> None:
    placed = replace(PLACED, exchange=EXCHANGES[0])
    found = expected(placed, SHEET, USUAL, Sign(), 0.0)
    assert found.entries[1] == {
        "unordered": [{"host": "AT+MIPLREADRSP={*},64000,{*}"}, {"host": NOTIFY}],
        "within": "11s",
    }


def test_the_dialogue_forbids_what_gave_the_break_away() -> None:
    again = expected(PLACED, SHEET, USUAL, Sign("host", NOTIFY, 1), 0.5)
    assert again.entries[0] == {"never": {"host": NOTIFY}, "more_than": 1}
    assert again.entries[-1] == {"pause": "2s"}
    hasty = expected(PLACED, SHEET, USUAL, Sign(hasty=(NOTIFY, CLOSE)), 0.0)
    never = {"never": {"host": "AT{*}"}, "after": {"host": NOTIFY}, "until": "OK"}
    assert hasty.entries[0] == never


def test_events_that_do_not_happen_undisturbed_are_left_out() -> None:
    document = {"events": [{"cloud": "forget"}, {"at": "60s", "power": "off"}]}
    assert loosened(document, PLACED, [1]) == {"events": [{"cloud": "forget"}]}


def test_placements_of_one_command_that_broke_it_once_are_a_race() -> None:
    once = [Tried(replace(PLACED, at=n), Verdict("broken", "x")) for n in range(2)]
    passed = [Tried(replace(PLACED, at=n), Verdict("passed")) for n in range(5)]
    found = Found(SHEET, 5, 0, tried=passed, unsteady=once)
    [race] = found.races
    assert (race.command, race.once, race.tried) == (NOTIFY, 2, 5)
    assert Found(SHEET, 5, 0, tried=passed, unsteady=once[:1]).races == []
