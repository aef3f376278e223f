"""`mipl reset PATH` and `mipl power on|off PATH`: the calling end of the control channel."""

import json
import os
from pathlib import Path
from typing import Any

from emulator.control import sockets
from emulator.control.protocol import LINE_LIMIT, ControlError, request_line


def ask(verb: str, path: str, *, place: Path | None = None, **members: Any) -> dict[str, Any]:
    """Ask whoever has the modem; its result. ControlError if it is refused, or nobody has it."""
    device = os.path.realpath(path) if os.path.lexists(path) else path
    line = request_line(verb, device, **members)
    for socket_path in sockets.sockets(place or sockets.folder()):
        said = _exchange(socket_path, line)
        if said is None or said.get("error") == "unknown-device":
            continue
        if "error" in said:
            raise ControlError(said["error"], said["cause"])
        result: dict[str, Any] = said["result"]
        return result
    raise ControlError("unknown-device", f"no running modem is at '{path}'")


def _exchange(path: Path, line: bytes) -> dict[str, Any] | None:
    """The answer of one process; None if it has ended, or is none of ours."""
    connection = sockets.call(path)
    if connection is None:
        return None
    with connection, connection.makefile("rb") as answers:
        try:
            connection.sendall(line)
            said = json.loads(answers.readline(LINE_LIMIT))
        except (OSError, ValueError):
            return None
    return said if isinstance(said, dict) else None
