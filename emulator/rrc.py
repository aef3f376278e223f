"""The radio connection of a registered module: connected, idle, asleep in PSM (24.301, 36.331)."""

from enum import Enum
from typing import Protocol

from emulator.in_force import InForce

NEVER = float("inf")


class Radio(Enum):
    OFF = "not registered"
    CONNECTED = "datagrams pass"
    IDLE = "paged when something comes"
    ASLEEP = "power saving mode: nothing is heard (23.682 4.5.4)"


_CONNECTED = Radio.CONNECTED  # looked at for every datagram


class Owner(Protocol):
    """The network as the module sees it."""

    def power_saving(self) -> tuple[float, float]:
        """The active timer and the periodic one in seconds, NEVER for none: what AT+CPSMS asked
        for."""

    def radio_changed(self, state: Radio, before: Radio) -> None:
        """The state is another."""


class Rrc:
    """The connection of one module."""

    __slots__ = ("state", "idle_since", "sleeps", "due", "_in_force", "_owner")

    def __init__(
        self,
        in_force: InForce,
        owner: Owner,
    ) -> None:
        self.state = Radio.OFF
        self._in_force, self._owner = in_force, owner
        self.idle_since = 0.0
        self.sleeps = 0  # how often it has fallen asleep
        self.due = NEVER

    def off(self) -> None:
        self._go(Radio.OFF, NEVER)

    def exchanged(self, now: float) -> None:
        """A datagram, or signalling: the module is connected."""
        due = now + self._in_force.quirks.rrc_idle_s
        if self.state is _CONNECTED:
            self.due = due
        else:
            self._go(_CONNECTED, due)

    def release(self, now: float) -> None:
        """The connection is let go before its time (manual 3.9; decision 46)."""
        if self.state is Radio.CONNECTED:
            self._idle(now)

    def sleep(self, now: float) -> None:
        """At once, whatever AT+CPSMS says."""
        if self.state in (Radio.CONNECTED, Radio.IDLE):
            self.idle_since = now
            self._go(Radio.ASLEEP, now + self._owner.power_saving()[1])

    def wake(self, now: float) -> None:
        """The module is used again."""
        if self.state is Radio.ASLEEP:
            self._idle(now)

    def review(self, now: float) -> None:
        """The timers are others."""
        active, periodic = self._owner.power_saving()
        if self.state is Radio.IDLE:
            self.due = max(now, self.idle_since + active)
        elif self.state is Radio.ASLEEP and active == NEVER:
            self._idle(now)
        elif self.state is Radio.ASLEEP:
            self.due = max(now, self.idle_since + periodic)

    def handle_timeout(self, now: float) -> None:
        """What has come about by then; each step at its own moment."""
        while self.due <= now:
            match self.state:
                case Radio.CONNECTED:
                    self._idle(self.due)
                case Radio.IDLE:
                    self._go(Radio.ASLEEP, self.idle_since + self._owner.power_saving()[1])
                case Radio.ASLEEP:  # the periodic tracking area update
                    self.exchanged(self.due)
                case Radio.OFF:
                    self.due = NEVER

    def _idle(self, at: float) -> None:
        self.idle_since = at
        self._go(Radio.IDLE, at + self._owner.power_saving()[0])

    def _go(self, state: Radio, due: float) -> None:
        before, self.state, self.due = self.state, state, due
        if before is not state:
            self.sleeps += state is Radio.ASLEEP
            self._owner.radio_changed(state, before)
