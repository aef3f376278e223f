"""Parameters out of text: decision 4, item by item."""

import pytest

from emulator.at.parameters import Raw, ValueSpan, split
from emulator.at.results import Failed, Fault

NOTIFY = ValueSpan(index=7, fewest_behind=2, most_behind=4)  # manual 3.9
READRSP = ValueSpan(index=8, fewest_behind=2, most_behind=2)  # manual 3.11


def texts(line: str, value: ValueSpan | None = None) -> list[str]:
    return [raw.text for raw in split(line, 0, value)[0]]


def refused(line: str, value: ValueSpan | None = None) -> bool:
    try:
        split(line, 0, value)
    except Failed as failure:
        assert failure.code == Fault.SYNTAX
        return True
    return False


def test_commas() -> None:
    assert texts("0,3200,1") == ["0", "3200", "1"]


def test_empty_absent_and_two_quotes_are_three_things() -> None:
    """models.md A: Bumble cannot tell `""` from an absent argument."""
    assert split('1,,""', 0)[0] == (Raw("1"), Raw(""), Raw("", quoted=True))
    assert [raw.empty for raw in split('1,,""', 0)[0]] == [False, True, False]
    assert split("1,", 0)[0] == (Raw("1"), Raw(""))
    assert split("1", 0)[0] == (Raw("1"),)
    assert split("", 0)[0] == (Raw(""),)


def test_blanks_around_values_go_inside_quotes_they_stay() -> None:
    assert texts(' 0 ,\t"a b" , " c "') == ["0", "a b", " c "]


def test_quoted_values_hold_commas_and_semicolons() -> None:
    """HF D21: the resource list ends with a semicolon."""
    assert texts('0,1,"5750;5751;30001;","a,b"x",2') == ["0", "1", "5750;5751;30001;", 'a,b"x', "2"]


def test_quoted_value_ends_at_the_first_quote_before_comma_semicolon_or_end() -> None:
    assert split('"a"b",1', 0)[0] == (Raw('a"b', quoted=True), Raw("1"))
    assert split('"a";+CSQ', 0) == ((Raw("a", quoted=True),), 3)
    assert split('"a"', 0) == ((Raw("a", quoted=True),), 3)
    assert texts('"a","b",0,0') == ["a", "b", "0", "0"]


@pytest.mark.parametrize("line", ['"abc', '"abc,1', '"', '1,"', '"a"b', '"a" b,1', 'host",1'])
def test_quotes_that_never_end_or_stand_inside_are_601(line: str) -> None:
    """Decision 4; models.md A: Bumble accepts an unterminated quote, splits `"a"b` silently."""
    assert refused(line)


def test_unquoted_strings() -> None:
    """HF 19, 20: coap:// host (D4), bitmap (D21), hex text."""
    assert texts("coap://183.230.40.39:5683,1,10010,00ff") == [
        "coap://183.230.40.39:5683",
        "1",
        "10010",
        "00ff",
    ]


def test_semicolon_ends_the_command_where_another_may_begin() -> None:
    assert split("1;+CIMI", 0) == ((Raw("1"),), 1)
    assert split("1 ; S3?", 0) == ((Raw("1"),), 2)
    assert split("1;", 0) == ((Raw("1"),), 1)
    assert split("1;;+CIMI", 0) == ((Raw("1"),), 1)


def test_no_command_begins_with_a_digit_so_an_unquoted_list_is_one_value() -> None:
    """Decision 4: unquoted strings; manual 3.5."""
    assert texts("0,3200,1,14,5500;5501;5750") == ["0", "3200", "1", "14", "5500;5501;5750"]
    assert split("5500;5501;+CSQ", 0) == ((Raw("5500;5501"),), 9)


LEFT, RIGHT = "\xe2\x80\x9c", "\xe2\x80\x9d"  # UTF-8 U+201C, U+201D, one character per byte
GBK_LEFT, GBK_RIGHT = "\xa1\xb0", "\xa1\xb1"


@pytest.mark.parametrize(
    ("left", "right"),
    [(LEFT, RIGHT), (RIGHT, RIGHT), (GBK_LEFT, GBK_RIGHT), (GBK_RIGHT, GBK_RIGHT), (LEFT, '"')],
)
def test_curly_quotes(left: str, right: str) -> None:
    """Decision 4; manual 3.5 and 4.6 print `”…”`."""
    assert split(f"{left}5500;5501;5750{right} ,1", 0)[0] == (
        Raw("5500;5501;5750", quoted=True),
        Raw("1"),
    )
    assert refused(f"{left}abc,1")


def test_curly_quotes_inside_straight_ones_are_text() -> None:
    said = "\xe4\xbb\x96" + LEFT + "\xe5\xa5\xbd" + RIGHT
    assert split(f'"{said},{said}"', 0)[0] == (Raw(f"{said},{said}", quoted=True),)


def test_start_is_honoured() -> None:
    assert split("AT+X=1,2", 5)[0] == (Raw("1"), Raw("2"))


class TestValue:
    """`<value>` of NOTIFY and READRSP ends at the last quote after which nothing but its remaining
    numeric parameters stands; there `"` and `,` are data (decision 4)."""

    @pytest.mark.parametrize(
        ("tail", "behind"),
        [
            (",0,0", ["0", "0"]),
            (",2,1", ["2", "1"]),
            (" , 0 , 0 ", ["0", "0"]),
            (",0,0x200", ["0", "0x200"]),
            (",0,0X400,278", ["0", "0X400", "278"]),
            (",0,0,147,3", ["0", "0", "147", "3"]),
            (",0,0,,3", ["0", "0", "", "3"]),
            (',"0","0"', ["0", "0"]),
            (',"0","0","147"', ["0", "0", "147"]),
            (',"0","0","147","3"', ["0", "0", "147", "3"]),
            (',0,"0",147', ["0", "0", "147"]),
        ],
    )
    @pytest.mark.parametrize(
        "value",
        [
            "test",
            "",
            'say "hi"',
            'a",1,0',
            '"',
            '"""',
            "a,b;c",
            '{"t":21,"h":"x,y"}',
            "[1,2,3]",
            ",",
            '",',
            "1,2",
        ],
    )
    def test_quotes_and_commas_are_data(self, value: str, tail: str, behind: list[str]) -> None:
        line = f'0,0,3200,0,5750,1,4,"{value}"{tail}'
        raws, end = split(line, 0, NOTIFY)
        assert raws[7] == Raw(value, quoted=True)
        assert [raw.text for raw in raws[8:]] == behind
        assert end == len(line)

    def test_the_last_such_quote(self) -> None:
        assert texts('0,0,3200,0,5750,1,4,"1","2",0,0', NOTIFY)[7:] == ['1","2', "0", "0"]

    def test_curly_quotes_around_it(self) -> None:
        line = f"0,0,3200,0,5750,1,4,{LEFT}a{RIGHT},b{RIGHT},0,0"
        assert texts(line, NOTIFY)[7:] == [f"a{RIGHT},b", "0", "0"]

    @pytest.mark.parametrize(
        "tail", ["", '"', '",', '",0', '",0,x', '",0,0,0,0,0', "0,0", '",0,0;', '",0,0;+CSQ']
    )
    def test_anything_else_behind_is_601(self, tail: str) -> None:
        assert refused(f'0,0,3200,0,5750,1,4,"test{tail}', NOTIFY)

    def test_such_a_command_is_the_last_of_its_line(self) -> None:
        assert refused('0,0,3200,0,5750,4,4,50.8,"0","0";+CSQ', NOTIFY)
        assert texts('0,0,3200,0,5750,1,4,"a;+CSQ",0,0', NOTIFY)[7] == "a;+CSQ"
        assert texts("0,0,3200,0,5750,1,4,a;+CSQ,0,0", NOTIFY)[7] == "a;+CSQ"

    @pytest.mark.parametrize("value", ["50.8", "-12", "0102", "hello world"])
    def test_without_quotes_it_ends_at_the_comma(self, value: str) -> None:
        """Manual 5.5, 5.6; HF 20."""
        assert texts(f"0,9286,3300,0,5700,4,4, {value} ,0,0,3", NOTIFY)[7:] == [
            value,
            "0",
            "0",
            "3",
        ]

    def test_readrsp_has_two_numbers_behind_it(self) -> None:
        assert texts('0,18172,1,3200,0,5750,1,4,"a",5",0,0', READRSP)[8:] == ['a",5', "0", "0"]
        assert refused('0,18172,1,3200,0,5750,1,4,"a",5,0,0', READRSP)

    def test_readrsp_without_value_is_not_the_last_of_its_line(self) -> None:
        """Manual 3.11: `AT+MIPLREADRSP=0,18172,11` has no `<value>`."""
        assert split("0,18172,11;+CSQ", 0, READRSP) == (
            (Raw("0"), Raw("18172"), Raw("11")),
            10,
        )

    def test_other_quoted_parameters_end_as_everywhere(self) -> None:
        assert texts('"0",0,"3200",0,5750,1,4,"x",0,0', NOTIFY)[:3] == ["0", "0", "3200"]


@pytest.mark.parametrize(
    "line",
    [
        '"' + '" ' * 2000,
        '"' + " " * 4000,
        "1" + ";" * 4000 + "9",
        "1" + "; " * 2000 + "9",
        '0,0,0,0,0,0,0,"' + '"' * 4000 + ",0,0",
        '0,0,0,0,0,0,0,"' + " " * 4000 + ",0,0",
        '0,0,0,0,0,0,0,"x' + ',"' + " " * 4000,
    ],
)
def test_lines_made_to_be_slow_are_not(line: str) -> None:
    """Every pattern is linear: a line of 4096 bytes must not hold the loop. 200 runs of a quadratic
    one would take minutes."""
    for _ in range(200):
        refused(line)
        refused(line, NOTIFY)
