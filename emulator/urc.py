"""Every unsolicited line of the module, and the spelling that a dialect gives to all lines."""

from collections.abc import Callable, Sequence
from functools import cache

from emulator.at.results import Info, Line, info
from emulator.quirks import Quirks
from lwm2m_core.paths import Path

REF = 0  # manual 4.6: the module takes one instance, its id is always 0


def spelling(quirks: Quirks) -> Callable[[Line], str]:
    """How this modem prints a line: the blank after the colon, and the one after commas.

    Manual 2.2 has a blank after every colon; drivers for real modules mostly do not (HF 2).
    """
    return _spelling(quirks.mipl_colon, quirks.general_colon)


@cache
def _spelling(mipl_colon: str, general_colon: str) -> Callable[[Line], str]:
    mipl = {"blank": (": ", ","), "none": (":", ","), "blank+comma": (": ", ", ")}[mipl_colon]
    general = {"blank": (": ", ","), "none": (":", ",")}[general_colon]

    def spell(line: Line) -> str:
        if not isinstance(line, Info):
            return line
        if line.name.endswith("ERROR"):  # `+CIS ERROR: <err>`, in every dialect
            return f"{line.name}: {','.join(line.fields)}"
        after_colon, comma = mipl if line.name.startswith("+MIPL") else general
        return line.name + after_colon + comma.join(line.fields)

    return spell


def boot(text: str) -> Line:
    """A boot line of a profile. One with a colon is spelt like the module's other lines: M5311 has
    the blank in both (HF 2; HF 4, D16 waits for `PIN: READY`)."""
    name, colon, value = text.partition(": ")
    return info(name, value) if colon else text


def event(number: int, argument: int | None = None) -> Info:
    """`+MIPLEVENT: <ref>,<evtid>[,<ackid>]` (manual 3.20)."""
    return info("+MIPLEVENT", REF, number, *(() if argument is None else (argument,)))


def observe(mid: int, adding: bool, path: Path) -> Info:
    """`+MIPLOBSERVE: <ref>,<mid>,<flag>,<objid>,<insid>,<resid>` (manual 3.18)."""
    return info("+MIPLOBSERVE", REF, mid, int(adding), *path.fields())


def nmi() -> Info:
    """`+MIPLNMI: <ref>`: a request waits to be fetched (manual 4.11)."""
    return info("+MIPLNMI", REF)


def nsmi(status: int, number: int) -> Info:
    """`+MIPLNSMI: <ref>,<status>,<num>`: whether a datagram left (manual 4.10)."""
    return info("+MIPLNSMI", REF, status, number)


def discover(mid: int, path: Path) -> Info:
    """`+MIPLDISCOVER: <ref>,<mid>,<objid>` (manual 5.1)."""
    return info("+MIPLDISCOVER", REF, mid, path.object)


def read(mid: int, path: Path, sixth_field: bool) -> Info:
    """`+MIPLREAD: <ref>,<mid>,<objid>,<insid>,<resid>`; 5.1 has a sixth field, `0`."""
    return info("+MIPLREAD", REF, mid, *path.fields(), *((0,) if sixth_field else ()))


def write(mid: int, path: Path, type_: int, length: int, text: str, rest: Sequence[int]) -> Info:
    """`+MIPLWRITE: <ref>,<mid>,<objid>,<insid>,<resid>,<type>,<len>,<value>,<flag>` (3.12)."""
    return info("+MIPLWRITE", REF, mid, *path.fields(), type_, length, text, *rest)


def execute(mid: int, path: Path, arguments: Sequence[str | int]) -> Info:
    """`+MIPLEXECUTE: <ref>,<mid>,<objid>,<insid>,<resid>[,<len>,<cmd>]` (manual 3.14)."""
    return info("+MIPLEXECUTE", REF, mid, *path.fields(), *arguments)


def parameter(mid: int, path: Path, text: str) -> Info:
    """`+MIPLPARAMETER: <ref>,<mid>,<objid>,<insid>,<resid>,<len>,"<para>"` (manual 3.16)."""
    return info("+MIPLPARAMETER", REF, mid, *path.fields(), len(text), f'"{text}"')
