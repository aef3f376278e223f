"""One command line to its one verdict: V.250 5.2.1, decisions 5 and 7."""

from collections.abc import Callable
from typing import Any

import pytest

from emulator.at.commandline import body_start
from emulator.at.execution import Execution, Verdict
from emulator.at.results import Done, Failed, Family, Line, Problem, info
from emulator.at.state import LineState
from emulator.at.table import Table
from emulator.at.writer import plain

Start = Callable[..., tuple[Execution, Verdict | None, Any]]


class Context:
    def __init__(self) -> None:
        self.line = LineState()
        self.identification = ("Maker",)
        self.seen: list[object] = []


@pytest.fixture
def start(table: Table) -> Start:
    def started(
        text: str, now: float = 0.0, spell: Callable[[Line], str] = plain
    ) -> tuple[Execution, Verdict | None, Context]:
        context = Context()
        execution = Execution(text, body_start(text), table, context, spell)
        return execution, execution.start(now), context

    return started


def test_commands_run_from_left_to_right_and_their_lines_add_up(start: Start) -> None:
    _, verdict, context = start("ATE1+TEXT=a;+TEXT=b;I")
    assert verdict == Verdict(("+TEXT: a", "+TEXT: b", "Maker"))
    assert context.seen == ["a", "b"]
    assert context.line.current.echo


def test_nothing_runs_behind_the_first_that_fails(start: Start) -> None:
    """V.250 5.2.1: what ran before stays done, and said."""
    _, verdict, context = start("AT+TEXT=a;+FAIL=3;+TEXT=b")
    assert verdict == Verdict(("+TEXT: a",), problem=Problem(Family.GENERAL, 3))
    assert context.seen == ["a"]


@pytest.mark.parametrize(
    ("text", "family", "code"),
    [
        ("AT+MIPLNUM=0", Family.MIPL, 601),
        ("AT+MIPLNUM=1,1", Family.MIPL, 653),
        ("AT+MIPLNUM?", Family.MIPL, 601),
        ("AT+MIPLNUM=0,1x", Family.MIPL, 601),
        ('AT+MIPLNUM=0,"1', Family.MIPL, 601),
        ("AT+MIPLFAIL=0,652", Family.MIPL, 652),
        ("AT+MIPLNOTHING=0", Family.GENERAL, 100),
        ("AT+NOTHING", Family.GENERAL, 100),
        ("ATX", Family.GENERAL, 100),
        ("AT5", Family.GENERAL, 100),
        ("BOGUS", Family.GENERAL, 100),
        ("AT+NUM=x", Family.GENERAL, 601),
        ("AT+NUM", Family.GENERAL, 601),
        ("AT+TEXT?1", Family.GENERAL, 601),
        ("ATE2", Family.GENERAL, 601),
        ("AT+FAIL=50", Family.GENERAL, 50),
        ("AT+MIPLNUM=0,1;+NOTHING", Family.GENERAL, 100),
        ("AT+NUM=1;+MIPLNUM=0", Family.MIPL, 601),
        ("AT+MIPLNUM=0,1;?", Family.MIPL, 601),
    ],
)
def test_a_problem_belongs_to_the_command_it_is_with(
    start: Start, text: str, family: Family, code: int
) -> None:
    """Decision 7."""
    verdict = start(text)[1]
    assert verdict is not None
    assert verdict.problem == Problem(family, code)
    assert verdict.bug is None


@pytest.mark.parametrize(
    ("text", "family", "bug"),
    [
        ("AT+CRASH", Family.GENERAL, ZeroDivisionError),
        ("AT+MIPLCRASH", Family.MIPL, ZeroDivisionError),
        ("AT+WRONG", Family.GENERAL, TypeError),
    ],
)
def test_a_bug_is_code_100_and_handed_over(
    start: Start, text: str, family: Family, bug: type[Exception]
) -> None:
    verdict = start(text)[1]
    assert verdict is not None
    assert verdict.problem == Problem(family, 100)
    assert type(verdict.bug) is bug


def test_a_line_that_cannot_be_spelled_is_a_bug_of_its_command(start: Start) -> None:
    def spell(line: Line) -> str:
        raise KeyError(line)

    verdict = start("AT+MIPLNUM=0,1", spell=spell)[1]
    assert verdict is not None
    assert verdict.problem == Problem(Family.MIPL, 100)
    assert verdict.lines == ()


def test_later_holds_the_line_and_what_follows_on_it(start: Start) -> None:
    execution, verdict, context = start("AT+TEXT=a;+WAIT=5;+TEXT=b", now=10.0)
    assert verdict is None
    assert execution.later is not None
    assert execution.later.deadline == 15.0
    assert context.seen == ["a"]
    assert execution.resume(15.5) == Verdict(("+TEXT: a", "+WAITED: 15.5", "+TEXT: b"))
    assert execution.later is None


def test_two_that_wait(start: Start) -> None:
    execution, verdict, _ = start("AT+WAIT=5;+WAIT=7", now=0.0)
    assert verdict is None
    assert execution.resume(5.0) is None
    assert execution.later is not None
    assert execution.later.deadline == 12.0
    assert execution.resume(12.0) == Verdict(("+WAITED: 5.0", "+WAITED: 12.0"))


def test_a_result_may_come_early(start: Start) -> None:
    execution, _, _ = start("AT+WAIT=5;+TEXT=b")
    assert execution.finish(Done((info("+X", 1),)), 2.0) == Verdict(("+X: 1", "+TEXT: b"))
    execution, _, _ = start("AT+WAIT=5;+TEXT=b")
    assert execution.finish(Failed(3), 2.0) == Verdict(problem=Problem(Family.GENERAL, 3))


def test_a_later_failure(start: Start) -> None:
    execution, _, _ = start("AT+LATEFAIL=5")
    assert execution.resume(5.0) == Verdict(problem=Problem(Family.GENERAL, 3))


def test_a_reboot_ends_the_line(start: Start) -> None:
    _, verdict, context = start("AT+TEXT=a;+NRB;+TEXT=b")
    assert verdict == Verdict(("+TEXT: a", "REBOOTING"), reboot=True)
    assert context.seen == ["a"]


def test_a_value_takes_the_rest_of_the_line(start: Start) -> None:
    """Decision 4."""
    _, verdict, context = start('AT+NUM=7;+MIPLVALUE=0,"a;+NUM=8",0,0')
    assert verdict == Verdict()
    assert context.seen == [7, ("a;+NUM=8", 0, 0, None)]
