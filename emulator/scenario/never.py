"""What in a scenario can never happen: a test that waits for it fails for the wrong reason, and one
that forbids it cannot fail."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from emulator.cloud.manners import MANNERS
from emulator.faults.fault import Fault
from emulator.scenario.document import (
    Event,
    Expect,
    Line,
    Never,
    Pause,
    Plant,
    Say,
    Scenario,
    Watch,
    watches_of,
)
from emulator.scenario.patterns import Pattern
from emulator.scenario.platform_words import Telling
from emulator.scenario.printable import REQUESTS, UNSOLICITED, Module, head_of
from emulator.scenario.trouble import Finding

_ENDS = re.compile(r"AT\s*\+(MIPLDELETE|MIPLDEL|NRB|CMRB|CFUN\s*=\s*1\s*,\s*1)\b", re.I)
_CLOSES = re.compile(r"AT\s*\+MIPLCLOSE\b", re.I)
_BEGINS = re.compile(r"AT\s*\+MIPL(CREATEEX|CREATE|OPEN)\b", re.I)


def impossible(scenario: Scenario) -> Iterator[Finding]:
    """All that cannot happen."""
    module = Module.of(scenario)
    for each in scenario.faults:
        for text in _of_fault(each.fault, scenario, module):
            yield Finding(each.line, each.name, text)
    for event in scenario.events:
        for text in _of_event(event, scenario, module):
            yield Finding(event.line, event.name, text)
    for entry in scenario.dialogue:
        for watch in watches_of(entry):
            if text := _unheard(watch, scenario, module):
                what = "forbids nothing" if isinstance(entry, Never) else "never comes"
                yield Finding(entry.line, f"dialogue[{entry.number}]", f"{what}: {text}")
    yield from _unknown_commands(scenario, module)
    yield from _after_the_end(scenario)
    yield from _too_long(scenario)


def _of_fault(fault: Fault, scenario: Scenario, module: Module) -> Iterator[str]:
    if text := module.cannot_suffer(fault):
        yield f"never strikes: {text}"
    for name in ("at", "after"):
        seconds = getattr(fault, name)
        if seconds is not None and seconds >= scenario.limit:
            yield f"never strikes: {name} {seconds:g} s, but {_end(scenario)}"


def _end(scenario: Scenario) -> str:
    return f"the scenario ends at {scenario.limit:g} s"


def _of_event(event: Event, scenario: Scenario, module: Module) -> Iterator[str]:
    end = scenario.limit
    if event.after is None and event.delay >= end:
        yield f"never happens: at {event.delay:g} s, but the scenario ends at {end:g} s"
    elif event.lasts >= end:
        yield (
            f"does not happen {event.times} times: the last would be {event.lasts:g} s after its "
            f"cause, but the scenario ends at {end:g} s"
        )
    if isinstance(event.act, Plant):
        yield from _of_fault(event.act.fault, scenario, module)
    if event.after is not None and (text := _unheard(event.after, scenario, module)):
        yield f"never happens: {text}"


def _unheard(watch: Watch, scenario: Scenario, module: Module) -> str:
    """Why this is never seen; empty if it may be."""
    match watch:
        case Line("module", pattern):
            return module.cannot_print(pattern)
        case Telling(_, "bootstrapped") if scenario.setup.platform is not None:
            manner = MANNERS[scenario.setup.platform]
            return "" if manner.bootstrap else f"{manner.title} has no bootstrap server"
    return ""


def _unknown_commands(scenario: Scenario, module: Module) -> Iterator[Finding]:
    """OK, expected of a command that the model has not."""
    for said, entry in pairwise(scenario.dialogue):
        if isinstance(said, Say) and isinstance(entry, Expect):
            why = module.cannot_carry_out(said.pattern)
            lines = (watch for watch in entry.watches if isinstance(watch, Line))
            if why and any(watch.pattern.text == "OK" for watch in lines):
                yield Finding(entry.line, f"dialogue[{entry.number}]", f"never comes: {why}")


@dataclass(slots=True)
class _State:
    """`ended`: the line of a command after which there is no instance; `closed`: of one after which
    there is no login. Both count once its `OK` was expected."""

    ended: int = 0
    closed: int = 0
    pending: tuple[str, int] = ("", 0)

    def said(self, entry: Say) -> None:
        text = entry.pattern.text
        if _BEGINS.match(text):
            self.ended = self.closed = 0
        name = "ended" if _ENDS.match(text) else "closed" if _CLOSES.match(text) else ""
        self.pending = (name, entry.line)

    def answered(self) -> None:
        name, line = self.pending
        if name:
            setattr(self, name, line)
        self.pending = ("", 0)


def _after_the_end(scenario: Scenario) -> Iterator[Finding]:
    """Lines that are expected of an instance that has been deleted, or is logged out."""
    state = _State()
    for entry in scenario.dialogue:
        match entry:
            case Say():
                state.said(entry)
            case Expect(number, line, watches, _):
                for watch in watches:
                    if isinstance(watch, Line) and watch.side == "module":
                        if text := _too_late(watch.pattern, state):
                            yield Finding(line, f"dialogue[{number}]", text)
                        if watch.pattern.text in ("OK", "REBOOTING"):
                            state.answered()


def _too_late(pattern: Pattern, state: _State) -> str:
    head = head_of(pattern.head)
    if state.ended and head in UNSOLICITED:
        return f"never comes: line {state.ended} ends the instance, and nothing makes a new one"
    if state.closed and head in REQUESTS:
        return f"never comes: line {state.closed} logs out, and nothing logs in again"
    return ""


def _too_long(scenario: Scenario) -> Iterator[Finding]:
    """Pauses that go beyond the end."""
    passed, end = 0.0, scenario.limit
    for entry in scenario.dialogue:
        if isinstance(entry, Pause):
            passed += entry.seconds
            if passed >= end:
                text = (
                    f"never over: the pauses so far take {passed:g} s, "
                    f"but the scenario ends at {end:g} s"
                )
                yield Finding(entry.line, f"dialogue[{entry.number}]", text)
                return
