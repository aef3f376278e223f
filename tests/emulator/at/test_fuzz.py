"""Any bytes in any pieces: one final result per command line, bounded memory, no surprise.

The number of command lines is counted here a second time, byte by byte, in the most naive way.
"""

from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emulator.at.backlog import BACKLOG_LIMIT
from emulator.at.channel import URC_LIMIT, Channel, ChannelSettings
from emulator.at.results import info
from emulator.at.state import LineProfile

Connect = Callable[..., tuple[Channel, Any]]

FINALS = ("OK", "ERROR", "+CME ERROR:", "+CIS ERROR:")
WORDS = [
    b"AT", b"at", b"A/", b"+TEXT=", b"+TEXT?", b"+NUM=", b"+MIPLNUM=", b"+MIPLVALUE=0,", b"+FAIL=",
    b"+CRASH", b"+MIPLCRASH", b"+EVENT=", b"+CMEE=", b"+MIPLWAY=", b"E1", b"E0", b"&F", b"&W", b"Z",
    b"S3=13", b"S7?", b"I", b";", b",", b"=", b"?", b"=?", b'"', b'"a"', b'","', b"0", b"1", b"7",
    b"0x200", b" ", b"\xe2\x80\x9c", b"\xe2\x80\x9d", b"\xa1\xb0", b"\xff", b"\x00", b"\b", b"\x7f",
    b"words", b"x" * 1500,
]  # fmt: skip
ENDS = [b"\r", b"\n", b"\r\n"]

COMMANDS = [
    b"AT\r", b"AT+NUM=7\r\n", b"at+text=a\n", b"A/", b"AT+MIPLNUM=0,0x7\r", b"AT+MIPLNUM=1,7\r",
    b'AT+MIPLVALUE=0,"a",b",0,0,1\r\n', b"AT+EVENT=1;+EVENT=2\r\n", b"AT+CRASH\r",
    b"AT+MIPLCRASH\r", b"ATE0+TEXT=1;+TEXT?\r", b"AT&W+CMEE=1;I\r\n", b"ATZS3?\r",
    b"AT+FAIL=3\r", b"\x00\xffAT\r\n\x00", b"AT+MIPLWAY=words,0,x\r", b"+NUM=7\r", b"AT+NUM=7",
    b"AT+TEXT=" + b"y" * 5000 + b"\r",
]  # fmt: skip

chosen = st.lists(st.sampled_from(WORDS + COMMANDS + ENDS * 6), max_size=60).map(b"".join)
raw = st.binary(max_size=300)
inputs = st.one_of(chosen, raw, st.tuples(chosen, raw).map(b"".join))

relaxed = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
    max_examples=150,
)


class Count:
    """How many lines were completed that are not blank, and how many `A/`."""

    def __init__(self) -> None:
        self.lines = 0
        self.line: list[int] = []
        self.overlong = False
        self.behind_cr = False

    def feed(self, data: bytes) -> int:
        for byte in data.replace(b"\0", b""):
            if not (byte == 10 and self.behind_cr):
                self.byte(byte)
            self.behind_cr = byte == 13
        return self.lines

    def byte(self, byte: int) -> None:
        if byte in (10, 13):
            self.end(self.overlong or any(other not in b" \t" for other in self.line))
        elif byte in (8, 127):
            del self.line[-1:]
        else:
            self.line.append(byte)
            self.overlong = self.overlong or len(self.line) > 4096
            if not self.overlong and len(self.line) == 2 and bytes(self.line) in (b"A/", b"a/"):
                self.end(True)

    def end(self, counts: bool) -> None:
        self.lines += counts
        self.line, self.overlong = [], False


def pieces(data: bytes, cuts: list[int]) -> Iterator[bytes]:
    edges = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    for start, end in zip(edges, edges[1:], strict=False):
        yield data[start:end]


def finals(channel: Channel) -> list[str]:
    """The last line of every reply; what stands before it must not look like a result."""
    found = []
    for written in channel.outputs():
        if written.kind != "reply":
            continue
        assert written.data.startswith(b"\r\n")
        assert written.data.endswith(b"\r\n")
        *lines, last = written.data[2:-2].split(b"\r\n\r\n")
        assert not any(line.decode("latin-1").startswith(FINALS) for line in lines)
        found.append(last.decode("latin-1"))
    return found


@relaxed
@given(data=inputs, cuts=st.lists(st.integers(0, 400)))
def test_one_final_result_per_command_line(connect: Connect, data: bytes, cuts: list[int]) -> None:
    channel, _ = connect()
    for cause, piece in enumerate(pieces(data, cuts)):
        channel.receive(piece, cause * 0.001, cause)
        assert len(channel._reader._line) <= 4096
        assert channel.backlog_size == 0
    results = finals(channel)
    assert len(results) == Count().feed(data)
    assert all(result.startswith(FINALS) for result in results)


@relaxed
@given(data=inputs, cuts=st.lists(st.integers(0, 400)), echo=st.booleans())
def test_the_same_bytes_come_out_for_every_cut(
    connect: Connect, data: bytes, cuts: list[int], echo: bool
) -> None:
    said = []
    for chunks in ([data], list(pieces(data, cuts)), [data[i : i + 1] for i in range(len(data))]):
        channel, bench = connect(LineProfile(echo=echo))
        for chunk in chunks:
            channel.receive(chunk, 0.0, 1)
        channel.handle_timeout(1.0)
        written = [output for output in channel.outputs() if output.kind != "unsolicited"]
        said.append((b"".join(output.data for output in written), bench.seen))
    assert said[0] == said[1] == said[2]


steps = st.lists(
    st.one_of(
        inputs,
        st.sampled_from([b"AT+WAIT=3\r", b"AT+WAIT=0;+WAIT=1\rAT\r", b"AT+LATEFAIL=2\r"]),
        st.integers(0, 30),  # that many unsolicited lines
        st.floats(0.0, 4.0),  # time passes
    ),
    max_size=25,
)


@relaxed
@given(steps=steps, gap=st.sampled_from([0.0, 0.5]), delay=st.sampled_from([0.0, 0.3]))
def test_nothing_unsolicited_between_a_command_and_its_result(
    connect: Connect, steps: list[bytes | int | float], gap: float, delay: float
) -> None:
    """Runs through time with commands that wait. An unsolicited line may go only while every
    command line that was sent has been answered, and never within the gap; none is lost."""
    channel, _ = connect(settings=ChannelSettings(urc_gap_s=gap, reply_delay_s=delay))
    count = Count()
    now, answered, urcs, last_reply = 0.0, 0, 0, -9.0

    def check() -> None:
        nonlocal answered, urcs, last_reply
        for output in channel.outputs():
            if output.kind == "reply":
                answered, last_reply = answered + 1, now
            elif output.data.startswith(b"\r\n+URC: "):
                assert answered == count.lines
                assert now >= last_reply + gap
                assert output.data == b"\r\n+URC: %d\r\n" % urcs
                urcs += 1

    given_urcs = 0
    for step in [*steps, b"\r", 500.0]:
        match step:
            case bytes():
                count.feed(step)
                channel.receive(step, now, 1)
            case int():
                for _ in range(step):
                    channel.unsolicited(info("+URC", given_urcs), now, 2)
                    given_urcs += 1
            case float():
                end = now + step
                while (due := channel.deadline()) is not None and due <= end:
                    now = max(now, due)
                    channel.handle_timeout(now)
                    check()
                now = end
        check()
        assert channel.backlog_size <= BACKLOG_LIMIT
        assert len(channel._urcs) <= URC_LIMIT
    assert answered == count.lines
    assert urcs == given_urcs
