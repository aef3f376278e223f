"""OneNET's calls as values: manual 5.1, decision 52, and OneNET's documents of its HTTP API."""

import pytest

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
from emulator.cloud.onenet_api import (
    DATA_LIMIT,
    ApiError,
    arguments_of,
    as_api_error,
    check_size,
    failure,
    instances,
    path_of,
    replaces,
    success,
    timeout_of,
    values_of,
    without_trailing_commas,
)
from emulator.cloud.points import Point
from lwm2m_core.paths import Path
from lwm2m_core.values import Value

INSTANCE = Path(3200, 0)

MANUAL_WRITE = b"""{
"data":[{
"val":"abcd",
"res_id":5750}],
}"""


def test_5_1_the_manuals_own_body_has_a_trailing_comma() -> None:
    assert values_of(MANUAL_WRITE, INSTANCE) == {5750: "abcd"}


def test_5_1_execute() -> None:
    assert arguments_of(b'{\n"args":"abcd"\n}') == "abcd"


@pytest.mark.parametrize("body", [b"", b" \r\n", b"{}"])
def test_the_body_of_an_execute_is_optional(body: bytes) -> None:
    assert arguments_of(body) == ""


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
    ("item", "value"),
    [
        ('"val":"abcd"', "abcd"),
        ('"val":true', True),
        ('"val":-5', -5),
        ('"val":24.5', 24.5),
        ('"val":"0aFF","type":1', b"\x0a\xff"),  # OneNET: opaque, as hexadecimal text
        ('"val":"","type":1', b""),
        ('"val":1600000000,"type":2', 1600000000),  # OneNET: time, in seconds
    ],
)
def test_values_by_json_type_and_type(item: str, value: Value) -> None:
    body = '{"data":[{"res_id":1,' + item + "}]}"
    (found,) = values_of(body.encode(), INSTANCE).values()
    assert found == value
    assert type(found) is type(value)


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
        (b"{}", 3, "data: not an array"),
        (b'{"data":[]}', 3, "data: not an array"),
        (b'{"data":[1]}', 3, "data[0]: not an object"),
        (b'{"data":[{"val":1}]}', 5108, "data[0].res_id"),
        (b'{"data":[{"val":1,"res_id":"1"}]}', 5108, "data[0].res_id"),
        (b'{"data":[{"val":1,"res_id":true}]}', 5108, "data[0].res_id"),
        (b'{"data":[{"val":1,"res_id":65536}]}', 5108, "data[0].res_id"),
        (b'{"data":[{"val":1,"res_id":1},{"val":1,"res_id":1}]}', 5108, "data[1].res_id"),
        (b'{"data":[{"res_id":1}]}', 5108, "data[0].val"),
        (b'{"data":[{"res_id":1,"val":null}]}', 5108, "data[0].val"),
        (b'{"data":[{"res_id":1,"val":[1]}]}', 5108, "data[0].val"),
        (b'{"data":[{"res_id":1,"val":1e400}]}', 5108, "data[0].val"),
        (b'{"data":[{"res_id":1,"val":9223372036854775808}]}', 5108, "data[0].val"),
        (b'{"data":[{"res_id":1,"val":"\\ud800"}]}', 5108, "data[0].val"),
        (b'{"data":[{"res_id":1,"val":"abc","type":1}]}', 5108, "data[0].val"),
        (b'{"data":[{"res_id":1,"val":"x","type":2}]}', 5108, "data[0].val"),
        (b'{"data":[{"res_id":1,"val":"x","type":3}]}', 5108, "data[0].type"),
    ],
)
def test_a_body_that_is_wrong_names_the_field(body: bytes, errno: int, detail: str) -> None:
    with pytest.raises(ApiError) as caught:
        values_of(body, INSTANCE)
    assert caught.value.errno == errno
    assert caught.value.detail.startswith(detail)


@pytest.mark.parametrize(
    ("body", "errno"),
    [
        (b'{"args":1}', 5108),
        (b'{"args":"\\ud800"}', 5108),
        (b'{"args":"%s"}' % (b"a" * 2049), 5006),
        (b"abcd", 3),
    ],
)
def test_arguments_that_are_wrong(body: bytes, errno: int) -> None:
    with pytest.raises(ApiError) as caught:
        arguments_of(body)
    assert caught.value.errno == errno


def test_paths() -> None:
    assert path_of({"obj_id": "3200"}) == Path(3200)
    assert path_of({"obj_id": "3200", "obj_inst_id": "0", "res_id": "5750"}) == Path(3200, 0, 5750)


@pytest.mark.parametrize(
    ("query", "depth", "errno", "detail"),
    [
        ({}, 1, 3, "obj_id"),
        ({"obj_id": ""}, 1, 3, "obj_id"),
        ({"obj_id": "x"}, 1, 5108, "obj_id: not a number from 0 to 65535"),
        ({"obj_id": "-1"}, 1, 5108, "obj_id"),
        ({"obj_id": "65536"}, 1, 5108, "obj_id"),
        ({"obj_id": "9" * 5000}, 1, 5108, "obj_id"),
        ({"obj_id": "٣"}, 1, 5108, "obj_id"),
        ({"obj_id": "1"}, 2, 3, "obj_inst_id"),
        # OneNET: "when obj_inst_id does not exist, res_id must not exist"
        ({"obj_id": "1", "res_id": "1"}, 1, 5108, "res_id without obj_inst_id"),
    ],
)
def test_paths_that_are_wrong(query: dict[str, str], depth: int, errno: int, detail: str) -> None:
    with pytest.raises(ApiError) as caught:
        path_of(query, depth)
    assert caught.value.errno == errno
    assert caught.value.detail.startswith(detail)


def test_onenet_mode_1_replaces_and_2_does_not() -> None:
    assert replaces({"mode": "1"})
    assert not replaces({"mode": "2"})
    for query in ({}, {"mode": "3"}, {"mode": "0"}):
        with pytest.raises(ApiError, match="mode"):
            replaces(query)


def test_onenet_timeouts_are_5_to_40() -> None:
    assert timeout_of({}) is None
    assert timeout_of({"timeout": "40"}) == 40
    for text in ("4", "41", "x", ""):
        with pytest.raises(ApiError, match="timeout"):
            timeout_of({"timeout": text})


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
    found = as_api_error(error)
    assert (found.errno, found.detail) == (errno, detail)


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


def test_onenet_writes_up_to_2k() -> None:
    check_size(DATA_LIMIT, "data")
    with pytest.raises(ApiError, match="data: 2049 bytes, at most 2048"):
        check_size(DATA_LIMIT + 1, "data")
