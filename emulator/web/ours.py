"""The envelope of our own calls: {"data": …}, or {"error": {"kind": …, "message": …}}."""

from typing import Final

from emulator.web.fields import Field, FieldError, Json, Kind, Record, Text
from emulator.web.schema import schema

FAILURE: Final = Record(
    (
        Field(
            "error",
            Record(
                (
                    Field("kind", Text(), required=True),
                    Field("message", Text(most=1 << 16), required=True),
                    Field("field", Text(), "which input is wrong"),
                    Field("code", Text(), "what a device that refuses has answered: 4.04"),
                )
            ),
            required=True,
        ),
    )
)


def success(data: Json = None) -> Json:
    return {"data": data}


def envelope(answer: Kind | None) -> Json:
    """The schema of a success with that answer."""
    if answer is None:
        return {"type": "object", "properties": {"data": {"type": "null"}}, "required": ["data"]}
    return schema(Record((Field("data", answer, required=True),)))


def failed(kind: str, message: str, **more: str) -> Json:
    return {"error": {"kind": kind, "message": message, **more}}


def bad_field(error: FieldError) -> tuple[int, Json]:
    """HTTP status and envelope."""
    kind = "too large" if error.oversized else "missing" if error.missing else "invalid"
    return 413 if error.oversized else 400, failed(kind, str(error), field=error.name)


def unserved(status: int, detail: str) -> Json:
    return failed("not served" if status < 500 else "internal", detail)
