"""OneNET's HTTP calls that concern what the platform knows of devices and their data points (manual
5.2; OneNET's documents). Where `device_id` stands an IMEI will do too (chosen).
"""

from typing import Final

from emulator.web.calls import Call
from emulator.web.fields import (
    Anything,
    Field,
    Flag,
    ListOf,
    MapOf,
    Number,
    OneOf,
    Record,
    Text,
    all_of,
)

POINTS_LIMIT: Final = 6000
POINTS_DEFAULT: Final = 100
"""Data points of one answer (OneNET's documents)."""

_TIME: Final = Text(
    19,
    23,
    "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,3})?",
    "not a time like 2015-01-10T08:00:35",
)
_KEY: Final = Text(8, 16, "[0-9A-Za-z]{8,16}", "not 8 to 16 letters and digits")
_JSON: Final = Anything()
_IMEI: Final = Field("imei", Text(1), "which device", required=True)
_DEVICE_ID: Final = Field("device_id", Text(1), "what creating the device returned, or its IMEI")
_DEV_IDS: Final = Field("devIds", ListOf(Text(1, 32), 1000, 1), "device ids", required=True)
_TEXT: Final = Text(most=1 << 16)
_COUNT: Final = Number(0, 1 << 53)
_ROW: Final = all_of(
    ("id", _TEXT),
    ("title", _TEXT),
    ("protocol", _TEXT),
    ("online", Flag()),
    ("auth_info", MapOf(_TEXT, _TEXT, 1)),
)

CREATE: Final = Call(
    "onenet_create_device",
    "POST",
    "/devices",
    "Tell the platform of a device.",
    body=Record(
        (
            Field("title", Text(1), "name", required=True),
            Field("desc", Text(most=1024), default=""),
            Field("tags", ListOf(Text(), 64), default=[]),
            Field("protocol", OneOf(("LwM2M",), any_case=True), required=True),
            Field(
                "auth_info",
                MapOf(
                    Text(1, 15, "[0-9]{15}", "not an IMEI of 15 digits"),
                    Text(1, 15, "[0-9]{1,15}", "not an IMSI of up to 15 digits"),
                    1,
                    1,
                ),
                "IMEI and IMSI",
                required=True,
            ),
            Field(
                "auth",
                Text(0, 16, "[0-9A-Za-z]{0,16}", "not up to 16 letters and digits"),
                "auth code",
                default="",
            ),
            Field("obsv", Flag(), "observe the device after a registration", default=True),
            Field("psk", _KEY, "key of the bootstrap server, 8 to 16 letters and digits"),
            Field("private", Flag(), default=True),
            Field("location", _JSON),
            Field("other", _JSON),
        )
    ),
    answer=Record((Field("device_id", _TEXT, required=True), Field("psk", _TEXT))),
)
DEVICES: Final = Call(
    "onenet_devices",
    "GET",
    "/devices",
    "Devices, page by page.",
    query=(
        Field("key_words", Text(), "how the id or the title begins"),
        Field("auth_info", Text(), "IMEI"),
        Field("tag", Text(), "one of the tags"),
        Field("online", Flag()),
        Field("device_id", ListOf(Text(1, 32), 100), "these alone"),
        Field("page", Number(1, 10000), default=1),
        Field("per_page", Number(1, 100), default=30),
    ),
    answer=all_of(
        ("total_count", _COUNT),
        ("page", _COUNT),
        ("per_page", _COUNT),
        ("devices", ListOf(_ROW, 100)),
    ),
)
DEVICE: Final = Call(
    "onenet_device",
    "GET",
    "/devices/{device_id}",
    "All about a device.",
    places=(_DEVICE_ID,),
    answer=_ROW,
)
DELETE: Final = Call(
    "onenet_delete_device",
    "DELETE",
    "/devices/{device_id}",
    "Forget a device; it hears of it by a 4.04 to its next Update (event 31).",
    places=(_DEVICE_ID,),
)
BY_IMEI: Final = Call(
    "onenet_device_by_imei",
    "GET",
    "/devices/getbyimei",
    "A device by its IMEI.",
    query=(_IMEI,),
    answer=all_of(("id", _TEXT), ("title", _TEXT), ("online", Flag()), ("observe_status", Flag())),
)
STATUS: Final = Call(
    "onenet_status",
    "GET",
    "/devices/status",
    "Which devices are online.",
    query=(_DEV_IDS,),
    answer=all_of(
        ("total_count", _COUNT),
        ("devices", ListOf(all_of(("id", _TEXT), ("title", _TEXT), ("online", Flag())), 1000)),
    ),
)
LATEST: Final = Call(
    "onenet_latest",
    "GET",
    "/devices/datapoints",
    "The latest value of each data stream.",
    query=(_DEV_IDS,),
    answer=all_of(
        (
            "devices",
            ListOf(
                all_of(
                    ("id", _TEXT),
                    ("title", _TEXT),
                    (
                        "datastreams",
                        ListOf(all_of(("id", _TEXT), ("at", _TEXT), ("value", _JSON)), 1 << 16),
                    ),
                ),
                1000,
            ),
        )
    ),
)
POINTS: Final = Call(
    "onenet_datapoints",
    "GET",
    "/devices/{device_id}/datapoints",
    "Data points: the latest of each stream, or with `start` those since, Beijing time.",
    places=(_DEVICE_ID,),
    query=(
        Field(
            "datastream_id",
            ListOf(Text(1, 32), 100),
            "3200_0_5750, several with commas between them",
        ),
        Field("start", _TIME),
        Field("end", _TIME, "not without `start`"),
        Field(
            "limit",
            Number(1, POINTS_LIMIT),
            "without `start` of each stream, else in all; usually 1, or 100",
        ),
        Field(
            "cursor",
            Text(1, 20, "[0-9]{1,20}", "not a cursor of an answer"),
            "what the answer before has as its cursor",
        ),
    ),
    answer=Record(
        (
            Field("count", _COUNT, required=True),
            Field(
                "datastreams",
                ListOf(
                    all_of(
                        ("id", _TEXT),
                        (
                            "datapoints",
                            ListOf(all_of(("at", _TEXT), ("value", _JSON)), POINTS_LIMIT),
                        ),
                    ),
                    1 << 16,
                ),
                required=True,
            ),
            Field("cursor", _TEXT),
        )
    ),
)
_STREAM: Final = all_of(
    ("id", _TEXT), ("create_time", _TEXT), ("update_at", _TEXT), ("current_value", _JSON)
)
STREAMS: Final = Call(
    "onenet_datastreams",
    "GET",
    "/devices/{device_id}/datastreams",
    "Data streams of a device.",
    places=(_DEVICE_ID,),
    query=(Field("datastream_ids", ListOf(Text(1, 32), 100), "these alone"),),
    answer=ListOf(_STREAM, 1 << 16),
)
STREAM: Final = Call(
    "onenet_datastream",
    "GET",
    "/devices/{device_id}/datastreams/{datastream_id}",
    "One data stream.",
    places=(_DEVICE_ID, Field("datastream_id", Text(1), "3200_0_5750")),
    answer=_STREAM,
)
