"""`mipl reset PATH` and `mipl power on|off PATH`."""

import argparse
import json
import os
from pathlib import Path
from typing import Any

from emulator.control import sockets
from emulator.control.protocol import LINE_LIMIT, ControlError, request_line

VERBS = ("reset", "power")


def add_verbs(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of these verbs."""
    path = "its device, the link to it, or an end as `mipl run` has printed it (tcp:…)"
    reset = verbs.add_parser("reset", help="pull the reset pin of a running modem")
    power = verbs.add_parser("power", help="switch a running modem off and on")
    power.add_argument("state", choices=("on", "off"))
    for parser in (reset, power):
        parser.add_argument("path", metavar="PATH", help=path)


def act(options: argparse.Namespace) -> int:
    """Do it; UsageError if no modem is there, exit code 3 if it cannot be done now."""
    from emulator.cli import DONE, RUN_FAILED, UsageError
    from emulator.console import say

    members = {"on": options.state == "on"} if options.verb == "power" else {}
    try:
        ask(options.verb, options.path, **members)
    except ControlError as error:
        if error.code == "not-now":
            say(f"{error.cause}; switch it on: mipl power on {options.path}")
            return RUN_FAILED
        raise UsageError(f"{error.cause}; `mipl run` prints the path of each") from error
    return DONE


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
