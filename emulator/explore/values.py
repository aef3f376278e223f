"""Values that were written, and what a READ then gives."""

import re
from collections.abc import Iterator
from typing import Final

from emulator.explore.account import Account, Said, mid_of, unnumbered

_WRITE: Final = re.compile(
    r"^\+MIPLWRITE: ?\d+, ?(?:\d+|\{\*\}), ?(\d+, ?\d+, ?\d+), ?(\d+), ?(\d+), ?\"?(.*)$", re.I
)
_REPORT: Final = re.compile(r"^AT\+MIPLNOTIFY=\d+,\d*,(?:\d+,){4}(\d+),\"?(.*)$", re.I)
_HEX: Final = re.compile(r"(?:[0-9A-F]{2})+", re.I)
_IN_HEX: Final = ("2", "6")  # types of which the value stands there in hex (manual 3.12)
_READ: Final = re.compile(r"^\+MIPLREAD: ?\d+, ?\d+, ?(\d+, ?\d+, ?\d+)", re.I)
_VALUE: Final = re.compile(r"^AT\+MIPLREADRSP=\d+,\d+,\d+,(?:\d+,){3}\d+,(\d+),\"?(.*)$", re.I)

CLEARS: Final = re.compile(r"^\+MIPL(?:EXECUTE|PARAMETER):", re.I)
"""Lines behind which a resource may have another value."""


def written(text: str) -> tuple[str, str] | None:
    """Which path a WRITE is about, and its value; of one in hex the text. Its message id may be
    left open."""
    found = _WRITE.match(text)
    if found is None:
        return None
    path, value = found[1].replace(" ", ""), found[4][: int(found[3])]
    if found[2] in _IN_HEX and (digits := _HEX.match(found[4])):
        value = bytes.fromhex(digits[0]).decode("utf-8", "replace")
    return path, value


def reported(text: str) -> str | None:
    """The value of a NOTIFY; None for other commands."""
    found = _REPORT.match(text)
    return found[2][: int(found[1])] if found else None


def is_in_hex(text: str) -> bool:
    """Whether it is a WRITE with a value in hex."""
    found = _WRITE.match(text)
    return found is not None and found[2] in _IN_HEX


def read(text: str) -> str | None:
    """Which path a READ is about."""
    found = _READ.match(text)
    return found[1].replace(" ", "") if found else None


def value_of(text: str) -> str | None:
    """The value in an answer to a READ; None if there is none."""
    found = _VALUE.match(text)
    return found[2][: int(found[1])] if found else None


Reading = tuple[str, str, Said, Said, Said]
"""A WRITE without its message id, its value, its answer, the answer to a READ, and the READ."""


def readings(account: Account) -> Iterator[Reading]:
    """READs behind the answer to a WRITE of the same path, with nothing in between that may change
    the value."""
    for path, reading in _behind(account):
        _, _, done, answer, asked = reading
        if done.at <= asked.at and _steady(account, path, done, answer):
            yield reading


def piled(account: Account) -> Iterator[tuple[str, Reading]]:
    """READs that came behind a WRITE of the same path before that was answered, and the path."""
    for path, reading in _behind(account):
        _, _, done, answer, asked = reading
        if done.at > asked.at and _steady(account, path, asked, answer):
            yield path, reading


def _behind(account: Account) -> Iterator[tuple[str, Reading]]:
    """Each READ, with the last WRITE of its path before it, where both were answered, and the
    path."""
    answers = {each.mid: each.said for each in reversed(account.answers)}
    writes: dict[str, tuple[str, str, Said | None]] = {}
    for said in account.module:
        mid = mid_of(said.text)
        answer = None if mid is None else answers.get(mid)
        if write := written(said.text):
            writes[write[0]] = (unnumbered(said.text), write[1], answer)
        elif CLEARS.match(said.text):
            writes.clear()
        elif (path := read(said.text)) in writes and path is not None and answer is not None:
            line, value, done = writes[path]
            if done is not None:
                yield path, (line, value, done, answer, said)


def _steady(account: Account, path: str, begin: Said, end: Said) -> bool:
    """Whether nothing comes in between that may change the value."""
    between = (e for e in account.module if begin.at <= e.at <= end.at)
    for each in between:
        write = written(each.text)
        if CLEARS.match(each.text) or (write is not None and write[0] == path):
            return False
    return True


def kept_of(account: Account) -> Iterator[tuple[str, bool]]:
    """Each WRITE that was read back, and whether its value came."""
    for line, value, _, answer, _ in readings(account):
        yield line, value_of(answer.text) == value


def piled_of(account: Account) -> Iterator[tuple[str, bool]]:
    """Each path that was read behind a WRITE in one go, and whether the value came."""
    for path, (_, value, _, answer, _) in piled(account):
        yield path, value_of(answer.text) == value
