"""How a line is written: what decision 4 tolerates, and another module may not."""

import re
from collections.abc import Iterator

from emulator.at.commandline import body_start
from emulator.at.table import Form
from emulator.lint.command import Command
from emulator.lint.exchange import Breach

_PREFIX = re.compile(r"AT|at|[Aa]/")
_CURLY = re.compile("\xe2\x80[\x9c\x9d]|\xa1[\xb0\xb1]")  # UTF-8 and GBK, a character per byte
_QUOTED = re.compile(r'"[^"]*"')
_BLANK_EQUALS = re.compile(r"\+\w+(?:[ \t]+[=?]|=[ \t])")
_SCHEME = re.compile(r"coaps?://", re.IGNORECASE)

# name -> places of texts that the manual's syntax and examples have in quotes
STRINGS: dict[str, tuple[int, ...]] = {
    "+MIPLCREATEEX": (0,),
    "+MIPLADDOBJ": (3,),
    "+MIPLDISCOVERRSP": (4,),
    "+MIPLCFG": (0,),
}
# name -> places that hold anything but a number, where all others are numbers
TEXTS: dict[str, tuple[int, ...]] = {
    "+MIPLCREATE": (1,),
    "+MIPLDELETE": (),
    "+MIPLADDOBJ": (3,),
    "+MIPLDELOBJ": (),
    "+MIPLDISCOVERRSP": (4,),
    "+MIPLOPEN": (),
    "+MIPLUPDATE": (),
    "+MIPLCLOSE": (),
    "+MIPLNOTIFY": (7,),
    "+MIPLREADRSP": (8,),
    "+MIPLWRITERSP": (),
    "+MIPLEXECUTERSP": (),
    "+MIPLNMI": (),
    "+MIPLMGR": (),
    "+MIPLQMGR": (),
    "+MIPLUPDATESET": (),
    "+MIPLDTLSNAT": (),
}


def check_line(line: str) -> Iterator[Breach]:
    """The rules about a whole line, whatever it says."""
    if not _PREFIX.match(line):
        yield Breach("prefix")
    if body_start(line) is not None and _BLANK_EQUALS.search(line):
        yield Breach("blanks")
    if _CURLY.search(_QUOTED.sub("", line)):  # within quotes it is text
        yield Breach("curly-quotes")


def check_parameters(command: Command) -> Iterator[Breach]:
    """The rules about single parameters."""
    if command.form is not Form.SET:
        return
    for place in STRINGS.get(command.name, ()):
        raw = command.raw(place)
        if raw.text and not raw.quoted:
            yield Breach("unquoted-string", raw.text)
    if command.name in TEXTS:
        texts = TEXTS[command.name]
        wrong = [r.text for n, r in enumerate(command.raws) if r.quoted and n not in texts]
        if wrong:
            yield Breach("quoted-number", ", ".join(wrong))
    if command.name == "+MIPLCREATEEX" and _SCHEME.match(command.text(0)):
        yield Breach("uri-scheme")
    if command.name == "+MIPLDISCOVERRSP" and command.number(3) != len(command.text(4)):
        yield Breach("length", f"it says {command.text(3)}, it is {len(command.text(4))}")
    if command.name in VALUE_PLACES:
        yield from _check_value(command, *VALUE_PLACES[command.name])


VALUE_PLACES = {"+MIPLNOTIFY": (5, 7), "+MIPLREADRSP": (6, 8)}  # <type> and <value>
STRING, HEX_TYPES, NUMBERS = 1, (2, 6), (3, 4)


def _check_value(command: Command, type_at: int, value_at: int) -> Iterator[Breach]:
    value, kind = command.raw(value_at), command.number(type_at)
    if len(command.raws) <= value_at:
        return
    if kind == STRING and not value.quoted:
        yield Breach("unquoted-value", value.text)
    if kind in HEX_TYPES and not re.fullmatch(r"(?:[0-9A-Fa-f]{2})*", value.text):
        yield Breach("hex-digits", value.text)
    length = command.number(value_at - 1)
    if length not in lengths(kind, value.text):
        yield Breach("length", f"it says {command.text(value_at - 1)}, it is {len(value.text)}")


def lengths(kind: int | None, text: str) -> tuple[int, ...]:
    """The <len> that may stand before a value: its characters, as the manual's examples have it;
    of hex digits also the bytes, of numbers the sizes that strict firmware takes (MB 5.9)."""
    if kind in HEX_TYPES:
        return len(text), len(text) // 2
    if kind in NUMBERS:
        return len(text), 2, 4, 8
    return (len(text),) if kind == STRING else (len(text), 1)
