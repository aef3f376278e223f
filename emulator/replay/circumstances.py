"""What went on around the module, as far as the lines that come next in a log tell it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from emulator.replay.entry import Entry

Fate = Literal["well", "refused", "no bootstrap", "forgotten"]

_OPENS: Final = re.compile(r"AT\+MIPLOPEN\s*=", re.I)
_CREATES: Final = re.compile(r"AT\+MIPLCREATE(?:EX)?\b", re.I)
_UPDATES: Final = re.compile(r"AT\+MIPLUPDATE\s*=", re.I)
_ASKS_NETWORK: Final = re.compile(r"AT\+(?:CE?REG|CGATT)\?", re.I)
_EVENT: Final = re.compile(r"\+MIPLEVENT:\s*\d+\s*,\s*(\d+)")
_REGISTERED: Final = re.compile(r"\+(?:CE?REG:\s*\d\s*,\s*|CGATT:\s*)(\d)")

_OF_LOGIN: Final[dict[str, Fate]] = {
    "3": "no bootstrap",
    "6": "well",
    "7": "refused",
    "8": "refused",
}
_OF_UPDATE: Final[dict[str, Fate]] = {
    "11": "well",
    "12": "forgotten",
    "13": "forgotten",
    "31": "forgotten",
}  # manual 3.20; MB 2.7


@dataclass(frozen=True, slots=True)
class Around:
    """How a login or an update will go, and whether the network is there; None: it is not told.
    `is_new`: there can be no instance yet, for one is made."""

    fate: Fate | None = None
    coverage: bool | None = None
    is_new: bool = False


def around(command: Entry, ahead: Sequence[Entry]) -> Around:
    """What the lines behind a command of the host tell of the moment when it was given."""
    if _OPENS.match(command.text):
        return Around(fate=_fate(ahead, _OF_LOGIN, _OPENS))
    if _UPDATES.match(command.text):
        return Around(fate=_fate(ahead, _OF_UPDATE, _UPDATES))
    if _CREATES.match(command.text):
        result = next((entry.text for entry in ahead if entry.is_final), "")
        return Around(is_new=result == "OK")
    if _ASKS_NETWORK.match(command.text):
        return Around(coverage=_coverage(ahead))
    return Around()


def _fate(ahead: Sequence[Entry], fates: dict[str, Fate], again: "re.Pattern[str]") -> Fate | None:
    for entry in ahead:
        if entry.by == "host" and again.match(entry.text):
            return None
        found = _EVENT.match(entry.text)
        if entry.by == "module" and found is not None and found[1] in fates:
            return fates[found[1]]
    return None


def _coverage(ahead: Sequence[Entry]) -> bool | None:
    for entry in ahead:
        if entry.by == "host" or entry.is_final:
            return None
        found = _REGISTERED.match(entry.text)
        if found is not None:
            return found[1] in "15"
    return None
