"""The description of the calls, and the declarations that it is made of."""

from collections.abc import Callable
from typing import Any

import aiohttp
import pytest

from emulator.cloud.api import onenet, rest
from emulator.cloud.service import Cloud
from emulator.web.fields import (
    Field,
    FieldError,
    Flag,
    Kind,
    ListOf,
    MapOf,
    Number,
    OneOf,
    Real,
    Record,
    Scalar,
    Text,
    from_json,
    from_text,
)
from emulator.web.schema import schema

Call = Callable[..., Any]


@pytest.mark.asyncio
async def test_every_call_is_described(cloud: Cloud, call: Call) -> None:
    status, found = await call("GET", "/openapi.json")
    assert (status, found["openapi"]) == (200, "3.1.0")
    described = {
        (method.upper(), path) for path, methods in found["paths"].items() for method in methods
    }
    routes = (*onenet.API.routes, *rest.API.routes)
    assert described == {(route.call.method, route.call.path) for route in routes}
    read = found["paths"]["/nbiot"]["get"]
    assert [(each["name"], each["required"]) for each in read["parameters"]] == [
        ("imei", True),
        ("obj_id", True),
        ("obj_inst_id", False),
        ("res_id", False),
        ("timeout", False),
    ]
    assert read["parameters"][4]["schema"] == {"type": "integer", "minimum": 5, "maximum": 40}


@pytest.mark.asyncio
async def test_a_page_for_people_shows_devices_and_calls(cloud: Cloud, online: object) -> None:
    async with aiohttp.ClientSession() as http:
        text = await (await http.get(f"{cloud.http_url}/")).text()
    assert "<td>869975030000461<td>online<td>/3200/0" in text
    assert "<code>/nbiot/execute</code>" in text


def test_no_two_calls_share_a_name() -> None:
    names = [route.call.name for api in (onenet.API, rest.API) for route in api.routes]
    assert len(set(names)) == len(names)


# JSON Schema as its specification has it, draft 2020-12
CASES: list[tuple[Kind, object]] = [
    (
        Text(1, 9, "[a-z]{1,9}"),
        {"type": "string", "minLength": 1, "maxLength": 9, "pattern": "^[a-z]{1,9}$"},
    ),
    (Number(5, 40), {"type": "integer", "minimum": 5, "maximum": 40}),
    (Real(0, 1), {"type": "number", "minimum": 0, "maximum": 1}),
    (Flag(), {"type": "boolean"}),
    (OneOf(("a", "b")), {"type": "string", "enum": ["a", "b"]}),
    (Scalar(), {"type": ["string", "boolean", "number"]}),
    (
        ListOf(Flag(), 3),
        {"type": "array", "items": {"type": "boolean"}, "minItems": 0, "maxItems": 3},
    ),
    (
        MapOf(Text(most=2), Flag(), 3),
        {
            "type": "object",
            "propertyNames": {"type": "string", "minLength": 0, "maxLength": 2},
            "additionalProperties": {"type": "boolean"},
            "minProperties": 0,
            "maxProperties": 3,
        },
    ),
    (
        Record((Field("a", Flag(), "what", required=True), Field("b", Flag())), closed=True),
        {
            "type": "object",
            "properties": {
                "a": {"type": "boolean", "description": "what"},
                "b": {"type": "boolean"},
            },
            "required": ["a"],
            "additionalProperties": False,
        },
    ),
]


@pytest.mark.parametrize(("kind", "expected"), CASES)
def test_declarations_as_json_schema(kind: Kind, expected: object) -> None:
    assert schema(kind) == expected


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (Number(0, 9), True, "x: not a number from 0 to 9"),
        (Number(0, 9), 1.5, "x: not a number from 0 to 9"),
        (Number(0, 9), "1", "x: not a number from 0 to 9"),
        (Real(), True, "x: not a number"),
        (Real(), float("inf"), "x: not a number"),
        (Scalar(), float("inf"), "x: not a string, boolean or number"),
        (Scalar(), {"hex": "00"}, "x: not a string, boolean or number"),
        (Scalar(hex=True), {"hex": "00", "b": 1}, "x: not {"),
        (
            Record(
                (
                    Field(
                        "a",
                        Record((Field("b", Flag()),)),
                    ),
                )
            ),
            {"a": {"b": 1}},
            "x.a.b: neither",
        ),
        (ListOf(Flag(), 1), [True, True], "x: more than 1"),
    ],
)
def test_what_does_not_fit_is_named(kind: Kind, value: object, text: str) -> None:
    with pytest.raises(FieldError) as caught:
        from_json(kind, value, "x")
    assert str(caught.value).startswith(text)


def test_what_fits_is_read() -> None:
    assert from_json(Number(0, 9), 5.0, "x") == 5  # in JSON the same number
    assert from_json(Scalar(), 10**400, "x") == 10**400
    assert from_json(Scalar(hex=True), {"hex": "0aFF"}, "x") == b"\x0a\xff"
    assert from_json(OneOf(("LwM2M",), any_case=True), "LWM2M", "x") == "LwM2M"
    assert from_text(ListOf(Text(), 3), "a,b", "x") == ["a", "b"]
    assert from_text(Real(), "-1.5", "x") == -1.5
