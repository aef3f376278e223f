"""The words of the control channel: one JSON object a line, each answered by one.

    {"version": 1, "verb": "power", "device": "/dev/pts/5", "on": false}
    {"version": 1, "result": {"on": false}}
    {"version": 1, "error": "unknown-device", "cause": "no modem is at '/dev/pts/6'"}

The verbs stand in verbs.py. "events" is answered by {"version": 1, "result": {"following": true}},
and then by one line for each record of the journal, until the caller hangs up.

A later version may add verbs, members and codes; what exists keeps its meaning, or the number
rises.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

VERSION = 1
LINE_LIMIT = 4096  # bytes of one request
ANSWER_LIMIT = 1 << 20  # and of one answer

Code = Literal[
    "bad-request", "unknown-version", "unknown-verb", "unknown-device", "not-now", "busy"
]


class ControlError(Exception):
    """A request is refused. `cause` is for people, `code` for programs."""

    def __init__(self, code: Code, cause: str) -> None:
        super().__init__(cause)
        self.code: Code = code
        self.cause = cause


@dataclass(frozen=True, slots=True)
class Request:
    """`device`: the path or name of one end of the modem. `members`: what else was given."""

    verb: str
    device: str
    members: Mapping[str, Any]


def parse_request(line: bytes) -> Request:
    """ControlError if it is none that this version understands."""
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        raise ControlError("bad-request", "a request is a JSON object on one line") from None
    if not isinstance(said, dict):
        raise ControlError("bad-request", "a request is a JSON object")
    if said.pop("version", None) != VERSION:
        raise ControlError("unknown-version", f'only "version": {VERSION} is understood')
    verb, device = said.pop("verb", None), said.pop("device", None)
    if not isinstance(verb, str) or not isinstance(device, str):
        raise ControlError("bad-request", '"verb" and "device" are texts, and both needed')
    return Request(verb, device, said)


def request_line(verb: str, device: str, **members: Any) -> bytes:
    """A request as it travels."""
    return _line({"version": VERSION, "verb": verb, "device": device, **members})


def result_line(result: Mapping[str, Any]) -> bytes:
    """A good answer as it travels."""
    return _line({"version": VERSION, "result": result})


def error_line(error: ControlError) -> bytes:
    """A refusal as it travels."""
    return _line({"version": VERSION, "error": error.code, "cause": error.cause})


def _line(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value).encode() + b"\n"
