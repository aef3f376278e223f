"""What is wrong with a group whose fields are each right."""

import re
from collections.abc import Iterator
from typing import Final

from emulator.fleet.plan import DIGITS_MOST, Group, Reporting, members_of_group
from emulator.fleet.series import Constant, Ramp, Replay, Series, Sine, Walk, is_number
from emulator.scenario.kinds import Row
from emulator.scenario.trouble import Finding, quoted

_KEY: Final = re.compile(r"[0-9A-Za-z]{1,16}|hex:([0-9A-Fa-f]{2}){1,16}")
"""What AT+MIPLCREATEEX takes (decision 14)."""


def findings_of(group: Group, row: Row, field: str) -> Iterator[Finding]:
    """All that goes against something else in the same group."""
    yield from _ranges(group, row, field)
    yield from _ways(group, row, field)
    if group.psk is not None:
        yield from _keys(group, row, field)
    if group.report is not None:
        report = row.values["report"]
        for name, text in _report(group.report):
            line = report.lines.get(name, row.lines["report"])
            yield Finding(line, f"{field}.report.{name}", text)


def _ranges(group: Group, row: Row, field: str) -> Iterator[Finding]:
    room = sum(each.room(group.modems) for each in group.imei)
    if room < group.modems:
        text = f"there is room for {room} modems, not for {group.modems}; name another range"
        yield Finding(row.lines["imei"], f"{field}.imei", text)
    for name, ranges in (("imei", group.imei), ("imsi", (group.imsi,))):
        if any(each.first + each.room(group.modems) - 1 > DIGITS_MOST for each in ranges):
            text = f"15 digits are too few to count up {group.modems} modems from there"
            yield Finding(row.lines.get(name, row.line), f"{field}.{name}", text)
    if group.imsi.room(group.modems) < group.modems:
        text = f"there is room for {group.imsi.room(group.modems)} modems, not for {group.modems}"
        yield Finding(row.lines["imsi"], f"{field}.imsi", text)


def _ways(group: Group, row: Row, field: str) -> Iterator[Finding]:
    if group.coroutine and group.steps:
        text = "host and coroutine exclude each other: the coroutine does all of the host's work"
        yield Finding(row.lines["coroutine"], f"{field}.coroutine", text)
    if group.psk is not None and group.platform == "dmp":
        yield Finding(row.lines["psk"], f"{field}.psk", "dmp has no DTLS (manual 4.6)")
    if group.bootstrap and group.platform not in ("onenet", "generic"):
        text = f"{group.platform} has no bootstrap (manual 5.3); onenet and generic have"
        yield Finding(row.lines["bootstrap"], f"{field}.bootstrap", text)
    if group.report is None and not group.coroutine and not group.steps:
        text = "nothing is done: there is no report, no host and no coroutine"
        yield Finding(row.line, field, text)


def _keys(group: Group, row: Row, field: str) -> Iterator[Finding]:
    if any(not _KEY.fullmatch(member.psk) for member in members_of_group(group)):
        text = (
            "a key has 1 to 16 letters and digits, or hex: and up to 16 bytes (manual 4.6); "
            "not every modem gets one: take fewer digits, as {imei:-8}"
        )
        yield Finding(row.lines["psk"], f"{field}.psk", text)


def _report(report: Reporting) -> Iterator[tuple[str, str]]:
    series, whole = report.series, report.type == "integer"
    if report.every <= 0:
        yield "every", "reports need a time between them"
    if report.jitter > report.every:
        yield "jitter", f"the jitter of {report.jitter:g} s is longer than the period"
    if report.numbered and report.type in ("integer", "float"):
        yield "numbered", f"{report.type} has no room for a number; numbered goes with string"
    if report.type in ("integer", "float"):
        wrong = (text for text in _texts(series) if not is_number(text, whole))
        if (text := next(wrong, None)) is not None:
            yield "data", f"{quoted(text)} is no {report.type}"
    match series:
        case Ramp(least, most) if most < least:
            yield "data", f"a ramp rises; from {least:g} to {most:g} it does not"
        case Sine(_, _, period) if period <= 0:
            yield "data", "the sine's period is no time at all"
        case Walk(start, _, least, most) if not least <= start <= most:
            yield "data", f"the walk begins at {start:g}, not between {least:g} and {most:g}"


def _texts(series: Series) -> tuple[str, ...]:
    """The values that were written by people."""
    match series:
        case Constant(value):
            return (value,)
        case Replay(rows):
            return rows
    return ()
