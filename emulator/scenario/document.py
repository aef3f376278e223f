"""A scenario as values: what a file says, once it has been checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from emulator.cloud.admission import Declared
from emulator.faults.fault import Fault
from emulator.quirks import Dialect
from emulator.scenario.patterns import Pattern
from emulator.scenario.platform_words import CloudDeed, Telling

Side = Literal["host", "module"]

DEFAULT_END = 300.0
"""Seconds that a dialogue may take unless its scenario says so itself."""


@dataclass(frozen=True, slots=True)
class Setup:
    """None and empty: not said, so that the usual holds. `network`: fields of Conditions;
    `switches`: texts, as `set_switch` reads them; `platform`: a manner that every address leads
    to."""

    model: str | None = None
    dialect: Dialect | None = None
    quirks: Mapping[str, Any] = field(default_factory=dict)
    timing: Literal["module", "fast"] | None = None
    seed: int | None = None
    time_scale: float | None = None
    imei: str | None = None
    imsi: str | None = None
    network: Mapping[str, Any] = field(default_factory=dict)
    platform: str | None = None
    switches: Mapping[str, str] = field(default_factory=dict)
    devices: tuple[Declared, ...] = ()

    @property
    def acts(self) -> "tuple[Act, ...]":
        """What makes a module that runs be as the set-up has it."""
        network = (Surround(self.network),) if self.network else ()
        return (*network, *((Behave(self.quirks),) if self.quirks else ()))


# What is waited for.


@dataclass(frozen=True, slots=True)
class Line:
    """A line of one side."""

    side: Side
    pattern: Pattern


Watch = Line | Telling


# What an event does.


@dataclass(frozen=True, slots=True)
class Surround:
    """Fields of Conditions."""

    changes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Power:
    how: Literal["on", "off", "reset"]


@dataclass(frozen=True, slots=True)
class Switch:
    """Switches of the platforms, as texts; an empty one is its usual value."""

    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Behave:
    """Quirks of the module, by name."""

    quirks: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Plant:
    """From now on something goes wrong."""

    fault: Fault


Act = Surround | Power | Switch | Behave | Plant | CloudDeed


@dataclass(frozen=True, slots=True)
class Event:
    """Happens `delay` seconds after the start, or after the `nth` time that `after` was seen;
    `times` times in all, `every` seconds apart. `line`: where it stands in the file. `is_optional`:
    it may fail, or never happen."""

    number: int
    line: int
    act: Act
    after: Watch | None = None
    delay: float = 0.0
    nth: int = 1
    times: int = 1
    every: float = 0.0
    is_optional: bool = False

    @property
    def name(self) -> str:
        return f"events[{self.number}]"

    @property
    def lasts(self) -> float:
        """Seconds from its cause until it has happened for the last time."""
        return self.delay + (self.times - 1) * self.every


@dataclass(frozen=True, slots=True)
class Misfortune:
    """What goes wrong from the start on."""

    number: int
    line: int
    fault: Fault

    @property
    def name(self) -> str:
        return f"faults[{self.number}]"


# The dialogue.


@dataclass(frozen=True, slots=True)
class Expect:
    """All of `watches`, in any order. `within`: seconds from the entry before it."""

    number: int
    line: int
    watches: tuple[Watch, ...]
    within: float | None = None


@dataclass(frozen=True, slots=True)
class Say:
    """What the host writes; who has a real host expects it of him."""

    number: int
    line: int
    pattern: Pattern
    within: float | None = None


@dataclass(frozen=True, slots=True)
class Never:
    """From here on this must not be seen, or not more than so often; with `after` and `until` only
    behind the one, each time, and before the other."""

    number: int
    line: int
    watch: Watch
    more_than: int = 0
    after: Watch | None = None
    until: Watch | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """So many seconds pass; what comes meanwhile is looked at afterwards."""

    number: int
    line: int
    seconds: float


Entry = Expect | Say | Never | Pause


def watches_of(entry: Entry) -> tuple[Watch, ...]:
    """What an entry looks for, but for what the host writes."""
    match entry:
        case Expect(_, _, watches, _):
            return watches
        case Never(_, _, watch, _, after, until):
            return tuple(each for each in (watch, after, until) if each is not None)
    return ()


@dataclass(frozen=True, slots=True)
class Scenario:
    """`strict`: a line that the dialogue does not have is an error. `end`: seconds until all has to
    be over; None: DEFAULT_END with a dialogue, else never."""

    setup: Setup
    events: tuple[Event, ...] = ()
    faults: tuple[Misfortune, ...] = ()
    dialogue: tuple[Entry, ...] = ()
    title: str = ""
    strict: bool = False
    end: float | None = None

    @property
    def limit(self) -> float:
        """Seconds until all has to be over; infinite without a dialogue and an end."""
        if self.end is not None:
            return self.end
        return DEFAULT_END if self.dialogue else float("inf")
