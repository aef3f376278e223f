"""What the lint has to know of the module that it watches."""

from dataclasses import dataclass

from emulator.boot import seconds_of
from emulator.profile import Profile
from emulator.quirks import Quirks
from emulator.transmission import patience_of, transmission_of


@dataclass(frozen=True, slots=True)
class Facts:
    """Of one model with its switches. `boot_s`: nothing is answered so long after a reboot;
    `patience_s`: how long it waits for the host's answer (decision 32); `ack_s`: when a CON is sent
    again (decision 28)."""

    model: str
    absent_commands: frozenset[str]
    reports_sending: bool
    release_flags: str
    platforms: tuple[int, ...]
    boot_s: float
    patience_s: float
    ack_s: float

    @property
    def exchange_s(self) -> float:
        """When a CON is given up (decision 28)."""
        return 31 * self.ack_s


def facts_of(profile: Profile, quirks: Quirks) -> Facts:
    """The facts of a modem."""
    return Facts(
        profile.name,
        profile.absent_commands,
        profile.nsmi != "651",
        profile.release_flags,
        profile.platforms,
        seconds_of(quirks),
        patience_of(quirks),
        transmission_of(quirks).ack_timeout,
    )
