"""A log as a dialogue: who said what, when, in one pass and with one line in hand."""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import BinaryIO, Final

from emulator.differences.dialogue import FINAL, LINE_LIMIT, Speaker, lines_of
from emulator.recording.reader import Reading, RecordingError
from emulator.replay.entry import Break, Entry, LogError
from emulator.replay.formats import (
    RECORDING,
    SAMPLE,
    Format,
    Part,
    format_named,
    format_of,
    part_of,
)
from emulator.replay.header import Header, of_recording, of_transcript
from emulator.replay.raw import RawLines
from emulator.replay.stamps import Since

JOIN_S: Final = 0.1  # a line may come in two pieces that are no further apart (chosen)

ECHOES_KEPT: Final = 8  # lines of the host that may still be repeated

_COMMAND: Final = re.compile(
    r"AT\s*(?:[+&*^$%#!].*|S\d+.*|&?[A-Z]|(?:&?[A-Z]\d+)+)?;?\s*$|A/$", re.I
)
_PASSES: Final = re.compile(r"~ (\d{1,9}(?:\.\d{1,6})?) *")
_SENT: Final = "□"  # how SSCOM closes what it sent
_BEGINS: Final = re.compile(r"[+*^]|OK$|ERROR|AT\b")


class LogReading:
    """Iterates over the entries of a log, once.

    `format` is there from the start; LogError where the log is empty, or has no line of the format
    that was asked for. `broken` says which line ended it, and why; None while all is well.
    """

    def __init__(self, stream: BinaryIO, name: str, format_name: str | None = None) -> None:
        self._stream, self._name = stream, name
        asked = None if format_name is None else format_named(format_name)
        lines = RawLines(stream)
        sample = [raw.text for raw in islice(lines, SAMPLE)]
        stream.seek(0)
        if lines.broken is not None and not sample:
            raise LogError(f"{name}:{lines.broken.line}: {lines.broken.reason}")
        if not any(line.strip() for line in sample):
            raise LogError(f"{name}: there is no line of text in it")
        found = format_of(sample)
        self.format: Format = asked or found
        self._check(sample, found)
        self.broken: Break | None = None
        self.encodings: dict[str, int] = {}
        self.header = self._header(sample)

    def _check(self, sample: list[str], found: Format) -> None:
        """A format with marks of its own, asked for, that no line has."""
        asked = self.format
        if asked is found or not asked.only_marked and not asked.pieces:
            return
        if not any(asked.sign.match(line) for line in sample):
            first = next(line for line in sample if line.strip())
            raise LogError(
                f"{self._name}: no line of it is of the format '{asked.name}' (it begins with "
                f"'{first.strip()[:40]}'); it looks like '{found.name}'"
            )

    def _header(self, sample: list[str]) -> Header:
        if self.format.name == RECORDING:
            try:
                return of_recording(Reading(self._stream, self._name).head)
            except RecordingError as error:
                raise LogError(str(error)) from error
            finally:
                self._stream.seek(0)
        return of_transcript(self._name, sample) if self.format.only_marked else Header()

    @property
    def trouble(self) -> str | None:
        """What broke it, for people; None if nothing did."""
        broken = self.broken
        return None if broken is None else f"{self._name}:{broken.line}: {broken.reason}"

    def __iter__(self) -> Iterator[Entry]:
        if self.format.name == RECORDING:
            return self._recorded()
        return self._logged()

    def _recorded(self) -> Iterator[Entry]:
        reading = Reading(self._stream, self._name)
        first: float | None = None
        for said, number in lines_of(reading):  # that of the record, as `mipl show` has it
            first = said.at if first is None else first
            yield Entry(said.by, said.text, number, said.at - first)
        if reading.broken is not None:
            self.broken = Break(reading.broken.line, reading.broken.reason)

    def _logged(self) -> Iterator[Entry]:
        raw_lines = RawLines(self._stream)
        pieces, since, echo = _Pieces(self.format.pieces), Since(), _Echo()
        at: float | None = None
        for raw in raw_lines:
            part = part_of(raw.text, self.format)
            if part is None:
                at = _passed(raw.text, at)
                continue
            if part.stamp is not None:
                at = since.of(*part.stamp)
            for entry in pieces.take(part, Entry("module", "", raw.number, at, whole=raw.whole)):
                if not echo.has(entry):
                    yield entry
        for entry in pieces.end():
            if not echo.has(entry):
                yield entry
        self.broken, self.encodings = raw_lines.broken, dict(raw_lines.encodings)


def _passed(text: str, at: float | None) -> float | None:
    """The time behind a line of a transcript that says how many seconds pass."""
    found = _PASSES.fullmatch(text)
    return at if found is None else (at or 0.0) + float(found[1])


class _Pieces:
    """Parts of a log as whole lines. `joins`: the log has pieces of data as they came, so that a
    line may have been cut, and goes on in the next piece."""

    def __init__(self, joins: bool) -> None:
        self._joins = joins
        self._by: Speaker | None = None
        self._held: Entry | None = None
        self._ended = True  # an end of line stands behind what is held

    def take(self, part: Part, blank: Entry) -> Iterator[Entry]:
        """`blank`: an entry with the place and the time of the part."""
        if part.begins or not self._joins:
            self._by = part.by
        text = part.text.removesuffix(_SENT).strip()
        if not text:
            self._ended = self._ended or not part.begins
            return
        held = self._held
        if held is not None and part.begins and self._goes_on(held, text, blank):
            self._held = held.saying(held.text + text)
        else:
            yield from self.end()
            self._held = _entry(self._by, text, blank)
        self._ended = False
        if not self._joins:
            yield from self.end()

    def end(self) -> Iterator[Entry]:
        if self._held is not None:
            yield self._held
        self._held, self._ended = None, True

    def _goes_on(self, held: Entry, text: str, blank: Entry) -> bool:
        if self._ended or not held.sure or held.by != self._by or self._by != "module":
            return False
        apart = (blank.at or 0.0) - (held.at or 0.0)
        return apart <= JOIN_S and not FINAL.fullmatch(held.text) and not _BEGINS.match(text)


def _entry(by: Speaker | None, text: str, blank: Entry) -> Entry:
    if by is not None:
        return replace(blank, by=by, text=text[:LINE_LIMIT])
    guess: Speaker = "host" if _COMMAND.match(text) else "module"
    return replace(blank, by=guess, text=text[:LINE_LIMIT], sure=False)


class _Echo:
    """Lines of the host that the module repeats, in a log that says who said what."""

    def __init__(self) -> None:
        self._said: deque[str] = deque(maxlen=ECHOES_KEPT)

    def has(self, entry: Entry) -> bool:
        if not entry.sure:
            return False
        if entry.by == "host":
            self._said.append(entry.text)
            return False
        if entry.text in self._said:
            self._said.remove(entry.text)
            return True
        return False
