"""A file in which platforms keep what outlives them: SQLite of the standard library.

    async with State("desk.sqlite") as state, Cloud("onenet", state=state) as cloud:
        ...

Changes are collected and written once a second by a thread, so that the loop never waits for a
disk: what has happened in the second before a crash is lost, at the end nothing is. The file holds
keys, so only its owner may read it.
"""

import asyncio
import errno
import logging
import os
import sqlite3
import stat
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import TracebackType
from typing import Final, Self

from emulator.cloud.kept import (
    SCHEMA,
    Change,
    Kept,
    Row,
    declared_of,
    device_of,
    point_of,
    statements,
)
from emulator.cloud.points import Point

SCHEMA_VERSION: Final = 1
APPLICATION_ID: Final = 0x4D49504C
"""MIPL: by it SQLite's files are told apart (`PRAGMA application_id`)."""

FLUSH_SECONDS: Final = 1.0

PENDING_LIMIT: Final = 100_000
"""Changes that wait to be written; while the disk takes none, further ones are lost (chosen)."""

_DECLARED: Final = "name, imsi, auth_code, bootstrap_psk, psk, observe, card"
_DEVICE: Final = "name, endpoint, lifetime, binding, objects, reported"
_POINT: Final = "name, number, path, instance, kind, value, raw, at"

log = logging.getLogger("mipl.cloud.state")


class StateError(OSError):
    """The file cannot be used; the text names it, the cause and the mend."""


class State:
    """An open file, locked until `close`; no other process can use it meanwhile. StateError."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = os.fspath(path)
        self._pending: deque[tuple[str, Change]] = deque()
        self._writer = ThreadPoolExecutor(1, "mipl-state")
        self._flushing: asyncio.Task[None] | None = None
        self._failed = False
        self._database = _open(self.path)

    async def __aenter__(self) -> Self:
        self._flushing = asyncio.create_task(self._flush_now_and_then())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._flushing is not None:
            self._flushing.cancel()
            await asyncio.gather(self._flushing, return_exceptions=True)
        await self.flush()
        self.close()

    def close(self) -> None:
        """Give the file back; what has not been flushed is lost."""
        self._writer.shutdown()
        self._database.close()

    def load(self, platform: str, zero: float) -> Kept:
        """What a platform of that name has kept, with times counted from `zero`. StateError."""
        try:
            points: dict[str, list[Point]] = {}
            for name, *row in self._rows("point", _POINT, platform, "number"):
                point = point_of(row)
                points.setdefault(name, []).append(replace(point, at=point.at - zero))
            declared = self._rows("declared", _DECLARED, platform, "rowid")
            devices = self._rows("device", _DEVICE, platform, "rowid")
            return Kept(
                tuple(map(declared_of, declared)),
                tuple(device_of(row, tuple(points.get(row[0], ()))) for row in devices),
            )
        except (sqlite3.Error, ValueError, TypeError, KeyError, AttributeError) as error:
            raise StateError(
                f"the state file {self.path} holds what mipl has not written ({error}); "
                "remove it, or name another one"
            ) from error

    def _rows(self, table: str, columns: str, platform: str, order: str) -> list[Row]:
        query = f"SELECT {columns} FROM {table} WHERE platform = ? ORDER BY {order}"
        return self._database.execute(query, (platform,)).fetchall()

    def note(self, platform: str, change: Change) -> None:
        """Write a change soon."""
        if len(self._pending) < PENDING_LIMIT:
            self._pending.append((platform, change))

    async def flush(self) -> None:
        """Write all that has been noted."""
        batch = list(self._pending)
        self._pending.clear()
        if not batch:
            return
        try:
            await asyncio.get_running_loop().run_in_executor(self._writer, self._write, batch)
            self._failed = False
        except sqlite3.Error as error:
            self._pending.extendleft(reversed(batch))
            if not self._failed:
                log.error("the state file %s cannot be written: %s", self.path, error)
            self._failed = True

    def _write(self, batch: list[tuple[str, Change]]) -> None:
        with self._database:
            for platform, change in batch:
                for sql, row in statements(platform, change):
                    self._database.execute(sql, row)

    async def _flush_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            await asyncio.shield(self.flush())


def check(path: str) -> None:
    """StateError if the file cannot be used. It is made if it is not there."""
    State(path).close()


def _open(path: str) -> sqlite3.Connection:
    try:
        _make_private(path)
        database = sqlite3.connect(path, timeout=0.2, check_same_thread=False)
    except (OSError, sqlite3.Error) as error:
        raise _unusable(path, error) from error
    try:
        _prepare(database, path)
    except sqlite3.Error as error:
        database.close()
        raise _unusable(path, error) from error
    except StateError:
        database.close()
        raise
    return database


def _make_private(path: str) -> None:
    """SQLite gives its journals the mode of the file."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "it is no file")
        os.fchmod(descriptor, 0o600)
    finally:
        os.close(descriptor)


def _prepare(database: sqlite3.Connection, path: str) -> None:
    """Lock the file, and make the tables in a new one."""
    database.execute("PRAGMA locking_mode = EXCLUSIVE")
    database.execute("BEGIN IMMEDIATE")
    ((application,),) = database.execute("PRAGMA application_id")
    ((version,),) = database.execute("PRAGMA user_version")
    ((tables,),) = database.execute("SELECT count(*) FROM sqlite_master")
    if application != APPLICATION_ID and (application or version or tables):
        raise StateError(f"{path} is a database of another program; name another state file")
    if version > SCHEMA_VERSION:
        raise StateError(
            f"the state file {path} is of a newer mipl-emulator (schema {version}, this one knows "
            f"{SCHEMA_VERSION}); use that one, or name another file"
        )
    if not tables:
        for sql in SCHEMA:
            database.execute(sql)
        database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        database.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    database.commit()


def _unusable(path: str, error: Exception) -> StateError:
    cause = str(error)
    if isinstance(error, OSError):
        cause, mend = str(error.strerror), "choose a file in a folder where you may write"
    elif "locked" in cause:
        cause, mend = "another process uses it", "end that one, or name another file"
    elif "not a database" in cause:
        cause, mend = "it is something else", "name another one"
    elif "readonly" in cause:
        mend = "make it writable, or name another one"
    else:
        mend = "remove it, or name another one"
    return StateError(f"the state file {path} cannot be used: {cause}; {mend}")
