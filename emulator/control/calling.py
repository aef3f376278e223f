"""`mipl state PATH` and its kin: the calling end of the control channel."""

import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from emulator.control import sockets
from emulator.control.protocol import ANSWER_LIMIT, ControlError, request_line

NOT_MINE = ("unknown-device", "unknown-verb", "unknown-version")
"""What a process answers that does not have the modem; one of another version of the program may
not even know what it is asked."""

TRIES, BETWEEN_S = 40, 0.05
"""A device is there some 0.2 s before its modem takes calls: who waited for the path asks again."""


def ask(verb: str, path: str, *, place: Path | None = None, **members: Any) -> dict[str, Any]:
    """Ask whoever has the modem; its result. ControlError if it is refused, or nobody has it."""
    with _asked(verb, path, place, members) as (result, _):
        return result


def follow(path: str, *, place: Path | None = None, **members: Any) -> Iterator[str]:
    """What happens at a modem, line by line without their ends, until its process ends."""
    with _asked("events", path, place, members) as (_, lines):
        for line in lines:
            yield line.decode("utf-8", "replace").rstrip("\n")


@contextmanager
def _asked(
    verb: str, path: str, place: Path | None, members: dict[str, Any]
) -> Iterator[tuple[dict[str, Any], IO[bytes]]]:
    """The result, and what comes behind it."""
    device = os.path.realpath(path) if os.path.lexists(path) else path
    line = request_line(verb, device, **members)
    for socket_path in _channels(place or sockets.folder(), device):
        connection = sockets.call(socket_path)
        if connection is None:
            continue
        with connection, connection.makefile("rb") as answers:
            said = _exchange(connection, answers, line)
            if said is None or said.get("error") in NOT_MINE:
                continue
            if "error" in said:
                raise ControlError(said["error"], said["cause"])
            connection.settimeout(None)
            yield said["result"], answers
            return
    raise ControlError("unknown-device", f"no running modem is at '{path}'")


def _channels(place: Path, device: str) -> Iterator[Path]:
    """All that there are, and again for a while where a pseudo-terminal may be just starting."""
    for left in reversed(range(TRIES if device.startswith("/dev/pts/") else 1)):
        yield from sockets.sockets(place)
        if left and os.path.exists(device):
            time.sleep(BETWEEN_S)


def _exchange(connection: socket.socket, answers: IO[bytes], line: bytes) -> dict[str, Any] | None:
    """The answer of one process; None if it has ended, or is none of ours."""
    try:
        connection.sendall(line)
        said = json.loads(answers.readline(ANSWER_LIMIT))
    except (OSError, ValueError):
        return None
    return said if isinstance(said, dict) else None
