"""What the answers of devices say. Unreadable, with whose it was and what was asked."""

from emulator.cloud.errors import Unreadable
from emulator.cloud.operations import Answer
from emulator.cloud.points import Point, points_of
from lwm2m_core.formats.link import Link, decode_links
from lwm2m_core.paths import Path
from lwm2m_core.values import ContentError, Value


def points_in(answer: Answer, name: str, base: Path, at: float) -> tuple[Point, ...]:
    """The values at and below `base`, which was read; `at`: when the answer came."""
    try:
        return points_of(base, answer.content_format, answer.payload, at)
    except ContentError as error:
        raise Unreadable(f"{name} {base}: {error}") from error


def value_in(points: tuple[Point, ...], name: str, path: Path | str) -> Value:
    """That of the one resource that was read."""
    if len(points) != 1:
        raise Unreadable(f"{name} {path}: {len(points)} values, not one")
    return points[0].value


def links_in(answer: Answer, name: str, path: Path | str) -> tuple[Link, ...]:
    """What a device has at and below a path."""
    try:
        return decode_links(answer.payload)
    except ContentError as error:
        raise Unreadable(f"{name} {path}: {error}") from error
