"""Finding the commands in a command line (V.250 5.2 to 5.4; decision 5).

`ATE0V1&F+CGSN=1;+CIMI`: basic commands stand side by side, an extended command ends at `;` or at
the end of the line.
"""

import re
from typing import NamedTuple

from emulator.at.parameters import Raw
from emulator.at.results import Failed, Fault, UnknownCommand
from emulator.at.table import Form

_PREFIX = re.compile("[Aa][Tt]")
_GAP = re.compile(r"[ \t;]*")
_END = re.compile(r"[ \t]*(?:;|\Z)")
_EXTENDED = re.compile(
    r"(?P<name>[+*^$#%@][A-Za-z][A-Za-z0-9_!%./:-]*)[ \t]*"
    r"(?P<mark>=[ \t]*\?(?=[ \t]*(?:;|\Z))|[=?]?)"
)
_REGISTER = re.compile(
    r"[Ss][ \t]*(?P<number>[0-9]+)[ \t]*(?:(?P<set>=)[ \t]*(?P<value>[0-9]*)|\?)"
)
_BASIC = re.compile(r"(?P<name>&?[A-Za-z])[ \t]*(?P<number>[0-9]*)")


_FORMS = {form.value: form for form in Form}


class Head(NamedTuple):
    """A command found in a line: which one, and where the rest of it begins."""

    name: str
    form: Form
    raws: tuple[Raw, ...]
    end: int
    extended: bool


def body_start(line: str) -> int | None:
    """Where the body begins, behind the first `AT`; None in a line without one. What stands before
    it is noise by V.250 5.2.1: the remains of a line, or bytes from a port just opened."""
    found = _PREFIX.search(line)
    return found.end() if found else None


def next_head(line: str, position: int) -> Head | None:
    """The command at `position`, None at the end. Raises `UnknownCommand` where none begins."""
    gap = _GAP.match(line, position)
    position = gap.end() if gap else position
    if position == len(line):
        return None
    return _extended(line, position) or _register(line, position) or _basic(line, position)


def _extended(line: str, position: int) -> Head | None:
    found = _EXTENDED.match(line, position)
    if found is None:
        return None
    mark = found["mark"]
    form = _FORMS.get(mark) or _FORMS[mark.replace(" ", "").replace("\t", "")]
    return Head(found["name"].upper(), form, (), found.end(), extended=True)


def _register(line: str, position: int) -> Head | None:
    """`S<n>=<m>` and `S<n>?` (V.250 5.3.2), given to the table as forms of `S`."""
    found = _REGISTER.match(line, position)
    if found is None:
        return None
    number = Raw(found["number"])
    if found["set"]:
        return Head("S", Form.SET, (number, Raw(found["value"])), found.end(), extended=False)
    return Head("S", Form.READ, (number,), found.end(), extended=False)


def _basic(line: str, position: int) -> Head:
    found = _BASIC.match(line, position)
    if found is None:
        raise UnknownCommand
    raws = (Raw(found["number"]),) if found["number"] else ()
    return Head(found["name"].upper(), Form.EXECUTE, raws, found.end(), extended=False)


def check_end(line: str, position: int) -> None:
    """An extended command must be over here. Raises `Failed(SYNTAX)`."""
    if not _END.match(line, position):
        raise Failed(Fault.SYNTAX)
