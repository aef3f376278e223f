"""The words of a fault as text: bare words, texts in quotes, patterns between slashes."""

import re
from dataclasses import dataclass
from typing import Literal

from emulator.faults.errors import FaultError

TEXT_LIMIT = 1000  # characters of one fault

_TOKEN = re.compile(
    r'\s*(?:"(?P<text>(?:[^"\\]|\\.)*)"|/(?P<pattern>(?:[^/\\]|\\.)*)/|(?P<mark>[,:])'
    r'|(?P<word>[^\s,:"/][^\s,:"]*))',
    re.S,
)
_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|.)", re.S)
_NAMED = {"r": "\r", "n": "\n", "t": "\t", "0": "\0"}
_SPELT = {"\\": "\\\\", '"': '\\"', "\r": "\\r", "\n": "\\n", "\t": "\\t", "\0": "\\0"}


@dataclass(frozen=True, slots=True)
class Word:
    """`mark`: a colon or a comma. A `pattern` is a regular expression as it stands."""

    kind: Literal["word", "text", "pattern", "mark"]
    value: str

    def __str__(self) -> str:
        match self.kind:
            case "text":
                return quoted(self.value)
            case "pattern":
                return slashed(self.value)
            case _:
                return self.value


def words_of(text: str) -> list[Word]:
    """FaultError for a text that is never ended, or too long."""
    if len(text) > TEXT_LIMIT:
        raise FaultError("fault", f"longer than {TEXT_LIMIT} characters")
    text = text.strip()
    words: list[Word] = []
    position = 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            rest = text[position:].strip()
            raise FaultError("fault", f"the text that begins at {rest[:20]} has no end")
        words.append(_word(found))
        position = found.end()
    return words


def _word(found: re.Match[str]) -> Word:
    match found.lastgroup:
        case "text":
            return Word("text", _unescaped(found["text"]))
        case "pattern":
            return Word("pattern", unslashed(found["pattern"]))
        case "mark":
            return Word("mark", found["mark"])
        case _:
            return Word("word", found["word"])


def _unescaped(text: str) -> str:
    def character(found: re.Match[str]) -> str:
        name = found[1]
        return chr(int(name[1:], 16)) if len(name) == 3 else _NAMED.get(name, name)

    return _ESCAPE.sub(character, text)


def quoted(text: str) -> str:
    """`text` as words_of() reads it back."""
    return '"' + "".join(map(_spelt, text)) + '"'


def _spelt(character: str) -> str:
    if character in _SPELT:
        return _SPELT[character]
    unseen = not character.isprintable() and ord(character) < 256
    return f"\\x{ord(character):02x}" if unseen else character


def unslashed(pattern: str) -> str:
    """A pattern without backslashes before slashes, which only the text of a fault needs."""
    return re.sub(r"\\(.)", lambda found: "/" if found[1] == "/" else found[0], pattern, flags=re.S)


def slashed(pattern: str) -> str:
    """A pattern as words_of() reads it back."""
    escaped = re.sub(
        r"\\.|/", lambda found: "\\/" if found[0] == "/" else found[0], pattern, flags=re.S
    )
    return f"/{escaped}/"
