"""Transcripts in Markdown: a page has prose, and between it fenced blocks that are played.

A block is fenced with ```transcript, has the lines of player.py, and begins with the shell line
that a reader would type: `$ mipl run --quirk read_fields=6`. The modem is set up as that line says,
by the program's own reading of it. A page has a heading `## name` for each thing it is about; the
blocks below it are its examples, and one whose shell line has none of the options in question
shows the same without them.
"""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from emulator import run
from emulator.cli import parser
from emulator.modem import ModemSettings
from tests.server import Server
from tests.transcripts.player import play, read
from tests.transcripts.stages import make

FENCE = "```"
SHELL = "$ "
SEED = 1  # of the modem: the same message ids each time


@dataclass(frozen=True)
class Example:
    """One block. `section`: the heading above it; `row`: its line in the page; `command`: what
    the shell line says; `lines`: what is below that."""

    page: Path
    section: str
    row: int
    command: str
    lines: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.page.stem}-{self.row}-{self.command.removeprefix('mipl run').strip()}"

    def values(self, option: str) -> list[str]:
        """What the shell line gives to an option, as often as it stands there."""
        words = shlex.split(self.command)
        return [words[at + 1] for at, word in enumerate(words) if word == option]

    def without(self, option: str, value: str) -> "Example":
        """The same dialogue without one of the options of its shell line."""
        words = shlex.split(self.command)
        at = next(n for n in range(len(words)) if words[n : n + 2] == [option, value])
        return self.with_command(shlex.join(words[:at] + words[at + 2 :]))

    def with_command(self, command: str) -> "Example":
        """The same dialogue behind another shell line."""
        return replace(self, command=command)


def examples(page: Path) -> tuple[Example, ...]:
    """The blocks of a page, in order."""
    return tuple(_examples(page))


def _examples(page: Path) -> Iterator[Example]:
    section, begun, block = "", 0, list[str]()
    for row, line in enumerate(page.read_text(encoding="utf-8").splitlines(), start=1):
        if begun and line == FENCE:
            assert block and block[0].startswith(SHELL), f"{page.name}:{begun}: no shell line"
            yield Example(page, section, begun, block[0].removeprefix(SHELL), tuple(block[1:]))
            begun = 0
        elif begun:
            block.append(line)
        elif line == FENCE + "transcript":
            begun, block = row, []
        elif line.startswith("## "):
            section = re.sub(r"[`*]", "", line[3:]).strip()
    assert not begun, f"{page.name}:{begun}: no end"


def settings_of(command: str) -> ModemSettings:
    """The modem that a shell line starts, as the program reads it; its own bugs raise."""
    program, *words = shlex.split(command)
    assert program == "mipl", command
    options = parser().parse_args(words)
    options.seed = SEED
    run._check(options)
    return replace(run._settings(options, 0), strict=True)


def play_example(example: Example) -> None:
    """Play a block in the pure ring; an AssertionError for the first line that does not hold."""
    transcript = read(example.lines)
    on = make("desk", settings_of(example.command), Server(**transcript.server))
    play(transcript, on)
