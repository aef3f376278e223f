"""One fault as a value: where, when, what, how often."""

import re
from dataclasses import MISSING, dataclass, fields
from typing import Any, Final, Literal, get_args

from emulator.faults.errors import FaultError, nearest
from emulator.faults.syntax import CHANCE, COUNT, SECONDS, TEXT, Arg, Syntax
from emulator.faults.whats import NAMES, PLACES, POSSIBLE, What, Where, is_act
from emulator.faults.words import slashed, unslashed

State = Literal["none", "idle", "logging-in", "registered", "leaving", "out"]
STATES: Final[tuple[State, ...]] = get_args(State)

NAMED: Final = ("command", "echo", "reply", "urc")
"""Places that may have a name behind them, of a command or an unsolicited line."""

TIMED: Final = ("module", "link", "cloud")
"""Places at which a fault may come by the time alone."""

READS: Final = ("at-in", *NAMED, "at-out", "coap-up", "coap-down", "link")
"""Places at which there is something that may match."""

_NAME = re.compile(r"(?:AT)?([+*^$#%@][A-Z][A-Z0-9_]*|&?[A-Z])(=\?|[=?]?)", re.I)


def _name(value: object) -> str | None:
    found = _NAME.fullmatch(value) if isinstance(value, str) else None
    return found[1].upper() + found[2] if found else None


def _pattern(value: object) -> str | None:
    if not isinstance(value, str) or not value:
        return None
    try:
        re.compile(value.encode("latin-1", "replace"))
        re.compile(value)
    except re.error:
        return None
    return unslashed(value)


def _state(value: object) -> str | None:
    return value if isinstance(value, str) and value in STATES else None


CONDITIONS: Final[dict[str, Syntax]] = {
    "match": Syntax('a text in quotes, such as "0,6"', TEXT.read, TEXT.write, "yes"),
    "pattern": Syntax("a regular expression between slashes", _pattern, slashed),
    "nth": COUNT,
    "every": COUNT,
    "period": SECONDS,
    "chance": CHANCE,
    "at": SECONDS,
    "after": SECONDS,
    "until": SECONDS,
    "state": Syntax(" or ".join(STATES), _state),
}
"""How each condition is written. `every` and `period` are the same word in a text, with a number
or with a time."""

NAME: Final = Syntax("the name of a command or line, such as +MIPLNOTIFY", _name)


@dataclass(frozen=True, slots=True)
class Fault:
    """`where` it happens, with the `name` of a command or an unsolicited line; `what` happens.

    Of the occasions there, those count that `match` (a part of their text) or fit `pattern` (a
    regular expression), come between `after` and `until`, with the module in login `state`. The
    first is the `nth` of them, then each `every`-th, and of these some by `chance`.

    `module`, `link` and `cloud` may have a moment instead: `at`, and then every `period`; with
    neither, at once (a link: when it is opened). Times are seconds since the modem was started.

    `times`: how often it happens at most; None for always. FaultError where that has no meaning.
    """

    where: Where
    what: What
    name: str = ""
    match: str | None = None
    pattern: str | None = None
    nth: int = 1
    every: int = 1
    chance: float = 1.0
    at: float | None = None
    period: float | None = None
    after: float | None = None
    until: float | None = None
    state: State | None = None
    times: int | None = 1

    def __post_init__(self) -> None:
        _check_place(self)
        _check_conditions(self)
        _check_time(self)

    @property
    def is_timed(self) -> bool:
        """Whether the time alone brings it about."""
        return self.where in ("module", "cloud") or self.at is not None or self.period is not None

    @property
    def usual_times(self) -> int | None:
        """How often it happens unless that is said: once, but always where it has a chance, or
        comes again and again."""
        return None if self.chance < 1 or self.every > 1 or self.period is not None else 1

    def __str__(self) -> str:
        place = f"{self.where} {self.name}" if self.name else self.where
        often = "" if self.times == self.usual_times else f", {often_text(self.times)}"
        return f"{place}{_conditions_text(self)}: {what_text(self.what)}{often}"


def often_text(times: int | None) -> str:
    return "always" if times is None else "once" if times == 1 else f"{times} times"


def _conditions_text(fault: Fault) -> str:
    text = ""
    for name, syntax in CONDITIONS.items():
        value = getattr(fault, name)
        if value is None or value == DEFAULTS[name]:
            continue
        word = {"pattern": "match", "period": "every"}.get(name, name)
        text += f" {word} {syntax.write(value)}"
    return text


def what_text(what: What) -> str:
    """`delay 5s`, as it stands in a fault."""
    words = [NAMES[type(what)]]
    for each in fields(what):
        arg: Arg = each.metadata["arg"]
        value = getattr(what, each.name)
        if value == each.default and each.default is not MISSING:
            continue
        match arg.how:
            case "one":
                words.append(arg.syntax.write(value))
            case "many":
                words += map(arg.syntax.write, value)
            case "key":
                words += [each.name, arg.syntax.write(value)]
            case "word":
                words.append(value)
    return " ".join(words)


DEFAULTS: Final[dict[str, Any]] = {each.name: each.default for each in fields(Fault)}


def _check_place(fault: Fault) -> None:
    if fault.where not in PLACES:
        raise FaultError("where", f"'{fault.where}' is no place{nearest(fault.where, PLACES)}")
    name = NAMES.get(type(fault.what))
    if name is None:
        raise FaultError("what", f"{fault.what!r} is none of {', '.join(POSSIBLE)}")
    places = POSSIBLE[name][1]
    if fault.where not in places:
        better = [kind for kind, (_, where) in POSSIBLE.items() if fault.where in where]
        raise FaultError(
            "what",
            f"'{name}' has no meaning for {fault.where}: it is for {', '.join(places)}; "
            f"{fault.where} has {', '.join(better)}",
        )
    if fault.name and fault.where not in NAMED:
        raise FaultError("name", f"{fault.where} takes none; there is match")
    if fault.name and fault.where == "urc" and fault.name[-1] in "=?":
        raise FaultError("name", f"an unsolicited line is named without '{fault.name[-1]}'")


def _check_conditions(fault: Fault) -> None:
    if fault.match is not None and fault.pattern is not None:
        raise FaultError("match", "a text or a pattern, not both")
    for name in ("match", "pattern"):
        text = getattr(fault, name)
        if text is not None and (fault.where not in READS or fault.is_timed):
            raise FaultError("match", f"at {fault.where}, by the time alone, nothing can match")
    ends = {"\r", "\n"} & set(fault.match or "")
    if ends and fault.where in ("at-in", "command"):
        raise FaultError("match", "a line is read without its end: this never matches")
    if fault.times is not None and fault.times < 1:
        raise FaultError("often", f"{fault.times} times is never; once, N times or always")


def _check_time(fault: Fault) -> None:
    if fault.where not in TIMED:
        for name, word in (("at", "at"), ("period", "every")):
            value = getattr(fault, name)
            if value is not None:
                raise FaultError(
                    word,
                    f"'{word} {SECONDS.write(value)}' is for {', '.join(TIMED)}; "
                    f"at {fault.where} the first from then on is 'after {SECONDS.write(value)}'",
                )
    if fault.is_timed and not is_act(fault.what):
        raise FaultError("what", f"{NAMES[type(fault.what)]} needs something that passes, no time")
    if fault.period is not None and fault.every > 1:
        raise FaultError("every", "a number or a time, not both")
    if fault.period == 0:
        raise FaultError("every", "every 0s would be without an end")
    begins = max(fault.after or 0.0, fault.at or 0.0)
    if fault.until is not None and fault.until <= begins:
        raise FaultError("until", f"{SECONDS.write(fault.until)} is over when it could begin")
    if fault.where in ("module", "cloud") and fault.at is None and fault.period is None:
        if fault.after is not None:
            raise FaultError("after", f"at {fault.where} that is 'at {SECONDS.write(fault.after)}'")
        if fault.nth > 1 or fault.every > 1 or fault.times not in (1, None):
            raise FaultError("every", f"{fault.where} has one occasion unless it has every TIME")
