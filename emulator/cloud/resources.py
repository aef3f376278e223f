"""Types of well-known resources, for TLV does not carry any.

OneNET knows the objects of its public model. We know the common ones of the reusable resources in
the OMA registry (IPSO Smart Objects), objects 1, 3, 4 and 5 (LwM2M 1.0 Appendix E), the data of
object 19, BinaryAppDataContainer, and OneNET's own 10290 (MB 2.13).
"""

from collections.abc import Mapping
from typing import Final

from lwm2m_core.errors import EngineError
from lwm2m_core.formats import Entry
from lwm2m_core.paths import Path
from lwm2m_core.values import ResourceType, Value

_STRING, _OPAQUE, _INTEGER, _FLOAT, _BOOLEAN = ResourceType

_REUSABLE: Final[Mapping[ResourceType, tuple[int, ...]]] = {
    _STRING: (5514, 5515, 5701, 5706, 5750, 5823, 5824, 5853),
    _OPAQUE: (5517,),
    _INTEGER: (5501, 5503, 5504, 5518, 5851, 5852, 5903, 5904),
    _FLOAT: (
        *(5600, 5601, 5602, 5603, 5604, 5650, 5651, 5652, 5700, 5702, 5703, 5704, 5705),
        *(5800, 5801, 5802, 5803, 5804, 5805, 5810, 5811, 5812, 5813, 5814, 5815, 5820, 5821),
        5900,
    ),
    _BOOLEAN: (5500, 5502, 5550, 5551, 5850),
}

_OWN: Final[Mapping[int, Mapping[ResourceType, tuple[int, ...]]]] = {
    1: {_INTEGER: (0, 1, 2, 3, 5), _BOOLEAN: (6,), _STRING: (7,)},
    3: {_STRING: (0, 1, 2, 3, 14, 15, 16, 17, 18, 19), _INTEGER: (6, 7, 8, 9, 10, 11, 13, 20, 21)},
    4: {_INTEGER: (0, 1, 2, 3, 6, 8, 9, 10, 6038), _STRING: (4, 5, 7)},
    5: {_STRING: (1, 6, 7), _INTEGER: (3, 5, 8, 9), _OPAQUE: (0,)},
    19: {_OPAQUE: (0,)},
    10290: {
        _INTEGER: (0, 6, 30, 31, 32, 6030, 6032, 6034, 20626, 20628, 20629, 20630, 20631),
    },
}


def _by_id(rows: Mapping[ResourceType, tuple[int, ...]]) -> dict[int, ResourceType]:
    return {resource: type_ for type_, resources in rows.items() for resource in resources}


_TYPES: Final = _by_id(_REUSABLE)
_OWN_TYPES: Final = {object_: _by_id(rows) for object_, rows in _OWN.items()}


def known_type(path: Path) -> ResourceType | None:
    """The type of a resource; None if nothing is known of it."""
    if path.resource is None:
        return None
    return _OWN_TYPES.get(path.object, _TYPES).get(path.resource)


def entry_of(path: Path, value: Value) -> Entry:
    """A value to be written. A whole number is a float, and a text bytes, where the resource is;
    else the type of the value decides. EngineError for what no resource can hold."""
    match value:
        case bool():
            return Entry(path, _BOOLEAN, value)
        case int() if known_type(path) is _FLOAT:
            return Entry(path, _FLOAT, _as_float(value))
        case int():
            return Entry(path, _INTEGER, value)
        case float():
            return Entry(path, _FLOAT, value)
        case str() if known_type(path) is _OPAQUE:
            return Entry(path, _OPAQUE, _as_bytes(value))
        case str():
            return Entry(path, _STRING, value)
        case bytes():
            return Entry(path, _OPAQUE, value)


def _as_float(value: int) -> float:
    try:
        return float(value)
    except OverflowError as error:
        raise EngineError(f"{value} is no float") from error


def _as_bytes(value: str) -> bytes:
    try:
        return value.encode()
    except UnicodeEncodeError as error:
        raise EngineError(f"{value[:20]!r} has half a surrogate pair") from error
