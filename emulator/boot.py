"""From a reboot to the first answer (decision 10)."""

from dataclasses import dataclass
from typing import Literal

from emulator.profile import Profile

Cause = Literal["reset", "command"]
"""What started the module: power or the reset pin; or a command, its own or the platform's."""


@dataclass(frozen=True, slots=True)
class Boot:
    """Nothing is answered before `ends_at`; then `lines` are printed."""

    ends_at: float
    lines: tuple[str, ...]


def boot(profile: Profile, cause: Cause, ends_at: float) -> Boot:
    """The boot of one model; `<addr>` in its lines is the address that the network gave it."""
    lines = profile.reset_lines if cause == "reset" else profile.command_lines
    return Boot(ends_at, tuple(line.replace("<addr>", profile.address) for line in lines))
