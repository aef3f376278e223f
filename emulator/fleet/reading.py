"""From the text of a file to a Fleet, or to all that is wrong with it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from emulator.fleet.plan import (
    MODEMS_LIMIT,
    REPORTS_LIMIT,
    Await,
    Digits,
    Fleet,
    Group,
    Reporting,
    Rest,
    Step,
    Write,
)
from emulator.fleet.series import Constant, Ramp, Replay, Series, Sine, Walk
from emulator.fleet.shapes import group_shape, top
from emulator.fleet.wrong import findings_of
from emulator.scenario.compounds import LIST_LIMIT, At
from emulator.scenario.kinds import Place, Row
from emulator.scenario.nodes import Listing, Node, Table, compose, decoded
from emulator.scenario.trouble import FINDINGS_LIMIT, Finding, Malformed, Wrong
from lwm2m_core.paths import Path

WITHIN: Final = 60.0
"""Seconds that a step waits for a line unless it says otherwise."""

IMSI: Final = 460001357000000

ReadRows = Callable[[str, str], tuple[str, ...]]
"""The values of a CSV file, by its name and that of the column. Wrong."""


_Numbered = tuple[int, Group, At]
"""A group with its number from 0, and what the file says of it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file says; `fleet` is None if there are findings."""

    fleet: Fleet | None
    findings: tuple[Finding, ...]


def read_fleet(data: bytes, read_rows: ReadRows) -> Reading:
    """Everything that is wrong, in the order of lines, up to FINDINGS_LIMIT; never an error."""
    try:
        node = compose(decoded(data))
    except Malformed as error:
        return Reading(None, (error.finding,))
    place = Place("", [])
    row = top().read(node, place)
    fleet = None
    if row is not None:
        fleet = _fleet(row, place, read_rows)
        place.findings.extend(_impossible(fleet, row))
    else:
        place.findings.extend(_among_right_ones(node, read_rows))
    findings = tuple(sorted(set(place.findings))[:FINDINGS_LIMIT])
    return Reading(None if findings else fleet, findings)


def _among_right_ones(node: Node, read_rows: ReadRows) -> Iterator[Finding]:
    """What is wrong with and between the groups each of whose fields is right, where others are
    not."""
    tables = node.pairs if isinstance(node, Table) else ()
    listing = next((value for name, value in tables if name.text == "groups"), None)
    if not isinstance(listing, Listing):
        return
    place = Place("groups", [])
    right: list[_Numbered] = []
    for number, item in enumerate(listing.items[:LIST_LIMIT]):
        row = group_shape().read(item, Place("", []))  # what is wrong in it has been told
        if row is not None:
            group = _group(number, row, place.entry(number), read_rows)
            right.append((number, group, At(item.line, row)))
    yield from place.findings
    if sum(group.modems for _, group, _ in right) <= MODEMS_LIMIT:
        yield from _between(right)


def _fleet(row: Row, place: Place, read_rows: ReadRows) -> Fleet:
    said = {name: value for name, value in row.values.items() if name != "schema"}
    groups = tuple(
        _group(n, each.value, place.at("groups").entry(n), read_rows)
        for n, each in enumerate(said.pop("groups"))
    )
    return Fleet(groups, **said)


def _group(number: int, row: Row, place: Place, read_rows: ReadRows) -> Group:
    said = dict(row.values)
    platform = said.get("platform", "generic")
    if "model" in said:
        said["models"] = _models(said.pop("model"))
    if "quirks" in said:
        said["quirks"] = said["quirks"].values
    if "report" in said:
        report = said["report"]
        said["report"] = _report(report, platform, place.at("report"), read_rows)
    said["steps"] = tuple(_step(each.value) for each in said.pop("host", ()))
    said["imei"] = tuple(each.value for each in said["imei"])
    return Group(
        **{"name": f"group {number + 1}", "imsi": Digits(IMSI), **said},
    )


def _models(said: Any) -> tuple[tuple[str, int], ...]:
    return tuple(said.values.items()) if isinstance(said, Row) else ((said, 1),)


def _step(said: Any) -> Step:
    if not isinstance(said, Row):
        return Write(said)
    if "pause" in said.values:
        return Rest(said.values["pause"])
    return Await(said.values["wait"], said.values.get("within", WITHIN))


def _report(row: Row, platform: str, place: Place, read_rows: ReadRows) -> Reporting:
    said = dict(row.values)
    if "data" in said:
        said["series"] = _series(said.pop("data"), place.at("data"), read_rows)
    tunnel = platform in ("ctwing", "huawei")
    if "path" not in said:
        said["path"] = Path(19, 0, 0) if tunnel else Path(3200, 0, 5750)
    if "type" not in said:
        said["type"] = "opaque" if said["path"].object == 19 else "string"
    if said["type"] in ("integer", "float"):
        said.setdefault("numbered", False)
    return Reporting(**said)


def _series(row: Row, place: Place, read_rows: ReadRows) -> Series:
    ((name, said),) = row.values.items()
    if name == "constant":
        return Constant(said)
    values: Mapping[str, Any] = said.values
    match name:
        case "ramp":
            return Ramp(values["from"], values["to"], values.get("step", 1))
        case "walk":
            first = values["from"]
            least, most = values.get("least", -1e9), values.get("most", 1e9)
            return Walk(first, values.get("step", 1), least, most)
        case "sine":
            return Sine(values["mean"], values["amplitude"], values["period"])
        case _:
            try:
                return Replay(read_rows(values["file"], values.get("column", "")))
            except Wrong as error:
                place.findings.append(Finding(said.line, place.at("csv").field, str(error)))
                return Replay(("0",))


def _impossible(fleet: Fleet, row: Row) -> Iterator[Finding]:
    """What each field alone does not show."""
    at: list[At] = list(row.values["groups"])
    if fleet.modems > MODEMS_LIMIT:
        text = f"{fleet.modems} modems are more than {MODEMS_LIMIT}"
        yield Finding(row.lines["groups"], "groups", text)
        return
    reports = sum(
        group.modems * fleet.lasts / group.report.every
        for group in fleet.groups
        if group.report is not None and group.report.every > 0
    )
    if reports > REPORTS_LIMIT:
        text = f"{reports:.0f} reports are more than {REPORTS_LIMIT}; report less often, or shorter"
        yield Finding(row.lines["groups"], "groups", text)
    numbered = enumerate(zip(fleet.groups, at, strict=True))
    yield from _between([(number, group, each) for number, (group, each) in numbered])


def _between(groups: list[_Numbered]) -> Iterator[Finding]:
    for number, group, each in groups:
        yield from findings_of(group, each.value, f"groups[{number}]")
    yield from _twice(groups)


def _twice(groups: list[_Numbered]) -> Iterator[Finding]:
    """IMEIs that two modems would have."""
    taken: list[tuple[int, int, int, int]] = []  # first, last, line, group
    for number, group, each in groups:
        wanted = group.modems
        for range_, said in zip(group.imei, each.value.values["imei"], strict=True):
            room = range_.room(wanted)
            if room:
                taken.append((range_.first, range_.first + room - 1, said.line, number))
            wanted -= room
    taken.sort()
    for one, other in zip(taken, taken[1:], strict=False):
        if other[0] <= one[1]:
            first, second = sorted((one, other), key=lambda each: each[2])
            yield Finding(
                second[2],
                f"groups[{second[3]}].imei",
                f"IMEI {other[0]:015d} is also in the range of line {first[2]}; a modem needs one "
                "of its own",
            )
