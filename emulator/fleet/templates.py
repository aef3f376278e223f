"""Texts that differ from modem to modem: `{imei}`, `{imsi}`, `{number}`, `{psk}`; with `:-8` behind
the name only the last eight digits. `{{` and `}}` are braces."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from emulator.scenario.trouble import Wrong, nearest, quoted

PAD: Final = 15
"""Digits that a number has, with zeros before it, where the last of them are asked for."""

_PIECES = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]|[^{}]+")
_FIELD = re.compile(r"([a-z]+)(?::-([0-9]{1,2}))?")


@dataclass(frozen=True, slots=True)
class Field:
    """`last`: so many of its last digits; 0: all of it."""

    name: str
    last: int = 0


@dataclass(frozen=True, slots=True)
class Template:
    pieces: tuple[str | Field, ...]

    def filled(self, values: Mapping[str, str]) -> str:
        """The text for one modem."""
        return "".join(
            piece if isinstance(piece, str) else _part(values[piece.name], piece.last)
            for piece in self.pieces
        )


def _part(text: str, last: int) -> str:
    return text.rjust(PAD, "0")[-last:] if last else text


def parse_template(text: str, names: Iterable[str]) -> Template:
    """Wrong for a field of another name, and for a single brace."""
    known = tuple(names)
    pieces: list[str | Field] = []
    for found in _PIECES.finditer(text):
        if found[0] in ("{{", "}}"):
            pieces.append(found[0][0])
        elif found[1] is not None:
            pieces.append(_field(found[1], known))
        elif found[0] in ("{", "}"):
            raise Wrong(f"a single {found[0]} in {quoted(text)}; write {found[0] * 2} for a brace")
        else:
            pieces.append(found[0])
    return Template(tuple(pieces))


def _field(text: str, known: tuple[str, ...]) -> Field:
    found = _FIELD.fullmatch(text)
    if found is None or found[1] not in known:
        hint = nearest(found[1] if found else text, known)
        raise Wrong(f"there is no {quoted('{' + text + '}')} here; {hint}, and {{{known[0]}:-8}}")
    last = int(found[2] or 0)
    if found[2] is not None and not 1 <= last <= PAD:
        raise Wrong(f"{quoted('{' + text + '}')} asks for {last} digits, not for 1 to {PAD}")
    return Field(found[1], last)
