"""The reports of one modem that have been sent, and what has become of them."""

import asyncio
from collections.abc import Callable
from typing import Final, Protocol

from emulator.fleet.ledger import Count

WAITS: Final = 31
"""A CON is given up so many times ACK_TIMEOUT after it was first sent (decision 28)."""

MARGIN: Final = 5.0
"""Seconds more, for a machine that is behind."""


class Counting(Protocol):
    def __call__(self, count: Count, more: int = 1, /) -> None: ...


class Reports:
    """`sent` is the number of the last report. `given_up` are those never confirmed."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        count: Counting,
        took: Callable[[float], None],
        within: float,
    ) -> None:
        """`within`: seconds after which a confirmation comes too late."""
        self._within = within
        self._loop, self._count, self._took = loop, count, took
        self._patience = WAITS * 2.0 + MARGIN
        self.sent = 0
        self.given_up: set[int] = set()
        self._waiting: dict[int, tuple[int, float, asyncio.TimerHandle]] = {}  # by ackid
        self._settled = asyncio.Event()
        self._settled.set()

    def give_up_after(self, ack_timeout: float) -> None:
        """The module's ACK_TIMEOUT, in seconds, decides when no confirmation will come."""
        self._patience = WAITS * ack_timeout + MARGIN

    def left(self, number: int, confirm: bool) -> None:
        """The module has taken it, or may have."""
        self.sent = number
        self._count(Count.SENT)
        if confirm:
            ackid = number % 65536
            timer = self._loop.call_later(self._patience, self.unconfirmed, ackid)
            self._waiting[ackid] = number, self._loop.time(), timer
            self._settled.clear()

    def confirmed(self, ackid: int) -> None:
        """Event 26."""
        if (found := self._waiting.pop(ackid, None)) is not None:
            _, begun, timer = found
            timer.cancel()
            seconds = self._loop.time() - begun
            self._took(seconds)
            self._count(Count.ACKED)
            if seconds > self._within:
                self._count(Count.SLOW)
            self._look()
        else:
            self._after_all(ackid)

    def unconfirmed(self, ackid: int) -> None:
        """No confirmation will come."""
        if (found := self._waiting.pop(ackid, None)) is not None:
            number, _, timer = found
            timer.cancel()
            self.given_up.add(number)
            self._count(Count.LOST)
            self._look()

    def _after_all(self, ackid: int) -> None:
        """One that was given up too early."""
        for number in self.given_up:
            if number % 65536 == ackid:
                self.given_up.remove(number)
                self._count(Count.LOST, -1)
                self._count(Count.ACKED)
                return

    def _look(self) -> None:
        if not self._waiting:
            self._settled.set()

    async def settled(self) -> None:
        """Until of each it is known what has become of it."""
        await self._settled.wait()

    def close(self) -> None:
        """Nothing is waited for any more; what is open is given up."""
        for ackid in list(self._waiting):
            self.unconfirmed(ackid)
