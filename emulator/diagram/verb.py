"""`mipl show DIR`: what a recording holds, as a sequence diagram."""

import argparse
import math
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emulator.diagram.row import Row
    from emulator.diagram.text import Look
    from emulator.diagram.wanted import Wanted
    from emulator.recording.reader import Reading

VERB = "show"
COLUMNS = 100  # where no terminal says how many
_TITLES = 1  # lines that stand above the rows
_RECORD_BYTES = 100  # at least, of most records


def add_verb(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of the verb."""
    show = verbs.add_parser(
        VERB,
        help="draw what a recording holds: MCU, module, platform",
        description="Draws a recording of `mipl run --record` as a sequence diagram, as text on "
        "stdout or as SVG in a file. The column 'from' has the number of the record that brought "
        "a line about, or that it answers.",
    )
    add = show.add_argument
    add(
        "recordings",
        nargs="+",
        metavar="DIR",
        type=Path,
        help="a recording's folder, its journal.jsonl, or a folder of several modems",
    )
    add("--from", dest="start", type=float, default=0.0, metavar="SECONDS", help="not before")
    add("--to", dest="end", type=float, default=math.inf, metavar="SECONDS", help="not after")
    add(
        "--path",
        action="append",
        default=[],
        metavar="/OBJ[/INST[/RES]]",
        help="what is about this object, and what follows from it (may be given several times)",
    )
    add("--mid", action="append", default=[], type=int, help="likewise of this message id")
    add(
        "--kind",
        action="append",
        default=[],
        help="kinds of record, or groups of them: at, lwm2m, dtls, links, state, notes (may be "
        "given several times)",
    )
    add("--svg", metavar="FILE", type=Path, help="write a picture (of several: one file for each)")
    add("--ascii", action="store_true", help="text of ASCII characters only")
    add("--width", type=int, metavar="COLUMNS", help="of a line; 0: nothing is shortened")


def show(options: argparse.Namespace) -> int:
    """Draw them one after another; 3 if one of them could not be read to its end."""
    from emulator.cli import DONE, RUN_FAILED
    from emulator.console import say
    from emulator.recording.opening import journals_of, opened

    wanted = _wanted(options)
    files = [file for given in options.recordings for file in journals_of(given)]
    broken = False
    for at, file in enumerate(files):
        with opened(file) as reading:
            if options.svg is not None:
                _draw(reading, wanted, _picture(options.svg, at, files))
            elif not _write(reading, file, wanted, options, named=len(files) > 1):
                return DONE
            if reading.trouble is not None:
                say(f"{reading.trouble}; what stands before it is shown")
                broken = True
    return RUN_FAILED if broken else DONE


def _wanted(options: argparse.Namespace) -> "Wanted":
    """What the filters say. UsageError."""
    from emulator.cli import UsageError
    from emulator.diagram.wanted import FilterError, Wanted, kinds_named, path_named

    if math.isnan(options.start) or math.isnan(options.end) or options.end < options.start:
        raise UsageError(f"--from {options.start:g} --to {options.end:g}: no time is between them")
    if options.width is not None and options.width and options.width < 60:
        raise UsageError(f"--width {options.width} leaves no room; 60 or more, or 0 for no limit")
    try:
        kinds = kinds_named(options.kind)
        paths = tuple(map(path_named, options.path))
    except FilterError as error:
        raise UsageError(str(error)) from error
    return Wanted(options.start, options.end, kinds, paths, frozenset(options.mid))


def _rows(reading: "Reading", wanted: "Wanted") -> "Iterator[Row]":
    from emulator.diagram.fates import settled
    from emulator.diagram.rows import rows_of
    from emulator.diagram.wanted import wanted_rows

    return wanted_rows(settled(rows_of(reading, quiet=wanted.quiet)), wanted)


def _write(
    reading: "Reading", file: Path, wanted: "Wanted", options: argparse.Namespace, *, named: bool
) -> bool:
    """As text on stdout. Whether somebody still reads it."""
    from emulator.console import say
    from emulator.diagram.text import lines, title

    look = _look(options, file)
    count = 0
    try:
        print(f"{file.parent.name}: " * named + title(reading.head))
        for line in lines(_rows(reading, wanted), look):
            count += 1
            print(line)
        sys.stdout.flush()
    except BrokenPipeError:  # a reader that has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return False
    if count == _TITLES and reading.broken is None:
        say(f"{file}: no record is of this time, kind, path and message id")
    return True


def _look(options: argparse.Namespace, file: Path) -> "Look":
    from emulator.diagram.text import ASCII, DRAWN, Look

    is_terminal = sys.stdout.isatty()
    columns = options.width
    if columns is None:
        columns = max(60, shutil.get_terminal_size((COLUMNS, 0)).columns)
    return Look(
        columns,
        ASCII if options.ascii or not _can_draw() else DRAWN,
        is_terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb",
        max(4, len(str(file.stat().st_size // _RECORD_BYTES))),
    )


def _can_draw() -> bool:
    """Whether stdout's encoding has what a diagram is drawn with, and Chinese."""
    encoding = (sys.stdout.encoding or "ascii").lower().replace("-", "")
    return encoding.startswith("utf")


def _draw(reading: "Reading", wanted: "Wanted", picture: Path) -> None:
    """As SVG in a file."""
    from emulator.cli import UsageError
    from emulator.console import say
    from emulator.diagram.svg import ROW_LIMIT, svg

    drawing = svg(reading.head, _rows(reading, wanted))
    try:
        picture.write_text(drawing.text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"--svg {picture}: {error.strerror}") from error
    say(f"{picture}: {drawing.rows} rows")
    if drawing.left_out:
        say(
            f"{drawing.left_out} more rows are not in it, {ROW_LIMIT} is the limit; the last that "
            f"is shown was at {drawing.last:.3f} s: narrow it with --from {drawing.last:.3f}, "
            "--to, --path, --mid or --kind"
        )


def _picture(picture: Path, at: int, files: list[Path]) -> Path:
    """The file of one of several: its folder's name is added."""
    if len(files) == 1:
        return picture
    names = [file.parent.name for file in files]
    name = names[at] if names.count(names[at]) == 1 else f"{names[at]}-{at + 1}"
    return picture.with_stem(f"{picture.stem}-{name}")
