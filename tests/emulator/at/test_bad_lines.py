"""Bad lines that another emulator was seen to fall over (models.md, exhibit A and section 5)."""

from collections.abc import Callable
from typing import Any

import pytest

from emulator.at.channel import Channel

Ask = Callable[..., bytes]
Connect = Callable[..., tuple[Channel, Any]]

OK = b"\r\nOK\r\n"
ERROR = b"\r\nERROR\r\n"


@pytest.mark.parametrize("line", [b"AT+FAIL=4\r", b"AT+MIPLFAIL=0,651\r", b"AT+TEXT=a;+FAIL=4\r"])
def test_an_error_is_never_followed_by_ok(connect: Connect, line: bytes) -> None:
    """Seen: `+CME ERROR: 4` and then `OK`, where every handler writes its own final result."""
    channel, _ = connect()
    channel.receive(line, 0.0, 1)
    (written,) = channel.outputs()
    assert b"ERROR" in written.data
    assert b"OK" not in written.data


@pytest.mark.parametrize(
    ("bad", "answer"),
    [
        (b"BOGUS\r", ERROR),
        (b"at+bogus\r", ERROR),
        (b"+MIPLNUM=0,1\r", ERROR),
        (b"A\r", ERROR),
        (b"A T\r", ERROR),
        (b"AT+\r", ERROR),
        (b"AT=\r", ERROR),
        (b"AT?\r", ERROR),
        (b"AT=?\r", ERROR),
        (b"AT\xff\r", ERROR),
        (b"AT+CMEE=\xff\r", ERROR),
        (b'AT+TEXT="\xe4\r', ERROR),
        (b"ATS99999999999?\r", ERROR),
        (b"ATS=\r", ERROR),
        (b"AT" + b"+" * 4000 + b"\r", ERROR),
        (b"AT+NUM=" + b"9" * 4000 + b"\r", ERROR),
        (b"\x1b\x1a\r", ERROR),
        (b"\x1b\x1aAT\r", OK),
        (b"\r\n\r\n \r", b""),
    ],
)
def test_a_bad_line_is_answered_once_and_does_not_spoil_the_next(
    ask: Ask, bad: bytes, answer: bytes
) -> None:
    """Seen: the line stays in the buffer, and every later command fails for ever."""
    assert ask(bad, b"AT+TEXT=a\r") == answer + b"\r\n+TEXT: a\r\n" + OK


def test_lower_case_is_a_command(ask: Ask) -> None:
    assert ask(b"at+text=Mixed\r") == b"\r\n+TEXT: Mixed\r\n" + OK


@pytest.mark.parametrize("mode", [b"x", b"", b'""', b"3", b"-1", b"1,1", b'"1'])
def test_cmee_x_is_answered(ask: Ask, mode: bytes) -> None:
    """Seen: ValueError out of the handler, and no reply at all."""
    assert ask(b"AT+CMEE=" + mode + b"\r", b"AT+CMEE?\r") == ERROR + b"\r\n+CMEE: 1\r\n" + OK


def test_empty_and_absent_arguments_differ(ask: Ask) -> None:
    assert ask(b'AT+TEXT=""\r') == b"\r\n+TEXT: \r\n" + OK
    assert ask(b"AT+TEXT=\r") == b"\r\n+TEXT: nothing\r\n" + OK


@pytest.mark.parametrize("argument", [b'"a', b'"a"b', b'a"', b'"a","b', b'"'])
def test_quotes_that_do_not_close(ask: Ask, argument: bytes) -> None:
    """Seen: accepted, or split silently."""
    assert ask(b"AT+TEXT=" + argument + b"\r") == ERROR


def test_a_line_without_end_holds_no_memory(connect: Connect) -> None:
    """Section 5, row 1: bytes are consumed before they are parsed."""
    channel, _ = connect()
    for _ in range(1000):
        channel.receive(b"\xff" * 1000, 0.0, 1)
    assert len(channel._reader._line) <= 4096
    assert channel.backlog_size == 0
    channel.receive(b"\rAT\r", 0.0, 2)
    assert b"".join(written.data for written in channel.outputs()) == ERROR + OK
