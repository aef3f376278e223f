"""How a command handler ends, and the lines it has to say.

A handler returns `Done`, `Later` or `Reboot`, or raises `Failed`; it never writes a final result
itself. The channel turns each command line into exactly one final result (decision 10 names the
exception: `Reboot`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import NamedTuple


class Fault(IntEnum):
    """The MIPL error codes, printed as `+CIS ERROR: <n>` (manual chapter 6, decision 8)."""

    UNKNOWN = 100  #: unknown error: ours, or something is too long
    SYNTAX = 601  #: malformed command: count, type, range, quotes, hex
    STATE = 602  #: the device is not logged in, or is logging in
    NOT_ALLOWED = 651  #: the operation is not allowed now
    BUSY = 652  #: uplink busy: a queue is full
    RESOURCE = 653  #: the instance exists already; what any other command names does not exist


class Info(NamedTuple):
    """One information or unsolicited line, `+NAME: f1,f2`, before its spelling is chosen.

    `name` is printed as it stands, with its leading character (`+CSQ`, `*ATREADY`); how colon and
    commas are spaced is the dialect's business (decisions 1 and 10, `mipl_colon`).
    """

    name: str
    fields: tuple[str, ...]


Line = Info | str
"""A line to print: fields still to be spelled, or finished text (a bare `869975030000461`)."""


def info(name: str, *fields: object) -> Info:
    """An `Info` from any values; `None` is an empty field, a bool is 0 or 1."""
    return Info(name, tuple([_field(value) for value in fields]))


def _field(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(int(value))
        case bytes():
            return value.decode("latin-1")
        case _:
            return str(value)


class Done(NamedTuple):
    """Success: `lines` leave in one write with `OK`; `after` are unsolicited lines behind it.

    `joined`: `after` leaves in that write too, as firmware does that waits for an event with `OK`.
    """

    lines: tuple[Line, ...] = ()
    after: tuple[Line, ...] = ()
    joined: bool = False


@dataclass(frozen=True, slots=True)
class Later:
    """The final result comes at `deadline` (seconds), from `then(now)`, or earlier by
    `Channel.finish`. An infinite deadline waits for `finish` alone."""

    deadline: float
    then: Callable[[float], "Result"]


@dataclass(frozen=True, slots=True)
class Reboot:
    """No final result (decision 10): `lines` are printed, everything pending is discarded."""

    lines: tuple[Line, ...]


Result = Done | Later | Reboot


class Failed(Exception):
    """The command ends in an error; may be raised from any depth below its handler."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = int(code)


class UnknownCommand(Failed):
    """No such command, or this model lacks it: never a `+CIS ERROR` (decision 7)."""

    def __init__(self) -> None:
        super().__init__(Fault.UNKNOWN)


class Family(Enum):
    """Whose error spelling a failure takes (decision 7)."""

    GENERAL = "CME"
    MIPL = "CIS"
    PLAIN = "ERROR"  #: always the bare word: a line too long to be read at all (decision 6)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a command line failed, before the host's AT+CMEE choice decides how that is said."""

    family: Family
    code: int
