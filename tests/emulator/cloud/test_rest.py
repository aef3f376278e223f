"""Our own calls over HTTP, on a OneNET and a CTWing with a device made of literal datagrams."""

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from emulator.cloud.platforms import Platforms
from emulator.cloud.service import Cloud
from transport.udp import open_udp

Device = Any  # conftest.py's
Call = Callable[..., Any]

IMEI = "869975030000461"
HERE = f"/platforms/onenet/devices/{IMEI}"
DONE = (200, {"data": None})


@pytest_asyncio.fixture
async def platforms() -> AsyncIterator[Platforms]:
    async with Platforms([Cloud("onenet"), Cloud("ctwing")]) as platforms:
        yield platforms


@pytest.fixture
def cloud(platforms: Platforms) -> Cloud:
    return platforms["onenet"]


@pytest_asyncio.fixture
async def online(
    cloud: Cloud, device: Device, register: Callable[..., bytes]
) -> AsyncIterator[Device]:
    await cloud.open()
    device.link = await open_udp(cloud.server_address, device)
    device.link.send(register(b"lt=3000"))
    await cloud.ready(IMEI)
    yield device
    device.link.close()


@pytest_asyncio.fixture
async def call(platforms: Platforms) -> AsyncIterator[Call]:
    async with aiohttp.ClientSession() as http:

        async def call(method: str, path: str, query: Any = None, json: Any = None) -> Any:
            url = f"{platforms.http_url}{path}"
            async with http.request(method, url, params=query, json=json) as response:
                return response.status, await response.json()

        yield call


@pytest.mark.asyncio
async def test_which_platforms_run(platforms: Platforms, online: Device, call: Call) -> None:
    onenet, ctwing = (await call("GET", "/platforms"))[1]["data"]["platforms"]
    assert ctwing == {"name": "ctwing", "title": "CTWing", "number": 1, "devices": 0}
    host, port = platforms["onenet"].server_address
    assert (onenet["server"], onenet["devices"]) == (f"coap://{host}:{port}", 1)


@pytest.mark.asyncio
async def test_read_write_execute_discover(online: Device, call: Call) -> None:
    status, answer = await call("GET", f"{HERE}/read", {"path": "/3200/0/5750"})
    assert (status, answer) == (
        200,
        {"data": {"values": [{"path": "/3200/0/5750", "value": "abcd"}]}},
    )
    body: dict[str, object] = {"path": "/3200/0/5750", "value": "abcd"}
    assert await call("POST", f"{HERE}/write", json=body) == DONE
    assert online.asked[-1] == (b"POST /3200/0", b"\xe4\x16\x76abcd")
    body = {"path": "/3200/0", "values": {"5750": {"hex": "0aFF"}, "1": True}, "replace": True}
    assert await call("POST", f"{HERE}/write", json=body) == DONE
    assert online.asked[-1] == (b"PUT /3200/0", b"\xe2\x16\x76\x0a\xff\xc1\x01\x01")
    body = {"path": "/3200/0/5750", "arguments": "abcd"}
    assert await call("POST", f"{HERE}/execute", json=body) == DONE
    assert online.asked[-1] == (b"POST /3200/0/5750", b"abcd")
    _, answer = await call("GET", f"{HERE}/discover", {"path": "/3200"})
    assert [link["target"] for link in answer["data"]["links"]] == [
        "/3200",
        "/3200/0",
        "/3200/0/5750",
    ]


@pytest.mark.asyncio
async def test_bytes_come_as_hex(online: Device, call: Call) -> None:
    online.answers[b"GET /3200/0/5750"] = b"\x45\xc1\x2a\xff\x0a\xff"  # octet-stream
    _, answer = await call("GET", f"{HERE}/read", {"path": "/3200/0/5750"})
    assert answer["data"]["values"][0]["value"] == {"hex": "0AFF"}


@pytest.mark.asyncio
async def test_observe_cancel_and_attributes(online: Device, call: Call) -> None:
    path = {"path": "/3200/0/5750"}
    assert await call("POST", f"{HERE}/observe", json={**path, "pmin": 5}) == DONE
    assert [asked for asked, _ in online.asked[-2:]] == [
        b"PUT /3200/0/5750",
        b"GET observe /3200/0/5750",
    ]
    online.answers[b"GET observe /3200/0/5750"] = b"\x45"
    assert await call("DELETE", f"{HERE}/observe", path) == DONE
    assert await call("POST", f"{HERE}/attributes", json={**path, "gt": 24.5}) == DONE
    assert b"\x47gt=24.5" in online.heard[-1]
    status, answer = await call("POST", f"{HERE}/attributes", json=path)
    assert (status, answer["error"]["kind"], answer["error"]["field"]) == (400, "missing", "pmin")


@pytest.mark.asyncio
async def test_points_page_by_page(cloud: Cloud, online: Device, call: Call) -> None:
    token = online.heard[1][4:8]
    for mid in range(5):
        head = b"\x54\x45\x10" + bytes((mid,)) + token + b"\x61\x02\x62\x2d\x16\xff"
        online.link.send(head + b"\xe1\x16\x76" + b"%d" % mid)
        await cloud.notified(IMEI)
    _, answer = await call("GET", f"{HERE}/points", {"limit": "3"})
    assert [each["value"] for each in answer["data"]["points"]] == ["0", "1", "2"]
    _, answer = await call("GET", f"{HERE}/points", {"after": str(answer["data"]["next"])})
    assert [each["value"] for each in answer["data"]["points"]] == ["3", "4"]
    assert "next" not in answer["data"]
    _, answer = await call("GET", f"{HERE}/points", {"path": "/3201"})
    assert answer["data"]["points"] == []


@pytest.mark.asyncio
async def test_events_are_waited_for(cloud: Cloud, online: Device, call: Call) -> None:
    _, answer = await call("GET", "/platforms/onenet/events", {"device": IMEI})
    kinds = [each["kind"] for each in answer["data"]["events"]]
    assert kinds[0] == "Registered"
    assert kinds[-1] == "Ready"
    query = {"after": str(len(kinds)), "wait": "10"}
    waiting = asyncio.ensure_future(call("GET", "/platforms/onenet/events", query))
    await call("GET", "/platforms")  # the other call is on its way before
    cloud.forget(IMEI)
    (event,) = (await waiting)[1]["data"]["events"]
    assert (event["kind"], event["text"]) == ("Forgotten", f"{IMEI} forgotten")
    _, answer = await call("GET", "/platforms/onenet/events", {"after": "99", "wait": "0.01"})
    assert answer == {"data": {"events": []}}


@pytest.mark.asyncio
async def test_a_device_is_declared_shown_and_deleted_without_its_secrets(call: Call) -> None:
    body = {"name": f"{IMEI};460001357924680", "auth_code": "cmiot", "psk": "abcdefge"}
    shown = {
        "name": IMEI,
        "imsi": "",
        "online": False,
        "declared": True,
        "auth_code": True,
        "bootstrap_psk": False,
        "psk": True,
    }
    assert await call("POST", "/platforms/onenet/devices", json=body) == (200, {"data": shown})
    assert await call("GET", HERE) == (200, {"data": shown})
    _, answer = await call("GET", "/platforms/onenet/devices")
    assert answer == {"data": {"total": 1, "devices": [shown]}}
    _, answer = await call("GET", f"{HERE}/points")
    assert answer == {"data": {"points": []}}
    assert await call("DELETE", HERE) == DONE
    assert (await call("GET", HERE))[0] == 404
    assert (await call("GET", f"{HERE}/points"))[0] == 404


@pytest.mark.asyncio
async def test_a_registered_device_is_shown(online: Device, call: Call) -> None:
    shown = (await call("GET", HERE))[1]["data"]
    assert (shown["online"], shown["ready"], shown["declared"]) == (True, True, False)
    assert shown["objects"] == ["/3200/0"]
    assert shown["resources"] == ["/3200/0/5750"]
    assert shown["lifetime"] == 3000
    assert await call("POST", f"{HERE}/forget") == DONE
    assert (await call("GET", HERE))[1]["data"]["online"] is False


@pytest.mark.asyncio
async def test_names_with_any_characters(call: Call) -> None:
    await call("POST", "/platforms/ctwing/devices", json={"name": "a/b;c?d e"})
    _, answer = await call("GET", "/platforms/ctwing/devices")
    assert answer["data"]["devices"][0]["name"] == "a/b;c?d e"


@pytest.mark.asyncio
async def test_switches(platforms: Platforms, call: Call) -> None:
    here = "/platforms/ctwing/switches"
    _, answer = await call("PATCH", here, json={"refuse": "4.03", "steps": "discover,observe"})
    assert (answer["data"]["refuse"], answer["data"]["steps"]) == ("4.03", "discover,observe")
    assert platforms["ctwing"].switches.refuse == 131
    assert platforms["onenet"].switches.refuse is None
    _, answer = await call("PATCH", here, json={"refuse": ""})
    assert answer["data"]["refuse"] == ""
    assert platforms["ctwing"].switches.refuse is None


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("method", "path", "query", "body", "status", "error"),
    [
        ("GET", "/platforms/cmcc/devices", {}, None, 404, "there is no platform 'cmcc'"),
        ("GET", "/platforms/onenet/devices/7/read", {}, None, 400, "path: is missing"),
        ("GET", f"{HERE}/read", {"path": "3200"}, None, 400, "path: not an LwM2M path"),
        ("GET", f"{HERE}/read", {"path": "/70000"}, None, 400, "path: an id above 65535"),
        (
            "GET",
            f"{HERE}/read",
            {"path": "/3", "tiemout": "5"},
            None,
            400,
            "tiemout: unknown; did you mean 'timeout'?",
        ),
        ("GET", f"{HERE}/read", {"path": "/3", "timeout": "0"}, None, 400, "timeout: not a number"),
        ("GET", f"{HERE}/read", {"path": "/9"}, None, 424, f"{IMEI} read /9: 4.04"),
        ("GET", "/platforms/onenet/devices/7/read", {"path": "/3"}, None, 404, "no device '7'"),
        ("POST", f"{HERE}/write", {}, [], 400, "body: not an object"),
        ("POST", f"{HERE}/write", {}, {"path": "/3/0/1"}, 400, "value: either value or values"),
        (
            "POST",
            f"{HERE}/write",
            {},
            {"path": "/3/0", "value": 1},
            400,
            "path: a value goes to a resource",
        ),
        (
            "POST",
            f"{HERE}/write",
            {},
            {"path": "/3/0/1", "value": None},
            400,
            "value: not a string",
        ),
        (
            "POST",
            f"{HERE}/write",
            {},
            {"path": "/3/0/1", "value": {"hex": "0"}},
            400,
            "value: not {",
        ),
        ("POST", f"{HERE}/write", {}, {"path": "/3/0/1", "value": 1 << 64}, 400, "value: "),
        (
            "POST",
            f"{HERE}/write",
            {},
            {"path": "/3/0", "values": {"x": 1}},
            400,
            "values.x: not a resource id",
        ),
        (
            "POST",
            f"{HERE}/write",
            {},
            {"path": "/3/0", "values": {"70000": 1}},
            400,
            "values.70000: an id",
        ),
        (
            "POST",
            f"{HERE}/write",
            {},
            {"path": "/3/0/1", "value": 1, "valeu": 2},
            400,
            "valeu: unknown",
        ),
        ("POST", f"{HERE}/execute", {}, {"path": "/3/0"}, 400, "path: not a resource"),
        (
            "POST",
            f"{HERE}/execute",
            {},
            {"path": "/3/0/4", "arguments": "\ud800"},
            400,
            "arguments: half",
        ),
        (
            "POST",
            "/platforms/onenet/devices",
            {},
            {"name": "1", "psk": "\n"},
            400,
            "psk: not up to 64",
        ),
        (
            "PATCH",
            "/platforms/onenet/switches",
            {},
            {"refuse": "9.99"},
            400,
            "refuse: '9.99' is no code",
        ),
        (
            "PATCH",
            "/platforms/onenet/switches",
            {},
            {"refuze": "4.03"},
            400,
            "refuze: there is no switch",
        ),
        ("PATCH", "/platforms/onenet/switches", {}, {"silent": True}, 400, "silent: not a string"),
        ("PATCH", "/platforms/onenet/switches", {}, {}, 400, "body: not 1 to 64 fields"),
        (
            "GET",
            f"{HERE}/points",
            {"limit": "1001"},
            None,
            400,
            "limit: not a number from 1 to 1000",
        ),
        ("DELETE", "/platforms", {}, None, 405, "DELETE /platforms: Method Not Allowed"),
        (
            "GET",
            "/platforms/onenet/nothing",
            {},
            None,
            404,
            "GET /platforms/onenet/nothing: Not Found",
        ),
    ],
)
async def test_what_is_wrong_is_named(
    online: Device,
    call: Call,
    method: str,
    path: str,
    query: Any,
    body: Any,
    status: int,
    error: str,
) -> None:
    found, answer = await call(method, path, query, body)
    assert set(answer) == {"error"}
    assert (found, answer["error"]["message"][: len(error)]) == (status, error)


@pytest.mark.asyncio
async def test_a_device_that_fails_is_told_apart(online: Device, call: Call) -> None:
    async def error() -> tuple[int, Any]:
        status, answer = await call("GET", f"{HERE}/read", {"path": "/3200/0", "timeout": "0.2"})
        return status, answer["error"]

    online.answers[b"GET /3200/0"] = b""
    status, found = await error()
    assert (status, found["kind"]) == (424, "timeout")
    online.answers[b"GET /3200/0"] = b"\x84"
    status, found = await error()
    assert (status, found["kind"], found["code"]) == (424, "refused", "4.04")
    online.answers[b"GET /3200/0"] = b"\x45\xc2\x2d\x16\xff\xe4"
    status, found = await error()
    assert (status, found["kind"]) == (424, "unreadable")
    await call("POST", f"{HERE}/forget")
    status, found = await error()
    assert (status, found["kind"]) == (409, "offline")


@pytest.mark.asyncio
async def test_a_body_that_is_too_long(platforms: Platforms) -> None:
    async with aiohttp.ClientSession() as http:
        url = f"{platforms.http_url}/platforms/ctwing/devices"
        async with http.post(url, data=io.BytesIO(b" " * ((1 << 20) + 1))) as response:
            assert response.status == 413
            message = "body: more than 1048576 bytes"
            assert await response.json() == {"error": {"kind": "not served", "message": message}}
