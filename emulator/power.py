"""Power and boot of a module: whether it is on, and when it answers again (decisions 9, 10)."""

from collections.abc import Callable
from math import inf

from emulator import urc
from emulator.at.channel import Channel
from emulator.at.results import Line
from emulator.boot import Boot, Cause, boot, seconds_of
from emulator.in_force import InForce
from emulator.journal import Journal
from emulator.network import Network
from emulator.profile import Profile
from emulator.turn import Turn


class Power:
    """`boots`: how often it has started anew; `boot`: the one that is not over yet."""

    __slots__ = (
        "is_on", "boots", "boot", "_was_opened", "_turn", "_in_force", "_emit", "_network",
        "_channel", "_journal",
    )  # fmt: skip

    def __init__(
        self,
        turn: Turn,
        in_force: InForce,
        network: Network,
        channel: Channel,
        journal: Journal,
        emit: Callable[[Line], None],
    ) -> None:
        self.is_on = True
        self.boots = 0
        self.boot: Boot | None = None
        self._turn, self._in_force, self._emit = turn, in_force, emit
        self._network, self._channel, self._journal = network, channel, journal
        self._was_opened = False

    def opened(self) -> bool:
        """A host has opened the device; whether the module starts anew because of it."""
        how, first = self._in_force.quirks.boot_on_open, not self._was_opened
        self._was_opened = True
        return self.is_on and (how == "every" or (how == "first" and first))

    def restarts(self, by: Cause) -> None:
        """It starts anew, and is about to forget what it knows."""
        self.boots += 1
        self._journal.record(self._turn.now, "reboot", self._turn.cause, text=f"by {by}")

    def start(self, profile: Profile, by: Cause, now: float) -> None:
        """Nothing is answered until the boot is over."""
        ends_at = now + seconds_of(self._in_force.quirks)
        self._network.restart(ends_at)
        self.boot = boot(profile, by, ends_at)
        self._channel.quiet_until(ends_at)
        self.enter(now)

    def off(self) -> None:
        """Nothing is answered until it is switched on."""
        self._channel.quiet_until(inf)

    def enter(self, now: float) -> None:
        """What the module prints when it is there again, and in the network again."""
        self._network.enter(now)
        if self.boot is not None:
            for line in self.boot.take(self._network.address, now):
                self._emit(urc.boot(line))
            if self.boot.is_over(now):
                self.boot = None
