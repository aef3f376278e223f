"""Unsolicited lines on the channel: decisions 1 to 3, HF 26 to 28."""

from collections.abc import Callable
from typing import Any

import pytest

from emulator.at.channel import TYPING_HOLD_S, URC_LIMIT, Channel, ChannelSettings, Written
from emulator.at.results import info
from emulator.at.state import LineProfile

Connect = Callable[..., tuple[Channel, Any]]

OK = b"\r\nOK\r\n"
GAP = ChannelSettings(urc_gap_s=0.02)


def data(channel: Channel) -> bytes:
    return b"".join(written.data for written in channel.outputs())


def test_decision_1_each_line_is_one_write_between_two_line_ends(connect: Connect) -> None:
    channel, _ = connect()
    channel.unsolicited(info("+MIPLEVENT", 0, 2), 0.0, 5)
    channel.unsolicited("+POWERDOWN:", 0.0, 6)
    assert channel.outputs() == [
        Written("unsolicited", b"\r\n+MIPLEVENT: 0,2\r\n", 5),
        Written("unsolicited", b"\r\n+POWERDOWN:\r\n", 6),
    ]


def test_v0_and_q1(connect: Connect) -> None:
    channel, _ = connect(LineProfile(verbose=False, quiet=True))
    channel.unsolicited(info("+X", 1), 0.0, 5)
    assert data(channel) == b"+X: 1\r\n"


class TestGap:
    """Decision 3: at least urc_gap_ms after a final result; HF 28: D8 loses bytes without."""

    def test_a_line_waits_for_it(self, connect: Connect) -> None:
        channel, _ = connect(settings=GAP)
        channel.receive(b"AT\r", 1.0, 1)
        channel.unsolicited(info("+X", 1), 1.001, 2)
        assert data(channel) == OK
        assert channel.deadline() == pytest.approx(1.02)
        channel.handle_timeout(1.01)
        assert data(channel) == b""
        channel.handle_timeout(1.02)
        assert data(channel) == b"\r\n+X: 1\r\n"
        assert channel.deadline() is None

    def test_not_after_it(self, connect: Connect) -> None:
        channel, _ = connect(settings=GAP)
        channel.receive(b"AT\r", 1.0, 1)
        channel.outputs()
        channel.unsolicited(info("+X", 1), 1.5, 2)
        assert data(channel) == b"\r\n+X: 1\r\n"

    def test_begins_again_with_every_final_result(self, connect: Connect) -> None:
        channel, _ = connect(settings=GAP)
        channel.receive(b"AT\r", 1.0, 1)
        channel.unsolicited(info("+X", 1), 1.001, 2)
        channel.receive(b"BOGUS\r", 1.015, 3)
        channel.handle_timeout(1.02)
        assert data(channel) == OK + b"\r\nERROR\r\n"
        assert channel.deadline() == pytest.approx(1.035)

    def test_is_none_between_two_lines(self, connect: Connect) -> None:
        channel, _ = connect(settings=GAP)
        channel.receive(b"AT\r", 1.0, 1)
        channel.unsolicited(info("+X", 1), 1.0, 2)
        channel.unsolicited(info("+X", 2), 1.0, 3)
        channel.handle_timeout(1.02)
        assert data(channel) == OK + b"\r\n+X: 1\r\n\r\n+X: 2\r\n"

    def test_lines_behind_a_result_keep_it_too(self, connect: Connect) -> None:
        channel, _ = connect(settings=GAP)
        channel.receive(b"AT+EVENT=1\r", 1.0, 1)
        assert data(channel) == OK
        channel.handle_timeout(1.02)
        assert data(channel) == b"\r\n+BEHIND: 1\r\n\r\n+INSIDE: 1\r\n"


class TestJoined:
    """Firmware that says an event together with `OK` knows no gap between them (MB 2.6, EC)."""

    def test_it_leaves_in_the_write_of_the_result(self, connect: Connect) -> None:
        channel, _ = connect(settings=GAP)
        channel.receive(b"AT+JOINED=1\r", 1.0, 1)
        written = b"\r\n+BEFORE: 1\r\n" + OK + b"\r\n+JOINED: 1\r\n"
        assert channel.outputs() == [Written("reply", written, 1)]

    def test_behind_the_result_of_the_whole_line(self, connect: Connect) -> None:
        channel, _ = connect(settings=GAP)
        channel.receive(b"AT+JOINED=1;+NUM=7;+JOINED=2\r", 1.0, 1)
        assert data(channel) == (
            b"\r\n+BEFORE: 1\r\n\r\n+BEFORE: 2\r\n" + OK + b"\r\n+JOINED: 1\r\n\r\n+JOINED: 2\r\n"
        )

    def test_without_results_it_is_there_all_the_same(self, connect: Connect) -> None:
        channel, _ = connect(LineProfile(verbose=False, quiet=True))
        channel.receive(b"AT+JOINED=1\r", 1.0, 1)
        assert data(channel) == b"+BEFORE: 1\r\n+JOINED: 1\r\n"


class TestOrder:
    """Decision 1: nothing unsolicited between a command and its final result."""

    def test_not_while_a_command_waits_for_its_result(self, connect: Connect) -> None:
        channel, _ = connect()
        channel.receive(b"AT+WAIT=5\r", 0.0, 1)
        channel.unsolicited(info("+X", 1), 1.0, 2)
        assert channel.outputs() == []
        assert channel.deadline() == 5.0
        channel.handle_timeout(5.0)
        assert data(channel) == b"\r\n+WAITED: 5.0\r\n" + OK + b"\r\n+X: 1\r\n"

    def test_not_while_a_command_waits_for_its_turn(self, connect: Connect) -> None:
        channel, _ = connect()
        channel.receive(b"AT+WAIT=5\rAT+WAIT=1\rAT\r", 0.0, 1)
        channel.unsolicited(info("+X", 1), 1.0, 2)
        channel.handle_timeout(5.0)
        assert data(channel) == b"\r\n+WAITED: 5.0\r\n" + OK
        channel.handle_timeout(6.0)
        assert data(channel) == b"\r\n+WAITED: 6.0\r\n" + OK + OK + b"\r\n+X: 1\r\n"

    def test_not_during_the_reply_delay(self, connect: Connect) -> None:
        channel, _ = connect(settings=ChannelSettings(reply_delay_s=0.5))
        channel.receive(b"AT\r", 0.0, 1)
        channel.unsolicited(info("+X", 1), 0.1, 2)
        assert channel.outputs() == []
        channel.handle_timeout(0.5)
        assert data(channel) == OK + b"\r\n+X: 1\r\n"

    def test_lines_behind_a_result_come_before_those_from_inside_the_command(
        self, connect: Connect
    ) -> None:
        """Decision 45: NSMI after OK, before event 26."""
        channel, _ = connect()
        channel.receive(b"AT+EVENT=1\r", 0.0, 9)
        assert channel.outputs() == [
            Written("reply", OK, 9),
            Written("unsolicited", b"\r\n+BEHIND: 1\r\n", 9),
            Written("unsolicited", b"\r\n+INSIDE: 1\r\n", 77),
        ]

    def test_and_those_of_two_commands_in_their_order(self, connect: Connect) -> None:
        channel, _ = connect(settings=GAP)
        channel.unsolicited(info("+OLD", 0), 0.0, 1)
        channel.receive(b"AT+EVENT=1;+EVENT=2\rAT+EVENT=3\r", 0.0, 2)
        channel.handle_timeout(1.0)
        assert data(channel) == (
            b"\r\n+OLD: 0\r\n" + OK + OK + b"\r\n+BEHIND: 1\r\n\r\n+BEHIND: 2\r\n"
            b"\r\n+INSIDE: 1\r\n\r\n+INSIDE: 2\r\n\r\n+BEHIND: 3\r\n\r\n+INSIDE: 3\r\n"
        )

    def test_lines_behind_stay_when_a_later_command_of_the_line_fails(
        self, connect: Connect
    ) -> None:
        channel, _ = connect()
        channel.receive(b"AT+EVENT=1;+FAIL=3\r", 0.0, 2)
        assert data(channel) == b"\r\nERROR\r\n\r\n+BEHIND: 1\r\n\r\n+INSIDE: 1\r\n"


class TestHalfLine:
    """HF 17: D1 and D8 write a command and its CRLF separately."""

    def test_holds_a_line_back_until_the_command_is_answered(self, connect: Connect) -> None:
        channel, _ = connect()
        channel.receive(b"AT+NUM=1", 1.0, 1)
        channel.unsolicited(info("+X", 1), 1.001, 2)
        assert channel.outputs() == []
        channel.receive(b"\r\n", 1.002, 3)
        assert data(channel) == OK + b"\r\n+X: 1\r\n"

    def test_but_not_for_long(self, connect: Connect) -> None:
        channel, _ = connect()
        channel.receive(b"AT+NUM", 1.0, 1)
        channel.unsolicited(info("+X", 1), 1.001, 2)
        assert channel.deadline() == 1.0 + TYPING_HOLD_S
        channel.handle_timeout(1.0 + TYPING_HOLD_S)
        assert data(channel) == b"\r\n+X: 1\r\n"
        channel.receive(b"=1\r\n", 2.0, 3)
        assert data(channel) == OK

    def test_noise_without_end_does_not_hold_it(self, connect: Connect) -> None:
        channel, _ = connect()
        channel.receive(b"x" * 5000, 1.0, 1)
        channel.unsolicited(info("+X", 1), 1.0, 2)
        assert data(channel) == b"\r\n+X: 1\r\n"


class TestLimit:
    def test_at_the_limit_the_oldest_goes_without_its_gap(self, connect: Connect) -> None:
        channel, _ = connect(settings=ChannelSettings(urc_gap_s=10.0))
        channel.receive(b"AT\r", 0.0, 1)
        for number in range(URC_LIMIT):
            channel.unsolicited(info("+X", number), 0.0, 2)
        assert data(channel) == OK
        channel.unsolicited(info("+X", "last"), 0.0, 2)
        assert data(channel) == b"\r\n+X: 0\r\n"
        channel.handle_timeout(10.0)
        written = [output.data for output in channel.outputs()]
        assert len(written) == URC_LIMIT
        assert written[0] == b"\r\n+X: 1\r\n"
        assert written[-1] == b"\r\n+X: last\r\n"
        assert channel.lost == 0

    def test_inside_a_command_it_cannot_go_and_is_lost_and_counted(self, connect: Connect) -> None:
        channel, _ = connect()
        channel.receive(b"AT+WAIT=5\r", 0.0, 1)
        for number in range(URC_LIMIT + 3):
            channel.unsolicited(info("+X", number), 0.0, 2)
        assert channel.outputs() == []
        assert channel.lost == 3
        channel.handle_timeout(5.0)
        written = [output.data for output in channel.outputs()]
        assert len(written) == 1 + URC_LIMIT
        assert written[1] == b"\r\n+X: 3\r\n"
