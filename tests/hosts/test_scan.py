"""The scanf of the drivers, by C17 7.21.6.2: a blank matches none or many, %d skips blanks."""

import pytest

from tests.hosts.scan import conversions, scan


@pytest.mark.parametrize(
    ("form", "text", "found"),
    [
        ("+CGATT: %hhu", "+CGATT: 1", [1]),
        ("+CGATT: %hhu", "+CGATT:1", [1]),
        ("+CEREG:%d,%d", "+CEREG: 0,1", [0, 1]),
        ("+CCLK: %d/%d/%d,%d:%d:%d+%d", "+CCLK: 24/01/31,08:51:58+32", [24, 1, 31, 8, 51, 58, 32]),
        ("+CCLK: %d/%d/%d,%d:%d:%d+%d", '+CCLK: "24/01/31,08:51:58+32"', []),
        ("+MIPLEVENT:0,%d", "+MIPLEVENT: 0,6", []),
        ("+MIPLOBSERVE:0,%d,1,3303,0,-1", "+MIPLOBSERVE:0,88436,1,3303,0,-1", [88436]),
        ("+MIPLWRITE:%d,%d,%s", "+MIPLWRITE:0,600,a b", [0, 600, "a"]),
        ("%[^,],%d", "one two,3", ["one two", 3]),
        ("%d,%d", "1,x", [1]),
        ("%3s%d", "abc12", ["abc", 12]),
    ],
)
def test_gives_what_fits(form: str, text: str, found: list[int | str]) -> None:
    assert scan(form, text) == found


def test_conversions_are_counted() -> None:
    assert conversions("+CCLK: %d/%d/%d,%d:%d:%d+%d") == 7
    assert conversions("OK") == 0
