"""What OneNET's calls return of devices and their data points (OneNET's documents)."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Final

from emulator.cloud.admission import Declared
from emulator.cloud.api.onenet_device_calls import POINTS_DEFAULT
from emulator.cloud.cards import NO_CARD, Card
from emulator.cloud.points import Point
from emulator.cloud.registry import DeviceState
from emulator.web.calls import Given
from emulator.web.fields import FieldError, Json
from lwm2m_core.paths import Path

_BEIJING: Final = timezone(timedelta(hours=8))

Wall = Callable[[float], float]
"""A time of the platform's clock in seconds since 1970."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A device that was declared, or has registered, or both. Its id is that which creating it
    returned, else its IMEI (chosen)."""

    name: str
    declared: Declared | None
    state: DeviceState | None

    @property
    def id(self) -> str:
        return self.card.id or self.name

    @property
    def card(self) -> Card:
        return NO_CARD if self.declared is None else self.declared.card

    @property
    def title(self) -> str:
        return self.card.title or self.name

    @property
    def online(self) -> bool:
        return self.state is not None and self.state.online

    @property
    def imsi(self) -> str:
        declared = "" if self.declared is None else self.declared.imsi
        return declared or ("" if self.state is None else self.state.imsi)


def entries(declared: Iterable[Declared], states: Iterable[DeviceState]) -> dict[str, Entry]:
    """By name: first the declared ones, then the others as they came."""
    registered = {state.name: state for state in states}
    found = {each.name: Entry(each.name, each, registered.get(each.name)) for each in declared}
    for name, state in registered.items():
        found.setdefault(name, Entry(name, None, state))
    return found


def device_list(found: Iterable[Entry], given: Given) -> Json:
    """The page that is asked for of those devices that fit."""
    rows = [entry for entry in found if _fits(entry, given)]
    first = (given["page"] - 1) * given["per_page"]
    page = rows[first : first + given["per_page"]]
    return {
        "total_count": len(rows),
        "page": given["page"],
        "per_page": given["per_page"],
        "devices": [_row(entry) for entry in page],
    }


def _fits(entry: Entry, given: Given) -> bool:
    words, ids = given["key_words"], given["device_id"]
    return (
        (words is None or entry.id.startswith(words) or entry.title.startswith(words))
        and given["auth_info"] in (None, entry.name)
        and (given["tag"] is None or given["tag"] in entry.card.tags)
        and given["online"] in (None, entry.online)
        and (ids is None or entry.id in ids or entry.name in ids)
    )


def _row(entry: Entry) -> dict[str, Json]:
    row: dict[str, Json] = {
        "id": entry.id,
        "title": entry.title,
        "protocol": "LwM2M",
        "online": entry.online,
        "auth_info": {entry.name: entry.imsi},
    }
    if entry.declared is None:
        return row
    card = entry.card
    row |= {"create_time": _second(card.created), "desc": card.description, "tags": [*card.tags]}
    for name, text in (("location", card.location), ("other", card.other)):
        if text:
            row[name] = json.loads(text)
    return row


def device_details(entry: Entry, points: Iterable[Point], wall: Wall) -> Json:
    found = {
        **_row(entry),
        "private": entry.card.private,
        "obsv": entry.declared is None or entry.declared.observe,
        "obsv_st": entry.state is not None and entry.state.ready,
        "imsi": entry.imsi,
        "rg_id": entry.name,
    }
    found["datastreams"] = [
        {"id": stream, "create_time": _second(wall(of[0].at))}
        for stream, of in _streams(points).items()
    ]
    return found


def device_by_imei(entry: Entry) -> Json:
    found = {
        "id": entry.id,
        "title": entry.title,
        "online": entry.online,
        "observe_status": entry.state is not None and entry.state.ready,
    }
    if entry.declared is not None:
        found |= {"create_time": _second(entry.card.created), "desc": entry.card.description}
    return found


def status(found: Sequence[Entry]) -> Json:
    devices = [{"id": each.id, "title": each.title, "online": each.online} for each in found]
    return {"total_count": len(devices), "devices": devices}


# Data points.


def stream_of(path: Path) -> str:
    """3200_0_5750: what OneNET calls a resource."""
    return "_".join(map(str, path.ids))


def _streams(points: Iterable[Point]) -> dict[str, list[Point]]:
    found: dict[str, list[Point]] = {}
    for point in points:
        found.setdefault(stream_of(point.path), []).append(point)
    return found


def latest(entry: Entry, points: Iterable[Point], wall: Wall) -> Json:
    rows = [
        {"id": stream, "at": _second(wall(of[-1].at)), "value": val(of[-1:])}
        for stream, of in _streams(points).items()
    ]
    return {"id": entry.id, "title": entry.title, "datastreams": rows}


def streams(points: Iterable[Point], wall: Wall) -> dict[str, Json]:
    """Data streams by their ids. They begin with the first point that is kept (chosen)."""
    return {
        stream: {
            "id": stream,
            "create_time": _second(wall(of[0].at)),
            "update_at": _second(wall(of[-1].at)),
            "current_value": val(of[-1:]),
        }
        for stream, of in _streams(points).items()
    }


def datapoints(points: Iterable[Point], given: Given, wall: Wall) -> Json:
    """With `start` or `cursor` the points since then, oldest first, and a cursor where there are
    more; without, the latest `limit` of each stream, latest first. FieldError."""
    wanted = given["datastream_id"]
    kept = [each for each in points if wanted is None or stream_of(each.path) in wanted]
    if given["start"] is None and given["cursor"] is None:
        limit = given["limit"] or 1
        return _pages({name: of[: -limit - 1 : -1] for name, of in _streams(kept).items()}, wall)
    start, end = _moment(given, "start"), _moment(given, "end")
    cursor = int(given["cursor"] or 0)
    since = [
        each
        for each in kept
        if each.number >= cursor
        and (start is None or wall(each.at) >= start)
        and (end is None or wall(each.at) <= end)
    ]
    limit = given["limit"] or POINTS_DEFAULT
    page = _pages(_streams(since[:limit]), wall)
    return {**page, "cursor": str(since[limit].number)} if len(since) > limit else page


def _pages(found: Mapping[str, Sequence[Point]], wall: Wall) -> dict[str, Json]:
    return {
        "count": sum(map(len, found.values())),
        "datastreams": [
            {
                "id": stream,
                "datapoints": [
                    {"at": _millisecond(wall(each.at)), "value": val([each])} for each in of
                ],
            }
            for stream, of in found.items()
        ],
    }


def _moment(given: Given, name: str) -> float | None:
    if given[name] is None:
        return None
    try:
        return datetime.fromisoformat(given[name]).replace(tzinfo=_BEIJING).timestamp()
    except (ValueError, OverflowError):
        raise FieldError(name, "no such time") from None


def _second(at: float) -> str:
    return datetime.fromtimestamp(at, _BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def _millisecond(at: float) -> str:
    return datetime.fromtimestamp(at, _BEIJING).isoformat(" ", "milliseconds")[:-6]


# Values and resources.


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
            "res": [{"res_id": number, "val": val(group)} for number, group in resources.items()],
        }
        for instance, resources in found.items()
    ]


def val(points: Sequence[Point]) -> Json:
    """The value of a resource that has these."""
    values = [p.value.hex().upper() if isinstance(p.value, bytes) else p.value for p in points]
    return values[0] if points[0].resource_instance is None else values


def discovered(paths: Iterable[Path]) -> Json:
    """`[{"obj_inst_id": 3, "res_id": [3, 2, 4]}]`."""
    return [
        {"obj_inst_id": instance, "res_id": resources}
        for (_, instance), resources in _instances_of(paths)
    ]


def resource_list(paths: Iterable[Path]) -> Json:
    objects: dict[int, list[Json]] = {}
    for (number, instance), resources in _instances_of(paths):
        row = {"inst_id": instance, "resources": resources}
        objects.setdefault(number, []).append(row)
    items = [{"obj_id": number, "instances": rows} for number, rows in objects.items()]
    return {"total_count": len(items), "item": items}


def _instances_of(paths: Iterable[Path]) -> Iterator[tuple[tuple[int, int], list[int]]]:
    found: dict[tuple[int, int], list[int]] = {}
    for path in paths:
        if path.instance is None:
            continue
        resources = found.setdefault((path.object, path.instance), [])
        if path.resource is not None:
            resources.append(path.resource)
    yield from found.items()
