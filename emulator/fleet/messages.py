"""What the processes of a fleet say to one another."""

from collections.abc import Mapping
from dataclasses import dataclass

from emulator.addresses import Address
from emulator.cloud.doors import Doors
from emulator.fleet.arrivals import Arrivals
from emulator.fleet.crew import Outcome

House = tuple[str, int]
"""A local platform: its name, and which of several."""


@dataclass(frozen=True, slots=True)
class Listening:
    """The local platforms are up."""

    doors: Mapping[House, Doors]


@dataclass(frozen=True, slots=True)
class Ready:
    """A worker can begin."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A process cannot begin; the text is for people."""

    reason: str


@dataclass(frozen=True, slots=True)
class Go:
    """Begin when the clock of all processes (time.monotonic) says so. `platform`: the address of a
    server of somebody else; None: the local ones, behind `doors`."""

    begin: float
    doors: Mapping[House, Doors]
    platform: Address | None = None


@dataclass(frozen=True, slots=True)
class Stop:
    """Report nothing more and come to an end. `leave`: modems leave their platform, if there still
    is one."""

    leave: bool = True


@dataclass(frozen=True, slots=True)
class Done:
    """A worker is through."""

    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Counted:
    """What has come to the local platforms, by place, of modems whose reports have numbers."""

    arrivals: Mapping[int, Arrivals]


Message = Listening | Ready | Failed | Go | Stop | Done | Counted
