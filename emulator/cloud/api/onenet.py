"""OneNET's HTTP calls carried out: see onenet_calls.py and
onenet_device_calls.py for what they take and give."""

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace

from emulator.cloud.admission import Declared
from emulator.cloud.api import onenet_calls as calls
from emulator.cloud.api import onenet_data as data
from emulator.cloud.api import onenet_device_calls as device_calls
from emulator.cloud.api.onenet_words import FAILURE, envelope, failure, in_words, success
from emulator.cloud.cards import Card
from emulator.cloud.catalog import path_of_link
from emulator.cloud.errors import CloudError, UnknownDevice
from emulator.cloud.operations import wire
from emulator.cloud.points import Point
from emulator.cloud.requests import write_of
from emulator.cloud.resources import entry_of
from emulator.cloud.service import Cloud
from emulator.web.calls import Call, Given
from emulator.web.fields import FieldError, Json, is_hex
from emulator.web.openapi import Section
from emulator.web.routes import Api, Failure, Handler, Route
from emulator.web.schema import schema
from lwm2m_core.errors import EngineError
from lwm2m_core.paths import Path
from lwm2m_core.values import Value

FIRST_ID = 516072121
"""The first device created has the id that manual 5.2 shows, each next one the next (chosen)."""


async def _read(cloud: Cloud, given: Given) -> Json:
    points = await cloud.read_all(given["imei"], _path(given), timeout=given["timeout"])
    return data.instances(points)


async def _write(cloud: Cloud, given: Given) -> Json:
    path = _path(given)
    operation = write_of(cloud.manner, path, _values(given, path), replace=given["mode"] == 1)
    _check_size(len(wire(operation).payload), "data")
    await cloud.ask(given["imei"], operation, timeout=given["timeout"])
    return None


async def _execute(cloud: Cloud, given: Given) -> Json:
    _check_size(len(given["args"].encode()), "args")
    await cloud.execute(given["imei"], _path(given), given["args"], timeout=given["timeout"])
    return None


async def _observe(cloud: Cloud, given: Given) -> Json:
    path = _path(given)
    if given["cancel"]:
        await cloud.cancel_observe(given["imei"], path, timeout=given["timeout"])
    else:
        conditions = _conditions(given, path)
        await cloud.observe(given["imei"], path, timeout=given["timeout"], **conditions)
    return None


async def _discover(cloud: Cloud, given: Given) -> Json:
    links = await cloud.discover(given["imei"], _path(given), timeout=given["timeout"])
    return data.discovered(filter(None, (path_of_link(link.target) for link in links)))


async def _resources(cloud: Cloud, given: Given) -> Json:
    paths = cloud.resources(given["imei"])
    wanted = given["obj_id"]
    return data.resource_list(path for path in paths if wanted in (None, path.object))


async def _create(cloud: Cloud, given: Given) -> Json:
    ((imei, imsi),) = given["auth_info"].items()
    declared = {each.name: each for each in cloud.declared}
    if imei in declared:
        raise FieldError("auth_info", f"{imei} is there already")
    ids = [int(each.card.id) for each in cloud.declared if each.card.id.isdecimal()]
    card = Card(
        id=str(max(ids, default=FIRST_ID - 1) + 1),
        title=given["title"],
        description=given["desc"],
        tags=tuple(given["tags"]),
        private=given["private"],
        location=_as_text(given["location"]),
        other=_as_text(given["other"]),
        created=cloud.wall_now(),
    )
    psk = given["psk"]
    cloud.declare(
        Declared(
            imei,
            imsi,
            given["auth"],
            bootstrap_psk=(psk or "").encode(),
            observe=given["obsv"],
            card=card,
        )
    )
    return {"device_id": card.id} if psk is None else {"device_id": card.id, "psk": psk}


async def _set_psk(cloud: Cloud, given: Given) -> Json:
    """A device that nobody knows is welcome here too, unless the platform is strict."""
    name, found = given["imei"], _entries(cloud)
    if name not in found and cloud.switches.strict_devices:
        raise UnknownDevice(f"no device {name[:60]!r}")
    known = found[name].declared if name in found else None
    cloud.declare(replace(known or Declared(name), psk=given["key"].encode()))
    return None


async def _show_psk(cloud: Cloud, given: Given) -> Json:
    entry = _entry(cloud, given["imei"])
    if entry.declared is None or not entry.declared.psk:
        raise UnknownDevice(f"no key of {entry.name}")
    return {"psk": entry.declared.psk.decode("ascii", "backslashreplace")}


async def _devices(cloud: Cloud, given: Given) -> Json:
    return data.device_list(_entries(cloud).values(), given)


async def _device(cloud: Cloud, given: Given) -> Json:
    entry = _entry(cloud, given["device_id"])
    return data.device_details(entry, _points(cloud, entry), cloud.wall)


async def _delete(cloud: Cloud, given: Given) -> Json:
    cloud.delete(_entry(cloud, given["device_id"]).name)
    return None


async def _by_imei(cloud: Cloud, given: Given) -> Json:
    return data.device_by_imei(_entry(cloud, given["imei"]))


async def _status(cloud: Cloud, given: Given) -> Json:
    return data.status(_entries_of(cloud, given["devIds"]))


async def _latest(cloud: Cloud, given: Given) -> Json:
    found = _entries_of(cloud, given["devIds"])
    wall = cloud.wall
    return {"devices": [data.latest(each, _points(cloud, each), wall) for each in found]}


async def _datapoints(cloud: Cloud, given: Given) -> Json:
    entry = _entry(cloud, given["device_id"])
    return data.datapoints(_points(cloud, entry), given, cloud.wall)


async def _datastreams(cloud: Cloud, given: Given) -> Json:
    found = data.streams(_points(cloud, _entry(cloud, given["device_id"])), cloud.wall)
    wanted = given["datastream_ids"]
    return [row for stream, row in found.items() if wanted is None or stream in wanted]


async def _datastream(cloud: Cloud, given: Given) -> Json:
    found = data.streams(_points(cloud, _entry(cloud, given["device_id"])), cloud.wall)
    if given["datastream_id"] not in found:
        raise FieldError("datastream_id", "the device has not reported it")
    return found[given["datastream_id"]]


# Devices.


def _entries(cloud: Cloud) -> dict[str, data.Entry]:
    return data.entries(cloud.declared, cloud.devices)


def _entry(cloud: Cloud, name: str) -> data.Entry:
    """By id or IMEI. UnknownDevice."""
    return _entries_of(cloud, [name])[0]


def _entries_of(cloud: Cloud, names: Iterable[str]) -> list[data.Entry]:
    found = _entries(cloud)
    by_id = {each.id: each for each in found.values()}
    wanted = [(name, found.get(name) or by_id.get(name)) for name in names]
    for name, entry in wanted:
        if entry is None:
            raise UnknownDevice(f"no device {name[:60]!r}")
    return [entry for _, entry in wanted if entry is not None]


def _points(cloud: Cloud, entry: data.Entry) -> tuple[Point, ...]:
    return () if entry.state is None else cloud.points(entry.name)


# What a request says beyond its declaration.


def _path(given: Given) -> Path:
    """`obj_id`, `obj_inst_id`, `res_id` ("when obj_inst_id does not exist, res_id must not
    exist")."""
    instance, resource = given.get("obj_inst_id"), given.get("res_id")
    if instance is None and resource is not None:
        raise FieldError("res_id", "without obj_inst_id")
    return Path(given["obj_id"], instance, resource)


def _values(given: Given, instance: Path) -> dict[int, Value]:
    values: dict[int, Value] = {}
    for position, item in enumerate(given["data"]):
        name = f"data[{position}]"
        if item["res_id"] in values:
            raise FieldError(f"{name}.res_id", "twice")
        value = _value(item["val"], item["type"], f"{name}.val")
        try:
            entry_of(Path(instance.object, instance.instance, item["res_id"]), value)
        except EngineError:
            raise FieldError(f"{name}.val", "no resource can hold it") from None
        values[item["res_id"]] = value
    return values


def _value(value: Value, type_: int | None, name: str) -> Value:
    if type_ == 1:
        if not isinstance(value, str) or not is_hex(value):
            raise FieldError(name, "not hexadecimal")
        return bytes.fromhex(value)
    if type_ == 2 and type(value) is not int:
        raise FieldError(name, "not a time in seconds")
    return value


def _check_size(size: int, name: str) -> None:
    if size > calls.DATA_LIMIT:
        raise FieldError(name, f"{size} bytes, at most {calls.DATA_LIMIT}", oversized=True)


def _conditions(given: Given, path: Path) -> dict[str, float]:
    """By the rules of OneNET's documents, which are those of manual 3.16."""
    found = {
        name: given[name] for name in ("pmin", "pmax", "gt", "lt", "st") if given[name] is not None
    }
    for name in ("gt", "lt", "st"):
        if name in found and path.resource is None:
            raise FieldError(name, "without res_id")
    if "pmin" in found and "pmax" in found and found["pmax"] < found["pmin"]:
        raise FieldError("pmax", "less than pmin")
    if "lt" in found and "gt" in found and found["lt"] + 2 * found.get("st", 0) >= found["gt"]:
        raise FieldError("lt", "lt + 2 * st is not less than gt")
    return found


def _as_text(value: Json) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False)


_HANDLERS: Mapping[Call, Callable[[Cloud, Given], Awaitable[Json]]] = {
    calls.READ: _read,
    calls.WRITE: _write,
    calls.EXECUTE: _execute,
    calls.OBSERVE: _observe,
    calls.DISCOVER: _discover,
    calls.RESOURCES: _resources,
    device_calls.CREATE: _create,
    calls.ACCESS_PSK: _set_psk,
    calls.SHOW_PSK: _show_psk,
    device_calls.DEVICES: _devices,
    device_calls.BY_IMEI: _by_imei,
    device_calls.STATUS: _status,
    device_calls.LATEST: _latest,
    device_calls.DEVICE: _device,
    device_calls.DELETE: _delete,
    device_calls.POINTS: _datapoints,
    device_calls.STREAMS: _datastreams,
    device_calls.STREAM: _datastream,
}


def _on_onenet(handle: Callable[[Cloud, Given], Awaitable[Json]]) -> Handler[Mapping[str, Cloud]]:
    return lambda clouds, given: handle(clouds[calls.PLATFORM], given)


ROUTES = tuple(Route(call, _on_onenet(handle)) for call, handle in _HANDLERS.items())


def _failure(error: Exception) -> Failure:
    """Failures have HTTP status 200, as OneNET's."""
    return Failure(200, failure(*in_words(error)))


def _unserved(status: int, detail: str) -> Json:
    errno = 5006 if status == 413 else 7 if status >= 500 else 5108
    return failure(errno, detail)


API: Api[Mapping[str, Cloud]] = Api(
    "/",
    Section(
        "onenet",
        "OneNET's calls, where OneNET runs. What concerns the device or the parameters is answered "
        "with HTTP status 200 and an error number.",
        tuple(_HANDLERS),
        envelope,
        (),
        schema(FAILURE),
    ),
    ROUTES,
    success,
    _failure,
    (CloudError, EngineError),
    _unserved,
    calls.BODY_LIMIT,
)
