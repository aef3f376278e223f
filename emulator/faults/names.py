"""Names of commands and unsolicited lines: whether a line has one, and whether a module has it."""

import re
from collections.abc import Collection
from functools import cache

from emulator.at.commandline import body_start, next_head
from emulator.at.results import UnknownCommand
from emulator.at.table import Form, Table
from emulator.faults.errors import FaultError, nearest
from emulator.faults.fault import Fault

_QUOTED = re.compile(r'"[^"]*"?')
_FORMED = re.compile(r"(.*?)(=\?|[=?]?)")

LINES = (
    *("+MIPLEVENT", "+MIPLOBSERVE", "+MIPLDISCOVER", "+MIPLREAD", "+MIPLWRITE", "+MIPLEXECUTE"),
    *("+MIPLPARAMETER", "+MIPLNMI", "+MIPLNSMI", "+MIPLCREATEEX"),
    *("+CEREG", "+CREG", "+CGREG", "+CSCON", "+NPSMR", "+ECPSMR", "*GOTOSLEEP", "*MATWAKEUP"),
    *("*ATREADY", "+CFUN", "+CPIN", "+IP"),
)
"""Names of all unsolicited lines: LwM2M AT manual 3, 4; what the network and a boot print."""


def is_named(line: str, name: str) -> bool:
    """Whether a command line has this command, or an unsolicited line this name."""
    if name[0] in "&ABCDEFGHIJKLMNOPQRSTUVWXYZ":
        return name in _basic(line)
    return _finder(name).search(_QUOTED.sub('""', line.upper())) is not None


@cache
def _finder(name: str) -> re.Pattern[str]:
    found = _FORMED.fullmatch(name)
    assert found is not None
    forms = {"": "", "=": r"[ \t]*=(?![ \t]*\?)", "?": r"[ \t]*\?", "=?": r"[ \t]*=[ \t]*\?"}
    return re.compile(rf"{re.escape(found[1])}(?![A-Z0-9_]){forms[found[2]]}")


def _basic(line: str) -> list[str]:
    """The basic commands at the start of a line, such as E and V of `ATE0V1`."""
    names: list[str] = []
    position = body_start(line)
    while position is not None:
        try:
            head = next_head(line, position)
        except UnknownCommand:
            break
        if head is None or head.extended:
            break
        names.append(head.name)
        position = head.end
    return names


def check_name(fault: Fault, table: Table, lines: Collection[str] = LINES) -> None:
    """FaultError where a module with these commands has no such name."""
    if not fault.name:
        return
    if fault.where == "urc":
        if fault.name not in lines:
            raise FaultError(
                "name", f"no unsolicited line is called '{fault.name}'{_near(fault.name, lines)}"
            )
        return
    found = _FORMED.fullmatch(fault.name)
    assert found is not None
    known = {command.name for command in table.commands}
    if found[1] not in known:
        raise FaultError("name", f"this model has no command '{found[1]}'{_near(found[1], known)}")
    forms = {command.form for command in table.commands if command.name == found[1]}
    if found[2] == "=?" or not found[2]:
        return
    if Form(found[2]) not in forms:
        has = " and ".join(sorted(f"'{found[1]}{form.value}'" for form in forms))
        raise FaultError("name", f"there is no '{fault.name}', only {has}")


def _near(name: str, known: Collection[str]) -> str:
    hint = nearest(name, sorted(known))
    return hint if "did you mean" in hint else " (mipl commands MODEL lists its commands)"
