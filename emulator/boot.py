"""From a reboot to the first answer (decision 10)."""

from dataclasses import dataclass
from typing import Literal

from emulator.profile import Profile
from emulator.quirks import Quirks

Cause = Literal["reset", "command"]
"""What started the module: power or the reset pin; or a command, its own or the platform's."""


ADDRESS = "<addr>"  # in a line: the address that the network gives, for which the line waits


@dataclass(slots=True)
class Boot:
    """Nothing is answered before `ends_at`; then `lines` are printed."""

    ends_at: float
    lines: tuple[str, ...]

    @property
    def due(self) -> float | None:
        """The end of the boot; None once what is still to be said waits for the network."""
        return None if self.lines and ADDRESS in self.lines[0] else self.ends_at

    def is_over(self, now: float) -> bool:
        """Whether the module is there again, and has said so."""
        return now >= self.ends_at and not self.lines

    def take(self, address: str, now: float) -> list[str]:
        """What is printed by now; `address` is empty while the module has none."""
        taken = []
        while now >= self.ends_at and self.lines and (address or ADDRESS not in self.lines[0]):
            taken.append(self.lines[0].replace(ADDRESS, address))
            self.lines = self.lines[1:]
        return taken


def seconds_of(quirks: Quirks) -> float:
    """How long a boot takes."""
    return quirks.boot_ms / 1000


def boot(profile: Profile, cause: Cause, ends_at: float) -> Boot:
    """The boot of one model."""
    return Boot(ends_at, profile.reset_lines if cause == "reset" else profile.command_lines)
