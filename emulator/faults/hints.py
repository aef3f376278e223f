"""What was probably meant by a fault that cannot be read."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from emulator.faults.syntax import SECONDS, Arg
from emulator.faults.whats import POSSIBLE
from emulator.faults.words import Word, quoted

NO_TEXT: Final = """'{}' is not a text in double quotes, such as "0,6", or a pattern in slashes"""
_OFTEN = re.compile(r"once|always|[0-9]+ times?")
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")


def unquoted_line(text: str, words: Sequence[Word], colon: int) -> str:
    """Of `urc +MIPLEVENT: 0,6: drop`: how it is written; nothing where no such thing is meant."""
    body = words[colon + 1 :]
    is_mark = [word.kind == "mark" and word.value == ":" for word in body]
    if not any(is_mark) or body[0].value.lower() in POSSIBLE:
        return ""
    head, _, what = text.rpartition(":")
    if '"' in head:
        return ""
    where, _, line = head.strip().partition(" ")
    return (
        f"a line with a colon in it goes in double quotes, behind match: "
        f"{where} match {quoted(line.strip())}: {what.strip()}"
    )


def plus(name: str) -> str:
    """Of `MIPLNOTIFY`: that a name begins with a sign."""
    is_command = name.isalnum() and name[0].isalpha() and (name.isupper() or "mipl" in name.lower())
    return f"; did you mean '+{name.upper()}'?" if is_command else ""


def unknown(words: Sequence[Word], first: int, arguments: Mapping[str, Arg]) -> str:
    """What is wrong with the `first` word that is not understood of what happens, and what may be
    there."""
    kind, said = words[0], str(words[first])
    before, behind = (" ".join(map(str, part)) for part in (words[:first], words[first:]))
    if _OFTEN.fullmatch(behind):
        return f"how often stands behind a comma: {before}, {behind}"
    if _NUMBER.fullmatch(said) and any(arg.syntax is SECONDS for arg in arguments.values()):
        return f"'{said}' has no unit; a time is written 5s, 500ms, 2min, 1h or 1d, without a blank"
    expected = ", ".join(f"{name} ({arg.syntax.expected})" for name, arg in arguments.items())
    return f"'{said}' is unknown behind {kind}, which has {expected or 'nothing'}"
