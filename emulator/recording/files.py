"""A recording as a folder: journal.jsonl and recording.pcapng, whole at every moment."""

import asyncio
import logging
import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from emulator.journal import Record
from emulator.modem import ModemSettings
from emulator.recording.capture import Capture
from emulator.recording.head import head_for
from emulator.recording.lines import head_line, line_of
from emulator.recording.operations import Operation, Operations, details
from emulator.recording.redactor import Redactor
from emulator.virtual_time import is_timeless

JOURNAL, CAPTURE = "journal.jsonl", "recording.pcapng"

log = logging.getLogger("mipl.recording")


@dataclass(frozen=True, slots=True)
class Start:
    """When a recording begins: by the loop's clock, and in seconds since 1970; None where the clock
    jumps."""

    loop: float
    wall: float | None

    @classmethod
    def now(cls) -> Self:
        """In the modem's loop."""
        loop = asyncio.get_running_loop()
        return cls(loop.time(), None if is_timeless(loop) else time.time())


class Stage:
    """What all recordings do first: times from the start on, secrets hidden, operations found.

    `settings` are the modem's. To be made in the modem's loop, unless `start` is told.
    """

    def __init__(
        self,
        settings: ModemSettings,
        *,
        show_secrets: bool,
        start: Start | None = None,
        scenario: str | None = None,
    ) -> None:
        start = start or Start.now()
        self._origin, self.epoch = start.loop, start.wall or 0.0
        started = None
        if start.wall is not None:
            started = datetime.fromtimestamp(self.epoch, UTC).isoformat(timespec="microseconds")
        self._redactor = None if show_secrets else Redactor(settings.imei, settings.imsi)
        self._operations = Operations()
        self.head = head_for(settings, started, self._redactor, scenario)

    def take(self, record: Record) -> tuple[Record, Operation | None]:
        """The record as it is written down, and what it is part of."""
        if self._redactor is not None:
            record = self._redactor.redact(record)
        operation = self._operations.of(record)
        return record._replace(time=record.time - self._origin), operation


class Recording:
    """A sink of one modem's journal: `Modem(…, sinks=(Recording(folder, settings),))`.

    The folder is made where there is none; files of a recording that is there already are not
    overwritten: FileExistsError. Every record is in the files when the call
    returns, so that whoever kills the process loses nothing but what was under way. If a file
    cannot be written any more, that is logged once, and the modem goes on.

    `start`: when that was, for records that are handed over later. They have to be all from then
    on, or secrets would not be known for what they are. `scenario`: the name of the file that says
    what happens, if there is one.
    """

    def __init__(
        self,
        folder: str | Path,
        settings: ModemSettings,
        *,
        show_secrets: bool = False,
        start: Start | None = None,
        scenario: str | None = None,
    ) -> None:
        self._stage = Stage(settings, show_secrets=show_secrets, start=start, scenario=scenario)
        self._capture = Capture(self._stage.head, self._stage.epoch)
        path = Path(folder)
        path.mkdir(exist_ok=True)
        mode = 0o600 if show_secrets else 0o666
        self._journal = _File(path / JOURNAL, mode)
        self._packets = _File(path / CAPTURE, mode)
        self._journal.write(head_line(self._stage.head).encode() + b"\n")
        self._packets.write(self._capture.opening())

    def __call__(self, record: Record) -> None:
        record, operation = self._stage.take(record)
        line = line_of(record, **details(record, operation))
        self._journal.write(line.encode() + b"\n")
        self._packets.write(self._capture.feed(record, operation))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Nothing more is written. May be repeated."""
        self._journal.close()
        self._packets.close()


class _File:
    """A new file that is written without a buffer, each time a whole piece or nothing."""

    def __init__(self, path: Path, mode: int) -> None:
        self._path = path
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        self._descriptor: int | None = os.open(path, flags, mode)
        self._size = 0

    def write(self, data: bytes) -> None:
        if self._descriptor is None:
            return
        try:
            written = 0
            while written < len(data):
                written += os.write(self._descriptor, data[written:])
        except OSError as error:
            log.warning(
                "%s ends here: %s; the module goes on unrecorded", self._path, error.strerror
            )
            self._cut()
            return
        self._size += len(data)

    def _cut(self) -> None:
        """What there is of the last piece would break the file."""
        assert self._descriptor is not None
        try:
            os.ftruncate(self._descriptor, self._size)
        except OSError:
            log.warning("%s: its last piece is not whole", self._path)
        self.close()

    def close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
