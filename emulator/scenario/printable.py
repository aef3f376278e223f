"""What a module with these quirks can print at all, by the beginnings of its lines."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final

from emulator.at.table import Table
from emulator.commands import command_table
from emulator.faults.errors import FaultError
from emulator.faults.fault import Fault
from emulator.faults.names import check_name
from emulator.faults.whats import Code, Corrupt, Insert, Say
from emulator.network import REGISTRATIONS
from emulator.profile import Profile, load_profile
from emulator.quirks import Quirks, resolve
from emulator.scenario.document import Behave, Plant, Scenario
from emulator.scenario.patterns import Pattern

DEFAULT_MODEL: Final = "MN316"

_ASKED: Final = (
    *("+MIPLOBSERVE", "+MIPLDISCOVER", "+MIPLREAD", "+MIPLWRITE", "+MIPLEXECUTE"),
    *("+MIPLPARAMETER", "+MIPLNMI"),
)
"""What the platform asks, and the module prints."""

REQUESTS: Final = frozenset(_ASKED)
UNSOLICITED: Final = REQUESTS | {"+MIPLEVENT", "+MIPLNSMI"}

_HEAD = re.compile(r"[+*^][A-Z][A-Z0-9_]*(?: ERROR)?", re.I)
_COMMAND = re.compile(r"AT\s*([+*^][A-Z][A-Z0-9_]*)(?=[=?]|$)", re.I)
_EVENT = re.compile(r"\+MIPLEVENT: ?0, ?([0-9]{1,3})(?=,|$)")

_EVENTS: Final = frozenset({2, 3, 6, 7, 11, 15, 26, 31, 32, 33})
"""Of manual 3.20 and the chapters around it; others come with a quirk."""

_WITH_QUIRKS: Final[Mapping[int, Mapping[str, tuple[Any, ...]]]] = {
    1: {"bs_fail": ("loop",)},
    8: {"reg_timeout_event": (8,)},
    10: {"rst_halts": ("on",)},
    12: {"update_fail": ("12", "12+15")},
    20: {"late_rsp": ("ok+event20",)},
    25: {"event_25": ("ackid", "observe mid"), "notify_unobserved": ("ok+event25",)},
}
"""Which values of which quirks bring an event."""


@dataclass(frozen=True, slots=True)
class Module:
    """The module of a scenario. `behaviours`: its quirks at the start, and after each change.
    `may_print_anything`: faults forge its lines."""

    profile: Profile
    behaviours: tuple[Quirks, ...]
    table: Table
    may_print_anything: bool

    @classmethod
    def of(cls, scenario: Scenario) -> "Module":
        setup = scenario.setup
        profile = load_profile(setup.model or DEFAULT_MODEL)
        dialect = setup.dialect or profile.dialect
        overrides = (profile.overrides(dialect), setup.quirks, *_later(scenario))
        behaviours = tuple(resolve(dialect, *overrides[:n]) for n in range(2, len(overrides) + 1))
        table = command_table(profile.absent_commands, sets=profile.command_sets)
        faults = (*(each.fault for each in scenario.faults), *_planted(scenario))
        forges = any(isinstance(fault.what, Insert | Say | Corrupt | Code) for fault in faults)
        return cls(profile, behaviours, table, forges)

    @property
    def commands(self) -> frozenset[str]:
        """`+MIPLOPEN`, `+CSQ`, …"""
        return frozenset(command.name for command in self.table.commands)

    def cannot_suffer(self, fault: Fault) -> str:
        """Why a fault has no occasion at this model; empty if it may have one."""
        try:
            check_name(fault, self.table)
        except FaultError as error:
            return error.cause
        return ""

    def cannot_carry_out(self, pattern: Pattern) -> str:
        """Why a command line of the host is none; empty if it may be one."""
        found = _COMMAND.match(pattern.head)
        if found is None or (found.end() == len(pattern.head) and pattern.head != pattern.text):
            return ""
        if found[1].upper() in self.commands or self.may_print_anything:
            return ""
        near = get_close_matches(found[1].upper(), sorted(self.commands), 1, 0.8)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        return f"{self.profile.name} has no command '{found[1]}'{hint}"

    def _values(self, quirk: str) -> list[Any]:
        return [getattr(quirks, quirk) for quirks in self.behaviours]

    @property
    def heads(self) -> frozenset[str]:
        """What its lines begin with that begin with a sign."""
        boot = (*self.profile.reset_lines, *self.profile.command_lines, self.profile.reboot_line)
        booted = filter(None, map(head_of, boot))
        errors = ("+CIS ERROR", "+CME ERROR")
        named = (name for name in self.commands if name[0] in "+*^")
        return frozenset(
            (
                *named,
                *booted,
                *errors,
                *UNSOLICITED,
                *REGISTRATIONS,
                "+CSCON",
                "+NPSMR",
                "+ECPSMR",
                "+POWERDOWN",
                "*GOTOSLEEP",
                "*MATWAKEUP",
            )
        )

    def cannot_print(self, pattern: Pattern) -> str:
        """Why no line of the module can be like this; empty if one can."""
        literal = pattern.head
        head = head_of(literal)
        if head is None or self.may_print_anything:
            return ""
        open_end = len(head) == len(literal.rstrip()) and pattern.has_any
        heads = self.heads
        if not any(each == head or (open_end and each.startswith(head)) for each in heads):
            near = get_close_matches(head, sorted(heads), 1, 0.8)
            hint = f"; did you mean '{near[0]}'?" if near else ""
            return f"{self.profile.name} prints no line that begins with '{head}'{hint}"
        if literal.rstrip() == f"{head}:" == pattern.text.rstrip():
            return f"no line ends with the colon behind its name; did you mean '{head}: {{*}}'?"
        return self._no_such_event(pattern)

    def _no_such_event(self, pattern: Pattern) -> str:
        found = _EVENT.match(pattern.text)
        number = int(found[1]) if found else 2
        if number in _EVENTS or any(number in each for each in self._values("extra_events")):
            return ""
        bringing = _WITH_QUIRKS.get(number, {}).items()
        if any(value in bring for name, bring in bringing for value in self._values(name)):
            return ""
        return (
            f"{self.profile.name} prints no event {number} with these quirks; "
            f"'extra_events: {number}' is one that has it"
        )


def _later(scenario: Scenario) -> Iterator[Mapping[str, Any]]:
    """Quirks that come in the course of it."""
    for event in scenario.events:
        if isinstance(event.act, Behave):
            yield event.act.quirks


def _planted(scenario: Scenario) -> Iterator[Fault]:
    for event in scenario.events:
        if isinstance(event.act, Plant):
            yield event.act.fault


def head_of(text: str) -> str | None:
    """`+MIPLEVENT` of `+MIPLEVENT: 0,6`; None for a line that begins with no sign."""
    found = _HEAD.match(text)
    return found[0] if found else None
