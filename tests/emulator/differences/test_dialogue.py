"""What of a journal is dialogue, and what of a line is behaviour."""

import pytest

from emulator.differences.dialogue import LINE_LIMIT, Behaviour, Said, dialogue_of, meaning
from emulator.journal import Record


def _records(*entries: tuple[float, str, bytes]) -> list[Record]:
    return [Record(n, 0, at, kind, data) for n, (at, kind, data) in enumerate(entries, 1)]


def test_lines_of_both_sides_in_the_order_in_which_they_end() -> None:
    """V.250 5.2.1: a command line ends with CR; results stand between CR LF (5.7.1)."""
    found = dialogue_of(
        _records(
            (0.0, "serial_in", b"A"),
            (0.1, "serial_in", b"T\r\nAT+CSQ\r"),
            (0.1, "echo_out", b"AT\r"),
            (0.2, "serial_out", b"\r\nOK\r"),
            (0.3, "datagram_out", b"\x40\x01\x00\x01"),
            (0.4, "serial_out", b"\n\r\n+CSQ: 20,99\r\n\r\nOK\r\n"),
        )
    )
    assert list(found) == [
        Said("host", "AT", 0.1),
        Said("host", "AT+CSQ", 0.1),
        Said("module", "OK", 0.2),
        Said("module", "+CSQ: 20,99", 0.4),
        Said("module", "OK", 0.4),
    ]


def test_secrets_and_control_characters_are_not_told() -> None:
    """Manual 4.6: the fourth parameter of CREATEEX is a PSK."""
    line = b'AT+MIPLCREATEEX="nbiotbt.heclouds.com:5684",1,,"1234abcd"\r'
    found = list(dialogue_of(_records((0.0, "serial_in", line + b"A\x1bT\xff\r"))))
    assert [said.text for said in found] == [
        'AT+MIPLCREATEEX="nbiotbt.heclouds.com:5684",1,***',
        "A\\x1bT\\xff",
    ]


def test_a_line_without_end_is_told_in_pieces() -> None:
    flood = _records(*[(0.0, "serial_in", b"x" * 4096)] * 5)
    assert [len(said.text) for said in dialogue_of(flood)] == [LINE_LIMIT, LINE_LIMIT]


@pytest.mark.parametrize(
    ("text", "final"),
    [
        ("OK", True),
        ("ERROR", True),
        ("+CIS ERROR: 601", True),
        ("+CIS ERROR:601", True),
        ("+CME ERROR: 50", True),
        ("+MIPLEVENT: 0,6", False),
        ("OKAY", False),
    ],
)
def test_results_that_end_an_answer_manual_chapter_6(text: str, final: bool) -> None:
    assert Said("module", text, 0).is_final is final
    assert Said("host", text, 0).is_final is False


def _behaviour(*lines: str) -> list[str]:
    behaviour = Behaviour()
    return [behaviour.of(Said("host" if line[0] == "A" else "module", line, 0)) for line in lines]


def test_message_ids_of_the_platform_have_names_and_so_has_the_answer_manual_3_11() -> None:
    assert _behaviour(
        "+MIPLREAD: 0,39121,3200,0,5750",
        "+MIPLWRITE:0,39122,3200,0,5750,1,4,abcd,0",
        "AT+MIPLWRITERSP=0,39122,2",
        'AT+MIPLREADRSP=0,39121,1,3200,0,5750,1,4,"39121",0,0',
    ) == [
        "+MIPLREAD: 0,<mid1>,3200,0,5750",
        "+MIPLWRITE:0,<mid2>,3200,0,5750,1,4,abcd,0",
        "AT+MIPLWRITERSP=0,<mid2>,2",
        'AT+MIPLREADRSP=0,<mid1>,1,3200,0,5750,1,4,"39121",0,0',
    ]


def test_numbers_that_the_host_chooses_are_behaviour() -> None:
    """Manual 3.9: <ackid> comes back in event 26; a second field that was never asked is no mid."""
    lines = ["AT+MIPLADDOBJ=0,3200,1", "+MIPLEVENT: 0,26,147", "AT+MIPLUPDATE=0,86400,0"]
    assert _behaviour(*lines) == lines


def test_what_chance_and_the_clock_decide_is_no_behaviour() -> None:
    """Manual 4.10: +MIPLNSMI tells the message id; 27.007 8.15: +CCLK the time."""
    assert _behaviour("+MIPLNSMI: 0,1,77", '+CCLK: "26/11/28,10:08:57+32"') == [
        "+MIPLNSMI: 0,1,<mid>",
        "+CCLK: <time>",
    ]


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("+MIPLEVENT: 0,6", "+MIPLEVENT:0,6"),
        ('+MIPLOBJ: 0, "a b"', '+MIPLOBJ:0,"a b"'),
        ('+X: "a b', '+X:"a b'),
    ],
)
def test_blanks_outside_of_quotes_mean_nothing(text: str, same: str) -> None:
    assert meaning(text) == same
