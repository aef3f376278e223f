"""OneNET's calls as values: manual 5.1 and 5.2, decision 52, and OneNET's documents of its API."""

from typing import Any

import pytest

from emulator.cloud.admission import Declared
from emulator.cloud.api import onenet_calls, onenet_device_calls
from emulator.cloud.api.onenet_data import (
    datapoints,
    device_list,
    discovered,
    entries,
    instances,
    resource_list,
    streams,
)
from emulator.cloud.api.onenet_words import failure, in_words, success
from emulator.cloud.cards import Card
from emulator.cloud.errors import (
    CloudError,
    Offline,
    Overloaded,
    Refused,
    Rejected,
    TimedOut,
    UnknownDevice,
    Unreadable,
)
from emulator.cloud.points import Point
from emulator.web.calls import Call, without_trailing_commas
from emulator.web.fields import FieldError
from lwm2m_core.paths import Path

WRITE = {"imei": "1", "obj_id": "3200", "obj_inst_id": "0", "mode": "2"}


def read(call: Call, query: dict[str, str] | None = None, body: bytes = b"") -> Any:
    return call.read({}, (query or {}).items(), body)


def wrong(call: Call, query: dict[str, str], body: bytes = b"") -> tuple[int, str]:
    """Error number and text of a call that cannot be."""
    with pytest.raises(FieldError) as caught:
        read(call, query, body)
    return in_words(caught.value)


MANUAL_WRITE = b"""{
"data":[{
"val":"abcd",
"res_id":5750}],
}"""


def test_5_1_the_manuals_own_body_has_a_trailing_comma() -> None:
    given = read(onenet_calls.WRITE, WRITE, MANUAL_WRITE)
    assert given["data"] == [{"res_id": 5750, "val": "abcd", "type": None}]
    assert given["mode"] == 2


def test_5_1_execute() -> None:
    query = {**WRITE, "res_id": "5750"}
    assert read(onenet_calls.EXECUTE, query, b'{\n"args":"abcd"\n}')["args"] == "abcd"


@pytest.mark.parametrize("body", [b"", b" \r\n", b"{}"])
def test_the_body_of_an_execute_is_optional(body: bytes) -> None:
    assert read(onenet_calls.EXECUTE, {**WRITE, "res_id": "5750"}, body)["args"] == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a":[1,],}', '{"a":[1]}'),
        ('{"a":"x,]",\n }', '{"a":"x,]"\n }'),
        (r'{"a":"\",}"}', r'{"a":"\",}"}'),
        ('{"a', '{"a'),
        ("[1,,]", "[1,]"),
    ],
)
def test_only_commas_before_a_closing_bracket_go(text: str, expected: str) -> None:
    assert without_trailing_commas(text) == expected


@pytest.mark.parametrize(
    ("body", "errno", "detail"),
    [
        (b"", 3, "body: not JSON"),
        (b"{", 3, "body: not JSON"),
        (b"\xff", 3, "body: not JSON"),
        (b"[" * 9000, 3, "body: not JSON"),
        (b"9" * 5000, 3, "body"),
        (b'{"data":NaN}', 3, "body: not JSON: NaN is not JSON"),
        (b"[]", 3, "body: not an object"),
        (b"{}", 3, "data: is missing"),
        (b'{"data":[]}', 3, "data: fewer than 1"),
        (b'{"data":[1]}', 5108, "data[0]: not an object"),
        (b'{"data":[{"val":1}]}', 3, "data[0].res_id"),
        (b'{"data":[{"val":1,"res_id":"1"}]}', 5108, "data[0].res_id"),
        (b'{"data":[{"val":1,"res_id":true}]}', 5108, "data[0].res_id"),
        (b'{"data":[{"val":1,"res_id":65536}]}', 5108, "data[0].res_id"),
        (b'{"data":[{"res_id":1}]}', 3, "data[0].val"),
        (b'{"data":[{"res_id":1,"val":null}]}', 5108, "data[0].val"),
        (b'{"data":[{"res_id":1,"val":[1]}]}', 5108, "data[0].val"),
        (b'{"data":[{"res_id":1,"val":1e400}]}', 5108, "data[0].val"),
        (b'{"data":[{"res_id":1,"val":"\\ud800"}]}', 5108, "data[0].val"),
        (b'{"data":[{"res_id":1,"val":"x","type":3}]}', 5108, "data[0].type"),
    ],
)
def test_a_body_that_is_wrong_names_the_field(body: bytes, errno: int, detail: str) -> None:
    found, text = wrong(onenet_calls.WRITE, WRITE, body)
    assert found == errno
    assert text.startswith(detail)


@pytest.mark.parametrize(
    ("body", "errno"),
    [
        (b'{"args":1}', 5108),
        (b'{"args":"\\ud800"}', 5108),
        (b'{"args":"%s"}' % (b"a" * 2049), 5006),  # OneNET: "2k"
        (b"abcd", 3),
    ],
)
def test_arguments_that_are_wrong(body: bytes, errno: int) -> None:
    query = {**WRITE, "res_id": "5750"}
    assert wrong(onenet_calls.EXECUTE, query, body)[0] == errno


@pytest.mark.parametrize(
    ("name", "text", "errno", "detail"),
    [
        ("obj_id", None, 3, "obj_id: is missing"),
        ("obj_id", "", 3, "obj_id: is empty"),
        ("obj_id", "x", 5108, "obj_id: not a number from 0 to 65535"),
        ("obj_id", "-1", 5108, "obj_id"),
        ("obj_id", "65536", 5108, "obj_id"),
        ("obj_id", "9" * 5000, 5108, "obj_id"),
        ("obj_id", "٣", 5108, "obj_id"),
        ("obj_inst_id", None, 3, "obj_inst_id"),
        ("imei", None, 3, "imei"),
        ("imei", "1" * 257, 5006, "imei: longer than 256 characters"),
        ("mode", None, 3, "mode"),
        ("mode", "0", 5108, "mode"),
        ("mode", "3", 5108, "mode: not a number from 1 to 2"),
        # OneNET: "value range [5, 40]"
        ("timeout", "4", 5108, "timeout: not a number from 5 to 40"),
        ("timeout", "41", 5108, "timeout"),
        ("timeout", "x", 5108, "timeout"),
        ("timeout", "", 3, "timeout"),
    ],
)
def test_a_parameter_that_is_wrong_is_named(
    name: str, text: str | None, errno: int, detail: str
) -> None:
    query = {key: value for key, value in WRITE.items() if key != name}
    if text is not None:
        query[name] = text
    found, words = wrong(onenet_calls.WRITE, query, MANUAL_WRITE)
    assert found == errno
    assert words.startswith(detail)


def test_of_two_with_one_name_the_first_counts_and_others_are_passed_over() -> None:
    query = [("imei", "1"), ("obj_id", "3200"), ("imei", "2"), ("what", "ever")]
    given = onenet_calls.READ.read({}, query, b"")
    assert given["imei"] == "1"
    assert given["obj_inst_id"] is given["timeout"] is None


def test_onenet_the_parameters_of_observe_may_be_a_body() -> None:
    # OneNET's documents have a table of URL parameters, and an example with all of them as JSON
    body = (
        b'{"imei":"1","cancel":false,"obj_id":3200,"obj_inst_id":0,"res_id":5750,"pmin":11,"gt":12}'
    )
    given = read(onenet_calls.OBSERVE, {}, body)
    assert (given["obj_id"], given["res_id"], given["pmin"], given["gt"]) == (3200, 5750, 11, 12.0)
    assert given["cancel"] is False
    assert read(onenet_calls.OBSERVE, {**WRITE, "cancel": "true"})["cancel"] is True
    # "cancel that is neither true nor false is false"
    assert read(onenet_calls.OBSERVE, {**WRITE, "cancel": "yes"})["cancel"] is False


MANUAL_DEVICE = b"""{
"title":"test000",
"desc":"some description",
"tags": ["china","mobile"],
"protocol":"LWM2M",
"auth_info": {"869975030000461":"1064826326459"},
"obsv":true,
"psk":"1234abcd"
}"""


def test_5_2_create_device() -> None:
    given = read(onenet_device_calls.CREATE, {}, MANUAL_DEVICE)
    assert given["auth_info"] == {"869975030000461": "1064826326459"}
    assert (given["title"], given["tags"], given["psk"]) == (
        "test000",
        ["china", "mobile"],
        "1234abcd",
    )


@pytest.mark.parametrize(
    ("was", "now", "errno", "detail"),
    [
        (b'"title":"test000",', b"", 3, "title: is missing"),
        (b'"test000"', b'""', 3, "title: is empty"),
        (b'"test000"', b"7", 5108, "title: not a string"),
        (b'"LWM2M"', b'"MQTT"', 5108, "protocol: not LwM2M"),
        (b'["china","mobile"]', b'"china"', 5108, "tags: not an array"),
        (b'"mobile"', b"7", 5108, "tags[1]: not a string"),
        (b"true", b"1", 5108, "obsv: neither true nor false"),
        (
            b'"869975030000461":',
            b'"86997503000046":',
            5108,
            "auth_info.86997503000046: not an IMEI",
        ),
        (b'"1064826326459"', b'""', 3, "auth_info.869975030000461: is empty"),
        (b'"1064826326459"', b'"1234567890123456"', 5006, "auth_info.869975030000461: longer"),
        (b'{"869975030000461":"1064826326459"}', b"{}", 5108, "auth_info: not 1 to 1 fields"),
        # manual 5.2: letters and digits, 8 to 16
        (b"1234abcd", b"1234abc", 5108, "psk: not 8 to 16 letters and digits"),
        (b"1234abcd", b"1234abc!", 5108, "psk: not 8 to 16 letters and digits"),
        (b"1234abcd", b"1234abcd123456789", 5006, "psk: longer than 16"),
    ],
)
def test_a_device_that_cannot_be_created(was: bytes, now: bytes, errno: int, detail: str) -> None:
    assert MANUAL_DEVICE.count(was) == 1
    found, words = wrong(onenet_device_calls.CREATE, {}, MANUAL_DEVICE.replace(was, now))
    assert found == errno
    assert words.startswith(detail)


@pytest.mark.parametrize(
    ("error", "errno", "detail"),
    [
        (UnknownDevice("no device '1'"), 1, "no device '1'"),
        (Offline("1 is not registered"), 2001, "1 is not registered"),
        (Overloaded("64"), 5006, "64"),
        (TimedOut("1"), 5106, "TIME_OUT (1)"),
        (Refused("1 read /3", 132), 5106, "NOT_FOUND (1 read /3: 4.04)"),
        (Refused("1", 133), 5106, "METHOD_NOT_ALLOWED (1: 4.05)"),
        (Refused("1", 141), 5106, "INTERNAL_SERVER_ERROR (1: 4.13)"),
        (Rejected("1"), 5106, "RESP_ERROR (1)"),
        (Unreadable("1"), 5106, "RESP_ERROR (1)"),
    ],
)
def test_onenets_numbers_for_what_goes_wrong(error: CloudError, errno: int, detail: str) -> None:
    assert in_words(error) == (errno, detail)


def test_envelopes() -> None:
    # manual 5.2: {"errno":0,"error":"succ"}
    assert success() == {"errno": 0, "error": "succ"}
    assert success([]) == {"errno": 0, "error": "succ", "data": []}
    assert failure(2001, "1") == {"errno": 2001, "error": "device not online: 1"}


def test_what_a_read_returns() -> None:
    # OneNET: data is an array of obj_inst_id and res, res one of res_id and val
    points = [
        Point(Path(3200, 0, 5750), "abcd", b"abcd"),
        Point(Path(3200, 0, 5500), True, b"\1"),
        Point(Path(3200, 1, 1), b"\x0a\xff", b"\x0a\xff"),
        Point(Path(3200, 1, 6), 1, b"\1", resource_instance=0),
        Point(Path(3200, 1, 6), 5, b"\5", resource_instance=1),
    ]
    assert instances(points) == [
        {"obj_inst_id": 0, "res": [{"res_id": 5750, "val": "abcd"}, {"res_id": 5500, "val": True}]},
        {"obj_inst_id": 1, "res": [{"res_id": 1, "val": "0AFF"}, {"res_id": 6, "val": [1, 5]}]},
    ]


# Answers. 2015-12-01 17:10:24.981 in Beijing is 1448961024.981.


def wall(at: float) -> float:
    return 1448961024.981 + at


def given(**values: object) -> Any:
    names = ("datastream_id", "start", "end", "limit", "cursor")
    return {**dict.fromkeys(names), **values}


VALUES = ((3200, "35", 0), (3200, "38", 10), (3201, "1", 20), (3200, "36", 30))
POINTS = [
    Point(Path(number, 0, 5501), value, value.encode(), at=at, number=count)
    for count, (number, value, at) in enumerate(VALUES, 1)
]


def test_onenet_without_parameters_the_latest_point_of_each_stream() -> None:
    assert datapoints(POINTS, given(), wall) == {
        "count": 2,
        "datastreams": [
            {"id": "3200_0_5501", "datapoints": [{"at": "2015-12-01 17:10:54.981", "value": "36"}]},
            {"id": "3201_0_5501", "datapoints": [{"at": "2015-12-01 17:10:44.981", "value": "1"}]},
        ],
    }


def test_onenet_limit_counts_in_each_stream() -> None:
    page = datapoints(POINTS, given(limit=2, datastream_id=["3200_0_5501"]), wall)
    (stream,) = page["datastreams"]
    assert [point["value"] for point in stream["datapoints"]] == ["36", "38"]


def test_onenet_since_a_time_with_a_cursor_to_go_on() -> None:
    page = datapoints(POINTS, given(start="2015-12-01T17:10:30", limit=2), wall)
    assert page["cursor"] == "4"
    assert [stream["id"] for stream in page["datastreams"]] == ["3200_0_5501", "3201_0_5501"]
    page = datapoints(POINTS, given(cursor="4", limit=2), wall)
    assert page == {
        "count": 1,
        "datastreams": [
            {"id": "3200_0_5501", "datapoints": [{"at": "2015-12-01 17:10:54.981", "value": "36"}]}
        ],
    }
    between = given(start="2015-12-01T17:10:30", end="2015-12-01T17:10:40")
    assert datapoints(POINTS, between, wall)["count"] == 1


def test_data_streams() -> None:
    assert streams(POINTS, wall)["3200_0_5501"] == {
        "id": "3200_0_5501",
        "create_time": "2015-12-01 17:10:24",
        "update_at": "2015-12-01 17:10:54",
        "current_value": "36",
    }


def test_a_time_that_does_not_exist_is_named() -> None:
    with pytest.raises(FieldError, match="start: no such time"):
        datapoints(POINTS, given(start="2015-13-01T17:10:30"), wall)


def test_onenet_what_a_discover_and_the_resource_list_return() -> None:
    paths = [Path(3200), Path(3200, 0), Path(3200, 0, 5505), Path(3200, 0, 5050), Path(3201, 1)]
    assert discovered(paths[:4]) == [{"obj_inst_id": 0, "res_id": [5505, 5050]}]
    assert resource_list(paths) == {
        "total_count": 2,
        "item": [
            {"obj_id": 3200, "instances": [{"inst_id": 0, "resources": [5505, 5050]}]},
            {"obj_id": 3201, "instances": [{"inst_id": 1, "resources": []}]},
        ],
    }


def test_devices_page_by_page() -> None:
    devices = [
        Declared(f"86997503000046{n}", "460", card=Card(id=str(n), title=title, tags=(tag,)))
        for n, title, tag in ((1, "meter", "china"), (2, "metre", "mobile"), (3, "pump", "china"))
    ]
    found = entries(devices, ()).values()

    def ids(**values: object) -> list[str]:
        names = ("key_words", "auth_info", "tag", "online", "device_id")
        asked = {**dict.fromkeys(names), "page": 1, "per_page": 30, **values}
        return [row["id"] for row in device_list(found, asked)["devices"]]

    assert ids() == ["1", "2", "3"]
    assert ids(per_page=2, page=2) == ["3"]
    assert ids(key_words="met") == ["1", "2"]
    assert ids(tag="china") == ["1", "3"]
    assert ids(online=True) == []
    assert ids(device_id=["3", "869975030000461"]) == ["1", "3"]
    assert ids(auth_info="869975030000462") == ["2"]
