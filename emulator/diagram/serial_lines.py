"""What goes over the serial line, as lines, and what they name: message ids and paths."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from emulator.diagram.row import Path, printable
from emulator.journal import Record

LINE_LIMIT: Final = 4096  # bytes of a line that are put together, and shown

_ENDS = re.compile(rb"[\r\n]+")
_SAID = re.compile(r"(?:AT)?\+MIPL(\w+)(?:=|: ?)([\d,-]*)", re.IGNORECASE)
_NAMES: Final = {  # where <mid> and <objid> stand, and how many ids follow each other (manual 3)
    "NOTIFY": (None, 2, 3),
    "ADDOBJ": (None, 1, 1),
    "DELOBJ": (None, 1, 1),
    "DISCOVERRSP": (None, 1, 1),
    "READRSP": (1, 3, 3),
    "WRITERSP": (1, 0, 0),
    "EXECUTERSP": (1, 0, 0),
    "OBSERVERSP": (1, 0, 0),
    "PARAMETERRSP": (1, 0, 0),
    "READ": (1, 2, 3),
    "WRITE": (1, 2, 3),
    "EXECUTE": (1, 2, 3),
    "OBSERVE": (1, 3, 3),
    "DISCOVER": (1, 2, 1),
    "PARAMETER": (1, 2, 3),
}


@dataclass(frozen=True, slots=True)
class Piece:
    """A line, or what there is of it, and the record with the last of it."""

    text: str
    record: Record


class Gathering:
    """Puts what one side writes together to lines; a line may come in any pieces."""

    def __init__(self) -> None:
        self._data = b""
        self._last: Record | None = None

    def feed(self, record: Record) -> Iterator[Piece]:
        """The lines that end in this record."""
        self._last = record
        *lines, self._data = _ENDS.split(self._data + record.data)
        yield from (Piece(_shown(line), record) for line in lines if line)
        if len(self._data) > LINE_LIMIT:
            yield from self.flush()

    def flush(self) -> Iterator[Piece]:
        """What has no end yet."""
        data, self._data = self._data, b""
        if data and self._last is not None:
            yield Piece(_shown(data), self._last)


def _shown(line: bytes) -> str:
    more = f"… ({len(line)} bytes)" if len(line) > LINE_LIMIT else ""
    return readable(line[:LINE_LIMIT]) + more


def readable(data: bytes) -> str:
    """The bytes in UTF-8, or GBK where they are that; what cannot be printed as `\\x07`."""
    for encoding in ("utf-8", "gbk"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8" or text.isprintable():
            break
    else:
        text = data.decode("utf-8", "backslashreplace")
    return printable(text)


def named(text: str) -> tuple[int | None, Path]:
    """The `<mid>` and the path that a line names."""
    found = _SAID.match(text)
    places = _NAMES.get(found[1].upper()) if found else None
    if found is None or places is None:
        return None, ()
    numbers = found[2].split(",")
    mid, start, size = places
    path = numbers[start : start + size]
    return _number(numbers, mid), tuple(int(each) for each in _whole(path))


def _number(numbers: list[str], place: int | None) -> int | None:
    known = place is not None and place < len(numbers) and numbers[place].isdecimal()
    return int(numbers[place]) if known and place is not None else None


def _whole(path: list[str]) -> Iterator[str]:
    """Up to the first that is left open, as -1 is."""
    for each in path:
        if not each.isdecimal():
            return
        yield each
