"""Our own calls' answers, and how they tell of failures."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from emulator.cloud.admission import Declared
from emulator.cloud.errors import (
    CloudError,
    Offline,
    Overloaded,
    Refused,
    Rejected,
    TimedOut,
    UnknownDevice,
    UnknownPlatform,
)
from emulator.cloud.events import describe
from emulator.cloud.history import Noted
from emulator.cloud.points import Point
from emulator.cloud.registry import DeviceState
from emulator.web.fields import FieldError, Json
from emulator.web.ours import bad_field, failed
from lwm2m_core.formats.link import Link
from lwm2m_core.message import code_text
from lwm2m_core.paths import Path
from lwm2m_core.values import Value

Wall = Callable[[float], float]
"""A time of the platform's clock in seconds since 1970."""

_KINDS: Final[Mapping[type[CloudError], tuple[int, str]]] = {
    UnknownPlatform: (404, "unknown platform"),
    UnknownDevice: (404, "unknown device"),
    Offline: (409, "offline"),
    Overloaded: (429, "overloaded"),
    TimedOut: (424, "timeout"),
    Refused: (424, "refused"),
    Rejected: (424, "rejected"),
}
"""HTTP status and kind of what goes wrong; 424 is what the device is to blame for."""

STATUSES: Final = (400, 404, 409, 413, 424, 429)


def failure(error: Exception) -> tuple[int, Json]:
    """HTTP status and envelope."""
    if isinstance(error, FieldError):
        return bad_field(error)
    if not isinstance(error, CloudError):  # EngineError: what nobody can ask for
        return 400, failed("invalid", str(error))
    status, kind = _KINDS.get(type(error), (424, "unreadable"))
    code = {"code": code_text(error.code)} if isinstance(error, Refused) else {}
    return status, failed(kind, str(error), **code)


def device(
    name: str, declared: Declared | None, state: DeviceState | None, known: Sequence[Path] = ()
) -> Json:
    """Keys and auth codes are not shown, only whether there are any."""
    found: dict[str, Json] = {
        "name": name,
        "imsi": (declared and declared.imsi) or (state and state.imsi) or "",
        "online": state is not None and state.online,
        "declared": declared is not None,
        "auth_code": bool(declared and declared.auth_code),
        "bootstrap_psk": bool(declared and declared.bootstrap_psk),
        "psk": bool(declared and declared.psk),
    }
    if state is not None:
        found |= {
            "ready": state.ready,
            "endpoint": state.endpoint,
            "lifetime": state.lifetime,
            "objects": [*map(str, state.objects)],
            "resources": [str(path) for path in known if path.resource is not None],
            "reported": state.reported,
        }
        if state.peer.host:  # it has registered since the platform was started
            found["address"] = str(state.peer)
    return found


def values(points: Iterable[Point]) -> Json:
    return {"values": [{"path": each.name, "value": shown(each.value)} for each in points]}


def shown(value: Value) -> Json:
    """As `write` takes it."""
    return {"hex": value.hex().upper()} if isinstance(value, bytes) else value


def links(found: Iterable[Link]) -> Json:
    return {
        "links": [{"target": each.target, "attributes": dict(each.attributes)} for each in found]
    }


def points(found: Sequence[Point], limit: int, wall: Wall) -> Json:
    rows = [
        {
            "number": each.number,
            "at": _moment(wall(each.at)),
            "path": each.name,
            "value": shown(each.value),
        }
        for each in found[:limit]
    ]
    return _page("points", rows, len(found) > limit)


def events(found: Sequence[Noted], limit: int, wall: Wall) -> Json:
    rows = [
        {
            "number": each.number,
            "at": _moment(wall(each.at)),
            "kind": type(each.event).__name__,
            "text": describe(each.event),
            **({} if each.device is None else {"device": each.device}),
        }
        for each in found[:limit]
    ]
    return _page("events", rows, len(found) > limit)


def _page(name: str, rows: list[dict[str, Json]], more: bool) -> Json:
    return {name: rows, "next": rows[-1]["number"]} if more else {name: rows}


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
