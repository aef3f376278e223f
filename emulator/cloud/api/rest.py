"""Our own HTTP calls carried out: see rest_calls.py for what they take and give."""

from collections.abc import Awaitable, Callable, Mapping

from emulator.addresses import spelt
from emulator.cloud.admission import Declared
from emulator.cloud.api import rest_calls as calls
from emulator.cloud.api import rest_data as data
from emulator.cloud.errors import CloudError, TimedOut, UnknownDevice, UnknownPlatform
from emulator.cloud.service import Cloud
from emulator.cloud.switches import as_texts, set_switch
from emulator.web import ours
from emulator.web.calls import Call, Given
from emulator.web.fields import FieldError, Json, is_hex
from emulator.web.openapi import Section
from emulator.web.routes import Api, Failure, Handler, Route
from emulator.web.schema import schema
from lwm2m_core.errors import EngineError
from lwm2m_core.paths import ID_LIMIT, Path

ROOT = calls.ROOT

Clouds = Mapping[str, Cloud]


async def _platforms(clouds: Mapping[str, Cloud], given: Given) -> Json:
    return {"platforms": [_platform(cloud) for cloud in clouds.values()]}


def _platform(cloud: Cloud) -> Json:
    manner = cloud.manner
    found = {"name": manner.name, "title": manner.title, "devices": len(cloud.devices)}
    if manner.platform is not None:
        found["number"] = manner.platform
    doors = cloud.doors
    for key, scheme, address in (
        ("server", "coap", doors.server),
        ("bootstrap", "coap", doors.bootstrap),
        ("secure_server", "coaps", doors.secure_server),
        ("secure_bootstrap", "coaps", doors.secure_bootstrap),
    ):
        if address is not None:
            found[key] = f"{scheme}://{spelt(address)}"
    return found


async def _devices(cloud: Cloud, given: Given) -> Json:
    names = _names(cloud)
    first = (given["page"] - 1) * given["limit"]
    page = names[first : first + given["limit"]]
    return {"total": len(names), "devices": [_device_of(cloud, name) for name in page]}


async def _declare(cloud: Cloud, given: Given) -> Json:
    name, _ = cloud.identify(given["name"])
    before = _declared(cloud, name)
    cloud.declare(
        Declared(
            name,
            given["imsi"],
            given["auth_code"],
            _key(given, "bootstrap_psk"),
            _key(given, "psk"),
            given["observe"],
            *(() if before is None else (before.card,)),
        )
    )
    return _device_of(cloud, name)


def _key(given: Given, name: str) -> bytes:
    """As `<psk_encode>` of the manual's 4.6 says."""
    if not given["psk_encode"]:
        return bytes(given[name].encode())
    if not is_hex(given[name]):
        raise FieldError(name, "not an even number of hexadecimal digits")
    return bytes.fromhex(given[name])


async def _device(cloud: Cloud, given: Given) -> Json:
    name, _ = cloud.identify(given["device"])
    if name not in _names(cloud):
        raise UnknownDevice(f"no device {name[:60]!r}")
    return _device_of(cloud, name)


async def _delete(cloud: Cloud, given: Given) -> Json:
    cloud.delete(given["device"])


async def _forget(cloud: Cloud, given: Given) -> Json:
    cloud.forget(given["device"])


async def _read(cloud: Cloud, given: Given) -> Json:
    found = await cloud.read_all(given["device"], _path(given), timeout=given["timeout"])
    return data.values(found)


async def _write(cloud: Cloud, given: Given) -> Json:
    path = _path(given)
    if (given["value"] is None) is (given["values"] is None):
        raise FieldError("value", "either value or values")
    if path.depth != (2 if given["value"] is None else 3):
        raise FieldError("path", "a value goes to a resource, values go to an instance")
    value = given["value"]
    if value is None:
        value = {_resource(key): each for key, each in given["values"].items()}
    try:
        await cloud.write(
            given["device"], path, value, replace=given["replace"], timeout=given["timeout"]
        )
    except EngineError as error:
        raise FieldError("value" if given["values"] is None else "values", str(error)) from None


async def _execute(cloud: Cloud, given: Given) -> Json:
    path = _path(given)
    if path.resource is None:
        raise FieldError("path", "not a resource")
    await cloud.execute(given["device"], path, given["arguments"], timeout=given["timeout"])


async def _discover(cloud: Cloud, given: Given) -> Json:
    found = await cloud.discover(given["device"], _path(given), timeout=given["timeout"])
    return data.links(found)


async def _observe(cloud: Cloud, given: Given) -> Json:
    await cloud.observe(
        given["device"], _path(given), timeout=given["timeout"], **_conditions(given)
    )


async def _cancel(cloud: Cloud, given: Given) -> Json:
    await cloud.cancel_observe(given["device"], _path(given), timeout=given["timeout"])


async def _attributes(cloud: Cloud, given: Given) -> Json:
    conditions = _conditions(given)
    if not conditions:
        raise FieldError("pmin", "there is none of pmin, pmax, gt, lt, st", missing=True)
    await cloud.write_attributes(
        given["device"], _path(given), timeout=given["timeout"], **conditions
    )


async def _points(cloud: Cloud, given: Given) -> Json:
    path = None if given["path"] is None else _path(given)
    found = cloud.points(given["device"], path) if _registered(cloud, given["device"]) else ()
    since = [each for each in found if each.number > given["after"]]
    return data.points(since, given["limit"], cloud.wall)


async def _events(cloud: Cloud, given: Given) -> Json:
    after, device = given["after"], given["device"]
    found = cloud.events(after, device)
    if not found and given["wait"]:
        try:
            found = await cloud.happened(after, device, timeout=given["wait"])
        except TimedOut:
            found = ()
    return data.events(found, given["limit"], cloud.wall)


async def _switches(cloud: Cloud, given: Given) -> Json:
    return as_texts(cloud.switches)


async def _switch(cloud: Cloud, given: Given) -> Json:
    switches = cloud.switches
    for name, text in given["body"].items():
        try:
            switches = set_switch(switches, name, text)
        except EngineError as error:
            raise FieldError(name, str(error).removeprefix(f"{name}: ")) from None
    cloud.switches = switches
    return as_texts(cloud.switches)


# Devices.


def _names(cloud: Cloud) -> list[str]:
    declared = [each.name for each in cloud.declared]
    return list(dict.fromkeys([*declared, *(state.name for state in cloud.devices)]))


def _declared(cloud: Cloud, name: str) -> Declared | None:
    return next((each for each in cloud.declared if each.name == name), None)


def _registered(cloud: Cloud, name: str) -> bool:
    """Whether the device has ever registered. UnknownDevice if nobody has told of it either."""
    try:
        cloud.device(name)
    except UnknownDevice:
        if _declared(cloud, cloud.identify(name)[0]) is None:
            raise
        return False
    return True


def _device_of(cloud: Cloud, name: str) -> Json:
    declared = _declared(cloud, name)
    try:
        state = cloud.device(name)
    except UnknownDevice:
        return data.device(name, declared, None)
    return data.device(name, declared, state, cloud.resources(name))


# What a request says beyond its declaration.


def _path(given: Given) -> Path:
    try:
        return Path.parse(given["path"])
    except ValueError:
        raise FieldError("path", f"an id above {ID_LIMIT}") from None


def _resource(key: str) -> int:
    if int(key) > ID_LIMIT:
        raise FieldError(f"values.{key}", f"an id above {ID_LIMIT}")
    return int(key)


def _conditions(given: Given) -> dict[str, float]:
    """They are the device's to judge (decision 35)."""
    names = ("pmin", "pmax", "gt", "lt", "st")
    return {name: given[name] for name in names if given[name] is not None}


_HANDLERS: Mapping[Call, Callable[[Cloud, Given], Awaitable[Json]]] = {
    calls.DEVICES: _devices,
    calls.DECLARE: _declare,
    calls.DEVICE: _device,
    calls.DELETE: _delete,
    calls.FORGET: _forget,
    calls.READ: _read,
    calls.WRITE: _write,
    calls.EXECUTE: _execute,
    calls.DISCOVER: _discover,
    calls.OBSERVE: _observe,
    calls.CANCEL: _cancel,
    calls.ATTRIBUTES: _attributes,
    calls.POINTS: _points,
    calls.EVENTS: _events,
    calls.SWITCHES: _switches,
    calls.SWITCH: _switch,
}


def _on_platform(handle: Callable[[Cloud, Given], Awaitable[Json]]) -> Handler[Clouds]:
    async def on_platform(clouds: Mapping[str, Cloud], given: Given) -> Json:
        if given["platform"] not in clouds:
            raise UnknownPlatform(
                f"there is no platform {given['platform']!r}: {', '.join(clouds)}"
            )
        return await handle(clouds[given["platform"]], given)

    return on_platform


def _failure(error: Exception) -> Failure:
    return Failure(*data.failure(error))


API: Api[Clouds] = Api(
    ROOT,
    Section(
        "platforms",
        "Our own calls, the same for every platform.",
        (calls.PLATFORMS, *_HANDLERS),
        ours.envelope,
        data.STATUSES,
        schema(ours.FAILURE),
    ),
    (
        Route(calls.PLATFORMS, _platforms),
        *(Route(call, _on_platform(handle)) for call, handle in _HANDLERS.items()),
    ),
    ours.success,
    _failure,
    (CloudError, EngineError),
    ours.unserved,
    calls.BODY_LIMIT,
)
