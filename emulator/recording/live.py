"""Packets into a named pipe, for Wireshark to show while they come."""

import asyncio
import errno
import logging
import os
import stat
from collections import deque
from pathlib import Path
from typing import Self

from emulator.journal import Record
from emulator.modem import ModemSettings
from emulator.recording.capture import Capture
from emulator.recording.files import Stage

QUEUE_LIMIT = 4 << 20
"""Bytes that wait for a reader that is slower than the modem; further packets are dropped, and the
log says how many."""

LOOK_SECONDS = 0.2  # how often a reader is looked for while there is none

log = logging.getLogger("mipl.recording")


class Live:
    """A sink of one modem's journal. Nobody has to read: packets are dropped while nobody does, and
    whoever begins to read gets a capture that begins there.

    The pipe is made where there is none, and then removed at the end. FileExistsError if something
    else is there. Needs a loop in real time.
    """

    def __init__(
        self,
        pipe: str | Path,
        settings: ModemSettings,
        *,
        show_secrets: bool = False,
        scenario: str | None = None,
    ) -> None:
        self._stage = Stage(settings, show_secrets=show_secrets, scenario=scenario)
        self._capture = Capture(self._stage.head, self._stage.epoch)
        self._path = Path(pipe)
        self._is_ours = _make(self._path)
        self._loop = asyncio.get_running_loop()
        self._queue: deque[bytes] = deque()
        self._queued = self._dropped = 0
        self._descriptor: int | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._look()

    def __call__(self, record: Record) -> None:
        blocks = self._capture.feed(*self._stage.take(record))
        if self._descriptor is None or not blocks:
            return
        if self._queued + len(blocks) > QUEUE_LIMIT:
            self._dropped += 1
            if self._dropped == 1:
                log.warning("%s is read too slowly: packets are dropped", self._path)
            return
        self._put(blocks)

    @property
    def is_read(self) -> bool:
        """Whether anybody reads."""
        return self._descriptor is not None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Nothing more is written. May be repeated."""
        self._hang_up()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._is_ours:
            self._is_ours = False
            self._path.unlink(missing_ok=True)

    def _look(self) -> None:
        """Opening fails at once where nobody reads, and would otherwise wait for a reader."""
        self._timer = None
        try:
            self._descriptor = os.open(self._path, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            if error.errno == errno.ENXIO:
                self._timer = self._loop.call_later(LOOK_SECONDS, self._look)
            else:
                log.warning("%s: %s; nothing is written there", self._path, error.strerror)
            return
        self._loop.add_reader(self._descriptor, self._left)  # all that it tells is an error
        self._put(self._capture.opening())

    def _put(self, blocks: bytes) -> None:
        self._queue.append(blocks)
        self._queued += len(blocks)
        if len(self._queue) == 1:
            self._write()

    def _write(self) -> None:
        """As much as there is room for."""
        assert self._descriptor is not None
        while self._queue:
            try:
                count = os.write(self._descriptor, self._queue[0])
            except BlockingIOError:
                self._loop.add_writer(self._descriptor, self._write)
                return
            except OSError:
                self._left()
                return
            self._queued -= count
            rest = self._queue.popleft()[count:]
            if rest:
                self._queue.appendleft(rest)
        self._loop.remove_writer(self._descriptor)
        self._tell_dropped()

    def _left(self) -> None:
        """The reader is gone; another may come."""
        self._hang_up()
        self._timer = self._loop.call_later(LOOK_SECONDS, self._look)

    def _hang_up(self) -> None:
        if self._descriptor is not None:
            self._loop.remove_reader(self._descriptor)
            self._loop.remove_writer(self._descriptor)
            os.close(self._descriptor)
            self._descriptor = None
        self._queue.clear()
        self._queued = 0
        self._tell_dropped()

    def _tell_dropped(self) -> None:
        if self._dropped:
            log.warning("%d packets are missing in what %s was read", self._dropped, self._path)
            self._dropped = 0


def _make(path: Path) -> bool:
    """Whether a pipe had to be made."""
    try:
        os.mkfifo(path, 0o600)
    except FileExistsError:
        if not stat.S_ISFIFO(path.stat().st_mode):
            raise FileExistsError(errno.EEXIST, "is there, and no pipe", str(path)) from None
        return False
    return True
