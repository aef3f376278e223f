"""The unsolicited lines that collide with a host's commands, and when a module prints them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import cycle, islice
from string import ascii_lowercase, ascii_uppercase
from typing import Final, Literal

from emulator import urc
from emulator.asking import Asking
from emulator.at.results import Line, info
from emulator.instance import Platform
from emulator.nmi import Asked
from emulator.quirks import Quirks
from emulator.values import DataType
from lwm2m_core.message import ContentFormat
from lwm2m_core.operations import Execute, Read, Write
from lwm2m_core.paths import Path

FIRST_MID: Final = 64000
MID_LIMIT: Final = 65536
"""Message ids of requests that nobody has sent; the platform's own are avoided."""

TELLING: Final = ("OK", "ERROR", "+CME ERROR: 3")
"""Values that read like a final result (V.250 5.7.1, 27.007 9.1)."""

LONG, LONGER = 200, 800  # characters of the arguments of a long EXECUTE (at most 1024: decision 36)
LONG_VALUES: Final = (60, 200)
"""Characters of the value of a long WRITE: its line is longer than slots of 64 or 128 bytes, or
than those of 64 alone (chosen)."""

STRATEGY: Final = "pmin=0;pmax=86400"
"""One that asks no host to be silent (manual 3.16)."""

TURNS: Final = (13, 14, 15)
"""So many letters further in the alphabet are those of a placed WRITE than those of the platform's,
in their turn where several collide: they tell whose value a host answers with."""

_VALUE: Final = re.compile(
    r'^(\+MIPLWRITE: ?\d+, ?\d+,\d+,\d+,\d+,1),\d+,("?)([^",]*)("?(?:,\d+)+)$'
)
_EXECUTE: Final = re.compile(r"^\+MIPLEXECUTE: ?\d+, ?\d+,\d+,\d+,\d+")
_MID: Final = re.compile(r"^(\+MIPL[A-Z]+: ?\d+, ?)\d+")

Phase = Literal["always", "registered"]


@dataclass(frozen=True, slots=True)
class Kind:
    """One sort of line. `source`: where it is described. `phase`: when a module may print it.
    `answer`: the command by which a host answers it; empty if it need not."""

    name: str
    source: str
    phase: Phase
    about: str
    answer: str = ""


_ALL: Final = (
    Kind("cereg", "27.007 10.1.22", "always", "the network's registration state"),
    Kind("cscon", "27.007 7.30", "always", "the radio connection"),
    Kind("event", "manual 3.20", "registered", "event 33: a datagram was too long"),
    Kind("update", "manual 3.20", "registered", "event 11: the platform changed the lifetime"),
    Kind("observe", "manual 3.18", "registered", "the platform observes an instance"),
    Kind("discover", "manual 5.1", "registered", "the platform asks for the resources"),
    Kind("parameter", "manual 3.16", "registered", "the platform sets a strategy"),
    Kind("nmi", "manual 4.11", "registered", "a request waits to be fetched"),
    Kind("nsmi", "manual 4.10", "registered", "a datagram has left"),
    Kind("read", "manual 3.10", "registered", "the platform reads", "+MIPLREADRSP"),
    Kind("write", "manual 3.12", "registered", "the platform writes", "+MIPLWRITERSP"),
    Kind("execute", "manual 3.14", "registered", "the platform executes", "+MIPLEXECUTERSP"),
)

KINDS: Final[Mapping[str, Kind]] = {kind.name: kind for kind in _ALL}
"""By name, the simplest first."""

USUAL: Final = ("cereg", "event", "observe")
"""Those that every host has to live with; read, write and execute are added for a host that has
answered such a request undisturbed."""

FEW: Final = ("parameter",)
"""Usual, too, but at few places: it breaks only hosts that still need a line before it."""

REQUESTS: Final = tuple(kind.name for kind in _ALL if kind.answer)


@dataclass(frozen=True, slots=True)
class Printed:
    """One line as the module prints it. `mid` of a request, which the host has to answer by the
    command `answer`; None and empty for others."""

    kind: str
    text: str
    mid: int | None = None
    answer: str = ""


@dataclass(frozen=True, slots=True)
class _Module:
    quirks: Quirks


@dataclass(frozen=True, slots=True)
class _Device:
    """One whose resources are texts (manual 3.12)."""

    module: _Module
    types: Mapping[Path, DataType]
    platform: Platform = Platform.ONENET


class Printer:
    """Lines in the spelling of one module, about `path`, a resource of the host that is a text."""

    def __init__(self, quirks: Quirks, path: Path, value: str = "abcd") -> None:
        self._path, self._value = path, value
        self._spell = urc.spelling(quirks)
        self._asking = Asking(_Device(_Module(quirks), {path: DataType.STRING}))
        self._untyped = Asking(_Device(_Module(quirks), {}))
        self.left = self._spell(urc.event(15))
        """What the module prints when the host has left (manual 3.20), to be read in a value."""

    def line(self, name: str, mid: int) -> Printed:
        """A line of that kind. KeyError."""
        kind = KINDS[name]
        text = self._spell(self._line(name, mid))
        return Printed(name, text, mid if kind.answer else None, kind.answer)

    def again(self, name: str, printed: str, mid: int) -> Printed:
        """A request that the module has printed before, with another message id; a WRITE of a text
        has other letters."""
        text = _MID.sub(lambda found: f"{found[1]}{mid}", printed)
        again = Printed(name, text, mid, KINDS[name].answer)
        if found := _VALUE.match(text):
            again, _ = _valued(again, found, _turned(found[3], TURNS[mid % len(TURNS)]))
        return again

    def telling(self, printed: Printed, value: str) -> tuple[Printed, int] | None:
        """The same WRITE of another text, and where that begins; None if it writes no text."""
        found = _VALUE.match(printed.text)
        return _valued(printed, found, value) if found else None

    def undeclared(self, printed: Printed) -> Printed:
        """A WRITE of a text as the module prints it before it knows of which type the resource is
        (manual 3.12); any other line as it is."""
        found = _VALUE.match(printed.text)
        if found is None:
            return printed
        *_, objid, insid, resid, _ = found[1].split(",")
        path, mid = Path(int(objid), int(insid), int(resid)), printed.mid or FIRST_MID
        write = Write(mid, path, ContentFormat.TEXT, found[3].encode(), replace=True)
        return replace(printed, text=self._spell(self._untyped.lines(write)[0]))

    def long_value(self, printed: Printed, length: int) -> Printed | None:
        """The same WRITE of a text of so many letters; None if it writes no text."""
        found = self.telling(printed, "".join(islice(cycle(ascii_lowercase), length)))
        return found[0] if found else None

    def long(self, printed: Printed, length: int) -> Printed:
        """The same EXECUTE with so long arguments."""
        found = _EXECUTE.match(printed.text)
        path = self._path
        if found is not None:
            *_, objid, insid, resid = found[0].split(",")
            path = Path(int(objid), int(insid), int(resid))
        mid = printed.mid or FIRST_MID
        arguments = ("0='" + "x" * length)[: length - 1] + "'"
        line = self._asking.lines(Execute(mid, path, None, arguments.encode()))[0]
        return replace(printed, text=self._spell(line))

    def _line(self, name: str, mid: int) -> Line:
        path, instance = self._path, Path(self._path.object, self._path.instance)
        match name:
            case "cereg":
                return info("+CEREG", 1)  # never 0, which is the number of many an answer
            case "cscon":
                return info("+CSCON", 0)
            case "event":
                return urc.event(33)
            case "update":
                return urc.event(11)
            case "observe":
                return urc.observe(mid, True, instance)
            case "discover":
                return urc.discover(mid, path)
            case "parameter":
                return urc.parameter(mid, path, STRATEGY)
            case "nmi":
                return urc.nmi()
            case "nsmi":
                return urc.nsmi(1, mid % 128)
        return self._asking.lines(self._request(name, mid))[0]

    def _request(self, name: str, mid: int) -> Asked:
        match name:
            case "read":
                return Read(mid, self._path)
            case "write":
                text = self._value.encode()
                return Write(mid, self._path, ContentFormat.TEXT, text, replace=True)
        return Execute(mid, self._path, None, b"")


def _valued(printed: Printed, found: re.Match[str], value: str) -> tuple[Printed, int]:
    """A WRITE of this text, and where that begins."""
    before = f"{found[1]},{len(value)},{found[2]}"
    return replace(printed, text=f"{before}{value}{found[4]}"), len(before)


def _turned(text: str, by: int) -> str:
    """Its ASCII letters so many further, from the last on to the first."""
    moved: dict[int, int] = {}
    for letters in (ascii_lowercase, ascii_uppercase):
        moved |= str.maketrans(letters, letters[by:] + letters[:by])
    return text.translate(moved)
