"""Data points: values that a device has reported or answered, as far as they can be told."""

from dataclasses import dataclass

from emulator.cloud.resources import known_type
from lwm2m_core.formats import Form, RawEntry, decode_entries
from lwm2m_core.paths import Path
from lwm2m_core.values import ContentError, ResourceType, Value


@dataclass(frozen=True, slots=True)
class Point:
    """One value of a resource, or of one instance of it.

    `value` has the resource's type if that is well known; else it is text where the bytes are
    printable UTF-8, and bytes where not. `raw` is what came, `at` when, in seconds of the server's
    clock, and `number` counts the points that a device has reported (0 in answers).
    """

    path: Path
    value: Value
    raw: bytes
    resource_instance: int | None = None
    at: float = 0.0
    number: int = 0

    @property
    def name(self) -> str:
        """The path, down to the resource instance if there is one."""
        instance = self.resource_instance
        return str(self.path) if instance is None else f"{self.path}/{instance}"

    def __str__(self) -> str:
        return f"{self.name} = {self.value!r}"


def points_of(
    base: Path, content_format: int | None, payload: bytes, at: float = 0.0
) -> tuple[Point, ...]:
    """The values in a notification of `base` or in the answer to a Read of it.

    ContentError if the payload is not what `content_format` says.
    """
    return tuple(
        Point(entry.path, _value(entry), entry.raw, entry.resource_instance, at)
        for entry in decode_entries(content_format, base, payload)
    )


def _value(entry: RawEntry) -> Value:
    type_ = known_type(entry.path)
    if type_ is ResourceType.OPAQUE and entry.form is Form.TEXT:
        return entry.raw  # no Base64: CTWing's devices report text there (manual 5.3)
    if type_ is not None:
        try:
            return entry.as_type(type_)
        except ContentError:  # the host chose another type than the registry has
            pass
    return _guess(entry)


def _guess(entry: RawEntry) -> Value:
    try:
        text = entry.as_type(ResourceType.STRING)
    except ContentError:
        return entry.raw
    return text if isinstance(text, str) and text.isprintable() else entry.raw
