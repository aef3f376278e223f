"""Reading a recording: one record at a time, up to the line that breaks it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from emulator.journal import Record
from emulator.recording.lines import Head, LineError, head_of, record_of

LINE_LIMIT = 1 << 20
"""Bytes of one line. A record has at most 64 KiB of data, which takes twice as many as hex."""


class RecordingError(Exception):
    """This is no recording, or not one that can be read; the text names file, line and cause."""


@dataclass(frozen=True, slots=True)
class Break:
    """Where a recording breaks off: the line, counted from 1, and why."""

    line: int
    reason: str


class Reading:
    """Iterates over the records of a stream, once, and holds one line at a time.

    `head` is there from the start, or RecordingError. A line that cannot be read ends it like the
    end of the file: then `broken` says which and why, None while all is well.
    """

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self._stream, self._name = stream, name
        self._line = 0
        self.broken: Break | None = None
        try:
            text = self._next()
            if text is None:
                raise LineError("it is empty")
            self.head: Head = head_of(text)
        except LineError as error:
            raise RecordingError(f"{name}:1: {error}") from error

    def __iter__(self) -> Iterator[Record]:
        while self.broken is None:
            try:
                text = self._next()
                if text is None:
                    return
                record = record_of(text)
            except LineError as error:
                self.broken = Break(self._line, str(error))
                return
            yield record

    def _next(self) -> str | None:
        raw = self._stream.readline(LINE_LIMIT + 1)
        if not raw:
            return None
        self._line += 1
        if len(raw) > LINE_LIMIT:
            raise LineError(f"it is longer than {LINE_LIMIT} bytes")
        if not raw.endswith(b"\n"):
            raise LineError("it is cut off: the program was killed, or the disk was full")
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError as error:
            raise LineError(f"not UTF-8: {error.reason} at byte {error.start + 1}") from error

    @property
    def trouble(self) -> str | None:
        """What broke it, for people; None if nothing did."""
        broken = self.broken
        return None if broken is None else f"{self._name}:{broken.line}: {broken.reason}"
