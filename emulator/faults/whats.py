"""What can go wrong, and where: one frozen value for each kind of fault.

The docstrings are read by people: docs/faults.md has them in its tables.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from emulator.faults.errors import FaultError
from emulator.faults.syntax import (
    COUNT,
    ERROR_CODE,
    OFFSET,
    RESPONSE,
    SECONDS,
    TEXT,
    Syntax,
    key,
    many,
    one,
    word,
)

Where = Literal[
    "at-in",
    "command",
    "echo",
    "reply",
    "urc",
    "at-out",
    "coap-up",
    "coap-down",
    "link",
    "module",
    "cloud",
]

PLACES: Final[Mapping[Where, str]] = {
    "at-in": "a line that the host has written, before the module reads it",
    "command": "a command line that the module is about to carry out",
    "echo": "the echo of what the host has written",
    "reply": "the answer to a command line, with its final result",
    "urc": "an unsolicited line",
    "at-out": "whatever the module writes: echo, reply or unsolicited line",
    "coap-up": "a datagram to the platform",
    "coap-down": "a datagram from the platform",
    "link": "a link that is being opened, or all links at a time",
    "module": "the module, at a time",
    "cloud": "the local platforms, at a time",
}

_OUT: Final[tuple[Where, ...]] = ("echo", "reply", "urc", "at-out")
_COAP: Final[tuple[Where, ...]] = ("coap-up", "coap-down")
_ACTS: Final[tuple[Where, ...]] = (
    *("at-in", "command", *_OUT, *_COAP),
    *("link", "module"),
)
FOREVER: Final = float("inf")

COPIES_LIMIT: Final = 64
PATIENCE_S: Final = 1.0
"""Seconds that something held back waits for what is to overtake or to join it (chosen)."""


def _lasting(value: object) -> float | None:
    return FOREVER if value in ("forever", FOREVER) else SECONDS.read(value)


def _lasting_text(seconds: float) -> str:
    return "forever" if seconds == FOREVER else SECONDS.write(seconds)


LASTING = Syntax("a time such as 5s, or forever", _lasting, _lasting_text)
_SWITCH = Syntax(
    "a switch of the platforms, NAME=VALUE, in quotes where it has colons or commas",
    lambda value: value if isinstance(value, str) and re.match("[a-z_]+=", value) else None,
    lambda value: value if re.fullmatch(r'[^\s,:"/]+', value) else TEXT.write(value),
    "may",
)


@dataclass(frozen=True, slots=True)
class Drop:
    """It is lost."""


@dataclass(frozen=True, slots=True)
class Delay:
    """It comes so much later; what follows may overtake it."""

    seconds: float = one(SECONDS)


@dataclass(frozen=True, slots=True)
class Duplicate:
    """It comes twice, or so many times."""

    copies: int = one(COUNT, 2)

    def __post_init__(self) -> None:
        if not 2 <= self.copies <= COPIES_LIMIT:
            raise FaultError("copies", f"{self.copies} is not from 2 to {COPIES_LIMIT}")


@dataclass(frozen=True, slots=True)
class Corrupt:
    """So many of its bits are wrong, which of them by chance; or the given bytes stand at a place
    of it, from its first byte on unless told."""

    bits: int = one(COUNT, 1)
    data: str = one(TEXT, "")
    at: int = key(OFFSET, 0)

    def __post_init__(self) -> None:
        if self.data and self.bits != 1:
            raise FaultError("data", "corrupt takes a number of bits or a text, not both")
        if self.at and not self.data:
            raise FaultError("at", "is where a text stands; which bits are wrong, chance decides")


@dataclass(frozen=True, slots=True)
class Reorder:
    """The next one of the same place overtakes it; it waits for one for a second at most."""


@dataclass(frozen=True, slots=True)
class Split:
    """It comes in pieces that end after so many of its bytes; each byte alone with `each`."""

    offsets: tuple[int, ...] = many(OFFSET, ())
    each: str = word("each")
    pause: float = key(SECONDS, 0.05)

    def __post_init__(self) -> None:
        if not self.offsets and not self.each:
            raise FaultError("offsets", "split needs numbers of bytes, such as split 3 7, or each")
        if self.offsets and self.each:
            raise FaultError("offsets", "split takes numbers of bytes or each, not both")
        if list(self.offsets) != sorted(set(self.offsets)) or 0 in self.offsets:
            raise FaultError("offsets", "split needs ascending numbers of bytes from 1 on")


@dataclass(frozen=True, slots=True)
class Merge:
    """It comes in one piece with what is written next, for which it waits a second at most;
    `bare`: without the line end between them."""

    bare: str = word("bare")


@dataclass(frozen=True, slots=True)
class Code:
    """A reply: the command is carried out, and its final result is `+CIS ERROR: <n>`, or OK with
    `ok`. Its data lines are not written with an error."""

    code: int | Literal["ok"] = one(ERROR_CODE)


@dataclass(frozen=True, slots=True)
class Response:
    """A response over CoAP has this code; what is none passes."""

    code: str = one(RESPONSE)


@dataclass(frozen=True, slots=True)
class Refuse:
    """The command is not carried out, and answered with `+CIS ERROR: <n>`."""

    code: int | Literal["ok"] = one(ERROR_CODE)


@dataclass(frozen=True, slots=True)
class Busy:
    """The command is not carried out, and answered with `+CIS ERROR: 652`."""


@dataclass(frozen=True, slots=True)
class Insert:
    """Unsolicited lines stand in it: before or after it, between its data lines and its final
    result, or at one of its bytes. `raw`: bytes as they are, without the line ends around them.
    `pause`: what stands before and behind them is written that much apart. `rest`: how raw bytes
    go on, in one write with the next echo or answer, for which it waits a second, or `wait`, at
    most; unsolicited lines wait for it."""

    lines: tuple[str, ...] = many(TEXT)
    raw: str = word("raw")
    place: str = word("before", "between", "after", default="before")
    at: int | None = key(OFFSET, None)
    pause: float = key(SECONDS, 0.0)
    rest: str = key(TEXT, "")
    wait: float = key(SECONDS, PATIENCE_S)

    def __post_init__(self) -> None:
        if self.rest and not self.raw:
            raise FaultError("rest", "is how raw bytes go on: insert raw TEXT rest TEXT")
        if self.wait != PATIENCE_S and not self.rest:
            raise FaultError("wait", "is how long a rest waits: insert raw TEXT rest TEXT wait 1s")
        if self.at is not None and self.place != "before":
            raise FaultError("at", f"{self.place} or at {self.at}, not both")


@dataclass(frozen=True, slots=True)
class Say:
    """The module prints an unsolicited line, when it may."""

    line: str = one(TEXT)


@dataclass(frozen=True, slots=True)
class Mute:
    """The module writes nothing for so long, or until it starts anew; what it does goes on."""

    seconds: float = one(LASTING, FOREVER)


@dataclass(frozen=True, slots=True)
class Freeze:
    """The module hangs for so long, or until it starts anew: it hears nothing and writes nothing.
    Then it goes on where it was, or with `reboot` starts anew."""

    seconds: float = one(LASTING, FOREVER)
    then: str = word("reboot")

    def __post_init__(self) -> None:
        if self.then and self.seconds == FOREVER:
            raise FaultError(
                "then", "reboot never comes when the module hangs forever; give a time"
            )


@dataclass(frozen=True, slots=True)
class Reboot:
    """The module starts anew, with the boot lines of a reset or of a command."""

    cause: str = word("reset", "command", default="reset")


@dataclass(frozen=True, slots=True)
class NoCoverage:
    """The network is gone for so long, or for good."""

    seconds: float = one(LASTING, FOREVER)


@dataclass(frozen=True, slots=True)
class Age:
    """A NAT on the way forgets the module: what the platform sends is lost until the module sends
    again, which comes from another port then."""


@dataclass(frozen=True, slots=True)
class Lose:
    """The link cannot be opened, or ends."""


@dataclass(frozen=True, slots=True)
class Switch:
    """The local platforms have a switch set (docs/platforms.md), for so long or for good."""

    setting: str = one(_SWITCH)
    seconds: float = one(LASTING, FOREVER)


@dataclass(frozen=True, slots=True)
class Forget:
    """The local platforms forget the registration of the device; they do not tell it."""


What = (
    Drop
    | Delay
    | Duplicate
    | Corrupt
    | Reorder
    | Split
    | Merge
    | Code
    | Response
    | Refuse
    | Busy
    | Insert
    | Say
    | Mute
    | Freeze
    | Reboot
    | NoCoverage
    | Age
    | Lose
    | Switch
    | Forget
)

_BYTES: Final[tuple[Where, ...]] = ("at-in", *_OUT)

POSSIBLE: Final[Mapping[str, tuple[type[What], tuple[Where, ...]]]] = {
    "drop": (Drop, (*_BYTES, "command", *_COAP)),
    "delay": (Delay, (*_BYTES, *_COAP, "link")),
    "duplicate": (Duplicate, (*_BYTES, *_COAP)),
    "corrupt": (Corrupt, (*_BYTES, *_COAP)),
    "reorder": (Reorder, (*_BYTES, *_COAP)),
    "split": (Split, _BYTES),
    "merge": (Merge, _BYTES),
    "code": (Code, ("reply",)),
    "response": (Response, _COAP),
    "refuse": (Refuse, ("command",)),
    "busy": (Busy, ("command",)),
    "insert": (Insert, _OUT),
    "say": (Say, _ACTS),
    "mute": (Mute, _ACTS),
    "freeze": (Freeze, _ACTS),
    "reboot": (Reboot, _ACTS),
    "no-coverage": (NoCoverage, _ACTS),
    "age": (Age, _ACTS),
    "lose": (Lose, ("link",)),
    "switch": (Switch, ("cloud",)),
    "forget": (Forget, ("cloud",)),
}
"""Name of each kind -> its value, and where it is possible."""

NAMES: Final[Mapping[type, str]] = {kind: name for name, (kind, _) in POSSIBLE.items()}


def is_act(what: What) -> bool:
    """Whether it happens to the module or its surroundings, and not to what passes."""
    return isinstance(
        what, Say | Mute | Freeze | Reboot | NoCoverage | Age | Lose | Switch | Forget
    )
