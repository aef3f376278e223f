"""How a run goes on, for people: on a terminal one line that changes, else a line now and then."""

import os
from collections.abc import Callable
from typing import Final, TextIO

from emulator.fleet.samples import Sample
from emulator.fleet.summary import shown

EVERY: Final = 10.0
"""Seconds between lines where there is no terminal."""

USUAL_COLUMNS: Final = 80

_CLEAR: Final = "\r\x1b[K"


class Progress:
    """`members`: of the run. `say` writes a whole line."""

    def __init__(self, stream: TextIO, members: int, say: Callable[[str], None]) -> None:
        self._stream, self._members, self._say = stream, members, say
        self._rewrites = stream.isatty()
        self._before: Sample | None = None
        self._told_at = float("-inf")

    def show(self, sample: Sample) -> None:
        """Tell of this one, if it is time to."""
        if not self._rewrites and sample.at - self._told_at < EVERY:
            return
        text = told(sample, self._before, self._members)
        self._before, self._told_at = sample, sample.at
        if self._rewrites:
            self._stream.write(f"{_CLEAR}{fitting(text, _columns(self._stream) - 1)}")
            self._stream.flush()
        else:
            self._say(text)

    def interrupt(self, text: str) -> None:
        """Something that stays to be read."""
        self.end()
        self._say(text)

    def end(self) -> None:
        """What follows begins on a line of its own."""
        if self._rewrites and self._before is not None:
            self._stream.write(_CLEAR)
            self._stream.flush()


def _columns(stream: TextIO) -> int:
    """Of the terminal, whose last line alone can be written anew."""
    try:
        return os.get_terminal_size(stream.fileno()).columns or USUAL_COLUMNS
    except OSError:  # io.UnsupportedOperation is one, too
        return USUAL_COLUMNS


def fitting(text: str, width: int) -> str:
    """As many of its values as there is room for, each of them whole."""
    if len(text) <= width:
        return text
    ends = [at for at in (text.rfind(", ", 0, width + 2), text.rfind(" (", 0, width + 2)) if at > 0]
    return text[: max(ends, default=width)]


def told(sample: Sample, before: Sample | None, members: int) -> str:
    """One line: time, modems, rate, totals, what is wrong, times."""
    seconds = sample.at - before.at if before else sample.at
    rate = (sample.sent - (before.sent if before else 0)) / seconds if seconds > 0 else 0.0
    minutes, rest = divmod(int(sample.at), 60)
    parts = [
        f"{minutes:02d}:{rest:02d} {sample.ready}/{members} logged in",
        f"{rate:.1f} sent/s",
        f"{sample.sent} sent",
        f"{sample.arrived} arrived",
    ]
    wrong = (sample.lost, "lost"), (sample.late, "late"), (sample.errors, "errors")
    parts += [f"{number} {what}" for number, what in wrong if number]
    if sample.confirm_p50 is not None:
        times = shown(sample.confirm_p50), shown(sample.confirm_p99)
        parts.append("event 26 {} (99 %: {})".format(*times))
    return ", ".join(parts)
