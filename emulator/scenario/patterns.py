"""Lines with wildcards: `{mid}` is a field, the same wherever it comes again; `{*}` is any text;
`{{` and `}}` are braces."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from emulator.scenario.trouble import Wrong, quoted

ANY: Final = "*"
_PIECES = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]|[^{}]+")
_NAME = re.compile("[a-z][a-z0-9_]{0,30}")
_FIELD = r'[^,"\s]+'
_HEAD = re.compile(r"[A-Z+*^$#&%@]*[A-Z]+[A-Z0-9_ ]*", re.I)

Captured = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Pattern:
    """`text` as it was written; `pieces`: literal texts, and names in tuples of one."""

    text: str
    pieces: "tuple[str | tuple[str], ...]"

    @property
    def names(self) -> frozenset[str]:
        """The fields that it captures, or that must have been captured."""
        return frozenset(p[0] for p in self.pieces if isinstance(p, tuple) and p[0] != ANY)

    @property
    def has_any(self) -> bool:
        return (ANY,) in self.pieces

    @property
    def head(self) -> str:
        """The literal text before the first wildcard."""
        first = self.pieces[0] if self.pieces else ""
        return first if isinstance(first, str) else ""

    def match(self, line: str, captured: Captured) -> Captured | None:
        """What it captures of a line, which may have one blank more or fewer behind `:` and `,`:
        dialects differ in that. None if the line is another one."""
        seen: set[str] = set()
        runs = [""]  # the texts between `{*}`
        for piece in self.pieces:
            if piece == (ANY,):
                runs.append("")
            else:
                runs[-1] += self._part(piece, captured, seen)
        found = re.fullmatch(_joined_by_any(runs), line, re.DOTALL)
        return None if found is None else found.groupdict()

    def _part(self, piece: str | tuple[str], captured: Captured, seen: set[str]) -> str:
        match piece:
            case str():
                return _literal(piece)
            case (name,) if name in captured:
                return re.escape(captured[name])
            case (name,) if name in seen:
                return f"(?P={name})"
            case (name,):
                seen.add(name)
                return f"(?P<{name}>{_FIELD})"

    def filled(self, captured: Captured) -> str:
        """The line that a host writes. KeyError for a field that has not been captured."""
        return "".join(p if isinstance(p, str) else captured[p[0]] for p in self.pieces)


def _joined_by_any(runs: list[str]) -> str:
    """What is between two `{*}` is looked for once, from the left: no line makes that slow."""
    first, *others = runs
    if not others:
        return first
    *between, last = others
    return first + "".join(f"(?>.*?{run})" for run in between) + f".*{last}"


def _literal(text: str) -> str:
    return re.sub(r"(:|,)(?:\\ )?", r"\1 ?", re.escape(text))


def parse_pattern(text: str) -> Pattern:
    """Wrong for a brace that is neither doubled nor a wildcard, and for an empty line."""
    if not text.strip():
        raise Wrong("a line has at least one character")
    if "\n" in text or "\r" in text:
        raise Wrong("a line cannot have an end of line in it; write one entry for each line")
    pieces: list[str | tuple[str]] = []
    for found in _PIECES.finditer(text):
        if found[0] in ("{{", "}}"):
            pieces.append(found[0][0])
        elif found[1] is not None:
            pieces.append((_name(found[1], text),))
        elif found[0] in ("{", "}"):
            raise Wrong(f"a single {found[0]} in {quoted(text)}; write {found[0] * 2} for a brace")
        else:
            pieces.append(found[0])
    return Pattern(text, _joined(pieces))


def _name(name: str, text: str) -> str:
    if name != ANY and not _NAME.fullmatch(name):
        raise Wrong(
            f"{quoted('{' + name + '}')} is no wildcard; there are {{*}}, and names such as "
            "{mid}, in small letters; write {{ and }} for braces"
        )
    return name


def _joined(pieces: list[str | tuple[str]]) -> tuple[str | tuple[str], ...]:
    joined: list[str | tuple[str]] = []
    for piece in pieces:
        if isinstance(piece, str) and joined and isinstance(joined[-1], str):
            joined[-1] += piece
        else:
            joined.append(piece)
    return tuple(joined)
