"""The one timer of a modem, on a clock that the test moves: not set anew for every message."""

import asyncio
from collections.abc import Callable
from contextvars import Context
from typing import TypeVarTuple

from emulator.modem import Modem, ModemSettings
from emulator.outputs import OpenLink
from emulator.serial_end import SerialEnd
from pty_bridge.memory import MemoryPort
from transport.link import Address, BurstReceiver, LinkReceiver, Tap

_Args = TypeVarTuple("_Args")

SERVER: Address = ("10.0.0.9", 5683)
LOG_IN = (
    b'AT+MIPLCREATEEX="10.0.0.9:5683",0\rAT+MIPLADDOBJ=0,3200,1,"1",0,0\rAT+MIPLOPEN=0,86400,30\r'
)
OBSERVE = b"\x41\x01\x00\x07A\x60\x543200\x010"  # CON GET 7, token A, Observe 0, /3200/0
READS = (b"\x40\x01\x00\x08\xb43200\x010", b"\x40\x01\x00\x09\xb43200\x010")  # CON GET /3200/0
PATIENCE_ENDS = 107.0 + 30.0  # *mcu_answer_timeout_s* (decision 32)
NOTIFY = b'AT+MIPLNOTIFY=0,7,3200,0,5750,1,2,"ab",0,0,9\r'


class Clock(asyncio.SelectorEventLoop):
    """A loop whose time stands still until `now` is set; `timers` are those set by `call_at`."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 100.0
        self.timers: list[float] = []

    def time(self) -> float:
        return self.now

    def call_at(
        self,
        when: float,
        callback: Callable[[*_Args], object],
        *args: *_Args,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        self.timers.append(when)
        return super().call_at(when, callback, *args, context=context)


class Wire:
    """A link to nowhere, which keeps what is sent."""

    local, remote = ("10.0.0.1", 1), SERVER

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.receiver: LinkReceiver

    async def open(
        self, remote: Address, receiver: LinkReceiver, *, tap: Tap | None = None
    ) -> "Wire":
        self.receiver = receiver
        return self

    def send(self, data: bytes) -> None:
        self.sent.append(data)

    def rebind(self) -> None: ...

    def close(self) -> None: ...


async def _there(link: OpenLink) -> Address:
    return SERVER


async def _settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def _confirmed_and_lost(loop: Clock) -> None:
    wire = Wire()
    settings = ModemSettings("MN319", timing="fast", seed=1)
    async with Modem(SerialEnd("memory:"), _there, settings, open_link=wire.open) as modem:
        assert isinstance(modem.port, MemoryPort)
        host = modem.port.host
        host.open()
        host.write(LOG_IN)
        await _settled()
        register = wire.sent[0]  # CON POST: repeated after 2 s (RFC 7252 4.8, ACK_TIMEOUT)
        token = register[4 : 4 + (register[0] & 15)]
        wire.receiver.datagram_received(
            bytes((0x60 | len(token), 0x41)) + register[2:4] + token + b"\x82rd\x011"
        )
        wire.receiver.datagram_received(OBSERVE)
        loop.timers.clear()
        loop.now = 101.0
        for _ in range(3):
            host.write(NOTIFY)
            await _settled()
            acked = wire.sent[-1]
            wire.receiver.datagram_received(b"\x60\x00" + acked[2:4])
        assert loop.timers == []
        host.write(NOTIFY)
        await _settled()
        lost, count = wire.sent[-1], len(wire.sent)
        loop.now = 102.0  # that of the Register is due, which has been answered
        await _settled()
        assert (loop.timers, len(wire.sent)) == ([103.0], count)
        loop.now = 103.0
        await _settled()
        assert wire.sent[count:] == [lost]
        wire.receiver.datagram_received(b"\x60\x00" + lost[2:4])
        loop.now = 107.0  # T, 3T: when it would have gone out again (decision 28)
        await _settled()
        loop.timers.clear()
        assert isinstance(wire.receiver, BurstReceiver)
        wire.receiver.burst_begins()
        for read in READS:
            wire.receiver.datagram_received(read)
        assert loop.timers == []
        wire.receiver.burst_ends()
        assert loop.timers == [PATIENCE_ENDS]


def test_a_timer_stays_that_is_early_and_a_burst_sets_it_once() -> None:
    with asyncio.Runner(loop_factory=Clock) as runner:
        loop = runner.get_loop()
        assert isinstance(loop, Clock)
        runner.run(_confirmed_and_lost(loop))
