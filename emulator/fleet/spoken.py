"""What an unsolicited line tells the host of a fleet, and what it has to answer."""

import re
from typing import Final

from emulator.fleet.plan import TYPE_NUMBERS, ValueType
from lwm2m_core.paths import Path

FINAL: Final = re.compile(r"OK|ERROR|\+CM[ES] ERROR: ?\d+|\+CIS ERROR: ?\d+")

REGISTERED: Final = 6
CONFIRMED: Final = 26
TIMED_OUT: Final = 25
ENDED: Final = frozenset({3, 7, 15, 31})
"""Events after which the module is not logged in (manual 3.20)."""

_BOOTED: Final = ("REBOOTING", "REBOOT_CAUSE", "*ATREADY")


def event_of(line: str) -> tuple[int, int | None] | None:
    """Number and argument of a +MIPLEVENT."""
    fields = _fields(line, "+MIPLEVENT")
    if len(fields) < 2 or not all(field.isdecimal() for field in fields):
        return None
    return int(fields[1]), int(fields[2]) if len(fields) > 2 else None


def has_booted(line: str) -> bool:
    """Whether the module has lost all that it was told."""
    return line.startswith(_BOOTED)


def observed(line: str) -> tuple[bool, Path] | None:
    """Whether an observation of a path begins or ends."""
    fields = _fields(line, "+MIPLOBSERVE")
    if len(fields) < 4:
        return None
    return fields[2] == "1", _path(fields[3:6])


def answer_to(line: str, path: Path | None, type_: ValueType, value: str) -> str | None:
    """The command with which the host answers a Read, a Write or an Execute; of a Read only what it
    has reported last. None where nothing is answered."""
    if fields := _fields(line, "+MIPLREAD"):
        mid, asked = fields[1], _path(fields[2:5])
        if path is None or not value or not asked.covers(path):
            return f"AT+MIPLREADRSP=0,{mid},13"
        return f"AT+MIPLREADRSP=0,{mid},1,{value_fields(path, type_, value)},0,0"
    if fields := _fields(line, "+MIPLWRITE"):
        return f"AT+MIPLWRITERSP=0,{fields[1]},2" if fields[-1] == "0" else None
    if fields := _fields(line, "+MIPLEXECUTE"):
        return f"AT+MIPLEXECUTERSP=0,{fields[1]},2"
    return None


def value_fields(path: Path, type_: ValueType, value: str) -> str:
    """`<objid>,<insid>,<resid>,<type>,<len>,<value>` (manual 3.9, 3.12)."""
    objid, insid, resid = path.fields()
    if type_ == "opaque":
        shown = value.encode().hex().upper()
    else:
        shown = f'"{value}"' if type_ == "string" else value
    length = len(shown.strip('"')) if type_ == "opaque" else len(value)
    return f"{objid},{insid},{resid},{TYPE_NUMBERS[type_]},{length},{shown}"


def _fields(line: str, name: str) -> list[str]:
    """Of a line of this name, without blanks; nothing for another line."""
    head, colon, rest = line.partition(":")
    return rest.replace(" ", "").split(",") if colon and head == name else []


def _path(fields: list[str]) -> Path:
    """-1 and what is missing stand for everything."""
    numbers = [int(field) for field in fields if field.isdecimal()]
    return Path(*numbers)
