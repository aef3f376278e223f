"""What outlives a platform, and how it is written as rows: declared devices with their keys and
auth codes, devices that have registered, and their data points.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from emulator.cloud.admission import Declared
from emulator.cloud.cards import Card
from emulator.cloud.points import Point
from emulator.cloud.registration import Registration
from emulator.cloud.registry import POINT_LIMIT
from lwm2m_core.paths import Path
from lwm2m_core.values import Value

Row = Sequence[Any]

SCHEMA: Final = (
    "CREATE TABLE declared (platform, name, imsi, auth_code, bootstrap_psk, psk, observe, card,"
    " PRIMARY KEY (platform, name))",
    "CREATE TABLE device (platform, name, endpoint, lifetime, binding, objects, reported,"
    " PRIMARY KEY (platform, name))",
    "CREATE TABLE point (platform, name, number, path, instance, kind, value, raw, at,"
    " PRIMARY KEY (platform, name, number))",
)


@dataclass(frozen=True, slots=True)
class KeepDeclared:
    declared: Declared


@dataclass(frozen=True, slots=True)
class KeepDevice:
    """A registration, or an Update of it; `reported` counts the data points so far."""

    name: str
    registration: Registration
    reported: int


@dataclass(frozen=True, slots=True)
class KeepPoints:
    """`at` of the points is in seconds since 1970."""

    name: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Drop:
    """All of a device."""

    name: str


Change = KeepDeclared | KeepDevice | KeepPoints | Drop


@dataclass(frozen=True, slots=True)
class KeptDevice:
    name: str
    registration: Registration
    reported: int
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """What a platform knew when it ended."""

    declared: tuple[Declared, ...] = ()
    devices: tuple[KeptDevice, ...] = ()


def statements(platform: str, change: Change) -> list[tuple[str, Row]]:
    """The SQL of a change, with its values."""
    match change:
        case KeepDeclared(declared):
            return [_insert("declared", (platform, *declared_row(declared)))]
        case KeepDevice(name, registration, reported):
            return [_insert("device", (platform, *device_row(name, registration, reported)))]
        case KeepPoints(name, points):
            last = points[-1].number
            return [
                *(_insert("point", (platform, name, *point_row(point))) for point in points),
                (
                    "UPDATE device SET reported = ? WHERE platform = ? AND name = ?",
                    (last, platform, name),
                ),
                (
                    "DELETE FROM point WHERE platform = ? AND name = ? AND number <= ?",
                    (platform, name, last - POINT_LIMIT),
                ),
            ]
        case Drop(name):
            return [
                (f"DELETE FROM {table} WHERE platform = ? AND name = ?", (platform, name))
                for table in ("declared", "device", "point")
            ]


def _insert(table: str, row: Row) -> tuple[str, Row]:
    return f"INSERT OR REPLACE INTO {table} VALUES ({', '.join('?' * len(row))})", row


def declared_row(declared: Declared) -> Row:
    return (
        declared.name,
        declared.imsi,
        declared.auth_code,
        declared.bootstrap_psk,
        declared.psk,
        int(declared.observe),
        json.dumps(asdict(declared.card)),
    )


def declared_of(row: Row) -> Declared:
    name, imsi, auth_code, bootstrap_psk, psk, observe, card = row
    written = json.loads(card)
    found = replace(Card(**written), tags=tuple(written["tags"]))
    return Declared(name, imsi, auth_code, bootstrap_psk, psk, bool(observe), found)


def device_row(name: str, registration: Registration, reported: int) -> Row:
    return (
        name,
        registration.endpoint,
        registration.lifetime,
        registration.binding,
        " ".join(map(str, registration.objects)),
        reported,
    )


def device_of(row: Row, points: tuple[Point, ...]) -> KeptDevice:
    name, endpoint, lifetime, binding, objects, reported = row
    paths = tuple(map(Path.parse, objects.split()))
    registration = Registration(endpoint, lifetime, binding, paths)
    return KeptDevice(name, registration, reported, points)


def point_row(point: Point) -> Row:
    kind, value = _as_bytes(point.value)
    row = point.number, str(point.path), point.resource_instance, kind, value
    return (*row, point.raw, point.at)


def point_of(row: Row) -> Point:
    number, path, instance, kind, value, raw, at = row
    return Point(Path.parse(path), _value(kind, value), raw, instance, at, number)


def _as_bytes(value: Value) -> tuple[str, bytes]:
    """Text as bytes, for it may hold some that are no UTF-8, and integers have 64 bits."""
    match value:
        case bytes():
            return "bytes", value
        case str():
            return "text", value.encode("utf-8", "surrogateescape")
    return type(value).__name__, repr(value).encode()


def _value(kind: str, value: bytes) -> Value:
    match kind:
        case "bytes":
            return value
        case "text":
            return value.decode("utf-8", "surrogateescape")
        case "bool":
            return value == b"True"
        case "int":
            return int(value)
    return float(value)
