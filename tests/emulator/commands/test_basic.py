"""V.250 commands and AT+CMEE over a channel: decisions 5 and 7, HF 3."""

import pytest

from emulator.at.channel import Channel
from emulator.at.state import LineProfile, LineState
from emulator.at.table import Table
from emulator.commands import basic

OK = b"\r\nOK\r\n"
ERROR = b"\r\nERROR\r\n"


class Module:
    def __init__(self, factory: LineProfile | None) -> None:
        self.line = LineState(factory)
        self.identification = ("CMIOT", "MN316")


def said(*lines: bytes, factory: LineProfile | None = None) -> bytes:
    """What the last line is answered, echo included."""
    module = Module(factory)
    channel = Channel(Table.of(basic), module, line=module.line)
    for number, line in enumerate(lines):
        channel.outputs()
        channel.receive(line + b"\r", 0.0, number)
    return b"".join(written.data for written in channel.outputs())


def test_at() -> None:
    assert said(b"AT") == OK


@pytest.mark.parametrize(
    ("command", "echoed"), [(b"ATE1", True), (b"ATE0", False), (b"ATE", False)]
)
def test_echo(command: bytes, echoed: bool) -> None:
    """V.250 6.2.4; a missing value is 0 (5.3.1)."""
    for before in (LineProfile(echo=False), LineProfile(echo=True)):
        assert said(command, b"AT", factory=before) == (b"AT\r" if echoed else b"") + OK


def test_verbose() -> None:
    """V.250 6.2.6: the result of ATV itself is in the new form."""
    assert said(b"ATV0") == b"0\r"
    assert said(b"ATV") == b"0\r"
    assert said(b"ATV0", b"ATX9") == b"4\r"
    assert said(b"ATV0", b"ATV1") == OK


def test_quiet() -> None:
    """V.250 6.2.5."""
    assert said(b"ATQ1") == b""
    assert said(b"ATQ1", b"AT") == b""
    assert said(b"ATQ1", b"ATQ5") == b""
    assert said(b"ATQ1", b"ATQ0") == OK
    assert said(b"ATQ1", b"ATQ") == OK
    assert said(b"ATQ1", b"ATI") == b"\r\nCMIOT\r\n\r\nMN316\r\n"


def test_identification() -> None:
    assert said(b"ATI") == b"\r\nCMIOT\r\n\r\nMN316\r\n" + OK
    assert said(b"ATI9") == said(b"ATI")
    assert said(b"ATI10") == ERROR


@pytest.mark.parametrize(
    "line", [b"ATE2", b"ATV2", b"ATQ2", b"ATZ1", b"AT&F1", b"AT&W1", b"ATE00000000002"]
)
def test_values_out_of_range(line: bytes) -> None:
    assert said(line) == ERROR
    assert said(b"AT+CMEE=1", line) == b"\r\n+CME ERROR: 50\r\n"


class TestProfiles:
    """V.250 6.1.1 and 6.1.2; decision 5."""

    def test_z_brings_back_what_w_stored(self) -> None:
        assert said(b"ATE1S0=5+CMEE=1", b"AT&W", b"ATE0S0=7+CMEE=0", b"ATZ", b"ATS0?") == (
            b"ATS0?\r\r\n005\r\n\r\nOK\r\n"
        )
        assert said(b"ATE1S0=5+CMEE=1", b"AT&W", b"AT+CMEE=0", b"ATZ", b"ATX") == (
            b"ATX\r\r\n+CME ERROR: 100\r\n"
        )

    def test_z_without_a_stored_profile_is_the_factory_s(self) -> None:
        factory = LineProfile(echo=True)
        assert said(b"ATE0S0=7", b"ATZ0", b"ATS0?", factory=factory) == (
            b"ATS0?\r\r\n000\r\n\r\nOK\r\n"
        )

    def test_f_is_the_factory_s_whatever_is_stored(self) -> None:
        assert said(b"ATE1S0=5", b"AT&W0", b"AT&F0", b"ATS0?") == b"\r\n000\r\n\r\nOK\r\n"
        assert said(b"AT+CMEE=0", b"AT&F", b"AT+CMEE?") == b"\r\n+CMEE: 1\r\n\r\nOK\r\n"

    def test_f_leaves_the_stored_profile_alone(self) -> None:
        assert said(b"ATS0=5&W", b"AT&F", b"ATZS0?") == b"\r\n005\r\n\r\nOK\r\n"


class TestRegisters:
    """V.250 5.3.2: three digits. Decision 5: S3 to S5 keep their values."""

    @pytest.mark.parametrize(
        ("line", "answer"),
        [
            (b"ATS3?", b"013"),
            (b"ATS4?", b"010"),
            (b"ATS5?", b"008"),
            (b"ATS0?", b"000"),
            (b"ATS255?", b"000"),
        ],
    )
    def test_are_read_with_three_digits(self, line: bytes, answer: bytes) -> None:
        assert said(line) == b"\r\n" + answer + b"\r\n" + OK

    @pytest.mark.parametrize("line", [b"ATS3=13", b"ATS4=10", b"ATS5=8", b"ATS7=255", b"ATS255=0"])
    def test_are_set(self, line: bytes) -> None:
        assert said(line) == OK

    @pytest.mark.parametrize(
        "line",
        [
            b"ATS3=10",
            b"ATS4=13",
            b"ATS5=127",
            b"ATS7=256",
            b"ATS256=0",
            b"ATS256?",
            b"ATS7=",
            b"ATS7",
            b"ATS",
            b"ATS7=x",
        ],
    )
    def test_refuse_the_rest(self, line: bytes) -> None:
        assert said(line) == ERROR

    def test_keep_their_value(self) -> None:
        assert said(b"ATS7=60", b"ATS7?") == b"\r\n060\r\n\r\nOK\r\n"
        assert said(b"ATS7=60", b"ATS7=61S3=10", b"ATS7?S3?") == (
            b"\r\n061\r\n\r\n013\r\n\r\nOK\r\n"
        )


class TestErrorReports:
    """Decision 7; 3GPP TS 27.007 9.1."""

    def test_read(self) -> None:
        assert said(b"AT+CMEE?") == b"\r\n+CMEE: 1\r\n\r\nOK\r\n"
        for mode in (b"0", b"1", b"2"):
            assert said(b"AT+CMEE=" + mode, b"AT+CMEE?") == b"\r\n+CMEE: " + mode + b"\r\n" + OK

    def test_ranges(self) -> None:
        assert said(b"AT+CMEE=?") == b"\r\n+CMEE: (0-2)\r\n\r\nOK\r\n"

    def test_effect_on_general_errors(self) -> None:
        assert said(b"ATX") == ERROR
        assert said(b"AT+CMEE=0", b"ATX") == ERROR
        assert said(b"AT+CMEE=1", b"ATX") == b"\r\n+CME ERROR: 100\r\n"
        assert said(b"AT+CMEE=2", b"ATX") == b"\r\n+CME ERROR: 100\r\n"

    @pytest.mark.parametrize("line", [b"AT+CMEE=3", b"AT+CMEE=", b"AT+CMEE", b"AT+CMEE=1,1"])
    def test_bad_ones(self, line: bytes) -> None:
        assert said(line) == ERROR


def test_one_line_of_everything() -> None:
    """Decision 5; V.250 5.2 and 5.3."""
    assert said(b"ATE0V1&F+CMEE=2;+CMEE?;S3?S4?", factory=LineProfile(echo=True)) == (
        b"ATE0V1&F+CMEE=2;+CMEE?;S3?S4?\r\r\n+CMEE: 2\r\n\r\n013\r\n\r\n010\r\n\r\nOK\r\n"
    )
