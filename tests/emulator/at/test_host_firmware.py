"""What real host drivers send and rely on (HF rows 17 to 30), as far as it is the channel's."""

from collections.abc import Callable
from typing import Any

import pytest

from emulator.at.channel import Channel, ChannelSettings
from emulator.at.results import Info, Line, info

Connect = Callable[..., tuple[Channel, Any]]

OK = b"\r\nOK\r\n"
NUM_7 = b"\r\n+MIPLNUM: 0,7\r\n\r\nOK\r\n"


def replies(channel: Channel, *chunks: bytes) -> bytes:
    for number, chunk in enumerate(chunks):
        channel.receive(chunk, number * 0.001, number)
    return b"".join(written.data for written in channel.outputs())


@pytest.mark.parametrize(
    "chunks",
    [
        [b"AT+MIPLNUM=0,7\r\n" + bytes(112)],  # D15: a whole C array
        [b"AT+MIPLNUM=0,7\r"],  # D6
        [b"AT+MIPLNUM=0,7\n"],  # D26
        [b"AT+MIPLNUM=0,7", b"\r\n"],  # D1
        [b"AT+", b"MIP", b"LNU", b"M=0", b",7\r", b"\n"],  # D8
    ],
)
def test_hf_17_line_ends_and_pieces(connect: Connect, chunks: list[bytes]) -> None:
    channel, _ = connect()
    assert replies(channel, *chunks) == NUM_7
    assert replies(channel, *chunks) == NUM_7


@pytest.mark.parametrize(
    "line", [b"at+miplnum=0,7\r\n", b"AT+MIPLNUM =0,7\r\n", b"AT+MIPLNUM=0,7 \r\n"]
)
def test_hf_18_lower_case_and_blanks(connect: Connect, line: bytes) -> None:
    assert replies(connect()[0], line) == NUM_7


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        (b"coap://183.230.40.39:5683", "coap://183.230.40.39:5683"),  # D4
        (b'"nbiotbt.heclouds.com"', "nbiotbt.heclouds.com"),  # D11
    ],
)
def test_hf_19_hosts(connect: Connect, sent: bytes, text: str) -> None:
    channel, bench = connect()
    replies(channel, b"AT+TEXT=" + sent + b"\r\n")
    assert bench.seen == [text]


@pytest.mark.parametrize(
    ("sent", "value"),
    [
        (b"50.8,0,0", "50.8"),  # D23: unquoted numbers
        (b'"50.8",0,0', "50.8"),  # D4, D9: quoted ones
        (b'"E309C82FE6",0,0', "E309C82FE6"),
        (b'"{"a":1,"b":"x"}",0,0', '{"a":1,"b":"x"}'),
    ],
)
def test_hf_20_values(connect: Connect, sent: bytes, value: str) -> None:
    channel, bench = connect()
    assert replies(channel, b"AT+MIPLVALUE=0," + sent + b"\r\n") == OK
    assert bench.seen == [(value, 0, 0, None)]


def test_hf_22_hex_flag(connect: Connect) -> None:
    """D24."""
    channel, bench = connect()
    assert replies(channel, b'AT+MIPLVALUE=0,"1",0,0X400,1\r\n') == OK
    assert bench.seen == [("1", 0, 1024, 1)]


def test_hf_26_each_line_has_its_own_line_ends(connect: Connect) -> None:
    """D9 and D26 lose an unsolicited line without its own leading CRLF."""
    channel, _ = connect()
    channel.receive(b"AT\r\n", 0.0, 1)
    channel.unsolicited(info("+MIPLEVENT", 0, 6), 0.0, 2)
    channel.unsolicited(info("+MIPLEVENT", 0, 11), 0.0, 3)
    assert [written.data for written in channel.outputs()] == [
        OK,
        b"\r\n+MIPLEVENT: 0,6\r\n",
        b"\r\n+MIPLEVENT: 0,11\r\n",
    ]


def test_hf_26_and_27_reply_bytes_d15_counts(connect: Connect) -> None:
    """D15 in dialect field: bytes 19 and 20 of the CREATE reply, 2 and 3 of others."""

    def spell(line: Line) -> str:
        return f"{line.name}:{','.join(line.fields)}" if isinstance(line, Info) else line

    channel, _ = connect(spell=spell)
    channel.receive(b"AT+MIPLNUM=0,1\r\n", 0.0, 1)
    assert [written.data for written in channel.outputs()] == [b"\r\n+MIPLNUM:0,1\r\n\r\nOK\r\n"]
    channel.receive(b"AT\r\nAT+NRB\r\n", 0.0, 1)
    ok, reboot = [written.data for written in channel.outputs()]
    assert ok[2:4] == b"OK"
    assert reboot[2:4] == b"RE"


def test_hf_27_nothing_inside_a_reply_that_takes_long(connect: Connect) -> None:
    channel, _ = connect()
    channel.receive(b"AT+WAIT=90\r\n", 0.0, 1)
    for second in range(1, 90):
        channel.unsolicited(info("+MIPLEVENT", 0, second), float(second), 2)
        assert channel.outputs() == []
    channel.handle_timeout(90.0)
    written = channel.outputs()
    assert written[0].data == b"\r\n+WAITED: 90.0\r\n\r\nOK\r\n"
    assert len(written) == 90


def test_hf_28_gap(connect: Connect) -> None:
    channel, _ = connect(settings=ChannelSettings(urc_gap_s=0.02))
    channel.receive(b"AT+EVENT=1\r\n", 5.0, 1)
    assert [written.data for written in channel.outputs()] == [OK]
    assert channel.deadline() == pytest.approx(5.02)


def test_hf_30_cis_error_contains_error(connect: Connect) -> None:
    assert b"ERROR" in replies(connect()[0], b"AT+MIPLNUM\r\n")
