"""Where an AT line carries what nobody else may know: auth codes, PSKs (manual 3.1, 4.6, 4.7).

A misspelt command is treated alike: it carries the same secrets.
"""

import re

HIDDEN = "***"

_SECRET_AFTER = (
    re.compile(r"\+MIPLCREATE\s*=[^,]*,", re.I),  # a blob, which may hold both
    re.compile(r"\+MIPLCREAT\w*\s*=\s*\d+\s*,", re.I),
    re.compile(r'\+MIPLCREAT\w*\s*=(?:"[^"]*"|[^,]*),[^,]*,', re.I),
    re.compile(r'\+MIPLDEVINFO: ?"[^"]*", ?\d+,'),
)


def secret_start(line: str) -> int | None:
    """The place from which on an AT line is secret to its end; None where it has no secret. What
    stands before that place is enough to find it."""
    for pattern in _SECRET_AFTER:
        if found := pattern.search(line):
            return found.end()
    return None


def redact(line: str) -> str:
    """An AT line without its secrets."""
    start = secret_start(line)
    return line if start is None or start == len(line) else line[:start] + HIDDEN
