"""The channel: order, one final result each, waiting, reboot. Time is a number."""

from collections.abc import Callable
from math import inf
from typing import Any

import pytest

from emulator.at.backlog import BACKLOG_LIMIT
from emulator.at.channel import Channel, ChannelSettings, Written
from emulator.at.results import Done, Failed, Family, Later, Problem, info
from emulator.at.state import LineProfile
from emulator.at.table import Table

Connect = Callable[..., tuple[Channel, Any]]
Ask = Callable[..., bytes]

OK = b"\r\nOK\r\n"


def data(channel: Channel) -> bytes:
    return b"".join(written.data for written in channel.outputs())


@pytest.mark.parametrize("profile", [LineProfile(), LineProfile(verbose=False, cmee=0)])
def test_a_failed_line_carries_its_problem_in_every_spelling(
    connect: Connect, profile: LineProfile
) -> None:
    """For the stage behind the channel, which breaks rules on purpose (design 1)."""
    channel, _ = connect(profile)
    channel.receive(b"AT+MIPLNUM=0,x\rAT+FAIL=3\rAT\r", 0.0, 1)
    assert [written.problem for written in channel.outputs()] == [
        Problem(Family.MIPL, 601),
        Problem(Family.GENERAL, 3),
        None,
    ]


class TestEcho:
    """V.250 6.2.4; decision 5."""

    def test_is_a_write_of_its_own_before_the_reply(self, connect: Connect) -> None:
        channel, _ = connect(LineProfile(echo=True))
        channel.receive(b"AT\r\n", 0.0, 1)
        assert channel.outputs() == [Written("echo", b"AT\r", 1), Written("reply", OK, 1)]

    def test_comes_as_the_bytes_come(self, connect: Connect) -> None:
        channel, _ = connect(LineProfile(echo=True))
        channel.receive(b"AT+TE", 0.0, 1)
        assert channel.outputs() == [Written("echo", b"AT+TE", 1)]
        channel.receive(b"XT=a\r", 0.0, 2)
        assert channel.outputs() == [
            Written("echo", b"XT=a\r", 2),
            Written("reply", b"\r\n+TEXT: a\r\n\r\nOK\r\n", 2),
        ]

    def test_switches_off_and_on_at_once(self, ask: Ask) -> None:
        """HF 3: ATE0 must take effect at once; here with the next command in the same bytes."""
        assert ask(b"ATE1\rAT\rATE0\rAT\r") == OK + b"AT\r" + OK + b"ATE0\r" + OK + OK

    def test_of_an_early_command_waits_for_its_turn(self, connect: Connect) -> None:
        channel, _ = connect(LineProfile(echo=True))
        channel.receive(b"AT+WAIT=5\rAT\rATI", 0.0, 1)
        assert data(channel) == b"AT+WAIT=5\r"
        channel.handle_timeout(5.0)
        assert data(channel) == b"\r\n+WAITED: 5.0\r\n" + OK + b"AT\r" + OK + b"ATI"


class TestWaiting:
    """Decision 2: strictly one after another; one that arrives early waits."""

    def test_early_commands_wait_for_the_one_that_runs(self, connect: Connect) -> None:
        channel, bench = connect()
        channel.receive(b"AT+WAIT=5\r\nAT+NUM=1\r\n", 0.0, 1)
        channel.receive(b"AT+NUM=2\r\n", 1.0, 2)
        assert channel.outputs() == []
        assert bench.seen == []
        assert channel.waiting
        assert channel.deadline() == 5.0
        channel.handle_timeout(5.0)
        assert channel.outputs() == [
            Written("reply", b"\r\n+WAITED: 5.0\r\n\r\nOK\r\n", 1),
            Written("reply", OK, 1),
            Written("reply", OK, 2),
        ]
        assert bench.seen == [1, 2]
        assert not channel.waiting
        assert channel.deadline() is None

    def test_too_early_a_timeout_does_nothing(self, connect: Connect) -> None:
        channel, _ = connect()
        channel.receive(b"AT+WAIT=5\r", 0.0, 1)
        channel.handle_timeout(4.9)
        assert channel.outputs() == []
        assert channel.deadline() == 5.0

    def test_input_that_overtakes_the_timer_finds_the_result_given(self, connect: Connect) -> None:
        channel, _ = connect()
        channel.receive(b"AT+WAIT=5\r", 0.0, 1)
        channel.receive(b"AT+TEXT=a\r", 6.0, 2)
        assert channel.outputs() == [
            Written("reply", b"\r\n+WAITED: 6.0\r\n\r\nOK\r\n", 1),
            Written("reply", b"\r\n+TEXT: a\r\n\r\nOK\r\n", 2),
        ]

    def test_a_result_may_be_given_early_and_only_once(self, connect: Connect) -> None:
        channel, _ = connect()
        channel.receive(b"AT+WAIT=5\rAT+NUM=1\r", 0.0, 3)
        assert channel.finish(Done((info("+EARLY", 1),)), 2.0)
        assert channel.outputs() == [
            Written("reply", b"\r\n+EARLY: 1\r\n\r\nOK\r\n", 3),
            Written("reply", OK, 3),
        ]
        assert not channel.finish(Done(), 3.0)
        channel.handle_timeout(5.0)
        assert channel.outputs() == []

    def test_it_may_fail_early_and_be_put_off_again(self, connect: Connect) -> None:
        channel, _ = connect()
        channel.receive(b"AT+WAIT=5\r", 0.0, 1)
        assert channel.finish(Later(9.0, lambda now: Done()), 2.0)
        assert channel.outputs() == []
        assert channel.deadline() == 9.0
        assert channel.finish(Failed(3), 3.0)
        assert data(channel) == b"\r\nERROR\r\n"

    def test_an_infinite_deadline_is_none(self, connect: Connect) -> None:
        channel, _ = connect()
        channel.receive(b"AT+WAIT=5\r", 0.0, 1)
        channel.finish(Later(inf, lambda now: Done()), 1.0)
        assert channel.deadline() is None
        channel.handle_timeout(1e9)
        assert channel.outputs() == []
        assert channel.finish(Done(), 2e9)
        assert data(channel) == OK

    def test_nothing_to_finish(self, connect: Connect) -> None:
        channel, _ = connect()
        assert not channel.finish(Done(), 0.0)
        assert channel.outputs() == []

    def test_beyond_the_backlog_every_line_still_has_one_result(self, connect: Connect) -> None:
        channel, bench = connect()
        channel.receive(b"AT+WAIT=5\r", 0.0, 0)
        for number in range(10_000):
            channel.receive(b"AT+NUM=1\r", 0.0, 1 + number)
        assert channel.backlog_size <= BACKLOG_LIMIT
        channel.handle_timeout(5.0)
        replies = [written.data for written in channel.outputs()]
        carried_out = len(bench.seen)
        assert 3000 < carried_out < 10_000
        assert replies[1:] == [OK] * carried_out + [b"\r\nERROR\r\n"] * (10_000 - carried_out)
        channel.receive(b"AT\r", 6.0, 99)
        assert data(channel) == OK


class TestReplyDelay:
    """*reply_delay_ms*."""

    def test_the_command_is_carried_out_and_answered_after_it(self, connect: Connect) -> None:
        channel, bench = connect(LineProfile(echo=True), ChannelSettings(reply_delay_s=0.5))
        channel.receive(b"AT+NUM=1\r\nAT+NUM=2\r\n", 1.0, 4)
        assert data(channel) == b"AT+NUM=1\r"
        assert bench.seen == []
        assert channel.deadline() == 1.5
        channel.handle_timeout(1.5)
        assert data(channel) == OK + b"AT+NUM=2\r"
        assert bench.seen == [1]
        assert channel.deadline() == 2.0
        channel.handle_timeout(2.0)
        assert channel.outputs() == [Written("reply", OK, 4)]
        assert channel.deadline() is None

    def test_counts_from_the_command_for_one_that_ends_later(self, connect: Connect) -> None:
        channel, _ = connect(settings=ChannelSettings(reply_delay_s=0.5))
        channel.receive(b"AT+WAIT=5\r\n", 1.0, 4)
        channel.handle_timeout(1.5)
        assert channel.deadline() == 6.5

    def test_also_before_an_error(self, connect: Connect) -> None:
        channel, _ = connect(settings=ChannelSettings(reply_delay_s=0.5))
        channel.receive(b"x" * 5000 + b"\r", 1.0, 4)
        assert channel.outputs() == []
        channel.handle_timeout(1.5)
        assert data(channel) == b"\r\nERROR\r\n"


class TestBugs:
    """Design 1: every command line is answered once, also when we have a bug."""

    @pytest.mark.parametrize(
        ("line", "answer"),
        [
            (b"AT+MIPLCRASH\r", b"\r\n+CIS ERROR: 100\r\n"),
            (b"AT+CRASH\r", b"\r\nERROR\r\n"),
            (b"AT+WRONG\r", b"\r\nERROR\r\n"),
        ],
    )
    def test_are_answered_and_reported(self, connect: Connect, line: bytes, answer: bytes) -> None:
        bugs: list[tuple[str, str]] = []
        channel, _ = connect(bug=lambda bug, text: bugs.append((type(bug).__name__, text)))
        channel.receive(line + b"AT\r", 0.0, 1)
        assert data(channel) == answer + OK
        assert len(bugs) == 1
        assert bugs[0][1] == line.decode().strip()

    def test_strict_raises_again_when_all_has_been_answered(self, connect: Connect) -> None:
        channel, _ = connect(settings=ChannelSettings(strict=True))
        with pytest.raises(ZeroDivisionError, match="a bug"):
            channel.receive(b"AT+MIPLCRASH\rAT+CRASH\rAT\r", 0.0, 1)
        assert data(channel) == b"\r\n+CIS ERROR: 100\r\n\r\nERROR\r\n" + OK
        channel.receive(b"AT\r", 0.0, 2)
        assert data(channel) == OK

    def test_a_failure_is_no_bug(self, connect: Connect) -> None:
        bugs: list[str] = []
        channel, _ = connect(
            settings=ChannelSettings(strict=True), bug=lambda bug, text: bugs.append(text)
        )
        channel.receive(b"AT+FAIL=3\rBOGUS\r", 0.0, 1)
        assert bugs == []


def boot(channel: Channel, now: float) -> None:
    channel.quiet_until(now + 0.5)


class TestReboot:
    """Decision 10: the one exception to one final result."""

    def test_prints_its_lines_and_drops_everything_pending(self, connect: Connect) -> None:
        calls: list[tuple[float, int]] = []
        channel, bench = connect(
            settings=ChannelSettings(urc_gap_s=1.0),
            on_reboot=lambda now, cause: calls.append((now, cause)),
        )
        channel.receive(b"AT\r", 0.0, 1)
        channel.unsolicited(info("+OLD"), 0.0, 2)
        channel.receive(b"AT+TEXT=a;+NRB;+NUM=5\r\nAT+NUM=6\r\nATI", 0.5, 3)
        assert channel.outputs() == [
            Written("reply", OK, 1),
            Written("reply", b"\r\n+TEXT: a\r\n\r\nREBOOTING\r\n", 3),
        ]
        assert calls == [(0.5, 3)]
        assert bench.seen == ["a"]
        assert channel.deadline() is None
        channel.receive(b"\r", 9.0, 4)
        assert channel.outputs() == []

    def test_the_shell_keeps_it_quiet_until_boot_is_over(self, connect: Connect) -> None:
        channel: Channel
        channel, bench = connect(on_reboot=lambda now, cause: boot(channel, now))
        channel.receive(b"AT+NRB\r\n", 1.0, 1)
        assert data(channel) == b"\r\nREBOOTING\r\n"
        channel.receive(b"AT+NUM=1\r\nAT+NU", 1.4, 2)
        assert channel.outputs() == []
        channel.unsolicited("REBOOT_CAUSE_APPLICATION_AT", 1.45, 3)
        assert data(channel) == b"\r\nREBOOT_CAUSE_APPLICATION_AT\r\n"
        channel.receive(b"AT+NUM=2\r\n", 1.5, 4)
        assert data(channel) == OK
        assert bench.seen == [2]

    def test_takes_the_stored_profile_back(self, ask: Ask) -> None:
        answer = ask(b"ATE1\r", b"AT&W\r", b"ATV0\r", b"AT+CMEE=0\r", b"AT+NRB\r", b"AT+MIPLNUM\r")
        assert answer == (
            OK
            + (b"AT&W\r" + OK)
            + (b"ATV0\r" + b"0\r")
            + (b"AT+CMEE=0\r" + b"0\r")
            + (b"AT+NRB\r" + b"REBOOTING\r\n")
            + (b"AT+MIPLNUM\r" + b"\r\n+CIS ERROR: 601\r\n")
        )

    def test_a_later_one(self, connect: Connect) -> None:
        channel: Channel
        channel, bench = connect(on_reboot=lambda now, cause: boot(channel, now))
        channel.receive(b"AT+LATENRB=2\r\nAT+NUM=1\r\n", 0.0, 1)
        channel.receive(b"AT+NUM=2\r\n", 2.0, 2)
        assert channel.outputs() == [Written("reply", b"\r\nREBOOTING\r\n", 1)]
        assert bench.seen == []


class TestReset:
    """Power: decision 10."""

    def test_drops_the_command_that_waits_and_all_behind_it(self, connect: Connect) -> None:
        channel, bench = connect()
        channel.receive(b"AT+WAIT=5\rAT+NUM=1\rAT+NU", 0.0, 1)
        channel.unsolicited(info("+X"), 0.0, 2)
        channel.reset(1.0)
        assert channel.deadline() is None
        assert not channel.finish(Done(), 2.0)
        channel.receive(b"M=2\r", 5.0, 3)
        channel.handle_timeout(6.0)
        assert data(channel) == b"\r\nERROR\r\n"
        assert bench.seen == []

    def test_forgets_the_last_command_line(self, connect: Connect) -> None:
        channel, bench = connect()
        channel.receive(b"AT+NUM=1\r", 0.0, 1)
        channel.reset(1.0)
        channel.receive(b"A/", 2.0, 2)
        assert data(channel) == OK + OK
        assert bench.seen == [1]

    def test_by_the_command_itself_leaves_it_unanswered(self, connect: Connect) -> None:
        channel, bench = connect()
        channel.receive(b"AT+POWEROFF\rAT+NUM=1\r", 0.0, 1)
        assert channel.outputs() == []
        assert bench.seen == []
        channel.receive(b"AT\r", 1.0, 2)
        assert data(channel) == OK


class TestRepeat:
    """V.250 5.2.4; decision 5."""

    def test_runs_the_last_line_again(self, connect: Connect) -> None:
        channel, bench = connect(LineProfile(echo=True))
        channel.receive(b"AT+NUM=1;+NUM=2\rA/\rA/", 0.0, 1)
        assert data(channel) == b"AT+NUM=1;+NUM=2\r" + OK + b"A/" + OK + b"\r" + b"A/" + OK
        assert bench.seen == [1, 2] * 3

    def test_before_any_command_repeats_an_empty_one(self, ask: Ask) -> None:
        assert ask(b"A/") == OK

    def test_is_not_impressed_by_noise_in_between(self, connect: Connect) -> None:
        channel, bench = connect()
        channel.receive(b"AT+NUM=1\rBOGUS\r" + b"x" * 5000 + b"\rA/", 0.0, 1)
        assert data(channel) == OK + b"\r\nERROR\r\n\r\nERROR\r\n" + OK
        assert bench.seen == [1, 1]


def test_the_journal_hears_of_every_command_line_before_it_runs(connect: Connect) -> None:
    heard: list[tuple[str, float, int, int]] = []
    seen: list[object] = []
    channel, bench = connect(
        on_command=lambda text, now, cause: heard.append((text, now, cause, len(seen)))
    )
    bench.seen = seen
    channel.receive(b"at+num=1 \r\n\r\nAT\r", 1.0, 7)
    channel.receive(b"A/BOGUS\r", 2.0, 8)
    assert heard == [
        ("at+num=1", 1.0, 7, 0),
        ("AT", 1.0, 7, 1),
        ("AT", 2.0, 8, 1),
        ("BOGUS", 2.0, 8, 1),
    ]


def test_outputs_drains(connect: Connect) -> None:
    channel, _ = connect()
    channel.receive(b"AT\r", 0.0, 1)
    assert len(channel.outputs()) == 1
    assert channel.outputs() == []


def test_spelling_is_the_callers(table: Table, connect: Connect) -> None:
    """Decision 1: in dialect `field` no blank behind the colon; also in +CIS ERROR."""

    def field(line: Any) -> str:
        return line if isinstance(line, str) else f"{line.name}:{','.join(line.fields)}"

    channel, _ = connect(spell=field)
    channel.receive(b"AT+MIPLNUM=0,1\rAT+MIPLNUM=0\r", 0.0, 1)
    channel.unsolicited(info("+MIPLEVENT", 0, 6), 0.0, 2)
    assert data(channel) == (
        b"\r\n+MIPLNUM:0,1\r\n\r\nOK\r\n\r\n+CIS ERROR:601\r\n\r\n+MIPLEVENT:0,6\r\n"
    )
