"""Diagrams as text: what is drawn for a journal that was typed by hand."""

import re
from collections.abc import Iterator

import pytest

from emulator.diagram.fates import WAITING_LIMIT, settled
from emulator.diagram.row import Row
from emulator.diagram.rows import rows_of
from emulator.diagram.serial_lines import LINE_LIMIT, named
from emulator.diagram.text import ASCII, Look, lines, title
from emulator.diagram.widths import cut, shortened, width
from emulator.journal import KINDS, Record
from emulator.recording.lines import Head
from tests.emulator.diagram.journals import ACK, CONTENT, DAY, LINK, NOTIFY, OBSERVE, TEXT


def drawn(records: list[Record], look: Look | None = None) -> list[str]:
    return list(lines(settled(rows_of(records)), look or Look(100)))


def texts(records: list[Record]) -> list[str]:
    return [row.worded for row in settled(rows_of(records))]


def test_a_day() -> None:
    assert "\n".join(drawn(DAY)) + "\n" == TEXT


def test_ascii_has_nothing_else() -> None:
    found = drawn([*DAY, Record(22, 0, 64.1, "serial_in", "温度\r".encode())], Look(100, ASCII))
    assert all(line.isascii() for line in found)
    assert found[5] == "    1.600    7        |       #<------|  Observe /3200/0 (CON 4097)"
    assert found[-1].endswith(r"  \u6e29\u5ea6")


def test_colours_change_nothing_else() -> None:
    coloured = drawn(DAY, Look(100, colours=True))
    assert "\x1b[31mNotify /3200/0/5750 = 'abcd' (CON 8194) no answer\x1b[0m" in coloured[10]
    assert [re.sub(r"\x1b\[\d+m", "", line).rstrip() for line in coloured] == drawn(DAY)


@pytest.mark.parametrize("columns", [60, 80, 100])
def test_no_line_is_wider_than_the_terminal(columns: int) -> None:
    chinese = Record(22, 0, 64.1, "serial_in", ("温度" * 40 + "\r").encode())
    found = drawn([*DAY, chinese], Look(columns))
    assert max(map(width, found)) <= max(columns, 41 + 20)
    assert any("…" in line for line in found)


def test_0_columns_shorten_nothing() -> None:
    long = "AT+" + "x" * 1000
    assert drawn([Record(1, 0, 0.0, "serial_in", f"{long}\r".encode())], Look(0))[1].endswith(long)


def test_shortened_texts_keep_their_ends() -> None:
    assert shortened('AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"abcd",0,0,147', 24) == (
        "AT+MIPLNOTIFY=0,…0,0,147"
    )
    assert shortened("温度温度温度", 8) == "温度…度"
    assert cut("温度温度温度", 8) == "温度温…"
    assert width("温度26℃") == 7


def test_the_title_says_what_was_recorded() -> None:
    head = Head("mipl 1", "MN316", "field", seed=7, quirks={"urc_gap_ms": "100"}, redacted=False)
    assert title(head) == "MN316, dialect field, mipl 1, seed 7, urc_gap_ms=100, with its secrets"


# lines


def test_lines_in_one_write_and_in_pieces() -> None:
    found = list(
        rows_of(
            [
                Record(1, 0, 0.0, "serial_in", b"AT\rAT+CS"),
                Record(2, 1, 0.1, "serial_out", b"\r\nO"),
                Record(3, 1, 0.2, "serial_out", b"K\r\n"),
                Record(4, 0, 0.3, "serial_in", b"Q\rA"),
            ]
        )
    )
    assert [(row.number, row.text) for row in found] == [
        (1, "AT"),
        (3, "OK"),
        (4, "AT+CSQ"),
        (4, "A"),
    ]


def test_a_line_without_an_end_is_bounded() -> None:
    found = texts([Record(1, 0, 0.0, "serial_in", b"x" * (LINE_LIMIT + 9)), DAY[1], DAY[2]])
    assert found == ["x" * LINE_LIMIT + "… (4105 bytes)", "AT+MIPLOPEN=0,3000,30"]


def test_what_cannot_be_printed_is_written_out() -> None:
    assert texts([Record(1, 0, 0.0, "serial_in", b"A\x07\r")]) == [r"A\x07"]
    assert texts([Record(1, 0, 0.0, "serial_in", "温度\r".encode("gbk"))]) == ["温度"]
    assert texts([Record(1, 0, 0.0, "login", text="\ud800")]) == [r"\ud800"]


@pytest.mark.parametrize(
    ("line", "mid", "path"),
    [
        ('AT+MIPLADDOBJ=0,3200,1,"1",0,0', None, (3200,)),
        ('AT+MIPLNOTIFY=0,7,3200,0,5750,1,4,"abcd",0,0', None, (3200, 0, 5750)),
        ("at+miplwritersp=0,500,2", 500, ()),
        ("+MIPLREAD: 0,500,3200,0,-1", 500, (3200, 0)),
        ("+MIPLREAD:0,500,3200,-1,-1", 500, (3200,)),
        ("+MIPLOBSERVE: 0,500,1,3200,0,-1", 500, (3200, 0)),
        ("+MIPLEVENT: 0,6", None, ()),
        ("AT+MIPLREADRSP=0", None, ()),
    ],
)
def test_what_a_line_names(line: str, mid: int | None, path: tuple[int, ...]) -> None:
    assert named(line) == (mid, path)


# fates


def test_what_comes_twice_at_once_was_doubled_and_not_lost() -> None:
    down = [Record(n, 0, 0.1 * n, "datagram_in", OBSERVE, LINK) for n in (1, 2)]
    assert texts(down)[0] == "Observe /3200/0 (CON 4097)"


def test_the_end_of_a_recording_leaves_what_waits_without_an_answer() -> None:
    assert texts([Record(1, 0, 0.0, "datagram_out", NOTIFY, LINK)])[0].endswith("no answer")


def test_an_answer_after_247_seconds_is_none() -> None:
    """RFC 7252 4.8.2: EXCHANGE_LIFETIME."""
    sent = Record(1, 0, 0.0, "datagram_out", NOTIFY, LINK)
    for late, is_lost in ((246.0, False), (248.0, True)):
        found = texts([sent, Record(2, 0, late, "datagram_in", ACK, LINK)])
        assert found[0].endswith("no answer") == is_lost


@pytest.mark.parametrize(
    ("apart", "fate", "read"), [(0.0, "", WAITING_LIMIT + 1), (100.0, "lost", 4)]
)
def test_rows_wait_for_an_answer_within_bounds(apart: float, fate: str, read: int) -> None:
    """247 s are over with the fourth row, if they are 100 s apart."""
    records = [Record(1, 0, 0.0, "datagram_out", NOTIFY, LINK)]
    records += [Record(n, 0, apart * (n - 1), "reset") for n in range(2, WAITING_LIMIT + 10)]
    pulled: list[int] = []

    def counted() -> Iterator[Row]:
        for row in rows_of(records):
            pulled.append(row.number)
            yield row

    first = next(settled(counted()))
    assert (first.number, first.fate, len(pulled)) == (1, fate, read)


# kinds


@pytest.mark.parametrize("kind", [*KINDS, "of_a_later_version"])
def test_every_kind_has_a_row_or_is_quiet(kind: str) -> None:
    record = Record(1, 0, 0.0, kind, b"AT\r", "link 1")
    assert len(list(rows_of([record], quiet=False))) == 1


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (Record(1, 0, 0.0, "fault", text="1, cloud at 5s: forget"), "fault 1, cloud at 5s: forget"),
        (
            Record(1, 0, 0.0, "fault", b"\r\nOK\r\n", "1, reply: drop"),
            "dropped by fault 1, reply: OK",
        ),
        (Record(1, 0, 0.0, "fault", b"AT", "1, at-in: delay 1s"), "fault 1, at-in: delay 1s: AT"),
        (Record(1, 0, 0.0, "datagram_in", b"\xff", LINK), "no CoAP: "),
        (Record(1, 0, 0.0, "novel", b"\x01", "words"), r"novel words \x01"),
        (Record(1, 0, 0.0, "quirk", text="a=b"), "quirk: a=b"),
        (Record(1, 0, 0.0, "login", text="SessionLost()"), "Session lost"),
        (
            Record(
                *(1, 0, 0.0, "login", b""),
                "Bootstrapped(account=Account(host='10.0.0.1', port=5684, secure=True),"
                " lifetime=60, short_id=None)",
            ),
            "Bootstrapped: 10.0.0.1:5684, DTLS, lifetime 60",
        ),
        (
            Record(1, 0, 0.0, "login", text="RegisterFailed(reason='refused', code=132)"),
            "Register failed: refused, 4.04",
        ),
    ],
)
def test_marks_in_words(record: Record, said: str) -> None:
    assert texts([record])[0].startswith(said)


def test_a_datagram_that_a_fault_took_away_comes_again() -> None:
    """A fault does not tell the link, and so not which observation it was."""
    lost = Record(10, 0, 2.0, "fault", NOTIFY, "1, coap-up: drop")
    again = Record(11, 0, 4.0, "datagram_out", NOTIFY, LINK)
    assert texts([DAY[6], DAY[7], lost, again, Record(12, 0, 4.1, "datagram_in", ACK, LINK)]) == [
        "Observe /3200/0 (CON 4097)",
        "2.05 Content (ACK 4097)",
        "dropped by fault 1, coap-up: Notify 5750 = 'abcd' (CON 8194)",
        "Notify /3200/0/5750 = 'abcd' (CON 8194, again)",
        "Acknowledged (ACK 8194)",
    ]


def test_an_answer_that_comes_again_says_the_same() -> None:
    """What it answers is known of the first one only."""
    again = DAY[7]._replace(number=30, time=3.0)
    ask, first, second = texts(
        [DAY[6], DAY[7]._replace(data=CONTENT), again._replace(data=CONTENT)]
    )
    assert first == "2.05 Content /3200/0/5750 = 'abcd' (ACK 4097)"
    assert second == "2.05 Content /3200/0/5750 = 'abcd' (ACK 4097, again)"
    assert ask == "Observe /3200/0 (CON 4097)"


def test_the_modules_line_is_what_it_is_like() -> None:
    kinds = [("reboot", "by reset"), ("login", "Registered(location='/rd/1')"), ("receiver", "off")]
    kinds += [("receiver", "on"), ("login", "Deregistered()"), ("power", "off")]
    found = rows_of([Record(n, 0, 0.0, kind, text=text) for n, (kind, text) in enumerate(kinds)])
    assert [row.life for row in found] == [
        *("on", "registered", "asleep"),
        *("registered", "on", "off"),
    ]
