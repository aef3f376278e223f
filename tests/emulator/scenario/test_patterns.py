"""Lines with wildcards."""

import pytest

from emulator.scenario.patterns import parse_pattern
from emulator.scenario.trouble import Wrong


@pytest.mark.parametrize(
    ("pattern", "line", "captured"),
    [
        ("OK", "OK", {}),
        ("OK", "OKAY", None),
        ("+MIPLEVENT: 0,6", "+MIPLEVENT: 0,6", {}),
        ("+MIPLEVENT: 0,6", "+MIPLEVENT:0,6", {}),  # dialect field (HF 2)
        ("+MIPLEVENT:0,6", "+MIPLEVENT: 0, 6", {}),  # blank+comma (MB 4)
        ("+MIPLEVENT: 0,6", "+MIPLEVENT: 0,61", None),
        ("+MIPLREAD: 0,{mid},3,0,-1", "+MIPLREAD: 0,39123,3,0,-1", {"mid": "39123"}),
        ("+MIPLREAD: 0,{mid},{mid}", "+MIPLREAD: 0,5,5", {"mid": "5"}),
        ("+MIPLREAD: 0,{mid},{mid}", "+MIPLREAD: 0,5,6", None),
        ("+MIPLREAD: 0,{known}", "+MIPLREAD: 0,7", {}),
        ("+MIPLREAD: 0,{known}", "+MIPLREAD: 0,8", None),
        ("+MIPLWRITE: {*}", "+MIPLWRITE: 0,1,3200,0,5750,1,4,abcd,0", {}),
        ("{*}a{*}b{*}", "xaxbx", {}),
        ("{*}a{*}b", "abab", {}),
        ("{*}a{*}a", "a", None),
        ("{*},{x},{*}", "a,b c,5,d", {"x": "5"}),
        ("{*}", "", {}),
        ('{{"a":{mid}}}', '{"a":1}', {"mid": "1}"[:1]}),
        ("+CSQ: {rssi},{ber}", '+CSQ: "a b",99', None),  # a field has neither blank nor quote
    ],
)
def test_a_line_fits_or_not(pattern: str, line: str, captured: dict[str, str] | None) -> None:
    assert parse_pattern(pattern).match(line, {"known": "7"}) == captured


def test_a_host_fills_in_what_was_captured() -> None:
    pattern = parse_pattern('AT+MIPLREADRSP=0,{mid},1,3200,0,5750,1,4,"{{}}",0,0')
    filled = pattern.filled({"mid": "39124"})
    assert filled == 'AT+MIPLREADRSP=0,39124,1,3200,0,5750,1,4,"{}",0,0'


@pytest.mark.parametrize("text", ["", "  ", "{", "}", "{}", "{MID}", "{a b}", "a\nb", "{{}"])
def test_what_is_no_pattern(text: str) -> None:
    with pytest.raises(Wrong):
        parse_pattern(text)


def test_no_line_is_slow_to_compare() -> None:
    """Plain backtracking would take as many steps as the line is long, to the power of ten."""
    pattern = parse_pattern("{*}a" * 10 + "b")
    assert pattern.match("a" * 8000, {}) is None
