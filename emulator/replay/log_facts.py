"""What a log tells of the device and of its platform, found before it is played."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from emulator.replay.entry import Entry

ENTRIES_LIMIT: Final = 1_000_000  # lines of a dialogue that are played; more are left out

_IMEI: Final = re.compile(r"(?:\+CGSN:\s*\"?)?(\d{15})\"?")
_PLATFORM: Final = re.compile(r'AT\+MIPLCFG\s*=\s*"?platform"?\s*,\s*\d+\s*,\s*(\d+)', re.I)
_MIPL: Final = re.compile(r"AT\+MIPL(\w+)", re.I)
_CREATES: Final = ("CREATE", "CREATEEX")
_FREE: Final = (*_CREATES, "DELETE", "DEL", "VER")
_ASKS_IMEI: Final = re.compile(r"AT\+C?GSN", re.I)
_ASKS_IMSI: Final = re.compile(r"AT\+CIMI", re.I)


@dataclass(slots=True)
class Facts:
    """`lines`: how many of each side. `guessed`: how many of them the log does not tell the side
    of. `begins_in_session`: the line of a command that needs an instance which nothing made."""

    imei: str | None = None
    imsi: str | None = None
    platforms: tuple[int, ...] = ()
    has_stamps: bool = False
    observes: int = 0
    begins_in_session: int | None = None
    hidden: list[int] = field(default_factory=list)
    lines: Counter[str] = field(default_factory=Counter)
    guessed: int = 0


HIDDEN_KEPT: Final = 20  # places of hidden commands that are told

_HIDDEN: Final = re.compile(r"\*{3,}")


def survey(entries: Iterable[Entry]) -> Facts:
    """One pass over a log."""
    facts = Facts()
    asked = ""
    created = False
    for entry in entries:
        facts.lines[entry.by] += 1
        facts.guessed += not entry.sure
        facts.has_stamps = facts.has_stamps or bool(entry.at)
        if entry.by == "module":
            _learn(facts, asked, entry.text)
            continue
        asked = entry.text
        if _HIDDEN.search(asked) and len(facts.hidden) < HIDDEN_KEPT:
            facts.hidden.append(entry.line)
        if found := _PLATFORM.match(asked):
            facts.platforms = tuple(dict.fromkeys((*facts.platforms, int(found[1][:4]))))
        if found := _MIPL.match(asked):
            created = created or found[1].upper() in _CREATES
            needs = not created and found[1].upper() not in _FREE
            if needs and facts.begins_in_session is None:
                facts.begins_in_session = entry.line
    return facts


def _learn(facts: Facts, asked: str, text: str) -> None:
    if text.startswith("+MIPLOBSERVE"):
        facts.observes += 1
    number = _IMEI.fullmatch(text)
    if number is None:
        return
    if _ASKS_IMEI.match(asked):
        facts.imei = facts.imei or number[1]
    elif _ASKS_IMSI.match(asked):
        facts.imsi = facts.imsi or number[1]
