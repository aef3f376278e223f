"""Splitting what stands behind `=` into parameters (decision 4).

Three things that look alike are kept apart: an empty parameter (`1,,2`) is a `Raw` without quotes
and without text, `""` is a `Raw` with quotes, an absent one is not in the list at all.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple

from emulator.at.lines import BLANKS
from emulator.at.results import Failed, Fault

_BLANK = re.compile(r"[ \t]*")
_WORD = re.compile(r"([0-9A-Za-z.+-]*)(?:,|(\Z))")
"""A bare parameter as most are, where nothing has to be looked for: no blank, quote or `;`."""
_WORDS = re.compile(r"(?:[0-9A-Za-z.+-]*,)*")
_VALUE = re.compile(r'([^"]*)"((?:,[+-]?[0-9]+)+)\Z')
"""A `<value>` as most are, behind its first quote: no quote in it, and bare numbers behind it."""
_CURLY_UTF8 = ("\xe2\x80\x9c", "\xe2\x80\x9d")  # U+201C, U+201D
_CURLY_GBK = ("\xa1\xb0", "\xa1\xb1")
_CLOSERS = {
    '"': ('"',),
    **dict.fromkeys(_CURLY_UTF8, (*_CURLY_UTF8, '"')),
    **dict.fromkeys(_CURLY_GBK, (*_CURLY_GBK, '"')),
}
"""Opening quote -> what closes it. The manual's own examples (3.5, 4.6) open and close with the
right curly quote, so either may stand at either end; a curly quote inside "..." is text."""
_FIRST_OF_QUOTES = frozenset(opener[0] for opener in _CLOSERS)

_CLOSING = {
    opener: re.compile(f"({'|'.join(closers)})[ \t]*(?=[,;]|\\Z)")
    for opener, closers in _CLOSERS.items()
}

COMMAND_START = re.compile(r"[ \t]*(?:[A-Za-z&+*^$#%@;]|\Z)")
"""Where a command may begin behind `;`. A digit may not, so that the unquoted resource list
`5500;5501` stays one parameter (decision 4: unquoted strings)."""

_NUMERIC = re.compile(r'(")?(?:[+-]?[0-9]+|0[xX][0-9A-Fa-f]+)?(?(1)")')


class Raw(NamedTuple):
    """One parameter as sent: its text without quotes and outer blanks. A tuple, because ten or so
    are made for every command line."""

    text: str
    quoted: bool = False

    @property
    def empty(self) -> bool:
        return not self.text and not self.quoted


@dataclass(frozen=True, slots=True)
class ValueSpan:
    """Where a command has the `<value>` of NOTIFY and READRSP: its place in the list, and how many
    numeric parameters may stand behind it."""

    index: int
    fewest_behind: int
    most_behind: int


def split(text: str, start: int, value: ValueSpan | None = None) -> tuple[tuple[Raw, ...], int]:
    """The parameters from `start` on, and where they end: at a `;` that separates commands, or at
    the end of `text`. A command that reaches its `<value>` is the last of its line.

    Raises `Failed(SYNTAX)`: a quote never closed, or in the middle of an unquoted parameter.
    """
    words = _WORDS.match(text, start)
    raws = [Raw(word) for word in words[0].split(",")[:-1]] if words else []
    last_of_line = value is not None and len(raws) > value.index
    position = words.end() if words else start
    while True:
        span = value if value is not None and len(raws) == value.index else None
        last_of_line = last_of_line or span is not None
        if word := _WORD.match(text, position):
            raws.append(Raw(word[1]))
            position = word.end()
            if word[2] is not None:
                break
            continue
        position = _skip_blanks(text, position)
        opener = _quote_at(text, position)
        if not opener:
            raw, position = _read_bare(text, position, last_of_line)
        elif span is None:
            raw, position = _read_quoted(text, position, opener)
        else:
            raw, position = _read_value(text, position, opener, span)
        raws.append(raw)
        if position == len(text) or text[position] == ";":
            break
        position += 1
    if last_of_line and position < len(text):
        raise Failed(Fault.SYNTAX)
    return tuple(raws), position


def _skip_blanks(text: str, position: int) -> int:
    found = _BLANK.match(text, position)
    return found.end() if found else position


def _quote_at(text: str, position: int) -> str:
    if text[position : position + 1] not in _FIRST_OF_QUOTES:
        return ""
    for opener in _CLOSERS:
        if text.startswith(opener, position):
            return opener
    return ""


def _read_quoted(text: str, position: int, opener: str) -> tuple[Raw, int]:
    begin = position + len(opener)
    closing = _CLOSING[opener].search(text, begin)
    if closing is None:
        raise Failed(Fault.SYNTAX)
    return Raw(text[begin : closing.start()], quoted=True), closing.end()


def _read_bare(text: str, position: int, last_of_line: bool) -> tuple[Raw, int]:
    end = text.find(",", position)
    if end < 0:
        end = len(text)
    if not last_of_line:
        semicolon = text.find(";", position, end)
        while semicolon >= 0 and not COMMAND_START.match(text, semicolon + 1):
            semicolon = text.find(";", semicolon + 1, end)
        if semicolon >= 0:
            end = semicolon
    bare = text[position:end].rstrip(BLANKS)
    if '"' in bare:
        raise Failed(Fault.SYNTAX)
    return Raw(bare), end


def _read_value(text: str, position: int, opener: str, span: ValueSpan) -> tuple[Raw, int]:
    """`<value>` ends at the last quote behind which nothing but its numeric parameters stands.

    Walks the numeric parameters from the right. A host that quotes all of them would lose some to
    the value by that rule (`"a","0","0","7"`), so a quote closing a quoted number is passed over
    as long as every parameter behind it is quoted too.
    """
    begin = position + len(opener)
    plain = _VALUE.match(text, begin) if opener == '"' else None
    if plain and span.fewest_behind <= plain[2].count(",") <= span.most_behind:
        return Raw(plain[1], quoted=True), plain.end(1) + 1
    end = len(text)
    all_quoted = True
    found: tuple[Raw, int] | None = None
    for behind in range(1, span.most_behind + 1):
        comma = text.rfind(",", begin, end)
        field = text[comma + 1 : end].strip(BLANKS)
        all_quoted = all_quoted and field.startswith('"')
        if comma < 0 or not _NUMERIC.fullmatch(field) or (found and not all_quoted):
            break
        closed = _closed(text[begin:comma], opener)
        if closed is not None and behind >= span.fewest_behind:
            found = Raw(closed, quoted=True), comma
        end = comma
    if found is None:
        raise Failed(Fault.SYNTAX)
    return found


def _closed(text: str, opener: str) -> str | None:
    """`text` without the closing quote at its end, None if there is none."""
    text = text.rstrip(BLANKS)
    for closer in _CLOSERS[opener]:
        if text.endswith(closer):
            return text[: -len(closer)]
    return None
