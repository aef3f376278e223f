"""OneNET's HTTP calls as values: parameters and bodies in, envelopes out (manual 5.1).

Where the manual shows only an example, OneNET's public documents fill in ("NB-IoT suite,
application development", in open.iot.10086.cn/doc/nb-iot): optional parameters, `mode`, `type`,
what a read returns, error numbers. Which number an unknown IMEI or a malformed body gets, and the
texts behind OneNET's own words, are chosen.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Final

from emulator.cloud.errors import (
    CloudError,
    Offline,
    Overloaded,
    Refused,
    TimedOut,
    UnknownDevice,
)
from emulator.cloud.points import Point
from emulator.cloud.registry import DeviceState
from emulator.cloud.resources import entry_of
from lwm2m_core.errors import EngineError
from lwm2m_core.message import Code
from lwm2m_core.paths import ID_LIMIT, Path
from lwm2m_core.values import Value

Json = object
"""What json.loads returns and json.dumps takes."""

BODY_LIMIT: Final = 16384
"""Bytes of a request body. 2048 bytes written in hexadecimal, with room for the JSON around."""

DATA_LIMIT: Final = 2048
"""Bytes that are written or given to an Execute (OneNET's documents: "2k")."""

TIMEOUTS: Final = range(5, 41)
"""Seconds that `timeout` may ask for."""

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


class ApiError(Exception):
    """A call that fails, with `detail` for people."""

    def __init__(self, errno: int, detail: str) -> None:
        super().__init__(detail)
        self.errno = errno
        self.detail = detail


def success(data: Json = None) -> dict[str, Json]:
    """The envelope; there is no `data` where nothing is returned (manual 5.2)."""
    envelope: dict[str, Json] = {"errno": 0, "error": "succ"}
    return envelope if data is None else {**envelope, "data": data}


def failure(errno: int, detail: str) -> dict[str, Json]:
    return {"errno": errno, "error": f"{_PROMPTS[errno]}: {detail}"}


def as_api_error(error: CloudError) -> ApiError:
    """The call's error for what went wrong with the device."""
    match error:
        case UnknownDevice():  # "check if your api-key matches with imei"
            return ApiError(1, str(error))
        case Offline():
            return ApiError(2001, str(error))
        case Overloaded():
            return ApiError(5006, str(error))
        case TimedOut():
            return ApiError(5106, f"TIME_OUT ({error})")
        case Refused(code=code):
            return ApiError(5106, f"{_REASONS.get(code, 'INTERNAL_SERVER_ERROR')} ({error})")
    return ApiError(5106, f"RESP_ERROR ({error})")


# What comes in.


def imei_of(query: Mapping[str, str]) -> str:
    return _required(query, "imei")


def path_of(query: Mapping[str, str], depth: int = 1) -> Path:
    """`obj_id`, `obj_inst_id`, `res_id`, of which the first `depth` must be there."""
    names = ("obj_id", "obj_inst_id", "res_id")
    ids: list[int] = []
    for position, name in enumerate(names):
        if position >= depth and name not in query:
            continue
        if position > len(ids):
            raise ApiError(5108, f"{name} without {names[len(ids)]}")
        ids.append(_number(query, name, range(ID_LIMIT + 1)))
    return Path(*ids)


def timeout_of(query: Mapping[str, str]) -> int | None:
    return _number(query, "timeout", TIMEOUTS) if "timeout" in query else None


def replaces(query: Mapping[str, str]) -> bool:
    """`mode`: 1 replaces the instance, 2 leaves alone what is not mentioned."""
    return _number(query, "mode", range(1, 3)) == 1


def values_of(body: bytes, instance: Path) -> dict[int, Value]:
    """What a body writes, by resource: {"data": [{"res_id": 5750, "val": "abcd"}]}.

    `val` is a string, boolean or number; with `type` 1 the hexadecimal text of bytes, with 2 a
    time in seconds.
    """
    data = _object(body).get("data")
    if not isinstance(data, list) or not data:
        raise ApiError(3, "data: not an array of at least one value")
    values: dict[int, Value] = {}
    for position, item in enumerate(data):
        name = f"data[{position}]"
        if not isinstance(item, dict):
            raise ApiError(3, f"{name}: not an object")
        resource = item.get("res_id")
        if type(resource) is not int or not 0 <= resource <= ID_LIMIT or resource in values:
            raise ApiError(5108, f"{name}.res_id: not a resource id, or twice")
        values[resource] = _value(item, name)
        _check(Path(instance.object, instance.instance, resource), values[resource], name)
    return values


def check_size(size: int, name: str) -> None:
    if size > DATA_LIMIT:
        raise ApiError(5006, f"{name}: {size} bytes, at most {DATA_LIMIT}")


def arguments_of(body: bytes) -> str:
    """`args` of {"args": "abcd"}; the body is optional."""
    if not body.strip():
        return ""
    arguments = _object(body).get("args", "")
    if not isinstance(arguments, str):
        raise ApiError(5108, "args: not a string")
    try:
        check_size(len(arguments.encode()), "args")
    except UnicodeEncodeError:
        raise ApiError(5108, "args: half a surrogate pair") from None
    return arguments


def _required(query: Mapping[str, str], name: str) -> str:
    if not query.get(name):
        raise ApiError(3, name)
    return query[name]


def _number(query: Mapping[str, str], name: str, allowed: range) -> int:
    text = _required(query, name)
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) in allowed):
        raise ApiError(5108, f"{name}: not a number from {allowed[0]} to {allowed[-1]}")
    return int(text)


def _value(item: Mapping[str, Json], name: str) -> Value:
    value, type_ = item.get("val"), item.get("type")
    if type_ is not None and (type(type_) is not int or type_ not in (1, 2)):
        raise ApiError(5108, f"{name}.type: neither 1 nor 2")
    if type_ == 1:
        if not isinstance(value, str) or not re.fullmatch(r"([0-9A-Fa-f]{2})*", value):
            raise ApiError(5108, f"{name}.val: not hexadecimal")
        return bytes.fromhex(value)
    if type_ == 2 and type(value) is not int:
        raise ApiError(5108, f"{name}.val: not a time in seconds")
    if not isinstance(value, str | bool | int | float):
        raise ApiError(5108, f"{name}.val: not a string, boolean or number")
    return value


def _check(path: Path, value: Value, name: str) -> None:
    try:
        entry_of(path, value)
    except EngineError:
        raise ApiError(5108, f"{name}.val: no resource can hold it") from None


def _object(body: bytes) -> Mapping[str, Json]:
    try:
        parsed = json.loads(without_trailing_commas(body.decode("utf-8-sig")), parse_constant=_none)
    except (ValueError, RecursionError) as error:
        raise ApiError(3, f"body: not JSON: {error}") from None
    if not isinstance(parsed, dict):
        raise ApiError(3, "body: not an object")
    return parsed


def _none(constant: str) -> Json:
    raise ValueError(f"{constant} is not JSON")


_STRING_OR_COMMA = re.compile(r'("(?:[^"\\]|\\.)*"?)|,(?=\s*[\]}])', re.DOTALL)


def without_trailing_commas(text: str) -> str:
    """Commas before a closing bracket, as the manual's own example has one, left out
    (decision 52)."""
    return _STRING_OR_COMMA.sub(lambda found: found[1] or "", text)


# What goes out.


def instances(points: Iterable[Point]) -> list[Json]:
    """The data of a read: `[{"obj_inst_id": 0, "res": [{"res_id": 5750, "val": "abcd"}]}]`.

    Bytes are hexadecimal. A resource with several values has an array of them (chosen).
    """
    found: dict[int, dict[int, list[Point]]] = {}
    for point in points:
        _, instance, resource = point.path.fields()
        found.setdefault(instance, {}).setdefault(resource, []).append(point)
    return [
        {
            "obj_inst_id": instance,
            "res": [{"res_id": number, "val": _val(group)} for number, group in resources.items()],
        }
        for instance, resources in found.items()
    ]


def device_list(devices: Iterable[DeviceState]) -> Json:
    """As OneNET lists devices, all on one page; a device's id is its IMEI (chosen)."""
    rows: list[Json] = [
        {
            "id": each.name,
            "title": each.name,
            "protocol": "LWM2M",
            "online": each.online,
            "auth_info": {each.name: each.imsi},
        }
        for each in devices
    ]
    return {"total_count": len(rows), "page": 1, "per_page": len(rows), "devices": rows}


def _val(points: list[Point]) -> Json:
    values = [p.value.hex().upper() if isinstance(p.value, bytes) else p.value for p in points]
    return values[0] if points[0].resource_instance is None else values
