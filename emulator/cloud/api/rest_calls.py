"""Our own calls, the same for every platform, each with its parameters, body and answer."""

from typing import Final

from emulator.web.calls import Call
from emulator.web.fields import (
    Anything,
    Field,
    Flag,
    Kind,
    ListOf,
    MapOf,
    Number,
    Real,
    Record,
    Scalar,
    Text,
    all_of,
)

ROOT: Final = "/platforms"

BODY_LIMIT: Final = 1 << 20
"""Bytes of a request body: a firmware package of 256 KiB in hexadecimal, with room."""

PAGE: Final = 1000
"""Devices, points or events of one answer."""

_PATH_TEXT: Final = Text(
    2, 18, "(/(0|[1-9][0-9]{0,4})){1,3}", "not an LwM2M path like /3200/0/5750"
)
_KEY: Final = Text(0, 64, "[\\x20-\\x7e]{0,64}", "not up to 64 printable ASCII characters")
_TEXT: Final = Text(most=1 << 16)
_COUNT: Final = Number(0, 1 << 53)
_MOMENT: Final = Text(most=40)

_PLATFORM: Final = Field("platform", Text(1, 40), "onenet, ctwing, dmp, huawei, generic")
_DEVICE: Final = Field("device", Text(1), "IMEI or endpoint name")
_HERE: Final = (_PLATFORM, _DEVICE)
_PATH: Final = Field(
    "path", _PATH_TEXT, "object, instance or resource: /3200/0/5750", required=True
)
_TIMEOUT: Final = Field("timeout", Real(0.1, 600), "seconds to wait for the device")
_AFTER: Final = Field("after", _COUNT, "only those with higher numbers", default=0)
_LIMIT: Final = Field("limit", Number(1, PAGE), default=100)
_CONDITIONS: Final = (
    Field("pmin", Number(0, 1 << 31), "least seconds between reports"),
    Field("pmax", Number(0, 1 << 31), "most seconds between reports"),
    Field("gt", Real(), "report above this"),
    Field("lt", Real(), "report below this"),
    Field("st", Real(), "report a change by so much"),
)


def _call(
    name: str,
    method: str,
    path: str,
    about: str,
    *,
    query: tuple[Field, ...] = (),
    body: tuple[Field, ...] = (),
    answer: Kind | None = None,
) -> Call:
    places = tuple(each for each in _HERE if f"{{{each.name}}}" in path)
    record = Record(body, closed=True) if body else None
    return Call(name, method, path, about, places, query, record, answer, closed=True)  # type: ignore[arg-type]


_POINT: Final = all_of(("path", _TEXT), ("value", Anything()))
_VALUES: Final = all_of(("values", ListOf(_POINT, 1 << 16)))
_SHOWN: Final = Record(
    (
        Field("name", _TEXT, "IMEI, or the endpoint name where it has none", required=True),
        Field("imsi", _TEXT, required=True),
        Field("online", Flag(), required=True),
        Field("declared", Flag(), required=True),
        Field("auth_code", Flag(), "whether one is set", required=True),
        Field("bootstrap_psk", Flag(), "whether one is set", required=True),
        Field("psk", Flag(), "whether one is set", required=True),
        Field("ready", Flag(), "all that follows a registration is done"),
        Field("endpoint", _TEXT),
        Field("address", _TEXT),
        Field("lifetime", _COUNT),
        Field("objects", ListOf(_TEXT, 1 << 16)),
        Field("resources", ListOf(_TEXT, 1 << 16), "listed by Discover, or reported"),
        Field("reported", _COUNT, "data points in all"),
    )
)
_SWITCHES: Final = MapOf(Text(1, 40), Text(most=4096), 64)

PLATFORMS: Final = _call(
    "platforms",
    "GET",
    ROOT,
    "Which platforms run here.",
    answer=all_of(
        (
            "platforms",
            ListOf(
                Record(
                    (
                        Field("name", _TEXT, required=True),
                        Field("title", _TEXT, required=True),
                        Field("number", Number(0, 99), "its number in AT+MIPLCFG"),
                        Field("server", _TEXT, "where devices register, once it listens"),
                        Field("bootstrap", _TEXT, "where they bootstrap"),
                        Field("secure_server", _TEXT, "the same over DTLS"),
                        Field("secure_bootstrap", _TEXT, "the same over DTLS"),
                        Field("devices", _COUNT, required=True),
                    )
                ),
                64,
            ),
        )
    ),
)
DEVICES: Final = _call(
    "devices",
    "GET",
    f"{ROOT}/{{platform}}/devices",
    "Devices, declared or registered.",
    query=(Field("page", Number(1, 10000), default=1), _LIMIT),
    answer=all_of(("total", _COUNT), ("devices", ListOf(_SHOWN, PAGE))),
)
DECLARE: Final = _call(
    "declare",
    "POST",
    f"{ROOT}/{{platform}}/devices",
    "Tell the platform of a device; a second time, of all about it anew.",
    body=(
        Field("name", Text(1, 256), "IMEI or endpoint name", required=True),
        Field("imsi", Text(0, 15, "[0-9]{0,15}", "not up to 15 digits"), default=""),
        Field("auth_code", Text(0, 64), default=""),
        Field("bootstrap_psk", _KEY, "key of the bootstrap server", default=""),
        Field("psk", _KEY, "key of the LwM2M server", default=""),
        Field("psk_encode", Number(0, 1), "0: keys are text; 1: hexadecimal digits", default=0),
        Field("observe", Flag(), "observe it after a registration", default=True),
    ),
    answer=_SHOWN,
)
DEVICE: Final = _call(
    "device", "GET", f"{ROOT}/{{platform}}/devices/{{device}}", "One device.", answer=_SHOWN
)
DELETE: Final = _call(
    "delete",
    "DELETE",
    f"{ROOT}/{{platform}}/devices/{{device}}",
    "Forget all of a device; it hears of it by a 4.04 to its next Update (event 31).",
)
FORGET: Final = _call(
    "forget",
    "POST",
    f"{ROOT}/{{platform}}/devices/{{device}}/forget",
    "Forget the registration alone; the device hears of it likewise.",
)
READ: Final = _call(
    "read",
    "GET",
    f"{ROOT}/{{platform}}/devices/{{device}}/read",
    "Read; bytes come as hex.",
    query=(_PATH, _TIMEOUT),
    answer=_VALUES,
)
WRITE: Final = _call(
    "write",
    "POST",
    f"{ROOT}/{{platform}}/devices/{{device}}/write",
    'Write a value to a resource, or values to an instance; bytes as {"hex": "0AFF"}.',
    query=(_TIMEOUT,),
    body=(
        _PATH,
        Field("value", Scalar(hex=True), "what a resource gets"),
        Field(
            "values",
            MapOf(Text(1, 5, "[0-9]{1,5}", "not a resource id"), Scalar(hex=True), 256, 1),
            "what an instance gets, by resource ids",
        ),
        Field("replace", Flag(), "replace the instance", default=False),
    ),
)
EXECUTE: Final = _call(
    "execute",
    "POST",
    f"{ROOT}/{{platform}}/devices/{{device}}/execute",
    "Execute a resource.",
    query=(_TIMEOUT,),
    body=(_PATH, Field("arguments", Text(most=1 << 16), default="")),
)
DISCOVER: Final = _call(
    "discover",
    "GET",
    f"{ROOT}/{{platform}}/devices/{{device}}/discover",
    "Ask which resources there are, and their attributes.",
    query=(_PATH, _TIMEOUT),
    answer=all_of(
        (
            "links",
            ListOf(
                all_of(("target", _TEXT), ("attributes", MapOf(_TEXT, Anything(), 1 << 10))),
                1 << 16,
            ),
        )
    ),
)
OBSERVE: Final = _call(
    "observe",
    "POST",
    f"{ROOT}/{{platform}}/devices/{{device}}/observe",
    "Observe; conditions are written before (decision 49).",
    query=(_TIMEOUT,),
    body=(_PATH, *_CONDITIONS),
)
CANCEL: Final = _call(
    "cancel",
    "DELETE",
    f"{ROOT}/{{platform}}/devices/{{device}}/observe",
    "End an observation.",
    query=(_PATH, _TIMEOUT),
)
ATTRIBUTES: Final = _call(
    "attributes",
    "POST",
    f"{ROOT}/{{platform}}/devices/{{device}}/attributes",
    "Write attributes, at least one.",
    query=(_TIMEOUT,),
    body=(_PATH, *_CONDITIONS),
)
POINTS: Final = _call(
    "points",
    "GET",
    f"{ROOT}/{{platform}}/devices/{{device}}/points",
    "The data points that the device has reported, oldest first; `next` is the `after` of the next "
    "page.",
    query=(Field("path", _PATH_TEXT, "at or below this path"), _AFTER, _LIMIT),
    answer=Record(
        (
            Field(
                "points",
                ListOf(
                    all_of(
                        ("number", _COUNT), ("at", _MOMENT), ("path", _TEXT), ("value", Anything())
                    ),
                    PAGE,
                ),
                required=True,
            ),
            Field("next", _COUNT),
        )
    ),
)
EVENTS: Final = _call(
    "events",
    "GET",
    f"{ROOT}/{{platform}}/events",
    "What has happened, oldest first; with `wait` the call waits so many seconds for something.",
    query=(
        _AFTER,
        _LIMIT,
        Field("device", Text(1), "of this device alone"),
        Field("wait", Real(0, 600), default=0.0),
    ),
    answer=Record(
        (
            Field(
                "events",
                ListOf(
                    Record(
                        (
                            Field("number", _COUNT, required=True),
                            Field("at", _MOMENT, required=True),
                            Field("kind", _TEXT, required=True),
                            Field("text", _TEXT, required=True),
                            Field("device", _TEXT),
                        )
                    ),
                    PAGE,
                ),
                required=True,
            ),
            Field("next", _COUNT),
        )
    ),
)
SWITCHES: Final = _call(
    "switches",
    "GET",
    f"{ROOT}/{{platform}}/switches",
    "How the platform differs from its usual ways; an empty text is the usual.",
    answer=_SWITCHES,
)
SWITCH: Final = Call(
    "switch",
    "PATCH",
    f"{ROOT}/{{platform}}/switches",
    'Change switches, as `--switch NAME=VALUE` does: {"refuse": "4.03", "drop": "down:next:2"}.',
    places=(_PLATFORM,),
    body=MapOf(Text(1, 40), Text(most=4096), 64, 1),
    answer=_SWITCHES,
    closed=True,
)
