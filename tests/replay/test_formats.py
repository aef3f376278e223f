"""Formats: what they are known by, what is theirs in a line, and what is not recognized."""

import io

import pytest

from emulator.replay.entry import Entry, LogError
from emulator.replay.reading import LogReading


def _read(text: str, name: str | None = None) -> tuple[str, list[Entry]]:
    reading = LogReading(io.BytesIO(text.encode()), "field.log", name)
    return reading.format.name, list(reading)


def _said(text: str, name: str | None = None) -> list[str]:
    return [f"{'>' if e.by == 'host' else '<'} {e.text}" for e in _read(text, name)[1]]


@pytest.mark.parametrize(
    "line",
    [
        *("TX: {}", "[TX] {}", "send: {}", "--> {}", ">> {}", "MCU -> {}", "12:00:01.250 TX: {}"),
        *("12:00:01 sent: {}", "[12:00:01.250]发送：{}", "[2024-05-06 12:00:01] 发送: {}"),
        "2024-05-06 12:00:01,250 DEBUG sent: {}",
    ],
)
def test_words_and_arrows_of_firmware(line: str) -> None:
    back = line.replace("TX", "RX").replace("send", "recv").replace("MCU ->", "MODEM <-")
    back = back.replace("sent", "received").replace("发送", "接收")
    back = back.replace("-->", "<--").replace(">>", "<<")
    text = f"{line.format('AT+CGATT=1')}\n{back.format('OK')}\n"
    assert _said(text) == ["> AT+CGATT=1", "< OK"]


@pytest.mark.parametrize(
    ("line", "is_command"),
    [
        ("AT", True),
        ("at+csq", True),
        ("AT +CSQ", True),
        ("ATE0V1", True),
        ("ATS3=13", True),
        ("AT&F", True),
        ("A/", True),
        ("AT command ready", False),
        ("ATREADY", False),
        ("+ATX: 1", False),
        ("OK", False),
    ],
)
def test_which_lines_are_commands_where_the_log_does_not_say_it(
    line: str, is_command: bool
) -> None:
    assert _said(f"{line}\n") == [f"{'>' if is_command else '<'} {line}"]


def test_the_stamps_of_a_log_without_dates_go_over_midnight() -> None:
    _, entries = _read("(23:59:59:500) AT\n(00:00:00:250) OK\n(00:00:01) +CEREG: 1\n")
    assert [entry.at for entry in entries] == [0.0, 0.75, 1.5]


def test_stamps_that_run_back_stay() -> None:
    """A clock that was set; the difference from then on is told as no time at all."""
    _, entries = _read("[2024-05-06 10:00:01] AT\n[2024-05-06 09:00:00] OK\n")
    assert [entry.at for entry in entries] == [0.0, 0.0]


@pytest.mark.parametrize(
    "line", ["[2024-13-06 10:11:12] OK", "[25:00:00] OK", "[Mon Foo 06 10:11:12.345 2024] OK"]
)
def test_what_looks_like_a_stamp_and_is_none_is_text(line: str) -> None:
    assert _said(f"AT\n{line}\n") == ["> AT", f"< {line}"]


PIECES = """\
[12:34:56.700]发→◇AT+MIPLOPEN=0,300,30
□
[12:34:56.789]收←◆AT+MIPLOPEN=0,300,30

OK

[12:34:57.100]收←◆
+MIPLEV
[12:34:57.120]收←◆ENT: 0,6

[12:34:58.000]收←◆
+MIPLEVENT: 0,11
[12:34:58.001]收←◆+MIPLEVENT: 0,12

[12:34:59.000]收←◆
+MIPLEV
[12:35:09.000]收←◆ENT: 0,6
"""


def test_pieces_of_sscom() -> None:
    """Put together: what goes on at once. Not: what begins as a line does, or comes late. The echo
    is left out."""
    assert _said(PIECES) == [
        "> AT+MIPLOPEN=0,300,30",
        "< OK",
        "< +MIPLEVENT: 0,6",
        "< +MIPLEVENT: 0,11",
        "< +MIPLEVENT: 0,12",
        "< +MIPLEV",
        "< ENT: 0,6",
    ]


def test_the_host_may_repeat_a_command_and_the_echo_goes_once() -> None:
    assert _said("TX: AT\nTX: AT\nRX: AT\nRX: OK\nRX: AT\nRX: OK\n") == [
        "> AT",
        "> AT",
        "< OK",
        "< OK",
    ]


def test_a_format_can_be_asked_for() -> None:
    """Without it these would be times of SecureCRT."""
    text = "[10:00:00] AT\n[10:00:01] OK\n"
    assert _read(text)[0] == "securecrt"
    assert _read(text, "plain")[0] == "plain"
    assert _said("[10:00:00] AT\n", "putty") == ["< [10:00:00] AT"]


@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        ("AT\n", "scom", "there is no format 'scom'; did you mean 'sscom'?"),
        (
            "\nAT\nOK\n",
            "sscom",
            "field.log: no line of it is of the format 'sscom' (it begins with 'AT'); "
            "it looks like 'plain'",
        ),
        ("\r\n\r\n", None, "field.log: there is no line of text in it"),
        ("x" * 70000, None, "field.log:1: it is longer than 65536 bytes"),
        (
            "@ modle=MN316\n> AT\n",
            None,
            "field.log:1: there is no setting 'modle'; there are model, dialect, timing, "
            "quirk NAME, platform, imei, imsi",
        ),
        (
            '{"format": "mipl-journal", "schema": 9}\n',
            None,
            "field.log:1: schema 9 is unknown here; this program reads schema 1",
        ),
    ],
)
def test_what_cannot_be_read(text: str, name: str | None, words: str) -> None:
    with pytest.raises(LogError) as caught:
        _read(text, name)
    assert str(caught.value) == words
