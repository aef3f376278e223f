"""What a host has missed that writes nothing more, or has ended."""

import pytest

from emulator.explore.judging import judged
from emulator.explore.usual import usual_of
from emulator.explore.waits import waited
from tests.emulator.explore.test_comparing import (
    ANSWERED,
    ASKED,
    CLOSE,
    NOTIFY,
    PLACED,
    SHEET,
    UNDISTURBED,
    USUAL,
    account,
    lived,
)

DELIVERED = "+MIPLEVENT: 0,26,147"
WAITS = (*UNDISTURBED[:5], f"< {DELIVERED}", f"> {CLOSE}", "< OK")
WAITING = usual_of(account(*WAITS), account(*WAITS))


def test_the_line_that_it_waits_for_has_come_manual_3_20() -> None:
    observed = lived(*UNDISTURBED[:5], f"< {DELIVERED}", end="silent", code=None)
    verdict = judged(observed, SHEET, None, WAITING)
    assert verdict.sign.awaited == (DELIVERED,)
    assert verdict.why == (
        "the host stands still: it writes nothing more; it never wrote AT+MIPLCLOSE=0, which comes "
        "behind +MIPLEVENT: 0,26,147, and that came"
    )


def test_the_line_that_it_waits_for_has_not_come() -> None:
    observed = lived(*UNDISTURBED[:5], end="hung", code=None, seconds=9.0)
    assert judged(observed, SHEET, None, WAITING).why == (
        "the host is not over after 9.0 s, although these came last: +MIPLEVENT: 0,6; it never "
        "wrote AT+MIPLCLOSE=0, which comes behind +MIPLEVENT: 0,26,147, and that did not come"
    )


def test_of_a_host_that_has_ended_the_request_is_told_that_collided() -> None:
    """It says itself for what it waited in vain."""
    observed = lived(*WAITS[:6], ANSWERED[0], f"< {ASKED}", code=1, said=("no event",))
    assert judged(observed, SHEET, PLACED, WAITING).why == (
        "the host ended with exit code 1, and never answers +MIPLREAD: 0,64000,3200,0,5750; "
        "it said last: no event"
    )


def test_answers_to_requests_do_not_hide_the_line_that_it_waits_for() -> None:
    """Undisturbed the platform asks between event 26 and the command behind it."""
    life = account(*WAITS[:6], *ANSWERED, *WAITS[6:])
    observed = account(*WAITS[:6], *ANSWERED)
    assert waited(observed, usual_of(life, life)) == (
        "; it never wrote AT+MIPLCLOSE=0, which comes behind +MIPLEVENT: 0,26,147, and that came",
        (DELIVERED,),
    )


def test_it_may_wait_for_several_lines() -> None:
    observes = ("< +MIPLEVENT: 0,21", "< +MIPLOBSERVE: 0,5,1,3200,0,-1")
    life = account(*WAITS[:6], *observes, *WAITS[6:])
    again = account(*WAITS[:6], *observes[:1], "< +MIPLOBSERVE: 0,6,1,3200,0,-1")
    assert waited(again, usual_of(life, life)) == (
        "; it never wrote AT+MIPLCLOSE=0, which comes behind +MIPLEVENT: 0,26,147 and "
        "+MIPLEVENT: 0,21 and +MIPLOBSERVE: 0,6,1,3200,0,-1, and these came",
        (DELIVERED, "+MIPLEVENT: 0,21", "+MIPLOBSERVE: 0,6,1,3200,0,-1"),
    )
    fewer = account(*WAITS[:6])
    assert waited(fewer, usual_of(life, life)) == (
        "; it never wrote AT+MIPLCLOSE=0, which comes behind +MIPLEVENT: 0,21 and "
        "+MIPLOBSERVE: 0,{*},1,3200,0,-1, and these did not come",
        (),
    )


def test_a_command_that_comes_twice_may_be_missing_the_second_time() -> None:
    twice = account(*WAITS[:6], f"> {NOTIFY}", "< OK", *WAITS[5:])
    again = account(*WAITS[:5], f"< {DELIVERED}")
    assert waited(again, usual_of(twice, twice)) == (
        f"; it never wrote {NOTIFY} again, which comes behind +MIPLEVENT: 0,26,147, and that came",
        (DELIVERED,),
    )


def test_a_host_that_wrote_all_that_it_writes_waits_for_nothing() -> None:
    assert waited(account(*WAITS), WAITING) == ("", ())


@pytest.mark.parametrize("mid", ["501", "502"])
def test_a_request_is_named_that_is_never_answered_whatever_its_message_id(mid: str) -> None:
    """Manual 3.10: the message id is the module's own; in a disturbed life it may be another."""
    asked = ASKED.replace("501", mid)
    life = (*UNDISTURBED[:5], *ANSWERED, "< +MIPLEVENT: 0,26,1", f"< {asked}")
    verdict = judged(lived(*life, end="silent", code=None), SHEET, PLACED, USUAL)
    assert verdict.why == (
        "the host stands still: it writes nothing more, and never answers "
        f"+MIPLREAD: 0,{mid},3200,0,5750; it never wrote AT+MIPLCLOSE=0"
    )


def test_what_came_last_is_told_where_nothing_else_is_known() -> None:
    life = (*UNDISTURBED[:5], *ANSWERED, "< +MIPLEVENT: 0,26,1")
    verdict = judged(lived(*life, end="silent", code=None), SHEET, PLACED, USUAL)
    assert verdict.why == (
        "the host stands still: it writes nothing more, although these came last: "
        "+MIPLEVENT: 0,6 and +MIPLEVENT: 0,26,1; it never wrote AT+MIPLCLOSE=0"
    )


def test_of_many_requests_three_are_named() -> None:
    asked = [f"< +MIPLREAD: 0,{mid},3200,0,5750" for mid in range(600, 605)]
    verdict = judged(lived(*UNDISTURBED[:5], *asked, end="silent"), SHEET, PLACED, USUAL)
    assert (
        "and never answers +MIPLREAD: 0,600,3200,0,5750 and +MIPLREAD: 0,601,3200,0,5750 and "
        "+MIPLREAD: 0,602,3200,0,5750 and 2 more; it never wrote" in verdict.why
    )


def test_the_request_is_named_that_was_not_answered_in_time_manual_3_10() -> None:
    life = lived(*UNDISTURBED[:5], ANSWERED[0], f"< {ASKED}", end="unanswered", code=None)
    assert judged(life, SHEET, PLACED, USUAL).why == (
        "the host does not answer +MIPLREAD: 0,64000,3200,0,5750 within 5 s"
    )


def test_a_request_that_the_host_never_answers_undisturbed_is_not_named() -> None:
    write = "+MIPLWRITE: 0,9,3200,0,5750,1,1,x,0"
    life = lived(*UNDISTURBED[:5], f"< {write}", end="silent", code=None)
    assert judged(life, SHEET, None, USUAL).why == (
        "the host stands still: it writes nothing more, although these came last: "
        f"+MIPLEVENT: 0,6 and {write}; it never wrote AT+MIPLCLOSE=0"
    )
