"""Fleet files and their files of values, on the disk."""

import csv
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from emulator.cli import UsageError
from emulator.fleet.plan import Fleet
from emulator.fleet.reading import read_fleet
from emulator.fleet.series import ROWS_LIMIT, VALUE_LIMIT
from emulator.scenario.nodes import SIZE_LIMIT
from emulator.scenario.trouble import Wrong, nearest, quoted


def load(file: Path) -> Fleet:
    """What a file says. UsageError, with all that is wrong."""
    try:
        with file.open("rb") as stream:
            data = stream.read(SIZE_LIMIT + 1)
    except OSError as error:
        raise UsageError(f"{file}: cannot be read ({error.strerror})") from error
    reading = read_fleet(data, partial(rows_of, file.parent))
    if reading.fleet is None:
        raise UsageError(
            "\n".join(f"{file}:{finding.line}: {finding}" for finding in reading.findings)
        )
    return reading.fleet


def rows_of(folder: Path, name: str, column: str) -> tuple[str, ...]:
    """The values of one column. With `column` empty the first one, all of whose rows count; else
    the first row has the names. Wrong."""
    try:
        with (folder / name).open(newline="", encoding="utf-8-sig") as stream:
            reader = csv.reader(stream, strict=True)
            rows = ((reader.line_num, row) for row in reader)
            return tuple(_values(rows, name, column))
    except OSError as error:
        raise Wrong(f"{name} cannot be read ({error.strerror})") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise Wrong(f"{name} is no CSV in UTF-8: {error}") from None


def _values(rows: Iterator[tuple[int, list[str]]], name: str, column: str) -> list[str]:
    """`rows` with the line of each."""
    at = _column(next(rows, (0, []))[1], name, column) if column else 0
    values: list[str] = []
    for line, row in rows:
        if not row:
            continue
        if at >= len(row):
            raise Wrong(f"{name}, line {line}: there is no column {at + 1}")
        values.append(_value(row[at].strip(), f"{name}, line {line}"))
        if len(values) > ROWS_LIMIT:
            raise Wrong(f"{name} has more than {ROWS_LIMIT} rows")
    if not values:
        raise Wrong(f"{name} has no values")
    return values


def _column(names: list[str], name: str, column: str) -> int:
    if column not in names:
        raise Wrong(f"{name} has no column {quoted(column)}; {nearest(column, names)}")
    return names.index(column)


def _value(text: str, where: str) -> str:
    if not 0 < len(text) <= VALUE_LIMIT or not text.isprintable():
        raise Wrong(f"{where}: {quoted(text)} is not from 1 to {VALUE_LIMIT} printable characters")
    return text
