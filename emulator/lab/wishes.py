"""What the options of a test run and the marks of a test want of a lab."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import reduce
from typing import Any, Literal

from emulator.conditions import Conditions, set_condition
from emulator.lab.errors import LabError, check_names
from emulator.lab.modem import Watching
from emulator.lab.scenario import read_file
from emulator.lab.scene import LIMIT
from emulator.quirks import Dialect, parse_assignment
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

    def and_also(self, wanted: Mapping[str, Any]) -> "Wishes":
        """With these on top: of quirks, network and faults those that were there stay. LabError,
        with the nearest name, for what cannot be wanted."""
        check_names("mark mipl", wanted, Wishes)
        added: dict[str, Any] = {**wanted}
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
    given = {name: _read(name, value) for name, value in options.items() if value}
    wishes = [given, *marks]
    named = [each["scenario"] for each in wishes if "scenario" in each]
    base = of_scenario(read_file(named[-1])) if named else {}
    return reduce(Wishes.and_also, wishes, Wishes().and_also(base))


def of_scenario(scenario: Scenario) -> dict[str, Any]:
    """What the set-up of a scenario wishes for; its switches and devices are not among it."""
    setup = scenario.setup
    names = ("model", "imei", "imsi", "dialect", "timing", "seed", "time_scale", "platform")
    single = {name: value for name in names if (value := getattr(setup, name)) is not None}
    faults = tuple(each.fault for each in scenario.faults)
    return {**single, "quirks": setup.quirks, "network": setup.network, "faults": faults}


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
