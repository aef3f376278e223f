"""Hostile hosts, and quirks that nobody has put together before: one final result per line, no
exception. Hostile platforms are in tests/fuzz."""

import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.at.channel import Written
from emulator.modem_settings import ModemSettings, build_firmware
from emulator.outputs import OpenLink, SendDatagram
from emulator.quirks import NUMBER, AnyOf, Between, register
from tests.fuzz.module import changes_the_channel

FINAL = re.compile(rb"\r\n(?:OK|ERROR|\+C(?:IS|ME) ERROR: \d+)\r\n")

COMMANDS = [
    "AT",
    "AT+CGSN=1",
    "AT+CEREG=2",
    "AT+MIPLCREATE",
    'AT+MIPLCREATEEX="nbiotbt.heclouds.com:5683",1,"cmiot"',
    'AT+MIPLADDOBJ=0,3200,1,"1",0,1',
    'AT+MIPLDISCOVERRSP=0,3200,1,4,"5750"',
    "AT+MIPLOPEN=0,3000,30",
    "AT+MIPLOPEN?",
    "AT+MIPLUPDATE=0,0,0",
    'AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"abcd",0,0,147',
    'AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"ab"c,d",1,1',
    'AT+MIPLREADRSP=0,32705,1,3200,0,5750,1,4,"abcd",0,0',
    "AT+MIPLWRITERSP=0,25845,2",
    "AT+MIPLEXECUTERSP=0,18166,2",
    "AT+MIPLDEVINFO?",
    "AT+MIPLCLOSE=0",
    "AT+MIPLDELETE=0",
    "AT+MIPLNOTIFY=?",
]


@st.composite
def lines(draw: Any) -> bytes:
    """A command, perhaps with a few bytes exchanged, or arbitrary bytes without line ends."""
    text = bytearray(draw(st.sampled_from(COMMANDS)).encode())
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.integers(0, len(text)))
        text[place : place + draw(st.integers(0, 2))] = draw(st.binary(max_size=3))
    raw = bytes(text) if draw(st.booleans()) else draw(st.binary(min_size=1, max_size=40))
    return re.sub(rb"[\r\n\x00\x08\x7f]", b"", raw)


@settings(max_examples=150, deadline=None)
@given(st.lists(lines(), max_size=12), st.lists(st.integers(1, 9), min_size=1, max_size=9))
def test_every_line_has_exactly_one_final_result_however_it_is_cut(
    wanted: list[bytes], cuts: list[int]
) -> None:
    """Decisions 2, 6, 7, 8; issue 'Bad input'. A line of blanks alone is none."""
    firmware = build_firmware(ModemSettings(strict=True, seed=1))
    sent = [line for line in wanted if line.strip() and not changes_the_channel(line)]
    for line in sent:
        data, written = line + b"\r", b""
        for cut in cuts * len(data):
            firmware.serial_received(data[:cut], 0.0)
            data = data[cut:]
            for output in firmware.outputs():
                written += output.data if isinstance(output, Written) else b""
            if not data:
                break
        assert len(FINAL.findall(written)) == 1, line


@st.composite
def switches(draw: Any) -> dict[str, Any]:
    """Some quirks, each with one of its values."""
    chosen = {}
    for quirk in draw(st.lists(st.sampled_from(register()), max_size=15, unique_by=id)):
        value = draw(st.sampled_from(quirk.values))
        if isinstance(value, Between):
            value = value.least
        if isinstance(value, AnyOf):
            value = draw(st.lists(st.sampled_from(value.parts)))
        chosen[quirk.name] = draw(st.sampled_from([0.5, 4])) if value == NUMBER else value
    return chosen


LOG_IN = [
    b'AT+MIPLCREATEEX="h",0\r',
    b'AT+MIPLADDOBJ=0,3200,1,"1",9,0\r',
    b"AT+MIPLOPEN=0,100,10\r",
]
ANSWERS = ["OBSERVERSP=0,7,1", 'DISCOVERRSP=0,7,1,4,"5750"', "PARAMETERRSP=0,7,2", "WRITERSP=0,7,2"]
REQUESTS = [  # all with message id 7 and token aa
    bytes.fromhex("41010007 aa 60 54 33323030 01 30"),  # GET /3200/0, Observe 0
    bytes.fromhex("41010007 aa 61 01 54 33323030 01 30"),  # Observe 1
    bytes.fromhex("41010007 aa b4 33323030 01 30 61 28"),  # Accept 40
    bytes.fromhex("41030007 aa b4 33323030 01 30 46 706d696e3d35"),  # PUT ?pmin=5
    bytes.fromhex("41020007 aa b4 33323030 01 30 04 35373530 ff 78"),  # POST /3200/0/5750 "x"
    bytes.fromhex("41010007 aa b1 33 01 30"),  # GET /3/0
]
CODES = [0x41, 0x42, 0x44, 0x45, 0x80, 0x84]
STEPS = st.one_of(
    st.sampled_from([f"AT+MIPL{line}" for line in ANSWERS] + COMMANDS),
    st.sampled_from(CODES),  # the platform answers the last datagram
    st.just("RST"),  # with a Reset
    st.sampled_from(REQUESTS),
    st.sampled_from([1.0, 10.0, 100.0]),  # time passes
)


@settings(max_examples=150, deadline=None)
@given(switches(), st.lists(STEPS, max_size=30))
def test_no_mixture_of_quirks_raises_or_leaves_the_module_stuck(
    quirks: dict[str, Any], steps: list[Any]
) -> None:
    """Switches that nobody has put together before; afterwards every command is answered."""
    firmware = build_firmware(ModemSettings(strict=True, seed=1, quirks=quirks))
    now, sent = 0.0, [b"\x40\x01\0\0"]

    def drain() -> bytes:
        written = b""
        while outputs := firmware.outputs():
            for output in outputs:
                match output:
                    case Written():
                        written += output.data
                    case OpenLink():
                        firmware.link_up(output.link, now)
                    case SendDatagram():
                        sent.append(output.data)
        return written

    def live(seconds: float) -> bytes:
        nonlocal now
        end, written = now + seconds, drain()
        while (due := firmware.deadline()) is not None and due <= end:
            now = max(now, due)
            firmware.handle_timeout(now)
            written += drain()
        now = end
        return written

    for step in [*LOG_IN, 0x41, *steps]:
        last = sent[-1]
        token = last[4 : 4 + (last[0] & 15)]
        match step:
            case float():
                live(step)
            case int():
                location = b"\x82rd" if step == 0x41 else b""
                answer = bytes([0x60 | len(token), step]) + last[2:4] + token + location
                firmware.datagram_received(firmware._traffic.links._generation, answer, now)
            case "RST":
                reset = b"\x70\0" + last[2:4]
                firmware.datagram_received(firmware._traffic.links._generation, reset, now)
            case bytes() if step in LOG_IN:
                firmware.serial_received(step, now)
                live(1.0)
            case bytes():
                firmware.datagram_received(firmware._traffic.links._generation, step, now)
            case _:
                firmware.serial_received(step.encode() + b"\r", now)
        drain()
    live(5000.0)
    firmware.serial_received(b"AT\r", now)
    assert b"\r\nOK\r\n" in live(1.0)
