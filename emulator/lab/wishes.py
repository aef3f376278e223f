"""What the options of a test run and the marks of a test want of a lab."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import reduce
from typing import Any, Literal

from emulator.cloud.manners import manner_of
from emulator.conditions import Conditions, set_condition
from emulator.faults.grammar import Fault, parse_fault
from emulator.lab.errors import LabError, check_names
from emulator.lab.modem import Watching
from emulator.lab.scenario import read_file
from emulator.lab.scene import LIMIT
from emulator.profile import load_profile
from emulator.quirks import Dialect, checked, parse_assignment
from emulator.scenario.document import Scenario


@dataclass(frozen=True, slots=True)
class Wishes:
    """`host`: the command of a host program that names none. `scenario`: a file whose set-up stands
    below all other wishes. All else is as in `Lab` and `Lab.modem`; None for what is usual there.
    """

    model: str | None = None
    imei: str | None = None
    imsi: str | None = None
    dialect: Dialect | None = None
    quirks: Mapping[str, Any] = field(default_factory=dict)
    timing: Literal["module", "fast"] | None = None
    network: Mapping[str, Any] = field(default_factory=dict)
    faults: tuple[Any, ...] = ()
    lint: Watching = "off"
    serial: str | tuple[str, ...] = "pty:"
    host: str = ""
    seed: int | None = None
    time_scale: float = 1.0
    platform: str | None = None
    timeout: float = LIMIT
    memory: bool = False
    scenario: str = ""

    def and_also(self, wanted: Mapping[str, Any], whose: str = "a mark mipl") -> "Wishes":
        """With these on top: of quirks, network and faults those that were there stay. LabError,
        with the nearest name, for what cannot be wanted; `whose` they are is told then."""
        __tracebackhide__ = True
        check_names(whose, wanted, Wishes)
        added = {name: _checked(name, value, whose) for name, value in wanted.items()}
        for name in ("quirks", "network"):
            if name in added:
                added[name] = {**getattr(self, name), **added[name]}
        if "faults" in added:
            added["faults"] = (*self.faults, *added["faults"])
        return replace(self, **added)

    def of_lab(self) -> dict[str, Any]:
        """The arguments of `Lab`."""
        return {
            "seed": self.seed,
            "time_scale": self.time_scale,
            "platform": self.platform,
            "limit": self.timeout,
            "memory": self.memory,
        }

    def of_modem(self) -> dict[str, Any]:
        """The arguments of `Lab.modem`."""
        names = (
            "model",
            "imei",
            "imsi",
            "dialect",
            "quirks",
            "timing",
            "network",
            "faults",
            "lint",
        )
        wanted = {name: value for name in names if (value := getattr(self, name))}
        return {"serial": self.serial, **wanted}


def wishes_of(options: Mapping[str, Any], marks: Iterable[Mapping[str, Any]]) -> Wishes:
    """Of the texts of options, by the names of `Wishes`, and of marks, the nearest last. LabError,
    QuirkError or ConditionError."""
    given, marked = read_options(options), list(marks)
    named = [each["scenario"] for each in (given, *marked) if "scenario" in each]
    base = of_scenario(read_file(named[-1])) if named else {}
    wishes = Wishes().and_also(base, "a scenario").and_also(given, OPTIONS)
    return reduce(Wishes.and_also, marked, wishes)


def read_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """The texts of options as values, without those that are not given. LabError, QuirkError or
    ConditionError."""
    given = {name: _read(name, value) for name, value in options.items() if value}
    check_names(OPTIONS, given, Wishes)
    return given


def try_options(options: Mapping[str, Any]) -> None:
    """What `wishes_of` raises for options, and what is only noticed where they are used."""
    wishes = wishes_of(options, [])
    if wishes.platform is not None:
        manner_of(wishes.platform)
    if wishes.model is not None:
        load_profile(wishes.model)
    for name, value in wishes.quirks.items():
        checked(name, value)
    for fault in wishes.faults:
        parse_fault(fault)


def of_scenario(scenario: Scenario) -> dict[str, Any]:
    """What the set-up of a scenario wishes for; its switches and devices are not among it."""
    setup = scenario.setup
    names = ("model", "imei", "imsi", "dialect", "timing", "seed", "time_scale", "platform")
    single = {name: value for name in names if (value := getattr(setup, name)) is not None}
    faults = tuple(each.fault for each in scenario.faults)
    return {**single, "quirks": setup.quirks, "network": setup.network, "faults": faults}


def _checked(name: str, value: Any, whose: str) -> Any:
    """A value as `Wishes` has it; LabError if it is none of this name."""
    __tracebackhide__ = True
    if name == "faults" and isinstance(value, str | Fault):
        return (value,)
    words, holds = _VALUES.get(name, ("", lambda value: True))
    if (value is not None or name not in _MAY_BE_NONE) and not holds(value):
        raise LabError(f"{name} of {whose} is {words}, not {value!r}")
    return value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_above_0(value: Any) -> bool:
    return _is_number(value) and 0 < value < float("inf")


def _is_identity(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch("[0-9]{15}", value) is not None


def _read(name: str, value: Any) -> Any:
    if name in _READERS:
        return _READERS[name](value)
    if name not in _NUMBERS:
        return value
    kind, words = _NUMBERS[name]
    try:
        number = kind(value)
    except ValueError:
        number = -1
    if not (number >= 0 if kind is int else 0 < number < float("inf")):
        raise LabError(f"mipl_{name} '{value}' is not {words}")
    return number


def _network(texts: list[str]) -> dict[str, Any]:
    usual = asdict(Conditions())
    changed = asdict(reduce(set_condition, texts, Conditions()))
    return {name: value for name, value in changed.items() if value != usual[name]}


OPTIONS = "the options --mipl-…"

_MAY_BE_NONE = ("model", "imei", "imsi", "dialect", "timing", "platform", "seed")  # the usual
_VALUES: Mapping[str, tuple[str, Callable[[Any], bool]]] = {
    "model": ("a text", lambda value: isinstance(value, str)),
    "imei": ("a text of 15 digits", _is_identity),
    "imsi": ("a text of 15 digits", _is_identity),
    "quirks": ('as {"boot_ms": 1000}', lambda value: isinstance(value, Mapping)),
    "network": ('as {"coverage": False}', lambda value: isinstance(value, Mapping)),
    "faults": ("a list of faults", lambda value: isinstance(value, list | tuple)),
    "host": ("a text", lambda value: isinstance(value, str)),
    "seed": (
        "a whole number from 0 on",
        lambda value: isinstance(value, int) and _is_number(value) and value >= 0,
    ),
    "time_scale": ("a number above 0", _is_above_0),
    "platform": ("a text", lambda value: isinstance(value, str)),
    "timeout": ("a number of seconds above 0", _is_above_0),
    "memory": ("True or False", lambda value: isinstance(value, bool)),
}
"""What each is to be, in words, and whether it is so; the values of a `Literal` are looked at by
`check_names`, names of models, quirks and conditions by those who have them."""

_READERS: Mapping[str, Callable[[list[str]], Any]] = {
    "quirks": lambda texts: dict(map(parse_assignment, texts)),
    "network": _network,
    "faults": tuple,
}
_NUMBERS: Mapping[str, tuple[type[int] | type[float], str]] = {
    "seed": (int, "a whole number from 0 on"),
    "time_scale": (float, "a number above 0"),
    "timeout": (float, "a number of seconds above 0"),
}
