"""Faults that nobody has put together before: nothing is raised, all bounds hold, and where none
may take an answer away every command line has exactly one final result."""

import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.at.channel import Written
from emulator.faults.errors import FaultError
from emulator.faults.fault import Fault
from emulator.faults.held import HELD_LIMIT
from emulator.faults.plan import FAULTS_LIMIT
from emulator.faults.stage import Faults
from emulator.modem_settings import ModemSettings, build_firmware, with_faults
from emulator.outputs import CloseLink, OpenLink, SendDatagram
from tests.faulty import faults

FINAL = re.compile(rb"\r\n(?:OK|ERROR|\+C(?:IS|ME) ERROR: \d+)\r\n")
LOG_IN = (
    b'AT+MIPLCREATEEX="h",0\r',
    b'AT+MIPLADDOBJ=0,3200,1,"1",9,0\r',
    b"AT+MIPLOPEN=0,100,10\r",
)
LINES = [
    *LOG_IN,
    b"AT\r",
    b"ATE1\r",
    b"AT+CGSN=1\r",
    b"AT+CSQ\rAT+CEREG?\r",
    b"AT+MIPLOPEN?\r",
    b"AT+MIPLUPDATE=0,0,0\r",
    b'AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"abcd",0,0,147\r',
    b"AT+MIPLREADRSP=0,7,13\r",
    b"AT+MIPLCLOSE=0\r",
    b"AT+MIPLDELETE=0\r",
    b"AT+NRB\r",
    b"AT+CS",
]
REQUESTS = [
    bytes.fromhex("41010007 aa 60 54 33323030 01 30"),  # GET /3200/0, Observe 0
    bytes.fromhex("41020007 aa b4 33323030 01 30 04 35373530 ff 78"),  # POST /3200/0/5750 "x"
    bytes.fromhex("41010007 aa b1 33 01 30"),  # GET /3/0
]
STEPS = st.one_of(
    st.sampled_from(LINES),
    st.sampled_from([0x41, 0x44, 0x84]),  # the platform answers the last datagram
    st.sampled_from(REQUESTS),
    st.sampled_from([0.05, 1.0, 30.0]),  # time passes
    st.sampled_from(["reset", "off", "on", "lost", "remove"]),
)


class Life:
    """A module with faults, and a platform that answers what it is told to."""

    def __init__(self, planted: list[Fault], timing: Any = "module") -> None:
        chosen = ModemSettings(strict=True, seed=1, timing=timing)
        self.front = with_faults(build_firmware(chosen), chosen)
        for fault in planted:
            self.front.add(fault, 0.0)
        self.now, self.link = 0.0, 0
        self.sent = [b"\x40\x01\0\0"]
        self.written = b""

    def drain(self) -> None:
        for _ in range(1000):
            outputs = self.front.outputs()
            for output in outputs:
                match output:
                    case Written():
                        self.written += output.data
                    case OpenLink(link):
                        self.link = link
                        self.front.firmware.link_up(link, self.now)
                    case CloseLink():
                        self.link = 0
                    case SendDatagram():
                        self.sent.append(output.data)
            if not outputs:
                return
        raise AssertionError("outputs without an end")

    def step(self, step: Any) -> None:
        match step:
            case float():
                self.live(step)
            case int():
                last = self.sent[-1] + b"\0\0\0\0"
                token = last[4 : 4 + (last[0] & 15)]
                location = b"\x82rd" if step == 0x41 else b""
                answer = bytes([0x60 | len(token), step]) + last[2:4] + token + location
                self.front.datagram_received(self.link, answer, self.now)
            case bytes() if step in REQUESTS:
                self.front.datagram_received(self.link, step, self.now)
            case bytes():
                self.front.serial_received(step, self.now)
            case "reset":
                self.front.reset(self.now)
            case "on" | "off":
                self.front.switch(step == "on", self.now)
            case "lost":
                self.front.firmware.link_lost(self.link, "reset", self.now)
            case "remove" if self.front.planted:
                self.front.remove(self.front.planted[0].number, self.now)
        self.drain()
        check_bounds(self.front)

    def live(self, seconds: float) -> None:
        end = self.now + seconds
        for _ in range(20000):
            due = self.front.deadline()
            if due is None or due > end:
                self.now = end
                return
            self.now = max(self.now, due)
            self.front.handle_timeout(self.now)
            self.drain()
        raise AssertionError("time stands still")


def check_bounds(front: Faults) -> None:
    """Between two inputs nothing waits that has no bound."""
    assert len(front._held) <= HELD_LIMIT
    assert len(front._plan) <= FAULTS_LIMIT
    assert not front._ready and not front._acts.waiting
    assert len(front._departures._waiting) <= (HELD_LIMIT if front._effects.frozen else 0)
    assert len(front._host_lines._begun) <= 4096
    assert len(front._road._joins) <= 2 and len(front._road._busy) <= 5
    assert front._effects.aged.keys() <= front._effects.links
    assert len(front._effects.links) <= 3


@settings(max_examples=60, deadline=None)
@given(
    st.lists(faults(), max_size=6),
    st.sampled_from(["module", "fast"]),
    st.lists(STEPS, max_size=25),
)
def test_whatever_goes_wrong_the_firmware_raises_nothing_and_all_bounds_hold(
    planted: list[Fault], timing: str, steps: list[Any]
) -> None:
    life = Life([fault for fault in planted if _possible(fault)], timing)
    for step in [*LOG_IN, 0x41, *steps]:
        life.step(step)
    life.live(100.0)


def _possible(fault: Fault) -> bool:
    try:
        Life([fault])
    except FaultError:
        return False
    return True


HARMLESS = (
    "reorder",
    "delay",
    "busy",
    "refuse",
    "code",
    "age",
    "no-coverage",
    "lose",
    "split",
)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(faults(*HARMLESS), max_size=6),
    st.lists(
        st.sampled_from([line for line in LINES if line not in (b"AT+NRB\r", b"AT+CS")]), max_size=8
    ),
)
def test_where_no_fault_takes_an_answer_away_every_line_has_one_final_result(
    planted: list[Fault], lines: list[bytes]
) -> None:
    """Decision 10; also when answers are late, in pieces and in another order."""
    life = Life([fault for fault in planted if _possible(fault)])
    for line in lines:
        life.step(line)
        life.live(1.5)
    life.live(300.0)
    assert len(FINAL.findall(life.written)) == sum(line.count(b"\r") for line in lines)
