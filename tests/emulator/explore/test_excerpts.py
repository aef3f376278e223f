"""What of a transcript is shown of a collision."""

from dataclasses import dataclass

from emulator.explore.account import Said
from emulator.explore.excerpts import excerpt

READ = "+MIPLREAD: 0,64000,3200,0,5750"
ANSWER = 'AT+MIPLREADRSP=0,64000,1,3200,0,5750,1,4,"abcd",0,0'


@dataclass(frozen=True)
class Moment:
    at: float
    kind: str
    said: str

    def __str__(self) -> str:
        return self.said


def moments(*lines: tuple[int, str, str], many: int = 400) -> list[Moment]:
    """One a second, and what the module says at first; `lines` are others, by their number."""
    found = [Moment(n, "host <", f"line {n}") for n in range(many)]
    for n, kind, said in lines:
        found[n] = Moment(n, kind, said)
    return found


def numbers(first: int, last: int) -> tuple[str, ...]:
    return tuple(f"line {n}" for n in range(first, last + 1))


def test_a_hundred_and_twenty_lines_are_shown_whole() -> None:
    assert excerpt(moments(many=120), 10.0) == numbers(0, 119)


def test_of_more_lines_the_first_and_the_last_are_shown_up_to_what_was_judged() -> None:
    lines = excerpt(moments(), 20.0, Said(300.0, False, "line 300"))
    assert lines == (
        *numbers(10, 73),
        "          … 174 lines …",
        *numbers(248, 299),
        "line 300   <== this",
        *numbers(301, 303),
    )


def test_ten_lines_before_what_was_judged_are_shown_wherever_it_was() -> None:
    """The collision came behind it."""
    lines = excerpt(moments(), 390.0, Said(100.0, False, "line 100"))
    assert lines == (*numbers(90, 99), "line 100   <== this", *numbers(101, 103))


def test_from_a_request_to_its_answer_nothing_is_left_out_manual_3_10() -> None:
    lines = excerpt(moments((150, "host <", READ), (155, "host >", ANSWER)), 20.0, None, [READ])
    assert lines == (
        *numbers(10, 70),
        "          … 79 lines …",
        READ,
        *numbers(151, 154),
        ANSWER,
        *numbers(156, 158),
        "          … 191 lines …",
        *numbers(350, 399),
    )


def test_from_a_request_that_is_not_answered_two_commands_are_shown() -> None:
    asked = moments((150, "host <", READ), (160, "host >", "AT"), (170, "host >", "AT+CSQ"))
    lines = excerpt(asked, 20.0, None, [READ])
    assert lines == (
        *numbers(10, 63),
        "          … 86 lines …",
        READ,
        *numbers(151, 159),
        "AT",
        *numbers(161, 169),
        "AT+CSQ",
        *numbers(171, 173),
        "          … 184 lines …",
        *numbers(358, 399),
    )


def test_a_line_that_the_host_waits_for_is_shown_and_marked_manual_3_20() -> None:
    event = "+MIPLEVENT: 0,26,147"
    lines = excerpt(moments((200, "host <", event)), 20.0, None, [], [event])
    assert lines == (
        *numbers(10, 71),
        "          … 125 lines …",
        *numbers(197, 199),
        f"{event}   <== waited for",
        *numbers(201, 203),
        "          … 145 lines …",
        *numbers(349, 399),
    )


def test_a_line_that_the_host_waits_for_may_come_before_the_collision() -> None:
    event = "+MIPLEVENT: 0,6"
    lines = excerpt(moments((2, "host <", event), many=100), 50.0, None, [], [event])
    assert lines == (*numbers(0, 1), f"{event}   <== waited for", *numbers(3, 99))


def test_without_a_collision_the_end_is_shown() -> None:
    assert excerpt(moments(), None) == numbers(280, 399)


def test_a_line_that_was_placed_is_marked_the_first_time_it_comes() -> None:
    found = moments((3, "host <", READ), (12, "host <", READ), (14, "host <", READ), many=20)
    lines = excerpt(found, 10.0, placed=[READ])
    assert (lines[3], lines[12], lines[14]) == (READ, f"{READ}   <== placed", READ)
