"""Where the values of reports come from, and the texts that differ from modem to modem."""

import random
from typing import Any

import pytest

from emulator.fleet.series import (
    Constant,
    Number,
    Ramp,
    Replay,
    Series,
    Sine,
    Walk,
    is_number,
    spelt,
)
from emulator.fleet.templates import parse_template
from emulator.scenario.trouble import Wrong


def first(series: Series, count: int, number: int = 0, every: float = 60.0) -> list[Any]:
    value = series.begun(random.Random(1), number)
    return [value(n * every) for n in range(count)]


def test_a_constant_stays() -> None:
    assert first(Constant("20.5"), 3) == ["20.5", "20.5", "20.5"]


def test_a_ramp_rises_and_begins_anew() -> None:
    assert first(Ramp(1, 2, 0.5), 5) == [1, 1.5, 2, 1, 1.5]


def test_a_walk_begins_where_it_says_and_stays_within() -> None:
    values: list[Number] = first(Walk(20, 5, 15, 25), 200)
    assert values[0] == 20
    assert all(15 <= value <= 25 for value in values)
    assert all(abs(b - a) <= 5 for a, b in zip(values, values[1:], strict=False))
    assert len(set(values)) > 100


def test_a_sine_swings_around_its_mean_once_in_a_period() -> None:
    values: list[Number] = first(Sine(20, 5, 240), 8)
    assert all(15 <= value <= 25 for value in values)
    assert values[:4] == pytest.approx(values[4:])  # four minutes later
    assert values[0] + values[2] == pytest.approx(40)  # half around


def test_rows_come_over_and_over_from_a_row_of_its_own() -> None:
    assert first(Replay(("a", "b", "c")), 4, number=0) == ["a", "b", "c", "a"]
    assert first(Replay(("a", "b", "c")), 4, number=7) == ["b", "c", "a", "b"]


@pytest.mark.parametrize(
    ("value", "whole", "expected"),
    [
        (20.456, False, "20.46"),
        (20.456, True, "20"),
        ("warm", False, "warm"),
        ("12.0", True, "12"),
        ("12.0", False, "12.0"),
    ],
)
def test_values_are_spelt_as_their_type_wants(
    value: float | str, whole: bool, expected: str
) -> None:
    assert spelt(value, whole) == expected


@pytest.mark.parametrize(
    ("text", "whole", "expected"),
    [
        ("12", True, True),
        ("12.5", True, False),
        ("12.5", False, True),
        ("x", False, False),
        ("nan", False, False),
        ("inf", False, False),
    ],
)
def test_only_numbers_are_numbers(text: str, whole: bool, expected: bool) -> None:
    assert is_number(text, whole) is expected


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{imei}", "869975030000461"),
        ("{imei:-4}", "0461"),
        ("{number}", "42"),
        ("{number:-6}", "000042"),
        ("a{number}b{{c}}", "a42b{c}"),
        ("plain", "plain"),
    ],
)
def test_a_template_is_filled(template: str, expected: str) -> None:
    values = {"imei": "869975030000461", "number": "42"}
    assert parse_template(template, values).filled(values) == expected


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{imie}", "there is no '{imie}' here; did you mean 'imei'?, and {imei:-8}"),
        ("{imei:8}", "there is no '{imei:8}' here; did you mean 'imei'?, and {imei:-8}"),
        ("{imei:-16}", "'{imei:-16}' asks for 16 digits, not for 1 to 15"),
        ("{imei", "a single { in '{imei'; write {{ for a brace"),
        ("imei}", "a single } in 'imei}'; write }} for a brace"),
    ],
)
def test_a_wrong_template_is_told(template: str, expected: str) -> None:
    with pytest.raises(Wrong) as caught:
        parse_template(template, ("imei", "number"))
    assert str(caught.value) == expected
