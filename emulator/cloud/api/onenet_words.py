"""OneNET's envelope and error numbers (manual 5.2; OneNET's documents, "status codes").

Which number a situation gets that the documents do not name, and what follows OneNET's own words,
are chosen.
"""

from collections.abc import Mapping
from typing import Final

from emulator.cloud.errors import (
    CloudError,
    Offline,
    Overloaded,
    Refused,
    TimedOut,
    UnknownDevice,
)
from emulator.web.fields import (
    Field,
    FieldError,
    Json,
    Kind,
    Number,
    OneOf,
    Record,
    Text,
)
from emulator.web.schema import schema
from lwm2m_core.message import Code

_REASONS: Final[Mapping[int, str]] = {
    Code.BAD_REQUEST: "BAD_REQUEST",
    Code.UNAUTHORIZED: "UNAUTHORIZED",
    Code.FORBIDDEN: "FORBIDDEN",
    Code.NOT_FOUND: "NOT_FOUND",
    Code.METHOD_NOT_ALLOWED: "METHOD_NOT_ALLOWED",
    Code.NOT_ACCEPTABLE: "NOT_ACCEPTABLE",
    Code.UNSUPPORTED_CONTENT_FORMAT: "UNSUPPORTED_CONTENT_FORMAT",
}
"""Answers of a device in OneNET's words; any other is INTERNAL_SERVER_ERROR."""

_PROMPTS: Final[Mapping[int, str]] = {
    1: "auth failed",
    3: "parameter required",
    7: "service internal error",
    2001: "device not online",
    5006: "system logic limit",
    5106: "UNSUCESS",
    5108: "invalid parameter",
}
"""OneNET's error numbers and their words, one of them misspelt there too."""


def success(data: Json = None) -> dict[str, Json]:
    """The envelope; there is no `data` where nothing is returned (manual 5.2)."""
    return {"errno": 0, **({} if data is None else {"data": data}), "error": "succ"}


def failure(errno: int, detail: str) -> dict[str, Json]:
    return {"errno": errno, "error": f"{_PROMPTS[errno]}: {detail}"}


def in_words(error: Exception) -> tuple[int, str]:
    """Error number and detail of what went wrong with the device, or with the request."""
    match error:
        case FieldError():
            return 3 if error.missing else 5006 if error.oversized else 5108, str(error)
        case UnknownDevice():  # "check if your api-key matches with imei"
            return 1, str(error)
        case Offline():
            return 2001, str(error)
        case Overloaded():
            return 5006, str(error)
        case TimedOut():
            return 5106, f"TIME_OUT ({error})"
        case Refused(code=code):
            return 5106, f"{_REASONS.get(code, 'INTERNAL_SERVER_ERROR')} ({error})"
        case CloudError():
            return 5106, f"RESP_ERROR ({error})"
    return 5108, str(error)


FAILURE: Final = Record(
    (
        Field("errno", Number(1, 9999), required=True),
        Field("error", Text(most=1 << 16), required=True),
    )
)


def envelope(answer: Kind | None) -> Json:
    """The schema of what a call is answered with: a success, or a failure."""
    fields = (Field("errno", Number(0, 0), required=True), Field("error", OneOf(("succ",))))
    data = () if answer is None else (Field("data", answer, required=True),)
    return {"anyOf": [schema(Record((*fields, *data))), schema(FAILURE)]}
