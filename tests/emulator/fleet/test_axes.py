"""What stands beside the axes of a plot."""

import pytest

from emulator.fleet.axes import clock, moments, ticks


@pytest.mark.parametrize(
    ("most", "whole", "expected"),
    [
        (60.91, False, [0, 20, 40, 60, 80]),
        (501.2, False, [0, 200, 400, 600]),
        (1000, True, [0, 500, 1000]),
        (1, True, [0, 1]),
        (0, True, [0, 1]),
        (3, True, [0, 1, 2, 3]),
        (1, False, [0, 0.5, 1]),
        (0.03, False, [0, 0.01, 0.02, 0.03]),
        (100000, True, [0, 50000, 100000]),
    ],
)
def test_an_axis_ends_at_a_round_number(most: float, whole: bool, expected: list[float]) -> None:
    assert ticks(most, whole=whole) == expected


def test_an_axis_of_nothing_at_all_has_two_ends() -> None:
    assert len(ticks(0.0)) >= 2 and ticks(0.0)[-1] > 0


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        (22, ["0 s", "5 s", "10 s", "15 s", "20 s"]),
        (627, ["0 s", "2 min", "4 min", "6 min", "8 min", "10 min"]),
        (420, ["0 s", "2 min", "4 min", "6 min"]),
        (180, ["0 s", "30 s", "1 min", "1:30 min", "2 min", "2:30 min", "3 min"]),
        (9000, ["0 s", "30 min", "1 h", "1:30 h", "2 h", "2:30 h"]),
        (0.2, ["0 s"]),
        (0, ["0 s"]),
    ],
)
def test_times_are_round_in_the_way_of_clocks(end: float, expected: list[str]) -> None:
    assert [clock(each) for each in moments(end)] == expected


def test_weeks_are_told_in_days_of_hours() -> None:
    assert [clock(each) for each in moments(14 * 86400)][:3] == ["0 s", "72 h", "144 h"]
