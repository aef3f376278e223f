"""Where the control channels of a user are: Unix-domain sockets in a folder that only he can enter.

One socket for each process, whatever devices it has: who looks for a device asks all of them.
"""

import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

SUFFIX = ".sock"


def folder() -> Path:
    """The same from every shell, cron and container of one user: no variable is asked for it."""
    return Path(f"/tmp/mipl-{os.getuid()}")


def listen(place: Path) -> tuple[socket.socket, Path]:
    """A listening socket in `place` and its path; OSError if that cannot be, or is not safe.

    It gets its name when it listens already: what refuses to be called is dead, and swept away.
    """
    _make(place)
    for path in sockets(place):
        if (alive := call(path)) is not None:
            alive.close()
    path = _free_path(place)
    listener = socket.socket(socket.AF_UNIX)
    unfinished = path.with_suffix(".new")
    try:
        unfinished.unlink(missing_ok=True)
        listener.bind(str(unfinished))
        unfinished.chmod(0o600)
        listener.listen()
        unfinished.rename(path)
    except BaseException:
        listener.close()
        unfinished.unlink(missing_ok=True)
        raise
    return listener, path


def sockets(place: Path) -> Iterator[Path]:
    """All that there are, in a steady order; some may be dead."""
    yield from sorted(place.glob(f"*{SUFFIX}"))


def call(path: Path) -> socket.socket | None:
    """A connection; None if nobody is there, then the socket is removed."""
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(5.0)
    try:
        connection.connect(str(path))
    except ConnectionRefusedError:
        connection.close()
        path.unlink(missing_ok=True)
        return None
    except OSError:
        connection.close()
        return None
    return connection


def _make(place: Path) -> None:
    """/tmp is everybody's: a folder that another user has put there is not ours to use."""
    place.mkdir(mode=0o700, exist_ok=True)
    found = place.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise PermissionError(f"'{place}' is another user's")
    if stat.S_IMODE(found.st_mode) != 0o700:
        place.chmod(0o700)


def _free_path(place: Path) -> Path:
    """One process may have several: tests do."""
    number = 0
    while (path := place / f"{os.getpid()}-{number}{SUFFIX}").exists():
        number += 1
    return path
