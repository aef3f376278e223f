"""The kinds of parameters: decisions 4 and 8, manual chapters 3 and 4."""

from typing import get_args

import pytest

from emulator.at.parameters import Raw
from emulator.at.results import Failed, Fault
from emulator.at.syntax import (
    Bits,
    Characters,
    Choice,
    HexDigits,
    Instance,
    Integer,
    Kind,
    Lifetime,
    Reported,
    UInt8,
    UInt16,
    Verbatim,
)

SYNTAX = "601"


def parsed(kind: Kind, text: str, quoted: bool = False) -> object:
    try:
        return kind.parse(Raw(text, quoted))
    except Failed as failure:
        assert failure.code == Fault.SYNTAX
        return SYNTAX


@pytest.mark.parametrize(
    ("text", "value"),
    [("0", 0), ("007", 7), ("-12", -12), ("+5", 5), ("0x200", 512), ("0X400", 1024), ("0xfF", 255)],
)
def test_numbers_decimal_and_hex_quoted_or_not(text: str, value: int) -> None:
    """Decision 4: quoted numbers (HF 20), hex flags (manual 3.9; HF 22)."""
    assert parsed(Integer(), text) == value
    assert parsed(Integer(), text, quoted=True) == value


@pytest.mark.parametrize(
    "text", ["", "x", "1.5", "1 2", "0x", "0x1g", "--1", "1e3", "\xb2", "\u0663", "1_000", " 1"]
)
def test_no_numbers(text: str) -> None:
    """`\xb2` is a digit to str.isdigit, `1_000` and ` 1` to int()."""
    assert parsed(Integer(), text, quoted=True) == SYNTAX
    assert parsed(Instance(), text, quoted=True) == SYNTAX


def test_integer_bounds_are_included() -> None:
    kind = Integer(1, 3)
    assert [parsed(kind, text) for text in "01234"] == [SYNTAX, 1, 2, 3, SYNTAX]
    assert parsed(Integer(lowest=5), "4") == SYNTAX
    assert parsed(Integer(lowest=5), "99999999999") == 99999999999
    assert parsed(Integer(highest=5), "-7") == -7


def test_a_number_besides_the_range() -> None:
    """Manual 4.8: 0, or 60 and more."""
    assert Integer(60, 90, besides=0).parse(Raw("0")) == 0
    for text in ("-1", "1", "59", "91"):
        with pytest.raises(Failed):
            Integer(60, 90, besides=0).parse(Raw(text))


@pytest.mark.parametrize(
    ("alias", "lowest", "highest"),
    [(UInt8, 0, 255), (UInt16, 0, 65535), (Lifetime, 1, 268435455)],
)
def test_ranges_of_the_aliases(alias: object, lowest: int, highest: int) -> None:
    """Manual 3.3: uint16; decision 22: lifetime 1 to 268435455."""
    kind = get_args(alias)[1]
    assert parsed(kind, str(lowest)) == lowest
    assert parsed(kind, str(highest)) == highest
    assert parsed(kind, str(lowest - 1)) == SYNTAX
    assert parsed(kind, str(highest + 1)) == SYNTAX


def test_choice_of_numbers() -> None:
    """Decision 18: platform 0, 1, 2, 3, 10."""
    kind = Choice(0, 1, 2, 3, 10)
    assert [parsed(kind, text) for text in ("0", "10", "4", "x")] == [0, 10, SYNTAX, SYNTAX]
    assert parsed(kind, "0x0A", quoted=True) == 10


def test_choice_of_words_in_any_case() -> None:
    kind = Choice("LOCK", "UNLOCK")
    assert parsed(kind, "lock") == "LOCK"
    assert parsed(kind, "UnLock", quoted=True) == "UNLOCK"
    assert parsed(kind, "LOC") == SYNTAX


def test_choices_that_no_parameter_can_both_be() -> None:
    assert Choice(0, 1).disjoint(Choice(2, 3))
    assert not Choice(0, 1).disjoint(Choice(1, 2))
    assert Choice("platform").disjoint(Choice("binding"))
    assert not Choice("platform").disjoint(Choice("PLATFORM"))
    assert Choice("platform").disjoint(Choice(0, 1))


def test_text_bounds_count_bytes() -> None:
    kind = Characters(most=4, fewest=1)
    assert [parsed(kind, text) for text in ("", "a", "abcd", "abcde")] == [
        SYNTAX,
        "a",
        "abcd",
        SYNTAX,
    ]
    assert parsed(kind, "\xe4\xb8\xad\xe6\x96") == SYNTAX


def test_bitmap() -> None:
    """Decision 15: other characters than 0 and 1: 601; zero instances allowed."""
    assert parsed(Bits(), "10010") == "10010"
    assert parsed(Bits(), "1", quoted=True) == "1"
    assert parsed(Bits(), "") == ""
    assert parsed(Bits(), "12") == SYNTAX
    assert parsed(Bits(), "1 0") == SYNTAX


def test_hex_text() -> None:
    assert parsed(HexDigits(), "00fFA0") == b"\x00\xff\xa0"
    assert parsed(HexDigits(), "") == b""
    assert parsed(HexDigits(), "abc") == SYNTAX
    assert parsed(HexDigits(), "0g") == SYNTAX
    assert parsed(HexDigits(), "a b ") == SYNTAX
    assert parsed(HexDigits(most=2, fewest=1), "") == SYNTAX
    assert parsed(HexDigits(most=2, fewest=1), "aabb") == b"\xaa\xbb"
    assert parsed(HexDigits(most=2, fewest=1), "aabbcc") == SYNTAX


def test_value_and_verbatim_take_anything() -> None:
    assert parsed(Reported(), 'a",b') == 'a",b'
    assert parsed(Verbatim(), "", quoted=True) == Raw("", quoted=True)


@pytest.mark.parametrize(
    ("kind", "description"),
    [
        (Integer(0, 65535), "(0-65535)"),
        (Integer(60, 90, besides=0), "(0,60-90)"),
        (Integer(0, 1), "(0,1)"),
        (Integer(0, 0), "(0)"),
        (Integer(), "<x>"),
        (Integer(lowest=0), "<x>"),
        (Instance(), "(0)"),
        (Choice(0, 1, 10), "(0,1,10)"),
        (Choice("platform"), '("platform")'),
        (Characters(), "<x>"),
        (Bits(), "<x>"),
        (HexDigits(), "<x>"),
        (Reported(), "<x>"),
        (Verbatim(), "<x>"),
    ],
)
def test_what_the_test_form_says(kind: Kind, description: str) -> None:
    """3GPP TS 27.007 4.1: values in parentheses, ranges with a hyphen."""
    assert kind.describe("x") == description
