"""What a module with these quirks can print at all, by the beginnings of its lines."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final

from emulator.commands import command_table
from emulator.network import REGISTRATIONS
from emulator.profile import Profile, load_profile
from emulator.quirks import Quirks, resolve
from emulator.scenario.document import Setup
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
    """The module of a scenario."""

    profile: Profile
    quirks: Quirks

    @classmethod
    def of(cls, setup: Setup) -> "Module":
        profile = load_profile(setup.model or DEFAULT_MODEL)
        dialect = setup.dialect or profile.dialect
        return cls(profile, resolve(dialect, profile.overrides(dialect), setup.quirks))

    @property
    def commands(self) -> frozenset[str]:
        """`+MIPLOPEN`, `+CSQ`, …"""
        profile = self.profile
        table = command_table(profile.absent_commands, sets=profile.command_sets)
        return frozenset(command.name for command in table.commands)

    def _value(self, quirk: str) -> Any:
        return getattr(self.quirks, quirk)

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
        if head is None:
            return ""
        open_end = len(head) == len(literal.rstrip()) and pattern.has_any
        heads = self.heads
        if not any(each == head or (open_end and each.startswith(head)) for each in heads):
            near = get_close_matches(head, sorted(heads), 1, 0.8)
            hint = f"; did you mean '{near[0]}'?" if near else ""
            return f"{self.profile.name} prints no line that begins with '{head}'{hint}"
        return self._no_such_event(pattern)

    def _no_such_event(self, pattern: Pattern) -> str:
        found = _EVENT.match(pattern.text)
        number = int(found[1]) if found else 2
        if number in _EVENTS or number in self._value("extra_events"):
            return ""
        bringing = _WITH_QUIRKS.get(number, {}).items()
        if any(self._value(name) in values for name, values in bringing):
            return ""
        return (
            f"{self.profile.name} prints no event {number} with these quirks; "
            f"'extra_events: {number}' is one that has it"
        )


def head_of(text: str) -> str | None:
    """`+MIPLEVENT` of `+MIPLEVENT: 0,6`; None for a line that begins with no sign."""
    found = _HEAD.match(text)
    return found[0] if found else None
