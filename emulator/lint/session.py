"""What the host has made of the module so far, by what it has sent and read."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeVar

K = TypeVar("K", bound=Hashable)
TABLE_LIMIT = 1024  # entries of any table that hosts or platforms fill; the oldest goes

ANY = -1  # an instance or resource in a path: all of them (manual 3.10)
MODULE_OBJECTS = (1, 3, 4, 5, 10290)  # answered by the module unless the host adds them (33)
Path = tuple[int, int, int]


class Phase(Enum):
    NONE = "no instance"
    IDLE = "not logged in"
    OPENING = "logging in"
    REGISTERED = "logged in"


@dataclass(slots=True)
class Secret:
    """How the connection is secured. `encode`: <psk_encode>. None where a recording hides it."""

    dtls: bool = False
    psk: bool | None = False
    pskid: bool | None = False
    encode: int | None = 0


@dataclass(slots=True)
class Held:
    """The lines of one report or answer that wait for flag 0."""

    size: int = 0
    index: int = 0
    line: str = ""
    lines: int = 1


@dataclass(slots=True)
class Strategy:
    """What +MIPLPARAMETER asks of reports: seconds, 0 for none."""

    pmin: float
    pmax: float
    since: float
    reported: float | None = None


@dataclass(slots=True)
class Login:
    """What belongs to one OPEN, up to the end of its session."""

    line: str = ""
    lifetime: float = 0.0
    expires: float | None = None
    closing: float | None = None  # when CLOSE was accepted
    asked_devinfo: bool = False
    observed: dict[Path, bool] = field(default_factory=dict)
    ackids: dict[int, float] = field(default_factory=dict)  # -> when it was used
    unacknowledged: dict[int, float] = field(default_factory=dict)
    contents: dict[Path, int] = field(default_factory=dict)
    strategies: dict[Path, Strategy] = field(default_factory=dict)
    last_mid: int | None = None
    nmi_waiting: int = 0


@dataclass(slots=True)
class Session:
    """An instance from CREATE to DELETE. `lists`: objects whose resources are declared;
    `forgotten`: those whose list a CLOSE has forgotten."""

    phase: Phase = Phase.NONE
    platform: int = 0
    bootstrap: bool = False
    secret: Secret = field(default_factory=Secret)
    objects: set[int] = field(default_factory=set)
    lists: set[int] = field(default_factory=set)
    forgotten: set[int] = field(default_factory=set)
    updateset: bool = False
    nsmi: bool = False
    held: dict[Any, Held] = field(default_factory=dict)
    login: Login = field(default_factory=Login)

    def logged_out(self) -> None:
        """By event 15, 31, 3 or 7."""
        self.phase, self.login = Phase.IDLE, Login()
        self.held.clear()


def covers(outer: Path, inner: Path) -> bool:
    """Whether a path with ANY in it holds another."""
    return all(a in (ANY, b) for a, b in zip(outer, inner, strict=True))


def remember(table: dict[K, Any], key: K, value: Any) -> None:
    """Put an entry at the end of a table that keeps within its limit."""
    table.pop(key, None)
    table[key] = value
    while len(table) > TABLE_LIMIT:
        del table[next(iter(table))]
