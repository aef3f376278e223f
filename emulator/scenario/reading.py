"""From the text of a file to a Scenario, or to all that is wrong with it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from emulator.cloud.admission import Declared
from emulator.scenario.compounds import At
from emulator.scenario.document import (
    Act,
    Behave,
    Entry,
    Event,
    Expect,
    Line,
    Misfortune,
    Never,
    Pause,
    Plant,
    Power,
    Say,
    Scenario,
    Setup,
    Surround,
    Switch,
    Watch,
)
from emulator.scenario.kinds import Place, Row
from emulator.scenario.never import impossible
from emulator.scenario.nodes import compose, decoded
from emulator.scenario.patterns import Pattern
from emulator.scenario.platform_words import CloudDeed, Telling
from emulator.scenario.shapes import ACTS, top
from emulator.scenario.trouble import FINDINGS_LIMIT, Finding, Malformed


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file says; `scenario` is None if there are findings."""

    scenario: Scenario | None
    findings: tuple[Finding, ...]


def read_scenario(data: bytes) -> Reading:
    """Everything that is wrong, in the order of lines, up to FINDINGS_LIMIT; never an error."""
    try:
        node = compose(decoded(data))
    except Malformed as error:
        return Reading(None, (error.finding,))
    place = Place("", [])
    row = top().read(node, place)
    if row is None:
        return Reading(None, tuple(sorted(set(place.findings))[:FINDINGS_LIMIT]))
    scenario = _scenario(row)
    findings = tuple(sorted(set(impossible(scenario)))[:FINDINGS_LIMIT])
    return Reading(None if findings else scenario, findings)


def _scenario(row: Row) -> Scenario:
    said = row.values
    return Scenario(
        setup=_setup(said["setup"].values) if "setup" in said else Setup(),
        events=tuple(_event(n, each.value) for n, each in enumerate(said.get("events", ()))),
        faults=tuple(
            Misfortune(n, each.line, each.value) for n, each in enumerate(said.get("faults", ()))
        ),
        dialogue=tuple(
            entry
            for n, at in enumerate(said.get("dialogue", ()))
            for entry in _entries(n, at.value)
        ),
        title=said.get("title", ""),
        strict=said.get("strict", False),
        end=said.get("end"),
    )


def _setup(said: Mapping[str, Any]) -> Setup:
    rows = {name: said[name].values for name in ("network", "quirks", "switches") if name in said}
    if "switches" in rows:
        rows["switches"] = _texts(rows["switches"])
    devices = tuple(_device(each.value.values) for each in said.get("devices", ()))
    plain = {k: v for k, v in said.items() if k not in rows and k != "devices"}
    return replace(Setup(), devices=devices, **rows, **plain)


def _texts(said: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: ("on" if value else "off") if isinstance(value, bool) else str(value)
        for name, value in said.items()
    }


def _device(said: Mapping[str, str]) -> Declared:
    return Declared(
        said["imei"],
        said.get("imsi", ""),
        said.get("auth_code", ""),
        _key(said.get("bootstrap_psk", "")),
        _key(said.get("psk", "")),
    )


def _key(text: str) -> bytes:
    return bytes.fromhex(text[4:]) if text.startswith("hex:") else text.encode()


def _event(number: int, row: Row) -> Event:
    said = row.values
    name = next(name for name in ACTS if name in said)
    return Event(
        number,
        row.line,
        _act(name, said[name]),
        after=_watch(said["after"]) if "after" in said else None,
        delay=said.get("at", said.get("delay", 0.0)),
        nth=said.get("nth", 1),
        times=said.get("times", 1),
        every=said.get("every", 0.0),
        is_optional=said.get("optional", False),
    )


def _act(name: str, value: Any) -> Act:
    match name:
        case "network":
            return Surround(value.values)
        case "power":
            return Power(value)
        case "switches":
            return Switch(_texts(value.values))
        case "quirks":
            return Behave(value.values)
        case "fault":
            return Plant(value)
    deed: CloudDeed = value
    return deed


def _watch(value: "Pattern | Row") -> Watch:
    if isinstance(value, Pattern):
        return Line("module", value)
    [(side, said)] = value.values.items()
    if side == "platform":
        telling: Telling = said
        return telling
    return Line("host" if side == "host" else "module", said)


def _entries(number: int, row: Row) -> Iterator[Entry]:
    """Of several lines behind one key each is an entry of its own, and expected in its turn."""
    said, within = row.values, row.values.get("within")
    if "pause" in said:
        yield Pause(number, row.line, said["pause"])
    elif "unordered" in said:
        watches = tuple(_watch(each.value) for each in said["unordered"])
        yield Expect(number, row.line, watches, within)
    else:
        [name] = said.keys() - {"within", "more_than", "after", "until"}
        for each in said[name]:
            if name == "never":
                bounds = (_watch(said[key]) if key in said else None for key in ("after", "until"))
                watch, more_than = _watch(each.value), said.get("more_than", 0)
                yield Never(number, each.line, watch, more_than, *bounds)
            else:
                yield _entry(name, number, each, within)


def _entry(name: str, number: int, at: At, within: float | None) -> Entry:
    match name:
        case "host":
            return Say(number, at.line, at.value, within)
        case "platform":
            return Expect(number, at.line, (at.value,), within)
    return Expect(number, at.line, (_watch(at.value),), within)
